//! Every system, every build, every variable missing in turn: what may reach a full deployment.

use std::collections::BTreeMap;

use offshoot_core::{
    git::GitState,
    plus::DeploymentName,
    target::{Target, Wish, resolve},
};

use crate::cases::{self, Build, Case};

/// What the checkout may look like: the worst is the default branch checked out and known as such.
fn checkouts() -> Vec<Option<GitState>> {
    let mut all = vec![None];
    for branch in [None, Some("main"), Some("feature/x")] {
        for default_branch in [None, Some("main")] {
            all.push(Some(cases::checkout(branch, default_branch)));
        }
    }
    all
}

/// Whether any checkout and any wish but an explicit one leads to a full deployment.
fn reaches_full(env: &BTreeMap<String, String>, case: &Case) -> bool {
    let prod = DeploymentName::parse("prod").unwrap();
    let detected = cases::detect(env, &case.files);
    checkouts().iter().any(|checkout| {
        [Wish::ByBuild { full: Some(&prod) }, Wish::ByBuild { full: None }, Wish::BranchDeployment]
            .into_iter()
            .any(|wish| {
                matches!(resolve(&detected, checkout.as_ref(), wish), Ok(Target::Full { .. }))
            })
    })
}

fn without(env: &BTreeMap<String, String>, names: &[&String]) -> BTreeMap<String, String> {
    env.iter()
        .filter(|(name, _)| !names.contains(name))
        .map(|(a, b)| (a.clone(), b.clone()))
        .collect()
}

#[test]
fn no_build_but_one_of_the_default_branch_reaches_a_full_deployment() {
    let mut cells = 0;
    let mut wrong = Vec::new();
    for (id, system) in cases::all() {
        for case in system.cases.iter().filter(|case| case.build != Build::DefaultBranch) {
            let names: Vec<&String> = case.env.keys().collect();
            let mut check = |missing: &[&String]| {
                cells += 1;
                if reaches_full(&without(&case.env, missing), case) {
                    wrong.push(format!("{id}, {}, without {missing:?}", case.title));
                }
            };
            check(&[]);
            // Without the one variable that tells them apart, it is a build of the system.
            if case.build == Build::Local {
                continue;
            }
            for (index, one) in names.iter().enumerate() {
                check(&[one]);
                // A tag has fewer signs than a pull request, and is nobody's feature.
                if case.build != Build::Tag {
                    names.iter().skip(index + 1).for_each(|other| check(&[one, other]));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(cells > 10_000, "{cells} cells");
}

/// So that the matrix above cannot pass because nothing ever reaches one.
#[test]
fn a_build_of_the_default_branch_does() {
    for (id, system) in cases::all() {
        for case in system.cases.iter().filter(|case| case.build == Build::DefaultBranch) {
            assert!(reaches_full(&case.env, case), "{id}, {}", case.title);
        }
    }
}

#[test]
fn an_explicit_word_reaches_it_from_everywhere_and_names_it() {
    let staging = DeploymentName::parse("staging").unwrap();
    for (_, system) in cases::all() {
        for case in &system.cases {
            let target = resolve(&case.detect(), None, Wish::Full(&staging)).unwrap();
            assert!(matches!(target, Target::Full { deployment, .. } if deployment == staging));
        }
    }
}

#[test]
fn pull_requests_and_branches_end_at_their_own_branch_or_nowhere() {
    let prod = DeploymentName::parse("prod").unwrap();
    for (id, system) in cases::all() {
        for case in &system.cases {
            if !matches!(case.build, Build::Branch | Build::PullRequest) {
                continue;
            }
            let detected = case.detect();
            let target = resolve(&detected, None, Wish::ByBuild { full: Some(&prod) });
            let close = resolve(&detected, None, Wish::BranchDeployment);
            assert_eq!(target, close, "{id}, {}", case.title);
            if let Ok(Target::BranchDeployment { branch }) = target {
                assert_eq!(Some(branch), detected.branch, "{id}, {}", case.title);
            }
        }
    }
}
