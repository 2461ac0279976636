//! Deleting what nobody needs, with faults halfway.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use offshoot_core::{
    error::{Code, Explain},
    ops::{
        self, Event,
        prune::{MOST_LISTED, Pruned, Rules, Scope},
    },
    ports::SendErrorKind,
};
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{Arrived, Fake, Step, answer, connection, data};

/// Branch deployments by identifier, with the status of their pull requests.
type World = Arc<Mutex<BTreeMap<i64, &'static str>>>;

fn world(closed: i64, open: i64) -> World {
    let all =
        (0..closed).map(|id| (id, "CLOSED")).chain((closed..closed + open).map(|id| (id, "OPEN")));
    Arc::new(Mutex::new(all.collect()))
}

fn deployment(id: i64, kind: &str, status: &str) -> Value {
    json!({"__typename": "DagsterCloudDeployment", "deploymentId": id, "deploymentName": format!("b{id}"),
        "deploymentType": kind, "latestCommit": null, "branchDeploymentGitMetadata": {"branchName": format!("f/{id}"),
        "repoName": "shop", "branchUrl": null, "pullRequestUrl": null, "pullRequestStatus": status, "pullRequestNumber": null}})
}

/// What Dagster+ does to `world` if nothing goes wrong.
fn serve(world: &World, arrived: &Arrived) -> Step {
    let mut world = world.lock().unwrap();
    let (query, variables) = (arrived.body["query"].as_str().unwrap(), &arrived.body["variables"]);
    let missing = json!({"__typename": "DeploymentNotFoundError", "message": "no such"});
    if query.contains("branchDeployments") {
        let nodes: Vec<_> =
            world.iter().map(|(id, status)| deployment(*id, "BRANCH", status)).collect();
        return data(json!({"branchDeployments": {"nodes": nodes}}));
    }
    if query.contains("deploymentByName") {
        let id = variables["name"].as_str().unwrap().trim_start_matches('b').parse().unwrap();
        let found = world.get(&id).map(|status| deployment(id, "BRANCH", status));
        return data(json!({"deploymentByName": found.unwrap_or(missing)}));
    }
    let id = deleted_id(arrived).unwrap();
    let gone = json!({"__typename": "DagsterCloudDeployment", "deploymentId": id});
    data(json!({"deleteDeployment": world.remove(&id).map_or(missing, |_| gone)}))
}

fn deleted_id(arrived: &Arrived) -> Option<i64> {
    arrived.body["query"]
        .as_str()?
        .contains("deleteDeployment")
        .then(|| arrived.body["variables"]["deploymentId"].as_i64())?
}

fn rules(scope: Scope) -> Rules {
    Rules { scope, branches: None, older_than: None }
}

fn prune(host: &Fake, max: usize, dry_run: bool) -> Result<Pruned, ops::Error> {
    block_on(ops::prune::prune(host, &connection(), &rules(Scope::All), max, dry_run))
}

fn healthy(world: &World) -> Fake {
    let world = world.clone();
    Fake::respond(move |arrived, _| serve(&world, arrived))
}

#[test]
fn a_dry_run_tells_and_deletes_nothing() {
    let world = world(3, 2);
    let host = healthy(&world);
    let pruned = prune(&host, 2, true).unwrap();
    let names = |candidates: &[ops::prune::Candidate]| -> Vec<String> {
        candidates.iter().map(|candidate| candidate.name.clone()).collect()
    };
    assert_eq!(names(&pruned.deleted), ["b0", "b1"]);
    assert_eq!(names(&pruned.deferred), ["b2"]);
    assert_eq!((pruned.kept, pruned.dry_run, pruned.is_list_cut), (2, true, false));
    assert_eq!((host.arrived().len(), world.lock().unwrap().len()), (1, 5));
}

#[test]
fn where_no_repository_is_known_all_are_listed_and_none_deleted() {
    let world = world(3, 2);
    let host = healthy(&world);
    let unknown = rules(Scope::Unknown);
    let told = block_on(ops::prune::prune(&host, &connection(), &unknown, 9, true)).unwrap();
    assert_eq!(told.deleted.len(), 3);
    let refused = block_on(ops::prune::prune(&host, &connection(), &unknown, 9, false));
    assert_eq!(refused.unwrap_err().code(), Code::UsageInvalid);
    assert_eq!((host.arrived().len(), world.lock().unwrap().len()), (1, 5));
}

#[test]
fn the_bound_holds_and_runs_reach_the_end() {
    let world = world(7, 2);
    for (deleted, left) in [(3, 6), (3, 3), (1, 2), (0, 2)] {
        let pruned = prune(&healthy(&world), 3, false).unwrap();
        assert_eq!((pruned.deleted.len(), world.lock().unwrap().len()), (deleted, left));
    }
    assert!(world.lock().unwrap().values().all(|status| *status == "OPEN"));
}

