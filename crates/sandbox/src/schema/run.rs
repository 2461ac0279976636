//! Runs of jobs.

use async_graphql::{
    ID, InputObject, InputValueResult, Interface, Object, Scalar, ScalarType, SimpleObject, Union,
    Value,
};

use super::errors::{
    PipelineNotFoundError, PythonError, RunNotFoundError, UnauthorizedError, refusals,
};
use crate::refusal::Refusal;
use crate::state::run::{Run as LaunchedRun, RunStatus, Tag};
use crate::state::{Launch, Store};

/// Run config: any JSON value, or JSON as text.
pub(crate) struct RunConfigData(serde_json::Value);

#[Scalar(name = "RunConfigData")]
impl ScalarType for RunConfigData {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

impl RunConfigData {
    /// The config as YAML, of which JSON is a part. Only a mapping is run config.
    fn into_yaml(self) -> Result<String, Refusal> {
        let value = match self.0 {
            serde_json::Value::String(text) => serde_json::from_str(&text).unwrap_or_default(),
            value => value,
        };
        if value.is_object() {
            return Ok(format!("{value}\n"));
        }
        Err(Refusal::InvalidRunConfig(vec!["run config must be a mapping".to_owned()]))
    }
}

#[derive(InputObject)]
pub(crate) struct ExecutionParams {
    selector: JobOrPipelineSelector,
    run_config_data: Option<RunConfigData>,
    execution_metadata: Option<ExecutionMetadata>,
}

impl ExecutionParams {
    /// What is to be launched. Assets and the repository are taken and ignored: the sandbox runs no code.
    pub(crate) fn into_launch(self, idempotency_key: Option<String>) -> Result<Launch, Refusal> {
        Ok(Launch {
            location_name: self.selector.repository_location_name,
            job_name: self.selector.job_name,
            config_yaml: match self.run_config_data {
                Some(config) => config.into_yaml()?,
                None => "{}\n".to_owned(),
            },
            tags: self.execution_metadata.and_then(|metadata| metadata.tags).unwrap_or_default(),
            idempotency_key,
        })
    }
}

#[derive(InputObject)]
pub(crate) struct JobOrPipelineSelector {
    job_name: Option<String>,
    repository_name: String,
    repository_location_name: String,
    asset_selection: Option<Vec<AssetKeyInput>>,
}

#[derive(InputObject)]
pub(crate) struct AssetKeyInput {
    path: Vec<String>,
}

#[derive(InputObject)]
pub(crate) struct ExecutionMetadata {
    tags: Option<Vec<Tag>>,
}

/// A run as it is at the moment of the answer.
#[derive(SimpleObject)]
pub(crate) struct Run {
    id: ID,
    run_id: String,
    status: RunStatus,
    run_config_yaml: String,
    tags: Vec<Tag>,
    start_time: Option<f64>,
    end_time: Option<f64>,
}

impl Run {
    pub(crate) fn new(run: &LaunchedRun, store: &Store) -> Self {
        let now = store.now();
        let reached = |at: std::time::Duration| (now >= at).then_some(at.as_secs_f64());
        Self {
            id: ID::from(&run.id),
            run_id: run.id.clone(),
            status: run.status(now),
            run_config_yaml: run.config_yaml.clone(),
            tags: run.tags.clone(),
            start_time: reached(run.starts_at()),
            end_time: reached(run.ends_at()),
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct LaunchRunSuccess {
    pub(crate) run: Run,
}

/// Run config that the job does not take.
pub(crate) struct RunConfigValidationInvalid {
    errors: Vec<String>,
}

impl From<Vec<String>> for RunConfigValidationInvalid {
    fn from(errors: Vec<String>) -> Self {
        Self { errors }
    }
}

#[Object]
impl RunConfigValidationInvalid {
    async fn errors(&self) -> Vec<PipelineConfigValidationError> {
        let error = |message: &String| RuntimeMismatchConfigError { message: message.clone() };
        self.errors.iter().map(|message| error(message).into()).collect()
    }
}

#[derive(Interface)]
#[graphql(field(name = "message", ty = "&String"))]
pub(crate) enum PipelineConfigValidationError {
    RuntimeMismatch(RuntimeMismatchConfigError),
}

/// Dagster's name for config of the wrong type, here with its message only.
#[derive(SimpleObject)]
pub(crate) struct RuntimeMismatchConfigError {
    message: String,
}

#[derive(Union)]
pub(crate) enum LaunchRunResult {
    Success(LaunchRunSuccess),
    InvalidRunConfig(RunConfigValidationInvalid),
    PipelineNotFound(PipelineNotFoundError),
    Unauthorized(UnauthorizedError),
    Python(PythonError),
}
refusals!(LaunchRunResult: InvalidRunConfig, PipelineNotFound, Unauthorized);

#[derive(Union)]
pub(crate) enum RunOrError {
    Run(Run),
    RunNotFound(RunNotFoundError),
    Python(PythonError),
}
refusals!(RunOrError: RunNotFound);
