//! Progress.

use serde::Serialize;

use crate::{plus::DeploymentName, target::Target};

/// What happens during an operation, for a person or a log to follow.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A call failed and will be sent again.
    Retrying {
        /// Completes "could not ...".
        doing: &'static str,
        /// What happened.
        reason: String,
        /// Until the next attempt.
        delay_seconds: f64,
    },
    /// It is decided which deployment the build goes to.
    TargetChosen {
        /// Which, and why.
        target: Target,
    },
    /// A branch deployment is there and up to date.
    BranchDeploymentReady {
        /// Its name.
        deployment: DeploymentName,
    },
    /// Dagster+ has taken the code locations; their agent is to load them.
    LocationsSent {
        /// Where.
        deployment: DeploymentName,
        /// Which.
        locations: Vec<String>,
    },
    /// The wait for code locations begins.
    WaitStarted {
        /// Which.
        locations: Vec<String>,
        /// The page that shows them.
        page: String,
        /// How long they may take.
        load_timeout_seconds: u64,
        /// How long an agent's heartbeat may take.
        agent_timeout_seconds: u64,
    },
    /// An agent that serves the deployment has sent a heartbeat.
    AgentSeen {
        /// The name that its operator gave it.
        label: Option<String>,
    },
    /// Still waiting.
    Waiting {
        /// What has not loaded yet.
        locations: Vec<String>,
        /// Since the wait began.
        elapsed_seconds: u64,
        /// Until it ends without success.
        remaining_seconds: u64,
        /// Whether an agent has been seen.
        agent_seen: bool,
    },
    /// The state could not be read this time.
    PollFailed {
        /// What happened.
        reason: String,
    },
    /// A code location has loaded.
    LocationLoaded {
        /// Which.
        location: String,
    },
    /// A code location has failed to load.
    LocationFailed {
        /// Which.
        location: String,
        /// The error with its Python stack.
        traceback: String,
    },
    /// A run was launched.
    RunLaunched {
        /// Its identifier.
        run_id: String,
        /// The page that shows it.
        page: String,
    },
    /// The run that is waited for has not ended yet.
    RunUnderWay {
        /// Its identifier.
        run_id: String,
        /// Its status, as the API writes it.
        status: String,
        /// Since the wait began.
        elapsed_seconds: u64,
    },
    /// A branch deployment was deleted.
    BranchDeploymentDeleted {
        /// Its name.
        deployment: String,
    },
    /// A branch deployment was to be deleted and was not.
    DeletionFailed {
        /// Its name.
        deployment: String,
        /// What happened.
        reason: String,
    },
}
