//! Branch deployments.

use serde::{Deserialize, Serialize};

use super::{Error, Event, Outcome, Plan, context::Build};
use crate::{
    env::Env,
    git::{self, Commit, GitState},
    plus::{
        Client, Connection, DeploymentName, PlusError,
        branch_deployments::{
            self, CreateOrUpdateBranchDeploymentInput, CreateOrUpdateVariables, Deployment,
            DeploymentCommitInput, DeploymentType, PullRequestStatus,
            SnapshotBaseDeploymentCondition,
        },
    },
    ports::{Events, Host},
    written,
};

/// Later than any commit, and earlier than any of today's times in milliseconds: the year 5138.
const LAST_SECOND: f64 = 1e11;

/// What a branch deployment is created of, or brought up to date with.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(default, deny_unknown_fields)]
pub struct BranchDeploymentInput {
    /// The repository's name; with `read_git_state` it defaults to what CI says, or the URL of `origin`.
    pub git_repo_name: Option<String>,
    /// The branch; with `read_git_state` it defaults to what CI says, or the one checked out.
    pub branch_name: Option<String>,
    /// The full hash of the branch's latest commit.
    pub commit_hash: Option<String>,
    /// The commit's time in seconds since the Unix epoch.
    #[serde(deserialize_with = "written::number")]
    pub timestamp: Option<f64>,
    /// A page that shows the branch.
    pub branch_url: Option<String>,
    /// A page that shows the pull request.
    pub code_review_url: Option<String>,
    /// The pull request's number, or any identifier.
    pub code_review_id: Option<String>,
    /// OPEN, CLOSED or MERGED.
    #[serde(deserialize_with = "written::parsed")]
    pub pull_request_status: Option<PullRequestStatus>,
    /// The commit's subject line.
    pub commit_message: Option<String>,
    /// A page that shows the commit.
    pub commit_url: Option<String>,
    /// The commit's author.
    pub author_name: Option<String>,
    /// The author's email.
    pub author_email: Option<String>,
    /// A picture of the author.
    pub author_avatar_url: Option<String>,
    /// The full deployment to compare with; Dagster+ takes the default one if unset.
    pub base_deployment_name: Option<String>,
    /// When the base's definitions are put aside to compare with: on-create or on-update.
    #[serde(deserialize_with = "written::parsed")]
    pub snapshot_base_condition: Option<SnapshotBaseDeploymentCondition>,
    /// Whether what is not given is read from the checkout.
    #[serde(deserialize_with = "written::flag")]
    pub read_git_state: bool,
    /// Whether to print the plan only.
    #[serde(deserialize_with = "written::flag")]
    pub dry_run: bool,
}

/// A branch deployment that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct BranchDeployment {
    /// Its name, for URLs and for `--deployment`.
    pub name: DeploymentName,
    /// Its page.
    pub url: String,
}

/// Creates a branch deployment, or brings it up to date.
///
/// `checkout` is where Git state is read on request: an absolute path in a worktree, and the variables by
/// which Git is told of unusual places. What the input gives wins over what the checkout says.
///
/// # Errors
/// If a field is missing, the checkout cannot be read, or Dagster+ refuses.
pub async fn create_or_update_branch_deployment<H: Host>(
    host: &H,
    connection: &Connection,
    mut input: BranchDeploymentInput,
    checkout: (&str, &Env),
) -> Result<Outcome<BranchDeployment>, Error> {
    let (path, env) = checkout;
    let state = match input.read_git_state {
        true => Some(git::read(host.files(), host.charset(), env, path)?),
        false => None,
    };
    // Whichever command names it, a branch has one branch deployment.
    if state.is_some() && (input.git_repo_name.is_none() || input.branch_name.is_none()) {
        let build = Build::read(host, env, path)?;
        input.git_repo_name = input.git_repo_name.or_else(|| build.repository());
        input.branch_name = input.branch_name.or(build.context.branch_name.map(|it| it.value));
    }
    let dry_run = input.dry_run;
    let call = branch_deployments::create_or_update(variables(input, state)?);
    if dry_run {
        return Ok(Outcome::Planned(Plan::of(&call, &connection.endpoint)));
    }
    let name = Client::new(host, connection).send(&call).await?;
    let name = named_by_service(&name)?;
    host.events().emit(Event::BranchDeploymentReady { deployment: name.clone() });
    Ok(Outcome::Done(BranchDeployment { url: connection.endpoint.deployment_url(&name), name }))
}

