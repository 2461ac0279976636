//! Code locations: documents, and what is visible before, during and after a load.

use std::time::Duration;

use offshoot_sandbox::SandboxConfig;
use serde_json::{Value, json};

use crate::harness::{Running, START, document, start, start_with};

const STATE: &str = "{
    workspace { workspaceEntries {
        locationName metadataTimestamp dataUpdatedTimestamp hasOutdatedData hasLoadError
    } }
    workspaceOrError { __typename ... on Workspace { locationEntries {
        name loadStatus updatedTimestamp versionKey displayMetadata { key value }
        locationOrLoadError { __typename ... on RepositoryLocation { name } ... on PythonError { message } }
    } } }
    locationStatusesOrError { ... on WorkspaceLocationStatusEntries { entries {
        name loadStatus updateTimestamp versionKey
    } } }
}";

/// The first location in its three forms, after checking that they agree.
fn state(sandbox: &Running) -> (Value, Value) {
    let data = sandbox.data("/prod/graphql", STATE, json!({}));
    let entry = data["workspace"]["workspaceEntries"][0].clone();
    let visible = data["workspaceOrError"]["locationEntries"][0].clone();
    let light = &data["locationStatusesOrError"]["entries"][0];
    for (key, in_light) in [
        ("name", "name"),
        ("loadStatus", "loadStatus"),
        ("updatedTimestamp", "updateTimestamp"),
        ("versionKey", "versionKey"),
    ] {
        assert_eq!(visible[key], light[in_light], "{data}");
    }
    (entry, visible)
}

fn image(visible: &Value) -> Value {
    let metadata = visible["displayMetadata"].as_array().unwrap();
    metadata.iter().find(|m| m["key"] == "image").map_or(Value::Null, |m| m["value"].clone())
}

#[test]
fn a_new_location_loads_and_an_update_shows_the_old_one_meanwhile() {
    let sandbox = start();
    let put = sandbox.put("prod", document("hooli", "img:1"));
    assert_eq!(
        put,
        json!({"__typename": "WorkspaceEntry", "locationName": "hooli",
            "metadataTimestamp": START, "hasOutdatedData": true})
    );
    let (entry, visible) = state(&sandbox);
    assert_eq!(entry["hasOutdatedData"], true);
    assert_eq!(entry["dataUpdatedTimestamp"], Value::Null);
    assert_eq!(visible["loadStatus"], "LOADING");
    assert_eq!(visible["locationOrLoadError"], Value::Null);
    assert_eq!(visible["updatedTimestamp"], START);

    sandbox.advance(0.799);
    assert_eq!(state(&sandbox).0["hasOutdatedData"], true);
    sandbox.advance(0.001);
    let (entry, first) = state(&sandbox);
    assert_eq!(entry["hasOutdatedData"], false);
    assert_eq!(entry["metadataTimestamp"], START, "the same value every time");
    assert_eq!(entry["dataUpdatedTimestamp"], START + 0.8);
    assert_eq!(first["loadStatus"], "LOADED");
    let loaded = json!({"__typename": "RepositoryLocation", "name": "hooli"});
    assert_eq!(first["locationOrLoadError"], loaded);
    assert_eq!(image(&first), "img:1");

    sandbox.advance(10.0);
    sandbox.put("prod", document("hooli", "img:2"));
    let (entry, during) = state(&sandbox);
    assert_eq!(entry["hasOutdatedData"], true);
    assert_eq!(entry["dataUpdatedTimestamp"], START + 0.8);
    assert_eq!(during, first, "what is visible says nothing of the update");

    sandbox.advance(0.8);
    let (entry, second) = state(&sandbox);
    assert_eq!(entry["hasOutdatedData"], false);
    assert_eq!(second["loadStatus"], "LOADED");
    assert_eq!(image(&second), "img:2");
    assert_ne!(second["versionKey"], first["versionKey"]);
    assert!(second["updatedTimestamp"].as_f64() > first["updatedTimestamp"].as_f64());
}

#[test]
fn every_put_has_a_timestamp_of_its_own() {
    let sandbox = start();
    let puts: Vec<f64> = (0..20)
        .map(|_| {
            let put = sandbox.put("prod", document("hooli", "img:1"));
            put["metadataTimestamp"].as_f64().unwrap()
        })
        .collect();
    assert!(puts.is_sorted_by(|a, b| a < b), "{puts:?}");
    sandbox.advance(1.0);
    assert_eq!(state(&sandbox).0["hasOutdatedData"], false);
}

