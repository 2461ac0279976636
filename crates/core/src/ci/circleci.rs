//! CircleCI.
//!
//! The target branch, the status and the default branch are known to the pipeline only. The orb hands them in:
//! `OFFSHOOT_BRANCH`, `OFFSHOOT_COMMIT`, `OFFSHOOT_CLONE_URL` (`<< pipeline.git.branch >>`, `.revision`, `.repo_url`),
//! `OFFSHOOT_BRANCH_IS_DEFAULT` (`<< pipeline.git.branch.is_default >>`), and `OFFSHOOT_PULL_REQUEST`,
//! `OFFSHOOT_PULL_REQUEST_URL`, `OFFSHOOT_TARGET_BRANCH` (`<< pipeline.event.github.pull_request.number >>`,
//! `.html_url`, `.base.ref`).
//!
//! `CIRCLE_PR_*` are there for forks only, and `CIRCLE_BRANCH` is `pull/12` then. With several pull requests
//! `CIRCLE_PULL_REQUEST` is one of them at random.
//!
//! <https://circleci.com/docs/reference/variables/>

use super::{Found, fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    Fields {
        kind: vars.pull_request_if(&[
            "CIRCLE_PULL_REQUEST",
            "CIRCLE_PULL_REQUESTS",
            "CIRCLE_PR_NUMBER",
            "CIRCLE_PR_REPONAME",
            "CIRCLE_PR_USERNAME",
            "CI_PULL_REQUEST",
            "CI_PULL_REQUESTS",
        ]),
        refs: vars.refs(&["CIRCLE_BRANCH"]),
        commit: vars.commit(&["CIRCLE_SHA1"]),
        pull_request: vars
            .number_in(&["CIRCLE_PULL_REQUEST"])
            .or_else(|| vars.number(&["CIRCLE_PR_NUMBER"]))
            .or_else(|| only_pull_request(vars)),
        pull_request_url: vars.page(&["CIRCLE_PULL_REQUEST"]),
        // Of the GitHub App's projects the names are ids.
        repository: vars
            .slug_of_url(&["CIRCLE_REPOSITORY_URL"])
            .or_else(|| vars.owner_and_name("CIRCLE_PROJECT_USERNAME", "CIRCLE_PROJECT_REPONAME")),
        clone_url: vars.clone_url(&["CIRCLE_REPOSITORY_URL"]),
        build_url: vars.page(&["CIRCLE_BUILD_URL"]),
        job_id: vars.text(&["CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_BUILD_NUM"]),
        tag: vars.tag(&["CIRCLE_TAG"]),
        fork: vars.first(&["CIRCLE_PR_REPONAME", "CIRCLE_PR_USERNAME"], |_| Some(true)),
        ..Fields::default()
    }
}

/// The number of the branch's pull request, if there is only one.
fn only_pull_request(vars: Vars<'_>) -> Option<Found<u64>> {
    let several = vars.get("CIRCLE_PULL_REQUESTS").is_some_and(|all| all.contains(','));
    vars.number_in(&["CIRCLE_PULL_REQUESTS"]).filter(|_| !several)
}
