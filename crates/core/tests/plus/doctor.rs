//! The doctor's judgement: what each answer of Dagster+ makes of each line, and that no line is without its fix.

use std::collections::BTreeMap;

use offshoot_core::{
    env::Env,
    ops::{self, Check, CheckState, DeployInput, Diagnosis, DoctorPlace, Sources},
    ports::SendErrorKind,
    registry::{Credential, Keychain},
    settings::SettingsError,
};
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{Arrived, Fake, Step, TOKEN, answer, connection, data};

const HASH: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A build of a pull request, without a checkout: 1994-11-06 is the time of the host.
const BUILD: &[(&str, &str)] = &[
    ("OFFSHOOT_BRANCH", "feature"),
    ("OFFSHOOT_COMMIT", HASH),
    ("OFFSHOOT_REPOSITORY", "acme/shop"),
];

struct NoCredentials;

impl Keychain for NoCredentials {
    async fn credential(&self, _: &str) -> Result<Option<Credential>, String> {
        Ok(None)
    }
}

/// What Dagster+ answers by root field, and for agents by deployment.
#[derive(Clone)]
struct Service {
    by_root: BTreeMap<&'static str, Value>,
    agents: BTreeMap<&'static str, Value>,
    entries: Value,
}

impl Service {
    /// Everything is fine: an agent serves the branch deployment of another branch.
    fn fine() -> Self {
        let full = json!({"deploymentName": "prod", "agentType": "HYBRID", "canHaveBranchDeployments": true});
        let nobody = json!({"__typename": "DeploymentNotFoundError", "message": "no `b7`"});
        let by_root = [
            ("organization", json!({"name": "acme", "status": "ACTIVE"})),
            ("identity", permissions(&[("manage_branch_deployments", true)])),
            ("fullDeployments", json!([full])),
            ("getBranchDeploymentName", json!("b7")),
            ("deploymentByName", nobody),
            ("branchDeployments", json!({"nodes": [branch("b1", 0.0)]})),
        ];
        let agents = BTreeMap::from([("b1", json!([agent("RUNNING", 0.0)]))]);
        Self { by_root: by_root.into(), agents, entries: json!([]) }
    }

    fn on(mut self, root: &'static str, answer: Value) -> Self {
        self.by_root.insert(root, answer);
        self
    }

    fn agents(mut self, deployment: &'static str, agents: Value) -> Self {
        self.agents.insert(deployment, agents);
        self
    }

    fn answer(&self, arrived: &Arrived) -> Step {
        let query = arrived.body["query"].as_str().unwrap();
        let asks = |root: &str| query.contains(&format!("  {root}"));
        let of = arrived.headers.get("dagster-cloud-deployment").map(String::as_str);
        if asks("agents") {
            let none = json!([]);
            return data(json!({ "agents": self.agents.get(of.unwrap()).unwrap_or(&none) }));
        }
        if asks("workspace") {
            return data(json!({ "workspace": {"workspaceEntries": self.entries} }));
        }
        let asked = self.by_root.iter().find(|(root, _)| asks(root));
        let (root, answer) = asked.unwrap_or_else(|| panic!("unexpected: {query}"));
        data(json!({ *root: answer }))
    }
}

fn permissions(named: &[(&str, bool)]) -> Value {
    let one = |(name, value): &(&str, bool)| {
        let reason = (!value).then_some("not for viewers");
        json!({"permission": name, "value": value, "disabledReason": reason})
    };
    json!({"permissions": named.iter().map(one).collect::<Vec<_>>()})
}

fn branch(name: &str, timestamp: f64) -> Value {
    json!({"deploymentId": 7, "deploymentName": name, "deploymentType": "BRANCH", "branchDeploymentGitMetadata": null,
        "latestCommit": {"commitHash": "bb", "timestamp": timestamp, "commitMessage": null, "authorName": null}})
}

/// An agent whose last heartbeat was so many seconds ago.
fn agent(status: &str, ago: f64) -> Value {
    json!({"agentLabel": "blue", "status": status, "lastHeartbeatTime": 784_111_777.0 - ago})
}

fn diagnose(host: &Fake, input: DeployInput, settled: ops::Settled) -> Diagnosis {
    diagnose_asking(true, host, input, settled)
}

