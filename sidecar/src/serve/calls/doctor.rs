//! `/v1/doctor`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use offshoot_core::ops::{self, DeployInput, Diagnosis, DoctorPlace, Sources};
use offshoot_native::TokioDockerConfig;

use super::Checkout;
use crate::{
    host::DockerKeychain,
    serve::{answer::Format, fields::Query, problem::Problem, sidecar::Sidecar},
};

/// Tell whether a deploy would work, and what to do where it would not.
///
/// The fields are those of a deploy. Nothing is changed anywhere. The status of the answer is 200 also if something has
/// failed: `ok` tells. Its text has a line for each check: state, name, what was found, and what to do, with tabs
/// between.
#[utoipa::path(
    get,
    path = "/v1/doctor",
    tag = "deploy",
    operation_id = "doctor",
    params(Checkout, DeployInput, Sources),
    responses((status = OK, description = "What was found.", body = Diagnosis))
)]
pub async fn look(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    Query(mut fields): Query,
) -> Result<Response, Problem> {
    let checkout: Checkout = fields.take()?;
    let input: DeployInput = fields.take()?;
    let mut sources: Sources = fields.rest()?;
    let path = sidecar.workspace.resolve(&checkout.path)?;
    if let Some(file) = &sources.location_file {
        sources.location_file = Some(sidecar.workspace.resolve(file)?);
    }
    let settled = Ok((sidecar.connection.clone(), sidecar.full.clone()));
    // The host is pinned: the token goes nowhere else.
    let place = DoctorPlace { path: &path, env: &sidecar.env, asks_other_regions: false };
    let keychain = DockerKeychain::Tokio(TokioDockerConfig::new(&sidecar.env));
    let diagnosis = ops::doctor(&sidecar.host(), settled, place, &input, &sources, &keychain).await;
    Ok(format.answer(StatusCode::OK, &diagnosis))
}
