//! Tokens and what they may do.

use offshoot_sandbox::{OrganizationConfig, Permission, SandboxConfig};
use serde_json::{Value, json};

use crate::harness::{Running, document, start, start_with, token};

fn two_organizations() -> Running {
    start_with(
        SandboxConfig::new()
            .organization(
                OrganizationConfig::new("acme")
                    .token("admin", Permission::Admin)
                    .token("agent", Permission::Agent)
                    .token("branch", Permission::BranchOnly)
                    .token("reader", Permission::ReadOnly)
                    .deployment("prod")
                    .deployment("staging"),
            )
            .organization(OrganizationConfig::new("other").token("others", Permission::Admin)),
    )
}

const NAME: &str = "{ organization { name } }";

#[test]
fn a_missing_or_unknown_token_is_a_401_without_json() {
    let sandbox = start();
    for headers in [&[][..], &[token("wrong")], &[token("")]] {
        for path in ["/graphql", "/prod/graphql", "/nowhere/graphql"] {
            let (status, text) = sandbox.post_text(path, headers, &json!({"query": NAME}));
            assert_eq!(status, 401);
            assert!(text.contains("401 Unauthorized"), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).ok(), None);
        }
    }
    assert_eq!(sandbox.inspect.requests(), []);
}

#[test]
fn a_token_is_good_for_its_own_organization_only() {
    let sandbox = two_organizations();
    let status = |path, value, host: &str| {
        let headers = [token(value), ("Host", host)];
        let (status, answer) = sandbox.post(path, &headers, NAME, json!({}));
        (status, answer["data"]["organization"]["name"].as_str().map(str::to_owned))
    };
    let local = "127.0.0.1";
    let of = |name: &str| (200, Some(name.to_owned()));
    assert_eq!(status("/graphql", "admin", local), of("acme"));
    assert_eq!(status("/graphql", "others", local), of("other"));
    assert_eq!(status("/graphql", "others", "other.localhost:3000"), of("other"));
    assert_eq!(status("/other/prod/graphql", "others", local), of("other"));
    assert_eq!(status("/graphql", "others", "acme.localhost:3000"), (401, None));
    assert_eq!(status("/acme/graphql", "others", local), (401, None));
    assert_eq!(status("/acme/prod/graphql", "others", local), (401, None));
    assert_eq!(status("/staging/graphql", "others", local), (404, None));
}

#[test]
fn a_token_does_what_its_permission_allows() {
    let sandbox = two_organizations();
    let branch = {
        let query = "mutation { createOrUpdateBranchDeployment(
            branchData: {repoName: \"proj\", branchName: \"b\"}, commit: {commitHash: \"a\", timestamp: 1}
        ) { __typename ... on DagsterCloudDeployment { deploymentName } } }";
        let refused = sandbox.post("/graphql", &[token("reader")], query, json!({}));
        let member = &refused.1["data"]["createOrUpdateBranchDeployment"]["__typename"];
        assert_eq!((refused.0, member), (200, &json!("UnauthorizedError")));
        let made = sandbox.post("/graphql", &[token("branch")], query, json!({})).1;
        made["data"]["createOrUpdateBranchDeployment"]["deploymentName"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let cases = [
        ("addOrUpdateLocationFromDocument(document: $document)", "prod", Permission::Agent),
        ("addOrUpdateLocationFromDocument(document: $document)", &branch, Permission::BranchOnly),
        ("deployLocations(document: $documents)", "prod", Permission::Agent),
        ("deployLocations(document: $documents)", &branch, Permission::BranchOnly),
        ("reconcileLocationsFromDocument(document: $documents)", "prod", Permission::Agent),
        ("reconcileLocationsFromDocument(document: $documents)", &branch, Permission::BranchOnly),
        ("deleteLocation(locationName: \"l\")", "prod", Permission::Agent),
        ("deleteLocation(locationName: \"l\")", &branch, Permission::BranchOnly),
        ("launchRun(executionParams: $run)", "prod", Permission::Agent),
        ("launchRun(executionParams: $run)", &branch, Permission::BranchOnly),
        ("setDeploymentSettings(deploymentSettings: {settings: {}})", "prod", Permission::Admin),
        ("createAgentToken", "prod", Permission::Admin),
        ("deleteDeployment(deploymentId: 3)", "prod", Permission::Admin),
        ("deleteDeployment(deploymentId: 9999)", "prod", Permission::BranchOnly),
    ];
    let documents = json!({
        "document": document("l", "i"),
        "documents": {"locations": [document("l", "i")]},
        "run": {"selector": {"repositoryName": "r", "repositoryLocationName": "l"}},
    });
    let tokens = [
        ("reader", Permission::ReadOnly),
        ("branch", Permission::BranchOnly),
        ("agent", Permission::Agent),
        ("admin", Permission::Admin),
    ];
    for (field, deployment, needed) in cases {
        let variables = ["document", "documents", "run"];
        let declared = variables.into_iter().filter(|name| field.contains(&format!("${name})")));
        let declared: Vec<_> = declared
            .map(|name| {
                let kind = if name == "run" { "ExecutionParams!" } else { "GenericScalar!" };
                format!("(${name}: {kind})")
            })
            .collect();
        let query = format!("mutation M{} {{ {field} {{ __typename }} }}", declared.concat());
        for (value, permission) in tokens {
            let path = format!("/{deployment}/graphql");
            let (status, answer) = sandbox.post(&path, &[token(value)], &query, documents.clone());
            let name = field.split('(').next().unwrap();
            let refused = answer["data"][name]["__typename"] == "UnauthorizedError";
            assert_eq!(status, 200, "{answer}");
            assert_eq!(refused, permission < needed, "{field} in {deployment} by {value}");
        }
    }
}

#[test]
fn a_token_is_told_what_it_may_do() {
    let sandbox = two_organizations();
    let query = "{ identity { permissions { permission value disabledReason } } }";
    for (value, granted) in [("reader", 0), ("branch", 1), ("agent", 2), ("admin", 3)] {
        let answer = sandbox.post("/graphql", &[token(value)], query, json!({})).1;
        let permissions = answer["data"]["identity"]["permissions"].as_array().unwrap().clone();
        let has = |permission: &&Value| permission["value"] == true;
        assert_eq!(permissions.iter().filter(has).count(), granted, "{value}");
        assert_eq!(permissions[0]["value"], value != "reader");
        assert!(permissions.iter().all(|it| it["value"] == it["disabledReason"].is_null()));
    }
}

#[test]
fn an_agent_token_that_was_made_is_good_and_never_shown() {
    let sandbox = start();
    let query = "mutation { createAgentToken(description: \"ci\") {
        ... on DagsterCloudAgentToken { id token revoked description createTimestamp }
    } }";
    let made = sandbox.field("/graphql", query, json!({}));
    assert_eq!(made["description"], "ci");
    assert_eq!(made["revoked"], false);
    assert_eq!(made["createTimestamp"], crate::harness::START);
    let value = made["token"].as_str().unwrap();
    let (status, _) = sandbox.post("/prod/graphql", &[token(value)], NAME, json!({}));
    assert_eq!(status, 200);
    let again = sandbox.field("/graphql", query, json!({}));
    assert_ne!(again["token"], made["token"]);
    let shown = format!("{:?}", sandbox.inspect);
    assert!(!shown.contains(value) && !shown.contains(offshoot_sandbox::DEFAULT_TOKEN), "{shown}");
}
