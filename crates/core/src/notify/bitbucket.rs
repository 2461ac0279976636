//! Bitbucket Cloud.
//!
//! <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/>,
//! <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/>

use http::{HeaderMap, HeaderName, Method, header};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;

use super::{Api, Change, Comment, CommitStatus, Place, sender::basic};
use crate::{ops::DeploymentState, secret::Secret};

/// The longest key of a status.
const KEY: usize = 40;

pub(super) struct Bitbucket<'a>(pub(super) &'a Place);

impl Bitbucket<'_> {
    fn repository(&self) -> String {
        format!("{}/repositories/{}", self.0.api, self.0.path())
    }

    fn url(&self, pull_request: u64) -> String {
        format!("{}/pullrequests/{pull_request}/comments", self.repository())
    }
}

impl Api for Bitbucket<'_> {
    /// An access token of a repository or workspace; or `email:token` for the API token of a person.
    fn headers(&self, token: &Secret) -> Vec<(HeaderName, String)> {
        let value = match token.expose() {
            pair if pair.contains(':') => basic(pair),
            token => format!("Bearer {token}"),
        };
        vec![(header::AUTHORIZATION, value)]
    }

    fn comments(&self, pull_request: u64) -> String {
        format!("{}?pagelen=100", self.url(pull_request))
    }

    fn read(&self, page: &[u8]) -> Result<Vec<Comment>, serde_json::Error> {
        let page: Page = serde_json::from_slice(page)?;
        let comments = page.values.into_iter();
        let own = comments.filter(|comment| !comment.deleted && comment.inline.is_none());
        Ok(own.map(Comment::from).collect())
    }

    fn next(&self, _: &HeaderMap, page: &[u8]) -> Option<String> {
        serde_json::from_slice::<Page>(page).ok()?.next
    }

    fn create(&self, pull_request: u64, body: &str) -> Change {
        let body = json!({ "content": { "raw": body } });
        Change { method: Method::POST, url: self.url(pull_request), body }
    }

    fn update(&self, pull_request: u64, id: &str, body: &str) -> Change {
        let url = format!("{}/{id}", self.url(pull_request));
        Change { method: Method::PUT, url, body: json!({ "content": { "raw": body } }) }
    }

    fn created(&self, answer: &[u8]) -> Option<String> {
        Comment::from(serde_json::from_slice::<PullRequestComment>(answer).ok()?).page
    }

    fn status(&self, status: &CommitStatus<'_>) -> Change {
        let state = match status.state {
            DeploymentState::Loaded => "SUCCESSFUL",
            DeploymentState::Pending => "INPROGRESS",
            DeploymentState::Failed => "FAILED",
        };
        let body = json!({
            "key": status.context.chars().take(KEY).collect::<String>(),
            "state": state,
            "url": status.url,
            "name": status.context,
            "description": status.description,
        });
        let url = format!("{}/commit/{}/statuses/build", self.repository(), status.commit);
        Change { method: Method::POST, url, body }
    }

    fn needs(&self) -> &'static str {
        "the scopes `pullrequest:write` and `repository`"
    }
}

#[derive(Deserialize)]
struct Page {
    values: Vec<PullRequestComment>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct PullRequestComment {
    id: u64,
    #[serde(default)]
    content: Content,
    #[serde(default)]
    deleted: bool,
    /// There if it is about a line of code.
    inline: Option<IgnoredAny>,
    #[serde(default)]
    links: Links,
}

#[derive(Default, Deserialize)]
struct Content {
    raw: Option<String>,
}

#[derive(Default, Deserialize)]
struct Links {
    html: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    href: String,
}

impl From<PullRequestComment> for Comment {
    fn from(comment: PullRequestComment) -> Self {
        Self {
            id: comment.id.to_string(),
            body: comment.content.raw.unwrap_or_default(),
            page: comment.links.html.map(|link| link.href),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ci::Hosting;

    #[test]
    fn a_token_of_a_person_is_a_pair_and_what_people_deleted_is_no_comment() {
        let place = Place {
            hosting: Hosting::Bitbucket,
            api: "https://api.bitbucket.org/2.0".to_owned(),
            owner: "acme".to_owned(),
            name: "shop".to_owned(),
            pull_request: None,
            pull_request_url: None,
            commit: None,
        };
        let api = Bitbucket(&place);
        let header = |token: &str| api.headers(&Secret::new(token)).remove(0).1;
        assert_eq!(header("ATCTT3x"), "Bearer ATCTT3x");
        assert_eq!(header("a@b.c:ATATT3x"), "Basic YUBiLmM6QVRBVFQzeA==");
        let page = json!({"values": [
            {"id": 1, "deleted": true, "content": {"raw": ""}},
            {"id": 2, "inline": {"path": "a.py"}, "content": {"raw": "line"}},
            {"id": 3, "content": {"raw": "text"}},
        ]});
        let comments = api.read(page.to_string().as_bytes()).unwrap();
        let expected = Comment { id: "3".to_owned(), body: "text".to_owned(), page: None };
        assert_eq!(comments, [expected]);
    }
}
