//! Cirrus CI. On pull requests `CIRRUS_BRANCH` is `pull/12`: the source branch is not known here.
//!
//! <https://cirrus-ci.org/guide/writing-tasks/#environment-variables>

use super::{fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    Fields {
        kind: vars.pull_request_if(&[
            "CIRRUS_PR",
            "CIRRUS_PR_DRAFT",
            "CIRRUS_PR_TITLE",
            "CIRRUS_BASE_BRANCH",
            "CIRRUS_BASE_SHA",
        ]),
        refs: vars.refs(&["CIRRUS_BRANCH"]),
        commit: vars.commit(&["CIRRUS_CHANGE_IN_REPO"]),
        pull_request: vars.number(&["CIRRUS_PR"]),
        pull_request_url: vars.page_of(["CIRRUS_REPO_FULL_NAME", "CIRRUS_PR"], |[name, number]| {
            format!("https://github.com/{name}/pull/{number}")
        }),
        target_branch: vars.branch(&["CIRRUS_BASE_BRANCH"]),
        repository: vars.slug(&["CIRRUS_REPO_FULL_NAME"]),
        clone_url: vars.clone_url(&["CIRRUS_REPO_CLONE_URL"]),
        build_url: vars
            .page_of(["CIRRUS_BUILD_ID"], |[build]| format!("https://cirrus-ci.com/build/{build}")),
        job_id: vars.text(&["CIRRUS_TASK_ID"]),
        tag: vars.tag(&["CIRRUS_TAG"]),
        default_branch: vars.branch(&["CIRRUS_DEFAULT_BRANCH"]),
        ..Fields::default()
    }
}
