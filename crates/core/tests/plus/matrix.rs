//! Which deployment `deploy`, `close` and `ci branch-deployment` choose: system by build, with every variable missing
//! in turn.

use offshoot_core::{
    env::Env,
    ops::{
        self, BuildPlace, CloseInput, DeployInput, Error, Outcome, Sources, UpdateInput, WaitLimits,
    },
    plus::DeploymentName,
};
use pollster::block_on;
use serde_json::json;

use crate::support::{Fake, connection, data};

/// A system: what it sets in every build, then in each sort of build. `HASH` stands for a commit.
struct Row {
    name: &'static str,
    always: &'static str,
    feature: &'static str,
    pull_request: &'static str,
    default_branch: &'static str,
    tag: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        name: "appveyor",
        always: "APPVEYOR=True APPVEYOR_REPO_PROVIDER=gitHub APPVEYOR_REPO_NAME=acme/shop APPVEYOR_REPO_COMMIT=HASH",
        feature: "APPVEYOR_REPO_BRANCH=feature",
        pull_request: "APPVEYOR_REPO_BRANCH=main APPVEYOR_PULL_REQUEST_NUMBER=7 APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH=feature APPVEYOR_PULL_REQUEST_HEAD_COMMIT=HASH",
        default_branch: "APPVEYOR_REPO_BRANCH=main",
        tag: "APPVEYOR_REPO_BRANCH=v1 APPVEYOR_REPO_TAG=true APPVEYOR_REPO_TAG_NAME=v1",
    },
    Row {
        name: "azure-pipelines",
        always: "TF_BUILD=True BUILD_SOURCEVERSION=HASH BUILD_REPOSITORY_NAME=shop BUILD_REPOSITORY_URI=https://dev.azure.com/acme/p/_git/shop",
        feature: "BUILD_SOURCEBRANCH=refs/heads/feature",
        pull_request: "BUILD_SOURCEBRANCH=refs/pull/7/merge BUILD_REASON=PullRequest SYSTEM_PULLREQUEST_PULLREQUESTID=7 SYSTEM_PULLREQUEST_SOURCEBRANCH=refs/heads/feature SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main SYSTEM_PULLREQUEST_SOURCECOMMITID=HASH",
        default_branch: "BUILD_SOURCEBRANCH=refs/heads/main",
        tag: "BUILD_SOURCEBRANCH=refs/tags/v1",
    },
    Row {
        name: "bitbucket",
        always: "BITBUCKET_BUILD_NUMBER=1 BITBUCKET_COMMIT=HASH BITBUCKET_REPO_FULL_NAME=acme/shop BITBUCKET_GIT_HTTP_ORIGIN=https://bitbucket.org/acme/shop",
        feature: "BITBUCKET_BRANCH=feature",
        pull_request: "BITBUCKET_BRANCH=feature BITBUCKET_PR_ID=7 BITBUCKET_PR_DESTINATION_BRANCH=main",
        default_branch: "BITBUCKET_BRANCH=main",
        tag: "BITBUCKET_TAG=v1",
    },
    Row {
        name: "buildkite",
        always: "BUILDKITE=true BUILDKITE_COMMIT=HASH BUILDKITE_REPO=git@github.com:acme/shop.git BUILDKITE_PIPELINE_DEFAULT_BRANCH=main",
        feature: "BUILDKITE_BRANCH=feature BUILDKITE_PULL_REQUEST=false",
        pull_request: "BUILDKITE_BRANCH=feature BUILDKITE_PULL_REQUEST=7 BUILDKITE_PULL_REQUEST_BASE_BRANCH=main",
        default_branch: "BUILDKITE_BRANCH=main BUILDKITE_PULL_REQUEST=false",
        tag: "BUILDKITE_BRANCH=v1 BUILDKITE_TAG=v1 BUILDKITE_PULL_REQUEST=false",
    },
    Row {
        name: "circleci",
        always: "CIRCLECI=true CIRCLE_SHA1=HASH CIRCLE_PROJECT_USERNAME=acme CIRCLE_PROJECT_REPONAME=shop CIRCLE_REPOSITORY_URL=git@github.com:acme/shop.git",
        feature: "CIRCLE_BRANCH=feature",
        pull_request: "CIRCLE_BRANCH=feature CIRCLE_PULL_REQUEST=https://github.com/acme/shop/pull/7",
        default_branch: "CIRCLE_BRANCH=main",
        tag: "CIRCLE_TAG=v1",
    },
    Row {
        name: "github-actions",
        always: "GITHUB_ACTIONS=true GITHUB_SHA=HASH GITHUB_REPOSITORY=acme/shop GITHUB_SERVER_URL=https://github.com",
        feature: "GITHUB_EVENT_NAME=push GITHUB_REF=refs/heads/feature GITHUB_REF_NAME=feature GITHUB_REF_TYPE=branch",
        pull_request: "GITHUB_EVENT_NAME=pull_request GITHUB_REF=refs/pull/7/merge GITHUB_REF_NAME=7/merge GITHUB_HEAD_REF=feature GITHUB_BASE_REF=main",
        default_branch: "GITHUB_EVENT_NAME=push GITHUB_REF=refs/heads/main GITHUB_REF_NAME=main GITHUB_REF_TYPE=branch",
        tag: "GITHUB_EVENT_NAME=push GITHUB_REF=refs/tags/v1 GITHUB_REF_NAME=v1 GITHUB_REF_TYPE=tag",
    },
    Row {
        name: "gitlab-ci",
        always: "GITLAB_CI=true CI_COMMIT_SHA=HASH CI_PROJECT_PATH=acme/shop CI_PROJECT_NAME=shop CI_DEFAULT_BRANCH=main",
        feature: "CI_COMMIT_BRANCH=feature CI_COMMIT_REF_NAME=feature CI_PIPELINE_SOURCE=push",
        pull_request: "CI_COMMIT_REF_NAME=feature CI_PIPELINE_SOURCE=merge_request_event CI_MERGE_REQUEST_IID=7 CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main",
        default_branch: "CI_COMMIT_BRANCH=main CI_COMMIT_REF_NAME=main CI_PIPELINE_SOURCE=push",
        tag: "CI_COMMIT_TAG=v1 CI_COMMIT_REF_NAME=v1 CI_PIPELINE_SOURCE=push",
    },
    Row {
        name: "jenkins-multibranch",
        always: "JENKINS_URL=https://ci.example.com BUILD_NUMBER=1 GIT_COMMIT=HASH GIT_URL=https://github.com/acme/shop.git",
        feature: "BRANCH_NAME=feature GIT_BRANCH=feature",
        pull_request: "BRANCH_NAME=PR-7 GIT_BRANCH=PR-7 CHANGE_ID=7 CHANGE_BRANCH=feature CHANGE_TARGET=main",
        default_branch: "BRANCH_NAME=main GIT_BRANCH=main BRANCH_IS_PRIMARY=true",
        tag: "BRANCH_NAME=v1 TAG_NAME=v1",
    },
    Row {
        name: "travis",
        always: "TRAVIS=true TRAVIS_COMMIT=HASH TRAVIS_REPO_SLUG=acme/shop",
        feature: "TRAVIS_BRANCH=feature TRAVIS_PULL_REQUEST=false TRAVIS_EVENT_TYPE=push",
        pull_request: "TRAVIS_BRANCH=main TRAVIS_PULL_REQUEST=7 TRAVIS_PULL_REQUEST_BRANCH=feature TRAVIS_PULL_REQUEST_SHA=HASH TRAVIS_EVENT_TYPE=pull_request",
        default_branch: "TRAVIS_BRANCH=main TRAVIS_PULL_REQUEST=false TRAVIS_EVENT_TYPE=push",
        tag: "TRAVIS_BRANCH=v1 TRAVIS_TAG=v1 TRAVIS_PULL_REQUEST=false",
    },
    Row {
        name: "no CI that is known",
        always: "OFFSHOOT_COMMIT=HASH OFFSHOOT_REPOSITORY=acme/shop",
        feature: "OFFSHOOT_BRANCH=feature",
        pull_request: "OFFSHOOT_BRANCH=feature OFFSHOOT_PULL_REQUEST=7",
        default_branch: "OFFSHOOT_BRANCH=main",
        tag: "OFFSHOOT_TAG=v1",
    },
];

