//! The shell blocks of the official guides, run as they stand with our binary as `dagster-cloud`.
//!
//! As they stand they are not quite shell: comments follow the backslashes that join their lines, and two lines
//! of one block lack the backslash. Those comments come out and those backslashes go in, and nothing else.

use std::{fs, os::unix::fs::symlink, path::Path};

use offshoot_tests::{
    ours,
    process::{Invocation, Outcome},
    recorder::Recorder,
    repo::Shape,
    root,
    script::{DEPLOYMENT_NAME, Script},
};
use serde_json::{Value as Json, json};

const GUIDES: [&str; 2] = ["000_25289844eb2b2601.txt", "001_e83a90780be8a902.txt"];

/// What the guides leave to their reader. They do not quote these, so that the values hold no blanks.
const VARIABLES: [(&str, &str); 20] = [
    ("ORGANIZATION_NAME", "acme"),
    ("DAGSTER_CLOUD_API_TOKEN", "agent:acme:0123456789abcdef"),
    ("REPOSITORY_NAME", "acme/data"),
    ("BRANCH_NAME", "feature/a#1"),
    ("COMMIT_SHA", "0123456789012345678901234567890123456789"),
    ("TIMESTAMP", "1700000000"),
    ("PR_URL", "https://git.example/pr/7"),
    ("INPUT_PR", "7"),
    ("PR_STATUS", "OPEN"),
    ("MESSAGE", "message"),
    ("NAME", "author"),
    ("EMAIL", "author@example.com"),
    ("AVATAR_URL", "https://git.example/a.png"),
    ("BASE_DEPLOYMENT_NAME", "staging"),
    ("LOCATION_FILE", "location.yaml"),
    ("LOCATION_NAME", "etl"),
    ("LOCATION_REGISTRY_URL", "registry.example/etl"),
    ("IMAGE_TAG", "1.2"),
    ("GIT_URL", "https://git.example/tree"),
    ("LANG", "C.UTF-8"),
];

#[test]
fn only_comments_come_out_and_only_two_backslashes_go_in() {
    for guide in GUIDES {
        let mut joined = Vec::new();
        for block in blocks(guide) {
            let shell = to_shell(&block);
            let mut kept = shell.lines();
            for line in block.lines().filter(|line| !is_comment(line)) {
                let now = kept.next().expect("only lines that are comments are left out");
                let same = now.strip_suffix(" \\").unwrap_or(now);
                let rest = line.strip_prefix(same).expect("a line only loses its end").trim_start();
                if now != same && !rest.starts_with('\\') {
                    joined.push(same.trim().to_owned());
                }
                let comment = rest.strip_prefix('\\').unwrap_or(rest).trim_start();
                assert!(
                    comment.is_empty() || comment.starts_with('#'),
                    "more than a comment is lost: {line}"
                );
            }
            assert_eq!(kept.next(), None);
        }
        assert_eq!(
            joined,
            ["--timestamp $TIMESTAMP", "--author-avatar-url $AVATAR_URL"],
            "{guide}"
        );
    }
}

#[test]
fn each_way_creates_the_branch_deployment_and_adds_the_location() {
    let from_flags = |more: Json| {
        let mut commit = json!({
            "commitHash": "0123456789012345678901234567890123456789", "timestamp": 1_700_000_000.0,
            "commitMessage": null, "commitUrl": null, "authorName": null, "authorEmail": null, "authorAvatarUrl": null,
        });
        merge(&mut commit, more);
        commit
    };
    let full = json!({
        "commitMessage": "message", "authorName": "author", "authorEmail": "author@example.com",
        "authorAvatarUrl": "https://git.example/a.png",
    });
    let from_git = json!({
        "commitHash": "2f613736b0fe8fbc8c9af72375c50f4e247721fc", "timestamp": 1_700_000_777.0,
        "commitMessage": "the first commit", "authorName": "A U Thor", "authorEmail": "author@example.com",
    });
    let commits = [from_flags(json!({})), from_flags(full), from_flags(from_git)];
    for guide in GUIDES {
        let blocks = blocks(guide);
        let (add, creates) = blocks.split_last().expect("a guide has shell blocks");
        assert_eq!(creates.len(), commits.len(), "{guide}");
        for (create, commit) in creates.iter().zip(&commits) {
            let outcome = run(&format!(
                "{}\nprintf '%s\\n' \"$BRANCH_DEPLOYMENT_NAME\"\n{}",
                to_shell(create),
                to_shell(add)
            ));
            assert_eq!(outcome.code, 0, "{guide}\n{create}\n{}", outcome.stderr);
            assert_eq!(outcome.stdout.lines().next(), Some(DEPLOYMENT_NAME), "{create}");
            let created = arguments(&outcome, "createOrUpdateBranchDeployment");
            assert_eq!(as_number(created["commit"].clone()), *commit, "{create}");
            assert_eq!(created["branchData"]["repoName"], "acme/data");
            assert_eq!(created["branchData"]["branchName"], "feature/a#1");
            let full = create.contains("--base-deployment-name");
            assert_eq!(
                created["baseDeploymentName"],
                if full { json!("staging") } else { json!(null) }
            );
            assert_eq!(
                created["branchData"]["pullRequestNumber"],
                if full { json!("7") } else { json!(null) }
            );
            let added = arguments(&outcome, "addOrUpdateLocationFromDocument");
            let document = json!({
                "location_name": "etl", "code_source": {"module_name": "etl.definitions"},
                "image": "registry.example/etl:1.2",
                "git": {"commit_hash": "0123456789012345678901234567890123456789", "url": "https://git.example/tree"},
            });
            assert_eq!(added, json!({"document": document}), "{add}");
        }
    }
}

