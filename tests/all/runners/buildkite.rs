//! Buildkite's steps, run by the bootstrap of the real agent: it clones, checks out and runs a plugin.

use super::project::{Project, tool};

const COMMAND: &str = "#!/bin/sh
set -eu
offshoot context --json > \"$RECORDS/context.json\"
offshoot deploy --image-tag \"$BUILDKITE_PLUGIN_OFFSHOOT_IMAGE_TAG\"
";

const URL: &str = "https://github.com/acme/shop.git";

/// What the agent is given for every job; some of it comes from Buildkite, as the agent would pass it on.
const JOB: [(&str, &str); 12] = [
    ("BUILDKITE", "true"),
    ("BUILDKITE_JOB_ID", "018f0000-0000-7000-8000-000000000000"),
    ("BUILDKITE_AGENT_NAME", "agent"),
    ("BUILDKITE_AGENT_ACCESS_TOKEN", "no-agent-token"),
    ("BUILDKITE_ORGANIZATION_SLUG", "acme"),
    ("BUILDKITE_PIPELINE_SLUG", "shop"),
    ("BUILDKITE_PIPELINE_PROVIDER", "github"),
    ("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "main"),
    ("BUILDKITE_REPO", URL),
    ("BUILDKITE_PLUGINS_ENABLED", "true"),
    ("BUILDKITE_COMMAND", ""),
    ("BUILDKITE_PLUGINS", r#"[{"./.buildkite/plugins/offshoot": {"image-tag": "v1"}}]"#),
];

/// A build of the branch, but for its commit.
const FEATURE: [(&str, &str); 2] =
    [("BUILDKITE_BRANCH", "feature"), ("BUILDKITE_PULL_REQUEST", "false")];

fn project() -> Project {
    let files = [
        (".buildkite/plugins/offshoot/plugin.yml", "name: offshoot\n"),
        (".buildkite/plugins/offshoot/hooks/command", COMMAND),
    ];
    let project = Project::new(URL, &files);
    // The agent asks Buildkite whether the build has its commit: it has.
    project.provide("buildkite-agent", "#!/bin/sh\nexit 0\n");
    project
}

/// Whether the job succeeds, and all that it writes.
fn run(project: &Project, build: &[(&str, &str)]) -> (bool, String) {
    let folder = |name: &str| project.beside(name);
    let (builds, hooks, plugins) = (folder("builds"), folder("hooks"), folder("plugins"));
    let instead = format!("url.{}.insteadOf", folder("remote.git"));
    let own = [
        ("BUILDKITE_BUILD_PATH", builds.as_str()),
        ("BUILDKITE_HOOKS_PATH", &hooks),
        ("BUILDKITE_PLUGINS_PATH", &plugins),
        ("BUILDKITE_BIN_PATH", &folder("bin")),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", &instead),
        ("GIT_CONFIG_VALUE_0", URL),
    ];
    let variables: Vec<_> = JOB.iter().chain(&own).chain(build).copied().collect();
    let outcome = project.run(tool(".tools/bin/buildkite-agent"), "bootstrap", &variables);
    (outcome.code == 0, outcome.stdout + &outcome.stderr)
}

#[test]
fn a_push_goes_to_the_branch_deployment() {
    let project = project();
    let commit = project.hash("FEATURE").to_owned();
    let build = [&FEATURE[..], &[("BUILDKITE_COMMIT", &commit)]].concat();
    let (is_deployed, log) = run(&project, &build);
    assert!(is_deployed, "{log}");
    assert_eq!(
        project.context(),
        [
            "ci: buildkite <- Buildkite",
            "kind: branch <- BUILDKITE_BRANCH",
            "git_repo_owner: acme <- BUILDKITE_REPO",
            "git_repo_name: shop <- BUILDKITE_REPO",
            "branch_name: feature <- BUILDKITE_BRANCH",
            "commit_hash: FEATURE <- BUILDKITE_COMMIT",
        ]
    );
    assert_eq!(
        project.deployed(),
        ["prod: ", "acme/shop feature - OPEN at FEATURE: etl Image: registry.example/etl:v1"]
    );
}

#[test]
fn a_build_made_by_hand_has_its_commit_from_the_checkout() {
    let project = project();
    let build = [&FEATURE[..], &[("BUILDKITE_COMMIT", "HEAD")]].concat();
    let (is_deployed, log) = run(&project, &build);
    assert!(is_deployed, "{log}");
    let context = project.context();
    assert!(context.contains(&"commit_hash: FEATURE <- git: HEAD".to_owned()), "{context:?}");
}

#[test]
fn a_pull_request_goes_to_the_branch_deployment_of_its_head() {
    let project = project();
    let commit = project.hash("FEATURE").to_owned();
    let build = [
        ("BUILDKITE_BRANCH", "feature"),
        ("BUILDKITE_COMMIT", &commit),
        ("BUILDKITE_PULL_REQUEST", "7"),
        ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
        ("BUILDKITE_PULL_REQUEST_REPO", "git://github.com/acme/shop.git"),
        ("DAGSTER_CLOUD_DEPLOYMENT", "prod"),
    ];
    let (is_deployed, log) = run(&project, &build);
    assert!(is_deployed, "{log}");
    assert!(log.contains("refs/pull/7/head"), "{log}");
    assert_eq!(
        project.context(),
        [
            "ci: buildkite <- Buildkite",
            "kind: pull-request <- BUILDKITE_PULL_REQUEST",
            "git_repo_owner: acme <- BUILDKITE_REPO",
            "git_repo_name: shop <- BUILDKITE_REPO",
            "branch_name: feature <- BUILDKITE_BRANCH",
            "commit_hash: FEATURE <- BUILDKITE_COMMIT",
            "pull_request: 7 <- BUILDKITE_PULL_REQUEST",
        ]
    );
    assert_eq!(
        project.deployed(),
        ["prod: ", "acme/shop feature 7 OPEN at FEATURE: etl Image: registry.example/etl:v1"]
    );
}

#[test]
fn the_default_branch_reaches_the_full_deployment_that_is_set_and_a_tag_none() {
    let project = project();
    let of = |branch, tag: &'static str, full| {
        let commit = project.hash(if tag.is_empty() { "MAIN" } else { "TAGGED" });
        let always = [("BUILDKITE_COMMIT", commit), ("BUILDKITE_PULL_REQUEST", "false")];
        let build = [
            ("BUILDKITE_BRANCH", branch),
            ("BUILDKITE_TAG", tag),
            ("DAGSTER_CLOUD_DEPLOYMENT", full),
        ];
        let build = build.into_iter().filter(|(_, value): &(&str, &str)| !value.is_empty());
        run(&project, &always.into_iter().chain(build).collect::<Vec<_>>())
    };
    for (branch, tag, full, why) in [
        ("main", "", "", "no full deployment is named"),
        ("v1", "v1", "prod", "this is a build of the tag `v1`"),
    ] {
        let (is_deployed, log) = of(branch, tag, full);
        assert!(!is_deployed && log.contains(why), "{log}");
        assert_eq!(project.deployed(), ["prod: "]);
    }
    let (is_deployed, log) = of("main", "", "prod");
    assert!(is_deployed, "{log}");
    assert_eq!(project.deployed(), ["prod: etl Image: registry.example/etl:v1"]);
}
