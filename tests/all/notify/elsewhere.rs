//! Without a hosting service, or beside it: annotations, files, the sidecar; and forks, which have no token.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

use offshoot_tests::{
    ours,
    process::{Invocation, Outcome},
    recorder::Recorder,
    script::Script,
};
use serde_json::Value as Json;

use super::{
    PULL_REQUEST,
    forge::{Forge, Kind, TOKEN},
};

fn run(directory: &Path, url: &str, variables: &[(&str, &str)], command: &str) -> Outcome {
    let all = PULL_REQUEST.iter().chain(variables).copied().chain([("DAGSTER_CLOUD_URL", url)]);
    ours::run(&Invocation::new(command, directory).with(all))
}

/// An agent that leaves what it was given, and then ends with `code`.
fn agent(folder: &Path, code: u8) -> String {
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\ncat > annotation\necho 'fatal: no job' >&2\nexit {code}\n"
    );
    let path = folder.join("buildkite-agent");
    fs::write(&path, script).expect("the folder is new");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    format!("{}:/usr/bin:/bin", folder.display())
}

#[test]
fn buildkite_shows_an_annotation_without_any_token() {
    let dagster = Recorder::start(Script::success());
    let folder = tempfile::tempdir().expect("there is room for files");
    let path = agent(folder.path(), 0);
    let variables = [("BUILDKITE", "true"), ("PATH", path.as_str())];
    let told = run(folder.path(), &dagster.url(), &variables, "notify");
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(told.stderr.contains("no comment: there is no token for GitHub"), "{}", told.stderr);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("the agent ran");
    let arguments = read("arguments");
    let arguments: Vec<&str> = arguments.lines().collect();
    assert!(
        matches!(arguments[..], ["annotate", "--context", _, "--style", "info"]),
        "{arguments:?}"
    );
    assert!(arguments[2].starts_with("offshoot/127.0.0.1:"), "{arguments:?}");
    assert!(read("annotation").starts_with("### Dagster+ deployment ["), "{}", read("annotation"));

    let path = agent(folder.path(), 3);
    let variables = [("BUILDKITE", "true"), ("PATH", path.as_str())];
    let failed = run(folder.path(), &dagster.url(), &variables, "notify --provider buildkite");
    assert_eq!(failed.code, 1, "{}", failed.stderr);
    assert!(failed.stderr.contains("could not annotate the build: fatal: no job"), "{failed:?}");
}

#[test]
fn everything_else_has_a_file() {
    let dagster = Recorder::start(Script::success());
    let folder = tempfile::tempdir().expect("there is room for files");
    let command = "notify --markdown-file told.md --json";
    let told = run(folder.path(), &dagster.url(), &[], command);
    assert_eq!(told.code, 0, "{}", told.stderr);
    let json: Json = serde_json::from_str(&told.stdout).expect("it prints JSON");
    let written = fs::read_to_string(folder.path().join("told.md")).expect("it was written");
    assert_eq!(json["markdown"], *written);
    assert_eq!(json["deployment"]["state"], "pending");
    let dry = run(folder.path(), &dagster.url(), &[], "notify --markdown-file dry.md --dry-run");
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    assert!(!folder.path().join("dry.md").exists());
}

#[test]
fn what_is_not_known_or_not_given_is_told_and_nothing_is_sent() {
    let forge = Forge::start(Kind::GitHub);
    let folder = tempfile::tempdir().expect("there is room for files");
    let url = forge.recorder.url();
    let fork = ("OFFSHOOT_FORK", "true");
    let unknown = ("OFFSHOOT_CLONE_URL", "https://git.acme.com/acme/shop.git");
    let no_number = ("OFFSHOOT_PULL_REQUEST", "");
    let to_forge = ("OFFSHOOT_NOTIFY_URL", url.as_str());
    let cases: [(&str, &[(&str, &str)]); 9] = [
        ("notify", &[to_forge]),
        ("notify", &[to_forge, fork]),
        ("notify --on-missing-token skip", &[to_forge, fork]),
        ("notify --provider gitlab", &[to_forge, ("GITHUB_TOKEN", TOKEN), ("CI_JOB_TOKEN", TOKEN)]),
        ("notify", &[unknown, ("GITHUB_TOKEN", TOKEN)]),
        ("notify --no-commit-status", &[to_forge, no_number, ("GITHUB_TOKEN", TOKEN)]),
        ("notify --repository shop", &[to_forge, ("GITHUB_TOKEN", TOKEN)]),
        ("notify --provider-url https://user:hunter2@git.acme.com", &[("GITHUB_TOKEN", TOKEN)]),
        ("notify --markdown-file /nowhere/told.md", &[to_forge]),
    ];
    let said = cases.map(|(command, variables)| {
        let Outcome { code, stderr, .. } = run(folder.path(), &url, variables, command);
        let names = variables.iter().map(|(name, value)| format!("# {name}={value}\n"));
        format!("{}$ offshoot {command}\n{stderr}[{code}]\n", names.collect::<String>())
    });
    let sent = forge.recorder.requests();
    let to_dagster = sent.iter().filter(|request| request.operation.is_some()).count();
    assert!(to_dagster > 0 && to_dagster == sent.len(), "{sent:?}");
    insta::with_settings!({
        omit_expression => true,
        filters => vec![(r"127\.0\.0\.1:\d+", "HOST")],
    }, {
        insta::assert_snapshot!(said.join("\n"))
    });
}

#[test]
fn the_sidecar_tells_with_its_own_token_and_to_no_other_host() {
    let forge = Forge::start(Kind::GitHub);
    let folder = tempfile::tempdir().expect("there is room for files");
    let url = forge.recorder.url();
    let mut child = Command::new(ours::binary())
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env_clear()
        .envs(PULL_REQUEST)
        .envs([
            ("HOME", "/nonexistent"),
            ("DAGSTER_CLOUD_URL", &url),
            ("OFFSHOOT_NOTIFY_URL", &url),
        ])
        .env("GITHUB_TOKEN", TOKEN)
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("our binary starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("its stdout is a pipe"));
    let mut variable = || {
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it says where it is");
        let (_, value) = line.split_once('=').expect("it exports a variable");
        value.split(';').next().unwrap_or_default().to_owned()
    };
    let (sidecar, token) = (variable(), variable());
    let call = |fields: &str| {
        let command = format!(
            "-sS --noproxy '*' -H 'Authorization: Bearer {token}' -X POST {sidecar}/v1/notify {fields}"
        );
        Invocation::new(&command, folder.path()).run("curl").stdout
    };
    let told: Json = serde_json::from_str(&call("-d dry_run=false")).expect("it answers with JSON");
    let refused = call("-d provider_url=https://evil.example");
    let text = call("-H 'Accept: text/plain'");
    let full = call("-d full_deployment=prod -d dry_run=true");
    let full: Json = serde_json::from_str(&full).expect("it answers with JSON");
    drop(child.kill());
    drop(child.wait());
    assert_eq!(told["notified"]["comment"], "created", "{told}");
    assert_eq!(text.trim(), "https://forge.example/acme/shop/pull/7#4");
    assert!(refused.contains("there is no field `provider_url`"), "{refused}");
    assert_eq!(full["deployment"]["deployment"], "prod", "{full}");
    assert_eq!(forge.comments.all().len(), 4);
}
