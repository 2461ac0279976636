//! Why the sandbox does not do what it was asked for.

/// The error members of the result unions. A member that a union does not have is answered as `PythonError`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `UnauthorizedError`, with its message.
    #[error("{0}")]
    Unauthorized(String),
    /// `DeploymentNotFoundError`, with its message.
    #[error("{0}")]
    DeploymentNotFound(String),
    /// `DuplicateDeploymentError`, with its message.
    #[error("{0}")]
    DuplicateDeployment(String),
    /// `DeploymentLimitError`, with its message.
    #[error("{0}")]
    DeploymentLimit(String),
    /// `DeleteFinalDeploymentError`, with its message.
    #[error("{0}")]
    DeleteFinalDeployment(String),
    /// `InvalidLocationError`, with its list of errors.
    #[error("{}", .0.join("; "))]
    InvalidLocation(Vec<String>),
    /// `PipelineNotFoundError`, with its message.
    #[error("{0}")]
    PipelineNotFound(String),
    /// `RunConfigValidationInvalid`, with the message of each of its errors.
    #[error("{}", .0.join("; "))]
    InvalidRunConfig(Vec<String>),
    /// `RunNotFoundError`, with the run's id.
    #[error("run `{0}` could not be found")]
    RunNotFound(String),
    /// `PythonError`, with its message.
    #[error("{0}")]
    Python(String),
}
