//! Buildkite.
//!
//! `BUILDKITE_COMMIT` is `HEAD` for builds made by hand; `BUILDKITE_BRANCH` repeats the tag on tag builds, and is
//! `owner:branch` on pull requests from forks, which alone tells them from a branch of the repository.
//!
//! <https://buildkite.com/docs/pipelines/configure/environment-variables>

use super::{BuildKind, Found, fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    // A branch cannot hold a colon.
    let without_owner = |branch| Some(str::split_once(branch, ':').map_or(branch, |(_, it)| it));
    let of_fork = vars.first(&["BUILDKITE_BRANCH"], |it| it.contains(':').then_some(true));
    let mut refs = vars.refs_by(&["BUILDKITE_BRANCH"], without_owner);
    refs.retain(|_| vars.get("BUILDKITE_TAG").is_none());
    // There the commit is that of the queue.
    let in_merge_queue = vars.on("BUILDKITE_MERGE_QUEUE_BASE_BRANCH")
        || vars.on("BUILDKITE_MERGE_QUEUE_BASE_COMMIT");
    Fields {
        kind: vars
            .pull_request_if(&[
                "BUILDKITE_PULL_REQUEST",
                "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
                "BUILDKITE_PULL_REQUEST_REPO",
                "BUILDKITE_PULL_REQUEST_DRAFT",
                "BUILDKITE_PULL_REQUEST_LABELS",
                "BUILDKITE_MERGE_QUEUE_BASE_BRANCH",
                "BUILDKITE_MERGE_QUEUE_BASE_COMMIT",
            ])
            .or_else(|| of_fork.as_ref().map(|it| Found::new(BuildKind::PullRequest, &*it.source)))
            .or_else(|| vars.pull_request_event(&["BUILDKITE_GITHUB_EVENT"])),
        refs,
        commit: vars.commit(&["BUILDKITE_COMMIT"]).filter(|_| !in_merge_queue),
        pull_request: vars.number(&["BUILDKITE_PULL_REQUEST"]),
        target_branch: vars
            .branch(&["BUILDKITE_PULL_REQUEST_BASE_BRANCH", "BUILDKITE_MERGE_QUEUE_BASE_BRANCH"]),
        clone_url: vars.clone_url(&["BUILDKITE_REPO"]),
        build_url: vars.page(&["BUILDKITE_BUILD_URL"]),
        job_id: vars.text(&["BUILDKITE_JOB_ID"]),
        tag: vars.tag(&["BUILDKITE_TAG"]),
        fork: of_fork.or_else(|| vars.differ("BUILDKITE_PULL_REQUEST_REPO", "BUILDKITE_REPO")),
        default_branch: vars.branch(&["BUILDKITE_PIPELINE_DEFAULT_BRANCH"]),
        ..Fields::default()
    }
}
