//! Every fault of a network or a server, times every command: the exit code, and what is said of it.

use std::time::Duration;

use offshoot_tests::{
    ours,
    parallel::each,
    process::Outcome,
    recorder::refusing_url,
    script::{Reply, Script},
};
use serde_json::json;

use crate::case::{Case, TOKEN};

/// Each command with how many requests it takes when nothing goes wrong.
const COMMANDS: [(&str, usize); 7] = [
    (
        "branch-deployment create-or-update --repo-name r --branch-name b --commit-hash c --timestamp 1",
        1,
    ),
    ("branch-deployment delete -d x", 2),
    ("deployment add-location x -f a.py --agent-timeout 0 --location-load-timeout 0", 1),
    ("deployment sync-locations --agent-timeout 0 --location-load-timeout 0", 1),
    ("deployment delete-location x", 1),
    ("deployment list-locations", 1),
    ("deployment pull-locations", 1),
];

/// What a command does about a fault that stays, and about one that goes away.
enum Expect {
    /// Ends with this code, and tries at most this often.
    Ends { code: i32, tries: usize },
    /// Tries again until the budget is spent, and ends with this code.
    Retries { code: i32 },
    /// Tries again once and succeeds.
    Recovers,
}
use Expect::{Ends, Recovers, Retries};

const UNAUTHORIZED: i32 = 10;
const UNREACHABLE: i32 = 15;

