//! The members that the result unions share.

use serde::{Deserialize, Serialize};

use super::{error::Refusal, schema};

/// Seconds since the Unix epoch, with a fraction, as the API gives times.
pub type Timestamp = f64;

/// Any JSON, both ways: documents and settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GenericScalar(pub serde_json::Value);

cynic::impl_scalar!(GenericScalar, schema::GenericScalar);

/// An error raised in Python, by the service or by the user's code.
#[derive(Debug, Clone, PartialEq, Eq, cynic::QueryFragment)]
pub struct PythonError {
    /// The exception with its class.
    pub message: String,
    /// The lines of the traceback, innermost last, each with its line end.
    pub stack: Vec<String>,
    error_chain: Vec<ErrorChainLink>,
}

#[derive(Debug, Clone, PartialEq, Eq, cynic::QueryFragment)]
struct ErrorChainLink {
    is_explicit_link: bool,
    error: LinkedError,
}

#[derive(Debug, Clone, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(graphql_type = "PythonError")]
struct LinkedError {
    message: String,
    stack: Vec<String>,
}

impl PythonError {
    /// The first line of what it all began with: the wrappers around it say only that something failed.
    pub fn headline(&self) -> &str {
        let origin = self.error_chain.last().map(|link| first_line(&link.error.message));
        match origin.filter(|line| !line.is_empty()).unwrap_or(first_line(&self.message)) {
            "" => "no message",
            line => line,
        }
    }

    /// The whole error as Python prints it: message, stack, and what it was raised from.
    pub fn traceback(&self) -> String {
        let mut text = section(&self.message, &self.stack);
        for link in &self.error_chain {
            text.push_str(if link.is_explicit_link {
                "\n\nwhich was raised from:\n"
            } else {
                "\n\nwhich was raised while handling:\n"
            });
            text.push_str(&section(&link.error.message, &link.error.stack));
        }
        text
    }
}

fn first_line(message: &str) -> &str {
    message.trim().lines().next().unwrap_or_default()
}

fn section(message: &str, stack: &[String]) -> String {
    let stack = stack.concat();
    format!("{}\n{}", message.trim_end(), stack.trim_end()).trim_end().to_owned()
}

#[derive(Debug, cynic::QueryFragment)]
pub(super) struct UnauthorizedError {
    message: String,
}

#[derive(Debug, cynic::QueryFragment)]
pub(super) struct DeploymentNotFoundError {
    message: String,
}

#[derive(Debug, cynic::QueryFragment)]
pub(super) struct DuplicateDeploymentError {
    message: String,
}

#[derive(Debug, cynic::QueryFragment)]
pub(super) struct DeploymentLimitError {
    message: String,
}

#[derive(Debug, cynic::QueryFragment)]
pub(super) struct DeleteFinalDeploymentError {
    message: String,
}

#[derive(Debug, cynic::QueryFragment)]
pub(super) struct InvalidLocationError {
    message: String,
    errors: Vec<Option<String>>,
}

#[derive(Debug, cynic::QueryFragment)]
pub(super) struct PipelineNotFoundError {
    message: String,
}

#[derive(Debug, cynic::QueryFragment)]
pub(super) struct RunNotFoundError {
    message: String,
}

impl From<UnauthorizedError> for Refusal {
    fn from(error: UnauthorizedError) -> Self {
        Self::Unauthorized(error.message)
    }
}

impl From<DeploymentNotFoundError> for Refusal {
    fn from(error: DeploymentNotFoundError) -> Self {
        Self::DeploymentNotFound(error.message)
    }
}

impl From<DuplicateDeploymentError> for Refusal {
    fn from(error: DuplicateDeploymentError) -> Self {
        Self::Conflict(error.message)
    }
}

impl From<DeploymentLimitError> for Refusal {
    fn from(error: DeploymentLimitError) -> Self {
        Self::DeploymentLimit(error.message)
    }
}

impl From<DeleteFinalDeploymentError> for Refusal {
    fn from(error: DeleteFinalDeploymentError) -> Self {
        Self::Conflict(error.message)
    }
}

impl From<InvalidLocationError> for Refusal {
    fn from(error: InvalidLocationError) -> Self {
        let mut problems: Vec<String> = error.errors.into_iter().flatten().collect();
        if problems.is_empty() {
            problems.push(error.message);
        }
        Self::InvalidLocation(problems)
    }
}

impl From<PipelineNotFoundError> for Refusal {
    fn from(error: PipelineNotFoundError) -> Self {
        Self::JobNotFound(error.message)
    }
}

impl From<RunNotFoundError> for Refusal {
    fn from(error: RunNotFoundError) -> Self {
        Self::RunNotFound(error.message)
    }
}

impl From<PythonError> for Refusal {
    fn from(error: PythonError) -> Self {
        Self::Python(Box::new(error))
    }
}