#[test]
fn a_version_that_was_overtaken_is_never_visible() {
    let sandbox = start();
    sandbox.put("prod", document("hooli", "img:1"));
    sandbox.advance(1.0);
    sandbox.put("prod", document("hooli", "img:2"));
    sandbox.advance(0.5);
    sandbox.put("prod", document("hooli", "img:3"));
    sandbox.advance(0.5);
    assert_eq!(image(&state(&sandbox).1), "img:1");
    sandbox.advance(0.3);
    assert_eq!(image(&state(&sandbox).1), "img:3");
}

#[test]
fn a_load_error_is_a_python_error_with_its_cause() {
    let sandbox = start_with(
        SandboxConfig::default()
            .fail_location("broken", "ModuleNotFoundError: No module named 'dbt'"),
    );
    sandbox.put("prod", document("broken", "img:1"));
    let query = "query Q($name: String!) { workspaceLocationEntryOrError(name: $name) {
        __typename
        ... on WorkspaceLocationEntry { loadStatus locationOrLoadError { ... on PythonError {
            message className stack
            cause { message className stack cause { message } }
            causes { message }
            errorChain { isExplicitLink message error { message stack } }
        } } }
    } }";
    sandbox.advance(1.0);
    let entry = sandbox.field("/prod/graphql", query, json!({"name": "broken"}));
    let error = &entry["locationOrLoadError"];
    assert_eq!(entry["loadStatus"], "LOADED");
    assert_eq!(error["className"], "DagsterUserCodeLoadError");
    assert!(error["stack"][0].as_str().unwrap().starts_with("  File \"/"), "{error}");
    let message = json!("ModuleNotFoundError: No module named 'dbt'\n");
    assert_eq!(error["cause"]["message"], message);
    assert_eq!(error["cause"]["className"], "ModuleNotFoundError");
    assert_eq!(error["cause"]["cause"], Value::Null);
    assert_eq!(error["causes"], json!([{"message": message}]));
    let link = &error["errorChain"][0];
    assert_eq!(link["isExplicitLink"], true);
    assert_eq!(link["error"]["message"], message);
    assert_eq!(link["error"]["stack"], error["cause"]["stack"]);
    assert_eq!(state(&sandbox).0["hasLoadError"], true);
    assert_eq!(state(&sandbox).0["hasOutdatedData"], false);

    let unknown = sandbox.field("/prod/graphql", query, json!({"name": "nobody"}));
    assert_eq!(unknown["__typename"], "PythonError");
}

#[test]
fn a_document_directs_its_own_load() {
    let sandbox = start();
    let mut good = document("hooli", "img:1");
    good["container_context"] = json!({"sandbox": {"load_seconds": 5}});
    sandbox.put("prod", good.clone());
    sandbox.advance(4.9);
    assert_eq!(state(&sandbox).0["hasOutdatedData"], true);
    sandbox.advance(0.1);
    assert_eq!(state(&sandbox).0["hasOutdatedData"], false);

    let mut bad = document("hooli", "img:2");
    bad["container_context"] = json!({"sandbox": {"fail": "it broke"}});
    sandbox.put("prod", bad);
    assert_eq!(state(&sandbox).0["hasLoadError"], false, "the version before is still visible");
    sandbox.advance(1.0);
    assert_eq!(state(&sandbox).0["hasLoadError"], true);
    sandbox.put("prod", good);
    assert_eq!(state(&sandbox).1["locationOrLoadError"]["__typename"], "PythonError");
    sandbox.advance(5.0);
    assert_eq!(state(&sandbox).0["hasLoadError"], false);
}

#[test]
fn load_after_is_configurable() {
    let sandbox = start_with(SandboxConfig::default().load_after(Duration::ZERO));
    let put = sandbox.put("prod", document("hooli", "img:1"));
    assert_eq!(put["hasOutdatedData"], false);
}

