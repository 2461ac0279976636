use super::*;
use crate::{ci::detect, env::Env, error::Report};

fn git(branch: &str, default_branch: &str) -> GitState {
    let given = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    GitState {
        root: None,
        git_dir: "/repo/.git".to_owned(),
        commit: None,
        branch: given(branch),
        origin_url: None,
        default_branch: given(default_branch),
        repository: None,
    }
}

fn told(target: Result<Target, TargetError>) -> String {
    match target {
        Ok(Target::BranchDeployment { branch }) => {
            format!("branch {} by {}", branch.value, branch.source)
        }
        Ok(Target::Full { deployment, default_branch: None }) => {
            format!("full {deployment} by name")
        }
        Ok(Target::Full { deployment, default_branch: Some(by) }) => {
            format!("full {deployment} by {}", by.source)
        }
        Err(error) => {
            let report = Report::of(&error);
            format!("exit {}: {} [{}]", report.exit_code, report.message, report.hint.unwrap())
        }
    }
}

#[test]
fn the_rule_case_by_case() {
    let prod = DeploymentName::parse("prod").unwrap();
    let by_build = Wish::ByBuild { full: Some(&prod) };
    let nameless = Wish::ByBuild { full: None };
    let detached = git("", "");
    let mut lines = Vec::new();
    for (title, env, git, wish) in [
        ("nothing known", "", None, by_build),
        ("detached, no CI", "", Some(&detached), by_build),
        ("laptop on a feature", "", Some(&git("feature", "main")), by_build),
        ("laptop on the default branch", "", Some(&git("main", "main")), by_build),
        ("laptop on main, default unknown", "", Some(&git("main", "")), by_build),
        (
            "laptop on the default branch, by name",
            "",
            Some(&git("main", "main")),
            Wish::Full(&prod),
        ),
        ("feature", "BRANCH=feature DEFAULT_BRANCH=main", Some(&detached), by_build),
        ("feature, default unknown", "BRANCH=feature", Some(&detached), by_build),
        ("default", "BRANCH=main DEFAULT_BRANCH=main", Some(&detached), by_build),
        ("default, by Git", "BRANCH=main", Some(&git("", "main")), by_build),
        ("default, unknown", "BRANCH=main", Some(&detached), by_build),
        ("default, no name", "BRANCH=main DEFAULT_BRANCH=main", None, nameless),
        (
            "default, other checkout",
            "BRANCH=main DEFAULT_BRANCH=main",
            Some(&git("x", "")),
            by_build,
        ),
        (
            "default, for a branch deployment",
            "BRANCH=main DEFAULT_BRANCH=main",
            None,
            Wish::BranchDeployment,
        ),
        ("pull request", "BRANCH=feature PULL_REQUEST=7 DEFAULT_BRANCH=main", None, by_build),
        (
            "pull request of a fork's main",
            "BRANCH=main PULL_REQUEST=7 DEFAULT_BRANCH=main",
            None,
            by_build,
        ),
        ("pull request, branch unknown", "PULL_REQUEST=7", Some(&git("main", "main")), by_build),
        (
            "pull request, target checked out",
            "PULL_REQUEST=7 TARGET_BRANCH=dev",
            Some(&git("dev", "main")),
            by_build,
        ),
        (
            "pull request, source checked out",
            "PULL_REQUEST=7 TARGET_BRANCH=dev",
            Some(&git("x", "main")),
            by_build,
        ),
        ("tag", "TAG=v1 BRANCH=main DEFAULT_BRANCH=main", None, by_build),
        ("tag, by name", "TAG=v1", None, Wish::Full(&prod)),
    ] {
        let pairs = env.split_whitespace().filter_map(|pair| pair.split_once('='));
        let env: Env = pairs.map(|(name, value)| (format!("OFFSHOOT_{name}"), value)).collect();
        let target = resolve(&detect(&env, &Default::default()), git, wish);
        lines.push(format!("{title}: {}", told(target)));
    }
    insta::assert_snapshot!(lines.join("\n"));
}
