//! Travis CI. Others imitate its variables, so it is tested late.
//!
//! On pull requests `TRAVIS_BRANCH` is the target and `TRAVIS_COMMIT` the merge commit; on tags `TRAVIS_BRANCH` is the
//! tag.
//!
//! <https://docs.travis-ci.com/user/environment-variables/#default-environment-variables>

use super::{fields::Fields, vars::Vars};

pub(super) fn present(vars: Vars<'_>) -> bool {
    vars.on("TRAVIS") && !vars.on("SHIPPABLE")
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let kind = vars
        .pull_request_if(&[
            "TRAVIS_PULL_REQUEST",
            "TRAVIS_PULL_REQUEST_BRANCH",
            "TRAVIS_PULL_REQUEST_SHA",
            "TRAVIS_PULL_REQUEST_SLUG",
        ])
        .or_else(|| vars.pull_request_event(&["TRAVIS_EVENT_TYPE"]));
    let is_pull_request = kind.is_some();
    let mut refs = vars.refs(&["TRAVIS_PULL_REQUEST_BRANCH"]);
    if !is_pull_request && vars.get("TRAVIS_TAG").is_none() {
        refs.extend(vars.refs(&["TRAVIS_BRANCH"]));
    }
    Fields {
        kind,
        refs,
        commit: vars
            .commit(&["TRAVIS_PULL_REQUEST_SHA"])
            .or_else(|| vars.commit(&["TRAVIS_COMMIT"]).filter(|_| !is_pull_request)),
        pull_request: vars.number(&["TRAVIS_PULL_REQUEST"]),
        target_branch: vars.branch(&["TRAVIS_BRANCH"]).filter(|_| is_pull_request),
        repository: vars.slug(&["TRAVIS_REPO_SLUG"]),
        clone_url: vars
            .page_of(["TRAVIS_REPO_SLUG"], |[slug]| format!("https://github.com/{slug}.git")),
        build_url: vars.page(&["TRAVIS_BUILD_WEB_URL"]),
        job_id: vars.text(&["TRAVIS_JOB_ID"]),
        tag: vars.tag(&["TRAVIS_TAG"]),
        fork: vars.differ("TRAVIS_PULL_REQUEST_SLUG", "TRAVIS_REPO_SLUG"),
        ..Fields::default()
    }
}
