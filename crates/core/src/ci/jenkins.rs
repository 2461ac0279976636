//! Jenkins: multibranch jobs, jobs of the plugins for pull requests, and plain jobs.
//!
//! In pull requests `GIT_COMMIT` is, by the job's strategy, a merge commit that exists nowhere else, so it counts only
//! where the name of the build says otherwise; else Git is asked, which knows the parents.
//!
//! <https://www.jenkins.io/doc/book/pipeline/multibranch/#additional-environment-variables>

use super::{
    BuildKind, Found,
    fields::Fields,
    refs::{self, Ref},
    vars::Vars,
};

/// What the plugins set that build changes only: GitHub Pull Request Builder, GitLab, Gerrit Trigger, GitHub Integration,
/// and those of Bitbucket. Whatever else says `main` then is the target.
const OF_PLUGINS: &[&str] = &[
    "ghprbPullId",
    "ghprbPullLink",
    "ghprbSourceBranch",
    "ghprbTargetBranch",
    "ghprbActualCommit",
    "gitlabMergeRequestIid",
    "gitlabMergeRequestId",
    "gitlabMergeRequestState",
    "GERRIT_CHANGE_NUMBER",
    "GERRIT_CHANGE_ID",
    "GERRIT_CHANGE_URL",
    "GERRIT_REFSPEC",
    "GERRIT_PATCHSET_NUMBER",
    "GERRIT_PATCHSET_REVISION",
    "GITHUB_PR_NUMBER",
    "GITHUB_PR_URL",
    "GITHUB_PR_SOURCE_BRANCH",
    "GITHUB_PR_TARGET_BRANCH",
    "GITHUB_PR_HEAD_SHA",
    "BITBUCKET_PULL_REQUEST_ID",
    "BITBUCKET_PULL_REQUEST_LINK",
    "BITBUCKET_PULL_REQUEST_TITLE",
    "pullRequestId",
    "pullRequestTitle",
    "sourceBranch",
];

/// What multibranch jobs set for changes only.
const OF_CHANGES: &[&str] =
    &["CHANGE_ID", "CHANGE_BRANCH", "CHANGE_TARGET", "CHANGE_URL", "CHANGE_FORK"];

pub(super) fn plugin_present(vars: Vars<'_>) -> bool {
    present(vars) && by_plugin(vars).is_some()
}

pub(super) fn multibranch_present(vars: Vars<'_>) -> bool {
    let multibranch = vars.any(&["BRANCH_NAME", "TAG_NAME"]) || vars.any(OF_CHANGES);
    present(vars) && !plugin_present(vars) && multibranch
}

pub(super) fn plain_present(vars: Vars<'_>) -> bool {
    present(vars) && !plugin_present(vars) && !multibranch_present(vars)
}

/// `JENKINS_URL` is not set if the administrator has configured none.
fn present(vars: Vars<'_>) -> bool {
    vars.on("JENKINS_URL") || vars.get("BUILD_TAG").is_some_and(|tag| tag.starts_with("jenkins-"))
}

pub(super) fn read_multibranch(vars: Vars<'_>) -> Fields {
    let name = vars.get("BRANCH_NAME").unwrap_or_default();
    let change = change(name);
    let kind = vars
        .pull_request_if(OF_CHANGES)
        .or_else(|| change.map(|_| Found::new(BuildKind::PullRequest, "BRANCH_NAME")))
        .or_else(|| vars.kind_if(&["TAG_UNIXTIME", "TAG_TIMESTAMP"], BuildKind::Tag));
    let is_change = kind.as_ref().is_some_and(|it| it.value == BuildKind::PullRequest);
    let mut refs = vars.refs(&["CHANGE_BRANCH"]);
    if !is_change && vars.get("TAG_NAME").is_none() {
        refs.extend(vars.refs(&["BRANCH_NAME"]));
    }
    Fields {
        kind,
        refs,
        commit: vars.commit(&["GIT_COMMIT"]).filter(|_| !is_change || name.ends_with("-head")),
        pull_request: vars
            .number(&["CHANGE_ID"])
            .or_else(|| change.map(|number| Found::new(number, "BRANCH_NAME"))),
        pull_request_url: vars.page(&["CHANGE_URL"]),
        target_branch: vars.branch(&["CHANGE_TARGET"]),
        tag: vars.tag(&["TAG_NAME"]),
        fork: vars.first(&["CHANGE_FORK"], |_| Some(true)),
        branch_is_default: vars.says(&["BRANCH_IS_PRIMARY"]),
        ..common(vars)
    }
}

