//! Waiting, on a clock that jumps.

use std::time::Duration;

use offshoot_core::{
    error::{Code, Explain},
    location::LocationFlags,
    ops::{self, Error, Event, LocationInput, Outcome, WaitLimits},
    ports::SendErrorKind,
};
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{Arrived, Fake, Step, answer, connection, data, deployment};

/// A deployment of one location, `etl`, whose old version is loaded and whose new one, put at 100.0, loads at
/// `loads_at`; with a load error if `fails`.
struct Scene {
    loads_at: f64,
    fails: bool,
    agent_at: f64,
}

impl Scene {
    fn answer(&self, arrived: &Arrived, now: Duration) -> Step {
        let now = now.as_secs_f64();
        let query = arrived.body["query"].as_str().unwrap();
        let outdated = now < self.loads_at;
        let entry = json!({"locationName": "etl", "metadataTimestamp": 100.0, "dataUpdatedTimestamp": 50.0,
            "hasOutdatedData": outdated, "hasLoadError": self.fails && !outdated});
        if query.contains("addOrUpdateLocationFromDocument") {
            let mut entry = entry;
            entry["__typename"] = "WorkspaceEntry".into();
            data(json!({"addOrUpdateLocationFromDocument": entry}))
        } else if query.contains("workspaceEntries") {
            data(json!({"workspace": {"workspaceEntries": [entry]}}))
        } else if query.contains("workspaceOrError") {
            data(served(if self.fails && !outdated { error() } else { repository() }))
        } else {
            let status = if now >= self.agent_at { "RUNNING" } else { "NOT_RUNNING" };
            data(
                json!({"agents": [{"agentLabel": "a1", "status": status, "lastHeartbeatTime": 1.0}]}),
            )
        }
    }

    fn host(self) -> Fake {
        Fake::respond(move |arrived, now| self.answer(arrived, now))
    }
}

/// Whatever version is current, the deployment says LOADED: that is the trap.
fn served(what: Value) -> Value {
    json!({"workspaceOrError": {"__typename": "Workspace", "locationEntries": [
        {"name": "etl", "loadStatus": "LOADED", "locationOrLoadError": what}]}})
}

fn repository() -> Value {
    json!({"__typename": "RepositoryLocation", "name": "etl"})
}

fn error() -> Value {
    json!({"__typename": "PythonError", "message": "ModuleNotFoundError: No module named 'etl'\n",
        "stack": ["  File \"/app/defs.py\", line 3, in <module>\n    import etl\n"], "errorChain": []})
}

fn add(host: &Fake, limits: WaitLimits) -> Result<bool, Error> {
    let flags = LocationFlags {
        location_name: Some("etl".into()),
        module_name: Some("etl.definitions".into()),
        ..LocationFlags::default()
    };
    let input = LocationInput { file: None, flags };
    match block_on(ops::add_or_update_location(
        host,
        &connection(),
        &deployment(),
        &input,
        limits,
        false,
    ))? {
        Outcome::Done(deployed) => Ok(deployed.loaded),
        Outcome::Planned(_) => panic!("not a dry run"),
    }
}

#[test]
fn the_version_before_does_not_count() {
    let host = Scene { loads_at: 42.0, fails: false, agent_at: 0.0 }.host();
    assert!(add(&host, WaitLimits::default()).unwrap());
    assert!(host.elapsed() >= Duration::from_secs(42), "{:?}", host.elapsed());
    assert!(
        host.elapsed() <= Duration::from_secs(48),
        "polls at least every 5 s: {:?}",
        host.elapsed()
    );
}

#[test]
fn an_update_by_somebody_else_before_ours_does_not_count() {
    let host = Fake::respond(move |arrived, now| {
        let query = arrived.body["query"].as_str().unwrap();
        // The older put has loaded, ours is on its way through the service.
        let metadata = if now.as_secs() < 30 { 90.0 } else { 100.0 };
        if query.contains("addOrUpdate") {
            return data(
                json!({"addOrUpdateLocationFromDocument": {"__typename": "WorkspaceEntry", "locationName": "etl",
                "metadataTimestamp": 100.0, "dataUpdatedTimestamp": null, "hasOutdatedData": true, "hasLoadError": false}}),
            );
        }
        if query.contains("workspaceEntries") {
            return data(
                json!({"workspace": {"workspaceEntries": [{"locationName": "etl", "metadataTimestamp": metadata,
                "dataUpdatedTimestamp": 95.0, "hasOutdatedData": false, "hasLoadError": false}]}}),
            );
        }
        Scene { loads_at: 0.0, fails: false, agent_at: 0.0 }.answer(arrived, now)
    });
    assert!(add(&host, WaitLimits::default()).unwrap());
    assert!(host.elapsed() >= Duration::from_secs(30), "{:?}", host.elapsed());
}

#[test]
fn it_polls_quickly_at_first() {
    let host = Scene { loads_at: 1.0, fails: false, agent_at: 0.0 }.host();
    add(&host, WaitLimits::default()).unwrap();
    assert!(host.elapsed() < Duration::from_secs(2), "{:?}", host.elapsed());
}

