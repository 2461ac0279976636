//! The test data of env-ci and datadog-ci: facts that others wrote, with a written list of where we deviate and why.
//!
//! The lists are exact: a case that starts to agree fails the test as much as one that stops.

use std::collections::{BTreeMap, BTreeSet};

use offshoot_core::ci::{Detected, Found};
use serde::Deserialize;
use serde_json::Value;

use crate::{cases, deviations};

/// One case of a library.
#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    platform: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    n: usize,
    env: BTreeMap<String, String>,
    expected: BTreeMap<String, Value>,
    #[serde(default)]
    files: BTreeMap<String, String>,
}

type Fields = BTreeMap<&'static str, String>;

/// Where the libraries always say what they know, so that saying nothing is an answer too. Their other fields are
/// compared where they have them.
const COMPLETE: &[&str] = &["system", "branch", "commit", "number", "target", "tag"];

#[test]
fn env_ci() {
    #[derive(Deserialize)]
    struct Library {
        configuration: Vec<Case>,
        detection: Vec<Case>,
    }
    let library: Library =
        serde_json::from_str(include_str!("../../../../tests/fixtures/env-ci-cases.json")).unwrap();
    let mut found = BTreeSet::new();
    for case in &library.configuration {
        let theirs = of_env_ci(&case.expected);
        let fields = differing(&theirs, &ours(&cases::detect(&case.env, &case.files)));
        found.extend(fields.map(|field| (case.platform.clone(), case.title.clone(), field)));
    }
    for case in &library.detection {
        let system = of_env_ci(&case.expected).remove("system");
        let theirs = system.map(|system| ("system", system)).into_iter().collect();
        let fields = differing(&theirs, &ours(&cases::detect(&case.env, &case.files)));
        let fields = fields.filter(|field| *field == "system");
        found.extend(fields.map(|field| ("detection".to_owned(), case.title.clone(), field)));
    }
    let titles = |platform: &str| -> Vec<String> {
        let of_platform = library.configuration.iter().filter(|case| case.platform == platform);
        of_platform.map(|case| case.title.clone()).collect()
    };
    let listed = deviations::ENV_CI.iter().flat_map(|(platform, cases, fields, _)| {
        let cases = match *cases {
            "all" => titles(platform),
            some => some.split("; ").map(str::to_owned).collect(),
        };
        expanded(platform, cases, fields)
    });
    assert_eq!(only_in_one(&found, &listed.collect()), Vec::<String>::new());
}

#[test]
fn datadog_ci() {
    #[derive(Deserialize)]
    struct Library {
        cases: Vec<Case>,
    }
    let library: Library =
        serde_json::from_str(include_str!("../../../../tests/fixtures/datadog-ci-env-cases.json"))
            .unwrap();
    let mut found = BTreeSet::new();
    for case in &library.cases {
        let env = case.env.iter().map(|(name, value)| (ours_for(name).to_owned(), value.clone()));
        let theirs = of_datadog_ci(&case.expected);
        let fields = differing(&theirs, &ours(&cases::detect(&env.collect(), &case.files)));
        found.extend(fields.map(|field| (case.platform.clone(), case.n.to_string(), field)));
    }
    let listed = deviations::DATADOG_CI.iter().flat_map(|(platform, cases, fields, _)| {
        let ranges = cases.split(", ").flat_map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            first.parse::<usize>().unwrap()..=last.parse().unwrap()
        });
        expanded(platform, ranges.map(|n| n.to_string()).collect(), fields)
    });
    assert_eq!(only_in_one(&found, &listed.collect()), Vec::<String>::new());
}

