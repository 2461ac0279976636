//! What each operation sends, pinned; and what each member of each result becomes.

use offshoot_core::{
    error::Explain,
    plus::{
        Call, Client, IdempotencyKey, PlannedCall, PlusError, account, agents,
        branch_deployments::{
            self, CreateOrUpdateBranchDeploymentInput, CreateOrUpdateVariables, Deployment,
            DeploymentCommitInput, DeploymentType, PullRequestStatus,
            SnapshotBaseDeploymentCondition,
        },
        load_status, locations,
        runs::{
            self, AssetKeyInput, ExecutionMetadata, ExecutionParams, ExecutionTag,
            JobOrPipelineSelector, RunConfig,
        },
    },
};
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{Fake, TOKEN, connection, data, deployment};

fn create() -> Call<String> {
    branch_deployments::create_or_update(CreateOrUpdateVariables {
        branch_data: CreateOrUpdateBranchDeploymentInput {
            repo_name: "shop".into(),
            branch_name: "feature/\"cart\"".into(),
            branch_url: None,
            pull_request_url: Some(String::new()),
            pull_request_status: Some(PullRequestStatus::Open),
            pull_request_number: Some("7".into()),
        },
        commit: DeploymentCommitInput {
            commit_hash: "1f00".into(),
            timestamp: 1_700_000_000.0,
            commit_message: Some("Grüße".into()),
            commit_url: None,
            author_name: None,
            author_email: None,
            author_avatar_url: None,
        },
        base_deployment_name: None,
        snapshot_base_condition: Some(SnapshotBaseDeploymentCondition::OnCreate),
    })
}

fn launch() -> Call<String> {
    let run = ExecutionParams {
        selector: JobOrPipelineSelector {
            repository_location_name: "etl".into(),
            repository_name: "__repository__".into(),
            job_name: Some("clone".into()),
            asset_selection: Some(vec![AssetKeyInput { path: vec!["a".into(), "b".into()] }]),
        },
        run_config_data: Some(RunConfig(json!({"z": 1, "a": {}}).as_object().unwrap().clone())),
        execution_metadata: Some(ExecutionMetadata {
            tags: Some(vec![ExecutionTag { key: "team".into(), value: "x".into() }]),
        }),
    };
    runs::launch(&deployment(), run, IdempotencyKey::parse("build-7").unwrap())
}

fn branch() -> Deployment {
    Deployment {
        deployment_id: 7,
        deployment_name: "b1".into(),
        deployment_type: DeploymentType::Branch,
        branch_deployment_git_metadata: None,
        latest_commit: None,
    }
}

