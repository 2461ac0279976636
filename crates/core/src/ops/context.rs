//! What is known of a build, and from where.

use serde::Serialize;

use super::Error;
use crate::{env::Env, git, ports::Host};

/// What is known of a build. A field that nothing tells is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Context {
    /// The top directory of the checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Sourced<String>>,
    /// The repository's owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_repo_owner: Option<Sourced<String>>,
    /// The repository's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_repo_name: Option<Sourced<String>>,
    /// The URL of the remote `origin`, without password or token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_url: Option<Sourced<String>>,
    /// The default branch of `origin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_branch: Option<Sourced<String>>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_name: Option<Sourced<String>>,
    /// The full hash of the commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_hash: Option<Sourced<String>>,
    /// The committer's time in seconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Sourced<i64>>,
    /// The commit's subject line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_message: Option<Sourced<String>>,
    /// The commit's author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_name: Option<Sourced<String>>,
    /// The author's email.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_email: Option<Sourced<String>>,
}

/// A value, and where it is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it is from.
    pub source: Source,
}

/// Where a value is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The Git repository.
    Git,
}

/// What the checkout at `path`, an absolute path, tells.
///
/// # Errors
/// If there is no repository, or none that can be read.
pub fn read_context<H: Host>(host: &H, env: &Env, path: &str) -> Result<Context, Error> {
    let state = git::read(host.files(), host.charset(), env, path)?;
    let (owner, name) = match state.repository {
        Some(slug) => (slug.owner, Some(slug.name)),
        None => (None, None),
    };
    let known = Context {
        root: by_git(state.root),
        git_repo_owner: by_git(owner),
        git_repo_name: by_git(name),
        origin_url: by_git(state.origin_url),
        default_branch: by_git(state.default_branch),
        branch_name: by_git(state.branch),
        ..Context::default()
    };
    let Some(commit) = state.commit else { return Ok(known) };
    Ok(Context {
        commit_hash: by_git(Some(commit.hash)),
        timestamp: by_git(commit.committer_time),
        commit_message: by_git(Some(commit.subject)),
        author_name: by_git(Some(commit.author_name)),
        author_email: by_git(Some(commit.author_email)),
        ..known
    })
}

fn by_git<T>(value: Option<T>) -> Option<Sourced<T>> {
    value.map(|value| Sourced { value, source: Source::Git })
}
