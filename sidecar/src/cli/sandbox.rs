//! `sandbox`

use std::time::Duration;

use clap::Args;
use offshoot_sandbox::{
    AgentConfig, DEFAULT_DEPLOYMENT, DEFAULT_ORGANIZATION, DEFAULT_TOKEN, OrganizationConfig,
    Permission, Sandbox, SandboxConfig,
};

use super::{shared::count, tree::Verb};
use crate::{
    app::App,
    failure::Failure,
    runtime,
    serve::{background::quoted, listen::Loopback},
};

/// `sandbox`
#[derive(Debug, Args)]
pub struct Serve {
    /// Address of loopback to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    listen: Loopback,
    /// Name of the organization
    #[arg(long, value_name = "NAME", default_value = DEFAULT_ORGANIZATION)]
    organization: String,
    /// Token that it accepts
    #[arg(long, value_name = "TOKEN", default_value = DEFAULT_TOKEN, value_parser = sendable)]
    token: String,
    /// Full deployment that it has; can be given several times
    #[arg(long, value_name = "NAME", default_values = [DEFAULT_DEPLOYMENT])]
    deployment: Vec<String>,
    /// The most branch deployments
    #[arg(long, value_name = "N", value_parser = count::<usize>)]
    branch_deployment_limit: Option<usize>,
    /// Seconds until the built-in agent has loaded a code location
    #[arg(long, value_name = "SECONDS", default_value = "0.8", value_parser = seconds)]
    load_after: Duration,
    /// Code location that fails to load, with the error that it fails with; can be given several times
    #[arg(long, value_name = "LOCATION=ERROR", value_parser = failing)]
    fail: Vec<(String, String)>,
    /// Have no agent
    #[arg(long, conflicts_with = "agent_after")]
    no_agent: bool,
    /// Have an agent that leaves branch deployments alone
    #[arg(long, conflicts_with_all = ["agent_after", "no_agent"])]
    full_deployments_only: bool,
    /// Seconds until the agent's first heartbeat
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    agent_after: Option<Duration>,
}

impl Verb for Serve {
    const EXAMPLES: &'static str = "Prints the variables that lead other commands to it, and serves until it is interrupted.
GraphQL is at /graphql and /DEPLOYMENT/graphql (in a browser: GraphiQL), a page of what is deployed at /.

Examples:
  offshoot sandbox
  offshoot sandbox --listen 127.0.0.1:0 --load-after 5 --fail \"etl=No module named 'etl'\"";

    fn run(self, app: &App) -> Result<(), Failure> {
        let token = self.token.clone();
        let config = self.config();
        runtime::block_on(async {
            let sandbox = Sandbox::bind(config).await.map_err(|error| {
                Failure::usage(error.to_string(), "choose another --listen address or name")
            })?;
            app.print(&format!(
                "export DAGSTER_CLOUD_URL={}\nexport DAGSTER_CLOUD_API_TOKEN={}",
                sandbox.url(),
                quoted(&token)
            ))?;
            sandbox.serve(runtime::interrupted()).await;
            Ok(())
        })
    }
}

impl Serve {
    fn config(self) -> SandboxConfig {
        let mut organization =
            OrganizationConfig::new(self.organization).token(self.token, Permission::Admin);
        for deployment in self.deployment {
            organization = organization.deployment(deployment);
        }
        if let Some(limit) = self.branch_deployment_limit {
            organization = organization.branch_deployment_limit(limit);
        }
        let agent = match self.agent_after {
            _ if self.no_agent => AgentConfig::Missing,
            _ if self.full_deployments_only => AgentConfig::FullDeploymentsOnly,
            Some(after) => AgentConfig::RunningAfter(after),
            None => AgentConfig::Running,
        };
        let config = SandboxConfig::new()
            .addr(self.listen.address())
            .organization(organization)
            .load_after(self.load_after)
            .agent(agent);
        self.fail
            .into_iter()
            .fold(config, |config, (location, error)| config.fail_location(location, error))
    }
}

/// A text that an HTTP header can carry.
fn sendable(text: &str) -> Result<String, &'static str> {
    match text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') && !text.is_empty() {
        true => Ok(text.to_owned()),
        false => Err("no HTTP header can carry it"),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is no number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "it is no number of seconds".to_owned())
}

fn failing(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((location, error)) if !location.is_empty() => {
            Ok((location.to_owned(), error.to_owned()))
        }
        None if !text.is_empty() => Ok((text.to_owned(), "RuntimeError: told to fail".to_owned())),
        _ => Err("it names no code location".to_owned()),
    }
}
