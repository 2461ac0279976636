//! `deploy` beside the real CLI's `ci init`, `ci set-build-output` and `ci deploy`: what they send as location documents.

use std::fs;

use offshoot_tests::{
    official, ours,
    process::{Invocation, Outcome},
    recorder::{Recorded, Recorder},
    repo::Shape,
    script::Script,
};
use serde_json::{Value as Json, json};

use super::ci::{EVENT, GITHUB, GITLAB, HEAD};
use crate::case::TOKEN;

const LOCATIONS: &str = "locations:
- location_name: etl
  code_source: {module_name: etl.definitions}
  build: {directory: ./etl, registry: registry.example/etl}
- location_name: ml
  code_source: {package_name: ml}
  build: {registry: registry.example/ml}
  agent_queue: gpu
  container_context: {k8s: {env_vars: [A=1], labels: {a: null}}}
";

/// The commit is given to theirs, as the official GitHub action and GitLab template do; ours finds it itself.
fn theirs(commit_page: &str) -> Vec<String> {
    vec![
        format!(
            "ci init --organization acme --statedir $PWD/state --git-url {commit_page} --commit-hash {HEAD}"
        ),
        "ci set-build-output --statedir $PWD/state --image-tag v1".to_owned(),
        "ci deploy --statedir $PWD/state".to_owned(),
    ]
}

/// The locations of the one `deployLocations` that the commands end with, and the deployment that they go to.
fn sent(
    program: fn(&Invocation) -> Outcome,
    variables: &[(&str, &str)],
    commands: &[String],
) -> (Json, String) {
    let folder = tempfile::tempdir().expect("there is room for files");
    let recorder = Recorder::start(Script::success());
    let checkout = Shape::Detached.build(folder.path());
    fs::write(checkout.join("dagster_cloud.yaml"), LOCATIONS).expect("the folder is new");
    fs::write(folder.path().join("event.json"), EVENT).expect("the folder is new");
    let fill = |text: &str| {
        text.replace("$HOME", &folder.path().display().to_string())
            .replace("$PWD", &checkout.display().to_string())
    };
    for command in commands {
        let always =
            [("DAGSTER_CLOUD_URL", recorder.url()), ("DAGSTER_CLOUD_API_TOKEN", TOKEN.into())];
        let of_build = variables.iter().map(|(name, value)| (*name, fill(value)));
        let invocation = Invocation::new(&fill(command), &checkout).with(always).with(of_build);
        let outcome = program(&invocation);
        assert_eq!(outcome.code, 0, "{command}: {}{}", outcome.stdout, outcome.stderr);
    }
    let requests = recorder.requests();
    let is_deploy = |request: &&Recorded| {
        request.operation.as_ref().is_some_and(|operation| operation.root == "deployLocations")
    };
    let request = requests.iter().find(is_deploy).expect("locations are deployed");
    let operation = request.operation.as_ref().expect("it was found by it");
    (operation.arguments["document"]["locations"].clone(), request.path.clone())
}

fn compare(variables: &[(&str, &str)], commit_page: &str) -> Json {
    let (mut wanted, path) = sent(official::run, variables, &theirs(commit_page));
    // Theirs sends them in the order of a directory's entries.
    let locations = wanted.as_array_mut().expect("locations are a list");
    locations.sort_by_key(|location| location["location_name"].to_string());
    let ours = sent(ours::run, variables, &["deploy --image-tag v1".to_owned()]);
    assert_eq!(ours, (wanted.clone(), path));
    wanted
}

#[test]
fn location_documents_on_github() {
    let sent = compare(GITHUB, &format!("https://github.com/acme/shop/tree/{HEAD}"));
    let git = json!({
        "commit_hash": HEAD, "url": format!("https://github.com/acme/shop/tree/{HEAD}"),
        "provider": "github", "repo_owner": "acme", "repo_name": "shop", "base_branch": "main",
    });
    assert_eq!(sent[0]["git"], git);
}

#[test]
fn location_documents_on_gitlab() {
    let sent = compare(GITLAB, &format!("https://git.acme.com/group/shop/-/tree/{HEAD}"));
    assert_eq!(sent[0]["git"]["provider"], "gitlab");
}
