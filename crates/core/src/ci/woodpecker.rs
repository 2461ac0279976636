//! Woodpecker. `CI` is its name here.
//!
//! `CI_COMMIT_BRANCH` is the target on pull requests. Source and target are missing if the forge's refspec is unusual.
//!
//! <https://woodpecker-ci.org/docs/usage/environment>

use super::{BuildKind, PullRequestStatus, fields::Fields, vars::Vars};

pub(super) fn present(vars: Vars<'_>) -> bool {
    vars.is("CI", "woodpecker") || vars.is("CI_SYSTEM_NAME", "woodpecker")
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let event = |name| vars.kind_of("CI_PIPELINE_EVENT", name, BuildKind::Tag);
    let kind = vars
        .pull_request_if(&[
            "CI_COMMIT_PULL_REQUEST",
            "CI_COMMIT_SOURCE_BRANCH",
            "CI_COMMIT_TARGET_BRANCH",
            "CI_COMMIT_PULL_REQUEST_LABELS",
            "CI_COMMIT_PULL_REQUEST_DRAFT",
        ])
        .or_else(|| vars.pull_request_event(&["CI_PIPELINE_EVENT", "CI_BUILD_EVENT"]))
        .or_else(|| event("tag"))
        .or_else(|| event("release"));
    let is_pull_request = kind.as_ref().is_some_and(|it| it.value == BuildKind::PullRequest);
    let mut refs = vars.refs(&["CI_COMMIT_SOURCE_BRANCH"]);
    refs.extend(vars.refs(&["CI_COMMIT_REF"]).into_iter().filter(|it| !it.value.is_branch()));
    if !is_pull_request && vars.get("CI_COMMIT_TAG").is_none() {
        refs.extend(vars.refs(&["CI_COMMIT_BRANCH"]));
    }
    Fields {
        kind,
        refs,
        commit: vars.commit(&["CI_COMMIT_SHA"]),
        pull_request: vars.number(&["CI_COMMIT_PULL_REQUEST"]),
        pull_request_url: vars.page(&["CI_PIPELINE_FORGE_URL"]).filter(|_| is_pull_request),
        pull_request_status: vars.first(&["CI_PIPELINE_EVENT"], |event| match event {
            "pull_request" | "pull_request_metadata" => Some(PullRequestStatus::Open),
            "pull_request_closed" => Some(PullRequestStatus::Closed),
            _ => None,
        }),
        target_branch: vars.branch(&["CI_COMMIT_TARGET_BRANCH"]),
        repository: vars
            .slug(&["CI_REPO"])
            .or_else(|| vars.owner_and_name("CI_REPO_OWNER", "CI_REPO_NAME")),
        clone_url: vars.clone_url(&["CI_REPO_CLONE_URL"]),
        build_url: vars.page(&["CI_PIPELINE_URL"]),
        job_id: vars.text(&["CI_STEP_NUMBER", "CI_STEP_NAME"]),
        tag: vars.tag(&["CI_COMMIT_TAG"]),
        default_branch: vars.branch(&["CI_REPO_DEFAULT_BRANCH"]),
        ..Fields::default()
    }
}
