//! `serve --background --idle-timeout 20`, and Unix sockets.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use offshoot_sandbox::DEFAULT_TOKEN;

use crate::support::{OFFSHOOT, Upstream, eventually, offshoot};

/// Runs a script as a step of a pipeline does: it waits for the end of all that holds its outputs.
fn step(upstream: &Upstream, dir: &Path, script: &str) -> Output {
    let path = std::env::var("PATH").unwrap();
    let bin = Path::new(OFFSHOOT).parent().unwrap().display();
    Command::new("sh")
        .args(["-euc", script])
        .current_dir(dir)
        .env_clear()
        .env("PATH", format!("{bin}:{path}"))
        .env("DAGSTER_CLOUD_URL", &upstream.url)
        .env("DAGSTER_CLOUD_API_TOKEN", DEFAULT_TOKEN)
        .env("JENKINS_NODE_COOKIE", "cookie")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn runs(pid: &str) -> bool {
    // A process that ended and was not reaped has no files any more.
    fs::read_dir(format!("/proc/{pid}/fd")).is_ok_and(|files| files.count() > 0)
}

#[test]
fn it_starts_serves_and_stops_as_ssh_agent_does() {
    let upstream = Upstream::quick();
    let dir = tempfile::tempdir().unwrap();
    // Descriptors 7 and 9 are those of a wrapper that waits for their other ends.
    let script = r#"
        exec 7>wrapper 9>&1
        eval "$(offshoot serve --background --idle-timeout 20 --log log)"
        curl -q -fsS "$OFFSHOOT_URL/v1/branch-deployments" -X PUT \
            -H "Authorization: Bearer $OFFSHOOT_TOKEN" -H 'Accept: text/plain' \
            -d git_repo_name=shop -d branch_name=b -d commit_hash=abc -d timestamp=1
        offshoot stop
        offshoot stop
    "#;
    let output = step(&upstream, dir.path(), script);
    assert!(output.status.success(), "{output:?}");
    let name = &upstream.inspect.branch_deployments()[0].name;
    assert_eq!(text(&output.stdout), format!("{name}\n"));
    let log = dir.path().join("log");
    let stopping = "stopping: `offshoot stop` was called\n";
    eventually("the end in the log", || fs::read_to_string(&log).unwrap() == stopping);
    assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn it_holds_nothing_of_its_starter_and_ends_on_stop() {
    let upstream = Upstream::quick();
    let dir = tempfile::tempdir().unwrap();
    let script = r#"
        exec 7>wrapper
        exec 9>&1
        offshoot serve --background --idle-timeout 20 --json
    "#;
    let output = step(&upstream, dir.path(), script);
    assert!(output.status.success(), "{output:?}");
    let reached: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let pid = reached["pid"].to_string();
    let proc = |name: &str| format!("/proc/{pid}/{name}");
    let files: Vec<_> = fs::read_dir(proc("fd")).unwrap().flatten().collect();
    let target = |number: &str| fs::read_link(proc(&format!("fd/{number}"))).unwrap();
    for standard in ["0", "1", "2"] {
        assert_eq!(target(standard), Path::new("/dev/null"));
    }
    let inherited = |file: &fs::DirEntry| {
        let target = fs::read_link(file.path()).unwrap_or_default();
        target.ends_with("wrapper") || target.to_string_lossy().starts_with("pipe:")
    };
    assert!(!files.iter().any(inherited), "{files:?}");
    let stat = fs::read_to_string(proc("stat")).unwrap();
    let session = stat.rsplit(')').next().unwrap().split_whitespace().nth(3).unwrap();
    assert_eq!(session, pid, "it leads a session of its own");
    let arguments = fs::read_to_string(proc("cmdline")).unwrap();
    assert!(!arguments.contains(reached["token"].as_str().unwrap()), "{arguments}");
    let variables = fs::read_to_string(proc("environ")).unwrap();
    assert!(variables.contains("JENKINS_NODE_COOKIE=cookie"), "{variables}");
    assert!(!variables.contains(reached["token"].as_str().unwrap()), "{variables}");

    let stopped = offshoot(&upstream)
        .arg("stop")
        .env("OFFSHOOT_URL", reached["url"].as_str().unwrap())
        .env("OFFSHOOT_TOKEN", reached["token"].as_str().unwrap())
        .status();
    assert!(stopped.unwrap().success());
    eventually("the end of the sidecar", || !runs(&pid));
}

#[test]
fn a_start_that_fails_says_why_and_keeps_the_exit_code() {
    let upstream = Upstream::quick();
    let dir = tempfile::tempdir().unwrap();
    let script = "unset DAGSTER_CLOUD_API_TOKEN; offshoot serve --background --idle-timeout 20";
    let output = step(&upstream, dir.path(), script);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
    assert!(text(&output.stderr).starts_with("error: there is no API token\n"), "{output:?}");
    let output = step(&upstream, dir.path(), &format!("export OFFSHOOT_FORK=true; {script}"));
    let fork = "error: there is no API token: this is a pull request from a fork (OFFSHOOT_FORK)\n";
    assert!(text(&output.stderr).starts_with(fork), "{output:?}");
}

#[test]
fn builds_of_the_default_branch_go_where_the_command_line_has_them_go() {
    let upstream = Upstream::quick();
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("config"), "default_deployment: prod\n").unwrap();
    let script = r#"
        export DAGSTER_CLOUD_CLI_CONFIG="$PWD/config"
        eval "$(offshoot serve --background --idle-timeout 20)"
        curl -q -fsS "$OFFSHOOT_URL/v1/doctor" -H "Authorization: Bearer $OFFSHOOT_TOKEN" -H 'Accept: text/plain'
        offshoot stop
    "#;
    let output = step(&upstream, dir.path(), script);
    let settings = text(&output.stdout).lines().find(|line| line.contains("\tsettings\t"));
    assert!(settings.is_some_and(|line| line.ends_with("full deployment `prod`")), "{output:?}");
}

#[test]
fn a_unix_socket_is_for_its_user_alone() {
    let upstream = Upstream::quick();
    let dir = tempfile::tempdir().unwrap();
    let script = r#"
        eval "$(offshoot serve --background --idle-timeout 20 --unix 'own dir/sock')"
        test "$(stat -c %a 'own dir') $(stat -c %a 'own dir/sock')" = "700 600"
        curl -q -fsS --unix-socket "$OFFSHOOT_SOCKET" "$OFFSHOOT_URL/v1/branch-deployments" \
            -H "Authorization: Bearer $OFFSHOOT_TOKEN"
        ! offshoot serve --unix 'own dir/sock' 2>taken
        grep -q 'in use' taken
        offshoot stop
        offshoot stop
    "#;
    let output = step(&upstream, dir.path(), script);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stdout), "[]\n");
    let socket = dir.path().join("own dir/sock");
    eventually("the removal of the socket", || !socket.exists());

    // One that nobody listens on any more is replaced; a directory that others can enter is not used.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let script = r#"
        eval "$(offshoot serve --background --idle-timeout 20 --unix 'own dir/sock')"
        offshoot stop
        chmod 755 'own dir'
        ! offshoot serve --unix 'own dir/sock' 2>refused
        cat refused
    "#;
    let output = step(&upstream, dir.path(), script);
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stdout).contains("other users can enter the directory"), "{output:?}");
}
