//! How it starts and ends in the foreground.

use std::{
    io::Write,
    net::TcpStream,
    process::Stdio,
    time::{Duration, Instant},
};

use crate::support::{OFFSHOOT, Served, Upstream, eventually, offshoot, send_signal};

const WAIT: &str = "/v1/deployments/prod/wait";
const PUT: &[&str] = &["-X", "PUT", "-d", "module_name=m", "-d", "image=i"];

fn has_closed(served: &Served) -> bool {
    TcpStream::connect(served.address()).is_err()
}

#[test]
fn a_signal_lets_work_finish() {
    let (upstream, clock) = Upstream::still();
    let mut served = Served::start(upstream);
    assert_eq!(served.curl("/v1/deployments/prod/locations/etl", PUT).status, 202);
    let plain = served.curl_meanwhile(WAIT, &["-X", "POST"]);
    let events = served.curl_meanwhile(WAIT, &["-X", "POST", "-H", "Accept: text/event-stream"]);
    eventually("both waits", || served.upstream.asked("agents") > 1);
    // A connection on which nothing is asked must not delay the end.
    let _idle = TcpStream::connect(served.address()).unwrap();
    let mut half = TcpStream::connect(served.address()).unwrap();
    half.write_all(b"GET /healthz HTTP/1.1\r\n").unwrap();
    served.terminate();
    eventually("the end of listening", || has_closed(&served));
    clock.advance(Duration::from_secs(100));
    let asked = Instant::now();
    assert_eq!(plain.answer().status, 200);
    assert!(events.answer().body.contains("event: result\n"));
    let (status, stderr) = served.ended();
    assert!(asked.elapsed() < Duration::from_secs(6), "{:?}", asked.elapsed());
    assert_eq!(status.code(), Some(0), "{stderr}");
    assert!(stderr.starts_with(&format!("listening on {}\n", served.url)), "{stderr}");
    assert!(stderr.contains("stopping: a signal came\n"), "{stderr}");
}

#[test]
fn work_that_does_not_end_in_time_is_told_so() {
    let (upstream, _clock) = Upstream::still();
    let mut served = Served::start_with(upstream, &["--drain-timeout", "0"]);
    assert_eq!(served.curl("/v1/deployments/prod/locations/etl", PUT).status, 202);
    let plain = served.curl_meanwhile(WAIT, &["-X", "POST"]);
    let events = served.curl_meanwhile(WAIT, &["-X", "POST", "-H", "Accept: text/event-stream"]);
    eventually("both waits", || served.upstream.asked("agents") > 1);
    send_signal("INT", served.pid());
    let plain = plain.answer();
    assert_eq!((plain.status, plain.problem().as_str()), (503, "serve.stopping"));
    let events = events.answer();
    assert!(events.body.contains("event: error\n"), "{events:?}");
    assert!(events.body.contains("serve.stopping"), "{events:?}");
    assert_eq!(served.ended().0.code(), Some(0));
}

#[test]
fn it_ends_when_nobody_asks_for_anything() {
    let mut served = Served::start_with(Upstream::quick(), &["--idle-timeout", "1"]);
    let (status, stderr) = served.ended();
    assert_eq!(status.code(), Some(0));
    assert!(stderr.contains("stopping: no request came for 1 s\n"), "{stderr}");
}

#[test]
fn work_is_no_idleness() {
    let (upstream, clock) = Upstream::still();
    let mut served = Served::start_with(upstream, &["--idle-timeout", "1"]);
    assert_eq!(served.curl("/v1/deployments/prod/locations/etl", PUT).status, 202);
    let waiting = served.curl_meanwhile(WAIT, &["-X", "POST", "-H", "Accept: text/event-stream"]);
    // The pauses between the first polls sum up to more than the idle time.
    eventually("five polls", || served.upstream.asked("workspace") >= 6);
    assert!(!has_closed(&served));
    clock.advance(Duration::from_secs(100));
    assert!(waiting.answer().body.contains("event: result\n"));
    assert_eq!(served.ended().0.code(), Some(0));
}

#[test]
fn stop_ends_it_and_may_come_twice() {
    let mut served = Served::start(Upstream::quick());
    let stop = |url: &str, token: &str| {
        let mut command = offshoot(&served.upstream);
        command.arg("stop").env("OFFSHOOT_URL", url).env("OFFSHOOT_TOKEN", token);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, stderr) = stop(&served.url, "a-wrong-token-of-someone");
    assert_eq!(code, Some(10), "{stderr}");
    assert_eq!(stop(&served.url, &served.token), (Some(0), String::new()));
    eventually("the end of listening", || has_closed(&served));
    let (code, stderr) = stop(&served.url, &served.token);
    assert_eq!((code, stderr.as_str()), (Some(0), "no sidecar runs there any more\n"));
    assert_eq!(stop("", &served.token).0, Some(2));
    let (status, stderr) = served.ended();
    assert_eq!(status.code(), Some(0));
    assert!(stderr.contains("stopping: `offshoot stop` was called\n"), "{stderr}");
}

#[test]
fn a_start_without_settings_says_what_is_missing() {
    let output = std::process::Command::new(OFFSHOOT)
        .arg("serve")
        .env_clear()
        .env("HOME", "/nonexistent")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.starts_with("error: the organization is not known\nhint: "), "{stderr}");
}

#[test]
fn the_token_may_be_given() {
    let upstream = Upstream::quick();
    for weak in ["short", "has blanks in it, though long"] {
        let output = offshoot(&upstream).arg("serve").env("OFFSHOOT_TOKEN", weak).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(!String::from_utf8(output.stderr).unwrap().contains(weak));
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "0123456789abcdef0123\n").unwrap();
    let path = file.path().to_str().unwrap();
    let served = Served::start_with(upstream, &["--token-file", path]);
    assert_eq!(served.token, "0123456789abcdef0123");
    assert_eq!(served.curl("/v1/branch-deployments", &[]).status, 200);
}
