//! The sidecar's own calls: health, and its end.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use offshoot_core::text::Text;
use serde::Serialize;

use crate::serve::{answer::Format, problem::Problem, sidecar::Sidecar};

/// How the sidecar is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// `ok`, or `stopping`.
    status: &'static str,
}

impl Text for Health {
    fn text(&self) -> String {
        self.status.to_owned()
    }
}

/// Tell that the sidecar runs. Needs no token.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "sidecar",
    operation_id = "health",
    security(()),
    responses((status = OK, description = "It runs.", body = Health))
)]
pub async fn health(format: Format) -> Response {
    format.answer(StatusCode::OK, &Health { status: "ok" })
}

/// Tell that the sidecar takes work. Needs no token.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "sidecar",
    operation_id = "readiness",
    security(()),
    responses((status = OK, description = "It takes work.", body = Health))
)]
pub async fn ready(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
) -> Result<Response, Problem> {
    match sidecar.is_stopping() {
        true => Err(Problem::stopping()),
        false => Ok(format.answer(StatusCode::OK, &Health { status: "ok" })),
    }
}

/// End the sidecar, once the work that runs is finished.
#[utoipa::path(
    post,
    path = "/v1/stop",
    tag = "sidecar",
    operation_id = "stop",
    responses((status = ACCEPTED, description = "It takes no more work.", body = Health))
)]
pub async fn stop(State(sidecar): State<Arc<Sidecar>>, format: Format) -> Response {
    sidecar.stop();
    format.answer(StatusCode::ACCEPTED, &Health { status: "stopping" })
}