fn diagnose_asking(
    asks_other_regions: bool,
    host: &Fake,
    input: DeployInput,
    settled: ops::Settled,
) -> Diagnosis {
    let env: Env = BUILD.iter().copied().collect();
    let sources = Sources {
        location_name: vec!["etl".into()],
        module_name: Some("etl.definitions".into()),
        ..Sources::default()
    };
    let input = DeployInput { timestamp: Some(784_000_000.0), ..input };
    let place = DoctorPlace { path: "/repo", env: &env, asks_other_regions };
    let diagnosis = block_on(ops::doctor(host, settled, place, &input, &sources, &NoCredentials));
    for Check { name, state, fix, .. } in &diagnosis.checks {
        let wants_fix = matches!(state, CheckState::Failed | CheckState::Warning);
        assert_eq!(fix.as_ref().is_some_and(|fix| !fix.is_empty()), wants_fix, "{name}");
    }
    let failed = diagnosis.checks.iter().any(|check| check.state == CheckState::Failed);
    assert_eq!(diagnosis.ok, !failed);
    for arrived in host.arrived() {
        let query = arrived.body["query"].as_str().unwrap_or_default();
        assert!(!query.starts_with("mutation"), "{query}");
    }
    diagnosis
}

fn with(service: &Service, input: DeployInput) -> Diagnosis {
    let service = service.clone();
    let host = Fake::respond(move |arrived, _| service.answer(arrived));
    diagnose(&host, input, Ok((connection(), None)))
}

/// `state: found | fix` of the check `name`.
fn said(diagnosis: &Diagnosis, name: &str) -> String {
    let check = diagnosis.checks.iter().find(|check| check.name == name).unwrap();
    let fix = check.fix.as_ref().map(|fix| format!("\n  -> {fix}")).unwrap_or_default();
    format!("{}: {}{fix}", check.state.as_str(), check.found)
}

#[test]
fn everything_may_be_fine() {
    let diagnosis = with(&Service::fine(), DeployInput::default());
    assert!(diagnosis.ok);
    assert_eq!(said(&diagnosis, "agent"), "ok: the agent `blue` serves the branch deployment b1");
    assert_eq!(said(&diagnosis, "deployment"), "ok: the branch deployment `b7` would be new");
    // No checkout is no failure where the variables say it all.
    assert!(said(&diagnosis, "git").starts_with("warning: "), "{}", said(&diagnosis, "git"));
}

#[test]
fn signs_of_an_agent_are_weighed() {
    let fine = Service::fine();
    let nobody = fine.clone().agents("b1", json!([]));
    let full = nobody.clone().agents("prod", json!([agent("RUNNING", 0.0)]));
    let entry = |put_ago: f64, updated: Value| {
        json!([{"locationName": "etl", "metadataTimestamp": 784_111_777.0 - put_ago, "dataUpdatedTimestamp": updated,
            "hasOutdatedData": true, "hasLoadError": false}])
    };
    let with_entries = |entries| Service { entries, ..full.clone() };
    let serverless = json!([{"deploymentName": "prod", "agentType": "SERVERLESS", "canHaveBranchDeployments": true}]);
    let cases = [
        ("serverless", nobody.clone().on("fullDeployments", serverless)),
        ("absent", nobody.clone()),
        ("stale", nobody.clone().agents("prod", json!([agent("NOT_RUNNING", 7_300.0)]))),
        (
            "full only, nothing there yet",
            full.clone().on("branchDeployments", json!({"nodes": []})),
        ),
        ("full only, all idle", full.clone()),
        ("full only, one left alone", with_entries(entry(4_000.0, Value::Null))),
        ("full only, one just put", with_entries(entry(30.0, Value::Null))),
        ("full only, one loaded before", with_entries(entry(4_000.0, json!(784_000_000.0)))),
    ];
    let lines = cases.map(|(name, service)| {
        let diagnosis = with(&service, DeployInput::default());
        format!("{name}\n  {}\n", said(&diagnosis, "agent"))
    });
    insta::assert_snapshot!(lines.concat());
}

