//! Bitrise. `BITRISE_APP_SLUG` is an id, not a repository.
//!
//! <https://devcenter.bitrise.io/en/references/available-environment-variables.html>

use super::{fields::Fields, vars::Vars};

pub(super) fn present(vars: Vars<'_>) -> bool {
    vars.any(&["BITRISE_IO", "BITRISE_BUILD_SLUG"])
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    Fields {
        kind: vars.pull_request_if(&[
            "BITRISE_PULL_REQUEST",
            "PULL_REQUEST_ID",
            "PR",
            "BITRISEIO_GIT_BRANCH_DEST",
            "BITRISEIO_PULL_REQUEST_REPOSITORY_URL",
            "BITRISEIO_PULL_REQUEST_HEAD_BRANCH",
            "BITRISEIO_PULL_REQUEST_MERGE_BRANCH",
        ]),
        refs: vars.refs(&["BITRISE_GIT_BRANCH"]),
        commit: vars.commit(&["BITRISE_GIT_COMMIT", "GIT_CLONE_COMMIT_HASH"]),
        pull_request: vars.number(&["BITRISE_PULL_REQUEST"]),
        target_branch: vars.branch(&["BITRISEIO_GIT_BRANCH_DEST"]),
        repository: vars
            .owner_and_name("BITRISEIO_GIT_REPOSITORY_OWNER", "BITRISEIO_GIT_REPOSITORY_SLUG"),
        clone_url: vars.clone_url(&["GIT_REPOSITORY_URL"]),
        build_url: vars.page(&["BITRISE_BUILD_URL"]),
        job_id: vars.text(&["BITRISE_BUILD_SLUG"]),
        tag: vars.tag(&["BITRISE_GIT_TAG"]),
        fork: vars.differ("BITRISEIO_PULL_REQUEST_REPOSITORY_URL", "GIT_REPOSITORY_URL"),
        ..Fields::default()
    }
}
