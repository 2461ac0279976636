//! Runs: launched, under way, succeeded, all by the clock.

use std::time::Duration;

use async_graphql::{Enum, InputObject, SimpleObject};

/// A run of a job. It is queued for a quarter of its time, runs for the rest, and succeeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The id, in the form of a UUID.
    pub id: String,
    /// The job, if the client named one.
    pub job_name: Option<String>,
    /// The run config as YAML.
    pub config_yaml: String,
    /// The tags that the client gave.
    pub tags: Vec<Tag>,
    pub(crate) launched_at: Duration,
    pub(crate) takes: Duration,
}

/// A tag of a run.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject, InputObject)]
#[graphql(name = "PipelineTag", input_name = "ExecutionTag")]
pub struct Tag {
    /// The name of the tag.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// The status of a run. The sandbox's own runs go through `Queued`, `Started` and `Success`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum RunStatus {
    /// Waits for a slot.
    Queued,
    /// Was made, but not handed to an agent.
    NotStarted,
    /// Is under the control of something else.
    Managed,
    /// Gets its process.
    Starting,
    /// Runs.
    Started,
    /// Ended well.
    Success,
    /// Ended badly.
    Failure,
    /// Is being canceled.
    Canceling,
    /// Was canceled.
    Canceled,
}

impl Run {
    /// The status at `now`.
    #[must_use]
    pub fn status(&self, now: Duration) -> RunStatus {
        if now >= self.ends_at() {
            RunStatus::Success
        } else if now >= self.starts_at() {
            RunStatus::Started
        } else {
            RunStatus::Queued
        }
    }

    /// When it leaves the queue, since the Unix epoch.
    pub(crate) fn starts_at(&self) -> Duration {
        self.launched_at + self.takes / 4
    }

    /// When it ends, since the Unix epoch.
    pub(crate) fn ends_at(&self) -> Duration {
        self.launched_at + self.takes
    }
}