impl Row {
    fn builds(&self) -> [(&'static str, &'static str); 5] {
        [
            ("feature branch", self.feature),
            ("pull request", self.pull_request),
            ("default branch", self.default_branch),
            ("tag", self.tag),
            ("nothing known", ""),
        ]
    }

    /// Everything that is set in a build. The default branch is told to all, because that is the dangerous case.
    fn variables(&self, build: &'static str) -> Vec<(&'static str, String)> {
        let pairs = self.always.split(' ').chain(build.split_whitespace());
        let pairs = pairs.chain(["OFFSHOOT_DEFAULT_BRANCH=main"]);
        pairs
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (name, value.replace("HASH", &"a".repeat(40))))
            .collect()
    }
}

/// Dagster+, which names the branch deployment of a branch after it.
fn service() -> Fake {
    Fake::respond(|arrived, _| {
        let query = arrived.body["query"].as_str().unwrap();
        if query.contains("getBranchDeploymentName") {
            let branch = arrived.body["variables"]["branchName"].as_str().unwrap();
            return data(json!({ "getBranchDeploymentName": format!("branch-{branch}") }));
        }
        assert!(query.contains("deploymentByName"), "{query}");
        let missing = json!({"__typename": "DeploymentNotFoundError", "message": "none"});
        data(json!({ "deploymentByName": missing }))
    })
}

