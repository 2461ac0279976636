//! Gitea, and Forgejo.
//!
//! The API is made after GitHub's. It lists all comments of an issue at once, and edits none of other people's unless
//! the token may write issues. <https://docs.gitea.com/api/>

use http::{HeaderName, header};

use super::{Api, Change, Comment, CommitStatus, Place, github};
use crate::secret::Secret;

pub(super) struct Gitea<'a>(pub(super) &'a Place);

impl Api for Gitea<'_> {
    fn headers(&self, token: &Secret) -> Vec<(HeaderName, String)> {
        vec![(header::AUTHORIZATION, format!("token {}", token.expose()))]
    }

    fn comments(&self, pull_request: u64) -> String {
        github::comments(self.0, pull_request)
    }

    fn read(&self, page: &[u8]) -> Result<Vec<Comment>, serde_json::Error> {
        github::read(page)
    }

    fn create(&self, pull_request: u64, body: &str) -> Change {
        github::create(self.0, pull_request, body)
    }

    fn update(&self, _: u64, id: &str, body: &str) -> Change {
        github::update(self.0, id, body)
    }

    fn created(&self, answer: &[u8]) -> Option<String> {
        github::created(answer)
    }

    fn status(&self, status: &CommitStatus<'_>) -> Change {
        github::set_status(self.0, status)
    }

    fn needs(&self) -> &'static str {
        "`write:issue`, and `write:repository` for the commit status"
    }
}
