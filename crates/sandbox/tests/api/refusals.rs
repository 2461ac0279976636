//! Refusals that a test orders: every error member of every union.

use std::collections::BTreeMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use offshoot_sandbox::Refusal;
use serde_json::json;

use crate::harness::{document, start};

fn all() -> Vec<(Refusal, &'static str)> {
    let text = || "as ordered".to_owned();
    vec![
        (Refusal::Unauthorized(text()), "UnauthorizedError"),
        (Refusal::DeploymentNotFound(text()), "DeploymentNotFoundError"),
        (Refusal::DuplicateDeployment(text()), "DuplicateDeploymentError"),
        (Refusal::DeploymentLimit(text()), "DeploymentLimitError"),
        (Refusal::DeleteFinalDeployment(text()), "DeleteFinalDeploymentError"),
        (Refusal::InvalidLocation(vec![text()]), "InvalidLocationError"),
        (Refusal::PipelineNotFound(text()), "PipelineNotFoundError"),
        (Refusal::InvalidRunConfig(vec![text()]), "RunConfigValidationInvalid"),
        (Refusal::RunNotFound(text()), "RunNotFoundError"),
        (Refusal::Python(text()), "PythonError"),
    ]
}

/// Root fields with their union.
const FIELDS: [(&str, &str, &str); 13] = [
    (
        "mutation",
        "createOrUpdateBranchDeployment(branchData: {repoName: \"r\", branchName: \"b\"}, commit: {commitHash: \"c\", timestamp: 1})",
        "CreateDeploymentResult",
    ),
    ("mutation", "deleteDeployment(deploymentId: 2)", "DeleteDeploymentResult"),
    ("mutation", "setDeploymentSettings(deploymentSettings: {})", "SetDeploymentSettingsResult"),
    (
        "mutation",
        "addOrUpdateLocationFromDocument(document: {location_name: \"x\", code_source: {module_name: \"m\"}})",
        "AddOrUpdateLocationFromDocumentMutationResult",
    ),
    ("mutation", "deployLocations(document: {locations: []})", "DeployLocationsMutationResult"),
    (
        "mutation",
        "reconcileLocationsFromDocument(document: {locations: []})",
        "ReconcileLocationsFromDocumentMutationResult",
    ),
    ("mutation", "deleteLocation(locationName: \"hooli\")", "DeleteLocationMutationResult"),
    ("mutation", "createAgentToken", "CreateAgentTokenResult"),
    ("query", "deploymentByName(name: \"prod\")", "DeploymentOrError"),
    ("query", "workspaceOrError", "WorkspaceOrError"),
    ("query", "workspaceLocationEntryOrError(name: \"hooli\")", "WorkspaceLocationEntryOrError"),
    ("query", "locationStatusesOrError", "WorkspaceLocationStatusEntriesOrError"),
    ("query", "runOrError(runId: \"x\")", "RunOrError"),
];

#[test]
fn every_error_member_of_every_union_can_be_ordered() {
    let sandbox = start();
    sandbox.put("prod", document("hooli", "1"));
    let unions = unions();
    for (operation, field, union) in FIELDS {
        let name = field.split('(').next().unwrap();
        for (refusal, member) in all() {
            sandbox.inspect.refuse_next(name, refusal);
            let query =
                format!("{operation} {{ {field} {{ __typename ... on Error {{ message }} }} }}");
            let answer = sandbox.field("/prod/graphql", &query, json!({}));
            let has_it = unions[union].iter().any(|name| name == member);
            let expected = if has_it { member } else { "PythonError" };
            assert_eq!(answer["__typename"], expected, "{field}");
            assert!(answer["message"].as_str().unwrap().contains("as ordered"), "{answer}");
        }
    }
    let state = sandbox.inspect.deployments();
    assert_eq!(state.len(), 1, "a refused request changes nothing");
    assert_eq!(state[0].locations.keys().collect::<Vec<_>>(), ["hooli"]);
}

#[test]
fn a_refusal_is_for_one_request_of_its_field() {
    let sandbox = start();
    sandbox.inspect.refuse_next("deleteLocation", Refusal::Python("first".to_owned()));
    sandbox.inspect.refuse_next("deleteLocation", Refusal::Unauthorized("second".to_owned()));
    let query = "{ deploymentByName(name: \"prod\") { __typename } }";
    assert_eq!(sandbox.field("/graphql", query, json!({}))["__typename"], "DagsterCloudDeployment");
    let query = "mutation { d: deleteLocation(locationName: \"a\") { __typename } }";
    let delete = || sandbox.field("/graphql", query, json!({}))["__typename"].clone();
    assert_eq!(
        [delete(), delete(), delete()],
        ["PythonError", "UnauthorizedError", "DeleteLocationSuccess"]
    );
}

/// Members by union.
fn unions() -> BTreeMap<String, Vec<String>> {
    let schema = parse_schema(include_str!("../../../core/schema.graphql")).unwrap();
    let union = |definition| match definition {
        TypeSystemDefinition::Type(t) => match t.node.kind {
            TypeKind::Union(u) => Some((t.node.name.node.to_string(), u.members)),
            _ => None,
        },
        _ => None,
    };
    let members = schema.definitions.into_iter().filter_map(union);
    members
        .map(|(name, members)| {
            (name, members.iter().map(|member| member.node.to_string()).collect())
        })
        .collect()
}
