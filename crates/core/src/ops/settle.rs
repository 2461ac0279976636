//! What the settings of a build lead to.

use serde::Deserialize;

use super::Event;
use crate::{
    ci, ci_files,
    env::Env,
    plus::{Connection, DeploymentName},
    ports::{Events, Files, Host},
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

/// What to do without an API token, as in pull requests from forks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum OnMissingToken {
    /// Fail.
    #[default]
    Fail,
    /// Do nothing, and say why: [`Event::Skipped`].
    Skip,
}

/// What [`settle_or_skip`] leads to.
#[derive(Debug, Clone)]
pub enum SettledOrSkipped {
    /// It can begin: with the connection, and the full deployment for builds of the default branch.
    Settled(Connection, Option<DeploymentName>),
    /// Nothing is to be done.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// As [`settle`], for what may be skipped.
///
/// # Errors
/// As [`settle`], unless there is no token and that is to be passed over.
pub fn settle_or_skip<H: Host>(
    host: &H,
    settings: &Settings,
    env: &Env,
    on_missing_token: OnMissingToken,
) -> Result<SettledOrSkipped, SettingsError> {
    match (settle(host, settings, env), on_missing_token) {
        (
            Err(error @ (SettingsError::NoToken | SettingsError::NoTokenInFork { .. })),
            OnMissingToken::Skip,
        ) => {
            let reason = error.to_string();
            host.events().emit(Event::Skipped { reason: reason.clone() });
            Ok(SettledOrSkipped::Skipped { reason })
        }
        (settled, _) => {
            settled.map(|(connection, full)| SettledOrSkipped::Settled(connection, full))
        }
    }
}

fn no_token(files: &impl Files, env: &Env) -> SettingsError {
    let fork = ci::detect(env, &ci_files::read(files, env)).fork.filter(|fork| fork.value);
    fork.map_or(SettingsError::NoToken, |fork| SettingsError::NoTokenInFork {
        said_by: fork.source,
    })
}
