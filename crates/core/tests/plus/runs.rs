//! Launching a run once, and waiting for its end.

use std::time::Duration;

use offshoot_core::{
    error::{Code, Explain},
    ops::{self, Event, LaunchInput, LaunchedRun, Outcome, RunWait},
    ports::SendErrorKind,
};
use pollster::block_on;
use serde_json::json;

use crate::support::{Fake, Step, answer, connection, data, deployment};

fn launched() -> Step {
    data(json!({"launchRun": {"__typename": "LaunchRunSuccess", "run": {"runId": "5f"}}}))
}

fn at(status: &str) -> Step {
    data(json!({"runOrError": {"__typename": "Run", "status": status}}))
}

fn input(wait: Option<RunWait>) -> LaunchInput {
    LaunchInput { location: "etl".into(), job: "clone".into(), wait, ..LaunchInput::default() }
}

fn launch(host: &Fake, input: LaunchInput) -> Result<Outcome<LaunchedRun>, ops::Error> {
    block_on(ops::launch_job(host, &connection(), &deployment(), input))
}

#[test]
fn every_attempt_carries_the_same_key() {
    let host = Fake::script([Step::Fail(SendErrorKind::Broken), answer(502, ""), launched()]);
    launch(&host, input(None)).unwrap();
    let keys: Vec<_> =
        host.arrived().iter().map(|sent| sent.headers["idempotency-key"].clone()).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0] && key.len() > 20), "{keys:?}");

    let host = Fake::script([launched()]);
    let named = LaunchInput { idempotency_key: Some("build-7".into()), ..input(None) };
    launch(&host, named).unwrap();
    assert_eq!(host.arrived()[0].headers["idempotency-key"], "build-7");
}

#[test]
fn what_may_be_sent_twice_has_no_key() {
    let host = Fake::script([at("QUEUED")]);
    block_on(ops::run_status(&host, &connection(), &deployment(), "5f")).unwrap();
    assert!(!host.arrived()[0].headers.contains_key("idempotency-key"));
}

#[test]
fn what_cannot_be_sent_is_refused_before_it_is() {
    let wrong = [
        LaunchInput { idempotency_key: Some("a b".into()), ..input(None) },
        LaunchInput { tags: json!({"n": 1}).as_object().unwrap().clone(), ..input(None) },
        LaunchInput { asset_keys: vec!["a//b".into()], ..input(None) },
        LaunchInput { asset_keys: vec![String::new()], ..input(None) },
    ];
    for input in wrong {
        let host = Fake::script([]);
        assert_eq!(launch(&host, input).unwrap_err().code(), Code::UsageInvalid);
    }
}

#[test]
fn the_wait_ends_with_the_run() {
    let host = Fake::script([
        launched(),
        at("QUEUED"),
        answer(503, ""),
        at("STARTED"),
        at("SOMETHING_NEW"),
        at("SUCCESS"),
    ]);
    let Outcome::Done(run) = launch(&host, input(Some(RunWait::default()))).unwrap() else {
        panic!("it was no dry run")
    };
    assert_eq!(run.status.as_deref(), Some("SUCCESS"));
    assert_eq!(run.url, "https://acme.dagster.cloud/b1/runs/5f");
    let told: Vec<_> = host
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::RunUnderWay { status, .. } => Some(status),
            _ => None,
        })
        .collect();
    assert_eq!(told, ["QUEUED", "STARTED", "SOMETHING_NEW"]);
}

#[test]
fn a_run_that_fails_fails_the_wait() {
    for status in ["FAILURE", "CANCELED"] {
        let host = Fake::script([launched(), at("STARTED"), at(status)]);
        let error = launch(&host, input(Some(RunWait::default()))).unwrap_err();
        assert_eq!((error.code(), error.code().exit_code()), (Code::RunFailed, 1));
        assert_eq!(error.to_string(), format!("the run `5f` ended with {status}"));
        assert!(error.hint().unwrap().contains("/b1/runs/5f"));
    }
}

#[test]
fn a_run_of_hours_is_looked_at_by_the_interval_and_told_by_the_minute() {
    let mut is_launched = false;
    let host = Fake::respond(move |_, now| match std::mem::replace(&mut is_launched, true) {
        false => launched(),
        true if now < Duration::from_secs(7200) => at("STARTED"),
        true => at("SUCCESS"),
    });
    launch(&host, input(Some(RunWait { interval: 20, timeout: None }))).unwrap();
    assert_eq!(host.sleeps()[0], Duration::from_secs(1));
    assert!(host.sleeps().iter().all(|pause| *pause <= Duration::from_secs(20)));
    let told = host.events().len();
    assert!((90..=122).contains(&told), "{told}");
}

#[test]
fn looks_do_not_follow_each_other_without_a_pause() {
    let host = Fake::script([launched(), at("STARTED"), at("STARTED"), at("SUCCESS")]);
    launch(&host, input(Some(RunWait { interval: 0, timeout: None }))).unwrap();
    assert_eq!(host.sleeps(), [Duration::from_secs(1); 2]);
}

#[test]
fn a_limit_ends_the_wait_in_time() {
    let mut is_launched = false;
    let host = Fake::respond(move |_, _| match std::mem::replace(&mut is_launched, true) {
        false => launched(),
        true => at("STARTED"),
    });
    let limits = RunWait { timeout: Some(100), ..RunWait::default() };
    let error = launch(&host, input(Some(limits))).unwrap_err();
    assert_eq!((error.code(), error.code().exit_code()), (Code::RunTimeout, 14));
    assert!(
        host.elapsed() >= Duration::from_secs(100) && host.elapsed() < Duration::from_secs(102)
    );
}

#[test]
fn a_wait_does_not_outlive_the_service() {
    let mut is_launched = false;
    let host = Fake::respond(move |_, _| match std::mem::replace(&mut is_launched, true) {
        false => launched(),
        true => answer(502, ""),
    });
    let error = launch(&host, input(Some(RunWait::default()))).unwrap_err();
    assert_eq!(error.code(), Code::PlusUnreachable);
    assert!(host.elapsed() <= Duration::from_secs(301), "{:?}", host.elapsed());
}

#[test]
fn a_dry_run_shows_the_key_and_sends_nothing() {
    let host = Fake::script([]);
    let input = LaunchInput {
        dry_run: true,
        idempotency_key: Some("build-7".into()),
        ..input(Some(RunWait::default()))
    };
    let Outcome::Planned(plan) = launch(&host, input).unwrap() else { panic!("it was done") };
    assert_eq!(plan.calls[0].idempotency_key.as_deref(), Some("build-7"));
}
