//! Which deployment `deploy`, `close` and `ci branch-deployment` choose: every build of every system, with every variable
//! missing in turn. The checkout is in the matrix of `tests/ci`, which asks the rule alone.

use std::collections::BTreeMap;

use offshoot_core::{
    env::Env,
    ops::{
        self, BuildPlace, CloseInput, DeployInput, Error, Outcome, Sources, UpdateInput, WaitLimits,
    },
    plus::DeploymentName,
};
use pollster::block_on;
use serde_json::json;

use crate::{
    cases::{self, Build, Case},
    support::{Fake, connection, data},
};

/// Every system with its cases. The default branch is told to all, because that is the dangerous case.
fn all_cases() -> Vec<(&'static str, Case)> {
    let systems = cases::all().into_iter().chain([("no CI that is known", cases::read("no-ci"))]);
    let cases =
        systems.flat_map(|(id, system)| system.cases.into_iter().map(move |case| (id, case)));
    let told = |(id, mut case): (&'static str, Case)| {
        case.env.insert("OFFSHOOT_DEFAULT_BRANCH".to_owned(), "main".to_owned());
        (id, case)
    };
    cases.map(told).collect()
}

/// Dagster+, which names the branch deployment of a branch after it.
fn service() -> Fake {
    Fake::respond(|arrived, _| {
        let query = arrived.body["query"].as_str().unwrap();
        if query.contains("getBranchDeploymentName") {
            let branch = arrived.body["variables"]["branchName"].as_str().unwrap();
            let name = format!("branch-{}", branch.replace('/', "-"));
            return data(json!({ "getBranchDeploymentName": name }));
        }
        assert!(query.contains("deploymentByName"), "{query}");
        let missing = json!({"__typename": "DeploymentNotFoundError", "message": "none"});
        data(json!({ "deploymentByName": missing }))
    })
}

/// The deployments that `deploy`, `close` and `ci branch-deployment` choose for the build of a case, with these variables.
fn chosen(case: &Case, variables: &BTreeMap<String, String>) -> [String; 3] {
    let env: Env = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let prod = DeploymentName::parse("prod").unwrap();
    let with_file = |host: Fake, (path, text): (&String, &String)| host.with_file(path, text);
    let host = case.files.iter().fold(service(), with_file);
    let connection = connection();
    let place = BuildPlace { path: "/repo", env: &env, full: Some(&prod) };
    let input = DeployInput { dry_run: true, timestamp: Some(1.0), ..DeployInput::default() };
    let sources = Sources {
        location_name: vec!["etl".into()],
        module_name: Some("etl".into()),
        ..Sources::default()
    };
    let limits = WaitLimits::default();
    let deployed = block_on(ops::deploy(&host, &connection, place, input, &sources, limits));
    let deployed = deployed.map(|outcome| match outcome {
        Outcome::Planned(plan) => plan.calls.last().unwrap().deployment.clone().unwrap(),
        Outcome::Done(_) => panic!("a dry run has only a plan"),
    });
    let closed = block_on(ops::close(&host, &connection, place, CloseInput::default()));
    let closed = closed.map(|outcome| match outcome {
        Outcome::Done(closed) => closed.name,
        Outcome::Planned(_) => panic!("this is no dry run"),
    });
    let read_only = UpdateInput { read_only: true, ..UpdateInput::default() };
    let updated = block_on(ops::update_branch_deployment(&host, &connection, place, read_only));
    let told = |result: Result<DeploymentName, Error>| match result {
        Ok(name) => name.to_string(),
        Err(error) => format!("({error})"),
    };
    [told(deployed), told(closed), told(updated.map(|updated| updated.name))]
}

#[test]
fn every_build_of_every_system_goes_where_it_belongs() {
    let mut lines = Vec::new();
    let mut last = "";
    for (id, case) in all_cases() {
        let [deploy, close, update] = chosen(&case, &case.env);
        assert_eq!(close, update, "{id}, {}", case.title);
        if std::mem::replace(&mut last, id) != id {
            lines.push(format!("\n# {id}"));
        }
        let same = if deploy == close { "and close" } else { "to" };
        lines.push(format!("{}: deploy {same} {deploy}", case.title));
        if deploy != close {
            lines.push(format!("    close {close}"));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_missing_variable_leads_to_the_same_place_or_to_none() {
    let mut cells = 0;
    let mut wrong = Vec::new();
    let all = all_cases();
    // Without the one variable that tells a local run apart, it is a build of the system.
    for (id, case) in all.iter().filter(|(_, case)| case.build != Build::Local) {
        let whole = chosen(case, &case.env);
        for missing in case.env.keys() {
            let mut variables = case.env.clone();
            variables.remove(missing);
            let chosen = chosen(case, &variables);
            let is_fine = |(chosen, whole): (&String, &String)| chosen == whole || is_none(chosen);
            if !chosen.iter().zip(&whole).all(is_fine) {
                wrong.push((*id, case.title.as_str(), missing.as_str(), chosen.clone()));
            }
            let [deploy, close, update] = chosen;
            let cell = format!("{id}, {}, without {missing}", case.title);
            assert!(case.build == Build::DefaultBranch || deploy != "prod", "{cell}");
            assert!(close != "prod" && update != "prod", "{cell}");
            cells += 1;
        }
    }
    // Without their only sign these builds of a tag are builds of a branch with its name.
    let branch = ["branch-v1.0"; 3].map(str::to_owned);
    let expected = [
        ("buildkite", "tag", "BUILDKITE_TAG", branch.clone()),
        ("codefresh", "tag", "CF_BASE_BRANCH", branch.clone()),
        ("travis", "tag", "TRAVIS_TAG", branch),
    ];
    assert_eq!(wrong, expected);
    assert!(cells > 3_000, "{cells}");
}

/// Whether a command ended before it chose anything.
fn is_none(chosen: &str) -> bool {
    chosen.starts_with('(')
}
