//! What a hosting service may do instead of what it was asked.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use http::Method;
use offshoot_tests::{
    ours,
    process::{Invocation, Outcome},
    recorder::{Recorded, Recorder},
    script::{DEPLOYMENT_NAME, Reply, Script},
};
use serde_json::json;

use super::{
    PULL_REQUEST,
    forge::{Comments, Kind, TOKEN, answer},
};

const OWN: &str = "[offshoot]: # (HOST/NAME)\n\nof yesterday";

struct Ended {
    outcome: Outcome,
    comments: Vec<String>,
}

/// `notify` with a service of GitHub's kind, of which `fault` may answer in the place; Dagster+ answers as it should.
/// Of `comments`, one may be our own.
fn notify(
    comments: &[&str],
    budget: &str,
    fault: impl FnMut(&Recorded, &Comments) -> Option<Reply> + Send + 'static,
) -> Ended {
    let folder = tempfile::tempdir().expect("there is room for files");
    let held = Comments::default();
    let (mut fault, of_script) = (fault, held.clone());
    let recorder = Recorder::start(Script::success().rest(move |request| {
        fault(request, &of_script).unwrap_or_else(|| answer(Kind::GitHub, &of_script, request))
    }));
    let host = recorder.url().replace("http://", "");
    for text in comments {
        held.add(&text.replace("HOST", &host).replace("NAME", DEPLOYMENT_NAME));
    }
    let url = recorder.url();
    let variables = [
        ("OFFSHOOT_NOTIFY_URL", url.as_str()),
        ("OFFSHOOT_RETRY_BUDGET", budget),
        ("DAGSTER_CLOUD_URL", url.as_str()),
        ("GITHUB_TOKEN", TOKEN),
    ];
    let invocation = Invocation::new("notify", folder.path()).with(PULL_REQUEST).with(variables);
    let outcome = ours::run(&invocation);
    assert!(!outcome.stderr.contains(TOKEN) && !outcome.stdout.contains(TOKEN), "{outcome:?}");
    Ended { outcome: Outcome { requests: recorder.requests(), ..outcome }, comments: held.all() }
}

/// Every answer that holds an error also holds the token, so that a leak shows.
fn says(status: u16, message: &str) -> Reply {
    Reply::json(&json!({ "message": format!("{message} {TOKEN}") })).status(status)
}

fn is_comment(request: &Recorded, method: &Method) -> bool {
    request.method == method && request.path.contains("/comments")
}

#[test]
fn what_stays_wrong_ends_with_a_word_for_it() {
    type Fault = fn(&Recorded, &Comments) -> Option<Reply>;
    let cases: [(&str, &[&str], Fault); 12] = [
        ("401", &[], |_, _| Some(says(401, "Bad credentials"))),
        ("404: a private repository", &[], |_, _| Some(says(404, "Not Found"))),
        ("403: no right to read", &[], |_, _| {
            Some(says(403, "Resource not accessible by integration"))
        }),
        ("403: no right to write", &[], |request, _| {
            is_comment(request, &Method::POST)
                .then(|| says(403, "Resource not accessible by integration"))
        }),
        ("403: the comment is another's", &[OWN], |request, _| {
            is_comment(request, &Method::PATCH).then(|| says(403, "Forbidden"))
        }),
        ("403: no right to set a status", &[], |request, _| {
            request
                .path
                .contains("/statuses/")
                .then(|| says(403, "Resource not accessible by integration"))
        }),
        ("403: a rate limit of an hour", &[], |_, _| {
            let spent = says(403, "API rate limit exceeded").header("x-ratelimit-remaining", "0");
            Some(spent.header("x-ratelimit-reset", "9999999999"))
        }),
        ("422: no such commit", &[], |request, _| {
            request.path.contains("/statuses/").then(|| says(422, "No commit found for SHA"))
        }),
        ("301: renamed", &[], |_, _| {
            Some(
                says(301, "Moved").header("location", "https://api.example/repositories/1?token=x"),
            )
        }),
        ("a page for signing in", &[], |_, _| {
            Some(Reply::text(200, "text/html", "<h1>Sign in</h1>"))
        }),
        ("203: Azure's page for signing in", &[], |_, _| {
            Some(Reply::text(203, "text/html", "<h1>Sign in</h1>"))
        }),
        ("an object where a list should be", &[], |_, _| Some(Reply::json(&json!({ "id": 1 })))),
    ];
    let said = cases.map(|(name, comments, fault)| {
        let Outcome { code, stderr, stdout, requests } = notify(comments, "20", fault).outcome;
        assert_eq!(stdout, "", "{name}");
        assert!(requests.len() < 12, "{name}: nothing of this is tried again");
        format!("# {name}\n{stderr}[{code}]\n")
    });
    insta::with_settings!({
        omit_expression => true,
        filters => vec![(r"127\.0\.0\.1:\d+", "HOST")],
    }, {
        insta::assert_snapshot!(said.join("\n"))
    });
}