#[test]
fn a_load_error_ends_the_wait_with_its_stack() {
    let host = Scene { loads_at: 3.0, fails: true, agent_at: 0.0 }.host();
    let error = add(&host, WaitLimits::default()).unwrap_err();
    assert_eq!((error.code(), error.code().exit_code()), (Code::LoadFailed, 12));
    assert_eq!(
        error.to_string(),
        "code location `etl` failed to load: ModuleNotFoundError: No module named 'etl'"
    );
    assert!(error.detail().unwrap().contains("/app/defs.py"));
    assert!(host.elapsed() < Duration::from_secs(6));
    let failed = host.events().into_iter().find_map(|event| match event {
        Event::LocationFailed { location, traceback } => Some((location, traceback)),
        _ => None,
    });
    assert!(
        failed.is_some_and(
            |(location, traceback)| location == "etl" && traceback.contains("import etl")
        )
    );
}

#[test]
fn the_text_of_a_load_error_is_waited_for_a_little() {
    let host = Fake::respond(|arrived, now| {
        let query = arrived.body["query"].as_str().unwrap();
        let scene = Scene { loads_at: 2.0, fails: true, agent_at: 0.0 };
        if query.contains("workspaceOrError") && now.as_secs() < 5 {
            data(served(repository()))
        } else {
            scene.answer(arrived, now)
        }
    });
    let error = add(&host, WaitLimits::default()).unwrap_err();
    assert!(error.to_string().contains("ModuleNotFoundError"), "{error}");

    let never = Fake::respond(|arrived, now| {
        let scene = Scene { loads_at: 2.0, fails: true, agent_at: 0.0 };
        let is_text = arrived.body["query"].as_str().unwrap().contains("workspaceOrError");
        if is_text { data(served(repository())) } else { scene.answer(arrived, now) }
    });
    let error = add(&never, WaitLimits::default()).unwrap_err();
    assert_eq!(error.code(), Code::LoadFailed);
    assert!(never.elapsed() < Duration::from_secs(20));
}

#[test]
fn no_agent_is_said_at_its_own_deadline() {
    let host = Scene { loads_at: 1e9, fails: false, agent_at: 1e9 }.host();
    let error = add(&host, WaitLimits::default()).unwrap_err();
    assert_eq!((error.code(), error.code().exit_code()), (Code::LoadNoAgent, 13));
    let seconds = host.elapsed().as_secs();
    assert!((60..62).contains(&seconds), "{seconds}");
}

#[test]
fn a_late_agent_is_taken() {
    let host = Scene { loads_at: 70.0, fails: false, agent_at: 50.0 }.host();
    assert!(add(&host, WaitLimits::default()).unwrap());
    assert!(host.events().contains(&Event::AgentSeen { label: Some("a1".into()) }));
}

#[test]
fn the_deadline_names_what_is_missing() {
    let host = Scene { loads_at: 1e9, fails: false, agent_at: 0.0 }.host();
    let limits = WaitLimits { location_load_timeout: 100, ..WaitLimits::default() };
    let error = add(&host, limits).unwrap_err();
    assert_eq!((error.code(), error.code().exit_code()), (Code::LoadTimeout, 14));
    assert_eq!(error.to_string(), "code location `etl` did not load within 100 s");
    assert!(error.hint().unwrap().contains("--location-load-timeout"));
    assert!((100..102).contains(&host.elapsed().as_secs()));
}

#[test]
fn a_log_is_told_now_and_then() {
    let host = Scene { loads_at: 100.0, fails: false, agent_at: 0.0 }.host();
    add(&host, WaitLimits::default()).unwrap();
    let waiting =
        host.events().iter().filter(|event| matches!(event, Event::Waiting { .. })).count();
    assert!((4..=7).contains(&waiting), "{waiting} lines in 100 s");
}

#[test]
fn failed_polls_do_not_end_a_wait() {
    let mut count = 0;
    let host = Fake::respond(move |arrived, now| {
        count += 1;
        let is_poll = !arrived.body["query"].as_str().unwrap().contains("mutation");
        match count % 5 {
            0 if is_poll => Step::Fail(SendErrorKind::Broken),
            1 if is_poll => answer(502, ""),
            _ => Scene { loads_at: 20.0, fails: false, agent_at: 0.0 }.answer(arrived, now),
        }
    });
    assert!(add(&host, WaitLimits::default()).unwrap());
    assert!(host.events().iter().any(|event| matches!(event, Event::PollFailed { .. })));
}

#[test]
fn a_poll_that_cannot_get_better_ends_it() {
    let host = Fake::respond(|arrived, now| {
        match arrived.body["query"].as_str().unwrap().contains("mutation") {
            true => Scene { loads_at: 0.0, fails: false, agent_at: 0.0 }.answer(arrived, now),
            false => answer(401, ""),
        }
    });
    assert_eq!(add(&host, WaitLimits::default()).unwrap_err().code(), Code::PlusUnauthorized);
}

#[test]
fn a_limit_of_zero_does_not_wait() {
    let host = Scene { loads_at: 1e9, fails: false, agent_at: 1e9 }.host();
    let limits = WaitLimits { location_load_timeout: 0, agent_heartbeat_timeout: 0 };
    assert!(!add(&host, limits).unwrap());
    assert_eq!(host.arrived().len(), 1);
}

#[test]
fn wait_without_names_waits_for_all() {
    let host = Scene { loads_at: 10.0, fails: false, agent_at: 0.0 }.host();
    let waited = block_on(ops::wait_for_locations(
        &host,
        &connection(),
        &deployment(),
        &[],
        WaitLimits::default(),
    ))
    .unwrap();
    assert_eq!(waited.loaded, ["etl"]);
}
