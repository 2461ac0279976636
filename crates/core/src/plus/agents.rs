//! The agents that serve a deployment.

use serde::Serialize;

use super::{Call, DeploymentName, Scope, Timestamp, call::operation, schema};

/// The agents of a deployment with their heartbeats.
pub fn list(deployment: &DeploymentName) -> Call<Vec<Agent>> {
    Call::new::<Agents>("look at the agents", Scope::Deployment(deployment.clone()), (), |data| {
        Ok(data.agents)
    })
}

/// The kind and name of the deployment that is asked.
pub fn current_deployment(deployment: &DeploymentName) -> Call<CurrentDeployment> {
    Call::new::<CurrentDeploymentQuery>(
        "look at the deployment",
        Scope::Deployment(deployment.clone()),
        (),
        |data| Ok(data.current_deployment),
    )
}

/// An agent.
#[derive(Debug, Clone, PartialEq, Serialize, cynic::QueryFragment)]
pub struct Agent {
    /// The name that its operator gave it.
    pub agent_label: Option<String>,
    /// Whether its heartbeat is recent, as the service judges it.
    pub status: AgentStatus,
    /// When it last sent one.
    pub last_heartbeat_time: Timestamp,
}

/// Whether an agent's heartbeat is recent.
#[derive(Debug, Clone, PartialEq, Eq, cynic::Enum)]
pub enum AgentStatus {
    /// It is.
    Running,
    /// It is not.
    NotRunning,
    /// One that the schema did not have when offshoot was built.
    #[cynic(fallback)]
    Other(String),
}

/// The deployment that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, cynic::QueryFragment)]
#[cynic(graphql_type = "DagsterCloudDeployment")]
pub struct CurrentDeployment {
    /// Its name.
    pub deployment_name: String,
    /// Who runs its agents.
    pub agent_type: AgentType,
}

/// Who runs the agents of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, cynic::Enum)]
#[cynic(graphql_type = "DeploymentAgentType")]
pub enum AgentType {
    /// The customer.
    Hybrid,
    /// Dagster.
    Serverless,
    /// One that the schema did not have when offshoot was built.
    #[cynic(fallback)]
    Other(String),
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery")]
struct Agents {
    agents: Vec<Agent>,
}

operation!(query Agents(()));

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery")]
struct CurrentDeploymentQuery {
    current_deployment: CurrentDeployment,
}

operation!(query CurrentDeploymentQuery(()));
