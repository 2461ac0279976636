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

/// A build of the default branch, by its CI, that only the user can lead elsewhere.
fn of_main(variables: &[(&str, &str)]) -> String {
    let ci = [("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main"), ("CI_DEFAULT_BRANCH", "main")];
    let env: Env = ci.iter().chain(variables).copied().collect();
    let prod = DeploymentName::parse("prod").unwrap();
    let wish = Wish::ByBuild { full: Some(&prod) };
    told(resolve(&detect(&env, &Default::default()), Some(&git("", "main")), wish))
}

#[test]
fn what_the_user_says_and_cannot_be_used_is_never_ignored() {
    assert_eq!(of_main(&[]), "full prod by CI_COMMIT_BRANCH");
    let lines: Vec<String> = [
        ("OFFSHOOT_BRANCH", "feature cart"),
        ("OFFSHOOT_BRANCH", "-x"),
        ("OFFSHOOT_BRANCH", "feature..cart"),
        ("OFFSHOOT_BRANCH", "feature\ncart"),
        ("OFFSHOOT_BRANCH", "HEAD"),
        ("OFFSHOOT_BRANCH", "pull/12"),
        ("OFFSHOOT_BRANCH", "refs/tags/v1"),
        ("OFFSHOOT_PULL_REQUEST", "#12"),
        ("OFFSHOOT_PULL_REQUEST", "https://jane:S3CRET@github.com/acme/proj/pull/12"),
        ("OFFSHOOT_TARGET_BRANCH", "a..b"),
        ("OFFSHOOT_TAG", "v 1"),
        ("OFFSHOOT_FORK", "yes"),
        ("OFFSHOOT_DEFAULT_BRANCH", "the main"),
        ("OFFSHOOT_BRANCH_IS_DEFAULT", "no"),
        ("OFFSHOOT_CI", "gitlab"),
    ]
    .into_iter()
    .map(|variable| of_main(&[variable]))
    .collect();
    assert!(lines.iter().all(|line| line.starts_with("exit 16: ")), "{lines:#?}");
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_main_that_is_not_the_default_branch_is_a_feature() {
    let prod = DeploymentName::parse("prod").unwrap();
    let wish = Wish::ByBuild { full: Some(&prod) };
    let resolved = |is_default| {
        let env = [("CIRCLECI", "true"), ("CIRCLE_BRANCH", "main")].into_iter();
        let env: Env = env.chain([("OFFSHOOT_BRANCH_IS_DEFAULT", is_default)]).collect();
        told(resolve(&detect(&env, &Default::default()), Some(&git("", "")), wish))
    };
    assert_eq!(resolved("false"), "branch main by CIRCLE_BRANCH");
    assert_eq!(resolved("true"), "full prod by CIRCLE_BRANCH");
    assert!(resolved("").starts_with("exit 16: it is not known whether `main`"));
}

#[test]
fn what_ci_says_of_its_branch_is_not_said_of_the_branch_of_the_user() {
    let prod = DeploymentName::parse("prod").unwrap();
    let wish = Wish::ByBuild { full: Some(&prod) };
    let jenkins =
        [("JENKINS_URL", "https://ci"), ("BRANCH_NAME", "trunk"), ("BRANCH_IS_PRIMARY", "true")];
    let resolved = |variables: &[(&str, &str)]| {
        let env: Env = jenkins.iter().chain(variables).copied().collect();
        told(resolve(&detect(&env, &Default::default()), None, wish))
    };
    assert_eq!(resolved(&[]), "full prod by BRANCH_NAME");
    let feature = ("OFFSHOOT_BRANCH", "feature/cart");
    assert_eq!(resolved(&[feature]), "branch feature/cart by OFFSHOOT_BRANCH");
    let trunk = ("OFFSHOOT_BRANCH", "trunk");
    assert_eq!(resolved(&[trunk]), "full prod by OFFSHOOT_BRANCH");
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
        ("tag of a branch of the user", "TAG=v1 BRANCH=feature", None, by_build),
        ("tag, branch unknown", "TAG=v1 DEFAULT_BRANCH=main", Some(&git("main", "main")), by_build),
        ("tag, by name", "TAG=v1", None, Wish::Full(&prod)),
        ("tag, for a branch deployment", "TAG=v1", None, Wish::BranchDeployment),
        ("default unknown, for a branch deployment", "BRANCH=main", None, Wish::BranchDeployment),
        ("main, and no default branch", "BRANCH=main BRANCH_IS_DEFAULT=false", None, by_build),
        (
            "main, and no default branch, for a branch deployment",
            "BRANCH=main BRANCH_IS_DEFAULT=False",
            None,
            Wish::BranchDeployment,
        ),
        ("main, and the default branch", "BRANCH=main BRANCH_IS_DEFAULT=true", None, by_build),
        ("branch that cannot be", "BRANCH=-x", Some(&git("feature", "main")), by_build),
        ("branch that cannot be, by name", "BRANCH=-x", None, Wish::Full(&prod)),
    ] {
        let pairs = env.split_whitespace().filter_map(|pair| pair.split_once('='));
        let env: Env = pairs.map(|(name, value)| (format!("OFFSHOOT_{name}"), value)).collect();
        let target = resolve(&detect(&env, &Default::default()), git, wish);
        lines.push(format!("{title}: {}", told(target)));
    }
    insta::assert_snapshot!(lines.join("\n"));
}
