//! Which setting wins.

use offshoot_core::{
    env::Env,
    error::Explain,
    ops,
    plus::{Connection, DeploymentName},
    secret::Secret,
    settings::{Resolver, Settings, SettingsError, WaitSettings},
};

use crate::support::Fake;

const CONFIG: &str = "organization: from-file\ndefault_deployment: file-deployment\nuser_token: file-token\nagent_timeout: 77\n";

fn host() -> Fake {
    Fake::script([])
        .with_file("/home/u/.dagster_cloud_cli/config", CONFIG)
        .with_file(
            "/home/u/.config/dg.toml",
            "[cli.plus]\norganization = \"from-dg\"\nuser_token = \"dg-token\"\n",
        )
        .with_file("/bad/config", "user_token: [hunter2")
}

fn env(pairs: &[(&str, &str)]) -> Env {
    pairs.iter().copied().collect()
}

fn deployment(
    said: &Settings,
    variables: &[(&str, &str)],
) -> Result<(Connection, DeploymentName), SettingsError> {
    Resolver::new(said, &env(variables), &host()).deployment()
}

fn said(organization: &str, deployment: &str) -> Settings {
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Settings {
        organization: given(organization),
        deployment: given(deployment),
        ..Settings::default()
    }
}

#[test]
fn flag_then_variable_then_file() {
    let home = ("HOME", "/home/u");
    let (connection, name) = deployment(&Settings::default(), &[home]).unwrap();
    assert_eq!(connection.endpoint.organization_url(), "https://from-file.dagster.cloud");
    assert_eq!((name.as_str(), connection.token.expose()), ("file-deployment", "file-token"));

    let variables = [
        home,
        ("DAGSTER_CLOUD_ORGANIZATION", "from-env"),
        ("DAGSTER_CLOUD_DEPLOYMENT", "env-deployment"),
        ("DAGSTER_CLOUD_API_TOKEN", "env-token"),
        ("DAGSTER_CLOUD_ENV", "eu"),
    ];
    let (connection, name) = deployment(&Settings::default(), &variables).unwrap();
    assert_eq!(connection.endpoint.organization_url(), "https://from-env.eu.dagster.cloud");
    assert_eq!((name.as_str(), connection.token.expose()), ("env-deployment", "env-token"));

    let flags = Settings {
        api_token: Some(Secret::new("flag-token")),
        ..said("from-flag", "flag-deployment")
    };
    let (connection, name) = deployment(&flags, &variables).unwrap();
    assert_eq!(connection.endpoint.organization_url(), "https://from-flag.eu.dagster.cloud");
    assert_eq!((name.as_str(), connection.token.expose()), ("flag-deployment", "flag-token"));
}

#[test]
fn the_other_file_is_read_when_the_first_lacks_a_key_or_is_elsewhere() {
    let (connection, _) =
        deployment(&said("", "d"), &[("HOME", "/home/u"), ("DAGSTER_CLOUD_CLI_CONFIG", "/none")])
            .unwrap();
    assert_eq!(connection.endpoint.organization_url(), "https://from-dg.dagster.cloud");
    assert_eq!(connection.token.expose(), "dg-token");
}

#[test]
fn an_explicit_url_wins_and_may_name_the_deployment() {
    let token = ("DAGSTER_CLOUD_API_TOKEN", "t");
    let url = ("DAGSTER_CLOUD_URL", "https://acme.eu.dagster.cloud/b1");
    let (connection, name) = deployment(&Settings::default(), &[token, url]).unwrap();
    assert_eq!(
        (connection.endpoint.organization_url(), name.as_str()),
        ("https://acme.eu.dagster.cloud", "b1")
    );
    let (_, name) = deployment(&said("", "b2"), &[token, url]).unwrap();
    assert_eq!(name.as_str(), "b2");
    let own = Settings { url: Some("https://acme.dagster.cloud/b3".into()), ..Settings::default() };
    let (_, name) = deployment(&own, &[token, ("DAGSTER_CLOUD_DEPLOYMENT", "b4")]).unwrap();
    assert_eq!(name.as_str(), "b3");
}

