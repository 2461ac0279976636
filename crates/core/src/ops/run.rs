//! Runs of jobs.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Error, Event, Outcome, Plan};
use crate::{
    error::{Code, Explain},
    plus::{
        Client, Connection, DeploymentName, IdempotencyKey,
        runs::{
            self, AssetKeyInput, ExecutionMetadata, ExecutionParams, ExecutionTag,
            JobOrPipelineSelector, RunConfig, RunStatus,
        },
    },
    ports::{Clock, Events, Host},
};

/// The repository of a code location that defines none, as Dagster names it.
const ONLY_REPOSITORY: &str = "__repository__";
/// Between the first looks at a run, which may take seconds only.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// How often a log is told that a run goes on: many CI systems end a step that is silent for ten minutes.
const REPORT: Duration = Duration::from_secs(60);

/// What is launched.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LaunchInput {
    /// The code location.
    pub location: String,
    /// The repository in it; only needed if the code defines one.
    pub repository: Option<String>,
    /// The job.
    pub job: String,
    /// The run's tags: texts.
    pub tags: Map<String, Value>,
    /// The run config.
    pub config: Map<String, Value>,
    /// Only these assets of the job, each with its parts joined by `/`.
    pub asset_keys: Vec<String>,
    /// A key under which Dagster+ launches at most one run; a new one if unset.
    pub idempotency_key: Option<String>,
    /// How to wait for its end, if at all.
    pub wait: Option<RunWait>,
    /// Whether to print the plan only.
    pub dry_run: bool,
}

/// How the end of a run is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunWait {
    /// Seconds between two looks at most, and never less than one; the first ones follow each other faster.
    pub interval: u64,
    /// Seconds that the run may take; unset: as long as it likes.
    pub timeout: Option<u64>,
}

impl Default for RunWait {
    /// As the official client.
    fn default() -> Self {
        Self { interval: 30, timeout: None }
    }
}

/// A run and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaunchedRun {
    /// Its identifier.
    pub run_id: String,
    /// Its status as the API writes it, if it was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The page that shows it.
    pub url: String,
}

/// Launches a run of a job in `deployment`, and waits for its end on request.
///
/// # Errors
/// If the input cannot be sent, Dagster+ refuses, or a run that is waited for fails.
pub async fn launch_job<H: Host>(
    host: &H,
    connection: &Connection,
    deployment: &DeploymentName,
    input: LaunchInput,
) -> Result<Outcome<LaunchedRun>, Error> {
    let key = match &input.idempotency_key {
        Some(key) => IdempotencyKey::parse(key)
            .map_err(|bad| Error::input(bad.to_string(), "the identifier of the build will do"))?,
        None => IdempotencyKey::fresh(host.clock()),
    };
    let (wait, dry_run) = (input.wait, input.dry_run);
    let call = runs::launch(deployment, execution_params(input)?, key);
    if dry_run {
        return Ok(Outcome::Planned(Plan::of(&call, &connection.endpoint)));
    }
    let run_id = Client::new(host, connection).send(&call).await?;
    let url = connection.endpoint.run_page(deployment, &run_id);
    host.events().emit(Event::RunLaunched { run_id: run_id.clone(), page: url.clone() });
    let mut run = LaunchedRun { run_id, status: None, url };
    if let Some(limits) = wait {
        let status = wait_for_end(host, connection, deployment, &run, limits).await?;
        run.status = Some(status.as_str().to_owned());
    }
    Ok(Outcome::Done(run))
}

/// How far the run of that identifier has come.
///
/// # Errors
/// If `deployment` has no such run, or Dagster+ refuses.
pub async fn run_status<H: Host>(
    host: &H,
    connection: &Connection,
    deployment: &DeploymentName,
    run_id: &str,
) -> Result<LaunchedRun, Error> {
    let status = Client::new(host, connection).send(&runs::status(deployment, run_id)).await?;
    Ok(LaunchedRun {
        run_id: run_id.to_owned(),
        status: Some(status.as_str().to_owned()),
        url: connection.endpoint.run_page(deployment, run_id),
    })
}