pub(super) fn read_plugin(vars: Vars<'_>) -> Fields {
    Fields {
        kind: by_plugin(vars),
        refs: vars.refs(&[
            "ghprbSourceBranch",
            "gitlabSourceBranch",
            "GITHUB_PR_SOURCE_BRANCH",
            "BITBUCKET_SOURCE_BRANCH",
            "sourceBranch",
        ]),
        commit: vars.commit(&[
            "ghprbActualCommit",
            "gitlabMergeRequestLastCommit",
            "GERRIT_PATCHSET_REVISION",
            "GITHUB_PR_HEAD_SHA",
        ]),
        pull_request: vars.number(&[
            "ghprbPullId",
            "gitlabMergeRequestIid",
            "GERRIT_CHANGE_NUMBER",
            "GITHUB_PR_NUMBER",
            "BITBUCKET_PULL_REQUEST_ID",
            "pullRequestId",
        ]),
        pull_request_url: vars.page(&[
            "ghprbPullLink",
            "GERRIT_CHANGE_URL",
            "GITHUB_PR_URL",
            "BITBUCKET_PULL_REQUEST_LINK",
        ]),
        pull_request_status: vars.status(&["gitlabMergeRequestState"]),
        target_branch: vars.branch(&[
            "ghprbTargetBranch",
            "gitlabTargetBranch",
            "GERRIT_BRANCH",
            "GITHUB_PR_TARGET_BRANCH",
            "BITBUCKET_TARGET_BRANCH",
            "targetBranch",
        ]),
        // A change of Gerrit is on no page of the repository's host.
        mirrored: vars.on("GERRIT_CHANGE_NUMBER"),
        repository: vars.slug(&["ghprbGhRepository"]),
        fork: vars.differ("gitlabSourceRepoHttpUrl", "gitlabTargetRepoHttpUrl"),
        ..common(vars)
    }
}

pub(super) fn read_plain(vars: Vars<'_>) -> Fields {
    // `GIT_LOCAL_BRANCH` is what the job calls its checkout, whatever it builds: Git says that as well.
    let refs: Vec<_> = vars.first(&["GIT_BRANCH"], git_branch).into_iter().collect();
    let of_pull_request = refs.iter().any(|it| it.value.is_pull_request());
    Fields {
        commit: vars.commit(&["GIT_COMMIT"]).filter(|_| !of_pull_request),
        refs,
        ..common(vars)
    }
}

fn by_plugin(vars: Vars<'_>) -> Option<Found<BuildKind>> {
    vars.pull_request_if(OF_PLUGINS).or_else(|| gitlab_merge(vars)).or_else(|| {
        // The GitHub Pull Request Builder hands the merge ref in.
        let merge_ref = vars.first(&["sha1"], git_branch).filter(|it| it.value.is_pull_request());
        merge_ref?.then(|_| Some(BuildKind::PullRequest))
    })
}

/// The GitLab plugin sets source and target of pushes as well, where they are the same.
fn gitlab_merge(vars: Vars<'_>) -> Option<Found<BuildKind>> {
    let merge = |action: &str| ["MERGE", "NOTE"].contains(&action);
    let action = vars.first(&["gitlabActionType"], |action| Some(merge(action)));
    let source = vars.branch(&["gitlabSourceBranch"]);
    let target = vars.branch(&["gitlabTargetBranch"]);
    let differ = match (&action, &target) {
        (Some(merges), _) if merges.value => return action?.then(|_| Some(BuildKind::PullRequest)),
        (_, Some(target)) => source.as_ref().is_some_and(|it| it.value != target.value),
        (action, None) => action.is_none(),
    };
    source?.then(|_| differ.then_some(BuildKind::PullRequest))
}

fn common(vars: Vars<'_>) -> Fields {
    Fields {
        clone_url: vars.clone_url(&["GIT_URL", "GIT_URL_1", "gitlabSourceRepoHttpUrl"]),
        build_url: vars.page(&["BUILD_URL"]),
        job_id: vars.text(&["BUILD_TAG"]),
        ..Fields::default()
    }
}

/// The number in the `PR-12`, `PR-12-merge` or `MR-12-head` that stands for a branch.
fn change(name: &str) -> Option<u64> {
    let name = name.strip_suffix("-merge").or(name.strip_suffix("-head")).unwrap_or(name);
    refs::number(name.strip_prefix("PR-").or(name.strip_prefix("MR-"))?)
}

/// `GIT_BRANCH`: a remote branch, nearly always of `origin`, a tag, or `detached`.
fn git_branch(value: &str) -> Option<Ref> {
    let value = value.strip_prefix("refs/remotes/").unwrap_or(value);
    let value = value.strip_prefix("origin/").unwrap_or(value);
    match value.strip_prefix("tags/") {
        Some(tag) => refs::name(tag).map(Ref::Tag),
        None if value == "detached" => None,
        None => Ref::parse(value),
    }
}
