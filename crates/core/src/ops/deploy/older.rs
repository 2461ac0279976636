//! A build that finishes late does not take the place of a newer one.

use crate::{
    error::{Code, Explain},
    plus::{
        DeploymentName,
        branch_deployments::{DeploymentCommit, DeploymentCommitInput},
    },
};

/// The branch deployment carries a newer commit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "the branch deployment `{deployment}` already carries the newer commit `{there}`, and this build is of `{here}`"
)]
pub struct OlderError {
    /// Its name.
    pub deployment: DeploymentName,
    /// The newer commit.
    pub there: String,
    /// The commit of this build.
    pub here: String,
}

impl Explain for OlderError {
    fn code(&self) -> Code {
        Code::TargetOlder
    }

    fn hint(&self) -> Option<String> {
        Some("pass --allow-older to go back to this commit on purpose".to_owned())
    }
}

/// Refuses `here` if `there` is another commit with a later time.
pub(in crate::ops) fn check(
    deployment: &DeploymentName,
    there: Option<DeploymentCommit>,
    here: &DeploymentCommitInput,
) -> Result<(), OlderError> {
    match there {
        Some(there)
            if there.commit_hash != here.commit_hash && there.timestamp > here.timestamp =>
        {
            Err(OlderError {
                deployment: deployment.clone(),
                there: there.commit_hash,
                here: here.commit_hash.clone(),
            })
        }
        _ => Ok(()),
    }
}
