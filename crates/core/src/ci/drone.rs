//! Drone.
//!
//! `DRONE_BRANCH` and `DRONE_COMMIT_BRANCH` are the target on pull requests; on pushes, source, target and branch are
//! the same.
//!
//! <https://docs.drone.io/pipeline/environment/reference/>

use super::{BuildKind, Found, fields::Fields, vars::Vars};

pub(super) fn present(vars: Vars<'_>) -> bool {
    vars.on("DRONE") && !vars.on("HARNESS_BUILD_ID")
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let shared = read_shared(vars);
    Fields {
        repository: vars
            .slug(&["DRONE_REPO"])
            .or_else(|| vars.owner_and_name("DRONE_REPO_OWNER", "DRONE_REPO_NAME")),
        clone_url: vars.clone_url(&["DRONE_GIT_HTTP_URL", "DRONE_REMOTE_URL"]),
        build_url: vars.page(&["DRONE_BUILD_LINK"]),
        job_id: vars.text(&["DRONE_STEP_NUMBER"]),
        ..shared
    }
}

/// What Harness says in the same variables.
pub(super) fn read_shared(vars: Vars<'_>) -> Fields {
    let mut refs = vars.refs(&["DRONE_COMMIT_REF"]);
    let kind = vars
        .pull_request_if(&["DRONE_PULL_REQUEST"])
        .or_else(|| vars.pull_request_event(&["DRONE_BUILD_EVENT"]))
        .or_else(|| {
            let merge_ref = refs.iter().find(|it| it.value.is_pull_request())?;
            Some(Found::new(BuildKind::PullRequest, &*merge_ref.source))
        })
        .or_else(|| vars.first(&["DRONE_BUILD_ACTION"], of_pull_request))
        .or_else(|| other_source(vars))
        .or_else(|| vars.kind_of("DRONE_BUILD_EVENT", "tag", BuildKind::Tag));
    let is_pull_request = kind.as_ref().is_some_and(|it| it.value == BuildKind::PullRequest);
    refs.retain(|it| !it.value.is_branch());
    let names: &[&str] = match is_pull_request {
        true => &["DRONE_SOURCE_BRANCH"],
        false => &["DRONE_COMMIT_BRANCH", "DRONE_BRANCH"],
    };
    refs.extend(vars.refs(names));
    Fields {
        kind,
        refs,
        commit: vars.commit(&["DRONE_COMMIT_SHA", "DRONE_COMMIT"]),
        pull_request: vars.number(&["DRONE_PULL_REQUEST"]),
        // It may as well be the page of the commit.
        pull_request_url: vars
            .page(&["DRONE_COMMIT_LINK"])
            .filter(|url| is_pull_request && !url.value.contains("/commit")),
        pull_request_status: vars.status(&["DRONE_BUILD_ACTION"]).filter(|_| is_pull_request),
        target_branch: vars.branch(&["DRONE_TARGET_BRANCH"]).filter(|_| is_pull_request),
        tag: vars.tag(&["DRONE_TAG"]),
        default_branch: vars.branch(&["DRONE_REPO_BRANCH"]),
        ..Fields::default()
    }
}

/// Only pull requests are opened and the like; branches and tags are created.
fn of_pull_request(action: &str) -> Option<BuildKind> {
    let done = ["open", "sync", "close"].iter().any(|it| action.starts_with(it));
    done.then_some(BuildKind::PullRequest)
}

/// Source and target are the same on pushes.
fn other_source(vars: Vars<'_>) -> Option<Found<BuildKind>> {
    let source = vars.branch(&["DRONE_SOURCE_BRANCH"])?;
    source.with(&vars.branch(&["DRONE_TARGET_BRANCH"])?, |source, target| {
        (source != target).then_some(BuildKind::PullRequest)
    })
}
