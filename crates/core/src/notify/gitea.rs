//! Gitea, and Forgejo.
//!
//! The API is made after GitHub's. It lists all comments of an issue at once, and edits none of other people's unless
//! the token may write issues. <https://docs.gitea.com/api/>

use http::{HeaderName, Method, header};
use serde_json::json;

use super::{Api, Change, Comment, CommitStatus, Place, github};
use crate::secret::Secret;

pub(super) struct Gitea<'a>(pub(super) &'a Place);

impl Gitea<'_> {
    fn repository(&self) -> String {
        format!("{}/repos/{}", self.0.api, self.0.path())
    }
}

impl Api for Gitea<'_> {
    fn headers(&self, token: &Secret) -> Vec<(HeaderName, String)> {
        vec![(header::AUTHORIZATION, format!("token {}", token.expose()))]
    }

    fn comments(&self, pull_request: u64) -> String {
        format!("{}/issues/{pull_request}/comments", self.repository())
    }

    fn read(&self, page: &[u8]) -> Result<Vec<Comment>, serde_json::Error> {
        github::read(page)
    }

    fn create(&self, pull_request: u64, body: &str) -> Change {
        let url = format!("{}/issues/{pull_request}/comments", self.repository());
        Change { method: Method::POST, url, body: json!({ "body": body }) }
    }

    fn update(&self, _: u64, id: &str, body: &str) -> Change {
        let url = format!("{}/issues/comments/{id}", self.repository());
        Change { method: Method::PATCH, url, body: json!({ "body": body }) }
    }

    fn created(&self, answer: &[u8]) -> Option<String> {
        github::created(answer)
    }

    fn status(&self, status: &CommitStatus<'_>) -> Change {
        let url = format!("{}/statuses/{}", self.repository(), status.commit);
        Change { method: Method::POST, url, body: github::status_body(status) }
    }

    fn needs(&self) -> &'static str {
        "`write:issue`, and `write:repository` for the commit status"
    }
}
