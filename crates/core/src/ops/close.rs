//! Closing the branch deployment of a branch: what a pull request build, or the build that follows a merge, ends with.

use serde::{Deserialize, Serialize};

use super::{
    BranchDeployment, BuildPlace, DeployInput, Error, Outcome, Plan,
    branch_deployment::named_by_service, context::Build, deploy::Branch,
};
use crate::{
    ci,
    plus::{
        Client, Connection, DeploymentName,
        branch_deployments::{
            self, CreateOrUpdateBranchDeploymentInput, CreateOrUpdateVariables,
            DeploymentCommitInput, GitMetadata, PullRequestStatus, SnapshotBaseDeploymentCondition,
        },
    },
    ports::Host,
    target::{self, Target, Wish},
    written,
};

/// How a branch deployment is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CloseInput {
    /// CLOSED or MERGED; by default what CI says of the pull request, else CLOSED.
    #[serde(deserialize_with = "written::parsed")]
    pub pull_request_status: Option<PullRequestStatus>,
    /// Whether to answer with the plan only.
    #[serde(deserialize_with = "written::flag")]
    pub dry_run: bool,
}

/// A branch deployment that is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Closed {
    /// The name that it has, or would have.
    pub name: DeploymentName,
    /// Its pull request's status: CLOSED or MERGED; `None` if there is no such branch deployment, so that there was
    /// nothing to close.
    pub pull_request_status: Option<String>,
    /// Whether this call has changed it.
    pub changed: bool,
}

/// Marks the branch deployment of the build's branch as closed or merged. It does nothing to one that is, and makes none.
///
/// # Errors
/// If it is not known which branch this is, or if Dagster+ refuses.
pub async fn close<H: Host>(
    host: &H,
    connection: &Connection,
    place: BuildPlace<'_>,
    input: CloseInput,
) -> Result<Outcome<Closed>, Error> {
    if input.pull_request_status == Some(PullRequestStatus::Open) {
        return Err(Error::input("`OPEN` closes nothing", "pass CLOSED or MERGED"));
    }
    let build = Build::read(host, place.env, place.path)?;
    let branch = branch_of(&build)?;
    let client = Client::new(host, connection);
    let (name, there) = branch.look_up(&client).await?;
    let Some(there) = there else {
        return Ok(Outcome::Done(Closed { name, pull_request_status: None, changed: false }));
    };
    let git = there.branch_deployment_git_metadata;
    let before = git.as_ref().and_then(|git| git.pull_request_status.clone());
    let before = before.map(|status| status.as_str().to_owned());
    let status = status(input.pull_request_status, &build, before.as_deref());
    if before.as_deref() == Some(status.as_str()) {
        return Ok(Outcome::Done(Closed { name, pull_request_status: before, changed: false }));
    }
    // The commit stays what it is: closing is no deployment, and comes from whatever commit.
    let update = match there.latest_commit {
        Some(commit) => CreateOrUpdateVariables {
            branch_data: branch_data(&branch, git, status),
            commit: DeploymentCommitInput {
                commit_hash: commit.commit_hash,
                timestamp: commit.timestamp,
                commit_message: commit.commit_message,
                commit_url: None,
                author_name: commit.author_name,
                author_email: None,
                author_avatar_url: None,
            },
            base_deployment_name: None,
            snapshot_base_condition: None,
        },
        None => CreateOrUpdateVariables {
            branch_data: branch_data(&branch, git, status),
            ..branch.update(&build, &DeployInput::default(), status)?
        },
    };
    let call = branch_deployments::create_or_update(update);
    if input.dry_run {
        return Ok(Outcome::Planned(Plan::of(&call, &connection.endpoint)));
    }
    client.send(&call).await?;
    let pull_request_status = Some(status.as_str().to_owned());
    Ok(Outcome::Done(Closed { name, pull_request_status, changed: true }))
}

/// How the branch deployment of a build's branch is brought up to date, without any code location.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UpdateInput {
    /// Whether the pull request is to be marked as closed.
    pub mark_closed: bool,
    /// Whether only the name is wanted.
    pub read_only: bool,
    /// The full deployment to compare with; Dagster+ takes the default one if unset.
    pub base_deployment_name: Option<String>,
    /// When the base's definitions are put aside to compare with.
    pub snapshot_base_condition: Option<SnapshotBaseDeploymentCondition>,
}

/// Creates the branch deployment of the build's branch, or brings it up to date, as the official `ci branch-deployment`.
///
/// # Errors
/// If it is not known which branch this is, or if Dagster+ refuses.
pub async fn update_branch_deployment<H: Host>(
    host: &H,
    connection: &Connection,
    place: BuildPlace<'_>,
    input: UpdateInput,
) -> Result<BranchDeployment, Error> {
    let build = Build::read(host, place.env, place.path)?;
    let branch = branch_of(&build)?;
    let client = Client::new(host, connection);
    let call = match input.read_only {
        true => branch_deployments::name(&branch.repository, &branch.name),
        false => {
            let wanted = DeployInput {
                base_deployment_name: input.base_deployment_name,
                snapshot_base_condition: input.snapshot_base_condition,
                ..DeployInput::default()
            };
            let mut update = branch.update(&build, &wanted, PullRequestStatus::Open)?;
            if input.mark_closed {
                update.branch_data.pull_request_status = Some(PullRequestStatus::Closed);
            }
            branch_deployments::create_or_update(update)
        }
    };
    let name = named_by_service(&client.send(&call).await?)?;
    Ok(BranchDeployment { url: connection.endpoint.deployment_url(&name), name })
}

fn branch_of(build: &Build) -> Result<Branch, Error> {
    let wish = Wish::BranchDeployment;
    match target::resolve(&build.detected, build.git.as_ref(), wish)? {
        Target::BranchDeployment { branch } => Branch::of(build, &branch.value),
        Target::Full { deployment, .. } => Err(Error::input(
            format!("`{deployment}` is no branch deployment"),
            "report this; nothing was changed",
        )),
    }
}

/// What is said, else what CI says, else CLOSED; but a merge is not undone by a build that only knows of an end.
fn status(
    said: Option<PullRequestStatus>,
    build: &Build,
    before: Option<&str>,
) -> PullRequestStatus {
    let by_ci = build.context.pull_request_status.as_ref().map(|found| found.value);
    match (said, by_ci) {
        (Some(said), _) => said,
        (None, Some(ci::PullRequestStatus::Merged)) => PullRequestStatus::Merged,
        (None, _) if before == Some("MERGED") => PullRequestStatus::Merged,
        (None, _) => PullRequestStatus::Closed,
    }
}

fn branch_data(
    branch: &Branch,
    git: Option<GitMetadata>,
    status: PullRequestStatus,
) -> CreateOrUpdateBranchDeploymentInput {
    let (branch_url, pull_request_url, pull_request_number) = match git {
        Some(git) => (git.branch_url, git.pull_request_url, git.pull_request_number),
        None => (None, None, None),
    };
    CreateOrUpdateBranchDeploymentInput {
        repo_name: branch.repository.clone(),
        branch_name: branch.name.clone(),
        branch_url,
        pull_request_url,
        pull_request_status: Some(status),
        pull_request_number,
    }
}
