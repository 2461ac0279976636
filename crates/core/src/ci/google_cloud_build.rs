//! Google Cloud Build.
//!
//! Its substitutions are no environment variables: the user maps them for each step, or turns on
//! `automapSubstitutions`.
//!
//! <https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values>

use super::{Found, fields::Fields, vars::Vars};

pub(super) fn present(vars: Vars<'_>) -> bool {
    vars.any(&["BUILDER_OUTPUT", "GOOGLE_CLOUD_BUILD"])
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    Fields {
        kind: vars.pull_request_if(&["_PR_NUMBER", "_HEAD_BRANCH", "_BASE_BRANCH", "_HEAD_REPO_URL"]),
        refs: vars.refs(&["_HEAD_BRANCH", "BRANCH_NAME"]),
        commit: vars.commit(&["COMMIT_SHA", "REVISION_ID"]),
        pull_request: vars.number(&["_PR_NUMBER"]),
        target_branch: vars.branch(&["_BASE_BRANCH"]),
        repository: vars.slug(&["REPO_FULL_NAME", "REPO_NAME"]),
        clone_url: clone_url(vars),
        build_url: vars.page_of(["LOCATION", "BUILD_ID", "PROJECT_ID"], |[region, build, project]| {
            format!(
                "https://console.cloud.google.com/cloud-build/builds;region={region}/{build}?project={project}"
            )
        }),
        job_id: vars.text(&["BUILD_ID"]),
        tag: vars.tag(&["TAG_NAME"]),
        fork: vars.differ("_HEAD_REPO_URL", "REPO_FULL_NAME"),
        ..Fields::default()
    }
}

/// The host is known from the head's repository only, and a fork is on the same.
fn clone_url(vars: Vars<'_>) -> Option<Found<String>> {
    vars.page_of(["_HEAD_REPO_URL", "REPO_FULL_NAME"], |[head, name]| {
        let host: String = head.split_inclusive('/').take(3).collect();
        format!("{host}{name}.git")
    })
}
