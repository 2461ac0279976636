//! Waiting until code locations have loaded what was put last.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{Error, Event};
use crate::{
    error::{Code, Explain},
    plus::{
        Client, Connection, DeploymentName, PlusError, PythonError, Timestamp,
        agents::{self, AgentStatus},
        load_status::{self, ServedLocation, ServedState},
        locations::WorkspaceEntry,
    },
    ports::{Clock, Events, Host},
};

/// Between the first polls, when a location that loads fast is loading.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Between polls of a location that takes minutes.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often a log is told that the wait goes on.
const REPORT: Duration = Duration::from_secs(15);
/// How long the text of a load error may come after the flag that there is one.
const ERROR_TEXT_GRACE: Duration = Duration::from_secs(10);

/// How long a wait may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WaitLimits {
    /// Seconds for all locations to load; 0: do not wait at all.
    pub location_load_timeout: u64,
    /// Seconds for an agent's heartbeat; 0: as long as the locations have.
    pub agent_heartbeat_timeout: u64,
}

impl Default for WaitLimits {
    /// As the official client's `add-location`.
    fn default() -> Self {
        Self { location_load_timeout: 3600, agent_heartbeat_timeout: 60 }
    }
}

/// What a wait ended with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Waited {
    /// The locations that have loaded.
    pub loaded: Vec<String>,
}

/// The locations to wait for, each with the time at which it was put, if this command put it.
pub(super) type Wanted = BTreeMap<String, Option<Timestamp>>;

/// Waits for `locations` of `deployment`, or for all of them if none is named.
///
/// # Errors
/// If one fails to load, no agent shows itself, or time runs out.
pub async fn wait_for_locations<H: Host>(
    host: &H,
    connection: &Connection,
    deployment: &DeploymentName,
    locations: &[String],
    limits: WaitLimits,
) -> Result<Waited, Error> {
    let client = Client::new(host, connection);
    let mut wanted = Wanted::new();
    if locations.is_empty() {
        let entries = client.send(&load_status::entries(deployment)).await?;
        wanted.extend(entries.into_iter().map(|entry| (entry.location_name, None)));
    } else {
        wanted.extend(locations.iter().map(|name| (name.clone(), None)));
    }
    wait(&client, deployment, wanted, limits).await
}

