//! Harness CI, which sets Drone's variables.
//!
//! <https://developer.harness.io/docs/continuous-integration/troubleshoot-ci/ci-env-var/>

use super::{drone, fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let shared = drone::read_shared(vars);
    Fields {
        commit: shared.commit.or_else(|| vars.commit(&["CI_COMMIT_SHA"])),
        // `CI_REPO` may be the name only.
        repository: vars
            .slug(&["CI_REPO"])
            .filter(|slug| slug.value.owner.is_some())
            .or_else(|| vars.slug(&["DRONE_REPO"]).filter(|slug| slug.value.owner.is_some())),
        clone_url: vars.clone_url(&["DRONE_GIT_HTTP_URL", "DRONE_REMOTE_URL", "CI_REPO_REMOTE"]),
        build_url: vars.page(&["CI_BUILD_LINK", "DRONE_BUILD_LINK"]),
        job_id: vars.text(&["HARNESS_STAGE_ID", "HARNESS_EXECUTION_ID"]),
        ..shared
    }
}
