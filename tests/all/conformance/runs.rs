//! `job launch` and `run status`.

use offshoot_tests::{
    official, ours,
    script::{Reply, run},
};
use serde_json::json;

use super::compare::conform;
use crate::case::{Case, TOKEN};

fn launch(name: &str, tail: &str) -> Case {
    Case::new(name, format!("job launch --url $URL/prod --api-token {TOKEN} {tail}"))
}

fn status(name: &str, tail: &str) -> Case {
    Case::new(name, format!("run status --api-token {TOKEN} {tail}"))
}

/// The command with `root` answered by this member of its union.
fn member(case: &Case, root: &str, typename: &str) -> Case {
    let fields =
        json!({"message": "boom", "stack": [], "errorChain": [], "errors": [{"message": "boom"}]});
    Case::new(format!("{typename} of {root}"), case.command.clone())
        .answer(root, Reply::member(root, typename, fields))
}

#[test]
fn job_launch() {
    let plain = launch("plain", "-l etl -j clone");
    conform![
        launch("long flags", "--location etl --job clone"),
        launch("a repository", "-l etl -j clone -r shop"),
        launch("an empty repository", "-l etl -j clone --repository ''"),
        launch("tags", r#"-l etl -j clone --tags '{"b": "1", "a": ""}'"#),
        launch("empty tags", "-l etl -j clone --tags ''"),
        launch(
            "config",
            r#"-l etl -j clone --config-json '{"ops": {"b": [1, 2.5, null], "a": {}}}'"#
        ),
        launch("empty config", "-l etl -j clone --config-json ''"),
        launch("an asset", "-l etl -j clone --asset-key a/b"),
        launch("assets", "-l etl -j clone --asset-key a/b --asset-key c"),
        Case::new("by flag", format!("job launch --url $URL -u {TOKEN} -l etl -j clone -d other")),
        launch("beyond ASCII", "-l 'l\u{e9} x' -j '\u{1f680}'"),
        Case::new("by variables", "job launch -l etl -j clone")
            .env("DAGSTER_CLOUD_URL", "$URL/prod")
            .env("DAGSTER_CLOUD_API_TOKEN", TOKEN),
        launch("a wait", "-l etl -j clone --wait --interval 1"),
        launch("a wait for a failure", "-l etl -j clone -w -i 1")
            .answer("runOrError", Reply::data("runOrError", run("FAILURE")))
            .ours_fails("a run that failed fails the build"),
        launch("a wait for a cancellation", "-l etl -j clone -w -i 1")
            .answer("runOrError", Reply::data("runOrError", run("CANCELED")))
            .ours_fails("a run that was canceled fails the build"),
        launch("no job", "-l etl"),
        launch("no location", "-j clone"),
        launch("tags that are no JSON", "-l etl -j clone --tags a=b"),
        launch("tags that are a list", "-l etl -j clone --tags '[1]'"),
        launch("a tag that is a number", r#"-l etl -j clone --tags '{"a": 1}'"#)
            .ours_refuses("the API takes texts as tags"),
        launch("config that is no JSON", "-l etl -j clone --config-json 'ops: {}'"),
        launch("config that is a list", "-l etl -j clone --config-json '[1]'")
            .ours_refuses("run config is a mapping"),
        launch("an empty asset key", "-l etl -j clone --asset-key ''")
            .ours_refuses("an asset has a name"),
        Case::new("no deployment", format!("job launch --url $URL -u {TOKEN} -l etl -j clone"))
            .ours_refuses("a job is launched in a deployment that is known"),
        member(&plain, "launchRun", "PipelineNotFoundError"),
        member(&plain, "launchRun", "RunConfigValidationInvalid"),
        member(&plain, "launchRun", "UnauthorizedError"),
        member(&plain, "launchRun", "PythonError"),
        member(&plain, "launchRun", "SomethingNewError"),
    ];
}

#[test]
fn run_status() {
    let plain = status("plain", "--url $URL/prod 5f");
    let unknown = "a run that is not there is an error";
    conform![
        status("plain", "--url $URL/prod 5f"),
        status("by flag", "--url $URL -d prod 5f"),
        status("under way", "--url $URL/prod 5f")
            .answer("runOrError", Reply::data("runOrError", run("STARTED"))),
        status("failed", "--url $URL/prod 5f")
            .answer("runOrError", Reply::data("runOrError", run("FAILURE"))),
        status("no run", "--url $URL/prod"),
        status("an empty run", "--url $URL/prod ''"),
        status("no deployment", "--url $URL 5f")
            .ours_refuses("a run is looked for in a deployment that is known"),
        member(&plain, "runOrError", "RunNotFoundError").ours_fails(unknown),
        member(&plain, "runOrError", "PythonError").ours_fails(unknown),
        member(&plain, "runOrError", "SomethingNewError").ours_fails(unknown),
    ];
}

#[test]
fn both_launch_with_a_key_and_ours_keeps_it() {
    let case = launch("lost once", "-l etl -j clone")
        .script(offshoot_tests::script::Script::success().first(Reply::lost()));
    let theirs = launch("plain", "-l etl -j clone").run(official::run);
    assert!(theirs.requests[0].header("idempotency-key").is_some());
    let ours = case.run(ours::run);
    let keys: Vec<_> =
        ours.requests.iter().map(|request| request.header("idempotency-key")).collect();
    let [Some(first), Some(second)] = &keys[..] else { panic!("{keys:?}") };
    assert_eq!(first, second);
}
