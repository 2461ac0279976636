//! Semaphore 2.0.
//!
//! On pull requests `SEMAPHORE_GIT_BRANCH` is the target and `SEMAPHORE_GIT_SHA` the merge commit.
//!
//! <https://docs.semaphoreci.com/reference/env-vars>

use super::{BuildKind, Found, fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let of_type = |name, kind| {
        vars.is("SEMAPHORE_GIT_REF_TYPE", name).then(|| Found::new(kind, "SEMAPHORE_GIT_REF_TYPE"))
    };
    let kind = vars
        .pull_request_if(&[
            "SEMAPHORE_GIT_PR_NUMBER",
            "SEMAPHORE_GIT_PR_BRANCH",
            "SEMAPHORE_GIT_PR_SHA",
            "SEMAPHORE_GIT_PR_SLUG",
        ])
        .or_else(|| of_type("pull-request", BuildKind::PullRequest))
        .or_else(|| of_type("tag", BuildKind::Tag));
    let is_pull_request = kind.as_ref().is_some_and(|it| it.value == BuildKind::PullRequest);
    let mut refs = vars.refs(&["SEMAPHORE_GIT_WORKING_BRANCH", "SEMAPHORE_GIT_PR_BRANCH"]);
    if !is_pull_request {
        refs.extend(vars.refs(&["SEMAPHORE_GIT_BRANCH"]));
    }
    Fields {
        kind,
        refs,
        commit: vars
            .commit(&["SEMAPHORE_GIT_PR_SHA"])
            .or_else(|| vars.commit(&["SEMAPHORE_GIT_SHA"]).filter(|_| !is_pull_request)),
        pull_request: vars.number(&["SEMAPHORE_GIT_PR_NUMBER"]),
        target_branch: vars.branch(&["SEMAPHORE_GIT_BRANCH"]).filter(|_| is_pull_request),
        repository: vars.slug(&["SEMAPHORE_GIT_REPO_SLUG"]),
        clone_url: vars.clone_url(&["SEMAPHORE_GIT_URL"]),
        build_url: vars.page_of(
            ["SEMAPHORE_ORGANIZATION_URL", "SEMAPHORE_WORKFLOW_ID", "SEMAPHORE_PIPELINE_ID"],
            |[server, workflow, pipeline]| {
                format!("{server}/workflows/{workflow}?pipeline_id={pipeline}")
            },
        ),
        job_id: vars.text(&["SEMAPHORE_JOB_ID"]),
        tag: vars.tag(&["SEMAPHORE_GIT_TAG_NAME"]),
        fork: vars.differ("SEMAPHORE_GIT_PR_SLUG", "SEMAPHORE_GIT_REPO_SLUG"),
        ..Fields::default()
    }
}
