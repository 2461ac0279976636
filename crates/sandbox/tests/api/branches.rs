//! Branch and full deployments.

use offshoot_sandbox::{OrganizationConfig, Permission, SandboxConfig, branch_deployment_name};
use serde_json::{Value, json};

use crate::harness::{Running, start, start_with, token};

const UPSERT: &str = "mutation M($branchData: CreateOrUpdateBranchDeploymentInput!,
    $commit: DeploymentCommitInput!, $baseDeploymentName: String,
    $snapshotBaseCondition: SnapshotBaseDeploymentCondition) {
    createOrUpdateBranchDeployment(branchData: $branchData, commit: $commit,
        baseDeploymentName: $baseDeploymentName, snapshotBaseCondition: $snapshotBaseCondition) {
        __typename
        ... on DagsterCloudDeployment {
            deploymentId deploymentName deploymentType deploymentStatus isBranchDeployment
            parentDeployment { deploymentName canHaveBranchDeployments } canHaveBranchDeployments
            branchDeploymentGitMetadata {
                branchName repoName branchUrl pullRequestUrl pullRequestStatus pullRequestNumber
            }
            latestCommit { timestamp commitHash commitMessage commitUrl authorName authorEmail authorAvatarUrl }
            commits { commitHash }
        }
        ... on Error { message }
    }
}";

const DELETE: &str = "mutation M($id: Int!) { deleteDeployment(deploymentId: $id) {
    __typename ... on DagsterCloudDeployment { deploymentName deploymentStatus } ... on Error { message }
} }";

fn upsert(sandbox: &Running, branch_data: Value, commit: &str, base: Value) -> Value {
    let variables = json!({
        "branchData": branch_data,
        "commit": {"commitHash": commit, "timestamp": 1_700_000_000.5, "commitMessage": "m\n"},
        "baseDeploymentName": base,
        "snapshotBaseCondition": "ON_CREATE",
    });
    sandbox.field("/graphql", UPSERT, variables)
}

