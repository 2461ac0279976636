//! The sandbox, judged by the real `dagster-cloud`: what both tools do to it is the same, and each reads what the
//! other wrote.

use std::{fs, path::Path};

use offshoot_tests::{
    official, ours,
    process::{Invocation, Outcome},
    repo::Shape,
    sandbox::{Sandbox, TOKEN},
};

type Program = fn(&Invocation) -> Outcome;

const TOOLS: [(&str, Program); 2] = [("theirs", official::run), ("ours", ours::run)];

fn run(program: Program, directory: &Path, command: &str) -> Outcome {
    program(&Invocation::new(command, directory))
}

fn succeed(program: Program, directory: &Path, command: &str) -> String {
    let outcome = run(program, directory, command);
    assert_eq!(outcome.code, 0, "{command}\n{}{}", outcome.stdout, outcome.stderr);
    outcome.stdout
}

#[test]
fn both_tools_do_the_main_job_and_find_what_the_other_did() {
    let sandbox = Sandbox::start(&["--load-after", "0.1"]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let here = folder.path();
    fs::write(
        here.join("all.yaml"),
        "locations:\n- location_name: a\n  image: i:1\n  code_source: {python_file: a.py}\n",
    )
    .expect("the folder is new");
    let create = format!(
        "branch-deployment create-or-update --url {} -u {TOKEN} --git-repo-name shop --branch-name f/x --commit-hash 1f --timestamp 5",
        sandbox.url()
    );
    let names = TOOLS.map(|(_, program)| succeed(program, here, &create));
    assert_eq!(names[0], names[1], "the branch deployment of a branch has one name");
    let name = names[0].trim();
    let at = format!("--url {}/{name} -u {TOKEN} --deployment {name}", sandbox.url());

    for (location, (_, program)) in ["theirs", "ours"].into_iter().zip(TOOLS) {
        succeed(
            program,
            here,
            &format!("deployment add-location {location} {at} -m m.n --image i:1"),
        );
    }
    for (_, program) in TOOLS {
        let listed = succeed(program, here, &format!("deployment list-locations {at}"));
        assert!(
            listed.contains("theirs\tImage: i:1\n") && listed.contains("ours\tImage: i:1\n"),
            "{listed}"
        );
    }
    let pulled = TOOLS
        .map(|(_, program)| succeed(program, here, &format!("deployment pull-locations {at}")));
    assert_eq!(pulled[0], pulled[1]);

    for (_, program) in TOOLS {
        succeed(program, here, &format!("deployment sync-locations {at} -w all.yaml"));
        let listed = succeed(ours::run, here, &format!("deployment list-locations {at}"));
        assert_eq!(listed, "a\tFile: a.py\tImage: i:1\n");
        succeed(program, here, &format!("deployment delete-location a {at}"));
        assert_eq!(succeed(ours::run, here, &format!("deployment list-locations {at}")), "");
    }
    let organization = format!("--url {} -u {TOKEN}", sandbox.url());
    for (_, program) in TOOLS {
        succeed(program, here, &create);
        assert_ne!(
            run(
                program,
                here,
                &format!("branch-deployment delete {organization} --deployment prod")
            )
            .code,
            0
        );
        succeed(
            program,
            here,
            &format!("branch-deployment delete {organization} --deployment {name}"),
        );
        assert_eq!(succeed(ours::run, here, &format!("branch-deployment list {organization}")), "");
    }
}

#[test]
fn a_load_error_reaches_the_user_of_either_tool() {
    let sandbox = Sandbox::start(&["--load-after", "0.1", "--fail", "bad=KeyError: 'dbt'"]);
    let folder = tempfile::tempdir().expect("there is room for files");
    for (tool, program) in TOOLS {
        let command = format!(
            "deployment add-location bad --url {}/prod -u {TOKEN} --deployment prod -m m.n --image i:1",
            sandbox.url()
        );
        let outcome = run(program, folder.path(), &command);
        assert_ne!(outcome.code, 0, "{tool}");
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(
            said.contains("KeyError: 'dbt'") && said.contains("definitions.py"),
            "{tool}: {said}"
        );
    }
}

/// Once a version is loaded the sandbox says LOADED of it all through the next update. The real client is fooled by
/// it at once; ours waits for the load error of what was put.
#[test]
fn ours_is_not_fooled_by_the_version_before() {
    let sandbox = Sandbox::start(&["--load-after", "0.1"]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let here = folder.path();
    let broken = "location_name: etl\nimage: i:2\ncode_source: {module_name: m}\ncontainer_context:\n  sandbox: {fail: 'ValueError: new', load_seconds: 2}\n";
    fs::write(here.join("broken.yaml"), broken).expect("the folder is new");
    let at = format!("--url {}/prod -u {TOKEN} --deployment prod", sandbox.url());
    succeed(ours::run, here, &format!("deployment add-location etl {at} -m m --image i:1"));

    let theirs =
        run(official::run, here, &format!("deployment add-location {at} --from broken.yaml"));
    assert_eq!(theirs.code, 0, "if this fails, the real client has learnt it: {}", theirs.stdout);
    let ours = run(ours::run, here, &format!("deployment add-location {at} --from broken.yaml"));
    assert_eq!(ours.code, 12, "{}", ours.stderr);
    assert!(ours.stderr.contains("ValueError: new"), "{}", ours.stderr);
}

#[test]
fn the_agent_s_absence_is_told() {
    let sandbox = Sandbox::start(&["--no-agent"]);
    let folder = tempfile::tempdir().expect("there is room for files");
    let command = format!(
        "deployment add-location x --url {}/prod -u {TOKEN} --deployment prod -m m --agent-heartbeat-timeout 1",
        sandbox.url()
    );
    let outcome = run(ours::run, folder.path(), &command);
    assert_eq!(outcome.code, 13);
    assert!(outcome.stderr.contains("no agent serves `prod`"), "{}", outcome.stderr);
}

#[test]
fn the_demo_does_the_main_job_anywhere_and_leaves_nothing() {
    for shape in [Shape::None, Shape::Plain, Shape::Detached, Shape::Unborn] {
        let folder = tempfile::tempdir().expect("there is room for files");
        let directory = shape.build(folder.path());
        let stdout = succeed(ours::run, &directory, "demo");
        let [name, page] = stdout.lines().collect::<Vec<_>>()[..] else { panic!("{stdout}") };
        assert!(page.ends_with(&format!("/{name}/locations")), "{stdout}");
        let address = page.strip_prefix("http://").and_then(|page| page.split('/').next());
        let address = address.expect("a page has a host");
        assert!(
            std::net::TcpStream::connect(address).is_err(),
            "something still listens at {address}"
        );
    }
}
