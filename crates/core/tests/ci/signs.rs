//! Each sign of a pull request alone: added to a build of the default branch, it keeps that from the full deployment.

use offshoot_core::{
    plus::DeploymentName,
    target::{Target, Wish, resolve},
};

use crate::cases::{self, Build, Case};

/// A system, and what only its pull requests say, or say in this way.
const SIGNS: &[(&str, &[(&str, &str)])] = &[
    ("appveyor", &[("APPVEYOR_PULL_REQUEST_TITLE", "Cart")]),
    (
        "azure-pipelines",
        &[
            ("BUILD_REASON", "PullRequest"),
            ("BUILD_REASON", "ValidateShelveset"),
            ("SYSTEM_PULLREQUEST_SOURCEREPOSITORYURI", "https://github.com/jane/proj"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCHNAME", "main"),
        ],
    ),
    ("bitbucket", &[("BITBUCKET_PR_ID", "12"), ("BITBUCKET_PR_DESTINATION_BRANCH", "main")]),
    (
        "bitrise",
        &[("PR", "true"), ("PULL_REQUEST_ID", "12"), ("BITRISEIO_PULL_REQUEST_HEAD_BRANCH", "x")],
    ),
    ("buddy", &[("BUDDY_RUN_PR_URL", "https://github.com/acme/proj/pull/12")]),
    (
        "buildkite",
        &[
            ("BUILDKITE_BRANCH", "evil:main"),
            ("BUILDKITE_GITHUB_EVENT", "pull_request"),
            ("BUILDKITE_GITHUB_EVENT", "merge_group"),
            ("BUILDKITE_PULL_REQUEST_DRAFT", "true"),
            ("BUILDKITE_PULL_REQUEST_LABELS", "deploy"),
        ],
    ),
    ("circleci", &[("CI_PULL_REQUEST", "https://github.com/acme/proj/pull/12")]),
    ("cirrus", &[("CIRRUS_PR_DRAFT", "true"), ("CIRRUS_PR_TITLE", "Cart")]),
    (
        "codebuild",
        &[
            ("CODEBUILD_WEBHOOK_EVENT", "PULL_REQUEST_MERGED"),
            ("CODEBUILD_WEBHOOK_MERGE_COMMIT", "3e63e3e63e3e63e3"),
        ],
    ),
    (
        "codefresh",
        &[("CF_PULL_REQUEST_HEAD_BRANCH", "feature/x"), ("CF_PULL_REQUEST_IS_FORK", "true")],
    ),
    (
        "drone",
        &[
            ("DRONE_BUILD_EVENT", "pull_request"),
            ("DRONE_BUILD_ACTION", "synchronized"),
            ("DRONE_SOURCE_BRANCH", "feature/x"),
        ],
    ),
    (
        "gitea-actions",
        &[("GITHUB_EVENT_NAME", "pull_request_sync"), ("GITHUB_HEAD_REF", "feature/x")],
    ),
    (
        "github-actions",
        &[("GITHUB_EVENT_NAME", "pull_request_target"), ("GITHUB_EVENT_NAME", "merge_group")],
    ),
    (
        "gitlab-ci",
        &[
            ("CI_PIPELINE_SOURCE", "merge_request_event"),
            ("CI_PIPELINE_SOURCE", "external_pull_request_event"),
            ("CI_MERGE_REQUEST_REF_PATH", "refs/merge-requests/12/head"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "4ead4ead"),
            ("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA", "4ead4ead"),
        ],
    ),
    ("google-cloud-build", &[("_PR_NUMBER", "12"), ("_HEAD_REPO_URL", "https://github.com/a/b")]),
    ("harness", &[("DRONE_BUILD_EVENT", "pull_request"), ("DRONE_SOURCE_BRANCH", "feature/x")]),
    ("jenkins", JENKINS),
    ("jenkins", &[("CHANGE_TARGET", "main"), ("CHANGE_BRANCH", "feature/x")]),
    ("jenkins-multibranch", JENKINS),
    ("screwdriver", &[("SD_JOB_NAME", "PR-12:main")]),
    (
        "semaphore",
        &[
            ("SEMAPHORE_GIT_REF_TYPE", "pull-request"),
            ("SEMAPHORE_GIT_REF", "refs/pull/12/merge"),
            ("SEMAPHORE_GIT_PR_NAME", "Cart"),
        ],
    ),
    (
        "teamcity",
        &[("TEAMCITY_PULLREQUEST_SOURCE_BRANCH", "x"), ("TEAMCITY_PULLREQUEST_TITLE", "Cart")],
    ),
    ("travis", &[("TRAVIS_EVENT_TYPE", "pull_request")]),
    ("vela", &[("VELA_BUILD_EVENT", "pull_request"), ("VELA_BUILD_EVENT", "comment")]),
    (
        "woodpecker",
        &[
            ("CI_PIPELINE_EVENT", "pull_request_metadata"),
            ("CI_BUILD_EVENT", "pull_request"),
            ("CI_COMMIT_PULL_REQUEST_LABELS", "deploy"),
        ],
    ),
];

/// The plugins that build changes set these in jobs of any sort.
const JENKINS: &[(&str, &str)] = &[
    ("GERRIT_CHANGE_NUMBER", "12"),
    ("GERRIT_REFSPEC", "refs/changes/12/12/3"),
    ("GITHUB_PR_NUMBER", "12"),
    ("GITHUB_PR_SOURCE_BRANCH", "feature/x"),
    ("BITBUCKET_PULL_REQUEST_ID", "12"),
    ("pullRequestId", "12"),
    ("sourceBranch", "main"),
    ("gitlabActionType", "MERGE"),
    ("gitlabActionType", "NOTE"),
    ("gitlabSourceBranch", "feature/x"),
    ("ghprbTargetBranch", "main"),
    ("sha1", "origin/pr/12/merge"),
];

#[test]
fn each_sign_of_a_pull_request_is_enough() {
    let mut wrong = Vec::new();
    for (id, signs) in SIGNS {
        let system = cases::read(id);
        let mut builds = system.cases.iter().filter(|case| case.build == Build::DefaultBranch);
        let case = builds.next().expect(id);
        assert!(is_full(case), "{id}: {}", case.title);
        for (name, value) in *signs {
            let mut case = case.clone();
            case.env.insert((*name).to_owned(), (*value).to_owned());
            if is_full(&case) {
                wrong.push(format!("{id}: {name}={value}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

fn is_full(case: &Case) -> bool {
    let prod = DeploymentName::parse("prod").unwrap();
    let checkout = cases::checkout(None, Some("main"));
    let wish = Wish::ByBuild { full: Some(&prod) };
    matches!(resolve(&case.detect(), Some(&checkout), wish), Ok(Target::Full { .. }))
}
