//! `/v1/deployments/{deployment}/locations`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use offshoot_core::{
    error::Code,
    location::LocationFlags,
    ops::{
        self, CodeLocation, DeployedLocations, ListedCodeLocation, LocationInput, LocationState,
        Outcome, WaitLimits,
    },
    plus::DeploymentName,
    settings::WaitSettings,
};
use serde::Deserialize;

use super::{Named, branch_deployments::Rehearsal};
use crate::serve::{
    answer::Format,
    fields::{Fields, Query},
    problem::Problem,
    sidecar::Sidecar,
};

/// What describes a code location, and how it is put. What is given here wins over the location file.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct LocationBody {
    #[serde(flatten)]
    how: HowToPut,
    #[serde(flatten)]
    waiting: WaitSettings,
    #[serde(flatten)]
    flags: LocationFlags,
}

/// How a code location is put.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct HowToPut {
    /// The path of a location file inside the workspace.
    location_file: Option<String>,
    /// Whether to wait until the location has loaded.
    #[serde(deserialize_with = "offshoot_core::written::flag")]
    wait: bool,
    /// Whether to answer with the plan only.
    #[serde(deserialize_with = "offshoot_core::written::flag")]
    dry_run: bool,
}

/// Add or update a code location.
///
/// The text of the answer is the page that shows it.
#[utoipa::path(
    put,
    path = "/v1/deployments/{deployment}/locations/{location}",
    tag = "code locations",
    operation_id = "putLocation",
    params(
        ("deployment" = String, Path, description = "The name of the deployment."),
        ("location" = String, Path, description = "The name of the code location.")
    ),
    request_body = LocationBody,
    responses(
        (status = OK, description = "It has loaded, or the plan of a dry run.", body = Outcome<DeployedLocations>),
        (status = ACCEPTED, description = "Dagster+ has taken it; nobody waited for it to load.", body = DeployedLocations)
    )
)]
pub async fn put(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    Named((deployment, location)): Named<(DeploymentName, String)>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let body = LocationBody { how: fields.take()?, waiting: fields.take()?, flags: fields.rest()? };
    let HowToPut { location_file, wait, dry_run } = body.how;
    let file = location_file.map(|path| sidecar.workspace.resolve(&path)).transpose()?;
    let input = LocationInput { file, flags: named(body.flags, location)? };
    let limits = match wait {
        true => body.waiting.over(sidecar.limits),
        false => WaitLimits { location_load_timeout: 0, ..sidecar.limits },
    };
    let outcome = ops::add_or_update_location(
        &sidecar.host(),
        &sidecar.connection,
        &deployment,
        &input,
        limits,
        dry_run,
    )
    .await?;
    let status = match &outcome {
        Outcome::Done(deployed) if !deployed.loaded => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    Ok(format.answer(status, &outcome))
}

/// List the code locations of a deployment.
///
/// The text of the answer has a line for each.
#[utoipa::path(
    get,
    path = "/v1/deployments/{deployment}/locations",
    tag = "code locations",
    operation_id = "listLocations",
    params(("deployment" = String, Path, description = "The name of the deployment.")),
    responses((status = OK, description = "They are listed.", body = Vec<ListedCodeLocation>))
)]
pub async fn list(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    Named(deployment): Named<DeploymentName>,
) -> Result<Response, Problem> {
    let listed = ops::list_locations(&sidecar.host(), &sidecar.connection, &deployment).await?;
    Ok(format.answer(StatusCode::OK, &listed))
}

/// Tell how far a code location has loaded.
///
/// The text of the answer is the state: outdated, loading, loaded or failed.
#[utoipa::path(
    get,
    path = "/v1/deployments/{deployment}/locations/{location}",
    tag = "code locations",
    operation_id = "showLocation",
    params(
        ("deployment" = String, Path, description = "The name of the deployment."),
        ("location" = String, Path, description = "The name of the code location.")
    ),
    responses((status = OK, description = "It is there.", body = LocationState))
)]
pub async fn show(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    Named((deployment, location)): Named<(DeploymentName, String)>,
) -> Result<Response, Problem> {
    let host = sidecar.host();
    let state = ops::location_state(&host, &sidecar.connection, &deployment, &location).await?;
    Ok(format.answer(StatusCode::OK, &state))
}

/// Delete a code location.
#[utoipa::path(
    delete,
    path = "/v1/deployments/{deployment}/locations/{location}",
    tag = "code locations",
    operation_id = "deleteLocation",
    params(
        ("deployment" = String, Path, description = "The name of the deployment."),
        ("location" = String, Path, description = "The name of the code location."),
        Rehearsal
    ),
    responses((status = OK, description = "It is gone, or the plan of a dry run.", body = Outcome<CodeLocation>))
)]
pub async fn delete(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    Named((deployment, location)): Named<(DeploymentName, String)>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let Rehearsal { dry_run } = fields.rest()?;
    let host = sidecar.host();
    let outcome =
        ops::delete_location(&host, &sidecar.connection, &deployment, &location, dry_run).await?;
    Ok(format.answer(StatusCode::OK, &outcome))
}

/// The path names the location; a body that names another one is a mistake.
fn named(flags: LocationFlags, location: String) -> Result<LocationFlags, Problem> {
    match &flags.location_name {
        Some(other) if *other != location => {
            let message =
                format!("the path names the location `{location}`, location_name is `{other}`");
            Err(Problem::new(Code::UsageInvalid, message).hint("leave out location_name"))
        }
        _ => Ok(LocationFlags { location_name: Some(location), ..flags }),
    }
}
