//! What a token may do.

use std::fmt;

/// The rights of an API token. Each level includes the ones below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Reads only: every mutation but the usage event is refused.
    ReadOnly,
    /// Branch deployments: creates, updates and deletes them, and deploys locations and launches runs there.
    BranchOnly,
    /// What an agent token may do (a guess): as [`Self::BranchOnly`], and the same on full deployments.
    Agent,
    /// Everything, also settings, tokens and the deletion of full deployments.
    Admin,
}

/// Something that needs a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Create, update or delete a branch deployment, or change what runs in it.
    ChangeBranchDeployment,
    /// Change the locations of a full deployment, or launch a run in it.
    ChangeFullDeployment,
    /// Settings, tokens, deletion of a full deployment.
    Administer,
}

impl Permission {
    /// Whether a token with this permission may do `action`.
    pub(crate) fn allows(self, action: Action) -> bool {
        self >= match action {
            Action::ChangeBranchDeployment => Self::BranchOnly,
            Action::ChangeFullDeployment => Self::Agent,
            Action::Administer => Self::Admin,
        }
    }
}

/// An API token. Its value is never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// The value that a client sends in `Dagster-Cloud-Api-Token`.
    pub(crate) value: String,
    /// Its rights.
    pub(crate) permission: Permission,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("permission", &self.permission).finish_non_exhaustive()
    }
}
