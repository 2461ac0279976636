//! `run status`

use clap::Args;
use offshoot_core::{ops, text::to_json};
use pollster::block_on;

use super::{
    shared::{Connect, Deployment, Output},
    tree::Verb,
};
use crate::{app::App, failure::Failure};

/// `run status`
#[derive(Debug, Args)]
pub struct Status {
    /// Identifier of the run, as `job launch` prints it
    #[arg(value_name = "RUN_ID", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    run_id: String,
    #[command(flatten)]
    deployment: Deployment,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: Output,
}

impl Verb for Status {
    const EXAMPLES: &'static str =
        "Prints QUEUED, NOT_STARTED, MANAGED, STARTING, STARTED, SUCCESS, FAILURE, CANCELING or CANCELED. A run that is \
not there is an error.

Example:
  offshoot run status \"$RUN\" --deployment \"$NAME\"";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.output.json;
        let (connection, deployment) = self.connect.deployment(app, self.deployment.deployment)?;
        let call = ops::run_status(&app.host, &connection, &deployment, &self.run_id);
        let run = block_on(call)?;
        match json {
            true => app.print(&to_json(&run)),
            false => app.print(run.status.as_deref().unwrap_or_default()),
        }
    }
}