#[test]
fn of_a_full_deployment_its_own_agent_is_looked_at() {
    let full = |kind: &str| json!({"deploymentName": "prod", "agentType": kind});
    let there = json!({"__typename": "DagsterCloudDeployment", "deploymentId": 1, "deploymentName": "prod",
        "deploymentType": "PRODUCTION", "branchDeploymentGitMetadata": null, "latestCommit": null});
    let service =
        Service::fine().on("deploymentByName", there).on("currentDeployment", full("HYBRID"));
    let to_prod = || DeployInput {
        full_deployment: Some("prod".to_owned().try_into().unwrap()),
        ..DeployInput::default()
    };
    let silent = with(&service, to_prod());
    assert!(said(&silent, "agent").starts_with("failed: no agent is heard of in prod"));
    let running = service.clone().agents("prod", json!([agent("RUNNING", 0.0)]));
    assert!(with(&running, to_prod()).ok);
    assert!(with(&service.on("currentDeployment", full("SERVERLESS")), to_prod()).ok);
}

#[test]
fn what_the_token_may_do_is_taken_from_dagster_and_not_guessed() {
    let cases: [(&[(&str, bool)], &str); 4] = [
        (&[("launch_run", false), ("create_branch_deployment", true)], "ok"),
        (&[("delete_branch_deployment", false), ("CREATE_BRANCH_DEPLOYMENT", true)], "ok"),
        (&[("launch_run", true), ("create_branch_deployment", false)], "failed"),
        (&[("launch_run", true)], "warning"),
    ];
    for (named, state) in cases {
        let service = Service::fine().on("identity", permissions(named));
        let said = said(&with(&service, DeployInput::default()), "permission");
        assert!(said.starts_with(state), "{named:?}: {said}");
        assert!(state != "failed" || said.contains("not for viewers"), "{said}");
    }
    let host = Fake::respond(|arrived, _| {
        match arrived.body["query"].as_str().unwrap().contains("identity") {
            true => answer(200, r#"{"errors": [{"message": "no identity for agents"}]}"#),
            false => Service::fine().answer(arrived),
        }
    });
    let diagnosis = diagnose(&host, DeployInput::default(), Ok((connection(), None)));
    assert!(said(&diagnosis, "permission").contains("no identity for agents"));
    assert!(diagnosis.ok, "what is not told is no failure");
}

#[test]
fn a_wrong_base_a_newer_commit_and_a_closed_organization_are_failures() {
    let there = |timestamp: f64| {
        let mut there = branch("b7", timestamp);
        there["__typename"] = json!("DagsterCloudDeployment");
        Service::fine().on("deploymentByName", there)
    };
    assert!(with(&there(783_000_000.0), DeployInput::default()).ok);
    let newer = with(&there(785_000_000.0), DeployInput::default());
    assert!(said(&newer, "deployment").contains("already carries the newer commit `bb`"));
    assert!(!newer.ok);
    let allowed = DeployInput { allow_older: true, ..DeployInput::default() };
    assert!(with(&there(785_000_000.0), allowed).ok);

    let base = DeployInput { base_deployment_name: Some("stag".into()), ..DeployInput::default() };
    let wrong = with(&Service::fine(), base);
    assert!(
        said(&wrong, "base").starts_with("failed: the organization has no full deployment `stag`")
    );

    for (status, state) in [("READ_ONLY", "failed"), ("SUSPENDED", "failed"), ("NEW", "warning")] {
        let service = Service::fine().on("organization", json!({"name": "acme", "status": status}));
        let said = said(&with(&service, DeployInput::default()), "organization");
        assert!(said.starts_with(state), "{said}");
    }
}

/// What the address `https://acme.dagster.cloud` answers; all others are asked of `elsewhere`.
fn addresses(
    here: fn() -> Step,
    elsewhere: impl Fn(&str) -> Step + Send + 'static,
) -> (Diagnosis, Fake) {
    let host = Fake::respond(move |arrived, _| {
        match arrived.url.starts_with("https://acme.dagster.cloud/") {
            true => here(),
            false => elsewhere(&arrived.url),
        }
    });
    let diagnosis = diagnose(&host, DeployInput::default(), Ok((connection(), None)));
    (diagnosis, host)
}

fn named(name: &str) -> Step {
    data(json!({"organization": {"name": name, "status": "ACTIVE"}}))
}

#[test]
fn a_wrong_region_is_named_with_the_right_one() {
    let eu = |url: &str| match url.starts_with("https://acme.eu.dagster.plus/") {
        true => named("acme"),
        false => answer(401, "Unauthorized"),
    };
    let mut lines = Vec::new();
    for here in [|| answer(401, "Unauthorized"), || answer(404, "nothing")] {
        let (diagnosis, _) = addresses(here, eu);
        lines.push(said(&diagnosis, "organization"));
        assert!(said(&diagnosis, "token").starts_with("skipped"));
    }
    let redirect = || {
        let to = "https://acme.eu.dagster.cloud/graphql?from=here".to_owned();
        Step::Answer(302, vec![("location", to)], String::new())
    };
    let (diagnosis, host) = addresses(redirect, |url| panic!("{url} is not to be asked"));
    lines.push(said(&diagnosis, "organization"));
    assert_eq!(host.arrived().len(), 1);
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_token_that_no_region_takes_is_the_tokens_fault() {
    let refused = || answer(401, "Unauthorized");
    let cases: [fn(&str) -> Step; 3] = [
        |_| answer(401, "Unauthorized"),
        |_| Step::Fail(SendErrorKind::Resolve),
        // The same name in another region, of somebody else.
        |_| named("somebody"),
    ];
    for elsewhere in cases {
        let (diagnosis, host) = addresses(refused, elsewhere);
        assert!(said(&diagnosis, "organization").starts_with("ok"));
        let token = said(&diagnosis, "token");
        assert!(token.starts_with("failed") && !token.contains(TOKEN), "{token}");
        assert_eq!(host.arrived().len(), 4);
    }
}

#[test]
fn where_the_host_is_pinned_the_other_regions_are_named_and_not_asked() {
    let host = Fake::script([answer(401, "Unauthorized")]);
    let settled = Ok((connection(), None));
    let diagnosis = diagnose_asking(false, &host, DeployInput::default(), settled);
    let token = said(&diagnosis, "token");
    assert!(token.contains("other regions are at https://acme.eu.dagster.cloud"), "{token}");
}

#[test]
fn the_token_is_shown_to_no_host_that_is_not_dagsters() {
    use offshoot_core::plus::{Connection, Endpoint, Wanted};
    let host = Fake::respond(|_, _| answer(401, "Unauthorized"));
    let endpoint = Endpoint::of_url("https://dagster.example.com/acme", Wanted::Organization);
    let connection = Connection { endpoint: endpoint.unwrap(), ..connection() };
    diagnose(&host, DeployInput::default(), Ok((connection, None)));
    let urls: Vec<String> = host.arrived().into_iter().map(|arrived| arrived.url).collect();
    assert_eq!(urls, ["https://dagster.example.com/acme/graphql"]);
}

#[test]
fn a_redirect_to_a_page_of_the_same_host_is_no_other_region() {
    let login = || {
        let to = "https://acme.dagster.cloud/login".to_owned();
        Step::Answer(302, vec![("location", to)], String::new())
    };
    let (diagnosis, _) = addresses(login, |url| panic!("{url} is not to be asked"));
    assert!(said(&diagnosis, "organization").contains("redirected to"));
    assert!(!diagnosis.ok);
}

#[test]
fn without_settings_the_rest_is_still_looked_at() {
    let host = Fake::script([]);
    let diagnosis = diagnose(&host, DeployInput::default(), Err(SettingsError::NoToken));
    assert!(said(&diagnosis, "settings").starts_with("failed: there is no API token"));
    assert_eq!(said(&diagnosis, "locations"), "ok: `etl`");
    assert_eq!(said(&diagnosis, "agent"), "skipped: not looked at without `token`");
}

#[test]
fn an_unreachable_host_costs_no_more_than_half_a_minute() {
    let host = Fake::respond(|_, _| Step::Fail(SendErrorKind::Resolve));
    let diagnosis = diagnose(&host, DeployInput::default(), Ok((connection(), None)));
    assert!(said(&diagnosis, "organization").starts_with("failed"));
    assert!(host.elapsed().as_secs() <= 30, "{:?}", host.elapsed());
}
