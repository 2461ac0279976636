//! Buildkite.
//!
//! `BUILDKITE_COMMIT` is `HEAD` for builds made by hand; `BUILDKITE_BRANCH` repeats the tag on tag builds, and is
//! `owner:branch` on pull requests from forks.
//!
//! <https://buildkite.com/docs/pipelines/configure/environment-variables>

use super::{fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    // A branch cannot hold a colon.
    let without_owner = |branch| match str::split_once(branch, ':') {
        Some((_, branch)) => Some(branch),
        None => Some(branch),
    };
    let mut refs = vars.refs_by(&["BUILDKITE_BRANCH"], without_owner);
    refs.retain(|_| vars.get("BUILDKITE_TAG").is_none());
    Fields {
        kind: vars.pull_request_if(&[
            "BUILDKITE_PULL_REQUEST",
            "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
            "BUILDKITE_PULL_REQUEST_REPO",
            "BUILDKITE_MERGE_QUEUE_BASE_BRANCH",
            "BUILDKITE_MERGE_QUEUE_BASE_COMMIT",
        ]),
        refs,
        commit: vars.commit(&["BUILDKITE_COMMIT"]),
        pull_request: vars.number(&["BUILDKITE_PULL_REQUEST"]),
        target_branch: vars
            .branch(&["BUILDKITE_PULL_REQUEST_BASE_BRANCH", "BUILDKITE_MERGE_QUEUE_BASE_BRANCH"]),
        clone_url: vars.clone_url(&["BUILDKITE_REPO"]),
        build_url: vars.page(&["BUILDKITE_BUILD_URL"]),
        job_id: vars.text(&["BUILDKITE_JOB_ID"]),
        tag: vars.tag(&["BUILDKITE_TAG"]),
        fork: vars.differ("BUILDKITE_PULL_REQUEST_REPO", "BUILDKITE_REPO"),
        default_branch: vars.branch(&["BUILDKITE_PIPELINE_DEFAULT_BRANCH"]),
        ..Fields::default()
    }
}
