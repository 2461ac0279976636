//! What can go wrong between offshoot and Dagster+.

use std::{fmt, time::Duration};

use super::{client::Client, fragments::PythonError, retry};
use crate::{
    error::{Code, Explain},
    ports::{Host, SendError, SendErrorKind},
};

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlusError {
    /// Completes "could not ...".
    pub(super) doing: &'static str,
    /// The host that was asked.
    pub(super) host: String,
    /// What happened at the last attempt.
    pub(super) problem: Problem,
    /// How often the call was sent.
    pub(super) attempts: u32,
    /// From the first attempt to the last answer.
    pub(super) elapsed: Duration,
}

/// The two ways to fail: no usable answer, or an answer that says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Refusal(#[from] Refusal),
}

/// An exchange that brought no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Send(#[from] SendError),
    #[error("the token is not accepted (HTTP {status})")]
    Unauthorized { status: u16 },
    #[error("there is no such organization or deployment (HTTP 404)")]
    NotFound,
    #[error("HTTP {status}{}", quoted(said))]
    Status { status: u16, said: String },
    #[error("redirected to `{to}` (HTTP {status})")]
    Redirect { status: u16, to: String },
    #[error("under maintenance{}", quoted(said))]
    Maintenance { said: String },
    #[error("{}", messages.join("; "))]
    GraphQl { status: u16, messages: Vec<String> },
    #[error("the answer breaks off in the middle")]
    CutShort,
    #[error("what answered is not the Dagster+ API{}", quoted(said))]
    NotTheApi { said: String },
    #[error("the answer does not fit the API: {problem}")]
    Malformed { problem: String },
}

/// An answer that says no: the error members of the result unions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The token lacks a permission.
    #[error("the token may not do this{}", quoted(.0))]
    Unauthorized(String),
    /// No deployment of that name, or of that base name.
    #[error("{0}")]
    DeploymentNotFound(String),
    /// The organization's limit of branch deployments is reached.
    #[error("{0}")]
    DeploymentLimit(String),
    /// The state of the organization does not allow it: a duplicate, or the last full deployment.
    #[error("{0}")]
    Conflict(String),
    /// The location document is not accepted; one line a problem.
    #[error("{}", .0.join("; "))]
    InvalidLocation(Vec<String>),
    /// The code location serves no such job, or no such repository.
    #[error("{0}")]
    JobNotFound(String),
    /// The deployment has no such run.
    #[error("{0}")]
    RunNotFound(String),
    /// The job does not take the run config; one line a problem.
    #[error("the job does not take the run config: {}", .0.join("; "))]
    InvalidRunConfig(Vec<String>),
    /// An exception in the service.
    #[error("{}", .0.headline())]
    Python(Box<PythonError>),
    /// A kind of answer that the schema did not have when offshoot was built.
    #[error("an answer of an unknown kind, `{0}`")]
    Unknown(String),
    /// A deletion aimed at a deployment that is no branch deployment.
    #[error("`{0}` is no branch deployment")]
    NotABranch(String),
}

impl PlusError {
    /// A refusal that needed no call.
    pub(crate) fn refused<H: Host>(
        client: &Client<'_, H>,
        doing: &'static str,
        refusal: Refusal,
    ) -> Self {
        client.error(doing, Problem::Refusal(refusal), 0)
    }

    /// Whether the deployment, or what else was asked for, is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self.problem, Problem::Refusal(Refusal::DeploymentNotFound(_)))
    }

    /// Whether the host does not know the token, or not the organization: as when it is that of another region.
    pub fn is_of_a_stranger(&self) -> bool {
        matches!(self.problem, Problem::Fault(Fault::Unauthorized { .. } | Fault::NotFound))
    }

    /// Where the host sent the call instead, without a query.
    pub fn redirected_to(&self) -> Option<&str> {
        match &self.problem {
            Problem::Fault(Fault::Redirect { to, .. }) => Some(to),
            _ => None,
        }
    }

    /// What happened at the last attempt, without what was being done.
    pub fn problem(&self) -> String {
        self.problem.to_string()
    }

    /// Whether an earlier attempt of the same call may have done what a later one then found done.
    pub fn was_retried(&self) -> bool {
        self.attempts > 1
    }

    /// Whether the same call may succeed a little later.
    pub fn is_transient(&self) -> bool {
        match &self.problem {
            Problem::Fault(fault) => fault.is_transient(),
            Problem::Refusal(_) => false,
        }
    }
}

impl Fault {
    /// Whether the same call may succeed a little later.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Send(error) => error.kind.is_transient(),
            Self::Status { status, .. } | Self::GraphQl { status, .. } => {
                retry::is_transient(*status)
            }
            Self::Maintenance { .. } | Self::CutShort => true,
            Self::Unauthorized { .. }
            | Self::NotFound
            | Self::Redirect { .. }
            | Self::NotTheApi { .. }
            | Self::Malformed { .. } => false,
        }
    }

    /// Whether the server was not even reached.
    pub(super) fn is_unreached(&self) -> bool {
        matches!(self, Self::Send(error) if error.kind.surely_not_sent())
    }
}

impl fmt::Display for PlusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}", self.doing, self.problem)?;
        if self.attempts > 1 {
            write!(f, " ({} attempts in {} s)", self.attempts, self.elapsed.as_secs())?;
        }
        Ok(())
    }
}

/// The display holds the whole story, so there is no source to repeat it.
impl std::error::Error for PlusError {}

