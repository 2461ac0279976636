//! Deploying a build in one step: what is sent where, and what is refused.

use offshoot_core::{
    env::Env,
    error::{Explain, Report},
    ops::{self, BuildPlace, DeployInput, Error, Event, Outcome, Sources, WaitLimits},
    plus::DeploymentName,
};
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{Arrived, Fake, Step, connection, data};

const HASH: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const NEWER: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

const BUILD_YAML: &str = "\
locations:
- location_name: etl
  code_source: {module_name: etl.definitions}
  build: {directory: ./etl, registry: registry.example/etl}
- location_name: ml
  code_source: {package_name: ml}
  build: {registry: registry.example/ml}
  agent_queue: gpu
";

/// A build of a pull request, without a checkout.
const PULL_REQUEST: &[(&str, &str)] = &[
    ("OFFSHOOT_BRANCH", "feature"),
    ("OFFSHOOT_COMMIT", HASH),
    ("OFFSHOOT_PULL_REQUEST", "7"),
    ("OFFSHOOT_REPOSITORY", "acme/shop"),
    ("OFFSHOOT_CLONE_URL", "git@github.com:acme/shop.git"),
    ("OFFSHOOT_TARGET_BRANCH", "main"),
];

const DEFAULT_BRANCH: &[(&str, &str)] = &[
    ("OFFSHOOT_BRANCH", "main"),
    ("OFFSHOOT_DEFAULT_BRANCH", "main"),
    ("OFFSHOOT_COMMIT", HASH),
    ("OFFSHOOT_REPOSITORY", "acme/shop"),
];

