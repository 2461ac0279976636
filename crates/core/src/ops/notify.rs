//! Telling the reviewers of a pull request how its deployment is.

use serde::{Deserialize, Serialize};

use super::{BuildPlace, DeploymentState, DeploymentStatus, Error, context::Build};
use crate::{
    ci::Hosting,
    notify::{Change, CommitStatus, Marker, NotifyError, Sender, Todo, find, token},
    plus::Budget,
    ports::Host,
    report,
    secret::Secret,
    written,
};

/// Where reviewers are told. Everything may be left out in CI.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NotifyInput {
    /// The service that hosts the repository: github, gitlab, bitbucket, azure-devops or gitea (for Forgejo too).
    #[serde(deserialize_with = "written::parsed")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub provider: Option<Hosting>,
    /// The repository as `owner/name`.
    pub repository: Option<String>,
    /// The number of the pull request.
    #[serde(deserialize_with = "written::number")]
    pub pull_request: Option<u64>,
    /// The commit whose status is set.
    pub commit: Option<String>,
    /// Whether to set no status of the commit.
    #[serde(deserialize_with = "written::flag")]
    pub no_commit_status: bool,
    /// Whether to change nothing, and answer with what would be sent.
    #[serde(deserialize_with = "written::flag")]
    pub dry_run: bool,
}

/// How a hosting service is reached: said by whoever starts the process, and never by a request to it, which could send
/// the token anywhere.
#[derive(Debug, Clone, Default)]
pub struct ProviderAccess {
    /// Its address, if it is not the one that the variables or the clone's URL tell.
    pub url: Option<String>,
    /// The token, if it is not one of the variables.
    pub token: Option<Secret>,
    /// Whether the remote `origin` of the checkout may tell the service's host.
    pub trusts_checkout: bool,
}

/// What there is to tell, and who was told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Told {
    /// How the deployment is.
    pub deployment: DeploymentStatus,
    /// The same in Markdown.
    pub markdown: String,
    /// What the hosting service was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notified: Option<Notified>,
}

/// What a hosting service was told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notified {
    /// The service.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub provider: Hosting,
    /// What was done to the comment; `None` if there is no pull request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentChange>,
    /// The page of the comment, if the service tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment_url: Option<String>,
    /// The commit whose status was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whether nothing was sent, because it was a dry run.
    pub dry_run: bool,
    /// The requests that changed something, or would have. No token is in them.
    pub changes: Vec<Change>,
}

/// What was done to the comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CommentChange {
    /// There was none.
    Created,
    /// It said something else.
    Updated,
    /// It says this already.
    Unchanged,
}

/// Tells the reviewers of the build at `place` how its deployment is: by a comment on the pull request, which is kept
/// up to date, and by a status of the commit.
///
/// # Errors
/// If it is not known where, if there is no token, or if the service refuses.
pub async fn notify<H: Host>(
    host: &H,
    budget: Budget,
    place: BuildPlace<'_>,
    status: &DeploymentStatus,
    access: ProviderAccess,
    input: NotifyInput,
) -> Result<Notified, Error> {
    let context = Build::read(host, place.env, place.path)?.context;
    let found = find(place.env, &context, &access, &input)?;
    let commit = found.commit.clone();
    if found.pull_request.is_none() && commit.is_none() {
        return Err(NotifyError::NothingToTell.into());
    }
    let fork = context.fork.filter(|fork| fork.value).map(|fork| fork.source);
    let token = access
        .token
        .or_else(|| token(found.hosting, place.env))
        .filter(|token| !token.expose().is_empty())
        .ok_or(NotifyError::NoToken { hosting: found.hosting, fork })?;
    let sender = Sender::new(host, &found, &token, budget);
    let mut notified = Notified {
        provider: found.hosting,
        comment: None,
        comment_url: None,
        commit: commit.clone(),
        dry_run: input.dry_run,
        changes: Vec::new(),
    };
    if let Some(number) = found.pull_request {
        let marker = Marker::new(&status.organization, &status.deployment);
        let text = report::of_status(status);
        let (todo, page) = match input.dry_run {
            true => (sender.look(number, &marker, &text).await?, None),
            false => sender.comment(number, &marker, &text).await?,
        };
        let (done, change, page) = match todo {
            Todo::Nothing { page } => (CommentChange::Unchanged, None, page),
            Todo::Update { change, page } => (CommentChange::Updated, Some(change), page),
            Todo::Create { change } => (CommentChange::Created, Some(change), page),
        };
        notified.comment = Some(done);
        notified.comment_url = page;
        notified.changes.extend(change);
    }
    if let Some(commit) = commit {
        let change = sender.status(&commit_status(status, &commit));
        if !input.dry_run {
            sender.set_status(&change, &commit).await?;
        }
        notified.changes.push(change);
    }
    Ok(notified)
}

/// The context holds the organization and not the deployment, which is another for each branch: branch protection wants
/// a name that stays.
fn commit_status<'a>(status: &'a DeploymentStatus, commit: &'a str) -> CommitStatus<'a> {
    CommitStatus {
        commit,
        context: format!("dagster-plus/{}", status.organization),
        state: status.state,
        url: &status.url,
        description: match status.state {
            DeploymentState::Loaded => "All code locations have loaded",
            DeploymentState::Pending => "Not all code locations have loaded yet",
            DeploymentState::Failed if status.problem.is_some() => "The build was not deployed",
            DeploymentState::Failed => "A code location failed to load",
        },
    }
}