/// Every sort of fault at every third deletion: the others are deleted, and a second run ends the work.
#[test]
fn faults_halfway_stop_nothing_but_their_own_deletion() {
    let faults: [(fn() -> Step, Code); 5] = [
        (|| answer(502, ""), Code::PlusUnreachable),
        (|| Step::Fail(SendErrorKind::Connect), Code::PlusUnreachable),
        (|| answer(403, ""), Code::PlusUnauthorized),
        (|| answer(200, "<html>"), Code::PlusUnexpected),
        (
            || {
                data(
                    json!({"deleteDeployment": {"__typename": "PythonError", "message": "x", "stack": [], "errorChain": []}}),
                )
            },
            Code::PlusFailed,
        ),
    ];
    for (fault, code) in faults {
        let world = world(12, 3);
        let behind = world.clone();
        let host = Fake::respond(move |arrived, _| match deleted_id(arrived) {
            Some(id) if id % 3 == 1 => fault(),
            _ => serve(&behind, arrived),
        });
        let error = prune(&host, 100, false).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert_ne!(error.code().exit_code(), 0);
        assert!(
            error.to_string().starts_with("4 of 12 branch deployments were not deleted: `b1`: "),
            "{error}"
        );
        assert_eq!(error.detail().unwrap().lines().count(), 4);
        assert_eq!(world.lock().unwrap().len(), 7, "{code}");
        let told =
            |wanted: fn(&Event) -> bool| host.events().iter().filter(|event| wanted(event)).count();
        assert_eq!(told(|event| matches!(event, Event::BranchDeploymentDeleted { .. })), 8);
        assert_eq!(told(|event| matches!(event, Event::DeletionFailed { .. })), 4);

        let pruned = prune(&healthy(&world), 100, false).unwrap();
        assert_eq!((pruned.deleted.len(), world.lock().unwrap().len()), (4, 3));
    }
}

#[test]
fn a_lost_answer_to_a_deletion_that_was_done_is_success() {
    let world = world(3, 0);
    let behind = world.clone();
    let mut is_lost = true;
    let host = Fake::respond(move |arrived, _| {
        let step = serve(&behind, arrived);
        match deleted_id(arrived) {
            Some(1) if std::mem::take(&mut is_lost) => Step::Fail(SendErrorKind::Broken),
            _ => step,
        }
    });
    assert_eq!(prune(&host, 100, false).unwrap().deleted.len(), 3);
    assert!(world.lock().unwrap().is_empty());
}

#[test]
fn a_service_that_stays_away_is_given_up_within_twice_the_budget() {
    let world = world(100, 0);
    let host = Fake::respond(move |arrived, _| match deleted_id(arrived) {
        Some(_) => answer(503, ""),
        None => serve(&world, arrived),
    });
    let error = prune(&host, 100, false).unwrap_err();
    assert!(host.elapsed() < Duration::from_secs(600), "{:?}", host.elapsed());
    assert!(error.to_string().starts_with("100 of 100 "), "{error}");
}

#[test]
fn one_that_cannot_be_deleted_late_in_a_long_run_gives_up_none_of_the_others() {
    let world = world(100, 0);
    let behind = world.clone();
    let mut host = Fake::respond(move |arrived, _| match deleted_id(arrived) {
        Some(80) => answer(503, ""),
        _ => serve(&behind, arrived),
    });
    host.latency = Duration::from_secs(5);
    let error = prune(&host, 100, false).unwrap_err();
    assert!(host.elapsed() > connection().budget.total, "{:?}", host.elapsed());
    assert!(error.to_string().starts_with("1 of 100 "), "{error}");
    assert_eq!(world.lock().unwrap().len(), 1);
}

/// The service lists branch deployments only; should it ever list another, that one is not even tried.
#[test]
fn a_full_deployment_in_the_list_is_kept() {
    for kind in ["PRODUCTION", "NEW"] {
        let nodes = [deployment(1, kind, "CLOSED")];
        let host = Fake::script([data(json!({"branchDeployments": {"nodes": nodes}}))]);
        let pruned = prune(&host, 100, false).unwrap();
        assert_eq!((pruned.deleted.len(), pruned.kept), (0, 1));
    }
}

#[test]
fn a_list_that_may_have_been_cut_is_told() {
    let host = healthy(&world(0, i64::from(MOST_LISTED)));
    assert!(prune(&host, 1, true).unwrap().is_list_cut);
    let host = healthy(&world(0, i64::from(MOST_LISTED) - 1));
    assert!(!prune(&host, 1, true).unwrap().is_list_cut);
}
