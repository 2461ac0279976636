//! GitLab CI.
//!
//! `CI_MERGE_REQUEST_ID` is unique in the instance; the number that people see is `CI_MERGE_REQUEST_IID`.
//! `CI_COMMIT_REF_NAME` is a branch or a tag, so it is not read. gitlab-ci-local, which runs jobs on a laptop, sets
//! `GITLAB_CI=false`.
//!
//! <https://docs.gitlab.com/ci/variables/predefined_variables/>

use super::{BuildKind, Found, fields::Fields, vars::Vars};

pub(super) fn present(vars: Vars<'_>) -> bool {
    let job = vars.on("CI_PROJECT_PATH") && vars.on("CI_JOB_ID");
    vars.on("GITLAB_CI") || vars.is("CI_SERVER_NAME", "GitLab") || job
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    // In these pipelines the commit is a trial merge.
    let merged = ["merged_result", "merge_train"];
    let is_merge = merged.iter().any(|kind| vars.is("CI_MERGE_REQUEST_EVENT_TYPE", kind));
    let kind = vars
        .pull_request_if(&[
            "CI_MERGE_REQUEST_IID",
            "CI_MERGE_REQUEST_ID",
            "CI_MERGE_REQUEST_EVENT_TYPE",
            "CI_MERGE_REQUEST_REF_PATH",
            "CI_MERGE_REQUEST_PROJECT_ID",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
            "CI_EXTERNAL_PULL_REQUEST_IID",
            "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
            "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA",
            "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME",
        ])
        .or_else(|| vars.pull_request_event(&["CI_PIPELINE_SOURCE"]))
        .or_else(|| local_run(vars));
    let is_request = kind.as_ref().is_some_and(|it| it.value == BuildKind::PullRequest);
    let mut refs = vars.refs(&[
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
        "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
    ]);
    if !is_request {
        refs.extend(vars.refs(&["CI_COMMIT_BRANCH"]));
    }
    Fields {
        kind,
        refs,
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
        mirrored: vars.on("CI_EXTERNAL_PULL_REQUEST_IID"),
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

/// Nobody has pushed what runs on a laptop.
fn local_run(vars: Vars<'_>) -> Option<Found<BuildKind>> {
    let local = vars.get("GITLAB_CI") == Some("false");
    local.then(|| Found::new(BuildKind::Other, "GITLAB_CI"))
}
