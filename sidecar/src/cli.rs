//! The command line: the paths and flags of the `dagster-cloud` tool, and our own verbs.

mod branch_deployment;
mod ci;
mod close;
mod completions;
mod context;
mod demo;
mod deploy;
mod doctor;
mod early;
mod job;
mod location;
mod notify;
mod prune;
mod run;
mod sandbox;
mod serve;
mod shared;
mod stop;
mod tree;
mod wait;

use std::ffi::OsString;

use clap::{Arg, Command};
use early::Early;
use tree::{Node, Run};

const DEPLOYMENT: &[Node] = &location_verbs("list-locations", "pull-locations", "sync-locations");

/// The former home of the same verbs, under shorter names.
const WORKSPACE: &[Node] = &location_verbs("list", "pull", "sync");

const BRANCH_DEPLOYMENT: &[Node] = &[
    Node::verb::<branch_deployment::CreateOrUpdate>(
        "create-or-update",
        "Create the branch deployment of a branch, or bring it up to date, and print its name",
    ),
    Node::verb::<branch_deployment::Delete>("delete", "Delete a branch deployment"),
    Node::verb::<branch_deployment::List>("list", "List branch deployments"),
    Node::verb::<branch_deployment::Name>("name", "Print the name of a branch's branch deployment"),
];

const JOB: &[Node] = &[Node::verb::<job::Launch>("launch", "Launch a run of a job")];

const RUN: &[Node] = &[Node::verb::<run::Status>("status", "Print the status of a run")];
const CI: &[Node] = &[
    Node::verb::<ci::BranchDeployment>(
        "branch-deployment",
        "Create the branch deployment of this build, or bring it up to date, and print its name",
    ),
    Node::verb::<ci::Inspect>("inspect", "Print what is known of this build as JSON"),
];

const ROOT: &[Node] = &[
    Node::verb::<deploy::Deploy>(
        "deploy",
        "Deploy this build in one step: branch deployment, code locations, wait",
    ),
    Node::verb::<doctor::Doctor>(
        "doctor",
        "Tell whether a deploy would work, and what to do where it would not",
    ),
    Node::group("branch-deployment", "Manage branch deployments", BRANCH_DEPLOYMENT),
    Node::group("deployment", "Manage the code locations of a deployment", DEPLOYMENT),
    Node::group("workspace", "The former name of `deployment`", WORKSPACE).hidden(),
    Node::group("job", "Launch jobs", JOB),
    Node::group("run", "Look at runs", RUN),
    Node::verb::<prune::Prune>("prune", "Delete the branch deployments that nobody needs any more"),
    Node::verb::<close::Close>(
        "close",
        "Mark the branch deployment of this build as closed or merged",
    ),
    Node::verb::<notify::Notify>(
        "notify",
        "Tell the reviewers of this build how its deployment is: comment, commit status, annotation",
    ),
    Node::group("ci", "The official tool's commands for CI, on any CI", CI),
    Node::verb::<context::Context>("context", "Tell what is known of this build, and from where"),
    Node::verb::<wait::Wait>("wait", "Wait until code locations have loaded what was put last"),
    Node::verb::<sandbox::Serve>("sandbox", "Serve a stand-in for Dagster+ that needs no account"),
    Node::verb::<serve::Serve>(
        "serve",
        "Serve the same operations over HTTP, to the steps of this build",
    ),
    Node::verb::<stop::Stop>("stop", "End the sidecar that `serve` has started"),
    Node::verb::<demo::Demo>(
        "demo",
        "Show the main job on the sandbox: a branch deployment, a code location",
    ),
    Node::verb::<completions::Completions>("completions", "Print a completion script for a shell"),
];

/// The command that `args` ask for, or what ends the program before one runs: help, the version, wrong usage.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Run, Early> {
    let args: Vec<OsString> = args.into_iter().collect();
    let run = command().try_get_matches_from(&args).map_err(Early::from);
    run.and_then(|matches| tree::find(ROOT, &matches)).map_err(|early| {
        let words = args.iter().skip(1).filter_map(|arg| arg.to_str());
        early.of_command(&tree::path(ROOT, words))
    })
}

/// The whole command line. What a subcommand takes is built only if it is the one that is called.
pub fn command() -> Command {
    let root = Command::new("offshoot")
        .about("Dagster+ branch deployments from any CI")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .arg_required_else_help(true)
        .subcommand_required(true)
        .arg(Arg::new("log-format").long("log-format").hide(true).help("Taken and ignored"))
        .after_help("Started through a link named `dagster-cloud` it takes that tool's place.");
    tree::extend(root, ROOT)
}

const fn location_verbs(list: &'static str, pull: &'static str, sync: &'static str) -> [Node; 6] {
    [
        Node::verb::<location::Add>(
            "add-location",
            "Add or update a code location and wait until it has loaded",
        ),
        Node::verb::<location::Add>(
            "update-location",
            "Update a code location and wait until it has loaded",
        ),
        Node::verb::<location::Delete>("delete-location", "Delete a code location"),
        Node::verb::<location::List>(list, "List the code locations of a deployment"),
        Node::verb::<location::Pull>(pull, "Print the code locations as a workspace.yaml"),
        Node::verb::<location::Sync>(sync, "Make the code locations those of a workspace.yaml"),
    ]
}