/// Runs a script in a checkout, with our binary as `dagster-cloud` first on the path.
fn run(script: &str) -> Outcome {
    let folder = tempfile::tempdir().expect("there is room for files");
    let directory = Shape::Plain.build(folder.path());
    let programs = folder.path().join("bin");
    fs::create_dir(&programs).expect("the folder is new");
    symlink(ours::binary(), programs.join("dagster-cloud")).expect("a folder takes links");
    fs::write(
        directory.join("location.yaml"),
        "location_name: etl\ncode_source:\n  module_name: etl.definitions\n",
    )
    .expect("there is room for files");
    let recorder = Recorder::start(Script::success());
    let mut invocation = Invocation::new("-eu -c", &directory);
    invocation.arguments.push(script.to_owned());
    let invocation = invocation
        .with(VARIABLES)
        .with([("PATH", path_with(&programs)), ("DAGSTER_CLOUD_URL", recorder.url())]);
    let outcome = invocation.run("/bin/sh");
    Outcome { requests: recorder.requests(), ..outcome }
}

fn path_with(programs: &Path) -> String {
    format!("{}:{}", programs.display(), std::env::var("PATH").expect("there is a PATH"))
}

/// The arguments of the one call of `root`; the location's must go to the new branch deployment.
fn arguments(outcome: &Outcome, root: &str) -> Json {
    let calls = outcome
        .requests
        .iter()
        .filter(|request| request.operation.as_ref().is_some_and(|one| one.root == root));
    let [call] = &calls.collect::<Vec<_>>()[..] else {
        panic!("not one {root}: {:?}", outcome.requests)
    };
    assert_eq!(
        call.header("dagster-cloud-api-token").as_deref(),
        Some("agent:acme:0123456789abcdef")
    );
    if root == "addOrUpdateLocationFromDocument" {
        assert_eq!(call.header("dagster-cloud-deployment").as_deref(), Some(DEPLOYMENT_NAME));
    }
    call.operation.clone().expect("it was chosen by its operation").arguments
}

fn as_number(mut commit: Json) -> Json {
    commit["timestamp"] = json!(commit["timestamp"].as_f64());
    commit
}

fn merge(into: &mut Json, more: Json) {
    let more = more.as_object().cloned().expect("an object");
    into.as_object_mut().expect("an object").extend(more);
}

/// The shell blocks of a guide, in their order.
fn blocks(guide: &str) -> Vec<String> {
    let path = root().join("tests/fixtures/official-guides").join(guide);
    let text = fs::read_to_string(path).expect("the guides are fixtures");
    let parts = text.split("```shell\n").skip(1);
    parts.map(|part| part.split("```").next().unwrap_or_default().to_owned()).collect()
}

fn to_shell(block: &str) -> String {
    let lines: Vec<_> =
        block.lines().filter(|line| !is_comment(line)).map(without_comment).collect();
    let mut shell = String::new();
    for (index, line) in lines.iter().enumerate() {
        shell.push_str(line);
        let goes_on = lines.get(index + 1).is_some_and(|next| is_flag(next));
        if is_flag(line) && goes_on && !line.ends_with('\\') {
            shell.push_str(" \\");
        }
        shell.push('\n');
    }
    shell
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn is_flag(line: &str) -> bool {
    line.trim_start().starts_with("--")
}

fn without_comment(line: &str) -> &str {
    line.split(" # ").next().unwrap_or(line).trim_end()
}