#[test]
fn the_same_branch_is_the_same_deployment() {
    let sandbox = start();
    let first = json!({
        "repoName": "proj", "branchName": "feature/x", "branchUrl": "", "pullRequestUrl": "https://pr",
        "pullRequestStatus": "OPEN", "pullRequestNumber": "12",
    });
    let made = upsert(&sandbox, first, "one", Value::Null);
    let name = made["deploymentName"].as_str().unwrap();
    assert_eq!(name, branch_deployment_name("proj", "feature/x"));
    assert!(name.len() == 40 && name.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
    assert_eq!(made["deploymentType"], "BRANCH");
    assert_eq!(made["deploymentStatus"], "ACTIVE");
    assert_eq!(made["isBranchDeployment"], true);
    assert_eq!(made["canHaveBranchDeployments"], false);
    let parent = json!({"deploymentName": "prod", "canHaveBranchDeployments": true});
    assert_eq!(made["parentDeployment"], parent);
    assert_eq!(
        made["latestCommit"],
        json!({
            "timestamp": 1_700_000_000.5, "commitHash": "one", "commitMessage": "m\n", "commitUrl": null,
            "authorName": null, "authorEmail": null, "authorAvatarUrl": null,
        })
    );

    let update = json!({
        "repoName": "proj", "branchName": "feature/x", "branchUrl": null, "pullRequestStatus": "MERGED",
    });
    let updated = upsert(&sandbox, update, "two", Value::Null);
    assert_eq!(updated["deploymentId"], made["deploymentId"]);
    assert_eq!(updated["commits"], json!([{"commitHash": "two"}, {"commitHash": "one"}]));
    assert_eq!(
        updated["branchDeploymentGitMetadata"],
        json!({
            "repoName": "proj", "branchName": "feature/x", "branchUrl": "", "pullRequestUrl": "https://pr",
            "pullRequestStatus": "MERGED", "pullRequestNumber": "12",
        })
    );
    let again =
        upsert(&sandbox, updated["branchDeploymentGitMetadata"].clone(), "one", Value::Null);
    assert_eq!(again["commits"], json!([{"commitHash": "one"}, {"commitHash": "two"}]));
    assert_eq!(sandbox.inspect.branch_deployments().len(), 1);

    let query = "query Q($r: String!, $b: String!) { getBranchDeploymentName(repoName: $r, branchName: $b) }";
    let told = |repo, branch| sandbox.field("/graphql", query, json!({"r": repo, "b": branch}));
    assert_eq!(told("proj", "feature/x"), name);
    assert_ne!(told("proj", "feature/y"), name);
    assert_ne!(told("projf", "eature/x"), name);
}

#[test]
fn the_base_deployment_is_named_or_the_default_one() {
    let config = OrganizationConfig::new("acme")
        .token(offshoot_sandbox::DEFAULT_TOKEN, Permission::Admin)
        .deployment("main")
        .deployment("staging");
    let sandbox = start_with(SandboxConfig::new().organization(config));
    let branch = |name| json!({"repoName": "proj", "branchName": name});
    let made = upsert(&sandbox, branch("a"), "c", Value::Null);
    assert_eq!(made["parentDeployment"]["deploymentName"], "main");
    let made = upsert(&sandbox, branch("b"), "c", json!("staging"));
    assert_eq!(made["parentDeployment"]["deploymentName"], "staging");
    let moved = upsert(&sandbox, branch("a"), "d", json!("staging"));
    assert_eq!(moved["parentDeployment"]["deploymentName"], "staging");

    let a_branch = made["deploymentName"].clone();
    for base in [json!("nowhere"), a_branch] {
        let refused = upsert(&sandbox, branch("c"), "c", base);
        assert_eq!(refused["__typename"], "DeploymentNotFoundError");
    }
    assert_eq!(sandbox.inspect.branch_deployments().len(), 2);
}

#[test]
fn the_limit_counts_branch_deployments_and_not_updates() {
    let config = OrganizationConfig::new("acme")
        .token(offshoot_sandbox::DEFAULT_TOKEN, Permission::Admin)
        .branch_deployment_limit(1);
    let sandbox = start_with(SandboxConfig::new().organization(config));
    let branch = |name| json!({"repoName": "proj", "branchName": name});
    let made = upsert(&sandbox, branch("a"), "c", Value::Null);
    assert_eq!(
        upsert(&sandbox, branch("b"), "c", Value::Null)["__typename"],
        "DeploymentLimitError"
    );
    assert_eq!(
        upsert(&sandbox, branch("a"), "d", Value::Null)["__typename"],
        "DagsterCloudDeployment"
    );
    sandbox.field("/graphql", DELETE, json!({"id": made["deploymentId"]}));
    assert_eq!(
        upsert(&sandbox, branch("b"), "c", Value::Null)["__typename"],
        "DagsterCloudDeployment"
    );
}

#[test]
fn a_full_deployment_with_the_name_is_a_duplicate() {
    let name = branch_deployment_name("proj", "a");
    let config = OrganizationConfig::new("acme")
        .token(offshoot_sandbox::DEFAULT_TOKEN, Permission::Admin)
        .deployment("prod")
        .deployment(name);
    let sandbox = start_with(SandboxConfig::new().organization(config));
    let refused =
        upsert(&sandbox, json!({"repoName": "proj", "branchName": "a"}), "c", Value::Null);
    assert_eq!(refused["__typename"], "DuplicateDeploymentError");
}

#[test]
fn branch_deployments_are_listed_newest_first_by_status() {
    let sandbox = start();
    for (name, status) in
        [("a", json!("OPEN")), ("b", json!("MERGED")), ("c", json!("OPEN")), ("d", Value::Null)]
    {
        let data = json!({"repoName": "proj", "branchName": name, "pullRequestStatus": status});
        upsert(&sandbox, data, "c", Value::Null);
    }
    let query = "query Q($limit: Int!, $status: PullRequestStatus) {
        branchDeployments(limit: $limit, pullRequestStatus: $status) {
            nodes { branchDeploymentGitMetadata { branchName } }
        }
    }";
    let names = |limit: i32, status: Value| {
        let answer = sandbox.field("/graphql", query, json!({"limit": limit, "status": status}));
        let nodes = answer["nodes"].as_array().unwrap().clone();
        let name = |node: &Value| {
            node["branchDeploymentGitMetadata"]["branchName"].as_str().unwrap().to_owned()
        };
        nodes.iter().map(name).collect::<String>()
    };
    assert_eq!(names(10, Value::Null), "dcba");
    assert_eq!(names(2, Value::Null), "dc");
    assert_eq!(names(10, json!("OPEN")), "ca");
    assert_eq!(names(1, json!("OPEN")), "c");
    assert_eq!(names(10, json!("CLOSED")), "");
    assert_eq!(names(0, Value::Null), "");
    assert_eq!(names(-1, Value::Null), "");
}