#[test]
fn every_fault_of_every_command() {
    let jobs: Vec<_> = faults()
        .into_iter()
        .flat_map(|fault| COMMANDS.map(|command| (fault.clone(), command)))
        .collect();
    let problems: Vec<_> = each(&jobs, |((name, script), (command, calls))| {
        let case =
            Case::new(name.as_str(), format!("{command} --url $URL/prod --api-token {TOKEN}"))
                .env("OFFSHOOT_RETRY_BUDGET", if name.starts_with("once") { "20" } else { "2" })
                .file("workspace.yaml", "locations: []\n")
                .script(script.clone());
        let outcome = case.run(ours::run);
        let problems = judge(&outcome, &expectation(name), *calls);
        problems
            .into_iter()
            .map(|problem| format!("{name}: {problem}\n  {command}\n  {outcome:?}"))
            .collect::<Vec<_>>()
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(problems.is_empty(), "{} problems:\n\n{}", problems.len(), problems.join("\n\n"));
}

#[test]
fn a_server_that_is_not_there() {
    let problems: Vec<_> = each(&COMMANDS, |(command, _)| {
        let case = Case::new(
            "refused",
            format!("{command} --url {}/prod --api-token {TOKEN}", refusing_url()),
        )
        .env("OFFSHOOT_RETRY_BUDGET", "1")
        .file("workspace.yaml", "locations: []\n");
        let outcome = case.run(ours::run);
        let problems = well_said(&outcome);
        assert_eq!(outcome.code, UNREACHABLE, "{command}: {outcome:?}");
        problems
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

/// The faults by name. Texts that a server might send hold the token, so that a leak shows.
fn faults() -> Vec<(String, Script)> {
    let says = |status| Reply::text(status, "text/plain", &format!("no, {TOKEN}"));
    let page = Reply::text(200, "text/html", "<!doctype html><title>Sign in</title>");
    let maintenance = |body| Reply::json(&json!({"maintenance": body}));
    let nulls = json!({"message": null, "timeout": null, "retry_interval": null});
    let valid = || Reply::json(&json!({"data": {"version": "x".repeat(2_000)}}));
    let always = |reply: Reply| Script::success().always(reply);
    let once = |reply: Reply| Script::success().first(reply);
    let mut faults: Vec<(String, Script)> = Vec::new();
    let mut add = |name: &str, script| faults.push((name.into(), script));
    for status in [401, 403, 404, 400, 405, 413] {
        add(&format!("always {status}"), always(says(status)));
    }
    for status in [408, 409, 425, 429, 500, 502, 503, 504] {
        add(&format!("always {status}"), always(says(status)));
        add(&format!("once {status}"), once(says(status)));
    }
    add("once 429, retry after 0 s", once(says(429).header("retry-after", "0")));
    add(
        "once 503, retry after a past date",
        once(says(503).header("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")),
    );
    add("once 429, retry after junk", once(says(429).header("retry-after", "later")));
    add("always 429, retry after an hour", always(says(429).header("retry-after", "3600")));
    add(
        "always 503, retry after a far date",
        always(says(503).header("retry-after", "Fri, 31 Dec 2100 23:59:59 GMT")),
    );
    add(
        "always maintenance",
        always(maintenance(json!({"message": "back soon", "timeout": 600, "retry_interval": 10}))),
    );
    add("always maintenance of nulls", always(maintenance(nulls.clone()).status(503)));
    add("once maintenance of nulls", once(maintenance(nulls)));
    add("always lost", always(Reply::lost()));
    add("once lost", once(Reply::lost()));
    add("always cut", always(valid().cut()));
    add("once cut", once(valid().cut()));
    add(
        "once JSON that ends early",
        once(Reply::text(200, "application/json", "{\"data\": {\"ver")),
    );
    add("always a page", always(page));
    add("always nothing", always(Reply::text(200, "application/json", "")));
    add("always null", always(Reply::json(&json!({"data": null}))));
    add("always a list", always(Reply::json(&json!([1]))));
    add("always a text", always(Reply::json(&json!("hello"))));
    add("always an empty object", always(Reply::json(&json!({}))));
    add("always other data", always(Reply::json(&json!({"data": {"other": 1}}))));
    add("always deep", always(Reply::text(200, "application/json", &"[".repeat(100_000))));
    add("always not UTF-8", always(Reply::bytes(200, b"{\"data\": \"\xff\xfe\"}")));
    add("always 68 MB", always(Reply::huge(68_000_000)));
    add("always slow", always(valid().after(Duration::from_secs(30))));
    add("always errors", always(Reply::errors(&format!("boom {TOKEN}"))));
    add("always errors with 500", always(Reply::errors("boom").status(500)));
    add("once errors with 500", once(Reply::errors("boom").status(500)));
    add(
        "always a redirect",
        always(Reply::text(302, "text/plain", "").header("location", "https://example.invalid/")),
    );
    faults
}

fn expectation(name: &str) -> Expect {
    match name {
        _ if name.starts_with("once ") => Recovers,
        "always 401" | "always 403" => Ends { code: UNAUTHORIZED, tries: 1 },
        "always 404" | "always errors" => Ends { code: 1, tries: 1 },
        "always 400" | "always 405" | "always 413" => Ends { code: UNREACHABLE, tries: 1 },
        // Waiting that long is past the budget: it ends at once.
        "always 429, retry after an hour" | "always 503, retry after a far date" => {
            Ends { code: UNREACHABLE, tries: 1 }
        }
        "always maintenance" => Ends { code: UNREACHABLE, tries: 1 },
        "always a page"
        | "always null"
        | "always a list"
        | "always a text"
        | "always an empty object"
        | "always other data"
        | "always deep"
        | "always not UTF-8"
        | "always nothing"
        | "always a redirect"
        | "always 68 MB" => Ends { code: UNREACHABLE, tries: 2 },
        "always slow" => Ends { code: UNREACHABLE, tries: 2 },
        _ => Retries { code: UNREACHABLE },
    }
}

fn judge(outcome: &Outcome, expect: &Expect, calls: usize) -> Vec<String> {
    let mut problems = Vec::new();
    let sent = outcome.requests.len();
    let mut wants_code = |code| {
        if outcome.code != code {
            problems.push(format!("ends with {} and not {code}", outcome.code));
        }
    };
    match expect {
        Ends { code, tries } => {
            wants_code(*code);
            if sent == 0 || sent > *tries {
                problems.push(format!("{sent} requests"));
            }
            problems.extend(well_said(outcome));
        }
        Retries { code } => {
            wants_code(*code);
            if !(2..=20).contains(&sent) {
                problems.push(format!("{sent} requests"));
            }
            problems.extend(well_said(outcome));
        }
        Recovers => {
            wants_code(0);
            if sent != calls + 1 {
                problems.push(format!("{sent} requests and not {}", calls + 1));
            }
        }
    }
    problems
}

/// What is wrong with how a failure is told.
fn well_said(outcome: &Outcome) -> Vec<String> {
    let mut problems = Vec::new();
    // One line for each try is progress; the error itself is a line and its hint.
    let progress = |line: &&str| line.contains("; trying again in ");
    let lines = outcome.stderr.lines().filter(|line| !progress(line)).count();
    if lines != 2 {
        problems.push(format!("{lines} lines on stderr"));
    }
    if !outcome.stderr.contains("hint: ") {
        problems.push("no hint".into());
    }
    if !outcome.stdout.is_empty() {
        problems.push("something on stdout".into());
    }
    let never = [
        TOKEN,
        "panicked",
        "backtrace",
        "RUST_",
        "Some(",
        "None",
        "Err(",
        "Ok(",
        "Error {",
        "ureq",
        "serde",
        "rustls",
        "hyper",
        "\u{1b}",
    ];
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    problems.extend(
        never.iter().filter(|word| said.contains(**word)).map(|word| format!("says {word:?}")),
    );
    problems
}
