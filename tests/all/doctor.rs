//! `doctor` against the sandbox, and against a real registry.

use std::fs;

use offshoot_tests::{
    build::{PULL_REQUEST, run},
    process::Outcome,
    recorder::Recorder,
    registry::{DIGEST, Registry},
    repo::Shape,
    sandbox::{Sandbox, TOKEN},
    script::{Reply, Script},
};
use serde_json::Value as Json;

/// `robot:hunter2hunter2` and `robot:wrong`, as `docker login` writes them.
const RIGHT: &str = "cm9ib3Q6aHVudGVyMmh1bnRlcjI=";
const WRONG: &str = "cm9ib3Q6d3Jvbmc=";

/// What a run has printed and how it has ended, without what differs from run to run.
macro_rules! says {
    ($outcome:expr) => {
        insta::with_settings!({
            omit_expression => true,
            filters => vec![
                (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
                (r"/[^\s`:]*/\.tmp\w+", "[tmp]"),
                (r"\b[0-9a-f]{12}\b", "[commit]"),
                (r"\d attempts in \d+ s", "[attempts]"),
            ],
        }, {
            let Outcome { stdout, stderr, code, .. } = &$outcome;
            insta::assert_snapshot!(format!("{stdout}--\n{stderr}[{code}]\n"))
        })
    };
}

fn connected(sandbox: &Sandbox) -> Vec<(&str, &str)> {
    let mut variables = PULL_REQUEST.to_vec();
    variables.extend(sandbox.variables());
    variables
}

fn build_yaml(registry: &str) -> String {
    format!(
        "locations:\n- location_name: etl\n  code_source: {{module_name: etl}}\n  build: {{registry: {registry}/acme/etl}}\n"
    )
}

#[test]
fn where_a_deploy_works_nothing_has_failed() {
    let (sandbox, registry) = (Sandbox::start(&["--load-after", "0.1"]), Registry::open());
    registry.push("acme/etl", "v1");
    let folder = tempfile::tempdir().expect("there is room for files");
    let checkout = Shape::Detached.build(folder.path());
    fs::write(checkout.join("build.yaml"), build_yaml(registry.host())).expect("the folder is new");
    let variables = connected(&sandbox);
    let before = run(&checkout, &variables, "doctor --image-tag v1");
    assert_eq!(before.code, 0, "{before:?}");
    let listed = run(&checkout, &variables, "branch-deployment list");
    assert_eq!(listed.stdout, "", "nothing was made");
    let deployed = run(&checkout, &variables, "deploy --image-tag v1");
    assert_eq!(deployed.code, 0, "{}", deployed.stderr);
    says!(run(&checkout, &variables, "doctor --image-tag v1"));
}

#[test]
fn where_nothing_is_right_all_of_it_is_told_at_once() {
    let registry = Registry::open();
    let folder = tempfile::tempdir().expect("there is room for files");
    let yaml = "locations:\n- location_name: etl\n  location_name: [\n";
    let checkout = Shape::None.build(folder.path());
    fs::write(checkout.join("build.yaml"), yaml).expect("the folder is new");
    let variables = [
        ("HTTP_PROXY", "http://user:hunter2@proxy.example:3128"),
        ("SSL_CERT_FILE", "nowhere.pem"),
        ("BUILDKITE", "true"),
        ("BUILDKITE_TAG", "v1"),
    ];
    says!(run(&checkout, &variables, "doctor"));

    // What can be looked at without the rest is.
    let image = format!("{}/acme/etl:v1", registry.host());
    let flags = format!("doctor --location-name etl --module-name etl --image {image}");
    fs::remove_file(checkout.join("build.yaml")).expect("it is there");
    let outcome = run(&checkout, &variables, &flags);
    assert!(outcome.stderr.contains(": settings, certificates"), "{outcome:?}");
    assert!(outcome.stderr.contains(", image\n"), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("hunter2"), "{outcome:?}");
}

#[test]
fn as_json_it_is_one_document() {
    let sandbox = Sandbox::start(&["--no-agent"]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let checkout = Shape::Plain.build(folder.path());
    let variables = connected(&sandbox);
    let command = "doctor --json --location-name etl --module-name etl.definitions";
    let outcome = run(&checkout, &variables, command);
    let told: Json = serde_json::from_str(&outcome.stdout).expect("it prints one JSON document");
    assert_eq!((outcome.code, &told["ok"]), (1, &Json::Bool(false)));
    let checks = told["checks"].as_array().expect("of checks");
    let failed: Vec<&Json> = checks.iter().filter(|check| check["state"] == "failed").collect();
    assert_eq!(failed.len(), 1, "{told}");
    assert_eq!(failed[0]["name"], "agent");
    let fix = failed[0]["fix"].as_str().expect("there is a fix");
    assert!(fix.contains("branch_deployments: true"), "{fix}");
    assert!(!outcome.stdout.contains(TOKEN), "{}", outcome.stdout);
}

#[test]
fn an_agent_for_full_deployments_only_is_no_agent_here() {
    let sandbox = Sandbox::start(&["--full-deployments-only"]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let checkout = Shape::Plain.build(folder.path());
    let variables = connected(&sandbox);
    let command = "doctor --location-name etl --module-name etl.definitions";
    let agent = |outcome: &Outcome| {
        let line = outcome.stdout.lines().skip_while(|line| !line.contains("  agent  ")).take(2);
        line.collect::<Vec<_>>().join("\n")
    };
    let unknown = run(&checkout, &variables, command);
    assert_eq!(unknown.code, 0, "{unknown:?}");
    assert!(agent(&unknown).starts_with("warning"), "{}", agent(&unknown));
    assert!(agent(&unknown).contains("branch_deployments: true"), "{}", agent(&unknown));
    let full = run(&checkout, &variables, &format!("{command} --full-deployment prod"));
    assert!(agent(&full).starts_with("ok"), "{}", agent(&full));
}

/// Runs with each image and each login, and gives the line of the image with its fix.
#[test]
fn a_real_registry_tells_what_it_has_and_to_whom() {
    let (sandbox, open, closed) = (Sandbox::start(&[]), Registry::open(), Registry::closed());
    open.push("acme/etl", "v1");
    closed.push("acme/etl", "v1");
    let folder = tempfile::tempdir().expect("there is room for files");
    let checkout = Shape::Plain.build(folder.path());
    let login = tempfile::tempdir().expect("there is room for files");
    let config = login.path().to_str().expect("temporary folders have plain names");
    let helper = |name: &str| format!(r#"{{"credsStore": "{name}"}}"#);
    let mut variables = connected(&sandbox);
    variables.push(("DOCKER_CONFIG", config));

    let mut lines = Vec::new();
    let mut look = |what: &str, image: String| {
        let command = format!("doctor --location-name etl --module-name etl --image {image}");
        let outcome = run(&checkout, &variables, &command);
        let shown = format!("{outcome:?}");
        assert!(!shown.contains("hunter2") && !shown.contains(RIGHT), "{shown}");
        let line = outcome.stdout.lines().skip_while(|line| !line.contains("  image  "));
        let line = line.collect::<Vec<_>>().join("\n");
        let (open, closed) = (open.host(), closed.host());
        let line = line.replace(open, "open").replace(closed, "closed").replace(config, "[config]");
        lines.push(format!("{what} [{}]\n{line}\n", outcome.code));
    };
    let (of_open, of_closed) = (open.host().to_owned(), closed.host().to_owned());
    look("present", format!("{of_open}/acme/etl:v1"));
    look("by digest", format!("{of_open}/acme/etl@{DIGEST}"));
    look("missing tag", format!("{of_open}/acme/etl:v2"));
    look("missing digest", format!("{of_open}/acme/etl@{}", DIGEST.replace("df", "ab")));
    look("missing repository", format!("{of_open}/acme/other:v1"));
    look("no reference", format!("{of_open}/Acme/etl:v1"));
    look("no registry", "127.0.0.1:1/acme/etl:v1".to_owned());
    look("no login", format!("{of_closed}/acme/etl:v1"));
    closed.log_in(RIGHT, login.path());
    look("login", format!("{of_closed}/acme/etl:v1"));
    look("login, missing tag", format!("{of_closed}/acme/etl:v2"));
    closed.log_in(WRONG, login.path());
    look("wrong login", format!("{of_closed}/acme/etl:v1"));
    fs::write(login.path().join("config.json"), helper("none-such")).expect("there is room");
    look("helper that is not installed", format!("{of_closed}/acme/etl:v1"));
    look("the same, not needed", format!("{of_open}/acme/etl:v1"));
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(lines.join("\n"));
    });
}

#[test]
fn a_token_that_is_refused_and_a_host_that_is_another_are_named() {
    let folder = tempfile::tempdir().expect("there is room for files");
    let checkout = Shape::Plain.build(folder.path());
    let answers = [
        Reply::text(401, "text/html", "<h1>Unauthorized</h1>"),
        Reply::text(302, "text/html", "")
            .header("location", "https://acme.eu.dagster.cloud/graphql"),
        Reply::text(200, "text/html", "<h1>Welcome</h1>"),
    ];
    let mut lines = Vec::new();
    for answer in answers {
        let recorder = Recorder::start(Script::success().always(answer));
        let url = recorder.url();
        let mut variables = PULL_REQUEST.to_vec();
        variables.extend([("DAGSTER_CLOUD_URL", url.as_str()), ("DAGSTER_CLOUD_API_TOKEN", TOKEN)]);
        let outcome = run(&checkout, &variables, "doctor --location-name etl --module-name etl");
        assert_eq!((outcome.code, recorder.requests().len()), (1, 1), "{outcome:?}");
        let is_wanted =
            |line: &&str| line.contains("  organization  ") || line.contains("  token  ");
        let mut rest = outcome.stdout.lines().peekable();
        while let Some(line) = rest.next() {
            if is_wanted(&line) {
                lines.push(line.replace(url.trim_start_matches("http://"), "HOST"));
                lines.extend(
                    rest.next_if(|next| next.trim_start().starts_with("->")).map(str::to_owned),
                );
            }
        }
        lines.push(String::new());
    }
    let lines = lines.join("\n").replace(|c: char| c.is_control() && c != '\n', "");
    insta::with_settings!({ omit_expression => true, filters => vec![(r"127\.0\.0\.1:\d+", "HOST")] }, {
        insta::assert_snapshot!(lines);
    });
}
