//! `prune` against the sandbox: hundreds of branch deployments, and what ends halfway.

use std::{fs, path::Path};

use offshoot_tests::{
    ours,
    process::{Invocation, Outcome},
    sandbox::{Sandbox, TOKEN},
};
use serde_json::{Value as Json, json};

/// Of each of the two repositories.
const BRANCHES: usize = 150;

fn run(sandbox: &Sandbox, directory: &Path, command: &str) -> Outcome {
    let command = format!("{command} --url {} -u {TOKEN}", sandbox.url());
    ours::run(&Invocation::new(&command, directory))
}

/// Creates branches `f/0`, `f/1`, ... in `shop` and in `other`: of three, one open, one closed, one merged; those of
/// even number have a commit of this minute, the others one of long ago.
fn fill(sandbox: &Sandbox) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.expect("it is after 1970").as_secs();
    for repository in ["shop", "other"] {
        for number in 0..BRANCHES {
            let status = ["OPEN", "CLOSED", "MERGED"][number % 3];
            let timestamp = if number % 2 == 0 { now } else { 1_600_000_000 };
            create(sandbox, repository, number, status, timestamp);
        }
    }
}

fn create(sandbox: &Sandbox, repository: &str, number: usize, status: &str, timestamp: u64) {
    let query =
        "mutation($branch: CreateOrUpdateBranchDeploymentInput!, $commit: DeploymentCommitInput!) {
        createOrUpdateBranchDeployment(branchData: $branch, commit: $commit) { __typename } }";
    let variables = json!({
        "branch": {"repoName": repository, "branchName": format!("f/{number}"), "pullRequestStatus": status},
        "commit": {"commitHash": "1f", "timestamp": timestamp},
    });
    let body = json!({"query": query, "variables": variables}).to_string();
    let folder = tempfile::tempdir().expect("there is room for files");
    fs::write(folder.path().join("body"), body).expect("the folder is new");
    let command = format!(
        "-fsS {}/graphql -H 'Dagster-Cloud-Api-Token: {TOKEN}' -H 'Content-Type: application/json' -d @body",
        sandbox.url()
    );
    let outcome = Invocation::new(&command, folder.path()).run("curl");
    assert!(outcome.stdout.contains("DagsterCloudDeployment"), "{outcome:?}");
}

fn listed(sandbox: &Sandbox, directory: &Path) -> Vec<Json> {
    let outcome = run(sandbox, directory, "branch-deployment list --limit 5000 --json");
    let listed: Json = serde_json::from_str(&outcome.stdout).expect("it prints JSON");
    listed.as_array().expect("of a list").clone()
}

fn count(listed: &[Json], repository: &str, status: Option<&str>) -> usize {
    let git = |one: &Json| one["branch_deployment_git_metadata"].clone();
    let is = |one: &&Json| {
        git(one)["repo_name"] == repository
            && status.is_none_or(|status| git(one)["pull_request_status"] == status)
    };
    listed.iter().filter(is).count()
}

#[test]
fn hundreds_are_cleaned_up_in_bounded_steps_and_nothing_else() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let here = folder.path();
    fill(&sandbox);
    assert_eq!(listed(&sandbox, here).len(), 2 * BRANCHES);

    let told = run(&sandbox, here, "prune --repo-name shop --max-deletions 60");
    assert_eq!((told.code, told.stdout.lines().count()), (0, 60), "{}", told.stderr);
    assert!(told.stderr.contains("would delete 60 and keep 200"), "{}", told.stderr);
    assert!(told.stderr.contains("40 more are left for another run"), "{}", told.stderr);
    assert_eq!(listed(&sandbox, here).len(), 2 * BRANCHES, "nothing said --yes");

    for (deleted, left) in [(60, 90), (40, 50), (0, 50)] {
        let pruned = run(&sandbox, here, "prune --repo-name shop --max-deletions 60 --yes");
        assert_eq!((pruned.code, pruned.stdout.lines().count()), (0, deleted), "{}", pruned.stderr);
        assert_eq!(count(&listed(&sandbox, here), "shop", None), left);
    }
    assert_eq!(count(&listed(&sandbox, here), "shop", Some("OPEN")), 50);
    assert_eq!(count(&listed(&sandbox, here), "other", None), BRANCHES);

    // Of the open ones, f/0 and f/3 are still there as branches, and every second one is old.
    fs::write(here.join("branches"), "main\nf/0\n1f\trefs/heads/f/3\n").expect("the folder is new");
    let old =
        run(&sandbox, here, "prune --repo-name shop --older-than 14d --yes --max-deletions 500");
    assert_eq!((old.code, old.stdout.matches("\told\n").count()), (0, 25), "{}", old.stderr);
    let gone = run(
        &sandbox,
        here,
        "prune --repo-name shop --branches-file branches --yes --max-deletions 500",
    );
    assert_eq!(
        (gone.code, gone.stdout.matches("\tbranch gone\n").count()),
        (0, 24),
        "{}",
        gone.stderr
    );
    let left = listed(&sandbox, here);
    assert_eq!((count(&left, "shop", None), count(&left, "other", None)), (1, BRANCHES));
    assert_eq!(run(&sandbox, here, "deployment list-locations -d prod").code, 0, "prod is there");
}
