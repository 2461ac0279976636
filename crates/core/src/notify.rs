//! Tells reviewers of a deployment where they look: a comment on the pull request, and a status of the commit.
//!
//! Each hosting service is one small module that knows its API and sends nothing: what is asked is data, as in
//! [`crate::plus`]. The `Sender` is the only thing that talks.
//!
//! A comment is found again by its first line, which no service shows, and is kept up to date in place.

mod azure_devops;
mod bitbucket;
mod error;
mod gitea;
mod github;
mod gitlab;
mod judge;
mod marker;
mod place;
mod sender;
mod token;

use http::{HeaderMap, HeaderName, Method};
use serde::Serialize;
use serde_json::Value;

pub use self::{error::NotifyError, marker::Marker, place::Place};
pub(crate) use self::{
    place::find,
    sender::{Sender, Todo},
    token::token,
};
use crate::{ci::Hosting, ops::DeploymentState, ports::MaybeSync, secret::Secret};

/// What a hosting service is told of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitStatus<'a> {
    /// The commit's hash.
    pub commit: &'a str,
    /// The name that tells it from other statuses of the commit; it stays the same from build to build.
    pub context: String,
    /// How the deployment is.
    pub state: DeploymentState,
    /// The page that shows it.
    pub url: &'a str,
    /// A few words.
    pub description: &'static str,
}

/// A request that changes something. The token is not in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// The HTTP method.
    #[serde(serialize_with = "method")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub method: Method,
    /// The URL.
    pub url: String,
    /// The body.
    pub body: Value,
}

/// A comment as its service lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    /// What its path ends in.
    id: String,
    /// Its text in Markdown.
    body: String,
    /// The page that shows it.
    page: Option<String>,
}

/// What there is to know of a service's API. Nothing of it sends anything.
trait Api: MaybeSync {
    /// The headers that carry the token, and what else is always sent.
    fn headers(&self, token: &Secret) -> Vec<(HeaderName, String)>;

    /// The URL of the first page of comments on the pull request, the oldest first where that can be asked for.
    fn comments(&self, pull_request: u64) -> String;

    /// The comments of a page that people could have written, without the deleted ones.
    fn read(&self, page: &[u8]) -> Result<Vec<Comment>, serde_json::Error>;

    /// The URL of the page that follows. By default that of the header `Link` (RFC 8288).
    fn next(&self, headers: &HeaderMap, _page: &[u8]) -> Option<String> {
        linked(headers)
    }

    /// Makes a comment.
    fn create(&self, pull_request: u64, body: &str) -> Change;

    /// Changes the text of a comment.
    fn update(&self, pull_request: u64, id: &str, body: &str) -> Change;

    /// The page of the comment that was made, as the answer tells it.
    fn created(&self, answer: &[u8]) -> Option<String>;

    /// Sets a status.
    fn status(&self, status: &CommitStatus<'_>) -> Change;

    /// Whether an answer that refuses a status means that it is set already.
    fn is_set_already(&self, _said: &str) -> bool {
        false
    }

    /// What the token needs, to complete "the token needs".
    fn needs(&self) -> &'static str;
}

fn api(place: &Place) -> Box<dyn Api + '_> {
    match place.hosting {
        Hosting::GitHub => Box::new(github::GitHub(place)),
        Hosting::GitLab => Box::new(gitlab::GitLab(place)),
        Hosting::Bitbucket => Box::new(bitbucket::Bitbucket(place)),
        Hosting::AzureDevOps => Box::new(azure_devops::AzureDevOps(place)),
        Hosting::Gitea => Box::new(gitea::Gitea(place)),
    }
}

/// The target of `rel="next"`.
fn linked(headers: &HeaderMap) -> Option<String> {
    let links = headers.get_all(http::header::LINK).iter().filter_map(|value| value.to_str().ok());
    let mut links = links.flat_map(|value| value.split(','));
    let next = links.find(|link| link.contains("rel=\"next\"") || link.contains("rel=next"))?;
    let (_, rest) = next.split_once('<')?;
    Some(rest.split_once('>')?.0.to_owned())
}

fn method<S: serde::Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_linked() {
        let next = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("link", value.parse().unwrap());
            linked(&headers)
        };
        let first = "<https://a/x?page=1>; rel=\"first\", <https://a/x?page=3>; rel=\"next\"";
        assert_eq!(next(first).as_deref(), Some("https://a/x?page=3"));
        assert_eq!(next("<https://a/x?page=1>; rel=\"prev\""), None);
        assert_eq!(next("rel=\"next\""), None);
        assert_eq!(linked(&HeaderMap::new()), None);
    }
}
