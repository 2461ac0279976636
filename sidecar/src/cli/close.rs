//! `close`

use clap::Args;
use offshoot_core::{
    ops::{self, BuildPlace, CloseInput, SettledOrSkipped},
    plus::branch_deployments::PullRequestStatus,
};
use pollster::block_on;

use super::{
    shared::{Connect, OnMissingToken, OutputOrPlan},
    tree::Verb,
};
use crate::{app::App, failure::Failure};

/// `close`
#[derive(Debug, Args)]
pub struct Close {
    /// CLOSED or MERGED [default: what CI says of the pull request, else CLOSED]
    #[arg(long, value_name = "STATUS")]
    pull_request_status: Option<PullRequestStatus>,
    /// What to do without an API token, as in pull requests from forks
    #[arg(long, value_name = "ACTION", value_enum, default_value = "fail")]
    on_missing_token: OnMissingToken,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: OutputOrPlan,
}

impl Verb for Close {
    const EXAMPLES: &'static str = "The branch is that of the build, as `offshoot context` shows it; OFFSHOOT_BRANCH names another. A branch \
deployment that is closed already, or that was never there, is no error.

Examples:
  offshoot close
  OFFSHOOT_BRANCH=feature/cart offshoot close --pull-request-status MERGED";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let OutputOrPlan { json, dry_run } = self.output;
        let path = app.current_dir()?;
        let settled = self.connect.build(app, self.on_missing_token)?;
        let SettledOrSkipped::Settled(connection, _) = settled else { return Ok(()) };
        let place = BuildPlace { path: &path, env: &app.env, full: None };
        let input = CloseInput { pull_request_status: self.pull_request_status, dry_run };
        let outcome = block_on(ops::close(&app.host, &connection, place, input))?;
        if let ops::Outcome::Done(closed) = &outcome {
            app.note(&told(closed));
        }
        app.answer(json, &outcome)
    }
}

fn told(closed: &ops::Closed) -> String {
    let name = &closed.name;
    match (&closed.pull_request_status, closed.changed) {
        (None, _) => format!("there is no branch deployment {name} to close"),
        (Some(status), true) => format!("branch deployment {name} is {status}"),
        (Some(status), false) => format!("branch deployment {name} was {status} already"),
    }
}
