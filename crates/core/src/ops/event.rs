//! Progress.

use std::fmt;

use serde::Serialize;

use crate::{ci::Found, plus::DeploymentName, target::Target};

/// What happens during an operation, for a person or a log to follow.
///
/// Its words are one line, except for the page of what is waited for and the stack of a load error.
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
    /// Something that a person should know of the build before going by it, such as a conflict of CI and checkout.
    Remark {
        /// In one line.
        remark: String,
    },
    /// Nothing is done, and that is as it was asked for.
    Skipped {
        /// Why.
        reason: String,
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

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retrying { doing, reason, delay_seconds } => {
                write!(f, "could not {doing}: {reason}; trying again in {delay_seconds:.1} s")
            }
            Self::Remark { remark } => f.write_str(remark),
            Self::Skipped { reason } => write!(f, "skipped: {reason}"),
            Self::TargetChosen { target: Target::BranchDeployment { branch } } => {
                let Found { value, source } = branch;
                write!(f, "this goes to the branch deployment of {value} ({source})")
            }
            Self::TargetChosen { target: Target::Full { deployment, default_branch } } => {
                write!(f, "this goes to the full deployment {deployment} ")?;
                match default_branch {
                    Some(Found { source, .. }) => {
                        write!(f, "(a build of the default branch, by {source})")
                    }
                    None => f.write_str("(asked for by name)"),
                }
            }
            Self::BranchDeploymentReady { deployment } => {
                write!(f, "branch deployment {deployment} is up to date")
            }
            Self::LocationsSent { deployment, locations } => {
                write!(f, "sent {} to deployment {deployment}", locations.join(", "))
            }
            Self::WaitStarted { locations, page, load_timeout_seconds, agent_timeout_seconds } => {
                write!(
                    f,
                    "waiting for {} to load: at most {load_timeout_seconds} s (--location-load-timeout), \
                     {agent_timeout_seconds} s of it for an agent's heartbeat (--agent-heartbeat-timeout)\n{page}",
                    locations.join(", ")
                )
            }
            Self::AgentSeen { label: Some(label) } => write!(f, "agent {label} is heartbeating"),
            Self::AgentSeen { label: None } => f.write_str("an agent is heartbeating"),
            Self::Waiting { locations, elapsed_seconds, remaining_seconds, agent_seen } => {
                let agent = if *agent_seen { "" } else { ", no agent's heartbeat yet" };
                write!(
                    f,
                    "still waiting for {} after {elapsed_seconds} s{agent}; {remaining_seconds} s remain",
                    locations.join(", ")
                )
            }
            Self::PollFailed { reason } => write!(f, "{reason}; still waiting"),
            Self::LocationLoaded { location } => write!(f, "{location} has loaded"),
            Self::LocationFailed { location, traceback } => {
                write!(f, "{location} failed to load:\n{traceback}")
            }
            Self::RunLaunched { run_id, page } => write!(f, "launched the run {run_id}\n{page}"),
            Self::RunUnderWay { run_id, status, elapsed_seconds } => {
                write!(f, "the run {run_id} is {status} after {elapsed_seconds} s")
            }
            Self::BranchDeploymentDeleted { deployment } => {
                write!(f, "deleted branch deployment {deployment}")
            }
            Self::DeletionFailed { deployment, reason } => write!(f, "{deployment}: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_depend_on_what_is_known() {
        let found =
            |value: &str, source: &str| Found { value: value.into(), source: source.into() };
        let prod = || DeploymentName::parse("prod").unwrap();
        let waiting = |agent_seen| Event::Waiting {
            locations: vec!["etl".into(), "ml".into()],
            elapsed_seconds: 5,
            remaining_seconds: 55,
            agent_seen,
        };
        for (event, words) in [
            (
                Event::TargetChosen {
                    target: Target::BranchDeployment { branch: found("feature", "CI_BRANCH") },
                },
                "this goes to the branch deployment of feature (CI_BRANCH)",
            ),
            (
                Event::TargetChosen {
                    target: Target::Full {
                        deployment: prod(),
                        default_branch: Some(found("main", "CI_DEFAULT_BRANCH")),
                    },
                },
                "this goes to the full deployment prod (a build of the default branch, by CI_DEFAULT_BRANCH)",
            ),
            (
                Event::TargetChosen {
                    target: Target::Full { deployment: prod(), default_branch: None },
                },
                "this goes to the full deployment prod (asked for by name)",
            ),
            (
                Event::Retrying { doing: "list", reason: "busy".into(), delay_seconds: 1.25 },
                "could not list: busy; trying again in 1.2 s",
            ),
            (waiting(true), "still waiting for etl, ml after 5 s; 55 s remain"),
            (
                waiting(false),
                "still waiting for etl, ml after 5 s, no agent's heartbeat yet; 55 s remain",
            ),
            (Event::AgentSeen { label: Some("k8s".into()) }, "agent k8s is heartbeating"),
            (Event::AgentSeen { label: None }, "an agent is heartbeating"),
        ] {
            assert_eq!(event.to_string(), words);
        }
    }
}
