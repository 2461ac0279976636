//! What the binary is beyond its answers: quick to start, complete for shells, usable in a script.

use std::{fs, os::unix::fs::symlink, process::Command};

use offshoot_tests::{
    ours, process::Invocation, recorder::Recorder, repo::Shape, root, sandbox::Sandbox,
    script::Script,
};

/// The system calls of `offshoot` with these arguments.
fn traced(arguments: &str) -> String {
    let folder = tempfile::tempdir().expect("there is room for files");
    let trace = folder.path().join("trace");
    let invocation = Invocation::new(
        &format!("-f -o {} {} {arguments}", trace.display(), ours::binary().display()),
        folder.path(),
    );
    let outcome = invocation.run("strace");
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    fs::read_to_string(trace).expect("strace writes what it sees")
}

/// After the loader, which opens shared libraries where the binary is not static.
fn own_calls(trace: &str) -> Vec<&str> {
    let started = trace.lines().position(|line| line.contains("sigaltstack")).unwrap_or_default();
    trace.lines().skip(started).collect()
}

#[test]
fn the_version_is_told_without_any_io() {
    let trace = traced("--version");
    let opened = own_calls(&trace).into_iter().filter(|line| {
        ["open", "socket(", "clone", "epoll", "stat"].iter().any(|call| line.contains(call))
    });
    // The standard library reads the size of its own stack.
    let beyond: Vec<&str> = opened
        .filter(|line| !line.contains("/proc/self/maps") && !line.contains("fstat("))
        .collect();
    assert!(beyond.is_empty(), "{beyond:#?}");
}

#[test]
fn a_one_shot_command_starts_no_runtime() {
    let recorder = Recorder::start(Script::success());
    let trace = traced(&format!(
        "branch-deployment create-or-update --url {} -u 0123456789abcdef --git-repo-name r --branch-name b --commit-hash c --timestamp 1",
        recorder.url()
    ));
    assert!(trace.contains("connect("), "the trace is of the command");
    assert!(!trace.contains("epoll_create") && !trace.contains("eventfd"), "a runtime was started");
}

#[test]
fn every_shell_can_complete_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let folder = tempfile::tempdir().expect("there is room for files");
        let outcome = ours::run(&Invocation::new(&format!("completions {shell}"), folder.path()));
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        for word in
            ["create-or-update", "add-location", "--read-git-state", "--location-file", "serve"]
        {
            let word = word.trim_start_matches("--");
            assert!(outcome.stdout.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn the_example_for_any_ci_runs_as_it_stands() {
    let sandbox = Sandbox::start(&["--load-after", "0.1"]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let checkout = Shape::Detached.build(folder.path());
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).expect("the folder is new");
    symlink(ours::binary(), bin.join("offshoot")).expect("the folder is new");
    let mut git = Command::new("git");
    git.current_dir(&checkout).args([
        "remote",
        "add",
        "origin",
        "https://git.example/acme/shop.git",
    ]);
    assert!(git.status().expect("git starts").success());
    fs::write(
        checkout.join("locations.yaml"),
        "locations:\n- location_name: etl\n  code_source: {module_name: etl}\n",
    )
    .expect("a checkout can be written");

    let path = std::env::var("PATH").expect("there is a PATH");
    let script = root().join("ci-examples/any-ci/branch-deployment.sh");
    let run = |branch: &str| {
        let path = format!("{}:{path}", bin.display());
        let own =
            [("PATH", path.as_str()), ("BRANCH", branch), ("IMAGE", "registry.example/etl:1")];
        let invocation = Invocation::new(&script.display().to_string(), &checkout);
        invocation.with(own).with(sandbox.variables()).run("sh")
    };
    let outcome = run("feature/cart");
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.trim_end().ends_with("/locations"), "{}", outcome.stdout);
    assert_ne!(run("").code, 0, "an unknown branch ends the script");
}
