//! `/v1/branch-deployments`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use offshoot_core::{
    ops::{
        self, BranchDeployment, BranchDeploymentInput, BranchName, Deleted, ListFilter, Outcome,
    },
    plus::{DeploymentName, branch_deployments::Deployment},
};
use serde::Deserialize;

use super::{Checkout, Named};
use crate::serve::{
    answer::Format,
    fields::{Fields, Query},
    problem::Problem,
    sidecar::Sidecar,
};

/// What a branch deployment is made of, and the checkout that says the rest.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct BranchDeploymentBody {
    #[serde(flatten)]
    checkout: Checkout,
    #[serde(flatten)]
    input: BranchDeploymentInput,
}

/// Create a branch deployment, or bring it up to date.
///
/// The text of the answer is its name.
#[utoipa::path(
    put,
    path = "/v1/branch-deployments",
    tag = "branch deployments",
    operation_id = "putBranchDeployment",
    request_body = BranchDeploymentBody,
    responses((status = OK, description = "It is up to date, or the plan of a dry run.", body = Outcome<BranchDeployment>))
)]
pub async fn put(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let body = BranchDeploymentBody { checkout: fields.take()?, input: fields.rest()? };
    let checkout = sidecar.workspace.resolve(&body.checkout.path)?;
    let outcome = ops::create_or_update_branch_deployment(
        &sidecar.host(),
        &sidecar.connection,
        body.input,
        (&checkout, &sidecar.env),
    )
    .await?;
    Ok(format.answer(StatusCode::OK, &outcome))
}

/// List branch deployments.
///
/// The text of the answer has a line for each: name, repository, branch, pull request status and commit, with
/// tabs between.
#[utoipa::path(
    get,
    path = "/v1/branch-deployments",
    tag = "branch deployments",
    operation_id = "listBranchDeployments",
    params(ListFilter),
    responses((status = OK, description = "They are listed.", body = Vec<Deployment>))
)]
pub async fn list(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let filter: ListFilter = fields.rest()?;
    let host = sidecar.host();
    let listed = ops::list_branch_deployments(&host, &sidecar.connection, &filter).await?;
    Ok(format.answer(StatusCode::OK, &listed))
}

/// Show a branch deployment.
///
/// The text of the answer is its name.
#[utoipa::path(
    get,
    path = "/v1/branch-deployments/{name}",
    tag = "branch deployments",
    operation_id = "showBranchDeployment",
    params(("name" = String, Path, description = "The name of the branch deployment.")),
    responses((status = OK, description = "It is there.", body = Deployment))
)]
pub async fn show(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    Named(name): Named<DeploymentName>,
) -> Result<Response, Problem> {
    let host = sidecar.host();
    let shown = ops::show_branch_deployment(&host, &sidecar.connection, &name).await?;
    Ok(format.answer(StatusCode::OK, &shown))
}

/// Whether to send anything.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Rehearsal {
    /// Whether to answer with the plan only.
    #[serde(deserialize_with = "offshoot_core::written::flag")]
    pub dry_run: bool,
}

/// Delete a branch deployment. A full deployment is refused.
#[utoipa::path(
    delete,
    path = "/v1/branch-deployments/{name}",
    tag = "branch deployments",
    operation_id = "deleteBranchDeployment",
    params(("name" = String, Path, description = "The name of the branch deployment."), Rehearsal),
    responses((status = OK, description = "It is gone, or the plan of a dry run.", body = Outcome<Deleted>))
)]
pub async fn delete(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    Named(name): Named<DeploymentName>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let Rehearsal { dry_run } = fields.rest()?;
    let host = sidecar.host();
    let outcome = ops::delete_branch_deployment(&host, &sidecar.connection, &name, dry_run).await?;
    Ok(format.answer(StatusCode::OK, &outcome))
}

/// Tell the name that the branch deployment of a branch has, or would have.
///
/// The text of the answer is the name.
#[utoipa::path(
    get,
    path = "/v1/branch-deployment-name",
    tag = "branch deployments",
    operation_id = "nameBranchDeployment",
    params(BranchName),
    responses((status = OK, description = "The name.", body = BranchDeployment))
)]
pub async fn name(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let branch: BranchName = fields.rest()?;
    let named = ops::name_branch_deployment(&sidecar.host(), &sidecar.connection, &branch).await?;
    Ok(format.answer(StatusCode::OK, &named))
}
