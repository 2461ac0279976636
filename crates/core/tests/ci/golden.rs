//! What each system says of each build, one snapshot a system, to be read by a person.

use offshoot_core::{
    ci::Detected,
    error::Report,
    plus::DeploymentName,
    target::{Target, TargetError, Wish, resolve},
};
use serde_json::Value;

use crate::cases::{self, Build, MERGE, SECRET};

#[test]
fn every_system_in_every_build() {
    for (id, system) in cases::all() {
        let text: Vec<String> = system
            .cases
            .iter()
            .map(|case| {
                let detected = case.detect();
                assert_eq!(detected.system.unwrap().id, id, "{}", case.title);
                format!("## {}\n{}", case.title, shown(&detected))
            })
            .collect();
        insta::assert_snapshot!(id, text.join("\n\n"));
    }
}

#[test]
fn every_sort_of_build_is_there_for_every_system() {
    for (id, system) in cases::all() {
        let has = |word: &str| system.cases.iter().any(|case| case.title.contains(word));
        let missing: Vec<_> = ["push", "request", "fork", "tag", "schedule", "detached", "re-run"]
            .into_iter()
            .filter(|word| !has(word))
            .collect();
        let expected: &[&str] = match id {
            // Its plugins build pull requests only.
            "jenkins-ghprb" => &["push", "tag", "schedule"],
            // Pull requests from forks run no pipelines in the parent.
            "bitbucket" => &["fork"],
            // A run is a new workflow there, with nothing to tell it from the first.
            "concourse" | "tekton" | "argo-workflows" => &["re-run"],
            _ => &[],
        };
        assert_eq!(missing, expected, "{id}");
    }
}

#[test]
fn no_case_shows_a_merge_commit_or_a_secret() {
    for (id, system) in cases::all() {
        for case in &system.cases {
            let shown = serde_json::to_string(&case.detect()).unwrap();
            for never in [MERGE, SECRET, "refs/", "\"HEAD\""] {
                assert!(!shown.contains(never), "{id}, {}: {never} in {shown}", case.title);
            }
            let commit = case.detect().commit.map(|commit| commit.value).unwrap_or_default();
            assert!(!commit.starts_with(cases::BASE), "{id}, {}: the base", case.title);
            if case.build == Build::PullRequest {
                let branch = case.detect().branch.map(|branch| branch.value);
                let own = case.title.contains("fork") || case.title.contains("named as");
                assert!(own || branch.as_deref() != Some("main"), "{id}, {}", case.title);
            }
        }
    }
}

fn shown(detected: &Detected) -> String {
    let Value::Object(fields) = serde_json::to_value(detected).unwrap() else { unreachable!() };
    let mut lines = Vec::new();
    for (name, field) in fields {
        match &field {
            Value::Null => {}
            Value::Object(found) if found.contains_key("source") => {
                let value = match &found["value"] {
                    Value::String(text) => text.clone(),
                    Value::Object(slug) => format!("{} | {}", slug["owner"], slug["name"]),
                    other => other.to_string(),
                };
                lines.push(format!("{name:20} {value}   <- {}", found["source"].as_str().unwrap()));
            }
            Value::Array(items) => lines.extend(items.iter().map(|item| match &item["id"] {
                Value::String(id) => format!("{name:20} {id}"),
                _ => format!("problem: {}", item.as_str().unwrap()),
            })),
            _ => {}
        }
    }
    let prod = DeploymentName::parse("prod").unwrap();
    let wish = Wish::ByBuild { full: Some(&prod) };
    for (title, default_branch) in [("target", None), ("  with origin/HEAD", Some("main"))] {
        let checkout = cases::checkout(None, default_branch);
        let target = told(resolve(detected, Some(&checkout), wish));
        if !lines.last().is_some_and(|last| last.ends_with(&format!("-> {target}"))) {
            lines.push(format!("{title} -> {target}"));
        }
    }
    lines.join("\n")
}

fn told(target: Result<Target, TargetError>) -> String {
    match target {
        Ok(Target::BranchDeployment { branch }) => {
            format!("the branch deployment of {}", branch.value)
        }
        Ok(Target::Full { deployment, .. }) => format!("FULL DEPLOYMENT {deployment}"),
        Err(error) => {
            let report = Report::of(&error);
            format!("exit {}, {}", report.exit_code, report.message)
        }
    }
}
