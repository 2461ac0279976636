//! Bounds: of operations, connections, heads and time.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::support::{Served, Upstream, curl, eventually};

/// A wait that lasts until the clock of the sandbox is moved.
const WAIT: &str = "/v1/deployments/prod/wait";
const PUT: &[&str] = &["-X", "PUT", "-d", "module_name=m", "-d", "image=i"];

#[test]
fn more_operations_than_allowed_are_asked_to_come_again() {
    let (upstream, clock) = Upstream::still();
    let served = Served::start_with(upstream, &["--max-operations", "1"]);
    assert_eq!(served.curl("/v1/deployments/prod/locations/etl", PUT).status, 202);
    let waiting = served.curl_meanwhile(WAIT, &["-X", "POST"]);
    eventually("the wait", || served.upstream.asked("agents") > 0);

    let busy = served.curl("/v1/branch-deployments", &[]);
    assert_eq!((busy.status, busy.problem().as_str()), (429, "serve.busy"));
    assert_eq!(busy.header("retry-after"), Some("1"));
    for path in ["/healthz", "/readyz", "/openapi.json"] {
        assert_eq!(served.curl(path, &[]).status, 200, "{path}");
    }
    clock.advance(Duration::from_secs(100));
    assert_eq!(waiting.answer().status, 200);
    assert_eq!(served.curl("/v1/branch-deployments", &[]).status, 200);
}

#[test]
fn a_client_that_leaves_frees_its_place() {
    for accept in ["application/json", "text/event-stream"] {
        let (upstream, _clock) = Upstream::still();
        let served = Served::start_with(upstream, &["--max-operations", "1"]);
        assert_eq!(served.curl("/v1/deployments/prod/locations/etl", PUT).status, 202);
        let mut client = TcpStream::connect(served.address()).unwrap();
        let head = format!(
            "POST {WAIT} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Accept: {accept}\r\nContent-Length: 0\r\n\r\n",
            served.token
        );
        client.write_all(head.as_bytes()).unwrap();
        eventually("the wait", || served.upstream.asked("agents") > 0);
        assert_eq!(served.curl("/v1/branch-deployments", &[]).status, 429);
        drop(client);
        eventually("the place", || served.curl("/v1/branch-deployments", &[]).status == 200);
    }
}

#[test]
fn clients_that_keep_silent_keep_nobody_out() {
    let served = Served::start(Upstream::quick());
    let asked = Instant::now();
    // More than there are places, but not more than this process may open.
    let silent: Vec<TcpStream> =
        (0..700).map(|_| TcpStream::connect(served.address()).unwrap()).collect();
    for _ in 0..3 {
        assert_eq!(curl(&[format!("{}/healthz", served.url)]).status, 200);
    }
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    // The oldest made room.
    assert_eq!((&silent[0]).read(&mut [0; 1]).unwrap(), 0);
    assert_eq!(served.curl("/v1/branch-deployments", &[]).status, 200);
}

#[test]
fn a_head_that_does_not_come_or_does_not_end_is_cut() {
    let served = Served::start(Upstream::quick());
    let mut slow = TcpStream::connect(served.address()).unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: localh").unwrap();
    let large = format!("X-Large: {}", "a".repeat(64 * 1024));
    let answer = served.curl("/healthz", &["-H", &large]);
    assert_eq!(answer.status, 431);
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).expect("the connection is cut before the timeout");
}
