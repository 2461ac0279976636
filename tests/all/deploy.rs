//! `context`, `deploy` and `close` as a CI system runs them, against the sandbox.

use std::fs;

use offshoot_tests::{
    build::{PULL_REQUEST, run},
    repo::Shape,
    sandbox::Sandbox,
};

const BUILD_YAML: &str = "locations:
- location_name: etl
  code_source: {module_name: etl.definitions}
  build: {registry: registry.example/etl}
- location_name: ml
  code_source: {module_name: ml.definitions}
  build: {registry: registry.example/ml}
";

#[test]
fn a_pull_request_build_deploys_twice_leaves_its_reports_and_is_closed_twice() {
    let sandbox = Sandbox::start(&["--load-after", "0.1"]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let checkout = Shape::Detached.build(folder.path());
    fs::write(checkout.join("build.yaml"), BUILD_YAML).expect("the folder is new");
    let records = folder.path().join("records.ndjson");
    let mut variables = PULL_REQUEST.to_vec();
    variables.extend(sandbox.variables());
    let output = records.to_str().expect("temporary folders have plain names");
    variables.push(("OFFSHOOT_OUTPUT_FILE", output));

    let deploy = "deploy --image-tag v1 --junit j.xml --report-md r.md";
    for times in 1..=2 {
        let deployed = run(&checkout, &variables, deploy);
        assert_eq!(deployed.code, 0, "{}", deployed.stderr);
        assert!(deployed.stdout.trim().ends_with("/locations"), "{}", deployed.stdout);
        let lines = fs::read_to_string(&records).expect("records are written");
        assert_eq!(lines.lines().count(), times, "{lines}");
    }
    let junit = fs::read_to_string(checkout.join("j.xml")).expect("a report is written");
    assert!(junit.contains("tests=\"2\"") && junit.contains("failures=\"0\""), "{junit}");
    let markdown = fs::read_to_string(checkout.join("r.md")).expect("a report is written");
    assert!(markdown.contains("| `etl` | loaded |\n| `ml` | loaded |"), "{markdown}");

    let name = run(&checkout, &variables, "ci branch-deployment . --read-only");
    assert_eq!(name.code, 0, "{}", name.stderr);
    let listed = run(&checkout, &variables, "branch-deployment list");
    assert!(
        listed.stdout.starts_with(&format!("{}\tacme/shop\tfeature\tOPEN\t", name.stdout.trim())),
        "{}",
        listed.stdout
    );
    for said in ["is CLOSED", "was CLOSED already"] {
        let closed = run(&checkout, &variables, "close");
        assert_eq!((closed.code, closed.stdout.as_str()), (0, name.stdout.as_str()));
        assert!(closed.stderr.contains(said), "{}", closed.stderr);
    }
}

#[test]
fn a_failed_load_is_a_failed_test_with_its_stack() {
    let sandbox = Sandbox::start(&[
        "--load-after",
        "0.1",
        "--fail",
        "ml=ModuleNotFoundError: No module named x",
    ]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let checkout = Shape::Plain.build(folder.path());
    fs::write(checkout.join("build.yaml"), BUILD_YAML).expect("the folder is new");
    let mut variables = PULL_REQUEST.to_vec();
    variables.extend(sandbox.variables());
    let failed = run(&checkout, &variables, "deploy --image-tag v1 --junit j.xml");
    assert_eq!(failed.code, 12, "{}", failed.stderr);
    let junit = fs::read_to_string(checkout.join("j.xml")).expect("a report is written");
    assert!(
        ["tests=\"2\"", "failures=\"1\"", "\"etl\"", "\"ml\"", "No module named x"]
            .iter()
            .all(|part| junit.contains(part)),
        "{junit}"
    );
}

#[test]
fn a_fork_without_a_token_is_passed_over_only_when_asked() {
    let folder = tempfile::tempdir().expect("there is room for files");
    let mut variables = PULL_REQUEST.to_vec();
    variables.extend([("DAGSTER_CLOUD_ORGANIZATION", "acme"), ("OFFSHOOT_FORK", "true")]);
    for (command, code) in [("deploy", 2), ("deploy --on-missing-token skip", 0)] {
        let outcome = run(folder.path(), &variables, command);
        assert_eq!(outcome.code, code, "{}", outcome.stderr);
        let said = "there is no API token: this is a pull request from a fork (OFFSHOOT_FORK)";
        assert!(outcome.stderr.contains(said), "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}
