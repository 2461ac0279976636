//! Progress on stderr: a live line on a terminal, plain lines in a CI log.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use offshoot_core::{ops::Event, ports::Events, target::Target};

/// Writes events to stderr.
#[derive(Debug)]
pub struct Progress {
    is_terminal: bool,
    /// Whether the cursor stands behind a live line that the next one replaces.
    is_live: AtomicBool,
}

impl Progress {
    /// For a terminal or for a log.
    pub fn new(is_terminal: bool) -> Self {
        Self { is_terminal, is_live: AtomicBool::new(false) }
    }

    fn write(&self, line: &str, live: bool) {
        let live = live && self.is_terminal;
        let clear = if self.is_live.swap(live, Ordering::Relaxed) { "\r\u{1b}[2K" } else { "" };
        let end = if live { "" } else { "\n" };
        // In one piece, so that lines of several processes do not mix. Progress is never worth failing for.
        let _unwritable = io::stderr().lock().write_all(format!("{clear}{line}{end}").as_bytes());
    }
}

impl Events for Progress {
    fn emit(&self, event: Event) {
        let live = matches!(
            event,
            Event::Waiting { .. } | Event::Retrying { .. } | Event::PollFailed { .. }
        );
        self.write(&describe(&event), live);
    }
}

/// `event` in words: one line, except for the stack of a load error.
pub fn describe(event: &Event) -> String {
    match event {
        Event::Retrying { doing, reason, delay_seconds } => {
            format!("could not {doing}: {reason}; trying again in {delay_seconds:.1} s")
        }
        Event::TargetChosen { target: Target::BranchDeployment { branch } } => {
            format!("this goes to the branch deployment of {} ({})", branch.value, branch.source)
        }
        Event::TargetChosen { target: Target::Full { deployment, default_branch } } => {
            let why = default_branch.as_ref().map_or_else(
                || "asked for by name".to_owned(),
                |branch| format!("a build of the default branch, by {}", branch.source),
            );
            format!("this goes to the full deployment {deployment} ({why})")
        }
        Event::BranchDeploymentReady { deployment } => {
            format!("branch deployment {deployment} is up to date")
        }
        Event::LocationsSent { deployment, locations } => {
            format!("sent {} to deployment {deployment}", locations.join(", "))
        }
        Event::WaitStarted { locations, page, load_timeout_seconds, agent_timeout_seconds } => {
            format!(
                "waiting for {} to load: at most {load_timeout_seconds} s (--location-load-timeout), \
             {agent_timeout_seconds} s of it for an agent's heartbeat (--agent-heartbeat-timeout)\n{page}",
                locations.join(", ")
            )
        }
        Event::AgentSeen { label: Some(label) } => format!("agent {label} is heartbeating"),
        Event::AgentSeen { label: None } => "an agent is heartbeating".to_owned(),
        Event::Waiting { locations, elapsed_seconds, remaining_seconds, agent_seen } => {
            let agent = if *agent_seen { "" } else { ", no agent's heartbeat yet" };
            format!(
                "still waiting for {} after {elapsed_seconds} s{agent}; {remaining_seconds} s remain",
                locations.join(", ")
            )
        }
        Event::PollFailed { reason } => format!("{reason}; still waiting"),
        Event::LocationLoaded { location } => format!("{location} has loaded"),
        Event::LocationFailed { location, traceback } => {
            format!("{location} failed to load:\n{traceback}")
        }
        Event::RunLaunched { run_id, page } => format!("launched the run {run_id}\n{page}"),
        Event::RunUnderWay { run_id, status, elapsed_seconds } => {
            format!("the run {run_id} is {status} after {elapsed_seconds} s")
        }
        Event::BranchDeploymentDeleted { deployment } => {
            format!("deleted branch deployment {deployment}")
        }
        Event::DeletionFailed { deployment, reason } => format!("{deployment}: {reason}"),
    }
}
