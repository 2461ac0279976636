//! The head of the branch: what CI says, and what the checkout adds to that.

use crate::{
    ci::{BuildKind, Detected, Found},
    git::{Commit, GitState},
};

/// Who makes the trial merges of Jenkins' multibranch jobs, as author and as committer.
///
/// Source: `MergeWithGitSCMExtension` of the branch source plugins. It checks out the head and merges the target into
/// it, so that the head is the first parent, and leaves the head alone if the target is in it already.
const JENKINS: (&str, &str) = ("Jenkins", "nobody@nowhere");

/// The hash that CI says, in full where it is short; where CI says none because it builds a trial merge of a pull
/// request, the parent of the merge that is the head. `None`: the checkout alone tells.
pub(super) fn find(detected: &Detected, git: Option<&GitState>) -> Option<Found<String>> {
    let checked_out = git.and_then(|git| git.commit.as_ref());
    match (&detected.commit, checked_out) {
        (Some(said), Some(checked_out)) => Some(complete(said, checked_out)),
        (Some(said), None) => Some(said.clone()),
        (None, Some(checked_out)) => of_merge(detected, checked_out),
        (None, None) => None,
    }
}

/// Some systems shorten the hash, and some of those merge the target into the checkout.
fn complete(said: &Found<String>, checked_out: &Commit) -> Found<String> {
    let short = said.value.to_ascii_lowercase();
    let mut near = std::iter::once(&checked_out.hash).chain(&checked_out.parents);
    let value = near.find(|hash| hash.starts_with(&short)).unwrap_or(&said.value).clone();
    Found { value, source: said.source.clone() }
}

fn of_merge(detected: &Detected, checked_out: &Commit) -> Option<Found<String>> {
    let is_pull_request =
        detected.kind.as_ref().is_some_and(|kind| kind.value == BuildKind::PullRequest);
    let [first, second] = checked_out.parents.as_slice() else { return None };
    let is_jenkins = detected.system.is_some_and(|system| system.id.starts_with("jenkins"));
    let author = (checked_out.author_name.as_str(), checked_out.author_email.as_str());
    match &detected.merge {
        Some(merge) if merge.value == checked_out.hash => Some(Found {
            value: second.clone(),
            source: format!("{} + git: second parent of HEAD", merge.source),
        }),
        _ if is_pull_request && is_jenkins && author == JENKINS => Some(Found {
            value: first.clone(),
            source: "git: first parent of HEAD, a merge by Jenkins".to_owned(),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ci, env::Env};

    const HEAD: &str = "4ead4ead4ead4ead4ead4ead4ead4ead4ead4ead";
    const TARGET: &str = "ba5eba5eba5eba5eba5eba5eba5eba5eba5eba5e";
    const MERGE: &str = "3e63e3e63e3e63e3e63e3e63e3e63e3e63e3e63e";

    fn found(variables: &[(&str, &str)], parents: &[&str], author: (&str, &str)) -> String {
        let env: Env = variables.iter().copied().collect();
        let state = GitState {
            root: Some("/repo".into()),
            git_dir: "/repo/.git".into(),
            commit: Some(Commit {
                hash: MERGE.into(),
                committer_time: None,
                author_name: author.0.into(),
                author_email: author.1.into(),
                subject: String::new(),
                parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
            }),
            branch: None,
            origin_url: None,
            default_branch: None,
            repository: None,
        };
        match find(&ci::detect(&env, &Default::default()), Some(&state)) {
            Some(Found { value, source }) => format!("{value} <- {source}"),
            None => "HEAD".to_owned(),
        }
    }

    const SOMEBODY: (&str, &str) = ("A U Thor", "author@example.com");

    #[test]
    fn of_the_merge_that_github_names_it_is_the_second_parent() {
        let pull_request = |name, commit| {
            [
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "pull_request"),
                ("GITHUB_REF", name),
                ("GITHUB_SHA", commit),
                ("GITHUB_HEAD_REF", "feature"),
            ]
        };
        let merged = pull_request("refs/pull/7/merge", MERGE);
        let expected = format!("{HEAD} <- GITHUB_SHA + git: second parent of HEAD");
        assert_eq!(found(&merged, &[TARGET, HEAD], SOMEBODY), expected);
        // A job may check out the head itself, which may be a merge by its author; and Gitea builds that.
        for variables in
            [pull_request("refs/pull/7/merge", TARGET), pull_request("refs/pull/7/head", MERGE)]
        {
            assert_eq!(found(&variables, &[HEAD, TARGET], SOMEBODY), "HEAD");
        }
        for parents in [&[TARGET][..], &[], &[TARGET, HEAD, HEAD]] {
            assert_eq!(found(&merged, parents, SOMEBODY), "HEAD");
        }
    }

    #[test]
    fn of_a_merge_by_jenkins_it_is_the_first_parent() {
        let job = |change| {
            [
                ("JENKINS_URL", "https://ci.example.com"),
                ("BRANCH_NAME", "PR-7"),
                ("CHANGE_ID", change),
            ]
        };
        let expected = format!("{HEAD} <- git: first parent of HEAD, a merge by Jenkins");
        assert_eq!(found(&job("7"), &[HEAD, TARGET], JENKINS), expected);
        assert_eq!(found(&job("7"), &[HEAD, TARGET], SOMEBODY), "HEAD");
        assert_eq!(found(&job("7"), &[HEAD], JENKINS), "HEAD");
        let branch = [("JENKINS_URL", "https://ci.example.com"), ("BRANCH_NAME", "main")];
        assert_eq!(found(&branch, &[HEAD, TARGET], JENKINS), "HEAD");
    }

    #[test]
    fn a_short_hash_is_completed_by_the_checkout_or_by_a_parent_of_it() {
        let commit = |hash| [("BITBUCKET_BUILD_NUMBER", "1"), ("BITBUCKET_COMMIT", hash)];
        for (said, expected) in [
            ("3e63e3e63e3e", MERGE),
            ("3E63E3E63E3E", MERGE),
            ("4ead4ead4ead", HEAD),
            ("1111aaaa2222", "1111aaaa2222"),
            (TARGET, TARGET),
        ] {
            let expected = format!("{expected} <- BITBUCKET_COMMIT");
            assert_eq!(found(&commit(said), &[HEAD, TARGET], SOMEBODY), expected, "{said}");
        }
    }
}
