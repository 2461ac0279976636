//! The warm interpreter is the real CLI: the same outcome as from a process of its own.

use offshoot_tests::{official, process::Outcome, script::Reply};
use serde_json::json;

use crate::case::Case;

#[test]
fn a_warm_interpreter_does_what_a_process_of_its_own_does() {
    let create =
        "branch-deployment create-or-update --url $URL --api-token t --repo-name r --branch-name b";
    let cases = [
        Case::new(
            "success",
            format!("{create} --commit-hash c --timestamp 1.5 --commit-message '\u{1f680}'"),
        ),
        Case::new("usage", create),
        Case::new("help", "branch-deployment --help").env("COLUMNS", "80"),
        Case::new("environment at import", "deployment add-location --url $URL x -u t")
            .env("DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT", "0"),
        Case::new("home at import", "deployment delete-location --url $URL x")
            .file("~/.dagster_cloud_cli/config", "user_token: secret\n"),
        Case::new("traceback", "deployment list-locations --url $URL -u t")
            .answer("workspace", Reply::data("workspace", json!(null))),
    ];
    for case in &cases {
        let (warm, alone) = (case.run(official::run), case.run(official::run_alone));
        assert_eq!(essence(&warm), essence(&alone), "{}", case.name);
        let last_line = |outcome: &Outcome| outcome.stderr.lines().last().map(str::to_owned);
        assert_eq!(last_line(&warm), last_line(&alone), "{}", case.name);
    }
}

/// All that does not hold the port or the folder of a run.
fn essence(outcome: &Outcome) -> String {
    let requests: Vec<_> = outcome.requests.iter().map(|one| (&one.path, &one.body)).collect();
    let stdout: Vec<_> =
        outcome.stdout.lines().filter(|line| !line.contains("127.0.0.1")).collect();
    format!("{} {stdout:#?} {requests:#?}", outcome.code)
}
