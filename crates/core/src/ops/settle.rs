//! What the settings of a build lead to.

use crate::{
    ci, ci_files,
    env::Env,
    plus::{Connection, DeploymentName},
    ports::{Files, Host},
    settings::{Resolver, Settings, SettingsError},
};

/// What the settings lead to: the connection, and the full deployment for builds of the default branch.
pub type Settled = Result<(Connection, Option<DeploymentName>), SettingsError>;

/// Looks up `settings`, then `env`, then the configuration files, as [`Resolver::build`] does.
///
/// If there is no token, and CI says that this is a pull request from a fork, the error says so.
///
/// # Errors
/// As [`Resolver::build`].
pub fn settle<H: Host>(host: &H, settings: &Settings, env: &Env) -> Settled {
    let files = host.files();
    Resolver::new(settings, env, files).build().map_err(|error| match error {
        SettingsError::NoToken => no_token(files, env),
        error => error,
    })
}

fn no_token(files: &impl Files, env: &Env) -> SettingsError {
    let fork = ci::detect(env, &ci_files::read(files, env)).fork.filter(|fork| fork.value);
    fork.map_or(SettingsError::NoToken, |fork| SettingsError::NoTokenInFork {
        said_by: fork.source,
    })
}