/// Looks at `run` until it has succeeded.
async fn wait_for_end<H: Host>(
    host: &H,
    connection: &Connection,
    deployment: &DeploymentName,
    run: &LaunchedRun,
    limits: RunWait,
) -> Result<RunStatus, Error> {
    let clock = host.clock();
    let started = clock.monotonic();
    let longest = Duration::from_secs(limits.interval.max(1));
    let look = runs::status(deployment, &run.run_id);
    let mut pause = FIRST_PAUSE;
    let mut told: Option<(RunStatus, Duration)> = None;
    loop {
        // Each look has the whole budget for its retries: a run of hours outlives an outage of minutes.
        let status = Client::new(host, connection).send(&look).await?;
        match status {
            RunStatus::Success => return Ok(status),
            RunStatus::Failure | RunStatus::Canceled => {
                let (run_id, page) = (run.run_id.clone(), run.url.clone());
                return Err(RunError::Failed { run_id, status, page }.into());
            }
            _ => {}
        }
        let elapsed = clock.monotonic().saturating_sub(started);
        let left = limits.timeout.map(|limit| Duration::from_secs(limit).saturating_sub(elapsed));
        if let (Some(Duration::ZERO), Some(seconds)) = (left, limits.timeout) {
            let run_id = run.run_id.clone();
            let deployment = deployment.clone();
            return Err(RunError::Timeout { run_id, deployment, status, seconds }.into());
        }
        let is_old = |(before, at): &(RunStatus, Duration)| {
            *before == status && elapsed.saturating_sub(*at) < REPORT
        };
        if !told.as_ref().is_some_and(is_old) {
            host.events().emit(Event::RunUnderWay {
                run_id: run.run_id.clone(),
                status: status.as_str().to_owned(),
                elapsed_seconds: elapsed.as_secs(),
            });
            told = Some((status, elapsed));
        }
        pause = pause.min(longest);
        clock.sleep(left.map_or(pause, |left| pause.min(left))).await;
        pause = pause * 3 / 2;
    }
}

fn execution_params(input: LaunchInput) -> Result<ExecutionParams, Error> {
    let tag = |(key, value): (String, Value)| match value {
        Value::String(value) => Ok(ExecutionTag { key, value }),
        other => Err(Error::input(
            format!("the tag `{key}` has the value `{other}`, which is no text"),
            "put the value in quotes",
        )),
    };
    let tags = input.tags.into_iter().map(tag).collect::<Result<_, _>>()?;
    let asset = |key: String| match key.split('/').any(str::is_empty) {
        true => Err(Error::input(
            format!("`{key}` is no asset key: a part of it is empty"),
            "the parts are joined by `/`, with none at the ends",
        )),
        false => Ok(AssetKeyInput { path: key.split('/').map(str::to_owned).collect() }),
    };
    let assets: Vec<_> = input.asset_keys.into_iter().map(asset).collect::<Result<_, _>>()?;
    let repository = input.repository.filter(|name| !name.is_empty());
    Ok(ExecutionParams {
        selector: JobOrPipelineSelector {
            repository_location_name: input.location,
            repository_name: repository.unwrap_or_else(|| ONLY_REPOSITORY.to_owned()),
            job_name: Some(input.job),
            asset_selection: Some(assets).filter(|assets| !assets.is_empty()),
        },
        run_config_data: Some(RunConfig(input.config)),
        execution_metadata: Some(ExecutionMetadata { tags: Some(tags) }),
    })
}

/// A run that was waited for without success.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// It failed, or was canceled.
    #[error("the run `{run_id}` ended with {}", status.as_str())]
    Failed {
        /// Which.
        run_id: String,
        /// How it ended.
        status: RunStatus,
        /// The page that shows it.
        page: String,
    },
    /// It did not end in time.
    #[error("the run `{run_id}` did not end within {seconds} s: it is {}", status.as_str())]
    Timeout {
        /// Which.
        run_id: String,
        /// Where it runs.
        deployment: DeploymentName,
        /// The last known status.
        status: RunStatus,
        /// The limit.
        seconds: u64,
    },
}

impl Explain for RunError {
    fn code(&self) -> Code {
        match self {
            Self::Failed { .. } => Code::RunFailed,
            Self::Timeout { .. } => Code::RunTimeout,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Failed { page, .. } => format!("its log: {page}"),
            Self::Timeout { run_id, deployment, .. } => {
                format!(
                    "it goes on: `offshoot run status {run_id} --deployment {deployment}`; --run-timeout sets how long to wait"
                )
            }
        })
    }
}