#[test]
fn what_goes_away_is_tried_again() {
    for status in [502, 429] {
        for method in [Method::GET, Method::POST] {
            let mut times = 0;
            let of_fault = method.clone();
            let ended = notify(&[], "30", move |request, _| {
                let faulty = is_comment(request, &of_fault) && times == 0;
                times += usize::from(faulty);
                faulty.then(|| says(status, "later").header("retry-after", "0"))
            });
            assert_eq!(ended.outcome.code, 0, "{status} {method}: {}", ended.outcome.stderr);
            assert_eq!(ended.comments.len(), 1, "{status} {method}");
        }
    }
    let mut times = 0;
    let limited = notify(&[], "30", move |_, _| {
        times += 1;
        (times == 1).then(|| says(403, "secondary rate limit").header("retry-after", "0"))
    });
    assert_eq!(
        (limited.outcome.code, limited.comments.len()),
        (0, 1),
        "{}",
        limited.outcome.stderr
    );
}

#[test]
fn a_comment_whose_answer_was_lost_is_not_made_twice() {
    for lost in [Reply::lost(), says(502, "bad gateway"), Reply::json(&json!({"id": 1})).cut()] {
        let made = Arc::new(AtomicUsize::new(0));
        let count = made.clone();
        let ended = notify(&["Looks good"], "30", move |request, comments| {
            if !is_comment(request, &Method::POST) {
                return None;
            }
            count.fetch_add(1, Ordering::Relaxed);
            drop(answer(Kind::GitHub, comments, request));
            Some(lost.clone())
        });
        assert_eq!(ended.outcome.code, 0, "{}", ended.outcome.stderr);
        assert_eq!(made.load(Ordering::Relaxed), 1, "it was looked for before it was made again");
        assert_eq!(ended.comments.len(), 2, "{:?}", ended.comments);
    }
}

#[test]
fn a_service_that_is_down_ends_the_command_within_its_budget() {
    let ended = notify(&[], "1", |_, _| Some(says(503, "down")));
    assert_eq!(ended.outcome.code, 15, "{}", ended.outcome.stderr);
    assert!(ended.outcome.stderr.contains("attempts in"), "{}", ended.outcome.stderr);
}

#[test]
fn a_list_that_never_ends_is_left_without_another_comment() {
    let mut pages = 0;
    let ended = notify(&[], "60", move |request, _| {
        let endless = request.method == Method::GET;
        pages += usize::from(endless);
        assert!(pages <= 101, "it goes on for ever");
        let link = format!("<https://x{}>; rel=\"next\"", request.path);
        endless.then(|| Reply::json(&json!([])).header("link", &link))
    });
    assert_eq!((ended.outcome.code, ended.comments.len()), (1, 0), "{}", ended.outcome.stderr);
    assert!(ended.outcome.stderr.contains("100 pages of comments"), "{}", ended.outcome.stderr);
}

#[test]
fn a_comment_that_quotes_the_first_line_is_left_to_who_wrote_it() {
    let quote = format!("> {OWN}");
    let later = format!("What is this?\n\n{OWN}");
    let ended = notify(&[&quote, &later], "20", |_, _| None);
    assert_eq!(ended.outcome.code, 0, "{}", ended.outcome.stderr);
    assert_eq!(ended.comments.len(), 3);
    assert!(ended.comments[0].starts_with("> [offshoot]"), "{:?}", ended.comments);
    assert!(ended.comments[1].starts_with("What is this?"), "{:?}", ended.comments);
    let own = notify(&[&quote, OWN], "20", |_, _| None);
    assert_eq!(own.comments.len(), 2);
    assert!(own.comments[1].contains("### Dagster+ deployment"), "{:?}", own.comments);
}