#[test]
fn deployments_are_found_and_deleted() {
    let config = OrganizationConfig::new("acme")
        .token(offshoot_sandbox::DEFAULT_TOKEN, Permission::Admin)
        .deployment("prod")
        .deployment("staging");
    let sandbox = start_with(
        SandboxConfig::new()
            .organization(config)
            .organization(OrganizationConfig::new("other").token("others", Permission::Admin)),
    );
    let branch = sandbox.branch("a");
    let find = "query Q($name: String!) { deploymentByName(name: $name) {
        __typename ... on DagsterCloudDeployment { deploymentId deploymentType canDeleteDeployment organizationName
            organizationStatus agentType parentDeployment { deploymentName } latestCommit { commitHash } commits { commitHash } }
    } }";
    let found = |name: &str| sandbox.field("/graphql", find, json!({"name": name}));
    let delete = |id: &Value| sandbox.field("/graphql", DELETE, json!({"id": id}));
    assert_eq!(found("nowhere")["__typename"], "DeploymentNotFoundError");
    let prod = found("prod");
    assert_eq!(prod["deploymentType"], "PRODUCTION");
    assert_eq!(prod["canDeleteDeployment"], true);
    assert_eq!(prod["organizationName"], "acme");
    assert_eq!(prod["organizationStatus"], "ACTIVE");
    assert_eq!(prod["agentType"], "HYBRID");
    assert_eq!(prod["parentDeployment"], Value::Null);
    assert_eq!(prod["latestCommit"], Value::Null);
    assert_eq!(prod["commits"], json!([]));

    // Another organization's deployment is not there.
    let mine = found(&branch)["deploymentId"].clone();
    let (_, refused) = sandbox.post("/graphql", &[token("others")], DELETE, json!({"id": mine}));
    assert_eq!(refused["data"]["deleteDeployment"]["__typename"], "DeploymentNotFoundError");

    let deleted = delete(&mine);
    assert_eq!(deleted["deploymentName"], branch);
    assert_eq!(deleted["deploymentStatus"], "PENDING_DELETION");
    assert_eq!(delete(&mine)["__typename"], "DeploymentNotFoundError");
    assert_eq!(found(&branch)["__typename"], "DeploymentNotFoundError");

    assert_eq!(delete(&prod["deploymentId"])["deploymentName"], "prod");
    let staging = found("staging");
    assert_eq!(staging["canDeleteDeployment"], false);
    sandbox.branch("b");
    assert_eq!(delete(&staging["deploymentId"])["__typename"], "DeleteFinalDeploymentError");
}

#[test]
fn a_branch_deployment_survives_its_base() {
    let config = OrganizationConfig::new("acme")
        .token(offshoot_sandbox::DEFAULT_TOKEN, Permission::Admin)
        .deployment("prod")
        .deployment("staging");
    let sandbox = start_with(SandboxConfig::new().organization(config));
    let data = json!({"repoName": "proj", "branchName": "a"});
    upsert(&sandbox, data.clone(), "c", Value::Null);
    let base = sandbox.inspect.deployments()[0].id;
    assert_eq!(sandbox.field("/graphql", DELETE, json!({"id": base}))["deploymentName"], "prod");
    assert_eq!(upsert(&sandbox, data, "d", Value::Null)["parentDeployment"], Value::Null);
}

