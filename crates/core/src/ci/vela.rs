//! Vela. `VELA_BUILD_BRANCH` is the target on pull requests; comments on them carry the same variables.
//!
//! <https://go-vela.github.io/docs/reference/environment/variables/>

use super::{BuildKind, fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let event = |name, kind| vars.kind_of("VELA_BUILD_EVENT", name, kind);
    let kind = vars
        .pull_request_if(&[
            "VELA_PULL_REQUEST",
            "VELA_BUILD_PULL_REQUEST",
            "VELA_PULL_REQUEST_SOURCE",
            "VELA_PULL_REQUEST_TARGET",
            "VELA_PULL_REQUEST_FORK",
        ])
        .or_else(|| vars.pull_request_event(&["VELA_BUILD_EVENT"]))
        .or_else(|| event("comment", BuildKind::PullRequest))
        .or_else(|| event("tag", BuildKind::Tag));
    let is_pull_request = kind.as_ref().is_some_and(|it| it.value == BuildKind::PullRequest);
    let mut refs = vars.refs(&["VELA_PULL_REQUEST_SOURCE"]);
    refs.extend(vars.refs(&["VELA_BUILD_REF"]).into_iter().filter(|it| !it.value.is_branch()));
    if !is_pull_request {
        refs.extend(vars.refs(&["VELA_BUILD_BRANCH"]));
    }
    Fields {
        kind,
        refs,
        commit: vars.commit(&["VELA_BUILD_COMMIT"]),
        pull_request: vars.number(&["VELA_PULL_REQUEST", "VELA_BUILD_PULL_REQUEST"]),
        pull_request_url: ["VELA_PULL_REQUEST", "VELA_BUILD_PULL_REQUEST"].into_iter().find_map(
            |number| {
                vars.page_of(["VELA_REPO_LINK", number], |[repository, number]| {
                    format!("{repository}/pull/{number}")
                })
            },
        ),
        pull_request_status: vars.status(&["VELA_BUILD_EVENT_ACTION"]).filter(|_| is_pull_request),
        target_branch: vars.branch(&["VELA_PULL_REQUEST_TARGET"]),
        repository: vars.slug(&["VELA_REPO_FULL_NAME"]),
        clone_url: vars.clone_url(&["VELA_REPO_CLONE"]),
        build_url: vars.page(&["VELA_BUILD_LINK"]),
        job_id: vars.text(&["VELA_BUILD_NUMBER"]),
        tag: vars.tag(&["VELA_BUILD_TAG"]),
        fork: vars.says(&["VELA_PULL_REQUEST_FORK"]).filter(|_| is_pull_request),
        default_branch: vars.branch(&["VELA_REPO_BRANCH"]),
        ..Fields::default()
    }
}