/// Answers as Dagster+ does; `there` is the branch deployment's latest commit, if it is there.
fn service(there: Option<(&'static str, f64)>) -> Fake {
    Fake::respond(move |arrived, _| answer(arrived, there))
        .with_file("/repo/build.yaml", BUILD_YAML)
}

fn answer(arrived: &Arrived, there: Option<(&'static str, f64)>) -> Step {
    let query = arrived.body["query"].as_str().unwrap();
    let is = |field: &str| query.contains(field);
    if is("getBranchDeploymentName") {
        return data(json!({ "getBranchDeploymentName": "b7" }));
    }
    if is("deploymentByName") {
        let found = match there {
            Some((hash, timestamp)) => json!({
                "__typename": "DagsterCloudDeployment", "deploymentId": 7, "deploymentName": "b7",
                "deploymentType": "BRANCH", "branchDeploymentGitMetadata": null,
                "latestCommit": {"commitHash": hash, "timestamp": timestamp, "commitMessage": null, "authorName": null},
            }),
            None => json!({"__typename": "DeploymentNotFoundError", "message": "no `b7`"}),
        };
        return data(json!({ "deploymentByName": found }));
    }
    if is("createOrUpdateBranchDeployment") {
        let made = json!({"__typename": "DagsterCloudDeployment", "deploymentName": "b7"});
        return data(json!({ "createOrUpdateBranchDeployment": made }));
    }
    assert!(is("deployLocations"), "unexpected: {query}");
    let entry = |location: &Value| {
        json!({"locationName": location["location_name"], "metadataTimestamp": 1.0,
            "dataUpdatedTimestamp": null, "hasOutdatedData": true, "hasLoadError": false})
    };
    let sent = arrived.body["variables"]["document"]["locations"].as_array().unwrap();
    let entries: Vec<Value> = sent.iter().map(entry).collect();
    let success = json!({"__typename": "DeployLocationsSuccess", "locations": entries});
    data(json!({ "deployLocations": success }))
}

fn tagged() -> Sources {
    Sources { image_tag: Some("v1".into()), ..Sources::default() }
}

fn deploy(
    host: &Fake,
    variables: &[(&str, &str)],
    input: DeployInput,
    sources: &Sources,
) -> Result<Outcome<ops::Deployed>, Error> {
    let env: Env = variables.iter().copied().collect();
    let prod = DeploymentName::parse("prod").unwrap();
    let place = BuildPlace { path: "/repo", env: &env, full: Some(&prod) };
    let limits = WaitLimits { location_load_timeout: 0, agent_heartbeat_timeout: 0 };
    let input = DeployInput { timestamp: input.timestamp.or(Some(100.0)), ..input };
    block_on(ops::deploy(host, &connection(), place, input, sources, limits))
}

/// The calls that change something: URL and variables.
fn changes(host: &Fake) -> Vec<String> {
    let arrived = host.arrived();
    let is_mutation =
        |it: &&Arrived| it.body["query"].as_str().unwrap().trim_start().starts_with("mutation");
    let line = |it: &Arrived| format!("{}\n  {}", it.url, it.body["variables"]);
    arrived.iter().filter(is_mutation).map(line).collect()
}

#[test]
fn a_pull_request_goes_to_its_branch_deployment_with_all_locations() {
    let host = service(None);
    let done = deploy(&host, PULL_REQUEST, DeployInput::default(), &tagged()).unwrap();
    insta::assert_snapshot!(format!(
        "{}\n{}",
        changes(&host).join("\n"),
        serde_json::to_string_pretty(&done).unwrap()
    ));
    assert!(matches!(
        host.events().as_slice(),
        [Event::Remark { .. }, Event::TargetChosen { .. }, ..]
    ));
}

#[test]
fn the_default_branch_goes_to_the_full_deployment() {
    let host = service(None);
    deploy(&host, DEFAULT_BRANCH, DeployInput::default(), &tagged()).unwrap();
    let [sent] = changes(&host).try_into().unwrap();
    assert!(sent.starts_with("https://acme.dagster.cloud/prod/graphql\n"), "{sent}");
}

#[test]
fn a_dry_run_plans_what_a_run_sends_and_sends_none_of_it() {
    let host = service(None);
    deploy(&host, PULL_REQUEST, DeployInput::default(), &tagged()).unwrap();
    let rehearsal = service(None);
    let input = DeployInput { dry_run: true, ..DeployInput::default() };
    let Outcome::Planned(plan) = deploy(&rehearsal, PULL_REQUEST, input, &tagged()).unwrap() else {
        panic!("a dry run has only a plan")
    };
    assert_eq!(changes(&rehearsal), Vec::<String>::new());
    let planned: Vec<String> =
        plan.calls.iter().map(|call| format!("{}\n  {}", call.url, call.variables)).collect();
    assert_eq!(planned, changes(&host));
    assert_eq!(plan.wait_for, ["etl", "ml"]);
}

#[test]
fn a_newer_commit_stays_unless_told_otherwise() {
    let host = service(Some((NEWER, 101.0)));
    let error = deploy(&host, PULL_REQUEST, DeployInput::default(), &tagged()).unwrap_err();
    let report = Report::of(&error);
    assert_eq!((report.code.as_str(), report.exit_code), ("target.older", 16));
    assert!(report.message.contains(NEWER) && report.message.contains(HASH), "{}", report.message);
    assert_eq!(changes(&host), Vec::<String>::new());

    let allowed = DeployInput { allow_older: true, ..DeployInput::default() };
    for (there, input) in [
        (Some((NEWER, 101.0)), allowed),
        (Some((NEWER, 100.0)), DeployInput::default()),
        (Some((NEWER, 99.0)), DeployInput::default()),
        (Some((HASH, 101.0)), DeployInput::default()),
    ] {
        let host = service(there);
        deploy(&host, PULL_REQUEST, input, &tagged()).unwrap();
        assert_eq!(changes(&host).len(), 2, "{there:?}");
    }
}

#[test]
fn a_newer_commit_that_comes_in_meanwhile_keeps_its_code_locations() {
    let mut looks = 0;
    let race = move |arrived: &Arrived, _| {
        looks += usize::from(arrived.body["query"].as_str().unwrap().contains("deploymentByName"));
        answer(arrived, (looks > 1).then_some((NEWER, 101.0)))
    };
    let host = Fake::respond(race).with_file("/repo/build.yaml", BUILD_YAML);
    let error = deploy(&host, PULL_REQUEST, DeployInput::default(), &tagged()).unwrap_err();
    assert_eq!(error.code().exit_code(), 16, "{error}");
    let [update] = changes(&host).try_into().unwrap();
    assert!(update.contains("branchData"), "{update}");
}

#[test]
fn nothing_is_changed_by_what_is_refused() {
    let image = |given: &[&str]| Sources {
        image: given.iter().map(|&image| image.to_owned()).collect(),
        ..Sources::default()
    };
    let tag = |tag: &str| Sources { image_tag: Some(tag.into()), ..Sources::default() };
    let only = |names: &[&str]| Sources {
        location_name: names.iter().map(|&name| name.to_owned()).collect(),
        ..tagged()
    };
    let missing = Sources { location_file: Some("/other.yaml".into()), ..tagged() };
    let module = Sources { module_name: Some("m".into()), ..tagged() };
    let both = |location: &str| Sources {
        module_name: Some("m".into()),
        package_name: Some("p".into()),
        location_name: vec![location.into()],
        ..tagged()
    };
    let package = Sources { package_name: Some("p".into()), ..only(&["etl"]) };
    let unknown_repository = &PULL_REQUEST[..3];
    let mut lines = Vec::new();
    for (title, variables, sources) in [
        ("no image", PULL_REQUEST, Sources::default()),
        ("an empty tag", PULL_REQUEST, tag("")),
        ("a branch as a tag", PULL_REQUEST, tag("feature/x")),
        ("an empty image", PULL_REQUEST, image(&["etl="])),
        ("an image without its location", PULL_REQUEST, image(&["registry.example/x:1"])),
        ("an image of an unknown location", PULL_REQUEST, image(&["etl=a:1", "ml=b:1", "x=c:1"])),
        ("two images of a location", PULL_REQUEST, image(&["etl=a:1", "etl=b:1"])),
        ("an unknown location", PULL_REQUEST, only(&["etk"])),
        ("no such file", PULL_REQUEST, missing),
        ("a module for two locations", PULL_REQUEST, module),
        ("a module and a package", PULL_REQUEST, both("ml")),
        ("a package beside the file's module", PULL_REQUEST, package),
        ("no repository", unknown_repository, tagged()),
        ("no commit", &[("OFFSHOOT_BRANCH", "f"), ("OFFSHOOT_REPOSITORY", "a/b")], tagged()),
        ("no branch", &[("OFFSHOOT_PULL_REQUEST", "7")], tagged()),
        ("a tag", &[("OFFSHOOT_TAG", "v1")], tagged()),
    ] {
        let host = service(None);
        let error = deploy(&host, variables, DeployInput::default(), &sources).unwrap_err();
        assert_eq!(changes(&host), Vec::<String>::new(), "{title}");
        let hint = error.hint().unwrap_or_default();
        lines.push(format!(
            "{title}: {} [{}] {error}\n  {hint}",
            error.code(),
            error.code().exit_code()
        ));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn no_commit_is_from_before_the_epoch() {
    let host = service(None);
    let input = DeployInput { timestamp: Some(-5.0), ..DeployInput::default() };
    let error = deploy(&host, PULL_REQUEST, input, &tagged()).unwrap_err();
    assert_eq!(error.code().exit_code(), 2, "{error}");
    assert!(error.to_string().contains("`-5`"), "{error}");
    assert_eq!(changes(&host), Vec::<String>::new());
}
