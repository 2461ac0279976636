//! Screwdriver. `SD_PULL_REQUEST` is blank, not absent, outside of pull requests; branches come with their remote.
//!
//! <https://docs.screwdriver.cd/user-guide/environment-variables>

use super::{BuildKind, fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    // The jobs of pull requests are `PR-12:main`.
    let job = |name: &str| name.starts_with("PR-").then_some(BuildKind::PullRequest);
    let kind = vars
        .pull_request_if(&["SD_PULL_REQUEST", "PR_BRANCH_NAME", "PR_BASE_BRANCH_NAME"])
        .or_else(|| vars.first(&["SD_JOB_NAME"], job));
    let of_remote = |name| str::strip_prefix(name, "upstream/").or(name.strip_prefix("origin/"));
    let mut refs = vars.refs_by(&["PR_BRANCH_NAME"], |name| Some(of_remote(name).unwrap_or(name)));
    if kind.is_none() {
        // On pull requests it is `origin/refs/pull/12/head:pr`.
        refs.extend(vars.refs_by(&["GIT_BRANCH"], |name| {
            let name = name.strip_prefix("origin/").unwrap_or(name);
            Some(name.split(':').next().unwrap_or(name))
        }));
    }
    Fields {
        kind,
        refs,
        commit: vars.commit(&["SD_BUILD_SHA"]),
        pull_request: vars.number(&["SD_PULL_REQUEST"]),
        pull_request_url: vars.page_of(["SCM_URL", "SD_PULL_REQUEST"], |[repository, number]| {
            format!("{repository}/pull/{number}")
        }),
        target_branch: vars.branch(&["PR_BASE_BRANCH_NAME"]),
        repository: vars.slug(&["SD_PIPELINE_NAME"]),
        clone_url: vars.clone_url(&["GIT_URL", "SCM_URL"]),
        build_url: vars.page(&["SD_UI_BUILD_URL"]),
        job_id: vars.text(&["SD_BUILD_ID"]),
        ..Fields::default()
    }
}
