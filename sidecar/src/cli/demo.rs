//! `demo`

use std::{path::Path, sync::mpsc, thread, time::Duration};

use clap::Args;
use http::{Request, header};
use offshoot_core::{
    env::Env,
    ops::{self, BranchDeploymentInput, Outcome, WaitLimits},
    plus::{Budget, Connection, DeploymentName, Endpoint, Wanted},
    ports::Limits,
    secret::Secret,
};
use offshoot_native::BlockingHttp;
use offshoot_sandbox::{DEFAULT_TOKEN, Sandbox, SandboxConfig};
use pollster::block_on;

use super::tree::Verb;
use crate::{
    app::App,
    failure::Failure,
    log::line as tell,
    runtime,
    serve::{self, Address, Bind, Options, listen::Loopback, token::Token, workspace::Workspace},
};

/// What stands for a checkout's own where it has none: outside of a repository, or on no branch.
const NAME: &str = "demo";

/// `demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Leave the sandbox and the sidecar running until this is interrupted
    #[arg(long)]
    keep: bool,
}

impl Verb for Demo {
    const EXAMPLES: &'static str = "Needs no account and no network.

Examples:
  offshoot demo
  offshoot demo --keep";

    fn run(self, app: &App) -> Result<(), Failure> {
        let dagster = start_sandbox()?;
        tell(&format!("a stand-in for Dagster+ is at {dagster}"));
        let connection = Connection {
            endpoint: Endpoint::of_url(&dagster, Wanted::Organization).map_err(|error| {
                Failure::from(offshoot_core::settings::SettingsError::from(error))
            })?,
            token: Secret::new(DEFAULT_TOKEN),
            budget: Budget::default(),
        };
        let sidecar = start_sidecar(&connection)?;

        let name = create_branch_deployment(app, &connection)?;
        add_location(&sidecar, &name)?;

        let page = connection.endpoint.locations_page(&name);
        app.print(&format!("{name}\n{page}"))?;
        if self.keep {
            tell("both stay until this is interrupted; to go on from here:");
            tell(&format!(
                "  export DAGSTER_CLOUD_URL={dagster} DAGSTER_CLOUD_API_TOKEN={DEFAULT_TOKEN}"
            ));
            tell(&format!(
                "  export OFFSHOOT_URL={} OFFSHOOT_TOKEN={}",
                sidecar.url,
                sidecar.token.expose()
            ));
            drop(sidecar.thread.join());
        }
        Ok(())
    }
}

struct Sidecar {
    url: String,
    token: Token,
    thread: thread::JoinHandle<Result<(), Failure>>,
}

/// Both servers live on threads of this process, so that nothing can outlive it.
fn start_sandbox() -> Result<String, Failure> {
    let (sender, ready) = mpsc::channel();
    thread::spawn(move || {
        runtime::block_on(async {
            let sandbox = Sandbox::bind(SandboxConfig::default())
                .await
                .map_err(|error| Failure::usage(error.to_string(), "is loopback there?"))?;
            drop(sender.send(sandbox.url()));
            sandbox.serve(std::future::pending::<()>()).await;
            Ok(())
        })
    });
    ready.recv().map_err(|_| Failure::usage("the sandbox did not start", "is loopback there?"))
}

fn start_sidecar(connection: &Connection) -> Result<Sidecar, Failure> {
    let token = Token::generate()?;
    let options = Options {
        bind: Bind::Loopback(Loopback::any_port()),
        connection: connection.clone(),
        full: None,
        limits: WaitLimits::default(),
        env: Env::default(),
        workspace: Workspace::new(Path::new("."))?,
        token: token.clone(),
        max_operations: 4,
        drain_timeout: Duration::from_secs(1),
        idle_timeout: None,
    };
    let (sender, ready) = mpsc::channel();
    let thread = thread::spawn(move || {
        serve::run(options, |address: &Address| {
            drop(sender.send(address.url()));
            Ok(())
        })
    });
    match ready.recv() {
        Ok(url) => Ok(Sidecar { url, token, thread }),
        Err(_) => {
            Err(thread.join().ok().and_then(Result::err).unwrap_or_else(|| {
                Failure::usage("the sidecar did not start", "is loopback there?")
            }))
        }
    }
}

fn create_branch_deployment(app: &App, connection: &Connection) -> Result<DeploymentName, Failure> {
    let here = app.current_dir()?;
    let mut input = match ops::read_context(&app.host, &app.env, &here) {
        Ok(context) => BranchDeploymentInput {
            git_repo_name: context.git_repo_name.map(|name| name.value),
            branch_name: context.branch_name.map(|branch| branch.value),
            read_git_state: context.commit_hash.is_some(),
            ..BranchDeploymentInput::default()
        },
        Err(error) => {
            tell(&format!("{error}: so this shows a made-up commit"));
            BranchDeploymentInput::default()
        }
    };
    input.git_repo_name.get_or_insert_with(|| NAME.to_owned());
    let branch = input.branch_name.get_or_insert_with(|| NAME.to_owned());
    tell(&format!(
        "\n$ offshoot branch-deployment create-or-update --read-git-state --branch-name {branch}"
    ));
    if !input.read_git_state {
        input.commit_hash = Some("0".repeat(40));
        input.timestamp = Some(0.0);
    }
    let checkout = (here.as_str(), &app.env);
    let created = ops::create_or_update_branch_deployment(&app.host, connection, input, checkout);
    match block_on(created)? {
        Outcome::Done(created) => Ok(created.name),
        Outcome::Planned(_) => Err(Failure::usage("a demo is no dry run", "report this")),
    }
}

fn add_location(sidecar: &Sidecar, deployment: &DeploymentName) -> Result<(), Failure> {
    let url = format!("{}/v1/deployments/{deployment}/locations/etl", sidecar.url);
    let form = "module_name=etl.definitions&image=registry.example/etl:1&wait=true";
    tell(&format!(
        "\n$ curl -X PUT \"$OFFSHOOT_URL/v1/deployments/{deployment}/locations/etl\" \\\n      \
         -H \"Authorization: Bearer $OFFSHOOT_TOKEN\" -d '{form}'"
    ));
    let request = Request::put(&url)
        .header(header::AUTHORIZATION, format!("Bearer {}", sidecar.token.expose()))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.as_bytes().to_vec())
        .map_err(|_| Failure::usage("the sidecar has an odd URL", "report this"))?;
    let limits = Limits { timeout: Duration::from_secs(60), max_body: 1 << 20 };
    let answer = BlockingHttp::new(Env::default())
        .exchange(request, limits)
        .map_err(|error| Failure::usage(error.to_string(), "is loopback there?"))?;
    let body = String::from_utf8_lossy(answer.body()).into_owned();
    tell(&body);
    if answer.status().is_success() {
        return Ok(());
    }
    Err(Failure::usage(format!("the sidecar answered {}", answer.status()), "its answer says why"))
}
