//! GitHub, and GitHub Enterprise Server.
//!
//! A comment on a pull request is one on the issue of the same number.
//! <https://docs.github.com/en/rest/issues/comments>, <https://docs.github.com/en/rest/commits/statuses>

use http::{HeaderName, Method, header};
use serde::Deserialize;
use serde_json::json;

use super::{Api, Change, Comment, CommitStatus, Place};
use crate::{ops::DeploymentState, secret::Secret};

const VERSION: HeaderName = HeaderName::from_static("x-github-api-version");

pub(super) struct GitHub<'a>(pub(super) &'a Place);

impl Api for GitHub<'_> {
    fn headers(&self, token: &Secret) -> Vec<(HeaderName, String)> {
        vec![
            (header::AUTHORIZATION, format!("Bearer {}", token.expose())),
            (header::ACCEPT, "application/vnd.github+json".to_owned()),
            (VERSION, "2022-11-28".to_owned()),
        ]
    }

    fn comments(&self, pull_request: u64) -> String {
        format!("{}?per_page=100", comments(self.0, pull_request))
    }

    fn read(&self, page: &[u8]) -> Result<Vec<Comment>, serde_json::Error> {
        read(page)
    }

    fn create(&self, pull_request: u64, body: &str) -> Change {
        create(self.0, pull_request, body)
    }

    fn update(&self, _: u64, id: &str, body: &str) -> Change {
        update(self.0, id, body)
    }

    fn created(&self, answer: &[u8]) -> Option<String> {
        created(answer)
    }

    fn status(&self, status: &CommitStatus<'_>) -> Change {
        set_status(self.0, status)
    }

    fn needs(&self) -> &'static str {
        "`pull-requests: write`, and `statuses: write` for the commit status; in a workflow they stand \
         under `permissions:`"
    }
}

/// A comment as GitHub writes it, and Gitea after it.
#[derive(Deserialize)]
struct IssueComment {
    id: u64,
    body: Option<String>,
    html_url: Option<String>,
}

/// The address of the comments, without a query.
pub(super) fn comments(place: &Place, pull_request: u64) -> String {
    format!("{}/issues/{pull_request}/comments", repository(place))
}

pub(super) fn create(place: &Place, pull_request: u64, body: &str) -> Change {
    let url = comments(place, pull_request);
    Change { method: Method::POST, url, body: json!({ "body": body }) }
}

pub(super) fn update(place: &Place, id: &str, body: &str) -> Change {
    let url = format!("{}/issues/comments/{id}", repository(place));
    Change { method: Method::PATCH, url, body: json!({ "body": body }) }
}

pub(super) fn read(page: &[u8]) -> Result<Vec<Comment>, serde_json::Error> {
    let comments: Vec<IssueComment> = serde_json::from_slice(page)?;
    let one = |comment: IssueComment| Comment {
        id: comment.id.to_string(),
        body: comment.body.unwrap_or_default(),
        page: comment.html_url,
    };
    Ok(comments.into_iter().map(one).collect())
}

pub(super) fn created(answer: &[u8]) -> Option<String> {
    serde_json::from_slice::<IssueComment>(answer).ok()?.html_url
}

pub(super) fn set_status(place: &Place, status: &CommitStatus<'_>) -> Change {
    let state = match status.state {
        DeploymentState::Loaded => "success",
        DeploymentState::Pending => "pending",
        DeploymentState::Failed => "failure",
    };
    let body = json!({
        "state": state,
        "target_url": status.url,
        "description": status.description,
        "context": status.context,
    });
    let url = format!("{}/statuses/{}", repository(place), status.commit);
    Change { method: Method::POST, url, body }
}

fn repository(place: &Place) -> String {
    format!("{}/repos/{}", place.api, place.path())
}
