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
fn a_report_that_cannot_be_written_hides_neither_the_others_nor_the_failure() {
    let sandbox = Sandbox::start(&["--load-after", "0.1", "--fail", "ml=x"]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let checkout = Shape::Plain.build(folder.path());
    fs::write(checkout.join("build.yaml"), BUILD_YAML).expect("the folder is new");
    let mut variables = PULL_REQUEST.to_vec();
    variables.extend(sandbox.variables());
    variables.push(("OFFSHOOT_OUTPUT_FILE", "records.ndjson"));
    for (locations, code) in [("etl", 1), ("ml", 12)] {
        let command = format!(
            "deploy --image-tag v1 --location-name {locations} --report-md none/r.md --junit j.xml"
        );
        let ended = run(&checkout, &variables, &command);
        assert_eq!(ended.code, code, "{}", ended.stderr);
        let unwritten = "could not write the report `none/r.md`";
        let last = ended.stderr.lines().rfind(|line| line.starts_with("error: "));
        let last = last.expect("a failure is said");
        match code {
            1 => assert!(last.contains(unwritten), "{last}"),
            _ => {
                assert!(last.contains("`ml`"), "{last}");
                assert!(ended.stderr.contains(&format!("note: {unwritten}")), "{}", ended.stderr);
            }
        }
        for report in ["j.xml", "records.ndjson"] {
            let report = checkout.join(report);
            let written = fs::read_to_string(&report).expect("the other reports are written");
            assert!(written.contains(locations), "{written}");
            fs::remove_file(report).expect("it is there");
        }
    }
    let stdout = run(&checkout, &variables, "deploy --image-tag v1 --junit -");
    assert_eq!(stdout.code, 2, "{}", stdout.stderr);
    assert!(!checkout.join("-").exists());
}

#[test]
fn what_does_not_begin_leaves_its_reports_too() {
    let folder = tempfile::tempdir().expect("there is room for files");
    let read = |name| fs::read_to_string(folder.path().join(name)).expect("a report is written");
    let reports = "--junit j.xml --report-md r.md";
    let without = [("DAGSTER_CLOUD_ORGANIZATION", "acme"), ("OFFSHOOT_OUTPUT_FILE", "r.ndjson")];
    let with = [("DAGSTER_CLOUD_API_TOKEN", "x"), ("DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT", "soon")];
    for (more, command, code, ended, reason) in [
        ([].as_slice(), "deploy", 2, "failed", "there is no API token"),
        (&[], "deploy --on-missing-token skip", 0, "skipped", "there is no API token"),
        (&[], "deploy --api-token-file none", 1, "failed", "could not read the token"),
        (&with, "deploy", 2, "failed", "DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT"),
    ] {
        let variables = [&PULL_REQUEST[..], &without, more].concat();
        let outcome = run(folder.path(), &variables, &format!("{command} {reports}"));
        assert_eq!(outcome.code, code, "{}", outcome.stderr);
        let (junit, markdown) = (read("j.xml"), read("r.md"));
        let state = if code == 0 { "<skipped" } else { "<error" };
        assert!(junit.contains("tests=\"1\"") && junit.contains(state), "{junit}");
        assert!(junit.contains(reason), "{junit}");
        let heading = format!("### Dagster+ deployment {ended}\n");
        assert!(markdown.starts_with(&heading) && markdown.contains(reason), "{markdown}");
        let records = read("r.ndjson");
        let last = records.lines().last().expect("a line for each");
        let record: serde_json::Value = serde_json::from_str(last).expect("a record is JSON");
        assert_eq!(record["record"], ended);
        let said = if code == 0 { &record["reason"] } else { &record["error"]["message"] };
        assert!(said.as_str().is_some_and(|said| said.contains(reason)), "{record}");
        fs::remove_file(folder.path().join("j.xml")).expect("it is there");
        fs::remove_file(folder.path().join("r.md")).expect("it is there");
    }
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