#[test]
fn an_invalid_document_changes_nothing() {
    let sandbox = start();
    sandbox.put("prod", document("hooli", "img:1"));
    let source = json!({"module_name": "defs"});
    let cases = [
        (json!("text"), "a location document must be a mapping"),
        (json!({"code_source": source}), "`location_name` must be a non-empty string"),
        (json!({"location_name": " ", "code_source": source}), "`location_name` must be"),
        (json!({"location_name": 7, "code_source": source}), "`location_name` must be"),
        (json!({"location_name": "hooli"}), "`code_source` of location `hooli` must be a mapping"),
        (json!({"location_name": "hooli", "code_source": {}}), "must have exactly one of"),
        (
            json!({"location_name": "hooli", "code_source": {"module_name": "a", "python_file": "b"}}),
            "must have exactly one of",
        ),
        (json!({"location_name": "hooli", "code_source": {"file": "b"}}), "must have exactly one"),
        (
            json!({"location_name": "hooli", "code_source": {"python_file": ""}}),
            "must not be empty",
        ),
        (json!({"location_name": "hooli", "code_source": source, "image": 1}), "`image` of"),
        (json!({"location_name": "hooli", "code_source": source, "git": []}), "`git` of"),
        (
            json!({"location_name": "hooli", "code_source": source, "container_context": {"sandbox": {"fail": 1}}}),
            "`container_context.sandbox.fail`",
        ),
        (
            json!({"location_name": "hooli", "code_source": source, "container_context": {"sandbox": {"load_seconds": -1}}}),
            "`container_context.sandbox.load_seconds`",
        ),
    ];
    for (document, error) in cases {
        let refused = sandbox.put("prod", document.clone());
        assert_eq!(refused["__typename"], "InvalidLocationError", "{document}");
        let errors = refused["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{refused}");
        assert!(errors[0].as_str().unwrap().contains(error), "{refused}");
        assert_eq!(refused["message"], errors[0]);
    }
    let both = sandbox.put("prod", json!({"location_name": "", "code_source": {}}));
    assert_eq!(both["errors"].as_array().unwrap().len(), 2);
    assert_eq!(documents(&sandbox), json!({"locations": [document("hooli", "img:1")]}));
    assert_eq!(state(&sandbox).0["metadataTimestamp"], START);
}

fn documents(sandbox: &Running) -> Value {
    let answer = sandbox.field("/prod/graphql", "{ locationsAsDocument { document } }", json!({}));
    answer["document"].clone()
}

#[test]
fn deploy_adds_and_reconcile_also_removes() {
    let sandbox = start();
    let deploy = "mutation M($d: GenericScalar!) { deployLocations(document: $d) {
        __typename ... on DeployLocationsSuccess { locations { locationName } } ... on InvalidLocationError { errors }
    } }";
    let reconcile = "mutation M($d: GenericScalar!) { reconcileLocationsFromDocument(document: $d) {
        __typename ... on ReconcileLocationsSuccess { locations { locationName } } ... on InvalidLocationError { errors }
    } }";
    let run = |query, locations: Value| {
        sandbox.field("/prod/graphql", query, json!({"d": {"locations": locations}}))
    };
    let names = |answer: &Value| answer["locations"].to_string();
    sandbox.put("prod", document("a", "1"));
    let answer = run(deploy, json!([document("c", "1"), document("b", "1")]));
    assert_eq!(names(&answer), r#"[{"locationName":"c"},{"locationName":"b"}]"#);
    assert_eq!(
        documents(&sandbox),
        json!({"locations": [document("a", "1"), document("b", "1"), document("c", "1")]})
    );

    let twice = json!([document("d", "1"), document("d", "2")]);
    let half = json!([document("d", "1"), {"location_name": "e"}]);
    for query in [deploy, reconcile] {
        for locations in [&twice, &half, &json!({"d": {}}), &json!(null)] {
            let refused = run(query, locations.clone());
            assert_eq!(refused["__typename"], "InvalidLocationError", "{locations}");
            assert_eq!(refused["errors"].as_array().unwrap().len(), 1);
        }
        let refused = sandbox.field("/prod/graphql", query, json!({"d": []}));
        assert_eq!(refused["__typename"], "InvalidLocationError");
    }
    assert_eq!(documents(&sandbox)["locations"].as_array().unwrap().len(), 3);

    let mut with_build = document("b", "2");
    with_build["build"] = json!({"directory": "."});
    let answer = run(reconcile, json!([with_build]));
    assert_eq!(names(&answer), r#"[{"locationName":"b"}]"#);
    assert_eq!(documents(&sandbox), json!({"locations": [with_build]}));

    let delete = "mutation { deleteLocation(locationName: \"b\") {
        __typename ... on DeleteLocationSuccess { locationName }
    } }";
    for _ in 0..2 {
        let deleted = sandbox.field("/prod/graphql", delete, json!({}));
        assert_eq!(deleted, json!({"__typename": "DeleteLocationSuccess", "locationName": "b"}));
    }
    assert_eq!(documents(&sandbox), json!({"locations": []}));
}

