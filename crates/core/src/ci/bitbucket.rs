//! Bitbucket Pipelines.
//!
//! The commit is that of the source branch although the checkout is merged; it may be shortened to 12 digits.
//! Pull requests from forks run no pipelines here.
//!
//! <https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/>

use super::{fields::Fields, vars::Vars};

pub(super) fn present(vars: Vars<'_>) -> bool {
    vars.any(&["BITBUCKET_BUILD_NUMBER", "BITBUCKET_PIPELINE_UUID"])
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    Fields {
        kind: vars.pull_request_if(&[
            "BITBUCKET_PR_ID",
            "BITBUCKET_PR_DESTINATION_BRANCH",
            "BITBUCKET_PR_DESTINATION_COMMIT",
        ]),
        refs: vars.refs(&["BITBUCKET_BRANCH"]),
        commit: vars.commit(&["BITBUCKET_COMMIT"]),
        pull_request: vars.number(&["BITBUCKET_PR_ID"]),
        pull_request_url: vars
            .page_of(["BITBUCKET_GIT_HTTP_ORIGIN", "BITBUCKET_PR_ID"], |[repository, number]| {
                format!("{repository}/pull-requests/{number}")
            }),
        target_branch: vars.branch(&["BITBUCKET_PR_DESTINATION_BRANCH"]),
        repository: vars.slug(&["BITBUCKET_REPO_FULL_NAME"]),
        clone_url: vars.clone_url(&["BITBUCKET_GIT_HTTP_ORIGIN", "BITBUCKET_GIT_SSH_ORIGIN"]),
        build_url: vars
            .page_of(["BITBUCKET_REPO_FULL_NAME", "BITBUCKET_BUILD_NUMBER"], |[name, build]| {
                format!("https://bitbucket.org/{name}/pipelines/results/{build}")
            }),
        job_id: vars.text(&["BITBUCKET_STEP_UUID"]),
        tag: vars.tag(&["BITBUCKET_TAG"]),
        ..Fields::default()
    }
}