#[test]
fn the_address_and_variables_of_every_operation_are_pinned() {
    fn text<T>(call: &Call<T>) -> String {
        let PlannedCall { method, url, deployment, idempotency_key, query, variables } =
            call.plan(&connection().endpoint);
        let deployment = deployment.map(|name| name.to_string()).unwrap_or_default();
        let key = idempotency_key.map(|key| format!(" once by {key}")).unwrap_or_default();
        let head = query.lines().next().unwrap_or_default();
        format!("{method} {url} [{deployment}]{key}\n{head}\n{variables}\n")
    }
    let there = deployment();
    let document = json!({"location_name": "etl"});
    let all = [
        text(&create()),
        text(&branch_deployments::name("shop", "main")),
        text(&branch_deployments::list(50, Some(PullRequestStatus::Merged))),
        text(&branch_deployments::by_name(&there)),
        text(&branch_deployments::delete(&branch()).unwrap()),
        text(&locations::add_or_update(&there, document.clone())),
        text(&locations::deploy(&there, vec![document.clone()])),
        text(&locations::reconcile(&there, json!({"locations": [document]}))),
        text(&locations::delete(&there, "etl")),
        text(&locations::list(&there)),
        text(&locations::as_document(&there)),
        text(&load_status::entries(&there)),
        text(&load_status::loaded(&there)),
        text(&agents::list(&there)),
        text(&agents::current_deployment(&there)),
        text(&account::organization()),
        text(&account::permissions()),
        text(&account::full_deployments()),
        text(&launch()),
        text(&runs::status(&there, "5f")),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn headers_and_url_are_those_of_the_official_client() {
    let host =
        Fake::script([data(json!({"agents": []})), data(json!({"getBranchDeploymentName": "b9"}))]);
    let connection = connection();
    let client = Client::new(&host, &connection);
    block_on(client.send(&agents::list(&deployment()))).unwrap();
    block_on(client.send(&branch_deployments::name("shop", "main"))).unwrap();
    let [scoped, unscoped] = host.arrived().try_into().unwrap();
    assert_eq!(scoped.url, "https://acme.dagster.cloud/b1/graphql");
    assert_eq!(scoped.headers["dagster-cloud-api-token"], TOKEN);
    assert_eq!(scoped.headers["dagster-cloud-scope"], "deployment");
    assert_eq!(scoped.headers["dagster-cloud-deployment"], "b1");
    assert_eq!(scoped.headers["content-type"], "application/json");
    assert_eq!(unscoped.url, "https://acme.dagster.cloud/graphql");
    assert!(!unscoped.headers.contains_key("dagster-cloud-deployment"));
    assert_eq!(scoped.body["variables"], json!({}));
}

#[test]
fn a_full_deployment_is_never_deleted() {
    for kind in [DeploymentType::Production, DeploymentType::Other("NEW".into())] {
        let full = Deployment { deployment_type: kind, ..branch() };
        assert!(branch_deployments::delete(&full).is_err());
    }
}

/// Every member of every result union, with the message, code and exit code that it becomes.
#[test]
fn every_error_member_becomes_an_error_of_its_own() {
    fn error<T>(call: &Call<T>, field: &str, answer: &Value) -> PlusError {
        let host = Fake::script([data(json!({ field: answer }))]);
        match block_on(Client::new(&host, &connection()).send(call)) {
            Ok(_) => panic!("{answer} was taken for a success"),
            Err(error) => error,
        }
    }
    let message = |kind: &str| json!({"__typename": kind, "message": "said so"});
    let python = json!({"__typename": "PythonError", "message": "ValueError: no\n", "stack": ["  File \"a.py\", line 1\n"],
        "errorChain": [{"isExplicitLink": true, "error": {"message": "KeyError: x\n", "stack": ["  File \"b.py\", line 2\n"]}}]});
    let invalid = json!({"__typename": "InvalidLocationError", "message": "x", "errors": ["no code source", null, "no image"]});
    let there = deployment();

    let mut report = String::new();
    let mut note = |doing: &str, kind: &str, error: PlusError| {
        let code = error.code();
        report.push_str(&format!("{doing} {kind}\n  {code} exit {}: {error}\n", code.exit_code()));
        report.push_str(&format!("  hint: {}\n", error.hint().unwrap_or_default()));
        if let Some(detail) = error.detail() {
            report.push_str(&format!("  | {}\n", detail.replace('\n', "\n  | ")));
        }
    };
    let by_name = branch_deployments::by_name(&there);
    let delete = branch_deployments::delete(&branch()).unwrap();
    let add = locations::add_or_update(&there, json!({}));
    let reconcile = locations::reconcile(&there, json!({}));
    let delete_location = locations::delete(&there, "etl");
    let loaded = load_status::loaded(&there);
    let kinds = [
        "DeploymentNotFoundError",
        "UnauthorizedError",
        "DuplicateDeploymentError",
        "DeploymentLimitError",
        "NewError",
    ];
    for kind in kinds {
        note("create", kind, error(&create(), "createOrUpdateBranchDeployment", &message(kind)));
    }
    note("create", "PythonError", error(&create(), "createOrUpdateBranchDeployment", &python));
    for kind in ["DeploymentNotFoundError", "UnauthorizedError", "NewError"] {
        note("show", kind, error(&by_name, "deploymentByName", &message(kind)));
    }
    for kind in
        ["DeploymentNotFoundError", "DeleteFinalDeploymentError", "UnauthorizedError", "NewError"]
    {
        note("delete", kind, error(&delete, "deleteDeployment", &message(kind)));
    }
    note("add", "InvalidLocationError", error(&add, "addOrUpdateLocationFromDocument", &invalid));
    note(
        "add",
        "UnauthorizedError",
        error(&add, "addOrUpdateLocationFromDocument", &message("UnauthorizedError")),
    );
    note("add", "PythonError", error(&add, "addOrUpdateLocationFromDocument", &python));
    note(
        "sync",
        "InvalidLocationError",
        error(&reconcile, "reconcileLocationsFromDocument", &invalid),
    );
    note(
        "sync",
        "UnauthorizedError",
        error(&reconcile, "reconcileLocationsFromDocument", &message("UnauthorizedError")),
    );
    note("sync", "PythonError", error(&reconcile, "reconcileLocationsFromDocument", &python));
    note(
        "delete-location",
        "UnauthorizedError",
        error(&delete_location, "deleteLocation", &message("UnauthorizedError")),
    );
    note("delete-location", "PythonError", error(&delete_location, "deleteLocation", &python));
    note("loaded", "PythonError", error(&loaded, "workspaceOrError", &python));
    let invalid = json!({"__typename": "RunConfigValidationInvalid", "errors": [{"message": "no `ops`"}, {"message": "no `resources`"}]});
    note("launch", "RunConfigValidationInvalid", error(&launch(), "launchRun", &invalid));
    for kind in ["PipelineNotFoundError", "UnauthorizedError", "NewError"] {
        note("launch", kind, error(&launch(), "launchRun", &message(kind)));
    }
    note("launch", "PythonError", error(&launch(), "launchRun", &python));
    let look = runs::status(&there, "5f");
    for kind in ["RunNotFoundError", "NewError"] {
        note("run", kind, error(&look, "runOrError", &message(kind)));
    }
    note("run", "PythonError", error(&look, "runOrError", &python));
    note("list", "null", error(&locations::list(&there), "workspace", &Value::Null));
    insta::assert_snapshot!(report);
}
