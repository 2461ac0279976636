//! `/v1/context`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use offshoot_core::ops::{self, Context};

use super::Checkout;
use crate::serve::{answer::Format, fields::Query, problem::Problem, sidecar::Sidecar};

/// Tell what is known of the build, and from where.
///
/// The text of the answer has a line for each field: name, value and source, with tabs between.
#[utoipa::path(
    get,
    path = "/v1/context",
    tag = "context",
    operation_id = "readContext",
    params(Checkout),
    responses((status = OK, description = "What is known.", body = Context))
)]
pub async fn read(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let Checkout { path } = fields.rest()?;
    let path = sidecar.workspace.resolve(&path)?;
    let context = ops::read_context(&sidecar.host(), &sidecar.env, &path)?;
    Ok(format.answer(StatusCode::OK, &context))
}
