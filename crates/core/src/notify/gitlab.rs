//! GitLab.
//!
//! `CI_JOB_TOKEN` may not write notes, so it is never used.
//! <https://docs.gitlab.com/api/notes/>, <https://docs.gitlab.com/api/commits/#commit-status>

use http::{HeaderName, Method};
use serde::Deserialize;
use serde_json::json;

use super::{Api, Change, Comment, CommitStatus, Place};
use crate::{ci::segment, ops::DeploymentState, secret::Secret};

const TOKEN: HeaderName = HeaderName::from_static("private-token");

pub(super) struct GitLab<'a>(pub(super) &'a Place);

impl GitLab<'_> {
    fn project(&self) -> String {
        let path = format!("{}/{}", self.0.owner, self.0.name);
        format!("{}/projects/{}", self.0.api, segment(&path))
    }

    fn notes(&self, pull_request: u64) -> String {
        format!("{}/merge_requests/{pull_request}/notes", self.project())
    }

    fn page(&self, id: u64) -> Option<String> {
        Some(format!("{}#note_{id}", self.0.pull_request_url.as_ref()?))
    }
}

impl Api for GitLab<'_> {
    fn headers(&self, token: &Secret) -> Vec<(HeaderName, String)> {
        vec![(TOKEN, token.expose().to_owned())]
    }

    fn comments(&self, pull_request: u64) -> String {
        format!("{}?per_page=100&order_by=created_at&sort=asc", self.notes(pull_request))
    }

    fn read(&self, page: &[u8]) -> Result<Vec<Comment>, serde_json::Error> {
        let notes: Vec<Note> = serde_json::from_slice(page)?;
        let notes = notes.into_iter().filter(|note| !note.system);
        let one = |note: Note| Comment {
            id: note.id.to_string(),
            body: note.body.unwrap_or_default(),
            page: self.page(note.id),
        };
        Ok(notes.map(one).collect())
    }

    fn create(&self, pull_request: u64, body: &str) -> Change {
        let url = self.notes(pull_request);
        Change { method: Method::POST, url, body: json!({ "body": body }) }
    }

    fn update(&self, pull_request: u64, id: &str, body: &str) -> Change {
        let url = format!("{}/{id}", self.notes(pull_request));
        Change { method: Method::PUT, url, body: json!({ "body": body }) }
    }

    fn created(&self, answer: &[u8]) -> Option<String> {
        self.page(serde_json::from_slice::<Note>(answer).ok()?.id)
    }

    fn status(&self, status: &CommitStatus<'_>) -> Change {
        let state = match status.state {
            DeploymentState::Loaded => "success",
            DeploymentState::Pending => "pending",
            DeploymentState::Failed => "failed",
        };
        let body = json!({
            "state": state,
            "target_url": status.url,
            "description": status.description,
            "name": status.context,
        });
        let url = format!("{}/statuses/{}", self.project(), status.commit);
        Change { method: Method::POST, url, body }
    }

    /// Older versions refuse a status that is the same as before.
    fn is_set_already(&self, said: &str) -> bool {
        said.contains("Cannot transition status")
    }

    fn needs(&self) -> &'static str {
        "the scope `api`, and the role Developer in the project"
    }
}

#[derive(Deserialize)]
struct Note {
    id: u64,
    body: Option<String>,
    /// Whether GitLab itself wrote it.
    #[serde(default)]
    system: bool,
}
