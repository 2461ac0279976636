//! `/v1/close`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use offshoot_core::ops::{self, BuildPlace, CloseInput, Closed, Outcome};
use serde::Deserialize;

use super::Checkout;
use crate::serve::{answer::Format, fields::Fields, problem::Problem, sidecar::Sidecar};

/// How it is closed. The variables of the build are those that the sidecar was started with.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct CloseBody {
    #[serde(flatten)]
    checkout: Checkout,
    #[serde(flatten)]
    input: CloseInput,
}

/// Mark the branch deployment of this build's branch as closed or merged.
///
/// One that is closed already, or that was never there, is no error. The text of the answer is its name, or empty if it
/// is not there.
#[utoipa::path(
    post,
    path = "/v1/close",
    tag = "deploy",
    operation_id = "close",
    request_body = CloseBody,
    responses((status = OK, description = "It is closed, or the plan of a dry run.", body = Outcome<Closed>))
)]
pub async fn close(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let body = CloseBody { checkout: fields.take()?, input: fields.rest()? };
    let path = sidecar.workspace.resolve(&body.checkout.path)?;
    let place = BuildPlace { path: &path, env: &sidecar.env, full: None };
    let outcome = ops::close(&sidecar.host(), &sidecar.connection, place, body.input).await?;
    Ok(format.answer(StatusCode::OK, &outcome))
}
