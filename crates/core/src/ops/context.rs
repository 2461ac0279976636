//! What is known of a build, and from where: CI first, then Git, field by field.

mod head;

use serde::Serialize;

use super::Error;
use crate::{
    ci::{self, BuildKind, Detected, Found, Hosting, PullRequestStatus, System},
    ci_files,
    env::Env,
    git::{self, Commit, GitError, GitState, Slug},
    ports::Host,
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
    /// What a person should know before going by this context: a line each.
    pub fn remarks(&self) -> Vec<String> {
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

/// What CI and the checkout at `path`, an absolute path, tell.
///
/// # Errors
/// If neither does: no CI is known by its variables, and there is no repository, or none that can be read.
pub fn read_context<H: Host>(host: &H, env: &Env, path: &str) -> Result<Context, Error> {
    Ok(Build::read(host, env, path)?.context)
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
                problems.push(no_checkout(&error));
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

    /// The name by which Dagster+ tells the repository of this build from others: `owner/name`, but on GitLab the bare
    /// name, as the official client has it on those systems.
    pub(super) fn repository(&self) -> Option<String> {
        let name = self.context.git_repo_name.as_ref()?.value.clone();
        let is_gitlab = self.detected.system.is_some_and(|system| system.id == "gitlab-ci");
        let owner = self.context.git_repo_owner.as_ref().filter(|_| !is_gitlab);
        // Of nested groups the official client takes the innermost.
        let owner = owner.and_then(|owner| owner.value.rsplit('/').next());
        Some(owner.map_or_else(|| name.clone(), |owner| format!("{owner}/{name}")))
    }
}

/// Where the host's name tells nothing, the CI system does: a GitLab of one's own may be called anything.
fn hosting(system: Option<System>, origin_url: Option<&Found<String>>) -> Option<Hosting> {
    origin_url
        .and_then(|url| Hosting::of_url(&url.value))
        .or_else(|| Hosting::of_system(system?.id))
}

fn tells_nothing(detected: &Detected) -> bool {
    let Detected { system: None, branch: None, commit: None, pull_request: None, .. } = detected
    else {
        return false;
    };
    detected.tag.is_none() && detected.repository.is_none()
}

fn no_checkout(error: &GitError) -> String {
    format!("no Git state: {error}")
}

fn is_checked_out(head: &str, git: &GitState) -> bool {
    git.commit.as_ref().is_some_and(|commit| commit.hash == head)
}

/// `commit` is the head that CI names, if it is not the one that is checked out and the repository has it.
fn put_together(detected: &Detected, git: Option<&GitState>, commit: Option<Commit>) -> Context {
    let mut conflicts = Vec::new();
    let mut both = |field, ci: Option<Found<String>>, git: Option<Found<String>>| {
        if let (Some(used), Some(other)) = (&ci, &git)
            && used.value != other.value
        {
            conflicts.push(Conflict { field, used: used.clone(), other: other.clone() });
        }
        ci.or(git)
    };
    let origin = git.and_then(|git| git.repository.as_ref());
    let owner = |slug: &Slug| slug.owner.clone();
    let said = detected.repository.as_ref();
    let said_owner = said.and_then(|found| {
        Some(Found { value: owner(&found.value)?, source: found.source.clone() })
    });
    let said_name =
        said.map(|found| Found { value: found.value.name.clone(), source: found.source.clone() });
    let git_repo_owner =
        both("git_repo_owner", said_owner, origin.and_then(owner).map(|it| by_git(it, ORIGIN)));
    let git_repo_name =
        both("git_repo_name", said_name, origin.map(|slug| by_git(slug.name.clone(), ORIGIN)));
    let branch_name = both(
        "branch_name",
        detected.branch.clone(),
        git.and_then(|git| git.branch.clone()).map(|it| by_git(it, HEAD)),
    );
    let default_branch = both(
        "default_branch",
        detected.default_branch.clone(),
        git.and_then(|git| git.default_branch.clone())
            .map(|it| by_git(it, "refs/remotes/origin/HEAD")),
    );
    let checked_out = git.and_then(|git| git.commit.clone());
    let commit_hash = both(
        "commit_hash",
        detected.commit.clone(),
        checked_out.as_ref().map(|commit| by_git(commit.hash.clone(), HEAD)),
    );
    let same = checked_out
        .as_ref()
        .filter(|commit| commit_hash.as_ref().is_some_and(|hash| hash.value == commit.hash));
    let described = commit.as_ref().or(same);
    let of_commit = |value: &String| by_git(value.clone(), COMMIT);
    let origin_url = detected
        .clone_url
        .clone()
        .or_else(|| git.and_then(|git| git.origin_url.clone()).map(|it| by_git(it, ORIGIN)));
    let hosting = hosting(detected.system, origin_url.as_ref());
    let page = |of: Option<&Found<String>>, make: fn(Hosting, &str, &str) -> Option<String>| {
        origin_url.as_ref()?.with(of?, |url, name| make(hosting?, url, name))
    };
    // The branch of a fork is in another repository.
    let is_fork = detected.fork.as_ref().is_some_and(|fork| fork.value);
    let own_branch = branch_name.as_ref().filter(|_| !is_fork);
    Context {
        branch_url: page(own_branch, Hosting::branch_page),
        commit_url: page(commit_hash.as_ref(), Hosting::commit_page),
        ci: detected.system.map(|system: System| Found {
            value: system.id.to_owned(),
            source: system.name.to_owned(),
        }),
        kind: detected.kind.clone(),
        root: git.and_then(|git| git.root.clone()).map(|it| by_git(it, "worktree")),
        git_repo_owner,
        git_repo_name,
        origin_url,
        default_branch,
        branch_name,
        tag: detected.tag.clone(),
        timestamp: timestamp(described, checked_out.as_ref()),
        commit_message: described.map(|commit| of_commit(&commit.subject)),
        author_name: described.map(|commit| of_commit(&commit.author_name)),
        author_email: described.map(|commit| of_commit(&commit.author_email)),
        commit_hash,
        pull_request: detected.pull_request.clone(),
        pull_request_url: detected.pull_request_url.clone(),
        pull_request_status: detected.pull_request_status.clone(),
        target_branch: detected.target_branch.clone(),
        fork: detected.fork.clone(),
        build_url: detected.build_url.clone(),
        job_id: detected.job_id.clone(),
        conflicts,
        problems: Vec::new(),
    }
}

/// The time of the head; where a shallow checkout has only the trial merge, that of the merge, which is made right after
/// the push of the head.
fn timestamp(described: Option<&Commit>, checked_out: Option<&Commit>) -> Option<Found<i64>> {
    let of = |commit: Option<&Commit>, source| {
        commit.and_then(|commit| commit.committer_time).map(|time| by_git(time, source))
    };
    of(described, COMMIT).or_else(|| of(checked_out, "the checked-out commit, which is another"))
}

const HEAD: &str = "HEAD";
const ORIGIN: &str = "remote origin";
const COMMIT: &str = "commit";

fn by_git<T>(value: T, what: &str) -> Found<T> {
    Found { value, source: format!("git: {what}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(branch: Option<&str>, hash: &str) -> GitState {
        GitState {
            root: Some("/repo".into()),
            git_dir: "/repo/.git".into(),
            commit: Some(commit(hash, 200)),
            branch: branch.map(str::to_owned),
            origin_url: Some("https://github.com/acme/shop".into()),
            default_branch: Some("main".into()),
            repository: Some(Slug { owner: Some("acme".into()), name: "shop".into() }),
        }
    }

    fn commit(hash: &str, time: i64) -> Commit {
        Commit {
            hash: hash.into(),
            committer_time: Some(time),
            author_name: format!("author of {hash}"),
            author_email: "a@example.com".into(),
            subject: "subject".into(),
            parents: Vec::new(),
        }
    }

    fn context(variables: &[(&str, &str)], git: &GitState, head: Option<Commit>) -> Context {
        let env: Env = variables.iter().copied().collect();
        put_together(&ci::detect(&env, &Default::default()), Some(git), head)
    }

    const HEAD_OF_PULL_REQUEST: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const MERGE: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn ci_counts_before_git_and_what_git_says_else_is_shown() {
        let variables = [
            ("OFFSHOOT_BRANCH", "feature"),
            ("OFFSHOOT_COMMIT", HEAD_OF_PULL_REQUEST),
            ("OFFSHOOT_REPOSITORY", "fork/shop"),
        ];
        let mut context = context(&variables, &state(Some("main"), MERGE), None);
        context.problems.push("no Git state: gone".to_owned());
        let remarks = context.remarks();
        let branch = "note: branch_name is `feature` by OFFSHOOT_BRANCH, but `main` by git: HEAD; the former counts";
        assert!(remarks.iter().any(|line| line == branch), "{remarks:?}");
        assert_eq!(remarks.len(), context.conflicts.len() + 1);
        assert_eq!(remarks.last().unwrap(), "note: no Git state: gone");
        context.problems.clear();
        insta::assert_json_snapshot!(context);
    }

    #[test]
    fn the_commit_is_described_by_itself_and_never_by_the_merge_that_is_checked_out() {
        let variables = [("OFFSHOOT_COMMIT", HEAD_OF_PULL_REQUEST)];
        let merged = state(None, MERGE);
        let known = context(&variables, &merged, Some(commit(HEAD_OF_PULL_REQUEST, 100)));
        assert_eq!(known.timestamp.unwrap().value, 100);
        assert_eq!(known.author_name.unwrap().value, format!("author of {HEAD_OF_PULL_REQUEST}"));
        let shallow = context(&variables, &merged, None);
        assert_eq!(shallow.author_name, None);
        assert_eq!(
            shallow.timestamp.unwrap().source,
            "git: the checked-out commit, which is another"
        );
    }
}
