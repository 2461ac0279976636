//! What is known of a build, and from where: CI first, then Git, field by field.

mod fields;
mod head;

use serde::Serialize;

use self::fields::put_together;
use super::{Error, Event, repository::stored_name};
use crate::{
    ci::{self, BuildKind, Detected, Found, Hosting, PullRequestStatus, System},
    ci_files,
    env::Env,
    git::{self, GitState, Slug},
    ports::{Events, Host},
};

/// What is known of a build. A field that nothing tells is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Context {
    /// The CI system, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci: Option<Found<String>>,
    /// What is built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Found<BuildKind>>,
    /// The top directory of the checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Found<String>>,
    /// The repository's owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_repo_owner: Option<Found<String>>,
    /// The repository's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_repo_name: Option<Found<String>>,
    /// The URL that the repository is cloned from, without password or token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_url: Option<Found<String>>,
    /// The repository's default branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_branch: Option<Found<String>>,
    /// The branch; of a pull request, its source branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_name: Option<Found<String>>,
    /// The page of the branch, where it is known which service hosts the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_url: Option<Found<String>>,
    /// The tag that is built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<Found<String>>,
    /// The hash of the branch's head, never that of a trial merge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_hash: Option<Found<String>>,
    /// The page of the files at that commit, where it is known which service hosts the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_url: Option<Found<String>>,
    /// The committer's time in seconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Found<i64>>,
    /// The commit's subject line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_message: Option<Found<String>>,
    /// The commit's author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_name: Option<Found<String>>,
    /// The author's email.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_email: Option<Found<String>>,
    /// The number of the pull request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<Found<u64>>,
    /// The page of the pull request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request_url: Option<Found<String>>,
    /// Whether the pull request is open, closed or merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(type = "Found<PullRequestStatus>"))]
    pub pull_request_status: Option<Found<PullRequestStatus>>,
    /// The branch that the pull request is to be merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_branch: Option<Found<String>>,
    /// Whether the pull request comes from another repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fork: Option<Found<bool>>,
    /// The page of the build.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_url: Option<Found<String>>,
    /// The job, as CI names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_id: Option<Found<String>>,
    /// Where CI and the checkout say different things.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// What was given and cannot be used, and what could not be read. One sentence each, without period.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// A field of which CI says one thing and the checkout another. What CI says counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Conflict {
    /// The field.
    pub field: &'static str,
    /// What CI says.
    pub used: Found<String>,
    /// What the checkout says.
    pub other: Found<String>,
}

impl Context {
    /// Tells what a person should know before going by this context.
    pub(super) fn remark(&self, events: &impl Events) {
        for remark in self.remarks() {
            events.emit(Event::Remark { remark });
        }
    }

    fn remarks(&self) -> Vec<String> {
        let conflict = |Conflict { field, used, other }: &Conflict| {
            format!(
                "note: {field} is `{}` by {}, but `{}` by {}; the former counts",
                used.value, used.source, other.value, other.source
            )
        };
        let problem = |problem: &String| format!("note: {problem}");
        self.conflicts.iter().map(conflict).chain(self.problems.iter().map(problem)).collect()
    }
}

/// What CI and the checkout at `path`, an absolute path, tell. What is strange about it is told by [`Event::Remark`].
///
/// # Errors
/// If neither does: no CI is known by its variables, and there is no repository, or none that can be read.
pub fn read_context<H: Host>(host: &H, env: &Env, path: &str) -> Result<Context, Error> {
    let context = Build::read(host, env, path)?.context;
    context.remark(host.events());
    Ok(context)
}

#[cfg(test)]
impl Context {
    /// What CI says, without a checkout.
    pub(crate) fn of_ci(detected: &Detected) -> Self {
        put_together(detected, None, None)
    }
}

/// The two sources of a context, for what decides by them, and the context itself.
#[derive(Default)]
pub(super) struct Build {
    pub(super) detected: Detected,
    pub(super) git: Option<GitState>,
    pub(super) context: Context,
}

impl Build {
    /// Reads the variables, what they lead to, and the checkout at `path`.
    pub(super) fn read<H: Host>(host: &H, env: &Env, path: &str) -> Result<Self, Error> {
        let detected = ci::detect(env, &ci_files::read(host.files(), env));
        let mut problems = detected.problems.clone();
        let git = match git::read(host.files(), host.charset(), env, path) {
            Ok(state) => Some(state),
            // Without CI and without a checkout there is nothing to go by.
            Err(error) if tells_nothing(&detected) => return Err(error.into()),
            Err(error) => {
                problems.push(format!("no Git state: {error}"));
                None
            }
        };
        let detected = Detected { commit: head::find(&detected, git.as_ref()), ..detected };
        let head = detected.commit.as_ref().map(|commit| commit.value.as_str());
        let commit = head
            .filter(|head| git.as_ref().is_some_and(|git| !is_checked_out(head, git)))
            .and_then(|head| git::commit(host.files(), host.charset(), env, path, head));
        let context = Context { problems, ..put_together(&detected, git.as_ref(), commit) };
        Ok(Self { detected, git, context })
    }

    /// What hosts the repository.
    pub(super) fn hosting(&self) -> Option<Hosting> {
        hosting(self.detected.system, self.context.origin_url.as_ref())
    }

    /// Owner and name of the repository.
    pub(super) fn slug(&self) -> Option<Slug> {
        let owner = self.context.git_repo_owner.as_ref().map(|found| found.value.clone());
        Some(Slug { owner, name: self.context.git_repo_name.as_ref()?.value.clone() })
    }

    /// The name by which Dagster+ tells the repository of this build from others.
    pub(super) fn repository(&self) -> Option<String> {
        let is_gitlab = self.detected.system.is_some_and(|system| system.id == "gitlab-ci");
        Some(stored_name(&self.slug()?, is_gitlab))
    }
}

/// Where the host's name tells nothing, the CI system does: a GitLab of one's own may be called anything.
fn hosting(system: Option<System>, origin_url: Option<&Found<String>>) -> Option<Hosting> {
    origin_url
        .and_then(|url| Hosting::of_url(&url.value))
        .or_else(|| Hosting::of_system(system?.id))
}

fn tells_nothing(detected: &Detected) -> bool {
    matches!(
        detected,
        Detected {
            system: None,
            branch: None,
            commit: None,
            pull_request: None,
            tag: None,
            repository: None,
            ..
        }
    )
}

fn is_checked_out(head: &str, git: &GitState) -> bool {
    git.commit.as_ref().is_some_and(|commit| commit.hash == head)
}
