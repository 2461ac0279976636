//! Closing the branch deployment of a build, and `ci branch-deployment`.

use offshoot_core::{
    env::Env,
    error::Explain,
    ops::{
        self, BuildPlace, CloseInput, Closed, DeployInput, Outcome, Sources, UpdateInput,
        WaitLimits,
    },
    plus::branch_deployments::PullRequestStatus::{self, Merged, Open},
};
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{Fake, connection, data};

const VARIABLES: &[(&str, &str)] =
    &[("OFFSHOOT_BRANCH", "feature"), ("OFFSHOOT_REPOSITORY", "acme/shop")];

/// `there` is the pull request status of the branch deployment, if it is there.
fn service(there: Option<&'static str>) -> Fake {
    Fake::respond(move |arrived, _| {
        let query = arrived.body["query"].as_str().unwrap();
        if query.contains("getBranchDeploymentName") {
            return data(json!({ "getBranchDeploymentName": "b7" }));
        }
        if query.contains("createOrUpdateBranchDeployment") {
            let made = json!({"__typename": "DagsterCloudDeployment", "deploymentName": "b7"});
            return data(json!({ "createOrUpdateBranchDeployment": made }));
        }
        assert!(query.contains("deploymentByName"), "{query}");
        let found = there.map_or_else(
            || json!({"__typename": "DeploymentNotFoundError", "message": "no `b7`"}),
            |status| {
                json!({"__typename": "DagsterCloudDeployment", "deploymentId": 7,
                "deploymentName": "b7", "deploymentType": "BRANCH",
                "branchDeploymentGitMetadata": {"branchName": "feature", "repoName": "acme/shop",
                    "branchUrl": "https://x/b", "pullRequestUrl": "https://x/7",
                    "pullRequestStatus": status, "pullRequestNumber": "7"},
                "latestCommit": {"commitHash": "1f", "timestamp": 5.0, "commitMessage": "m", "authorName": "A"}})
            },
        );
        data(json!({ "deploymentByName": found }))
    })
}

fn sent(host: &Fake) -> Option<Value> {
    let arrived = host.arrived();
    let update = arrived
        .iter()
        .find(|it| it.body["query"].as_str().unwrap().contains("createOrUpdateBranchDeployment"))?;
    Some(update.body["variables"].clone())
}

fn close(
    host: &Fake,
    extra: &[(&str, &str)],
    status: Option<PullRequestStatus>,
) -> Result<Closed, ops::Error> {
    let env: Env = VARIABLES.iter().chain(extra).copied().collect();
    let place = BuildPlace { path: "/repo", env: &env, full: None };
    let input = CloseInput { pull_request_status: status, dry_run: false };
    match block_on(ops::close(host, &connection(), place, input))? {
        Outcome::Done(closed) => Ok(closed),
        Outcome::Planned(_) => panic!("this is no dry run"),
    }
}

#[test]
fn closing_changes_the_status_and_nothing_else() {
    let host = service(Some("OPEN"));
    assert!(close(&host, &[], None).unwrap().changed);
    insta::assert_json_snapshot!(sent(&host).unwrap());
}

/// Dagster+ names branch deployments; should it ever name another, nothing is changed.
#[test]
fn a_full_deployment_that_is_named_is_neither_closed_nor_deployed_to() {
    let host = || {
        Fake::respond(|arrived, _| {
            let query = arrived.body["query"].as_str().unwrap();
            if query.contains("getBranchDeploymentName") {
                return data(json!({ "getBranchDeploymentName": "prod" }));
            }
            assert!(query.contains("deploymentByName"), "{query}");
            let full = json!({"__typename": "DagsterCloudDeployment", "deploymentId": 1,
                "deploymentName": "prod", "deploymentType": "PRODUCTION",
                "branchDeploymentGitMetadata": null, "latestCommit": null});
            data(json!({ "deploymentByName": full }))
        })
    };
    let refused = "Dagster+ named the branch deployment `prod`, which is a full deployment";
    assert_eq!(close(&host(), &[], None).unwrap_err().to_string(), refused);

    let variables = VARIABLES.iter().chain(&[("OFFSHOOT_COMMIT", "1f1f")]).copied();
    let env: Env = variables.collect();
    let place = BuildPlace { path: "/repo", env: &env, full: None };
    let input = DeployInput { timestamp: Some(1.0), ..DeployInput::default() };
    let sources = Sources {
        location_name: vec!["etl".into()],
        module_name: Some("etl".into()),
        ..Sources::default()
    };
    let host = host();
    let limits = WaitLimits::default();
    let deployed = block_on(ops::deploy(&host, &connection(), place, input, &sources, limits));
    assert_eq!(deployed.unwrap_err().to_string(), refused);
}

#[test]
fn closing_ends_where_it_should_from_everywhere() {
    let merged = &[("OFFSHOOT_PULL_REQUEST_STATUS", "merged")][..];
    let open = &[("OFFSHOOT_PULL_REQUEST_STATUS", "open")][..];
    for (there, variables, said, ends, changes) in [
        (Some("OPEN"), &[][..], None, Some("CLOSED"), true),
        (Some("OPEN"), merged, None, Some("MERGED"), true),
        (Some("OPEN"), open, None, Some("CLOSED"), true),
        (Some("OPEN"), &[][..], Some(Merged), Some("MERGED"), true),
        (Some("CLOSED"), &[][..], None, Some("CLOSED"), false),
        (Some("CLOSED"), merged, None, Some("MERGED"), true),
        (Some("MERGED"), &[][..], None, Some("MERGED"), false),
        (Some("MERGED"), merged, None, Some("MERGED"), false),
        (Some("MERGED"), &[][..], Some(PullRequestStatus::Closed), Some("CLOSED"), true),
        (None, &[][..], None, None, false),
    ] {
        let host = service(there);
        let closed = close(&host, variables, said).unwrap();
        let case = format!("{there:?} {variables:?} {said:?}");
        assert_eq!(closed.pull_request_status.as_deref(), ends, "{case}");
        assert_eq!((closed.changed, sent(&host).is_some()), (changes, changes), "{case}");
    }
}

#[test]
fn what_closes_nothing_is_refused() {
    let host = service(Some("OPEN"));
    let error = close(&host, &[], Some(Open)).unwrap_err();
    assert_eq!(error.to_string(), "`OPEN` closes nothing");
    let default = [("OFFSHOOT_DEFAULT_BRANCH", "feature")];
    let error = close(&host, &default, None).unwrap_err();
    assert_eq!(error.code().exit_code(), 16);
    assert_eq!(sent(&host), None);
}

#[test]
fn the_branch_deployment_of_a_build_is_named_without_a_time_but_not_made() {
    let update = |input: UpdateInput| {
        let host = service(None);
        let commit = [("OFFSHOOT_COMMIT", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")];
        let env: Env = VARIABLES.iter().chain(&commit).copied().collect();
        let place = BuildPlace { path: "/repo", env: &env, full: None };
        let updated = block_on(ops::update_branch_deployment(&host, &connection(), place, input));
        (updated.map(|it| it.name.to_string()).map_err(|error| error.to_string()), sent(&host))
    };
    let (name, sent) = update(UpdateInput { read_only: true, ..UpdateInput::default() });
    assert_eq!((name.as_deref(), sent), (Ok("b7"), None));
    // The time of the commit stands in the checkout alone, and there is none here.
    let (refused, sent) = update(UpdateInput::default());
    assert!(refused.unwrap_err().starts_with("the time of the commit is not known"));
    assert_eq!(sent, None);
}
