//! The calls: each reads its input, calls an operation, and answers with what that returns.

pub mod branch_deployments;
pub mod close;
pub mod context;
pub mod deploy;
pub mod doctor;
pub mod locations;
pub mod notify;
pub mod own;
pub mod wait;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use offshoot_core::error::Code;
use serde::{Deserialize, de::DeserializeOwned};

use super::problem::Problem;

/// What the path names.
pub struct Named<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(named)) => Ok(Self(named)),
            Err(rejection) => {
                let text = rejection.body_text();
                let message = text.strip_prefix("Invalid URL: ").unwrap_or(&text);
                Err(Problem::new(Code::UsageInvalid, message)
                    .hint("GET /v1/branch-deployment-name tells the deployment name of a branch"))
            }
        }
    }
}

/// Which checkout is read.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Checkout {
    /// A directory inside the workspace; by default the workspace itself.
    pub path: String,
}