#[test]
fn deployments_do_not_share_locations() {
    let sandbox = start();
    let branch = sandbox.branch("a");
    sandbox.put(&branch, document("hooli", "1"));
    assert_eq!(documents(&sandbox), json!({"locations": []}));
    assert!(sandbox.inspect.branch_deployments()[0].locations.contains_key("hooli"));
}

#[test]
fn entries_are_chosen_by_agent_queue() {
    let sandbox = start();
    let mut special = document("special", "1");
    special["agent_queue"] = json!("q");
    sandbox.put("prod", special);
    sandbox.put("prod", document("plain", "1"));
    let query = "query Q($q: [String]) { currentDeployment { workspaceEntries(agentQueues: $q) { locationName } } }";
    let names = |queues: Value| {
        let answer = sandbox.field("/prod/graphql", query, json!({"q": queues}));
        let entries = answer["workspaceEntries"].as_array().unwrap().clone();
        entries.iter().map(|e| e["locationName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(Value::Null), ["plain", "special"]);
    assert_eq!(names(json!([null])), ["plain"]);
    assert_eq!(names(json!(["q"])), ["special"]);
    assert_eq!(names(json!([])), [] as [&str; 0]);
}

#[test]
fn the_deployment_metadata_is_what_dagster_deserializes() {
    let sandbox = start();
    let metadata = |document: Value| {
        sandbox.put("prod", document);
        let query = "{ workspace { workspaceEntries { serializedDeploymentMetadata } } }";
        let answer = sandbox.field("/prod/graphql", query, json!({}));
        let text = answer["workspaceEntries"][0]["serializedDeploymentMetadata"].clone();
        text.as_str().unwrap().to_owned()
    };
    assert_eq!(
        metadata(
            json!({"location_name": "l", "code_source": {"module_name": "m", "python_file": null}, "git": {}})
        ),
        concat!(
            r#"{"__class__":"CodeDeploymentMetadata","agent_queue":null,"attribute":null,"#,
            r#""autoload_defs_module_name":null,"cloud_context_env":{},"container_context":{},"#,
            r#""defs_state_info":null,"executable_path":null,"git_metadata":null,"image":null,"#,
            r#""module_name":"m","package_name":null,"pex_metadata":null,"python_file":null,"#,
            r#""working_directory":null}"#,
        )
    );
    let full = metadata(json!({
        "location_name": "l", "code_source": {"autoload_defs_module_name": "m"}, "image": "i",
        "working_directory": "w", "executable_path": "e", "attribute": "a", "agent_queue": "q",
        "git": {"commit_hash": "c", "url": "u", "repo_owner": "o"}, "container_context": {"k8s": {"a": 1}},
        "pex_metadata": {"pex_tag": "t"}, "defs_state_info": {"info_mapping": {"k": {"version": "v", "create_timestamp": 1.5}, "n": null}},
    }));
    let full: Value = serde_json::from_str(&full).unwrap();
    assert_eq!(
        full,
        json!({
            "__class__": "CodeDeploymentMetadata", "agent_queue": "q", "attribute": "a",
            "autoload_defs_module_name": "m", "cloud_context_env": {}, "container_context": {"k8s": {"a": 1}},
            "defs_state_info": {"__class__": "DefsStateInfo", "info_mapping": {
                "k": {"__class__": "DefsKeyStateInfo", "create_timestamp": 1.5, "version": "v"}, "n": null}},
            "executable_path": "e", "image": "i", "module_name": null, "package_name": null,
            "git_metadata": {"__class__": "GitMetadata", "commit_hash": "c", "repo_owner": "o", "url": "u"},
            "pex_metadata": {"__class__": "PexMetadata", "pex_tag": "t", "python_version": null},
            "python_file": null, "working_directory": "w",
        })
    );
}
