//! Buddy. `BUDDY_EXECUTION_*` are the old names of `BUDDY_RUN_*`.
//!
//! <https://buddy.works/docs/pipelines/environment-variables>

use super::{fields::Fields, vars::Vars};

pub(super) fn present(vars: Vars<'_>) -> bool {
    vars.any(&["BUDDY", "BUDDY_WORKSPACE_ID"])
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    Fields {
        kind: vars.pull_request_if(&[
            "BUDDY_RUN_PR_NO",
            "BUDDY_RUN_PR_ID",
            "BUDDY_RUN_PR_HEAD_BRANCH",
            "BUDDY_RUN_PR_BASE_BRANCH",
            "BUDDY_RUN_PR_URL",
            "BUDDY_EXECUTION_PULL_REQUEST_NO",
            "BUDDY_EXECUTION_PULL_REQUEST_ID",
            "BUDDY_EXECUTION_PULL_REQUEST_HEAD_BRANCH",
        ]),
        refs: vars.refs(&[
            "BUDDY_RUN_PR_HEAD_BRANCH",
            "BUDDY_EXECUTION_PULL_REQUEST_HEAD_BRANCH",
            "BUDDY_RUN_BRANCH",
            "BUDDY_EXECUTION_BRANCH",
        ]),
        commit: vars.commit(&["BUDDY_RUN_COMMIT", "BUDDY_EXECUTION_REVISION"]),
        pull_request: vars
            .number(&["BUDDY_RUN_PR_NO", "BUDDY_EXECUTION_PULL_REQUEST_NO"])
            .or_else(|| vars.number_in(&["BUDDY_RUN_PR_ID", "BUDDY_EXECUTION_PULL_REQUEST_ID"])),
        target_branch: vars
            .branch(&["BUDDY_RUN_PR_BASE_BRANCH", "BUDDY_EXECUTION_PULL_REQUEST_BASE_BRANCH"]),
        repository: vars.slug(&["BUDDY_REPO_SLUG"]),
        clone_url: vars.clone_url(&["BUDDY_SCM_URL"]),
        build_url: vars.page(&["BUDDY_RUN_URL", "BUDDY_EXECUTION_URL"]),
        job_id: vars.text(&["BUDDY_ACTION_ID"]),
        tag: vars.tag(&["BUDDY_RUN_TAG", "BUDDY_EXECUTION_TAG"]),
        ..Fields::default()
    }
}