/// The name of the branch deployment of a branch, whether it exists or not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams), into_params(parameter_in = Query))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(deny_unknown_fields)]
pub struct BranchName {
    /// The repository's name.
    pub git_repo_name: String,
    /// The branch.
    pub branch_name: String,
}

/// The name that the branch deployment of a branch has, or would have.
///
/// # Errors
/// If Dagster+ refuses.
pub async fn name_branch_deployment<H: Host>(
    host: &H,
    connection: &Connection,
    branch: &BranchName,
) -> Result<BranchDeployment, Error> {
    let call = branch_deployments::name(&branch.git_repo_name, &branch.branch_name);
    let name = named_by_service(&Client::new(host, connection).send(&call).await?)?;
    Ok(BranchDeployment { url: connection.endpoint.deployment_url(&name), name })
}

/// Which branch deployments are listed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams), into_params(parameter_in = Query))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(default, deny_unknown_fields)]
pub struct ListFilter {
    /// The most that are listed.
    #[serde(deserialize_with = "written::required")]
    pub limit: u16,
    /// Only those with this pull request status.
    #[serde(deserialize_with = "written::parsed")]
    pub pull_request_status: Option<PullRequestStatus>,
}

impl Default for ListFilter {
    fn default() -> Self {
        Self { limit: 100, pull_request_status: None }
    }
}

/// The branch deployments of the organization.
///
/// # Errors
/// If Dagster+ refuses.
pub async fn list_branch_deployments<H: Host>(
    host: &H,
    connection: &Connection,
    filter: &ListFilter,
) -> Result<Vec<Deployment>, Error> {
    let call = branch_deployments::list(i32::from(filter.limit), filter.pull_request_status);
    Ok(Client::new(host, connection).send(&call).await?)
}

/// One branch deployment.
///
/// # Errors
/// If there is none of that name, or if it is a full deployment.
pub async fn show_branch_deployment<H: Host>(
    host: &H,
    connection: &Connection,
    name: &DeploymentName,
) -> Result<Deployment, Error> {
    let deployment = Client::new(host, connection).send(&branch_deployments::by_name(name)).await?;
    if deployment.deployment_type == DeploymentType::Branch {
        return Ok(deployment);
    }
    Err(Error::input(
        format!("`{name}` is no branch deployment"),
        "`offshoot branch-deployment list` shows the branch deployments",
    ))
}

/// A branch deployment that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Deleted {
    /// Its name.
    pub deleted: String,
}

/// Deletes a branch deployment. A full deployment is refused.
///
/// # Errors
/// If there is none of that name, or if Dagster+ refuses.
pub async fn delete_branch_deployment<H: Host>(
    host: &H,
    connection: &Connection,
    name: &DeploymentName,
    dry_run: bool,
) -> Result<Outcome<Deleted>, Error> {
    let client = Client::new(host, connection);
    let lookup = branch_deployments::by_name(name);
    let deployment = client.send(&lookup).await?;
    let call = branch_deployments::delete(&deployment)
        .map_err(|refusal| PlusError::refused(&client, "delete the branch deployment", refusal))?;
    if dry_run {
        return Ok(Outcome::Planned(Plan::of(&call, &connection.endpoint)));
    }
    match client.send(&call).await {
        Ok(_) => {}
        // The answer to the attempt that did it was lost.
        Err(error) if error.was_retried() && is_gone(&client, name).await => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Outcome::Done(Deleted { deleted: name.to_string() }))
}

