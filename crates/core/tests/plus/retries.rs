//! What is sent again, when, and for how long.

use std::time::Duration;

use offshoot_core::{
    error::{Code, Explain},
    ops::{self, Event, Outcome},
    plus::{Budget, Client, Connection, PlusError, branch_deployments},
    ports::SendErrorKind,
};
use pollster::block_on;
use serde_json::json;

use crate::support::{Fake, Step, TOKEN, answer, connection, data, deployment};

fn name(host: &Fake, connection: &Connection) -> Result<String, PlusError> {
    block_on(Client::new(host, connection).send(&branch_deployments::name("shop", "main")))
}

fn good() -> Step {
    data(json!({"getBranchDeploymentName": "b1"}))
}

#[test]
fn what_is_transient_is_sent_again() {
    let transient = [408, 409, 425, 429, 500, 502, 503, 504];
    for status in transient {
        let host = Fake::script([
            answer(status, "<html>"),
            answer(status, r#"{"errors":[{"message":"x"}]}"#),
            good(),
        ]);
        assert_eq!(name(&host, &connection()).unwrap(), "b1", "{status}");
        assert_eq!(host.sleeps().len(), 2);
    }
    for kind in [
        SendErrorKind::Resolve,
        SendErrorKind::Connect,
        SendErrorKind::Timeout,
        SendErrorKind::Broken,
    ] {
        let host = Fake::script([Step::Fail(kind), good()]);
        assert_eq!(name(&host, &connection()).unwrap(), "b1", "{kind:?}");
    }
    let cut = Fake::script([answer(200, r#"{"data":{"getBra"#), good()]);
    assert_eq!(name(&cut, &connection()).unwrap(), "b1");
}

#[test]
fn what_will_not_change_is_sent_once() {
    let cases = [
        (answer(401, "<h1>no</h1>"), Code::PlusUnauthorized),
        (answer(403, "{}"), Code::PlusUnauthorized),
        (answer(404, "not here"), Code::PlusNotFound),
        (answer(400, "bad"), Code::PlusUnreachable),
        (answer(302, ""), Code::PlusUnexpected),
        (answer(200, "<html>Log in</html>"), Code::PlusUnexpected),
        (answer(200, r#"{"data":null}"#), Code::PlusUnexpected),
        (answer(200, r#"{"data":{}}"#), Code::PlusUnexpected),
        (answer(200, r#"{"data":{"getBranchDeploymentName":5}}"#), Code::PlusUnexpected),
        (answer(200, r#"{"errors":[{"message":"Cannot query field"}]}"#), Code::PlusFailed),
        (Step::Fail(SendErrorKind::Tls), Code::PlusTls),
        (Step::Fail(SendErrorKind::TooLarge), Code::PlusUnexpected),
        (Step::Fail(SendErrorKind::Unusable), Code::SettingsInvalid),
    ];
    for (step, code) in cases {
        let host = Fake::script([step]);
        let error = name(&host, &connection()).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(host.arrived().len(), 1, "{error}");
    }
}

#[test]
fn retry_after_is_the_least_delay_in_both_its_forms() {
    let after =
        |value: &str| Step::Answer(429, vec![("Retry-After", value.to_owned())], String::new());
    let host =
        Fake::script([after("40"), after("Sun, 06 Nov 1994 08:51:37 GMT"), after("junk"), good()]);
    name(&host, &connection()).unwrap();
    let [seconds, date, junk] = host.sleeps().try_into().unwrap();
    assert_eq!(seconds, Duration::from_secs(40));
    // 120 s after the clock's start, of which 40 s and two exchanges have passed.
    assert_eq!(date, Duration::from_secs(80) - 2 * host.latency);
    assert!(junk >= Duration::from_secs(2) && junk <= Duration::from_secs(4), "{junk:?}");
}

#[test]
fn maintenance_is_waited_out_inside_the_budget() {
    let maintenance = |interval: &str| {
        answer(
            503,
            &format!(
                r#"{{"maintenance":{{"message":"upgrade","timeout":null,"retry_interval":{interval}}}}}"#
            ),
        )
    };
    let host = Fake::script([maintenance("60"), maintenance("null"), good()]);
    name(&host, &connection()).unwrap();
    assert_eq!(host.sleeps()[0], Duration::from_secs(60));

    let endless = Fake::respond(|_, _| {
        answer(200, r#"{"maintenance":{"message":"upgrade","timeout":99999,"retry_interval":100}}"#)
    });
    let error = name(&endless, &connection()).unwrap_err();
    assert_eq!(error.code(), Code::PlusMaintenance);
    assert!(endless.elapsed() < Duration::from_secs(300), "{:?}", endless.elapsed());
}

#[test]
fn the_budget_bounds_attempts_delays_and_exchanges() {
    let host = Fake::respond(|_, _| answer(502, ""));
    let error = name(&host, &connection()).unwrap_err();
    assert_eq!(error.code(), Code::PlusUnreachable);
    assert!(
        host.elapsed() <= Duration::from_secs(300) && host.elapsed() > Duration::from_secs(200)
    );
    assert!(
        error.to_string().contains(&format!("({} attempts in ", host.arrived().len())),
        "{error}"
    );

    let silent = Fake::respond(|_, _| Step::Fail(SendErrorKind::Timeout));
    name(&silent, &connection()).unwrap_err();
    assert!(silent.elapsed() <= Duration::from_secs(301), "{:?}", silent.elapsed());
    let longest = silent.arrived().iter().map(|arrived| arrived.timeout).max();
    assert_eq!(longest, Some(Duration::from_secs(60)));
}

#[test]
fn a_server_that_was_never_reached_is_given_up_sooner() {
    let unreached = Fake::respond(|_, _| Step::Fail(SendErrorKind::Connect));
    name(&unreached, &connection()).unwrap_err();
    assert!(unreached.elapsed() <= Duration::from_secs(30), "{:?}", unreached.elapsed());

    let mut first = true;
    let reached_once = Fake::respond(move |_, _| match std::mem::take(&mut first) {
        true => answer(503, ""),
        false => Step::Fail(SendErrorKind::Connect),
    });
    name(&reached_once, &connection()).unwrap_err();
    assert!(reached_once.elapsed() > Duration::from_secs(200), "{:?}", reached_once.elapsed());
}

#[test]
fn a_budget_of_nothing_still_sends_once() {
    let connection = Connection {
        budget: Budget { total: Duration::ZERO, ..Budget::default() },
        ..connection()
    };
    let host = Fake::script([answer(502, "")]);
    name(&host, &connection).unwrap_err();
    let [only] = &host.arrived()[..] else { panic!("{:?}", host.arrived()) };
    assert_eq!(only.timeout, Duration::from_secs(30));
}

#[test]
fn every_retry_is_told() {
    let host = Fake::script([answer(502, "bad gateway"), good()]);
    name(&host, &connection()).unwrap();
    let [Event::Retrying { reason, .. }] = &host.events()[..] else {
        panic!("{:?}", host.events())
    };
    assert_eq!(reason, "HTTP 502: `bad gateway`");
}

#[test]
fn the_token_shows_in_no_error() {
    let answers = [
        answer(400, TOKEN),
        answer(200, &format!("<html>{TOKEN}")),
        answer(200, &format!(r#"{{"errors":[{{"message":"bad token {TOKEN}"}}]}}"#)),
        data(json!({ TOKEN: 1 })),
    ];
    for step in answers {
        let host = Fake::script([step]);
        let error = name(&host, &connection()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("0123456789abcdef"), "{error:?}");
    }
}

#[test]
fn a_lost_answer_to_a_deletion_that_was_done_is_success() {
    let branch = || {
        data(json!({"deploymentByName": {"__typename": "DagsterCloudDeployment", "deploymentId": 7,
        "deploymentName": "b1", "deploymentType": "BRANCH", "branchDeploymentGitMetadata": null, "latestCommit": null}}))
    };
    let gone = |field: &str| {
        data(json!({ field: {"__typename": "DeploymentNotFoundError", "message": "no such"} }))
    };
    let delete = |host: &Fake| {
        block_on(ops::delete_branch_deployment(host, &connection(), &deployment(), false))
    };

    let done_by_the_lost_one = Fake::script([
        branch(),
        Step::Fail(SendErrorKind::Broken),
        gone("deleteDeployment"),
        gone("deploymentByName"),
    ]);
    assert!(matches!(delete(&done_by_the_lost_one), Ok(Outcome::Done(_))));

    let never_there = Fake::script([gone("deploymentByName")]);
    assert_eq!(delete(&never_there).unwrap_err().code(), Code::PlusNotFound);

    let refused =
        data(json!({"deleteDeployment": {"__typename": "UnauthorizedError", "message": "no"}}));
    let still_there =
        Fake::script([branch(), Step::Fail(SendErrorKind::Broken), refused, branch()]);
    assert_eq!(delete(&still_there).unwrap_err().code(), Code::PlusUnauthorized);
}

#[test]
fn a_lost_answer_to_a_location_s_deletion_is_success_as_well() {
    let python = data(
        json!({"deleteLocation": {"__typename": "PythonError", "message": "no such location", "stack": [], "errorChain": []}}),
    );
    let listed = |names: &[&str]| {
        let entries: Vec<_> = names
            .iter()
            .map(|name| json!({"locationName": name, "serializedDeploymentMetadata": "{}"}))
            .collect();
        data(json!({"workspace": {"workspaceEntries": entries}}))
    };
    let delete = |host: &Fake| {
        block_on(ops::delete_location(host, &connection(), &deployment(), "etl", false))
    };
    let host = Fake::script([Step::Fail(SendErrorKind::Timeout), python, listed(&["other"])]);
    assert!(delete(&host).is_ok());

    let python = data(
        json!({"deleteLocation": {"__typename": "PythonError", "message": "broken", "stack": [], "errorChain": []}}),
    );
    let host = Fake::script([Step::Fail(SendErrorKind::Timeout), python, listed(&["etl"])]);
    assert_eq!(delete(&host).unwrap_err().code(), Code::PlusFailed);
}

#[test]
fn a_deletion_of_a_full_deployment_is_refused_before_it_is_sent() {
    let full = data(
        json!({"deploymentByName": {"__typename": "DagsterCloudDeployment", "deploymentId": 1,
        "deploymentName": "b1", "deploymentType": "PRODUCTION", "branchDeploymentGitMetadata": null, "latestCommit": null}}),
    );
    let host = Fake::script([full]);
    let error = block_on(ops::delete_branch_deployment(&host, &connection(), &deployment(), false))
        .unwrap_err();
    assert_eq!((error.code(), error.code().exit_code()), (Code::TargetRefused, 16));
    assert_eq!(host.arrived().len(), 1);
}