/// What is missing, empty or contradictory never leads to a deployment by guess.
#[test]
fn no_target_is_guessed() {
    let token = ("DAGSTER_CLOUD_API_TOKEN", "t");
    let prod_url = ("DAGSTER_CLOUD_URL", "https://acme.dagster.cloud/prod");
    let prod = ("DAGSTER_CLOUD_DEPLOYMENT", "prod");
    let empty = Settings { deployment: Some(String::new()), ..said("acme", "") };
    let cases = [
        (said("acme", ""), vec![token]),
        // The output of a failed step, with a full deployment waiting in the environment and in the URL.
        (empty.clone(), vec![token, prod]),
        (empty, vec![token, prod_url]),
        (said("acme", "feature/cart"), vec![token, prod]),
        (said("beta", "b1"), vec![token, prod_url]),
        (Settings::default(), vec![token, prod_url, ("DAGSTER_CLOUD_DEPLOYMENT", "b1")]),
        (said("", "b1"), vec![token]),
        (said("acme", "b1"), vec![]),
        (Settings { api_token: Some(Secret::new(" ")), ..said("acme", "b1") }, vec![token]),
        (Settings { url: Some(String::new()), ..said("acme", "b1") }, vec![token]),
        (said("", "b1"), vec![token, ("DAGSTER_CLOUD_CLI_CONFIG", "/bad/config")]),
    ];
    let mut report = String::new();
    for (said, variables) in cases {
        let error = deployment(&said, &variables).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        report.push_str(&format!(
            "{}: {error}\n  hint: {}\n",
            error.code(),
            error.hint().unwrap_or_default()
        ));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_build_of_a_fork_is_named_where_the_token_is_what_is_missing() {
    let fork = ("OFFSHOOT_FORK", "true");
    let settle =
        |said: &Settings, variables: &[(&str, &str)]| ops::settle(&host(), said, &env(variables));
    let acme = said("acme", "");
    let in_fork = SettingsError::NoTokenInFork { said_by: "OFFSHOOT_FORK".to_owned() };
    assert_eq!(settle(&acme, &[fork]).unwrap_err(), in_fork);
    for own in [vec![], vec![("OFFSHOOT_FORK", "false")]] {
        assert_eq!(settle(&acme, &own).unwrap_err(), SettingsError::NoToken);
    }
    assert_eq!(settle(&said("", ""), &[fork]).unwrap_err(), SettingsError::NoOrganization);
    let (connection, full) = settle(&acme, &[fork, ("HOME", "/home/u")]).unwrap();
    assert_eq!(connection.token.expose(), "file-token");
    assert_eq!(full.unwrap().as_str(), "file-deployment");
}

#[test]
fn timeouts_come_from_flags_variables_and_the_file() {
    let limits = |said: WaitSettings, variables: &[(&str, &str)]| {
        let limits =
            Resolver::new(&Settings::default(), &env(variables), &host()).wait_limits(&said)?;
        Ok::<_, SettingsError>((limits.location_load_timeout, limits.agent_heartbeat_timeout))
    };
    let both = WaitSettings { agent_timeout: Some(5), ..WaitSettings::default() };
    let variables = [
        ("DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT", "9"),
        ("DAGSTER_CLOUD_AGENT_HEARTBEAT_TIMEOUT", "8"),
    ];
    assert_eq!(limits(WaitSettings::default(), &[]).unwrap(), (3600, 60));
    assert_eq!(limits(WaitSettings::default(), &[("HOME", "/home/u")]).unwrap(), (77, 60));
    assert_eq!(limits(WaitSettings::default(), &variables).unwrap(), (9, 8));
    assert_eq!(limits(both, &variables).unwrap(), (5, 5));
    assert!(
        limits(WaitSettings::default(), &[("DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT", "soon")])
            .is_err()
    );
}
