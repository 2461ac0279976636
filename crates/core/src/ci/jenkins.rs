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

const OF_PLUGINS: &[&str] =
    &["ghprbPullId", "gitlabMergeRequestIid", "gitlabMergeRequestId", "ghprbSourceBranch"];

pub(super) fn plugin_present(vars: Vars<'_>) -> bool {
    present(vars) && vars.any(OF_PLUGINS)
}

pub(super) fn multibranch_present(vars: Vars<'_>) -> bool {
    present(vars) && !plugin_present(vars) && vars.any(&["BRANCH_NAME", "CHANGE_ID", "TAG_NAME"])
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
        .pull_request_if(&[
            "CHANGE_ID",
            "CHANGE_BRANCH",
            "CHANGE_TARGET",
            "CHANGE_URL",
            "CHANGE_FORK",
        ])
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
        kind: vars.pull_request_if(OF_PLUGINS),
        refs: vars.refs(&["ghprbSourceBranch", "gitlabSourceBranch"]),
        commit: vars.commit(&["ghprbActualCommit", "gitlabMergeRequestLastCommit"]),
        pull_request: vars.number(&["ghprbPullId", "gitlabMergeRequestIid"]),
        pull_request_url: vars.page(&["ghprbPullLink"]),
        pull_request_status: vars.status(&["gitlabMergeRequestState"]),
        target_branch: vars.branch(&["ghprbTargetBranch", "gitlabTargetBranch"]),
        repository: vars.slug(&["ghprbGhRepository"]),
        fork: vars.differ("gitlabSourceRepoHttpUrl", "gitlabTargetRepoHttpUrl"),
        ..common(vars)
    }
}

pub(super) fn read_plain(vars: Vars<'_>) -> Fields {
    let mut refs = vars.refs(&["GIT_LOCAL_BRANCH"]);
    refs.extend(vars.first(&["GIT_BRANCH"], git_branch));
    Fields { refs, commit: vars.commit(&["GIT_COMMIT"]), ..common(vars) }
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
