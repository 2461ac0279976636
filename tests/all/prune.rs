//! `prune` against the sandbox: hundreds of branch deployments, and what ends halfway.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use offshoot_tests::{
    between::{Between, Fate},
    build::{self, PULL_REQUEST},
    ours,
    process::{Invocation, Outcome},
    repo::Shape,
    sandbox::{Sandbox, TOKEN},
};
use serde_json::{Value as Json, json};

/// Of each of the two repositories.
const BRANCHES: usize = 150;
/// A remote that no test reaches.
const ORIGIN: &str = "https://github.com/acme/shop.git";

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
    create_branch(sandbox, repository, &format!("f/{number}"), status, timestamp);
}

fn create_branch(sandbox: &Sandbox, repository: &str, branch: &str, status: &str, timestamp: u64) {
    let query =
        "mutation($branch: CreateOrUpdateBranchDeploymentInput!, $commit: DeploymentCommitInput!) {
        createOrUpdateBranchDeployment(branchData: $branch, commit: $commit) { __typename } }";
    let variables = json!({
        "branch": {"repoName": repository, "branchName": branch, "pullRequestStatus": status},
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
    assert!(told.stderr.contains("of the repository `shop`:\n"), "{}", told.stderr);
    let counts = "would delete 60, leave 40 for another run (--max-deletions), and keep 200; --yes deletes the 60";
    assert!(told.stderr.contains(counts), "{}", told.stderr);
    let none = run(&sandbox, here, "prune --repo-name shop --max-deletions 0");
    let counts = "would delete none, leave 100 for another run (--max-deletions), and keep 200\n";
    assert!(none.stderr.ends_with(counts), "{}", none.stderr);
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

/// A checkout of `main` whose remote is [`ORIGIN`].
fn checkout(parent: &Path) -> PathBuf {
    let checkout = Shape::Plain.build(parent);
    let config = checkout.join(".git/config");
    let mut text = fs::read_to_string(&config).expect("a repository has a configuration");
    text.push_str(&format!("[remote \"origin\"]\n\turl = {ORIGIN}\n"));
    fs::write(&config, text).expect("there is room for files");
    fs::write(
        checkout.join("build.yaml"),
        "locations: [{location_name: etl, code_source: {module_name: etl}, image: i}]\n",
    )
    .expect("the folder is new");
    checkout
}

/// Repository, branch and reasons of each line, sorted.
fn candidates(outcome: &Outcome) -> Vec<(&str, &str, &str)> {
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let row = |line| {
        let columns: Vec<&str> = str::split(line, '\t').collect();
        let [_, repository, branch, reasons] = columns.as_slice() else {
            panic!("four columns: {columns:?}")
        };
        (*repository, *branch, *reasons)
    };
    let mut rows: Vec<_> = outcome.stdout.lines().map(row).collect();
    rows.sort_unstable();
    rows
}

#[test]
fn what_deploy_and_close_leave_is_found_by_remote_name_checkout_and_build_and_nothing_else() {
    let sandbox = Sandbox::start(&["--load-after", "0.1"]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let here = checkout(folder.path());
    // What git asks of the remote, it finds in the checkout.
    let base = format!("url.file://{}.insteadOf", here.display());
    let mut variables = sandbox.variables().to_vec();
    variables.extend([
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", base.as_str()),
        ("GIT_CONFIG_VALUE_0", ORIGIN),
    ]);
    let in_ci = [variables.as_slice(), PULL_REQUEST.as_slice()].concat();
    for command in ["deploy --image-tag v1", "close"] {
        let outcome = build::run(&here, &in_ci, command);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    }
    for (repository, number) in [("shop", 1), ("other/shop", 2), ("other", 3), ("acme/other", 4)] {
        create(&sandbox, repository, number, "CLOSED", 1_600_000_000);
    }

    let gone = "pull request closed, branch gone";
    let own = [("acme/shop", "feature", gone), ("shop", "f/1", gone)];
    for remote in [ORIGIN, "origin"] {
        let told = build::run(&here, &variables, &format!("prune --remote {remote}"));
        assert_eq!(candidates(&told), own, "{remote}");
    }
    let own = own.map(|(repository, branch, _)| (repository, branch, "pull request closed"));
    for variables in [&variables, &in_ci] {
        let told = build::run(&here, variables, "prune");
        assert_eq!(candidates(&told), own);
        assert!(told.stderr.contains("of the repository `acme/shop`:\n"), "{}", told.stderr);
    }
    // A name that is given is that name alone.
    let told = build::run(&here, &variables, "prune --git-repo-name shop");
    assert_eq!(candidates(&told), own[1..]);

    let outside = folder.path();
    for command in ["prune", "prune --all-repositories"] {
        assert_eq!(candidates(&build::run(outside, &variables, command)).len(), 5, "{command}");
    }
    let refused = build::run(outside, &variables, "prune --yes");
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{}", refused.stderr);
    let refused = build::run(outside, &variables, "prune --remote origin --yes");
    assert!(refused.stderr.contains("hint: pass --git-repo-name"), "{}", refused.stderr);
    assert_eq!(listed(&sandbox, outside).len(), 5);

    let pruned = build::run(&here, &variables, "prune --remote origin --yes");
    assert_eq!((candidates(&pruned).len(), listed(&sandbox, outside).len()), (2, 3));
    let pruned = build::run(outside, &variables, "prune --all-repositories --yes");
    assert_eq!((candidates(&pruned).len(), listed(&sandbox, outside).len()), (3, 0));
}

#[test]
fn a_branch_of_any_name_is_one_line() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().expect("there is room for files");
    create_branch(&sandbox, "shop", "nl\nshop\tmain\u{1b}[2J", "CLOSED", 1);
    for command in ["prune --repo-name shop", "branch-deployment list"] {
        let told = run(&sandbox, folder.path(), command);
        assert!(told.stdout.contains("\tshop\tnl shop main [2J\t"), "{:?}", told.stdout);
        assert_eq!(told.stdout.lines().count(), 1, "{:?}", told.stdout);
    }
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