impl Explain for PlusError {
    fn code(&self) -> Code {
        match &self.problem {
            Problem::Fault(fault) => fault.code(),
            Problem::Refusal(refusal) => refusal.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match &self.problem {
            Problem::Fault(fault) => fault.hint(&self.host),
            Problem::Refusal(refusal) => refusal.hint(&self.host),
        })
    }

    fn detail(&self) -> Option<String> {
        match &self.problem {
            Problem::Refusal(Refusal::Python(error)) => Some(error.traceback()),
            Problem::Refusal(
                Refusal::InvalidLocation(problems) | Refusal::InvalidRunConfig(problems),
            ) if problems.len() > 1 => Some(problems.join("\n")),
            _ => None,
        }
    }
}

impl Fault {
    fn code(&self) -> Code {
        match self {
            Self::Send(error) => match error.kind {
                SendErrorKind::Tls => Code::PlusTls,
                SendErrorKind::TooLarge => Code::PlusUnexpected,
                SendErrorKind::Unusable => Code::SettingsInvalid,
                _ => Code::PlusUnreachable,
            },
            Self::Unauthorized { .. } => Code::PlusUnauthorized,
            Self::NotFound => Code::PlusNotFound,
            Self::Status { .. } | Self::CutShort => Code::PlusUnreachable,
            Self::Maintenance { .. } => Code::PlusMaintenance,
            Self::GraphQl { .. } if self.is_transient() => Code::PlusUnreachable,
            Self::GraphQl { .. } => Code::PlusFailed,
            Self::Redirect { .. } | Self::NotTheApi { .. } | Self::Malformed { .. } => {
                Code::PlusUnexpected
            }
        }
    }

    fn hint(&self, host: &str) -> String {
        let again = "run it again; --retry-budget gives it more time";
        let wrong_host =
            || format!("is `{host}` the address of your organization, and no proxy between?");
        match self {
            Self::Send(error) => match error.kind {
                SendErrorKind::Resolve => format!(
                    "is `{host}` right? --organization, --url and DAGSTER_CLOUD_ENV decide it"
                ),
                SendErrorKind::Connect => format!(
                    "is `{host}` reachable from here? HTTPS_PROXY and NO_PROXY name proxies"
                ),
                SendErrorKind::Tls => {
                    "name the file of your certificate authority in SSL_CERT_FILE".to_owned()
                }
                SendErrorKind::Timeout | SendErrorKind::Broken => again.to_owned(),
                SendErrorKind::TooLarge => wrong_host(),
                SendErrorKind::Unusable => {
                    "a flag, a variable or a secret of the build sets it: mend it there".to_owned()
                }
            },
            Self::Unauthorized { .. } => format!(
                "make a token under Organization Settings > Tokens of `{host}` and pass it as \
                 DAGSTER_CLOUD_API_TOKEN"
            ),
            Self::NotFound => {
                format!("check organization, region and deployment; `{host}` answered")
            }
            Self::Status { status: 429, .. } => {
                "too many requests: run fewer builds at once, or raise --retry-budget".to_owned()
            }
            Self::Status { .. } if !self.is_transient() => wrong_host(),
            Self::Status { .. } | Self::CutShort => again.to_owned(),
            Self::Maintenance { .. } => {
                "run it again later, or raise --retry-budget to wait for the end".to_owned()
            }
            Self::Redirect { .. } => {
                "the organization or its region is probably another; --url names the address"
                    .to_owned()
            }
            Self::NotTheApi { .. } => wrong_host(),
            Self::GraphQl { .. } => {
                "if this speaks of a field or argument, a newer offshoot may know it".to_owned()
            }
            Self::Malformed { .. } => "a newer offshoot may know this answer".to_owned(),
        }
    }
}

impl Refusal {
    fn code(&self) -> Code {
        match self {
            Self::Unauthorized(_) => Code::PlusUnauthorized,
            Self::DeploymentNotFound(_) | Self::JobNotFound(_) | Self::RunNotFound(_) => {
                Code::PlusNotFound
            }
            Self::InvalidRunConfig(_) => Code::PlusInvalidRunConfig,
            Self::DeploymentLimit(_) => Code::PlusLimit,
            Self::Conflict(_) => Code::PlusConflict,
            Self::InvalidLocation(_) => Code::PlusInvalidLocation,
            Self::Python(_) => Code::PlusFailed,
            Self::Unknown(_) => Code::PlusUnexpected,
            Self::NotABranch(_) => Code::TargetRefused,
        }
    }

    fn hint(&self, host: &str) -> String {
        let hint = match self {
            Self::Unauthorized(_) => {
                "branch deployments need a token of the organization, or one with \
                 `All branch deployments`"
            }
            Self::DeploymentNotFound(_) => {
                "is the name right? `offshoot branch-deployment list` shows the branch deployments"
            }
            Self::DeploymentLimit(_) => "`offshoot prune` shows those that nobody needs any more",
            Self::JobNotFound(_) => {
                "has the code location loaded? `offshoot wait` waits for it; --repository names a \
                 repository that is not the only one"
            }
            Self::RunNotFound(_) => "is it a run of this deployment? --deployment names another",
            Self::InvalidRunConfig(_) => "the launchpad of Dagster+ shows what the job takes",
            Self::InvalidLocation(_) => "`--dry-run` prints the document that is sent",
            Self::NotABranch(_) => {
                "only branch deployments are deleted here; full ones in the settings of Dagster+"
            }
            Self::Unknown(_) => "a newer offshoot may know this answer",
            Self::Conflict(_) => return format!("look at the deployments of `{host}`"),
            Self::Python(_) => {
                "an error inside Dagster+: run it again, and if it stays, ask its support"
            }
        };
        hint.to_owned()
    }
}

fn quoted(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": `{said}`") }
}
