//! Azure DevOps, the services and the server.
//!
//! A comment on a pull request is the first one of a thread. A status of the commit is not shown with the pull request,
//! so there the status is that of the pull request.
//! <https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads>,
//! <https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-statuses>

use http::{HeaderMap, HeaderName, Method, header};
use serde::Deserialize;
use serde_json::json;

use super::{Api, Change, Comment, CommitStatus, Place, sender::basic};
use crate::{ci::segment, ops::DeploymentState, secret::Secret};

/// Azure DevOps Server 2022 has none that is newer, and the services keep the older ones.
const VERSION: &str = "api-version=7.0";
/// What a thread is when nothing is left to do about it: an open one can keep a pull request from being completed.
const CLOSED: u8 = 4;
/// A comment by a person, as opposed to one by the system.
const TEXT: u8 = 1;

pub(super) struct AzureDevOps<'a>(pub(super) &'a Place);

impl AzureDevOps<'_> {
    fn repository(&self) -> String {
        let Place { api, owner, name, .. } = self.0;
        let owner: Vec<String> = owner.split('/').map(segment).collect();
        format!("{api}/{}/_apis/git/repositories/{}", owner.join("/"), segment(name))
    }

    fn pull_request(&self, number: u64) -> String {
        format!("{}/pullRequests/{number}", self.repository())
    }

    fn page(&self, thread: u64) -> Option<String> {
        Some(format!("{}?discussionId={thread}", self.0.pull_request_url.as_ref()?))
    }
}

impl Api for AzureDevOps<'_> {
    /// `System.AccessToken` and what Entra gives out are JSON web tokens; all others are personal access tokens.
    fn headers(&self, token: &Secret) -> Vec<(HeaderName, String)> {
        let value = match token.expose() {
            token if token.starts_with("eyJ") => format!("Bearer {token}"),
            token => basic(&format!(":{token}")),
        };
        vec![(header::AUTHORIZATION, value)]
    }

    fn comments(&self, pull_request: u64) -> String {
        format!("{}/threads?{VERSION}", self.pull_request(pull_request))
    }

    fn read(&self, page: &[u8]) -> Result<Vec<Comment>, serde_json::Error> {
        let threads: Threads = serde_json::from_slice(page)?;
        let threads = threads.value.into_iter().filter(|thread| !thread.is_deleted);
        let first = |thread: Thread| {
            let comment = thread.comments.into_iter().next()?;
            let id = format!("{}/comments/{}", thread.id, comment.id);
            let body = comment.content.filter(|_| !comment.is_deleted)?;
            Some(Comment { id, body, page: self.page(thread.id) })
        };
        Ok(threads.filter_map(first).collect())
    }

    /// All threads come at once.
    fn next(&self, _: &HeaderMap, _: &[u8]) -> Option<String> {
        None
    }

    fn create(&self, pull_request: u64, body: &str) -> Change {
        let comment = json!({ "parentCommentId": 0, "content": body, "commentType": TEXT });
        let body = json!({ "comments": [comment], "status": CLOSED });
        Change { method: Method::POST, url: self.comments(pull_request), body }
    }

    fn update(&self, pull_request: u64, id: &str, body: &str) -> Change {
        let url = format!("{}/threads/{id}?{VERSION}", self.pull_request(pull_request));
        Change { method: Method::PATCH, url, body: json!({ "content": body }) }
    }

    fn created(&self, answer: &[u8]) -> Option<String> {
        self.page(serde_json::from_slice::<Thread>(answer).ok()?.id)
    }

    fn status(&self, status: &CommitStatus<'_>) -> Change {
        let state = match status.state {
            DeploymentState::Loaded => "succeeded",
            DeploymentState::Pending => "pending",
            DeploymentState::Failed => "failed",
        };
        let (genre, name) = status.context.split_once('/').unwrap_or(("", &status.context));
        let body = json!({
            "state": state,
            "description": status.description,
            "targetUrl": status.url,
            "context": { "genre": genre, "name": name },
        });
        let of = match self.0.pull_request {
            Some(number) => self.pull_request(number),
            None => format!("{}/commits/{}", self.repository(), status.commit),
        };
        Change { method: Method::POST, url: format!("{of}/statuses?{VERSION}"), body }
    }

    fn needs(&self) -> &'static str {
        "the right to contribute to pull requests, which the build service gets under Repositories > Security, and \
         `SYSTEM_ACCESSTOKEN: $(System.AccessToken)` under `env:` of the step"
    }
}

#[derive(Deserialize)]
struct Threads {
    value: Vec<Thread>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    id: u64,
    #[serde(default)]
    is_deleted: bool,
    #[serde(default)]
    comments: Vec<ThreadComment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThreadComment {
    id: u64,
    content: Option<String>,
    #[serde(default)]
    is_deleted: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ci::Hosting;

    fn place(pull_request: Option<u64>) -> Place {
        Place {
            hosting: Hosting::AzureDevOps,
            api: "https://dev.azure.com".to_owned(),
            owner: "acme/my project".to_owned(),
            name: "shop".to_owned(),
            pull_request,
            pull_request_url: None,
            commit: None,
        }
    }

    #[test]
    fn a_personal_access_token_is_the_password_of_nobody() {
        let place = place(None);
        let header = |token: &str| AzureDevOps(&place).headers(&Secret::new(token)).remove(0).1;
        assert_eq!(header("eyJ0"), "Bearer eyJ0");
        assert_eq!(header("abc"), "Basic OmFiYw==");
    }

    #[test]
    fn without_a_pull_request_the_status_is_that_of_the_commit() {
        let url = |number| {
            let place = place(number);
            let context = "dagster-plus/acme".to_owned();
            let state = DeploymentState::Failed;
            let status = CommitStatus { commit: "1f", context, state, url: "u", description: "d" };
            AzureDevOps(&place).status(&status).url
        };
        let base = "https://dev.azure.com/acme/my%20project/_apis/git/repositories/shop";
        assert_eq!(url(None), format!("{base}/commits/1f/statuses?api-version=7.0"));
        assert_eq!(url(Some(7)), format!("{base}/pullRequests/7/statuses?api-version=7.0"));
    }
}
