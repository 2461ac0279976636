//! A build that finishes late does not take the place of a newer one.
//!
//! Dagster+ has no update that depends on what is there, so this looks before the branch deployment is updated, and once
//! more before the code locations are put: another build that comes in meanwhile is seen by one of the two, unless its
//! update falls between the look and the update of this one, a single round trip.

use crate::{
    error::{Code, Explain},
    plus::{
        DeploymentName,
        branch_deployments::{Deployment, DeploymentCommitInput},
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

/// Refuses `here` if `there` has another commit with a later time.
pub(in crate::ops) fn check(
    deployment: &DeploymentName,
    there: Option<Deployment>,
    here: &DeploymentCommitInput,
) -> Result<(), OlderError> {
    match there.and_then(|there| there.latest_commit) {
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
