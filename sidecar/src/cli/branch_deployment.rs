//! `branch-deployment ...`

use clap::Args;
use offshoot_core::{
    ops::{self, BranchDeploymentInput, BranchName, ListFilter},
    plus::branch_deployments::{PullRequestStatus, SnapshotBaseDeploymentCondition},
};
use pollster::block_on;

use super::{
    shared::{Connect, Deployment, Output, OutputOrPlan, count, seconds},
    tree::Verb,
};
use crate::{app::App, failure::Failure};

/// `branch-deployment create-or-update`
#[derive(Debug, Args)]
pub struct CreateOrUpdate {
    /// Name of the Git repository; with --read-git-state by default what CI says, or the URL of `origin`
    #[arg(
        long,
        alias = "repo-name",
        value_name = "NAME",
        required_unless_present = "read_git_state"
    )]
    git_repo_name: Option<String>,
    /// Branch; with --read-git-state by default what CI says, or the one checked out
    #[arg(long, value_name = "BRANCH", required_unless_present = "read_git_state")]
    branch_name: Option<String>,
    /// Hash of the branch's latest commit
    #[arg(long, value_name = "HASH", required_unless_present = "read_git_state")]
    commit_hash: Option<String>,
    /// Time of the commit, in seconds since the Unix epoch
    #[arg(
        long,
        value_name = "SECONDS",
        required_unless_present = "read_git_state",
        allow_negative_numbers = true,
        value_parser = seconds::<f64>
    )]
    timestamp: Option<f64>,
    /// Read commit hash, time, message and author from the Git repository here; other flags win over it
    #[arg(long, overrides_with = "no_read_git_state")]
    read_git_state: bool,
    #[arg(long, hide = true, overrides_with = "read_git_state")]
    no_read_git_state: bool,
    /// Page that shows the branch
    #[arg(long, value_name = "URL")]
    branch_url: Option<String>,
    /// Page that shows the pull request
    #[arg(long, visible_alias = "pull-request-url", value_name = "URL")]
    code_review_url: Option<String>,
    /// Number of the pull request
    #[arg(long, visible_alias = "pull-request-id", value_name = "ID")]
    code_review_id: Option<String>,
    /// Status of the pull request: OPEN, CLOSED or MERGED
    #[arg(long, value_name = "STATUS")]
    pull_request_status: Option<PullRequestStatus>,
    /// Subject line of the commit
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    commit_message: Option<String>,
    /// Page that shows the commit
    #[arg(long, value_name = "URL")]
    commit_url: Option<String>,
    /// Author of the commit
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    author_name: Option<String>,
    /// Author's email
    #[arg(long, value_name = "EMAIL")]
    author_email: Option<String>,
    /// Author's picture
    #[arg(long, value_name = "URL")]
    author_avatar_url: Option<String>,
    /// Full deployment to compare with [default: that of the organization]
    #[arg(long, value_name = "NAME")]
    base_deployment_name: Option<String>,
    /// When to put the base's definitions aside to compare with: on-create or on-update [default: never]
    #[arg(long, value_name = "CONDITION")]
    snapshot_base_condition: Option<SnapshotBaseDeploymentCondition>,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: OutputOrPlan,
}

impl Verb for CreateOrUpdate {
    const EXAMPLES: &'static str = "Examples:
  NAME=$(offshoot branch-deployment create-or-update --read-git-state)
  offshoot branch-deployment create-or-update --read-git-state --branch-name \"$CI_BRANCH\"
  offshoot branch-deployment create-or-update --git-repo-name shop --branch-name feature/cart \\
      --commit-hash \"$(git rev-parse HEAD)\" --timestamp \"$(git log -1 --format=%ct)\"";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let OutputOrPlan { json, dry_run } = self.output;
        let input = BranchDeploymentInput {
            git_repo_name: self.git_repo_name,
            branch_name: self.branch_name,
            commit_hash: self.commit_hash,
            timestamp: self.timestamp,
            branch_url: self.branch_url,
            code_review_url: self.code_review_url,
            code_review_id: self.code_review_id,
            pull_request_status: self.pull_request_status,
            commit_message: self.commit_message,
            commit_url: self.commit_url,
            author_name: self.author_name,
            author_email: self.author_email,
            author_avatar_url: self.author_avatar_url,
            base_deployment_name: self.base_deployment_name,
            snapshot_base_condition: self.snapshot_base_condition,
            read_git_state: self.read_git_state,
            dry_run,
        };
        let connection = self.connect.organization(app)?;
        let here = if input.read_git_state { app.current_dir()? } else { String::new() };
        let call = ops::create_or_update_branch_deployment(
            &app.host,
            &connection,
            input,
            (&here, &app.env),
        );
        let outcome = block_on(call)?;
        app.answer(json, &outcome)
    }
}

/// `branch-deployment delete`
#[derive(Debug, Args)]
pub struct Delete {
    #[command(flatten)]
    deployment: Deployment,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: OutputOrPlan,
}

impl Verb for Delete {
    const EXAMPLES: &'static str = "A full deployment is never deleted.

Example:
  offshoot branch-deployment delete --deployment \"$NAME\"";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let OutputOrPlan { json, dry_run } = self.output;
        let (connection, name) = self.connect.deployment(app, self.deployment.deployment)?;
        let outcome =
            block_on(ops::delete_branch_deployment(&app.host, &connection, &name, dry_run))?;
        app.answer(json, &outcome)
    }
}

/// `branch-deployment list`
#[derive(Debug, Args)]
pub struct List {
    /// Only those with this pull request status: OPEN, CLOSED or MERGED
    #[arg(long, value_name = "STATUS")]
    pull_request_status: Option<PullRequestStatus>,
    /// The most to list
    #[arg(long, value_name = "N", default_value_t = ListFilter::default().limit, value_parser = count::<u16>)]
    limit: u16,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: Output,
}

impl Verb for List {
    const EXAMPLES: &'static str = "Columns: name, repository, branch, pull request status, commit.

Example:
  offshoot branch-deployment list --pull-request-status OPEN";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.output.json;
        let connection = self.connect.organization(app)?;
        let filter =
            ListFilter { limit: self.limit, pull_request_status: self.pull_request_status };
        let listed = block_on(ops::list_branch_deployments(&app.host, &connection, &filter))?;
        app.answer(json, &listed)
    }
}

/// `branch-deployment name`
#[derive(Debug, Args)]
pub struct Name {
    /// Name of the Git repository
    #[arg(long, alias = "repo-name", value_name = "NAME")]
    git_repo_name: String,
    /// Branch
    #[arg(long, value_name = "BRANCH")]
    branch_name: String,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: Output,
}

impl Verb for Name {
    const EXAMPLES: &'static str = "The branch deployment need not exist.

Example:
  offshoot branch-deployment name --git-repo-name shop --branch-name feature/cart";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.output.json;
        let branch =
            BranchName { git_repo_name: self.git_repo_name, branch_name: self.branch_name };
        let connection = self.connect.organization(app)?;
        let named = block_on(ops::name_branch_deployment(&app.host, &connection, &branch))?;
        app.answer(json, &named)
    }
}
