//! Runs of jobs: launch one, look at one.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Call, DeploymentName, IdempotencyKey, Refusal, Scope,
    call::operation,
    fragments::{PipelineNotFoundError, PythonError, RunNotFoundError, UnauthorizedError},
    schema,
};

/// Launches a run, and answers with its identifier. `key` makes it one run however often the call is sent.
pub fn launch(
    deployment: &DeploymentName,
    run: ExecutionParams,
    key: IdempotencyKey,
) -> Call<String> {
    let call = Call::new::<LaunchRun>(
        "launch the run",
        Scope::Deployment(deployment.clone()),
        LaunchVariables { execution_params: run },
        |data| match data.launch_run {
            LaunchRunResult::LaunchRunSuccess(success) => Ok(success.run.run_id),
            LaunchRunResult::RunConfigValidationInvalid(invalid) => Err(Refusal::InvalidRunConfig(
                invalid.errors.into_iter().map(|error| error.message).collect(),
            )),
            LaunchRunResult::PipelineNotFoundError(error) => Err(error.into()),
            LaunchRunResult::UnauthorizedError(error) => Err(error.into()),
            LaunchRunResult::PythonError(error) => Err(error.into()),
            LaunchRunResult::Unknown(kind) => Err(Refusal::Unknown(kind)),
        },
    );
    call.once(key)
}

/// How far the run of that identifier has come.
pub fn status(deployment: &DeploymentName, run_id: &str) -> Call<RunStatus> {
    Call::new::<RunById>(
        "look at the run",
        Scope::Deployment(deployment.clone()),
        ByIdVariables { run_id: run_id.into() },
        |data| match data.run_or_error {
            RunOrError::Run(run) => Ok(run.status),
            RunOrError::RunNotFoundError(error) => Err(error.into()),
            RunOrError::PythonError(error) => Err(error.into()),
            RunOrError::Unknown(kind) => Err(Refusal::Unknown(kind)),
        },
    )
}

/// What is launched.
#[derive(Debug, Clone, cynic::InputObject)]
#[cynic(require_all_fields)]
pub struct ExecutionParams {
    /// The job.
    pub selector: JobOrPipelineSelector,
    /// Its run config.
    pub run_config_data: Option<RunConfig>,
    /// The run's tags.
    pub execution_metadata: Option<ExecutionMetadata>,
}

/// Where a job is, and which of its assets are wanted.
#[derive(Debug, Clone, cynic::InputObject)]
#[cynic(require_all_fields)]
pub struct JobOrPipelineSelector {
    /// The code location.
    pub repository_location_name: String,
    /// The repository in it.
    pub repository_name: String,
    /// The job.
    pub job_name: Option<String>,
    /// Only these assets; all of the job's if unset.
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub asset_selection: Option<Vec<AssetKeyInput>>,
}

/// The key of an asset.
#[derive(Debug, Clone, cynic::InputObject)]
pub struct AssetKeyInput {
    /// Its parts, outermost first.
    pub path: Vec<String>,
}

/// Run config: a mapping.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct RunConfig(pub Map<String, Value>);

cynic::impl_scalar!(RunConfig, schema::RunConfigData);

/// What is noted of a run beside its config.
#[derive(Debug, Clone, cynic::InputObject)]
#[cynic(require_all_fields)]
pub struct ExecutionMetadata {
    /// Its tags.
    pub tags: Option<Vec<ExecutionTag>>,
}

/// A tag of a run.
#[derive(Debug, Clone, PartialEq, Eq, cynic::InputObject)]
pub struct ExecutionTag {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// How far a run has come.
#[derive(Debug, Clone, PartialEq, Eq, cynic::Enum)]
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
    /// One that the schema did not have when offshoot was built.
    #[cynic(fallback)]
    Other(String),
}

impl RunStatus {
    /// As the API writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Queued => "QUEUED",
            Self::NotStarted => "NOT_STARTED",
            Self::Managed => "MANAGED",
            Self::Starting => "STARTING",
            Self::Started => "STARTED",
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
            Self::Canceling => "CANCELING",
            Self::Canceled => "CANCELED",
            Self::Other(status) => status,
        }
    }
}

#[derive(Debug, cynic::QueryVariables)]
struct LaunchVariables {
    execution_params: ExecutionParams,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudMutation", variables = "LaunchVariables")]
struct LaunchRun {
    #[arguments(executionParams: $execution_params)]
    launch_run: LaunchRunResult,
}

operation!(mutation LaunchRun(LaunchVariables));

#[derive(Debug, cynic::InlineFragments)]
#[cynic(exhaustive)]
enum LaunchRunResult {
    LaunchRunSuccess(LaunchRunSuccess),
    RunConfigValidationInvalid(RunConfigValidationInvalid),
    PipelineNotFoundError(PipelineNotFoundError),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    #[cynic(fallback)]
    Unknown(String),
}

#[derive(Debug, cynic::QueryFragment)]
struct LaunchRunSuccess {
    run: LaunchedRun,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "Run")]
struct LaunchedRun {
    run_id: String,
}

#[derive(Debug, cynic::QueryFragment)]
struct RunConfigValidationInvalid {
    errors: Vec<PipelineConfigValidationError>,
}

#[derive(Debug, cynic::QueryFragment)]
struct PipelineConfigValidationError {
    message: String,
}

#[derive(Debug, cynic::QueryVariables)]
struct ByIdVariables {
    run_id: cynic::Id,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery", variables = "ByIdVariables")]
struct RunById {
    #[arguments(runId: $run_id)]
    run_or_error: RunOrError,
}

operation!(query RunById(ByIdVariables));

#[derive(Debug, cynic::InlineFragments)]
#[cynic(exhaustive)]
enum RunOrError {
    Run(Run),
    RunNotFoundError(RunNotFoundError),
    PythonError(PythonError),
    #[cynic(fallback)]
    Unknown(String),
}

#[derive(Debug, cynic::QueryFragment)]
struct Run {
    status: RunStatus,
}
