//! GitLab CI.
//!
//! `CI_MERGE_REQUEST_ID` is unique in the instance; the number that people see is `CI_MERGE_REQUEST_IID`.
//! `CI_COMMIT_REF_NAME` is a branch or a tag, so it is not read. What is set by gitlab-ci-local is `GITLAB_CI=false`.
//!
//! <https://docs.gitlab.com/ci/variables/predefined_variables/>

use super::{fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    // In these pipelines the commit is a trial merge.
    let merged = ["merged_result", "merge_train"];
    let is_merge = merged.iter().any(|kind| vars.is("CI_MERGE_REQUEST_EVENT_TYPE", kind));
    Fields {
        kind: vars.pull_request_if(&[
            "CI_MERGE_REQUEST_IID",
            "CI_MERGE_REQUEST_ID",
            "CI_MERGE_REQUEST_EVENT_TYPE",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
            "CI_EXTERNAL_PULL_REQUEST_IID",
            "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
        ]),
        refs: vars.refs(&[
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
            "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
            "CI_COMMIT_BRANCH",
        ]),
        commit: vars
            .commit(&[
                "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",
                "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA",
            ])
            .or_else(|| vars.commit(&["CI_COMMIT_SHA"]).filter(|_| !is_merge)),
        pull_request: vars.number(&["CI_MERGE_REQUEST_IID", "CI_EXTERNAL_PULL_REQUEST_IID"]),
        pull_request_url: vars.page_of(
            ["CI_MERGE_REQUEST_PROJECT_URL", "CI_MERGE_REQUEST_IID"],
            |[project, number]| format!("{project}/-/merge_requests/{number}"),
        ),
        target_branch: vars.branch(&[
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
            "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME",
        ]),
        repository: vars.slug(&["CI_PROJECT_PATH"]),
        clone_url: vars
            .page_of(["CI_PROJECT_URL"], |[project]| format!("{project}.git"))
            .or_else(|| vars.clone_url(&["CI_REPOSITORY_URL"])),
        build_url: vars.page(&["CI_JOB_URL", "CI_PIPELINE_URL"]),
        job_id: vars.text(&["CI_JOB_ID"]),
        tag: vars.tag(&["CI_COMMIT_TAG"]),
        fork: vars.differ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "CI_MERGE_REQUEST_PROJECT_ID"),
        default_branch: vars.branch(&["CI_DEFAULT_BRANCH"]),
        ..Fields::default()
    }
}
