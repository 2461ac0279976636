//! Everything an operation can end with.

use super::{
    OlderError,
    prune::{BranchesError, PruneError},
    run::RunError,
    wait::WaitError,
};
use crate::{
    error::{Code, Explain},
    git::GitError,
    location::LocationError,
    notify::NotifyError,
    plus::{DeploymentName, PlusError},
    settings::SettingsError,
    target::TargetError,
};

/// The error of an operation. Each member explains itself; this only passes it on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The checkout.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The location document.
    #[error(transparent)]
    Location(#[from] LocationError),
    /// Dagster+.
    #[error(transparent)]
    Plus(#[from] PlusError),
    /// Waiting.
    #[error(transparent)]
    Wait(#[from] WaitError),
    /// Waiting for a run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Cleaning up.
    #[error(transparent)]
    Prune(#[from] PruneError),
    /// A list of branches.
    #[error(transparent)]
    Branches(#[from] BranchesError),
    /// The deployment that the build belongs to.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A newer commit is there already.
    #[error(transparent)]
    Older(#[from] OlderError),
    /// Telling the reviewers.
    #[error(transparent)]
    Notify(#[from] NotifyError),
    /// The deployment has no code location of that name.
    #[error("the deployment `{deployment}` has no code location `{name}`")]
    NoLocation {
        /// As given.
        name: String,
        /// Where.
        deployment: DeploymentName,
    },
    /// An input that contradicts itself or lacks something.
    #[error("{message}")]
    Input {
        /// In words.
        message: String,
        /// What to do.
        hint: String,
    },
}

impl Error {
    fn explained(&self) -> Option<&dyn Explain> {
        match self {
            Self::Settings(error) => Some(error),
            Self::Git(error) => Some(error),
            Self::Location(error) => Some(error),
            Self::Plus(error) => Some(error),
            Self::Wait(error) => Some(error),
            Self::Run(error) => Some(error),
            Self::Prune(error) => Some(error),
            Self::Branches(error) => Some(error),
            Self::Target(error) => Some(error),
            Self::Older(error) => Some(error),
            Self::Notify(error) => Some(error),
            Self::NoLocation { .. } | Self::Input { .. } => None,
        }
    }

    pub(super) fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Input { message: message.into(), hint: hint.into() }
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::NoLocation { .. } => Code::PlusNotFound,
            _ => self.explained().map_or(Code::UsageInvalid, Explain::code),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Input { hint, .. } => Some(hint.clone()),
            Self::NoLocation { .. } => {
                Some("`offshoot deployment list-locations` shows those that are there".to_owned())
            }
            _ => self.explained().and_then(Explain::hint),
        }
    }

    fn detail(&self) -> Option<String> {
        self.explained().and_then(Explain::detail)
    }
}
