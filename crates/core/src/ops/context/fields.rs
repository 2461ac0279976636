//! Puts CI and Git together, field by field.

use super::{Conflict, Context, hosting};
use crate::{
    ci::{Detected, Found, Hosting, System},
    git::{Commit, GitState, Slug},
};

const HEAD: &str = "HEAD";
const ORIGIN: &str = "remote origin";
const COMMIT: &str = "commit";

/// `commit` is the head that CI names, if it is not the one that is checked out and the repository has it.
pub(super) fn put_together(
    detected: &Detected,
    git: Option<&GitState>,
    commit: Option<Commit>,
) -> Context {
    let mut conflicts = Conflicts(Vec::new());
    let (git_repo_owner, git_repo_name) = repository(detected, git, &mut conflicts);
    let branch = git.and_then(|git| git.branch.clone());
    let branch_name =
        conflicts.ci_or_git("branch_name", detected.branch.clone(), branch.map(of(HEAD)));
    let default_branch = git.and_then(|git| git.default_branch.clone());
    let default_branch = conflicts.ci_or_git(
        "default_branch",
        detected.default_branch.clone(),
        default_branch.map(of("refs/remotes/origin/HEAD")),
    );
    let checked_out = git.and_then(|git| git.commit.as_ref());
    let hash = checked_out.map(|commit| commit.hash.clone());
    let commit_hash =
        conflicts.ci_or_git("commit_hash", detected.commit.clone(), hash.map(of(HEAD)));
    let same = checked_out
        .filter(|commit| commit_hash.as_ref().is_some_and(|hash| hash.value == commit.hash));
    let described = commit.as_ref().or(same);
    let origin_url = git.and_then(|git| git.origin_url.clone()).map(of(ORIGIN));
    let origin_url = detected.clone_url.clone().or(origin_url);
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
        root: git.and_then(|git| git.root.clone()).map(of("worktree")),
        git_repo_owner,
        git_repo_name,
        origin_url,
        default_branch,
        branch_name,
        tag: detected.tag.clone(),
        timestamp: timestamp(described, checked_out),
        commit_message: described.map(|commit| commit.subject.clone()).map(of(COMMIT)),
        author_name: described.map(|commit| commit.author_name.clone()).map(of(COMMIT)),
        author_email: described.map(|commit| commit.author_email.clone()).map(of(COMMIT)),
        commit_hash,
        pull_request: detected.pull_request.clone(),
        pull_request_url: detected.pull_request_url.clone(),
        pull_request_status: detected.pull_request_status.clone(),
        target_branch: detected.target_branch.clone(),
        fork: detected.fork.clone(),
        build_url: detected.build_url.clone(),
        job_id: detected.job_id.clone(),
        conflicts: conflicts.0,
        problems: Vec::new(),
    }
}

/// Where CI and Git have been found to say different things.
struct Conflicts(Vec<Conflict>);

impl Conflicts {
    fn ci_or_git(
        &mut self,
        field: &'static str,
        ci: Option<Found<String>>,
        git: Option<Found<String>>,
    ) -> Option<Found<String>> {
        if let (Some(used), Some(other)) = (&ci, &git)
            && used.value != other.value
        {
            self.0.push(Conflict { field, used: used.clone(), other: other.clone() });
        }
        ci.or(git)
    }
}

/// Owner and name.
fn repository(
    detected: &Detected,
    git: Option<&GitState>,
    conflicts: &mut Conflicts,
) -> (Option<Found<String>>, Option<Found<String>>) {
    let origin = git.and_then(|git| git.repository.as_ref());
    let mut part = |field, of_slug: fn(&Slug) -> Option<String>| {
        let said = detected.repository.as_ref().and_then(|found| {
            Some(Found { value: of_slug(&found.value)?, source: found.source.clone() })
        });
        conflicts.ci_or_git(field, said, origin.and_then(of_slug).map(of(ORIGIN)))
    };
    let owner = part("git_repo_owner", |slug| slug.owner.clone());
    (owner, part("git_repo_name", |slug| Some(slug.name.clone())))
}

/// The time of the head; where a shallow checkout has only the trial merge, that of the merge, which is made right after
/// the push of the head.
fn timestamp(described: Option<&Commit>, checked_out: Option<&Commit>) -> Option<Found<i64>> {
    let time = |commit: Option<&Commit>| commit.and_then(|commit| commit.committer_time);
    let of_head = time(described).map(of(COMMIT));
    of_head.or_else(|| time(checked_out).map(of("the checked-out commit, which is another")))
}

/// A value that Git tells by `what`.
fn of<T>(what: &str) -> impl Fn(T) -> Found<T> {
    move |value| Found { value, source: format!("git: {what}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ci, env::Env};

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
