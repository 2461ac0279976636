//! The built-in agent.

use std::time::Duration;

use offshoot_sandbox::{AgentConfig, DEFAULT_TOKEN, OrganizationConfig, Permission, SandboxConfig};
use serde_json::{Value, json};

use crate::harness::{Running, START, document, start_with};

const AGENTS: &str = "{ agents { id agentLabel status lastHeartbeatTime errors { timestamp error { message } }
    metadata { key value } codeServerStates { locationName status error { className cause { message } } } } }";

fn agents(sandbox: &Running) -> Value {
    sandbox.field("/prod/graphql", AGENTS, json!({}))
}

fn outdated(sandbox: &Running) -> Value {
    let query = "{ workspace { workspaceEntries { hasOutdatedData } } }";
    let answer = sandbox.field("/prod/graphql", query, json!({}));
    answer["workspaceEntries"][0]["hasOutdatedData"].clone()
}

fn with(agent: AgentConfig) -> Running {
    start_with(SandboxConfig::default().agent(agent))
}

#[test]
fn a_running_agent_beats_and_tells_of_its_code_servers() {
    let sandbox = with(AgentConfig::Running);
    let mut bad = document("bad", "1");
    bad["container_context"] = json!({"sandbox": {"fail": "no"}});
    sandbox.put("prod", bad);
    sandbox.put("prod", document("good", "1"));
    let states = |sandbox: &Running| agents(sandbox)[0]["codeServerStates"].clone();
    assert_eq!(
        states(&sandbox),
        json!([
            {"locationName": "bad", "status": "STARTING", "error": null},
            {"locationName": "good", "status": "STARTING", "error": null},
        ])
    );
    sandbox.advance(30.0);
    let cause = json!({"message": "Exception: no\n"});
    assert_eq!(
        states(&sandbox),
        json!([
            {"locationName": "bad", "status": "FAILED", "error": {"className": "DagsterUserCodeLoadError", "cause": cause}},
            {"locationName": "good", "status": "RUNNING", "error": null},
        ])
    );
    let agent = &agents(&sandbox)[0];
    assert_eq!(agent["status"], "RUNNING");
    assert_eq!(agent["lastHeartbeatTime"], START + 30.0);
    assert_eq!(agent["errors"], json!([]));
}

#[test]
fn without_an_agent_nothing_loads() {
    for (agent, listed) in [(AgentConfig::Missing, 0), (AgentConfig::NotRunning, 1)] {
        let sandbox = with(agent);
        sandbox.put("prod", document("hooli", "1"));
        sandbox.advance(1_000_000.0);
        let agents = agents(&sandbox);
        assert_eq!(agents.as_array().unwrap().len(), listed);
        for agent in agents.as_array().unwrap() {
            assert_eq!(agent["status"], "NOT_RUNNING");
            assert_eq!(agent["lastHeartbeatTime"], START - 3_600.0);
            assert_eq!(agent["codeServerStates"], json!([]));
        }
        assert_eq!(outdated(&sandbox), true);
    }
}

#[test]
fn an_agent_that_comes_later_loads_then() {
    let sandbox = with(AgentConfig::RunningAfter(Duration::from_secs(10)));
    sandbox.put("prod", document("hooli", "1"));
    sandbox.advance(9.9);
    assert_eq!(agents(&sandbox)[0]["status"], "NOT_RUNNING");
    sandbox.advance(0.1);
    assert_eq!(agents(&sandbox)[0]["status"], "RUNNING");
    assert_eq!(outdated(&sandbox), true);
    sandbox.advance(0.8);
    assert_eq!(outdated(&sandbox), false);
    sandbox.put("prod", document("hooli", "2"));
    sandbox.advance(0.8);
    assert_eq!(outdated(&sandbox), false);
}

#[test]
fn an_agent_may_leave_branch_deployments_alone() {
    let sandbox = with(AgentConfig::FullDeploymentsOnly);
    let branch = sandbox.branch("feature");
    sandbox.put(&branch, document("hooli", "1"));
    sandbox.put("prod", document("hooli", "1"));
    sandbox.advance(1_000_000.0);
    let of_branch = sandbox.field(&format!("/{branch}/graphql"), AGENTS, json!({}));
    assert_eq!(of_branch, json!([]));
    assert_eq!(agents(&sandbox)[0]["status"], "RUNNING");
    assert_eq!(outdated(&sandbox), false);
    let query = "{ workspace { workspaceEntries { hasOutdatedData dataUpdatedTimestamp } } }";
    let entries = sandbox.field(&format!("/{branch}/graphql"), query, json!({}));
    let untouched = json!({"hasOutdatedData": true, "dataUpdatedTimestamp": null});
    assert_eq!(entries["workspaceEntries"][0], untouched);
}

#[test]
fn the_agent_type_is_configurable() {
    let organization =
        OrganizationConfig::new("acme").token(DEFAULT_TOKEN, Permission::Admin).serverless();
    let sandbox = start_with(SandboxConfig::new().organization(organization));
    let answer = sandbox.field("/prod/graphql", "{ currentDeployment { agentType } }", json!({}));
    assert_eq!(answer["agentType"], "SERVERLESS");
}