/// Whether there is surely no deployment of that name.
pub(super) async fn is_gone<H: Host>(client: &Client<'_, H>, name: &DeploymentName) -> bool {
    matches!(client.send(&branch_deployments::by_name(name)).await, Err(error) if error.is_not_found())
}

pub(super) fn named_by_service(name: &str) -> Result<DeploymentName, Error> {
    DeploymentName::parse(name).map_err(|_| {
        Error::input(
            format!("Dagster+ named the branch deployment `{name}`, which cannot stand in a URL"),
            "a newer offshoot may know this kind of name",
        )
    })
}

/// `input`, and what `state` says beyond it, as the call takes it.
pub(super) fn variables(
    input: BranchDeploymentInput,
    state: Option<GitState>,
) -> Result<CreateOrUpdateVariables, Error> {
    let commit = state.and_then(|state| state.commit);
    let read = input.read_git_state;
    let required = |value: Option<String>, flag: &str, git_lacks: &str| {
        let given = value.filter(|value| !value.trim().is_empty());
        given.ok_or_else(|| match read {
            true => Error::input(
                format!("{git_lacks}, and no --{flag} is given"),
                format!("pass --{flag}"),
            ),
            false => Error::input(
                format!("--{flag} is missing"),
                format!("pass --{flag}, or --read-git-state"),
            ),
        })
    };
    let repo_name = required(
        input.git_repo_name,
        "git-repo-name",
        "neither CI nor a remote `origin` tells the repository's name",
    )?;
    let branch_name =
        required(input.branch_name, "branch-name", "neither CI nor the checkout tells the branch")?;
    // What `git rev-parse --abbrev-ref HEAD` prints in a detached checkout.
    if branch_name == "HEAD" {
        return Err(Error::input(
            "`HEAD` is no branch name: the checkout is detached, as usual in CI",
            "pass the branch that your CI names in a variable of its own as --branch-name",
        ));
    }
    let commit_hash = required(
        input.commit_hash.or(commit.as_ref().map(|commit| commit.hash.clone())),
        "commit-hash",
        "the checked-out branch has no commit yet",
    )?;
    let timestamp = timestamp(input.timestamp, commit.as_ref())?;
    let (message, author_name, author_email) = match commit {
        Some(commit) => (Some(commit.subject), Some(commit.author_name), Some(commit.author_email)),
        None => (None, None, None),
    };
    Ok(CreateOrUpdateVariables {
        branch_data: CreateOrUpdateBranchDeploymentInput {
            repo_name,
            branch_name,
            branch_url: input.branch_url,
            pull_request_url: input.code_review_url,
            pull_request_status: input.pull_request_status,
            pull_request_number: input.code_review_id,
        },
        commit: DeploymentCommitInput {
            commit_hash,
            timestamp,
            commit_message: input.commit_message.or(message),
            commit_url: input.commit_url,
            author_name: input.author_name.or(author_name),
            author_email: input.author_email.or(author_email),
            author_avatar_url: input.author_avatar_url,
        },
        base_deployment_name: input.base_deployment_name,
        snapshot_base_condition: input.snapshot_base_condition,
    })
}

/// The time of the commit in seconds since the Unix epoch: the one that is given, else that of `commit`.
fn timestamp(given: Option<f64>, commit: Option<&Commit>) -> Result<f64, Error> {
    #[expect(clippy::cast_precision_loss, reason = "seconds stay exact for 285 million years")]
    let read = commit.and_then(|commit| commit.committer_time).map(|seconds| seconds as f64);
    match given.or(read) {
        Some(seconds) if seconds.is_finite() && seconds.abs() < LAST_SECOND => Ok(seconds),
        Some(seconds) => Err(Error::input(
            format!("the timestamp `{seconds}` is no time of a commit"),
            "--timestamp takes seconds since the Unix epoch, not milliseconds: `git log -1 --format=%ct`",
        )),
        None => {
            Err(Error::input("--timestamp is missing", "pass --timestamp, or --read-git-state"))
        }
    }
}
