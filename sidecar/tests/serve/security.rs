//! Who is let in, and what requests may name.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::symlink,
    process::Command,
};

use crate::support::{Served, Upstream, commit_in, curl, offshoot};

/// The status of the answer to a request as it stands.
fn raw(served: &Served, head: &str) -> String {
    let mut stream = TcpStream::connect(served.address()).unwrap();
    let token = &served.token;
    stream.write_all(head.replace("TOKEN", token).replace('\n', "\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn only_the_token_opens() {
    let served = Served::start(Upstream::quick());
    let url = |path: &str| format!("{}{path}", served.url);
    for path in ["/v1/branch-deployments", "/openapi.json", "/v1/stop", "/", "/healthz/x"] {
        let shut = curl(&[url(path)]);
        assert_eq!((shut.status, shut.problem().as_str()), (401, "serve.unauthorized"), "{path}");
        assert_eq!(shut.header("www-authenticate"), Some("Bearer"));
        assert_eq!(shut.header("connection"), Some("close"));
    }
    let mut wrong = served.token.clone();
    wrong.replace_range(0..1, if wrong.starts_with('0') { "1" } else { "0" });
    for header in [
        format!("Authorization: Bearer {wrong}"),
        format!("Authorization: Basic {}", served.token),
        format!("Authorization: {}", served.token),
        "Authorization: Bearer ".to_owned(),
    ] {
        let shut = curl(&[&url("/v1/branch-deployments"), "-H", &header]);
        assert_eq!(shut.status, 401, "{header}");
    }
    let twice = ["-H", "Authorization: Bearer x"];
    assert_eq!(served.curl("/v1/branch-deployments", &twice).status, 401);
    assert_eq!(served.curl("/v1/branch-deployments", &[]).status, 200);
    for open in ["/healthz", "/readyz"] {
        let answer = curl(&[url(open)]);
        assert_eq!((answer.status, answer.body.as_str()), (200, "{\n  \"status\": \"ok\"\n}\n"));
    }
}

#[test]
fn only_its_own_name_is_answered_to() {
    let served = Served::start(Upstream::quick());
    for (host, status) in [
        ("localhost", 200),
        ("localhost:1234", 200),
        ("[::1]", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("", 403),
    ] {
        let answer = served.curl("/v1/branch-deployments", &["-H", &format!("Host: {host}")]);
        // curl leaves out a header without a value.
        assert_eq!(answer.status, status, "{host}");
        if status == 403 {
            assert_eq!(answer.problem(), "serve.refused");
        }
    }
    let rest = "Authorization: Bearer TOKEN\nConnection: close\n\n";
    let get = "GET /openapi.json HTTP/1.1\n";
    assert_eq!(raw(&served, &format!("{get}Host: localhost\n{rest}")), "200");
    assert_eq!(raw(&served, &format!("{get}{rest}")), "403");
    assert_eq!(raw(&served, &format!("{get}Host: localhost\nHost: localhost\n{rest}")), "403");
    let absolute = "GET http://evil.example/openapi.json HTTP/1.1\nHost: localhost\n";
    assert_eq!(raw(&served, &format!("{absolute}{rest}")), "403");
    assert_eq!(raw(&served, &format!("GET /openapi.json HTTP/1.0\n{rest}")), "403");
    assert_eq!(raw(&served, "nonsense\n\n"), "400");
}

#[test]
fn browsers_and_caches_are_told_to_keep_out() {
    let served = Served::start(Upstream::quick());
    let origin = ["-H", "Origin: https://evil.example"];
    for path in ["/healthz", "/v1/branch-deployments", "/nothing"] {
        let answer = served.curl(path, &origin);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(!answer.headers.to_lowercase().contains("access-control"), "{answer:?}");
    }
    let preflight = ["-X", "OPTIONS", "-H", "Origin: https://evil.example"];
    assert_eq!(served.curl("/v1/branch-deployments", &preflight).status, 405);
}

#[test]
fn files_outside_of_the_workspace_are_not_read() {
    let served = Served::start(Upstream::quick());
    let outside = tempfile::tempdir().unwrap();
    commit_in(outside.path());
    fs::write(outside.path().join("l.yaml"), "location_name: etl\nimage: secret\n").unwrap();
    symlink(outside.path(), served.workspace.path().join("out")).unwrap();
    symlink(outside.path().join("l.yaml"), served.workspace.path().join("l.yaml")).unwrap();
    let absolute = outside.path().to_str().unwrap();
    for path in ["out", "..", "out/../..", "/", absolute, "missing/../../.."] {
        let field = format!("path={path}");
        let state = ["-X", "PUT", "-d", "read_git_state=1", "--data-urlencode", &field];
        let context = ["-G", "--data-urlencode", &field];
        for answer in
            [served.curl("/v1/branch-deployments", &state), served.curl("/v1/context", &context)]
        {
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (403, "serve.refused"),
                "{path}"
            );
        }
    }
    let file = format!("{absolute}/l.yaml");
    for path in ["l.yaml", "out/l.yaml", "/etc/passwd", "../../../../etc/passwd", &file] {
        let field = format!("location_file={path}");
        let put = ["-X", "PUT", "-d", "dry_run=1", "--data-urlencode", &field];
        let answer = served.curl("/v1/deployments/prod/locations/etl", &put);
        assert_eq!((answer.status, answer.problem().as_str()), (403, "serve.refused"), "{path}");
    }
    assert!(served.upstream.inspect.requests().is_empty());
}

#[test]
fn other_machines_cannot_be_listened_to() {
    let upstream = Upstream::quick();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let output = offshoot(&upstream).args(["serve", "--listen", address]).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("other machines could reach it"), "{stderr}");
    }
}

#[test]
fn secrets_stay_out_of_the_arguments() {
    let upstream = Upstream::quick();
    let refused = offshoot(&upstream)
        .args(["serve", "--background", "--api-token", "hunter2"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let served = Served::start(upstream);
    let arguments =
        Command::new("ps").args(["-o", "args=", "-p", &served.pid().to_string()]).output();
    let arguments = String::from_utf8(arguments.unwrap().stdout).unwrap();
    assert!(arguments.contains("serve"), "{arguments}");
    assert!(!arguments.contains(&served.token), "{arguments}");
}
