//! `ci ...`: what the official tool does on two systems, on all of them.

use clap::Args;
use offshoot_core::{
    ops::{self, BuildPlace, UpdateInput},
    plus::branch_deployments::SnapshotBaseDeploymentCondition,
    text::to_json,
};
use pollster::block_on;
use serde_json::json;

use super::{
    shared::{Connect, Output},
    tree::Verb,
};
use crate::{app::App, failure::Failure};

/// `ci branch-deployment`
#[derive(Debug, Args)]
pub struct BranchDeployment {
    /// Directory in the checkout
    #[arg(value_name = "PROJECT_DIR")]
    project_dir: String,
    /// Mark its pull request as closed
    #[arg(long, overrides_with = "no_mark_closed")]
    mark_closed: bool,
    #[arg(long, hide = true, overrides_with = "mark_closed")]
    no_mark_closed: bool,
    /// Print the name only, and create or change nothing
    #[arg(long, overrides_with = "no_read_only")]
    read_only: bool,
    #[arg(long, hide = true, overrides_with = "read_only")]
    no_read_only: bool,
    /// Full deployment to compare with [default: that of the organization]
    #[arg(long, value_name = "NAME")]
    base_deployment_name: Option<String>,
    /// When to put the base's definitions aside to compare with: on-create or on-update [default: never]
    #[arg(long, value_name = "CONDITION")]
    snapshot_base_condition: Option<SnapshotBaseDeploymentCondition>,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: Output,
}

impl Verb for BranchDeployment {
    const EXAMPLES: &'static str =
        "Branch, commit and pull request are those of the build: `offshoot context` shows them.

Example:
  NAME=$(offshoot ci branch-deployment .)";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.output.json;
        let connection = self.connect.organization(app)?;
        let path = app.resolve(&self.project_dir)?;
        let place = BuildPlace { path: &path, env: &app.env, full: None };
        let input = UpdateInput {
            mark_closed: self.mark_closed,
            read_only: self.read_only,
            base_deployment_name: self.base_deployment_name,
            snapshot_base_condition: self.snapshot_base_condition,
        };
        let updated =
            block_on(ops::update_branch_deployment(&app.host, &connection, place, input))?;
        app.answer(json, &updated)
    }
}

/// `ci inspect`
#[derive(Debug, Args)]
pub struct Inspect {
    /// Directory in the checkout
    #[arg(value_name = "PROJECT_DIR")]
    project_dir: String,
}

impl Verb for Inspect {
    const EXAMPLES: &'static str = "The same as `offshoot context --json`, under the names of the official tool. Nothing is sent.

Example:
  offshoot ci inspect .";

    fn run(self, app: &App) -> Result<(), Failure> {
        let path = app.resolve(&self.project_dir)?;
        let context = ops::read_context(&app.host, &app.env, &path)?;
        let source = context.ci.as_ref().map_or("cli", |ci| ci.value.as_str());
        app.print(&to_json(&json!({
            "source": source,
            "project-dir": path,
            "git-url": context.commit_url.as_ref().map(|url| &url.value),
            "commit-hash": context.commit_hash.as_ref().map(|hash| &hash.value),
            "context": context,
        })))
    }
}
