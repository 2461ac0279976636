//! `wait`

use clap::Args;
use offshoot_core::ops;
use pollster::block_on;

use super::{
    shared::{Connect, Deployment, Output, Waiting},
    tree::Verb,
};
use crate::{app::App, failure::Failure};

/// `wait`
#[derive(Debug, Args)]
pub struct Wait {
    /// Names of the code locations [default: all of the deployment]
    #[arg(value_name = "LOCATION")]
    locations: Vec<String>,
    #[command(flatten)]
    deployment: Deployment,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    output: Output,
}

impl Verb for Wait {
    const EXAMPLES: &'static str = "Exit codes: 0 all have loaded, 12 one failed to load, 13 no agent's heartbeat, 14 out of time.

Example:
  offshoot wait etl --deployment \"$NAME\" --location-load-timeout 900";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.output.json;
        let (connection, deployment) = self.connect.deployment(app, self.deployment.deployment)?;
        let limits = self.waiting.limits(app)?;
        let call =
            ops::wait_for_locations(&app.host, &connection, &deployment, &self.locations, limits);
        let waited = block_on(call)?;
        app.answer(json, &waited)
    }
}
