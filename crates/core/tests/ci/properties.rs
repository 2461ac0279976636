//! What holds for any value of any variable.

use std::collections::BTreeMap;

use offshoot_core::{
    ci::{Detected, Found},
    plus::DeploymentName,
    target::{Target, Wish, resolve},
};
use proptest::{prelude::*, test_runner::RngSeed};

use crate::cases::{self, Build, Case};

/// Every case of every system with its number, to choose from.
fn all_cases() -> Vec<Case> {
    cases::all().into_iter().flat_map(|(_, system)| system.cases).collect()
}

/// Those with more than one sign of what they are: the one sign of a plain Jenkins job is the branch itself.
fn pull_requests() -> Vec<Case> {
    let one_sign = |case: &Case| case.title.contains("by a refspec");
    let cases = all_cases().into_iter();
    cases.filter(|case| case.build == Build::PullRequest && !one_sign(case)).collect()
}

/// Whether this is a ref that hosting services make, told in another way than the code tells it.
fn is_pull_request(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    let number = |part: &str| part.parse::<u64>().is_ok_and(|number| number > 0);
    name.starts_with("refs/")
        || name.starts_with("gh-readonly-queue/")
        || (["pull", "merge-requests", "pull-requests"].contains(&parts[0])
            && parts.get(1).is_some_and(|part| number(part)))
        || (parts.len() == 2 && number(parts[0]) && ["merge", "head"].contains(&parts[1]))
}

/// What variables may hold: what systems put there, and what nobody expects.
fn value() -> impl Strategy<Value = String> {
    let awkward = [
        "HEAD",
        "head",
        "refs/heads/HEAD",
        "refs/heads/",
        "refs/heads/refs/heads/x",
        "refs/pull/7/merge",
        "refs/pull/",
        "refs/pull/x",
        "pull/7",
        "pull/7/head",
        "7/merge",
        "PR-7",
        "PR-7-merge",
        "MR-7-head",
        "origin/HEAD",
        "origin/refs/pull/7/head:pr",
        "refs/merge-requests/7/train",
        "refs/tags/v1",
        "tags/v1",
        "tag/v1",
        "branch/x",
        "branch/HEAD",
        "pr/7",
        "jane:HEAD",
        "jane:pull/7",
        "<default>",
        "detached",
        "false",
        "0",
        "true",
        "main",
        " ",
        "gh-readonly-queue/main/pr-7-0a",
        "pull_request",
        "PULL_REQUEST_MERGED",
        "closed",
        "7",
        "18446744073709551616",
        "https://github.com/acme/proj/pull/7",
        "https://",
        "git@",
        "://",
        "$X",
        "${",
        "<<>>",
        "{{",
        "\u{0}",
        "é/ß",
        "https://u:S3CRET@github.com/a/b?x=1#y",
        "https://S3CRET@host",
        "http://a:S3CRET@b:80/c",
        "https://u:S3CRET/x@host/a/b",
        "ssh://git:S3CRET@host:22/a/b",
        "u:S3CRET@host:a/b",
        "4ead4ead4ead4ead4ead4ead4ead4ead4ead4ead",
        "refs/remotes/origin/x",
        "a..b",
        "-x",
        "x.lock",
        "@",
        "@{u}",
    ];
    prop_oneof![
        4 => proptest::sample::select(awkward.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,20}",
        1 => "(refs/)?(heads|tags|pull|merge-requests)?/?[0-9a-z]{0,3}(/(merge|head))?",
    ]
}

fn named(found: &Option<Found<String>>) -> Vec<String> {
    found.iter().map(|it| it.value.clone()).collect()
}

fn names(detected: &Detected) -> Vec<String> {
    [&detected.branch, &detected.target_branch, &detected.default_branch, &detected.tag]
        .into_iter()
        .flat_map(named)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, rng_seed: RngSeed::Fixed(28), ..ProptestConfig::default() })]

    #[test]
    fn no_value_gets_where_it_cannot_be(
        case in proptest::sample::select(all_cases()),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), value()), 0..6),
        event in proptest::option::of("\\PC{0,30}"),
    ) {
        let variables: Vec<String> = case.env.keys().cloned().collect();
        let mut env = case.env.clone();
        for (index, value) in changes {
            env.insert(index.get(&variables).clone(), value);
        }
        let mut files = case.files.clone();
        files.extend(event.map(|event| ("/event.json".to_owned(), event)));
        let detected = cases::detect(&env, &files);
        for name in names(&detected) {
            let fine = !name.is_empty() && name != "HEAD" && name.trim() == name && !is_pull_request(&name);
            prop_assert!(fine, "{name:?} of {env:?}");
        }
        for commit in named(&detected.commit) {
            prop_assert!(commit.len() >= 4 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{commit}");
        }
        for url in [&detected.clone_url, &detected.build_url, &detected.pull_request_url] {
            for url in named(url) {
                prop_assert!(!url.contains("S3CRET"), "{url} of {env:?}");
            }
        }
    }

    #[test]
    fn a_pull_request_with_one_strange_value_reaches_no_full_deployment(
        case in proptest::sample::select(pull_requests()),
        index in any::<proptest::sample::Index>(),
        value in value(),
        checked_out in proptest::option::of(Just("main")),
    ) {
        let variables: Vec<&String> = case.env.keys().collect();
        let name = index.get(&variables).to_string();
        let mut env: BTreeMap<String, String> = case.env.clone();
        env.insert(name.clone(), value);
        let detected = cases::detect(&env, &case.files);
        let prod = DeploymentName::parse("prod").unwrap();
        let checkout = cases::checkout(checked_out, Some("main"));
        let target = resolve(&detected, Some(&checkout), Wish::ByBuild { full: Some(&prod) });
        prop_assert!(!matches!(target, Ok(Target::Full { .. })), "{}: {name}", case.title);
    }
}
