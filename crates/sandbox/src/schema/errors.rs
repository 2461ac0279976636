//! The error members of the result unions, and the way from a refusal to each of them.

use async_graphql::{Interface, Object, SimpleObject};

use crate::refusal::Refusal;

/// An error type that is nothing but a message.
macro_rules! message_errors {
    ($($name:ident),+ $(,)?) => {$(
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            message: String,
        }

        impl From<String> for $name {
            fn from(message: String) -> Self {
                Self { message }
            }
        }
    )+};
}

message_errors!(
    UnauthorizedError,
    DeploymentNotFoundError,
    DuplicateDeploymentError,
    DeploymentLimitError,
    DeleteFinalDeploymentError,
    PipelineNotFoundError,
);

/// Makes a union from a refusal: by the named members, else as its `PythonError`.
macro_rules! refusals {
    ($union:ident: $($member:ident),* $(,)?) => {
        impl From<$crate::refusal::Refusal> for $union {
            fn from(refusal: $crate::refusal::Refusal) -> Self {
                match refusal {
                    $($crate::refusal::Refusal::$member(details) => Self::$member(details.into()),)*
                    other => Self::Python(other.into()),
                }
            }
        }
    };
}
pub(super) use refusals;

/// The interface of all errors.
#[derive(Interface)]
#[graphql(field(name = "message", ty = "&String"))]
pub(crate) enum Error {
    Python(PythonError),
    ChainLink(ErrorChainLink),
    InvalidLocation(InvalidLocationError),
    Unauthorized(UnauthorizedError),
    DeploymentNotFound(DeploymentNotFoundError),
    DuplicateDeployment(DuplicateDeploymentError),
    DeploymentLimit(DeploymentLimitError),
    DeleteFinalDeployment(DeleteFinalDeploymentError),
    PipelineNotFound(PipelineNotFoundError),
    RunNotFound(RunNotFoundError),
}

/// A location document that is not valid.
#[derive(SimpleObject)]
pub(crate) struct InvalidLocationError {
    message: String,
    errors: Vec<Option<String>>,
}

impl From<Vec<String>> for InvalidLocationError {
    fn from(errors: Vec<String>) -> Self {
        Self { message: errors.join("; "), errors: errors.into_iter().map(Some).collect() }
    }
}

/// A run id that names no run.
#[derive(SimpleObject)]
pub(crate) struct RunNotFoundError {
    run_id: String,
    message: String,
}

impl From<String> for RunNotFoundError {
    fn from(run_id: String) -> Self {
        Self { message: Refusal::RunNotFound(run_id.clone()).to_string(), run_id }
    }
}

/// An exception of Python code, with the exceptions that caused it.
#[derive(Debug, Clone)]
pub(crate) struct PythonError {
    message: String,
    class_name: Option<String>,
    stack: Vec<String>,
    cause: Option<Box<PythonError>>,
}

impl PythonError {
    /// The error of a location whose Python code fails with `message` while it is loaded.
    pub(crate) fn load(location: &str, message: &str) -> Self {
        let frame = |file: &str, line: u32, function: &str, code: &str| {
            format!("  File \"{file}\", line {line}, in {function}\n    {code}\n")
        };
        let class = message.split(':').next().unwrap_or_default();
        let names_class = class.ends_with("Error") && class.chars().all(char::is_alphanumeric);
        let class = if names_class { class } else { "Exception" };
        let text = if names_class { message.to_owned() } else { format!("Exception: {message}") };
        let cause = Self {
            message: format!("{text}\n"),
            class_name: Some(class.to_owned()),
            stack: vec![
                frame("/opt/app/sandbox/loader.py", 41, "load", "module = import_module(name)"),
                frame(
                    "/opt/app/definitions.py",
                    3,
                    "<module>",
                    "defs = Definitions(assets=ASSETS)",
                ),
            ],
            cause: None,
        };
        Self {
            message: format!(
                "dagster._core.errors.DagsterUserCodeLoadError: the definitions of the code location {location} did not load\n"
            ),
            class_name: Some("DagsterUserCodeLoadError".to_owned()),
            stack: vec![
                frame("/opt/app/sandbox/server.py", 128, "serve", "self.load(location)"),
                frame("/opt/app/sandbox/server.py", 97, "load", "raise UserCodeLoadError() from e"),
            ],
            cause: Some(Box::new(cause)),
        }
    }

    fn chain(&self) -> Vec<Self> {
        std::iter::successors(self.cause.as_deref(), |error| error.cause.as_deref())
            .cloned()
            .collect()
    }
}

impl From<Refusal> for PythonError {
    fn from(refusal: Refusal) -> Self {
        Self { message: refusal.to_string(), class_name: None, stack: Vec::new(), cause: None }
    }
}

#[Object]
impl PythonError {
    async fn message(&self) -> &String {
        &self.message
    }

    async fn class_name(&self) -> Option<&String> {
        self.class_name.as_ref()
    }

    async fn stack(&self) -> &[String] {
        &self.stack
    }

    async fn cause(&self) -> Option<&Self> {
        self.cause.as_deref()
    }

    async fn causes(&self) -> Vec<Self> {
        self.chain()
    }

    async fn error_chain(&self) -> Vec<ErrorChainLink> {
        self.chain().into_iter().map(|error| ErrorChainLink { error }).collect()
    }
}

/// One cause of an exception, raised with `from`.
pub(crate) struct ErrorChainLink {
    error: PythonError,
}

#[Object]
impl ErrorChainLink {
    async fn message(&self) -> &String {
        &self.error.message
    }

    async fn error(&self) -> &PythonError {
        &self.error
    }

    async fn is_explicit_link(&self) -> bool {
        true
    }
}