/// Waits until each of `wanted` has loaded what was put then or later.
pub(super) async fn wait<H: Host>(
    client: &Client<'_, H>,
    deployment: &DeploymentName,
    wanted: Wanted,
    limits: WaitLimits,
) -> Result<Waited, Error> {
    if wanted.is_empty() || limits.location_load_timeout == 0 {
        return Ok(Waited { loaded: Vec::new() });
    }
    let mut wait = Wait::begin(client, deployment, wanted, limits);
    let mut pause = FIRST_PAUSE;
    loop {
        if !wait.agent_seen {
            wait.look_for_agent().await?;
        }
        wait.look_at_locations().await?;
        if wait.pending.is_empty() {
            return wait.end();
        }
        wait.check_deadlines()?;
        wait.report();
        let clock = client.host().clock();
        clock.sleep(pause.min(wait.left())).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

struct Wait<'a, 'c, H> {
    client: &'a Client<'c, H>,
    deployment: &'a DeploymentName,
    limits: WaitLimits,
    started: Duration,
    reported: Duration,
    pending: Wanted,
    loaded: Vec<String>,
    failed: Vec<FailedLocation>,
    /// When the flag of a load error was first seen without its text.
    textless: BTreeMap<String, Duration>,
    agent_seen: bool,
    last_fault: Option<PlusError>,
}

impl<'a, 'c, H: Host> Wait<'a, 'c, H> {
    fn begin(
        client: &'a Client<'c, H>,
        deployment: &'a DeploymentName,
        pending: Wanted,
        limits: WaitLimits,
    ) -> Self {
        client.host().events().emit(Event::WaitStarted {
            locations: pending.keys().cloned().collect(),
            page: client.connection().endpoint.locations_page(deployment),
            load_timeout_seconds: limits.location_load_timeout,
            agent_timeout_seconds: limits.agent_heartbeat_timeout,
        });
        let started = client.host().clock().monotonic();
        Self {
            client,
            deployment,
            limits,
            started,
            reported: started,
            pending,
            loaded: Vec::new(),
            failed: Vec::new(),
            textless: BTreeMap::new(),
            agent_seen: false,
            last_fault: None,
        }
    }

    async fn look_for_agent(&mut self) -> Result<(), Error> {
        let agents = self.client.poll(&agents::list(self.deployment)).await;
        let Some(agents) = self.tolerate(agents)? else { return Ok(()) };
        if let Some(agent) = agents.into_iter().find(|agent| agent.status == AgentStatus::Running) {
            self.agent_seen = true;
            self.emit(Event::AgentSeen { label: agent.agent_label });
        }
        Ok(())
    }

    /// Moves what has loaded or failed out of `pending`.
    async fn look_at_locations(&mut self) -> Result<(), Error> {
        let entries = self.client.poll(&load_status::entries(self.deployment)).await;
        let Some(entries) = self.tolerate(entries)? else { return Ok(()) };
        let current: Vec<WorkspaceEntry> =
            entries.into_iter().filter(|entry| self.is_current(entry)).collect();
        if current.is_empty() {
            return Ok(());
        }
        let served = self.client.poll(&load_status::loaded(self.deployment)).await;
        let Some(served) = self.tolerate(served)? else { return Ok(()) };
        for entry in current {
            let state = served.iter().find(|location| location.name == entry.location_name);
            self.judge(&entry, state);
        }
        Ok(())
    }

    /// Whether an agent has reported on a version at least as new as the one that was put. Until then,
    /// whatever the deployment serves is the version before.
    fn is_current(&self, entry: &WorkspaceEntry) -> bool {
        let Some(put) = self.pending.get(&entry.location_name) else { return false };
        let is_newer = match (put, entry.metadata_timestamp) {
            (Some(put), Some(wanted)) => wanted >= *put,
            _ => true,
        };
        is_newer && !entry.has_outdated_data
    }

    fn judge(&mut self, entry: &WorkspaceEntry, served: Option<&ServedLocation>) {
        let name = &entry.location_name;
        match served.map(|location| &location.state) {
            Some(ServedState::Failed(error)) => self.failed(name, Some(error)),
            // The control plane and what it serves are two systems: one can be ahead of the other.
            _ if entry.has_load_error => {
                let now = self.elapsed();
                let since = *self.textless.entry(name.clone()).or_insert(now);
                if now.saturating_sub(since) >= ERROR_TEXT_GRACE {
                    self.failed(name, None);
                }
            }
            Some(ServedState::Loaded) => {
                self.pending.remove(name);
                self.loaded.push(name.clone());
                self.emit(Event::LocationLoaded { location: name.clone() });
            }
            Some(ServedState::Loading) | None => {}
        }
    }

    fn failed(&mut self, name: &str, error: Option<&PythonError>) {
        let failed = FailedLocation {
            location: name.to_owned(),
            headline: error
                .map_or("no text of the error is to be had", PythonError::headline)
                .to_owned(),
            traceback: error.map(PythonError::traceback).unwrap_or_default(),
        };
        self.pending.remove(name);
        self.emit(Event::LocationFailed {
            location: name.to_owned(),
            traceback: failed.traceback.clone(),
        });
        self.failed.push(failed);
    }

    /// A poll that failed for the moment is noted and the wait goes on.
    fn tolerate<T>(&mut self, polled: Result<T, PlusError>) -> Result<Option<T>, Error> {
        match polled {
            Ok(value) => {
                self.last_fault = None;
                Ok(Some(value))
            }
            Err(error) if error.is_transient() => {
                self.emit(Event::PollFailed { reason: error.to_string() });
                self.last_fault = Some(error);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn check_deadlines(&self) -> Result<(), WaitError> {
        let elapsed = self.elapsed();
        if self.agent_limit().is_some_and(|limit| elapsed >= limit) {
            return Err(WaitError::NoAgent {
                deployment: self.deployment.clone(),
                seconds: self.limits.agent_heartbeat_timeout,
                fault: self.last_fault.clone().map(Box::new),
            });
        }
        if elapsed >= Duration::from_secs(self.limits.location_load_timeout) {
            return Err(WaitError::Timeout {
                locations: self.pending.keys().cloned().collect(),
                failed: self.failed.clone(),
                loaded: self.loaded.clone(),
                seconds: self.limits.location_load_timeout,
                fault: self.last_fault.clone().map(Box::new),
            });
        }
        Ok(())
    }

    fn report(&mut self) {
        let elapsed = self.elapsed();
        if elapsed.saturating_sub(self.reported.saturating_sub(self.started)) < REPORT {
            return;
        }
        self.reported = self.started + elapsed;
        self.emit(Event::Waiting {
            locations: self.pending.keys().cloned().collect(),
            elapsed_seconds: elapsed.as_secs(),
            remaining_seconds: self.limits.location_load_timeout.saturating_sub(elapsed.as_secs()),
            agent_seen: self.agent_seen,
        });
    }

    fn end(self) -> Result<Waited, Error> {
        if self.failed.is_empty() {
            return Ok(Waited { loaded: self.loaded });
        }
        Err(WaitError::Failed { locations: self.failed, loaded: self.loaded }.into())
    }

    /// Until the next deadline.
    fn left(&self) -> Duration {
        let load = Duration::from_secs(self.limits.location_load_timeout);
        self.agent_limit().map_or(load, |limit| limit.min(load)).saturating_sub(self.elapsed())
    }

    /// When the wait ends for want of an agent, as long as none has been seen.
    fn agent_limit(&self) -> Option<Duration> {
        let seconds = self.limits.agent_heartbeat_timeout;
        (!self.agent_seen && seconds > 0).then(|| Duration::from_secs(seconds))
    }

    fn elapsed(&self) -> Duration {
        self.client.host().clock().monotonic().saturating_sub(self.started)
    }

    fn emit(&self, event: Event) {
        self.client.host().events().emit(event);
    }
}

/// A code location that failed to load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedLocation {
    /// Its name.
    pub location: String,
    /// The first line of the error.
    pub headline: String,
    /// The error as Python prints it.
    pub traceback: String,
}

/// A wait without success.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WaitError {
    /// Locations failed to load.
    #[error("{}", describe_failed(locations))]
    Failed {
        /// Each with its error.
        locations: Vec<FailedLocation>,
        /// Those that have loaded.
        loaded: Vec<String>,
    },
    /// No agent sent a heartbeat.
    #[error("no agent serves `{deployment}`: none sent a heartbeat within {seconds} s{}", after(fault.as_deref()))]
    NoAgent {
        /// Where.
        deployment: DeploymentName,
        /// The limit.
        seconds: u64,
        /// What the last poll failed with, if it failed.
        fault: Option<Box<PlusError>>,
    },
    /// Locations did not load in time.
    #[error("{} did not load within {seconds} s{}", enumerate(locations), after(fault.as_deref()))]
    Timeout {
        /// Which.
        locations: Vec<String>,
        /// Those that failed before.
        failed: Vec<FailedLocation>,
        /// Those that have loaded.
        loaded: Vec<String>,
        /// The limit.
        seconds: u64,
        /// What the last poll failed with, if it failed.
        fault: Option<Box<PlusError>>,
    },
}

impl Explain for WaitError {
    fn code(&self) -> Code {
        match self {
            Self::Failed { .. } => Code::LoadFailed,
            Self::NoAgent { .. } => Code::LoadNoAgent,
            Self::Timeout { failed, .. } if failed.is_empty() => Code::LoadTimeout,
            Self::Timeout { .. } => Code::LoadFailed,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Failed { .. } => "mend the code, build the image again and run this step again".to_owned(),
            Self::NoAgent { .. } => {
                "start an agent with `branch_deployments: true`, or wait longer with --agent-heartbeat-timeout".to_owned()
            }
            Self::Timeout { .. } => {
                "`offshoot wait` goes on waiting; --location-load-timeout sets how long".to_owned()
            }
        })
    }

    fn detail(&self) -> Option<String> {
        let (Self::Failed { locations: failed, .. } | Self::Timeout { failed, .. }) = self else {
            return None;
        };
        let sections =
            failed.iter().map(|failed| format!("{}:\n{}", failed.location, failed.traceback));
        Some(sections.collect::<Vec<_>>().join("\n\n")).filter(|text| !text.is_empty())
    }
}

fn describe_failed(failed: &[FailedLocation]) -> String {
    let one = |failed: &FailedLocation| {
        format!("code location `{}` failed to load: {}", failed.location, failed.headline)
    };
    failed.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn enumerate(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names {
        [_] => format!("code location {}", quoted.join("")),
        _ => format!("code locations {}", quoted.join(", ")),
    }
}

fn after(fault: Option<&PlusError>) -> String {
    fault.map(|fault| format!("; the last look {fault}")).unwrap_or_default()
}