type Deviation = (String, String, &'static str);

fn expanded(platform: &str, cases: Vec<String>, fields: &'static str) -> Vec<Deviation> {
    let of_case = |case: String| {
        fields.split(' ').map(move |field| (platform.to_owned(), case.clone(), field))
    };
    cases.into_iter().flat_map(of_case).collect()
}

/// What was found and is not listed, and what is listed and was not found.
fn only_in_one(found: &BTreeSet<Deviation>, listed: &BTreeSet<Deviation>) -> Vec<String> {
    let unlisted = found.difference(listed).map(|it| format!("differs, not listed: {it:?}"));
    let agreeing = listed.difference(found).map(|it| format!("listed, but agrees: {it:?}"));
    unlisted.chain(agreeing).collect()
}

fn differing(theirs: &Fields, ours: &Fields) -> std::vec::IntoIter<&'static str> {
    let names: BTreeSet<&'static str> = theirs.keys().chain(ours.keys()).copied().collect();
    let differ = names.into_iter().filter(|name| {
        (theirs.contains_key(name) || COMPLETE.contains(name)) && theirs.get(name) != ours.get(name)
    });
    differ.collect::<Vec<_>>().into_iter()
}

/// Our variable of the user for theirs.
fn ours_for(name: &str) -> &str {
    match name {
        "DD_GIT_BRANCH" => "OFFSHOOT_BRANCH",
        "DD_GIT_COMMIT_SHA" => "OFFSHOOT_COMMIT",
        "DD_GIT_REPOSITORY_URL" => "OFFSHOOT_CLONE_URL",
        "DD_GIT_TAG" => "OFFSHOOT_TAG",
        "DD_GIT_PULL_REQUEST_BASE_BRANCH" => "OFFSHOOT_TARGET_BRANCH",
        other => other,
    }
}

/// Our id for their name of a system.
fn system(name: &str) -> &str {
    match name {
        "awscodepipeline" => "codebuild",
        "azurePipelines" | "azurepipelines" => "azure-pipelines",
        "github" => "github-actions",
        "gitlab" => "gitlab-ci",
        "travisci" => "travis",
        other => other,
    }
}

fn ours(detected: &Detected) -> Fields {
    let text = |found: &Option<Found<String>>| found.as_ref().map(|it| it.value.clone());
    let slug = detected.repository.as_ref().map(|slug| {
        let owner = slug.value.owner.as_ref().map(|owner| format!("{owner}/"));
        format!("{}{}", owner.unwrap_or_default(), slug.value.name)
    });
    // They know one Jenkins.
    let id = detected.system.map(|system| match system.id {
        id if id.starts_with("jenkins") => "jenkins".to_owned(),
        id => id.to_owned(),
    });
    given([
        ("system", id),
        ("branch", text(&detected.branch)),
        ("commit", text(&detected.commit)),
        ("number", detected.pull_request.as_ref().map(|number| number.value.to_string())),
        ("target", text(&detected.target_branch)),
        ("slug", slug),
        ("clone", text(&detected.clone_url)),
        ("build", text(&detected.build_url)),
        ("job", text(&detected.job_id)),
        ("tag", text(&detected.tag)),
    ])
}

/// Their `branch` of a pull request is the target, and `prBranch` the source.
fn of_env_ci(expected: &BTreeMap<String, Value>) -> Fields {
    let get = |name: &str| expected.get(name).and_then(Value::as_str).map(str::to_owned);
    let is_pull_request = expected.get("isPr") == Some(&Value::Bool(true));
    let (branch, target) = match is_pull_request {
        true => (get("prBranch"), get("branch")),
        false => (get("branch"), None),
    };
    given([
        ("system", get("service").map(|name| system(&name).to_owned())),
        ("branch", branch),
        ("commit", get("commit")),
        ("number", get("pr")),
        ("target", target),
        ("slug", get("slug")),
        ("build", get("buildUrl")),
        ("tag", get("tag")),
    ])
}

/// Their `branch` is the source.
fn of_datadog_ci(expected: &BTreeMap<String, Value>) -> Fields {
    let get = |name: &str| expected.get(name).and_then(Value::as_str).map(str::to_owned);
    given([
        ("system", get("provider").map(|name| system(&name).to_owned())),
        ("branch", get("branch")),
        ("commit", get("head_commit").or_else(|| get("commit"))),
        ("number", get("pr_number")),
        ("target", get("target_branch")),
        ("clone", get("repository_url")),
        ("build", get("build_url")),
        ("job", get("job_id")),
        ("tag", get("tag")),
    ])
}

fn given<const N: usize>(fields: [(&'static str, Option<String>); N]) -> Fields {
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
