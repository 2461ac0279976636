//! `POST .../wait`, with and without progress.

use std::time::Duration;

use offshoot_sandbox::{AgentConfig, SandboxConfig};
use serde_json::{Value, json};

use crate::support::{Answer, Served, Upstream, eventually};

const WAIT: &str = "/v1/deployments/prod/wait";
const EVENTS: &[&str] = &["-H", "Accept: text/event-stream"];
const BROKEN: &str = "ModuleNotFoundError: No module named 'dbt'";

fn put(served: &Served, location: &str) {
    let path = format!("/v1/deployments/prod/locations/{location}");
    let sent = served.curl(&path, &["-X", "PUT", "-d", "module_name=m", "-d", "image=i"]);
    assert_eq!(sent.status, 202, "{sent:?}");
}

fn broken() -> Served {
    let config = SandboxConfig::default().load_after(Duration::ZERO);
    Served::start(Upstream::start(config.fail_location("bad", BROKEN)))
}

/// The names and data of the events.
fn events(answer: &Answer) -> Vec<(String, Value)> {
    let event = |text: &str| {
        let (name, data) = text.split_once('\n').unwrap();
        let data = data.strip_prefix("data: ").unwrap();
        (name.strip_prefix("event: ").unwrap().to_owned(), serde_json::from_str(data).unwrap())
    };
    answer.body.split("\n\n").filter(|text| !text.is_empty()).map(event).collect()
}

#[test]
fn a_wait_answers_when_all_have_loaded() {
    let served = Served::start(Upstream::quick());
    put(&served, "etl");
    put(&served, "ml");
    let all = served.curl(WAIT, &["-X", "POST"]);
    assert_eq!((all.status, all.json()), (200, json!({ "loaded": ["etl", "ml"] })));
    let form = ["-d", "locations=ml", "-d", "locations=etl", "-d", "location_load_timeout=20"];
    assert_eq!(served.curl(WAIT, &form).json(), json!({ "loaded": ["etl", "ml"] }));
    assert_eq!(served.curl(WAIT, &["-d", "locations=ml"]).json(), json!({ "loaded": ["ml"] }));
    let object = r#"{"locations": ["ml"], "agent_heartbeat_timeout": 20}"#;
    assert_eq!(served.curl(WAIT, &["--json", object]).json(), json!({ "loaded": ["ml"] }));
}

#[test]
fn progress_comes_event_by_event() {
    let served = Served::start(Upstream::quick());
    put(&served, "etl");
    let answer = served.curl(WAIT, &[EVENTS, &["-d", "locations=etl"]].concat());
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")));
    let events = events(&answer);
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["wait-started", "agent-seen", "location-loaded", "result"]);
    assert_eq!(events[2].1["location"], "etl");
    assert_eq!(events[3].1, json!({ "loaded": ["etl"] }));
}

#[test]
fn a_load_error_ends_the_wait_with_its_stack() {
    let served = broken();
    put(&served, "bad");
    let plain = served.curl(WAIT, &["-d", "locations=bad"]);
    assert_eq!((plain.status, plain.problem().as_str()), (422, "load.failed"));
    assert_eq!(plain.json()["exit_code"], 12);
    assert!(plain.json()["trace"].as_str().unwrap().contains(BROKEN), "{plain:?}");
    let answer = served.curl(WAIT, &[EVENTS, &["-d", "locations=bad"]].concat());
    let (name, data) = events(&answer).pop().unwrap();
    assert_eq!((name.as_str(), &data["code"]), ("error", &json!("load.failed")), "{answer:?}");

    let path = "/v1/deployments/prod/locations/bad";
    let state = served.curl(path, &[]).json();
    assert_eq!(state["state"], "failed", "{state}");
    assert!(!state["headline"].as_str().unwrap().contains('\n'), "{state}");
    assert!(state["traceback"].as_str().unwrap().contains(BROKEN), "{state}");
    let form = ["-X", "PUT", "-d", "module_name=m", "-d", "image=i", "-d", "wait=true"];
    assert_eq!(served.curl(path, &form).problem(), "load.failed");
}

#[test]
fn many_who_wait_poll_as_one() {
    let (upstream, clock) = Upstream::still();
    let served = Served::start(upstream);
    put(&served, "etl");
    let waiting: Vec<_> = (0..30).map(|_| served.curl_meanwhile(WAIT, &["-X", "POST"])).collect();
    // Each asks for the locations once to know what to wait for, and then with every poll.
    eventually("some polls", || served.upstream.asked("workspace") >= 8);
    clock.advance(Duration::from_secs(100));
    for waiting in waiting {
        assert_eq!(waiting.answer().status, 200);
    }
    let asked = served.upstream.asked("workspace");
    assert!(asked < 60, "{asked} requests for 30 that wait");
}

#[test]
fn the_limits_of_a_request_are_kept() {
    let config = SandboxConfig::default().agent(AgentConfig::Missing);
    let served = Served::start(Upstream::start(config));
    put(&served, "etl");
    let no_agent = served.curl(WAIT, &["-d", "agent_heartbeat_timeout=1"]);
    assert_eq!((no_agent.status, no_agent.problem().as_str()), (504, "load.no-agent"));
    assert!(no_agent.body.contains("agent_heartbeat_timeout"), "{no_agent:?}");
    let form = ["-d", "location_load_timeout=1", "-d", "agent_heartbeat_timeout=0"];
    assert_eq!(served.curl(WAIT, &form).problem(), "load.timeout");
}