/// The deployments that `deploy`, `close` and `ci branch-deployment` choose.
fn chosen(variables: &[(&'static str, String)]) -> [String; 3] {
    let env: Env = variables.iter().cloned().collect();
    let prod = DeploymentName::parse("prod").unwrap();
    let host = service();
    let connection = connection();
    let place = BuildPlace { path: "/repo", env: &env, full: Some(&prod) };
    let input = DeployInput { dry_run: true, timestamp: Some(1.0), ..DeployInput::default() };
    let sources = Sources {
        location_name: vec!["etl".into()],
        module_name: Some("etl".into()),
        ..Sources::default()
    };
    let limits = WaitLimits::default();
    let deployed = block_on(ops::deploy(&host, &connection, place, input, &sources, limits));
    let deployed = deployed.map(|outcome| match outcome {
        Outcome::Planned(plan) => plan.calls.last().unwrap().deployment.clone().unwrap(),
        Outcome::Done(_) => panic!("a dry run has only a plan"),
    });
    let closed = block_on(ops::close(&host, &connection, place, CloseInput::default()));
    let closed = closed.map(|outcome| match outcome {
        Outcome::Done(closed) => closed.name,
        Outcome::Planned(_) => panic!("this is no dry run"),
    });
    let read_only = UpdateInput { read_only: true, ..UpdateInput::default() };
    let updated = block_on(ops::update_branch_deployment(&host, &connection, place, read_only));
    let told = |result: Result<DeploymentName, Error>| match result {
        Ok(name) => name.to_string(),
        Err(error) => format!("({error})"),
    };
    [told(deployed), told(closed), told(updated.map(|updated| updated.name))]
}

#[test]
fn every_system_and_build_goes_where_it_belongs() {
    let mut lines = Vec::new();
    for row in ROWS {
        for (build, set) in row.builds() {
            let [deploy, close, update] = chosen(&row.variables(set));
            assert_eq!(close, update, "{} {build}", row.name);
            lines.push(format!("{}, {build}: deploy {deploy}; close {close}", row.name));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn no_missing_variable_sends_another_build_to_a_full_deployment() {
    let mut cells = 0;
    for row in ROWS {
        for (build, set) in row.builds() {
            let all = row.variables(set);
            for missing in 0..all.len() {
                let mut variables = all.clone();
                let (name, _) = variables.remove(missing);
                let [deploy, close, update] = chosen(&variables);
                let case = format!("{} {build} without {name}", row.name);
                assert!(build == "default branch" || deploy != "prod", "{case}");
                assert!(close != "prod" && update != "prod", "{case}");
                cells += 1;
            }
        }
    }
    assert!(cells > 300, "{cells}");
}
