//! Semaphore 2.0.
//!
//! On pull requests `SEMAPHORE_GIT_BRANCH` is the target and `SEMAPHORE_GIT_SHA` the merge commit.
//!
//! <https://docs.semaphoreci.com/reference/env-vars>

use super::{BuildKind, Found, fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let own_ref = vars.refs(&["SEMAPHORE_GIT_REF"]);
    let kind = vars
        .pull_request_if(&[
            "SEMAPHORE_GIT_PR_NUMBER",
            "SEMAPHORE_GIT_PR_BRANCH",
            "SEMAPHORE_GIT_PR_SHA",
            "SEMAPHORE_GIT_PR_SLUG",
            "SEMAPHORE_GIT_PR_NAME",
        ])
        .or_else(|| vars.pull_request_event(&["SEMAPHORE_GIT_REF_TYPE"]))
        .or_else(|| {
            let merge_ref = own_ref.iter().find(|it| it.value.is_pull_request())?;
            Some(Found::new(BuildKind::PullRequest, &*merge_ref.source))
        })
        .or_else(|| vars.kind_of("SEMAPHORE_GIT_REF_TYPE", "tag", BuildKind::Tag));
    let is_pull_request = kind.as_ref().is_some_and(|it| it.value == BuildKind::PullRequest);
    let mut refs = vars.refs(&["SEMAPHORE_GIT_WORKING_BRANCH", "SEMAPHORE_GIT_PR_BRANCH"]);
    refs.extend(own_ref.into_iter().filter(|it| !it.value.is_branch()));
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