#[test]
fn the_deployment_is_the_urls_else_the_headers_else_the_default_one() {
    let sandbox = start();
    let branch = sandbox.branch("a");
    let query = "{ currentDeployment { deploymentName } deployments { deploymentName }
        fullDeployments { deploymentName } organization { id publicId name status } version
        serverless { id registryUrl registryAllowCustomBase awsAuthToken awsRegion registryIsHarbor } }";
    let current = |path: &str, header: Option<&str>| {
        let mut headers = vec![token(offshoot_sandbox::DEFAULT_TOKEN)];
        headers.extend(header.map(|name| ("Dagster-Cloud-Deployment", name)));
        let (status, answer) = sandbox.post(path, &headers, query, json!({}));
        (status, answer["data"].clone())
    };
    let named = |path: &str, header| {
        let (status, data) = current(path, header);
        (status, data["currentDeployment"]["deploymentName"].as_str().map(str::to_owned))
    };
    let own = format!("/{branch}/graphql");
    assert_eq!(named("/graphql", None), (200, Some("prod".to_owned())));
    assert_eq!(named("//prod/graphql", None), (200, Some("prod".to_owned())));
    assert_eq!(named(&own, Some("prod")), (200, Some(branch.clone())));
    assert_eq!(named("/graphql", Some(&branch)), (200, Some(branch.clone())));
    assert_eq!(named("/acme/graphql", Some(&branch)), (200, Some(branch.clone())));
    assert_eq!(named("/graphql", Some("")), (200, Some("prod".to_owned())));
    assert_eq!(named("/graphql", Some("nowhere")), (404, None));
    assert_eq!(named("/nowhere/graphql", None), (404, None));

    let data = current("/graphql", None).1;
    assert_eq!(data["fullDeployments"], json!([{"deploymentName": "prod"}]));
    assert_eq!(
        data["deployments"],
        json!([{"deploymentName": "prod"}, {"deploymentName": branch}])
    );
    assert_eq!(data["organization"]["name"], "acme");
    assert_eq!(data["organization"]["status"], "ACTIVE");
    assert_eq!(data["serverless"]["registryUrl"], Value::Null);
    assert_eq!(data["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn settings_are_kept_for_each_deployment() {
    let sandbox = start();
    let branch = format!("/{}/graphql", sandbox.branch("a"));
    let get = "{ deploymentSettings { settings } organizationSettings { settings } }";
    let set = "mutation M($s: GenericScalar, $id: Int) {
        setDeploymentSettings(deploymentId: $id, deploymentSettings: {settings: $s}) {
            __typename ... on DeploymentSettings { settings }
        }
    }";
    let before = sandbox.data(&branch, get, json!({}));
    assert!(before["deploymentSettings"]["settings"].is_object(), "{before}");
    assert_eq!(before["organizationSettings"]["settings"], json!({}));
    let settings = json!({"z": 1, "a": {"deep": [1, 2.5, null, "x"]}});
    let answer = sandbox.field("/prod/graphql", set, json!({"s": settings}));
    assert_eq!(answer["settings"].to_string(), settings.to_string(), "the order of keys is kept");
    let prod = sandbox.data("/prod/graphql", get, json!({}));
    assert_eq!(prod["deploymentSettings"]["settings"], settings);
    assert_eq!(sandbox.data(&branch, get, json!({})), before);

    let id = sandbox.inspect.branch_deployments()[0].id;
    sandbox.field("/prod/graphql", set, json!({"s": {"by": "id"}, "id": id}));
    let after = sandbox.data(&branch, get, json!({}));
    assert_eq!(after["deploymentSettings"]["settings"], json!({"by": "id"}));
    let unknown = sandbox.field("/prod/graphql", set, json!({"s": {}, "id": 9999}));
    assert_eq!(unknown["__typename"], "DeploymentNotFoundError");
}

#[test]
fn an_id_of_another_organization_is_not_found() {
    let sandbox = start_with(
        SandboxConfig::default()
            .organization(OrganizationConfig::new("other").token("others", Permission::Admin)),
    );
    let id = sandbox.inspect.deployments()[0].id;
    let query = "mutation M($id: Int!) {
        setDeploymentSettings(deploymentId: $id, deploymentSettings: {settings: 1}) { __typename }
    }";
    let (_, refused) = sandbox.post("/graphql", &[token("others")], query, json!({"id": id}));
    assert_eq!(refused["data"]["setDeploymentSettings"]["__typename"], "DeploymentNotFoundError");
    assert_ne!(sandbox.inspect.deployments()[0].settings, json!(1));
}
