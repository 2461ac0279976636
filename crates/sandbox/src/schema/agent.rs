//! The built-in agent, as `agents` shows it.

use std::time::Duration;

use async_graphql::{Enum, SimpleObject};

use super::errors::PythonError;
use crate::config::AgentConfig;
use crate::state::Store;
use crate::state::deployment::Deployment;
use crate::state::location::Location;

/// How long before the sandbox started an agent that does not run was heard of.
const LAST_SEEN: Duration = Duration::from_secs(3_600);

#[derive(SimpleObject)]
pub(crate) struct Agent {
    id: String,
    agent_label: Option<String>,
    status: AgentStatus,
    last_heartbeat_time: f64,
    errors: Vec<TimestampedError>,
    metadata: Vec<AgentMetadata>,
    code_server_states: Vec<CloudServerState>,
}

impl Agent {
    /// The agents at this moment, seen from a deployment.
    pub(crate) fn all(store: &Store, deployment: &Deployment) -> Vec<Self> {
        let now = store.now();
        let running = match store.agent() {
            AgentConfig::Missing => return Vec::new(),
            AgentConfig::NotRunning => false,
            AgentConfig::FullDeploymentsOnly if deployment.is_branch() => return Vec::new(),
            AgentConfig::Running | AgentConfig::FullDeploymentsOnly => true,
            AgentConfig::RunningAfter(delay) => now >= store.started() + delay,
        };
        let heartbeat = if running { now } else { store.started().saturating_sub(LAST_SEEN) };
        let locations = deployment.locations.values().filter(|_| running);
        vec![Self {
            id: "sandbox-agent".to_owned(),
            agent_label: Some("the sandbox's built-in agent".to_owned()),
            status: if running { AgentStatus::Running } else { AgentStatus::NotRunning },
            last_heartbeat_time: heartbeat.as_secs_f64(),
            errors: Vec::new(),
            metadata: vec![AgentMetadata {
                key: "version".to_owned(),
                value: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }],
            code_server_states: locations.map(|l| CloudServerState::new(l, now)).collect(),
        }]
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum AgentStatus {
    Running,
    NotRunning,
}

#[derive(SimpleObject)]
pub(crate) struct AgentMetadata {
    key: String,
    value: Option<String>,
}

#[derive(SimpleObject)]
pub(crate) struct CloudServerState {
    location_name: Option<String>,
    status: CloudCodeServerStatus,
    error: Option<PythonError>,
}

impl CloudServerState {
    /// The state of the code server of the version that was put last.
    fn new(location: &Location, now: Duration) -> Self {
        let name = location.document().name();
        let loaded = location.visible(now).filter(|_| !location.is_outdated(now));
        let error = loaded
            .as_ref()
            .and_then(|loaded| loaded.load.error.as_deref())
            .map(|message| PythonError::load(name, message));
        let status = match (&loaded, &error) {
            (None, _) => CloudCodeServerStatus::Starting,
            (Some(_), Some(_)) => CloudCodeServerStatus::Failed,
            (Some(_), None) => CloudCodeServerStatus::Running,
        };
        Self { location_name: Some(name.to_owned()), status, error }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum CloudCodeServerStatus {
    Starting,
    Running,
    Failed,
}

#[derive(SimpleObject)]
pub(crate) struct TimestampedError {
    timestamp: Option<f64>,
    error: PythonError,
}
