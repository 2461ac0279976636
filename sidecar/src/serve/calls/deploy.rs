//! `/v1/deploy`

use std::sync::Arc;

use axum::{Extension, extract::State, http::StatusCode, response::Response};
use offshoot_core::{
    ops::{self, BuildPlace, DeployInput, Deployed, Outcome, Sources, WaitLimits},
    settings::WaitSettings,
};
use serde::Deserialize;

use super::Checkout;
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

/// What is deployed, and how. The variables of the build are those that the sidecar was started with.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct DeployBody {
    #[serde(flatten)]
    checkout: Checkout,
    #[serde(flatten)]
    input: DeployInput,
    #[serde(flatten)]
    waiting: WaitSettings,
    #[serde(flatten)]
    sources: Sources,
}

/// Deploy this build in one step: branch deployment, code locations, wait.
///
/// The text of the answer is the page that shows the code locations. With `Accept: text/event-stream` progress is sent
/// as it comes, one event each, then `result` or `error`.
#[utoipa::path(
    post,
    path = "/v1/deploy",
    tag = "deploy",
    operation_id = "deploy",
    request_body = DeployBody,
    responses(
        (status = OK, description = "It has loaded, or the plan of a dry run.", body = Outcome<Deployed>),
        (status = ACCEPTED, description = "Dagster+ has taken it; nobody waited for it to load.", body = Deployed)
    )
)]
pub async fn deploy(
    State(sidecar): State<Arc<Sidecar>>,
    Extension(slot): Extension<Arc<Slot>>,
    format: Format,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let mut body = DeployBody {
        checkout: fields.take()?,
        input: fields.take()?,
        waiting: fields.take()?,
        sources: fields.rest()?,
    };
    let work = Work {
        path: sidecar.workspace.resolve(&body.checkout.path)?,
        limits: body.waiting.over(sidecar.limits),
    };
    if let Some(file) = &body.sources.location_file {
        body.sources.location_file = Some(sidecar.workspace.resolve(file)?);
    }
    if format == Format::Events {
        let state = Arc::clone(&sidecar);
        let operation = |events| async move {
            let host = state.host_with(events);
            run(&host, &state, work, body).await
        };
        return Ok(stream::progress(sidecar, slot, operation));
    }
    let outcome = run(&sidecar.host(), &sidecar, work, body).await?;
    let status = match &outcome {
        Outcome::Done(deployed) if !deployed.locations.loaded => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    Ok(format.answer(status, &outcome))
}

struct Work {
    path: String,
    limits: WaitLimits,
}

async fn run(
    host: &Host,
    sidecar: &Sidecar,
    work: Work,
    body: DeployBody,
) -> Result<Outcome<Deployed>, ops::Error> {
    let place = BuildPlace { path: &work.path, env: &sidecar.env, full: sidecar.full.as_ref() };
    ops::deploy(host, &sidecar.connection, place, body.input, &body.sources, work.limits).await
}
