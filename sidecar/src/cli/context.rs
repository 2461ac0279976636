//! `context`

use clap::Args;
use offshoot_core::ops;

use super::{shared::Output, tree::Verb};
use crate::{app::App, failure::Failure};

/// `context`
#[derive(Debug, Args)]
pub struct Context {
    #[command(flatten)]
    output: Output,
}

impl Verb for Context {
    const EXAMPLES: &'static str = "Columns: field, value, where it is from. CI counts before Git; OFFSHOOT_BRANCH, OFFSHOOT_COMMIT, \
OFFSHOOT_PULL_REQUEST and so on count before CI. Nothing is sent.

Examples:
  offshoot context
  offshoot context --json | jq -r .branch_name.value";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let context = ops::read_context(&app.host, &app.env, &app.current_dir()?)?;
        app.answer(self.output.json, &context)
    }
}
