//! The systems, in the order of their detection.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{
    appveyor, azure_pipelines, bitbucket, bitrise, buddy, buildkite, circleci, cirrus, codebuild,
    codefresh, drone, fields::Fields, github_actions, gitlab_ci, google_cloud_build, harness,
    jenkins, screwdriver, semaphore, silent, teamcity, travis, vars::Vars, vela, woodpecker,
};

/// A CI system.
#[derive(Clone, Copy)]
pub struct System {
    /// Its id, such as `gitlab-ci`, for `OFFSHOOT_CI` and for scripts.
    pub id: &'static str,
    /// Its name, such as `GitLab CI`.
    pub name: &'static str,
    present: fn(Vars<'_>) -> bool,
    read: fn(Vars<'_>) -> Fields,
}

/// Every system that is known. Where several are present, the first counts: those that start others or imitate
/// their variables stand after them.
pub const SYSTEMS: &[System] = &[
    system("woodpecker", "Woodpecker", woodpecker::present, woodpecker::read),
    system("gitea-actions", "Gitea Actions", github_actions::gitea, github_actions::read),
    system("github-actions", "GitHub Actions", github_actions::present, github_actions::read),
    system("gitlab-ci", "GitLab CI", |vars| vars.on("GITLAB_CI"), gitlab_ci::read),
    system("harness", "Harness CI", |vars| vars.on("HARNESS_BUILD_ID"), harness::read),
    system("drone", "Drone", drone::present, drone::read),
    system("vela", "Vela", |vars| vars.on("VELA"), vela::read),
    system("buildkite", "Buildkite", |vars| vars.on("BUILDKITE"), buildkite::read),
    system("circleci", "CircleCI", |vars| vars.on("CIRCLECI"), circleci::read),
    system("bitbucket", "Bitbucket Pipelines", bitbucket::present, bitbucket::read),
    system("azure-pipelines", "Azure Pipelines", azure_pipelines::present, azure_pipelines::read),
    system("appveyor", "AppVeyor", |vars| vars.on("APPVEYOR"), appveyor::read),
    system("bitrise", "Bitrise", |vars| vars.on("BITRISE_IO"), bitrise::read),
    system("buddy", "Buddy", buddy::present, buddy::read),
    system("cirrus", "Cirrus CI", |vars| vars.on("CIRRUS_CI"), cirrus::read),
    system("codefresh", "Codefresh", |vars| vars.on("CF_BUILD_ID"), codefresh::read),
    system("screwdriver", "Screwdriver", |vars| vars.on("SCREWDRIVER"), screwdriver::read),
    system("semaphore", "Semaphore", |vars| vars.on("SEMAPHORE"), semaphore::read),
    system("teamcity", "TeamCity", |vars| vars.on("TEAMCITY_VERSION"), teamcity::read),
    system("jenkins-ghprb", "Jenkins", jenkins::plugin_present, jenkins::read_plugin),
    system(
        "jenkins-multibranch",
        "Jenkins",
        jenkins::multibranch_present,
        jenkins::read_multibranch,
    ),
    system("jenkins", "Jenkins", jenkins::plain_present, jenkins::read_plain),
    system("codebuild", "AWS CodeBuild", codebuild::present, codebuild::read),
    system(
        "google-cloud-build",
        "Google Cloud Build",
        google_cloud_build::present,
        google_cloud_build::read,
    ),
    system("travis", "Travis CI", travis::present, travis::read),
    system("argo-workflows", "Argo Workflows", silent::argo_present, silent::read_argo),
    system("concourse", "Concourse", |_| false, |_| Fields::default()),
    system("tekton", "Tekton", |_| false, |_| Fields::default()),
];

const fn system(
    id: &'static str,
    name: &'static str,
    present: fn(Vars<'_>) -> bool,
    read: fn(Vars<'_>) -> Fields,
) -> System {
    System { id, name, present, read }
}

/// The systems whose variables are there, that of `OFFSHOOT_CI` before all others.
pub(super) fn present(vars: Vars<'_>) -> Vec<System> {
    let named = vars.first(&["OFFSHOOT_CI"], by_id).map(|found| found.value);
    let others = SYSTEMS.iter().copied().filter(|system| (system.present)(vars));
    named.into_iter().chain(others.filter(|system| Some(*system) != named)).collect()
}

/// The system of this id.
pub(super) fn by_id(id: &str) -> Option<System> {
    SYSTEMS.iter().copied().find(|system| system.id == id)
}

impl System {
    pub(super) fn read(self, vars: Vars<'_>) -> Fields {
        (self.read)(vars)
    }
}

impl PartialEq for System {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for System {}

impl fmt::Debug for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl Serialize for System {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("System", 2)?;
        fields.serialize_field("id", self.id)?;
        fields.serialize_field("name", self.name)?;
        fields.end()
    }
}
