//! `prune` against the sandbox: hundreds of branch deployments, and what ends halfway.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use offshoot_tests::{
    between::{Between, Fate},
    ours,
    process::{Invocation, Outcome},
    sandbox::{Sandbox, TOKEN},
};
use serde_json::{Value as Json, json};

/// Of each of the two repositories.
const BRANCHES: usize = 150;

fn run(sandbox: &Sandbox, directory: &Path, command: &str) -> Outcome {
    run_at(sandbox.url(), directory, command)
}

fn run_at(url: &str, directory: &Path, command: &str) -> Outcome {
    let command = format!("{command} --url {url} -u {TOKEN}");
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
    let answer = sandbox.ask(query, &variables);
    let made = &answer["createOrUpdateBranchDeployment"]["__typename"];
    assert_eq!(made, "DagsterCloudDeployment", "{answer}");
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

/// The deletions that were asked for, each once, in their order.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<i64>>>);

impl Asked {
    /// The place of the deletion in the order, if the request is one.
    fn place(&self, request: &Json) -> Option<usize> {
        let is_deletion = request["query"].as_str()?.contains("deleteDeployment");
        let id = request["variables"]["deploymentId"].as_i64().filter(|_| is_deletion)?;
        let mut asked = self.0.lock().expect("no request panicked");
        let known = asked.iter().position(|one| *one == id);
        Some(known.unwrap_or_else(|| {
            asked.push(id);
            asked.len() - 1
        }))
    }

    fn ids(&self) -> BTreeSet<i64> {
        self.0.lock().expect("no request panicked").iter().copied().collect()
    }
}

/// What a first run meets: a refusal that stays, and faults that go away, before the deletion and after it.
fn troubles(asked: &Asked) -> impl FnMut(&Json) -> Fate + Send + 'static {
    let (asked, mut once) = (asked.clone(), BTreeSet::new());
    let refusal = json!({"data": {"deleteDeployment": {
        "__typename": "PythonError", "message": "busy", "stack": [], "errorChain": []}}});
    move |request| match asked.place(request) {
        Some(10) => Fate::Answered(200, refusal.to_string()),
        Some(20) if once.insert(20) => Fate::RequestIsLost,
        Some(30) if once.insert(30) => Fate::Answered(500, "{}".to_owned()),
        Some(place @ (0 | 40 | 41 | 79)) if once.insert(place) => Fate::AnswerIsLost,
        _ => Fate::Passes,
    }
}

#[test]
fn faults_halfway_are_told_and_later_runs_end_where_one_would_have() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let here = folder.path();
    fill(&sandbox);
    let pruned = |url: &str| {
        run_at(url, here, "prune --repo-name shop --max-deletions 80 --retry-budget 2 --yes")
    };
    let left = || count(&listed(&sandbox, here), "shop", None);
    let first = Asked::default();
    let branches: BTreeSet<i64> = listed(&sandbox, here)
        .iter()
        .map(|one| one["deployment_id"].as_i64().expect("it is a number"))
        .collect();

    let troubled = pruned(&Between::start(sandbox.url(), troubles(&first)).url());
    assert_eq!(troubled.code, 1, "{}", troubled.stderr);
    let told = "1 of 80 branch deployments were not deleted";
    assert!(troubled.stderr.contains(told), "{}", troubled.stderr);
    assert_eq!((first.ids().len(), left()), (80, 150 - 79));

    // The service goes away for good after the fourth deletion.
    let second = Asked::default();
    let (seen, mut is_gone) = (second.clone(), false);
    let ended = pruned(
        &Between::start(sandbox.url(), move |request| {
            is_gone |= seen.place(request).is_some_and(|place| place >= 4);
            if is_gone { Fate::RequestIsLost } else { Fate::Passes }
        })
        .url(),
    );
    assert_eq!(ended.code, 15, "{}", ended.stderr);
    let told = "17 of 21 branch deployments were not deleted";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    assert_eq!(left(), 150 - 83);
    assert!(second.ids().len() < 21, "a service that is gone is given up");

    let third = Asked::default();
    let seen = third.clone();
    let healthy = Between::start(sandbox.url(), move |request| {
        seen.place(request);
        Fate::Passes
    });
    for deleted in [17, 0] {
        let outcome = pruned(&healthy.url());
        assert_eq!((outcome.code, outcome.stdout.lines().count()), (0, deleted), "{outcome:?}");
    }
    let after = listed(&sandbox, here);
    let open = (count(&after, "shop", None), count(&after, "shop", Some("OPEN")));
    assert_eq!((open, count(&after, "other", None)), ((50, 50), BRANCHES));
    for asked in [first, second, third] {
        assert!(asked.ids().is_subset(&branches), "only branch deployments are ever deleted");
    }
    assert_eq!(run(&sandbox, here, "deployment list-locations -d prod").code, 0, "prod is there");
}
