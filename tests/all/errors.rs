//! What our commands say of wrong use: every message, with its exit code, as it stands on a terminal.

use offshoot_tests::{build::PULL_REQUEST, ours};

use crate::case::Case;

/// Runs these command lines and compares exit codes, stdout and stderr with the snapshot.
macro_rules! says {
    ($($case:expr),+ $(,)?) => {
        insta::with_settings!({
            omit_expression => true,
            filters => vec![(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"), (r"/[^\s`:]*/\.tmp\w+", "[tmp]")],
        }, {
            insta::assert_snapshot!(said(&[$($case),+]))
        })
    };
}

fn said(cases: &[Case]) -> String {
    let one = |case: &Case| {
        let outcome = case.run(ours::run);
        assert!(outcome.requests.is_empty(), "{}: a wrong command line sends nothing", case.name);
        assert_eq!(outcome.stdout, "", "{}: stdout is for results", case.name);
        format!(
            "{}$ offshoot {}\n{}[{}]\n",
            case.surroundings(),
            case.command,
            outcome.stderr,
            outcome.code
        )
    };
    cases.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn line(command: &str) -> Case {
    Case::new(command, command)
}

#[test]
fn create_or_update() {
    let with =
        |tail: &str| line(&format!("branch-deployment create-or-update --url $URL -u t {tail}"));
    let known = "--repo-name r --branch-name b";
    says![
        line("branch-deployment create-or-update"),
        line(&format!(
            "branch-deployment create-or-update -u t {known} --commit-hash c --timestamp 1"
        )),
        line(&format!(
            "branch-deployment create-or-update --url $URL {known} --commit-hash c --timestamp 1"
        )),
        with("--branch-name b --commit-hash c --timestamp 1"),
        with("--repo-name r --commit-hash c --timestamp 1"),
        with(known),
        with(&format!("{known} --commit-hash c")),
        with(&format!("{known} --timestamp 1")),
        with(&format!("{known} --commit-hash '' --timestamp 1")),
        with(&format!("{known} --commit-hash c --timestamp yesterday")),
        with(&format!("{known} --commit-hash c --timestamp nan")),
        with(&format!("{known} --commit-hash c --timestamp")),
        with(&format!("{known} --commit-hash c --timestamp 1 --snapshot-base-condition always")),
        with(&format!("{known} --commit-hash c --timestamp 1 --nope")),
        with(&format!("{known} --commit-hash c --timestamp 1 --branch-nam b")),
        with(&format!("{known} --commit-hash c --timestamp 1 extra")),
        with("--repo-name r --branch-name HEAD --commit-hash c --timestamp 1"),
        with(&format!("{known} --read-git-state")),
        line(&format!(
            "branch-deployment create-or-update --url ftp://x -u t {known} --commit-hash c --timestamp 1"
        )),
        line(&format!(
            "branch-deployment create-or-update --url 'not a url' -u t {known} --commit-hash c --timestamp 1"
        )),
    ];
}

#[test]
fn delete() {
    says![
        line("branch-deployment delete"),
        line("branch-deployment delete --url $URL -u t"),
        line("branch-deployment delete --url $URL -u t -d ''"),
        line("branch-deployment delete --url $URL -d x"),
        line("branch-deployment delete -u t -d x"),
        line("branch-deployment delete --url $URL -u t x"),
        line("branch-deployment delet --url $URL -u t -d x"),
        line("branch-deployments delete --url $URL -u t -d x"),
        line("branch-deployment"),
    ];
}

#[test]
fn locations() {
    let add = |tail: &str| line(&format!("deployment add-location --url $URL/prod -u t {tail}"));
    says![
        line("deployment add-location"),
        line("deployment add-location x --url $URL/prod"),
        line("deployment add-location x -u t"),
        add(""),
        add("''"),
        add("x y"),
        add("x --location-load-timeout soon"),
        add("x --agent-timeout -1"),
        add("x").env("DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT", "soon"),
        add("x --from nothing.yaml"),
        add("x --from .").file("l.yaml", ""),
        add("--from l.yaml").file("l.yaml", ""),
        add("--from l.yaml").file("l.yaml", "hello\n"),
        add("--from l.yaml").file("l.yaml", "image: i\n"),
        add("--from l.yaml").file("l.yaml", "location_name: [x\n"),
        add("--from l.yaml").file("l.yaml", "location_name: x\ncode_source:\n\tpython_file: a\n"),
        add("--from l.yaml").file("l.yaml", b"location_name: caf\xe9\n"),
        add("y --from l.yaml").file("l.yaml", "location_name: x\n"),
        add("--from l.yaml").file("l.yaml", "locations:\n  - location_name: x\n"),
        add("z --from l.yaml")
            .file("l.yaml", "locations:\n  - location_name: x\n  - location_name: y\n"),
        add("x --from l.yaml").file("l.yaml", "locations:\n  x: {image: i}\n"),
        add("x --from l.yaml").file("l.yaml", "locations:\n  - image: i\n"),
        add("--from l.yaml").file("l.yaml", "location_name: x\ncontainer_context: .inf\n"),
        add("--from l.yaml").file("l.yaml", "location_name: x\ncontainer_context: *a\n"),
        line("deployment delete-location --url $URL/prod -u t"),
        line("deployment list-locations --url $URL/prod"),
        line("deployment update-location x --url $URL -u t"),
        line("deployment pull-locations --url $URL/prod -u t prod"),
        line("deployment sync-locations --url $URL/prod -u t"),
        line("deployment sync-locations --url $URL/prod -u t -w w.yaml")
            .file("w.yaml", "locations: x\n"),
        line("deployment sync-locations --url $URL/prod -u t -w w.yaml").file("w.yaml", ""),
    ];
}

#[test]
fn settings() {
    let with = |text: &'static str| {
        line("deployment delete-location x --url $URL")
            .env("DAGSTER_CLOUD_CLI_CONFIG", "$PWD/config")
            .file("config", text)
    };
    says![
        line("deployment delete-location x"),
        line("nothing-like-it"),
        line("--nope"),
        with("hello\n"),
        with("user_token: [\n"),
        line("deployment delete-location x --url $URL").file("~/.config/dg.toml", "[cli.plus\n"),
    ];
}

#[test]
fn our_own_verbs() {
    says![
        line("serve"),
        line("serve --url $URL"),
        line("serve --url $URL -u t --listen 0.0.0.0:80"),
        line("serve --url $URL -u t --listen here"),
        line("serve --url $URL -u t --workspace /nowhere"),
        line("serve --url $URL -u t --max-operations 0"),
        line("serve --url $URL -u t --idle-timeout never"),
        line("serve --url $URL -u t --background"),
        line("serve --url $URL -u t --token-file /nowhere"),
        line("serve --url $URL -u t --log x"),
        line("stop"),
        line("stop").env("OFFSHOOT_TOKEN", "0123456789abcdef"),
        line("sandbox --listen 192.0.2.1:80"),
        line("sandbox --load-after soon"),
        line("sandbox --organization a/b"),
        line("sandbox --fail ''"),
        line("sandbox --branch-deployment-limit many"),
        line("sandbox --no-agent --agent-after 1"),
        line("demo now"),
        line("wait"),
        line("wait etl --url $URL -u t --deployment ''"),
        line("wait etl --url $URL -u t --location-load-timeout 1.5"),
        line("branch-deployment list --url $URL -u t --limit many"),
        line("branch-deployment list --url $URL -u t --pull-request-status DRAFT"),
        line("branch-deployment name --url $URL -u t --branch-name b"),
        line("completions tcsh"),
        line("completions"),
    ];
}

#[test]
fn doctor() {
    says![
        line("doctor --url $URL -u t extra"),
        line("doctor --url $URL -u t --full-deployment feature/cart"),
        line("doctor --url $URL -u t --timestamp soon"),
        line("doctor --url $URL --api-token-file /nowhere"),
        line("doctor --url $URL -u t --image-tga v1"),
    ];
}

#[test]
fn prune() {
    let with = |tail: &str| line(&format!("prune --url $URL -u 0123456789abcdef {tail}"));
    says![
        line("prune"),
        with("--branch main"),
        with("--branch main --git-repo-name shop --yes"),
        with("--branches-file branches").file("branches", "main\n"),
        with("--yes"),
        with("--yes --all-repositories --git-repo-name shop"),
        with("--yes --all-repositories --branches-file branches"),
        with("--git-repo-name ''"),
        with("--git-repo-name shop --branches-file nowhere"),
        with("--remote origin"),
        with("--remote ''"),
        with("--git-repo-name shop --branches-file branches").file("branches", "\n"),
        with("--git-repo-name shop --branches-file branches")
            .file("branches", "fatal: no remote\n"),
        with("--remote http://user:hunter2@127.0.0.1:1/shop.git"),
        with("--older-than 14"),
        with("--older-than 14m"),
        with("--older-than yesterday"),
        with("--max-deletions -1"),
        with("--yes --dry-run"),
        with("main"),
    ]
}

#[test]
fn job_launch_and_run_status() {
    let with = |tail: &str| line(&format!("job launch --url $URL/prod -u 0123456789abcdef {tail}"));
    says![
        line("job"),
        with("-l etl"),
        with("-j clone"),
        with("-l etl -j clone --tags a=b"),
        with("-l etl -j clone --tags '{\"a\": 1}'"),
        with("-l etl -j clone --config-json '[1]'"),
        with("-l etl -j clone --asset-key a//b"),
        with("-l etl -j clone --idempotency-key 'a b'"),
        with("-l etl -j clone --wait --interval 0"),
        with("-l etl -j clone --run-timeout 5"),
        line("job launch --url $URL -u 0123456789abcdef -l etl -j clone"),
        line("run status --url $URL/prod -u 0123456789abcdef"),
        line("run status --url $URL/prod -u 0123456789abcdef ''"),
    ]
}

#[test]
fn notify() {
    let with = |tail: &str| line(&format!("notify --url $URL -u 0123456789abcdef {tail}"));
    says![
        line("notify"),
        line("notify --url $URL"),
        with("--provider sourcehut"),
        with("--pull-request seven"),
        with("--pull-request ''"),
        with("--provider-token-file nowhere"),
        with("--provider-token 0123456789abcdef"),
        with("--on-missing-token pass"),
        with("7"),
    ]
}

/// What concerns the build that it runs in, on a pull request and on builds that must not reach what they name.
#[test]
fn of_a_build() {
    let build = |command: &str| {
        PULL_REQUEST.iter().fold(line(command), |case, (name, value)| case.env(name, value))
    };
    let deploy = |tail: &str| build(&format!("deploy --url $URL -u 0123456789abcdef {tail}"));
    let tagged = |command: &str| {
        build(command)
            .env("BUILDKITE_PULL_REQUEST", "false")
            .env("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "")
            .env("BUILDKITE_TAG", "v1")
    };
    says![
        line("deploy"),
        build("deploy --url $URL"),
        build("deploy --url $URL").env("OFFSHOOT_FORK", "true"),
        deploy(""),
        deploy("--image-tag 'a b' --location-name etl -m etl"),
        deploy("--image-tag v1 --location-file nowhere.yaml"),
        deploy("--image-tag v1 --location-file build.yaml").file("build.yaml", "locations: etl\n"),
        deploy("--image etl= --location-name etl -m etl"),
        deploy("--image a:1 --image b:1 --location-name etl -m etl"),
        deploy("--image-tag v1 --location-name ml --location-file build.yaml")
            .file("build.yaml", "locations:\n  - location_name: etl\n"),
        deploy("--full-deployment feature/cart"),
        deploy("--timestamp soon"),
        deploy("--on-missing-token pass"),
        deploy("--image-tga v1"),
        deploy("now"),
        tagged("deploy --url $URL -u 0123456789abcdef --image a:1 --location-name etl -m etl"),
        line("deploy --url $URL -u 0123456789abcdef --image a:1 --location-name etl -m etl"),
        line("close"),
        line("close --url $URL -u 0123456789abcdef"),
        build("close --url $URL -u 0123456789abcdef --pull-request-status OPEN"),
        build("close --url $URL -u 0123456789abcdef --pull-request-status DONE"),
        build("close --url $URL -u 0123456789abcdef feature"),
        tagged("close --url $URL -u 0123456789abcdef"),
        line("context"),
        build("context --jsn"),
        build("context feature"),
        line("ci"),
        build("ci inspect /nowhere"),
        build("ci inspect --project-dir ."),
        build("ci branch-deployment --organization acme"),
        build("ci branch-deployment /nowhere --organization acme -u 0123456789abcdef"),
        build("ci branch-deployment . --organization acme -u 0123456789abcdef --mark-closd"),
        tagged("ci branch-deployment . --organization acme -u 0123456789abcdef"),
    ]
}

/// What a group says of itself is no command.
#[test]
fn every_command_has_been_called_wrongly() {
    let listed = |path: &str| -> Vec<String> {
        let help = line(&format!("{path} --help")).run(ours::run).stdout;
        let commands = help.split("Commands:\n").nth(1).unwrap_or_default();
        let commands = commands.split("\n\n").next().unwrap_or_default().lines();
        let name = |line: &str| line.strip_prefix("  ")?.split(' ').next().map(str::to_owned);
        commands.filter_map(name).filter(|name| !name.is_empty()).collect()
    };
    let snapshots = concat!(env!("CARGO_MANIFEST_DIR"), "/all/snapshots");
    let wrong: String = std::fs::read_dir(snapshots)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.display().to_string().contains("all__errors__"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let paths = |command: String| match listed(&command).as_slice() {
        [] => vec![command],
        below => below.iter().map(|name| format!("{command} {name}")).collect(),
    };
    let all: Vec<String> = listed("").into_iter().flat_map(paths).collect();
    assert!(all.len() > 20, "{all:?}");
    let is_missing = |path: &&String| {
        let called = format!("$ offshoot {path} ");
        !wrong.lines().any(|line| format!("{line} ").starts_with(&called))
    };
    assert_eq!(all.iter().filter(is_missing).collect::<Vec<_>>(), Vec::<&String>::new());
}
