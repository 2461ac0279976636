//! `job launch`

use clap::Args;
use offshoot_core::ops::{self, LaunchInput, RunWait};
use pollster::block_on;
use serde_json::{Map, Value};

use super::{
    shared::{Connect, Deployment, OutputOrPlan},
    tree::Verb,
};
use crate::{app::App, failure::Failure};

/// `job launch`
#[derive(Debug, Args)]
pub struct Launch {
    /// Code location that holds the job
    #[arg(long, short, value_name = "NAME")]
    location: String,
    /// Job
    #[arg(long, short, value_name = "NAME")]
    job: String,
    /// Repository in the code location, if the code defines one
    #[arg(long, short, value_name = "NAME")]
    repository: Option<String>,
    /// Tags of the run, for example '{"team": "shop"}'
    #[arg(long, value_name = "JSON")]
    tags: Option<String>,
    /// Run config
    #[arg(long, value_name = "JSON")]
    config_json: Option<String>,
    /// Only this asset of the job, with `/` between the parts of its key; may be repeated
    #[arg(long = "asset-key", value_name = "KEY")]
    asset_keys: Vec<String>,
    /// Key under which Dagster+ launches at most one run, for example the build's identifier [default: a new one]
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Wait for the end of the run, and fail if it fails
    #[arg(long, short, help_heading = "Waiting")]
    wait: bool,
    /// Seconds between two looks at the run, at most
    #[arg(long, short, value_name = "SECONDS", default_value_t = RunWait::default().interval, allow_negative_numbers = true, value_parser = interval, help_heading = "Waiting")]
    interval: u64,
    /// Seconds that the run may take [default: as long as it likes]
    #[arg(
        long,
        value_name = "SECONDS",
        requires = "wait",
        allow_negative_numbers = true,
        help_heading = "Waiting"
    )]
    run_timeout: Option<u64>,
    #[command(flatten)]
    deployment: Deployment,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: OutputOrPlan,
}

impl Verb for Launch {
    const EXAMPLES: &'static str = "Prints the run's identifier. An answer that is lost launches nothing twice: every attempt carries the same key.
Exit codes with --wait: 0 the run succeeded, 1 it failed or was canceled, 14 it did not end in --run-timeout.

Examples:
  offshoot job launch --deployment \"$NAME\" --location etl --job clone_database --wait
  offshoot job launch -d \"$NAME\" -l etl -j backfill --config-json '{\"ops\": {}}' \\
      --tags '{\"team\": \"shop\"}'";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let OutputOrPlan { json, dry_run } = self.output;
        let input = LaunchInput {
            location: self.location,
            repository: self.repository,
            job: self.job,
            tags: mapping("--tags", self.tags.as_deref())?,
            config: mapping("--config-json", self.config_json.as_deref())?,
            asset_keys: self.asset_keys,
            idempotency_key: self.idempotency_key,
            wait: self
                .wait
                .then_some(RunWait { interval: self.interval, timeout: self.run_timeout }),
            dry_run,
        };
        let (connection, deployment) = self.connect.deployment(app, self.deployment.deployment)?;
        let outcome = block_on(ops::launch_job(&app.host, &connection, &deployment, input))?;
        app.answer(json, &outcome)
    }
}

/// A flag that holds a JSON object; nothing if it is empty, as scripts pass a variable that is not set.
fn mapping(flag: &str, text: Option<&str>) -> Result<Map<String, Value>, Failure> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Map::new()) };
    let wrong = |why: &str| {
        Failure::usage(
            format!("{flag} holds no JSON object{why}"),
            "it begins with `{`; put it in single quotes in a shell",
        )
    };
    match serde_json::from_str(text) {
        Ok(Value::Object(mapping)) => Ok(mapping),
        Ok(_) => Err(wrong("")),
        Err(error) => Err(wrong(&format!(": {error}"))),
    }
}

fn interval(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|seconds| *seconds > 0).ok_or("it is no number of seconds above 0")
}
