//! Runs.

use offshoot_sandbox::{DEFAULT_TOKEN, RunStatus};
use serde_json::{Value, json};

use crate::harness::{Running, START, document, start, token};

const LAUNCH: &str = "mutation M($p: ExecutionParams!) { launchRun(executionParams: $p) {
    __typename
    ... on LaunchRunSuccess { run { id runId status runConfigYaml tags { key value } startTime endTime } }
    ... on RunConfigValidationInvalid { errors { __typename message } }
    ... on PipelineNotFoundError { message }
} }";

const STATUS: &str = "query Q($id: ID!) { runOrError(runId: $id) {
    __typename ... on Run { status startTime endTime } ... on RunNotFoundError { runId message }
} }";

fn params(location: &str, config: Value) -> Value {
    json!({"p": {
        "selector": {"repositoryLocationName": location, "repositoryName": "__repository__", "jobName": "j",
            "assetSelection": [{"path": ["a", "b"]}]},
        "runConfigData": config,
        "executionMetadata": {"tags": [{"key": "team", "value": "x"}]},
    }})
}

fn loaded() -> Running {
    let sandbox = start();
    sandbox.put("prod", document("hooli", "1"));
    sandbox.advance(10.0);
    sandbox
}

#[test]
fn a_run_is_queued_runs_and_succeeds() {
    let sandbox = loaded();
    let launched =
        sandbox.field("/prod/graphql", LAUNCH, params("hooli", json!({"ops": {"a": 1}})));
    let run = &launched["run"];
    assert_eq!(run["id"], run["runId"]);
    assert_eq!(run["status"], "QUEUED");
    assert_eq!(run["runConfigYaml"], "{\"ops\":{\"a\":1}}\n");
    assert_eq!(run["tags"], json!([{"key": "team", "value": "x"}]));
    let id = run["runId"].as_str().unwrap();
    let groups: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");

    let status = || sandbox.field("/prod/graphql", STATUS, json!({"id": id}));
    sandbox.advance(1.0);
    assert_eq!(
        status(),
        json!({"__typename": "Run", "status": "STARTED", "startTime": START + 11.0, "endTime": null})
    );
    sandbox.advance(3.0);
    assert_eq!(status()["status"], "SUCCESS");
    assert_eq!(status()["endTime"], START + 14.0);
    let kept = &sandbox.inspect.deployments()[0].runs[id];
    assert_eq!(kept.status(std::time::Duration::ZERO), RunStatus::Queued);

    let branch = format!("/{}/graphql", sandbox.branch("a"));
    let elsewhere = sandbox.field(&branch, STATUS, json!({"id": id}));
    assert_eq!(
        (&elsewhere["__typename"], &elsewhere["runId"]),
        (&json!("RunNotFoundError"), &json!(id))
    );
}

#[test]
fn a_run_needs_a_loaded_location_and_a_mapping() {
    let sandbox = loaded();
    sandbox.put("prod", document("new", "1"));
    let member = |location: &str, config: Value| {
        let answer = sandbox.field("/prod/graphql", LAUNCH, params(location, config));
        answer["__typename"].as_str().unwrap().to_owned()
    };
    assert_eq!(member("nowhere", json!({})), "PipelineNotFoundError");
    assert_eq!(member("new", json!({})), "PipelineNotFoundError");
    assert_eq!(member("hooli", Value::Null), "LaunchRunSuccess");
    assert_eq!(member("hooli", json!("{\"a\": 1}")), "LaunchRunSuccess");
    assert_eq!(member("hooli", json!([])), "RunConfigValidationInvalid");
    assert_eq!(member("hooli", json!("no: json")), "RunConfigValidationInvalid");
    let answer = sandbox.field("/prod/graphql", LAUNCH, params("hooli", json!(1)));
    let error = json!([{"__typename": "RuntimeMismatchConfigError", "message": "run config must be a mapping"}]);
    assert_eq!(answer["errors"], error);
}

#[test]
fn an_idempotency_key_launches_once() {
    let sandbox = loaded();
    let launch = |key: Option<&str>| {
        let mut headers = vec![token(DEFAULT_TOKEN)];
        headers.extend(key.map(|key| ("Idempotency-Key", key)));
        let (_, answer) =
            sandbox.post("/prod/graphql", &headers, LAUNCH, params("hooli", json!({})));
        answer["data"]["launchRun"]["run"]["runId"].as_str().unwrap().to_owned()
    };
    assert_eq!(launch(Some("k")), launch(Some("k")));
    assert_ne!(launch(Some("k")), launch(Some("l")));
    assert_ne!(launch(None), launch(None));
    assert_eq!(sandbox.inspect.deployments()[0].runs.len(), 4);
}
