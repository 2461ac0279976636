//! `/v1/notify`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use offshoot_core::{
    ops::{self, BuildPlace, NotifyInput, ProviderAccess, StatusInput, Told},
    report,
};
use serde::Deserialize;

use super::Checkout;
use crate::serve::{answer::Format, fields::Fields, problem::Problem, sidecar::Sidecar};

/// Who is told. Token and address of the hosting service are those of the variables that the sidecar was started with.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct NotifyBody {
    #[serde(flatten)]
    checkout: Checkout,
    #[serde(flatten)]
    which: StatusInput,
    #[serde(flatten)]
    input: NotifyInput,
}

/// Tell the reviewers of this build how its deployment is, by a comment on the pull request and a commit status.
///
/// The text of the answer is the page of the comment, or of the deployment if there is none.
#[utoipa::path(
    post,
    path = "/v1/notify",
    tag = "notify",
    operation_id = "notify",
    request_body = NotifyBody,
    responses((status = OK, description = "They are told, or would be by a dry run.", body = Told))
)]
pub async fn notify(
    State(sidecar): State<Arc<Sidecar>>,
    format: Format,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let NotifyBody { checkout, which, input } =
        NotifyBody { checkout: fields.take()?, which: fields.take()?, input: fields.rest()? };
    let path = sidecar.workspace.resolve(&checkout.path)?;
    let place = BuildPlace { path: &path, env: &sidecar.env, full: sidecar.full.as_ref() };
    let (host, connection) = (sidecar.host(), &sidecar.connection);
    let deployment = ops::deployment_status(&host, connection, place, &which).await?;
    // A step that can write to the checkout could else name the host that the token is sent to.
    let access = ProviderAccess { trusts_checkout: false, ..ProviderAccess::default() };
    let notified = ops::notify(&host, connection.budget, place, &deployment, access, input).await?;
    let markdown = report::of_status(&deployment);
    Ok(format.answer(StatusCode::OK, &Told { deployment, markdown, notified: Some(notified) }))
}
