//! GitLab's jobs, run by gitlab-ci-local.
//!
//! It runs branch pipelines only, and sets `CI_COMMIT_BRANCH` whatever is checked out. What a merge request adds is given
//! to it as variables, as its users do.

use super::project::{Project, tool};

const JOBS: &str = "deploy:
  variables:
    DAGSTER_CLOUD_DEPLOYMENT: prod
  script:
    - offshoot context --json > \"$RECORDS/context.json\"
    - offshoot deploy --image-tag \"$CI_COMMIT_REF_SLUG\" $FLAGS
";

fn project() -> Project {
    Project::new("https://gitlab.com/acme/shop.git", &[(".gitlab-ci.yml", JOBS)])
}

/// Whether the job succeeds, and all that it writes.
fn run(project: &Project, arguments: &str) -> (bool, String) {
    let program = tool("tests/runners/node_modules/.bin/gitlab-ci-local");
    let command = format!("--force-shell-executor --no-color {arguments} deploy");
    let outcome = project.run(program, &command, &[]);
    (outcome.code == 0, outcome.stdout + &outcome.stderr)
}

#[test]
fn a_push_goes_to_the_branch_deployment() {
    let project = project();
    let (is_deployed, log) = run(&project, "");
    assert!(is_deployed, "{log}");
    assert_eq!(
        project.context(),
        [
            "ci: gitlab-ci <- GitLab CI",
            "kind: other <- GITLAB_CI",
            "git_repo_owner: acme <- CI_PROJECT_PATH",
            "git_repo_name: shop <- CI_PROJECT_PATH",
            "branch_name: feature <- CI_COMMIT_BRANCH",
            "commit_hash: FEATURE <- CI_COMMIT_SHA",
        ]
    );
    assert_eq!(
        project.deployed(),
        ["prod: ", "shop feature - OPEN at FEATURE: etl Image: registry.example/etl:feature"]
    );
}

#[test]
fn a_merge_request_goes_to_the_branch_deployment_of_its_source() {
    let mut project = project();
    project.check_out_merge();
    let head = project.hash("FEATURE").to_owned();
    let merge_request = format!(
        "--variable CI_MERGE_REQUEST_IID=7 --variable CI_MERGE_REQUEST_EVENT_TYPE=merged_result --variable CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature --variable CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main --variable CI_MERGE_REQUEST_SOURCE_BRANCH_SHA={head} --unset-variable CI_COMMIT_BRANCH"
    );
    let (is_deployed, log) = run(&project, &merge_request);
    assert!(is_deployed, "{log}");
    assert_eq!(
        project.context(),
        [
            "ci: gitlab-ci <- GitLab CI",
            "kind: pull-request <- CI_MERGE_REQUEST_IID",
            "git_repo_owner: acme <- CI_PROJECT_PATH",
            "git_repo_name: shop <- CI_PROJECT_PATH",
            "branch_name: feature <- CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
            "commit_hash: FEATURE <- CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",
            "pull_request: 7 <- CI_MERGE_REQUEST_IID",
            "conflict of \"commit_hash\": FEATURE <- CI_MERGE_REQUEST_SOURCE_BRANCH_SHA, MERGE <- git: HEAD",
        ]
    );
    assert_eq!(
        project.deployed(),
        ["prod: ", "shop feature 7 OPEN at FEATURE: etl Image: registry.example/etl:head"]
    );
}

#[test]
fn nothing_that_runs_here_reaches_a_full_deployment_but_by_its_name() {
    let project = project();
    let tag = "--variable CI_COMMIT_TAG=v1 --unset-variable CI_COMMIT_BRANCH";
    for (checkout, arguments, why) in [
        ("main", "", "no CI says that this is a build of it"),
        ("v1", tag, "this is a build of the tag `v1`"),
        ("v1", "", "the branch is not known"),
    ] {
        project.git(&format!("checkout -q {checkout}"));
        let (is_deployed, log) = run(&project, arguments);
        assert!(!is_deployed && log.contains(why), "{log}");
        assert_eq!(project.deployed(), ["prod: "]);
    }
    let (is_deployed, log) = run(&project, "--variable FLAGS='--full-deployment prod'");
    assert!(is_deployed, "{log}");
    assert_eq!(project.deployed(), ["prod: etl Image: registry.example/etl:head"]);
}
