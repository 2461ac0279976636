//! `/v1/deployments/{deployment}/wait`

use std::sync::Arc;

use axum::{Extension, extract::State, http::StatusCode, response::Response};
use offshoot_core::{
    ops::{self, Waited},
    plus::DeploymentName,
    settings::WaitSettings,
};
use serde::Deserialize;

use super::Named;
use crate::{
    host::Host,
    serve::{
        answer::Format,
        fields::Fields,
        problem::Problem,
        sidecar::{Sidecar, Slot},
        stream,
    },
};

/// What to wait for, and how long.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct WaitBody {
    #[serde(flatten)]
    what: What,
    #[serde(flatten)]
    limits: WaitSettings,
}

/// What to wait for.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct What {
    /// The names of the code locations; by default all of the deployment. In a form, a field for each.
    #[serde(deserialize_with = "offshoot_core::written::texts")]
    locations: Vec<String>,
}

/// Wait until code locations have loaded what was put last.
///
/// With `Accept: text/event-stream` progress is sent as it comes, one event each, then `result` or `error`.
#[utoipa::path(
    post,
    path = "/v1/deployments/{deployment}/wait",
    tag = "code locations",
    operation_id = "waitForLocations",
    params(("deployment" = String, Path, description = "The name of the deployment.")),
    request_body = WaitBody,
    responses((status = OK, description = "All have loaded.", body = Waited))
)]
pub async fn wait(
    State(sidecar): State<Arc<Sidecar>>,
    Extension(slot): Extension<Arc<Slot>>,
    format: Format,
    Named(deployment): Named<DeploymentName>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let body = WaitBody { what: fields.take()?, limits: fields.rest()? };
    if format == Format::Events {
        let state = Arc::clone(&sidecar);
        let operation = |events| async move {
            let host = state.host_with(events);
            run(&host, &state, &deployment, &body).await
        };
        return Ok(stream::progress(sidecar, slot, operation));
    }
    let waited = run(&sidecar.host(), &sidecar, &deployment, &body).await?;
    Ok(format.answer(StatusCode::OK, &waited))
}

async fn run(
    host: &Host,
    sidecar: &Sidecar,
    deployment: &DeploymentName,
    body: &WaitBody,
) -> Result<Waited, ops::Error> {
    let limits = body.limits.over(sidecar.limits);
    ops::wait_for_locations(host, &sidecar.connection, deployment, &body.what.locations, limits)
        .await
}
