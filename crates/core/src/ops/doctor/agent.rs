//! Whether an agent would load what is deployed.
//!
//! An agent beats for the deployments that it serves at the moment, so that one for branch deployments is heard of only
//! while there are some. Short of a heartbeat there are signs for and against it; what they do not decide is a warning.

use super::Check;
use crate::{
    plus::{
        Client, DeploymentName, PlusError,
        account::FullDeployment,
        agents::{self, Agent, AgentStatus, AgentType},
        branch_deployments::{self, Deployment, PullRequestStatus},
        load_status,
    },
    ports::{Clock, Host},
    target::Target,
};

const NAME: &str = "agent";

/// How many branch deployments are looked at beside that of the build.
const OTHERS: i32 = 3;

/// How long an agent may take with a code location until it is a sign that there is none.
const UNLOADED_SECONDS: f64 = 600.0;

/// <https://docs.dagster.io/deployment/dagster-plus/deploying-code/branch-deployments/multiple-deployments>
const SETTING: &str = "set `branch_deployments: true` under `dagster_cloud_api` in its dagster.yaml (Helm: \
     `dagsterCloud.branchDeployments: true`; ECS: `Enable Branch Deployments`)";

/// Whether an agent serves `target`; without one, branch deployments. `there` is its deployment, if it is there; of the
/// full deployments any may be the one whose agent takes branch deployments as well.
pub(super) async fn check<H: Host>(
    client: &Client<'_, H>,
    target: Option<&Target>,
    there: Option<&Deployment>,
    full: &[FullDeployment],
) -> Check {
    let checked = match target {
        Some(Target::Full { deployment, .. }) => of_full(client, deployment).await,
        Some(Target::BranchDeployment { .. }) | None => of_branch(client, there, full).await,
    };
    checked.unwrap_or_else(|error| {
        let fix = "look at the agents in Dagster+: Deployment > Agents";
        Check::warning(NAME, format!("not known: {}", error.problem()), fix)
    })
}

async fn of_full<H: Host>(
    client: &Client<'_, H>,
    deployment: &DeploymentName,
) -> Result<Check, PlusError> {
    let current = client.send(&agents::current_deployment(deployment)).await?;
    if current.agent_type == AgentType::Serverless {
        return Ok(serverless(deployment.as_str()));
    }
    let agents = client.send(&agents::list(deployment)).await?;
    Ok(match running(&agents) {
        Some(agent) => heard(agent, deployment.as_str()),
        None => {
            let fix = format!("start the agent that serves `{deployment}`, and look at its log");
            Check::failed(NAME, silent(client, &agents, deployment.as_str()), fix)
        }
    })
}

async fn of_branch<H: Host>(
    client: &Client<'_, H>,
    there: Option<&Deployment>,
    full: &[FullDeployment],
) -> Result<Check, PlusError> {
    if !full.is_empty() && full.iter().all(|full| full.agent_type == AgentType::Serverless) {
        let names: Vec<&str> = full.iter().map(|full| full.deployment_name.as_str()).collect();
        return Ok(serverless(&names.join(", ")));
    }
    let branches = branches(client, there).await?;
    for branch in &branches {
        if let Some(agent) = running(&client.send(&agents::list(branch)).await?) {
            return Ok(heard(agent, &format!("the branch deployment {branch}")));
        }
    }
    let mut last = Vec::new();
    for full in full.iter().filter_map(|full| DeploymentName::parse(&full.deployment_name).ok()) {
        let agents = client.send(&agents::list(&full)).await?;
        if let Some(agent) = running(&agents) {
            return only_full(client, agent, &full, &branches).await;
        }
        last.extend(agents);
    }
    let found = silent(client, &last, "any deployment");
    let fix = format!(
        "start an agent, and {SETTING}. One for branch deployments alone is heard of only while there are some"
    );
    Ok(Check::failed(NAME, found, fix))
}

/// An agent runs, but none is heard of for branch deployments. If there is one that was never loaded, that tells.
async fn only_full<H: Host>(
    client: &Client<'_, H>,
    agent: &Agent,
    full: &DeploymentName,
    branches: &[DeploymentName],
) -> Result<Check, PlusError> {
    let now = client.host().clock().now().as_secs_f64();
    let agent = label(agent);
    let is_left = |put: f64| now - put > UNLOADED_SECONDS;
    for branch in branches {
        let entries = client.send(&load_status::entries(branch)).await?;
        let left = entries.iter().find(|entry| {
            entry.has_outdated_data
                && entry.data_updated_timestamp.is_none()
                && entry.metadata_timestamp.is_some_and(is_left)
        });
        if let Some(left) = left {
            let name = &left.location_name;
            return Ok(Check::failed(
                NAME,
                format!(
                    "{agent} serves `{full}`, but nobody has loaded `{name}` of the branch deployment {branch}"
                ),
                format!("for that agent or another {SETTING}"),
            ));
        }
    }
    let found = match branches {
        [] => format!(
            "{agent} serves `{full}`; whether it takes branch deployments shows with the first one"
        ),
        _ => format!(
            "{agent} serves `{full}`; no agent is heard of in the latest branch deployments"
        ),
    };
    Ok(Check::warning(NAME, found, format!("if code locations do not load there, {SETTING}")))
}

/// That of the build, and the latest of the others: an agent for branch deployments serves them all.
async fn branches<H: Host>(
    client: &Client<'_, H>,
    there: Option<&Deployment>,
) -> Result<Vec<DeploymentName>, PlusError> {
    let call = branch_deployments::list(OTHERS, Some(PullRequestStatus::Open));
    let listed = client.send(&call).await?;
    let mut names = Vec::new();
    for deployment in there.into_iter().chain(&listed) {
        match DeploymentName::parse(&deployment.deployment_name) {
            Ok(name) if !names.contains(&name) => names.push(name),
            _ => {}
        }
    }
    Ok(names)
}

fn running(agents: &[Agent]) -> Option<&Agent> {
    agents.iter().find(|agent| agent.status == AgentStatus::Running)
}

fn serverless(deployment: &str) -> Check {
    Check::ok(NAME, format!("Dagster runs those of `{deployment}` (Serverless)"))
}

fn heard(agent: &Agent, of: &str) -> Check {
    Check::ok(NAME, format!("{} serves {of}", label(agent)))
}

fn label(agent: &Agent) -> String {
    match agent.agent_label.as_deref().filter(|label| !label.is_empty()) {
        Some(label) => format!("the agent `{label}`"),
        None => "an agent".to_owned(),
    }
}

fn silent<H: Host>(client: &Client<'_, H>, agents: &[Agent], of: &str) -> String {
    let latest =
        agents.iter().max_by(|a, b| a.last_heartbeat_time.total_cmp(&b.last_heartbeat_time));
    match latest {
        None => format!("no agent is heard of in {of}"),
        Some(agent) => {
            let now = client.host().clock().now().as_secs_f64();
            let ago = ago(now - agent.last_heartbeat_time);
            format!("{} does not run: its last heartbeat was {ago} ago", label(agent))
        }
    }
}

/// Seconds in the largest unit that leaves at least two of it.
fn ago(seconds: f64) -> String {
    let units = [("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0)];
    match units.into_iter().find(|(_, length)| seconds >= 2.0 * length) {
        Some((unit, length)) => format!("{:.0} {unit}", seconds / length),
        None => format!("{:.0} seconds", seconds.max(0.0)),
    }
}
