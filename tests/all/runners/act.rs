//! GitHub's workflows, run by `act`.

use std::fs;

use super::project::{Project, tool};

const WORKFLOW: &str = "on: [push, pull_request]
jobs:
  deploy:
    runs-on: ubuntu-latest
    env:
      DAGSTER_CLOUD_API_TOKEN: ${{ secrets.DAGSTER_CLOUD_API_TOKEN }}
      DAGSTER_CLOUD_DEPLOYMENT: prod
    steps:
      - uses: actions/checkout@v4
      - run: GITHUB_EVENT_PATH=${EVENT-$GITHUB_EVENT_PATH} offshoot context --json > \"$RECORDS/context.json\"
      - run: offshoot deploy --image-tag \"$GITHUB_RUN_ID\" $FLAGS 2> \"$RECORDS/deploy.log\"
";

/// The repository of every event.
const REPOSITORY: &str = r#"{
  "full_name": "acme/shop", "default_branch": "main", "clone_url": "https://github.com/acme/shop.git"
}"#;

/// `HEAD` stands for the head's hash.
const PULL_REQUEST: &str = r#"{
  "number": 7, "state": "open", "merged": false, "html_url": "https://github.com/acme/shop/pull/7",
  "head": {"ref": "feature", "sha": "HEAD", "repo": {"full_name": "acme/shop"}},
  "base": {"ref": "main", "repo": {"full_name": "acme/shop"}}
}"#;

struct Act(Project);

impl Act {
    fn new() -> Self {
        let files = [(".github/workflows/deploy.yml", WORKFLOW)];
        Self(Project::new("https://github.com/acme/shop.git", &files))
    }

    /// Whether the workflow succeeds, and what `deploy` and `act` write: `act` may lose the output of a quick step.
    fn run(&self, event: &str, variables: &[(&str, &str)]) -> (bool, String) {
        let files =
            format!("--action-cache-path {0} --cache-server-path {0}", self.0.beside("home/act"));
        let command = format!(
            "{event} {files} --no-cache-server -P ubuntu-latest=-self-hosted -s DAGSTER_CLOUD_API_TOKEN"
        );
        let outcome = self.0.run(tool(".tools/bin/act"), &command, variables);
        let log = fs::read_to_string(self.0.beside("home/deploy.log")).unwrap_or_default();
        (outcome.code == 0, log + &outcome.stdout + &outcome.stderr)
    }

    /// An event by its name, with its file.
    fn event(&self, name: &str) -> String {
        let path = self.0.beside("home/given-event.json");
        let head = match name {
            "pull_request" => PULL_REQUEST.replace("HEAD", self.0.hash("FEATURE")),
            _ => "null".to_owned(),
        };
        let event =
            format!(r#"{{"number": 7, "repository": {REPOSITORY}, "pull_request": {head}}}"#);
        fs::write(&path, event).expect("there is room for files");
        format!("{name} -e {path}")
    }
}

#[test]
fn a_push_goes_to_the_branch_deployment() {
    let act = Act::new();
    let (is_deployed, log) = act.run(&act.event("push"), &[]);
    assert!(is_deployed, "{log}");
    assert_eq!(
        act.0.context(),
        [
            "ci: github-actions <- GitHub Actions",
            "kind: other <- ACT",
            "git_repo_owner: acme <- GITHUB_REPOSITORY",
            "git_repo_name: shop <- GITHUB_REPOSITORY",
            "branch_name: feature <- GITHUB_REF",
            "commit_hash: FEATURE <- GITHUB_SHA",
        ]
    );
    assert_eq!(
        act.0.deployed(),
        ["prod: ", "acme/shop feature - OPEN at FEATURE: etl Image: registry.example/etl:1"]
    );
}

#[test]
fn a_pull_request_goes_to_the_branch_deployment_of_its_head() {
    let mut act = Act::new();
    act.0.check_out_merge();
    let (is_deployed, log) = act.run(&act.event("pull_request"), &[]);
    assert!(is_deployed, "{log}");
    assert_eq!(
        act.0.context(),
        [
            "ci: github-actions <- GitHub Actions",
            "kind: pull-request <- GITHUB_HEAD_REF",
            "git_repo_owner: acme <- GITHUB_REPOSITORY",
            "git_repo_name: shop <- GITHUB_REPOSITORY",
            "branch_name: feature <- GITHUB_EVENT_PATH: pull_request.head.ref",
            "commit_hash: FEATURE <- GITHUB_EVENT_PATH: pull_request.head.sha",
            "pull_request: 7 <- GITHUB_EVENT_PATH: pull_request.number",
            "conflict of \"commit_hash\": FEATURE <- GITHUB_EVENT_PATH: pull_request.head.sha, MERGE <- git: HEAD",
        ]
    );
    assert_eq!(
        act.0.deployed(),
        ["prod: ", "acme/shop feature 7 OPEN at FEATURE: etl Image: registry.example/etl:1"]
    );
}

/// As in a container that the event is not mounted into.
#[test]
fn without_its_event_the_head_is_the_second_parent_of_the_merge() {
    let mut act = Act::new();
    act.0.check_out_merge();
    let (is_deployed, log) = act.run(&act.event("pull_request"), &[("EVENT", "/nonexistent")]);
    assert!(is_deployed, "{log}");
    assert_eq!(
        act.0.context(),
        [
            "ci: github-actions <- GitHub Actions",
            "kind: pull-request <- GITHUB_HEAD_REF",
            "git_repo_owner: acme <- GITHUB_REPOSITORY",
            "git_repo_name: shop <- GITHUB_REPOSITORY",
            "branch_name: feature <- GITHUB_HEAD_REF",
            "commit_hash: FEATURE <- GITHUB_SHA + git: second parent of HEAD",
            "pull_request: 7 <- GITHUB_REF",
            "conflict of \"commit_hash\": FEATURE <- GITHUB_SHA + git: second parent of HEAD, MERGE <- git: HEAD",
        ]
    );
}

#[test]
fn nothing_that_runs_here_reaches_a_full_deployment_but_by_its_name() {
    let act = Act::new();
    for (checkout, why) in [
        ("main", "no CI says that this is a build of it"),
        ("v1", "this is a build of the tag `v1`"),
    ] {
        act.0.git(&format!("checkout -q {checkout}"));
        let (is_deployed, log) = act.run(&act.event("push"), &[]);
        assert!(!is_deployed && log.contains(why) && log.contains("exit status 16"), "{log}");
        assert_eq!(act.0.deployed(), ["prod: "]);
    }
    let (is_deployed, log) = act.run(&act.event("push"), &[("FLAGS", "--full-deployment prod")]);
    assert!(is_deployed, "{log}");
    assert_eq!(act.0.deployed(), ["prod: etl Image: registry.example/etl:1"]);
}
