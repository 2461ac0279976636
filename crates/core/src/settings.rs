//! Settings: flag, then environment, then the official tools' configuration files; parsed once into types.

mod config_file;

use std::time::Duration;

use serde::Deserialize;

use crate::{
    env::Env,
    error::{Code, Explain},
    ops::WaitLimits,
    plus::{Budget, Connection, DeploymentName, Endpoint, EndpointError, Wanted},
    ports::Files,
    secret::Secret,
    written,
};
pub use config_file::{ConfigFileError, ConfigFiles};

/// What was said in so many words: flags of a command, or fields of a request.
///
/// A word that is there but empty is an error, because it is most often the output of a step that failed.
/// In the environment, empty means unset.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The organization.
    pub organization: Option<String>,
    /// The API token.
    pub api_token: Option<Secret>,
    /// The organization's URL, which may end in a deployment. It wins over the organization.
    pub url: Option<String>,
    /// The deployment.
    pub deployment: Option<String>,
    /// The region, for example `eu`.
    pub dagster_env: Option<String>,
    /// Seconds that the command may spend on retries.
    pub retry_budget: Option<u64>,
}

/// How long to wait, as said by flags or fields. Seconds; 0 for not at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(default, deny_unknown_fields)]
pub struct WaitSettings {
    /// For the code locations to load.
    #[serde(deserialize_with = "written::number")]
    pub location_load_timeout: Option<u64>,
    /// For an agent's heartbeat.
    #[serde(deserialize_with = "written::number")]
    pub agent_heartbeat_timeout: Option<u64>,
    /// For both.
    #[serde(deserialize_with = "written::number")]
    pub agent_timeout: Option<u64>,
}

impl WaitSettings {
    /// What is said, else `limits`.
    pub fn over(&self, limits: WaitLimits) -> WaitLimits {
        let load = self.location_load_timeout.or(self.agent_timeout);
        let agent = self.agent_heartbeat_timeout.or(self.agent_timeout);
        WaitLimits {
            location_load_timeout: load.unwrap_or(limits.location_load_timeout),
            agent_heartbeat_timeout: agent.unwrap_or(limits.agent_heartbeat_timeout),
        }
    }
}

/// Looks settings up where they may be.
pub struct Resolver<'a, F> {
    said: &'a Settings,
    env: &'a Env,
    files: ConfigFiles<'a, F>,
}

impl<'a, F: Files> Resolver<'a, F> {
    /// Resolves `said`, then `env`, then the configuration files that `env` leads to.
    pub fn new(said: &'a Settings, env: &'a Env, files: &'a F) -> Self {
        Self { said, env, files: ConfigFiles::new(env, files) }
    }

    /// For commands that concern the organization.
    ///
    /// # Errors
    /// If something is missing, empty, or no use.
    pub fn organization(self) -> Result<Connection, SettingsError> {
        let endpoint = self.endpoint(Wanted::Organization)?;
        self.connection(endpoint)
    }

    /// For commands that concern one deployment.
    ///
    /// # Errors
    /// As [`Resolver::organization`], and if two settings name different deployments.
    pub fn deployment(self) -> Result<(Connection, DeploymentName), SettingsError> {
        let (endpoint, deployment) = self.endpoint_and_deployment(Wanted::AnyDeployment)?;
        let deployment = deployment.ok_or(SettingsError::NoDeployment)?;
        Ok((self.connection(endpoint)?, deployment))
    }

    /// For commands whose deployment follows from the build: the one that is named is for builds of the default branch.
    ///
    /// # Errors
    /// As [`Resolver::deployment`], but that none need be named.
    pub fn build(self) -> Result<(Connection, Option<DeploymentName>), SettingsError> {
        let (endpoint, deployment) = self.endpoint_and_deployment(Wanted::Organization)?;
        Ok((self.connection(endpoint)?, deployment))
    }

    /// The endpoint, read as `unnamed` says if no setting names a deployment, and the deployment.
    fn endpoint_and_deployment(
        &self,
        unnamed: Wanted<'_>,
    ) -> Result<(Endpoint, Option<DeploymentName>), SettingsError> {
        let named = self.named_deployment()?;
        let endpoint =
            self.endpoint(named.as_ref().map_or(unnamed, |(name, _)| Wanted::Deployment(name)))?;
        let in_url = endpoint.deployment().cloned();
        let url_is_said = self.said.url.is_some();
        let deployment = match (named, in_url) {
            (Some((name, Source::Said)), _) => name,
            (_, Some(in_url)) if url_is_said => in_url,
            (Some((name, Source::Env)), Some(in_url)) if name != in_url => {
                return Err(SettingsError::TwoDeployments { variable: name, url: in_url });
            }
            (Some((name, Source::Env)), _) => name,
            (_, Some(in_url)) => in_url,
            (Some((name, Source::File)), None) => name,
            (None, None) => return Ok((endpoint, None)),
        };
        Ok((endpoint, Some(deployment)))
    }

    /// How long to wait for code locations: as said, else the variables, else the file, else the defaults.
    ///
    /// # Errors
    /// If a variable or the file holds no number of seconds.
    pub fn wait_limits(&self, said: &WaitSettings) -> Result<WaitLimits, SettingsError> {
        let defaults = WaitLimits::default();
        let load = said.location_load_timeout.or(said.agent_timeout);
        let load = match self.seconds(load, "DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT")? {
            Some(seconds) => seconds,
            None => match self.files.get("agent_timeout")? {
                Some(given) => given
                    .parse()
                    .map_err(|_| SettingsError::NotSeconds { setting: "agent_timeout", given })?,
                None => defaults.location_load_timeout,
            },
        };
        let agent = said.agent_heartbeat_timeout.or(said.agent_timeout);
        let agent = self.seconds(agent, "DAGSTER_CLOUD_AGENT_HEARTBEAT_TIMEOUT")?;
        Ok(WaitLimits {
            location_load_timeout: load,
            agent_heartbeat_timeout: agent.unwrap_or(defaults.agent_heartbeat_timeout),
        })
    }

    fn named_deployment(&self) -> Result<Option<(DeploymentName, Source)>, SettingsError> {
        let found = if let Some(said) = &self.said.deployment {
            Some((said.clone(), Source::Said))
        } else if let Some(name) = self.env.get("DAGSTER_CLOUD_DEPLOYMENT") {
            Some((name.to_owned(), Source::Env))
        } else {
            self.files.get("default_deployment")?.map(|name| (name, Source::File))
        };
        found.map(|(name, source)| Ok((DeploymentName::parse(&name)?, source))).transpose()
    }

    fn endpoint(&self, wanted: Wanted<'_>) -> Result<Endpoint, SettingsError> {
        let organization = self.look_up(
            self.said.organization.as_deref(),
            "organization",
            "DAGSTER_CLOUD_ORGANIZATION",
        )?;
        let url = match not_empty(self.said.url.as_deref(), "url")? {
            Some(said) => Some(said.to_owned()),
            None => self.env.get("DAGSTER_CLOUD_URL").map(str::to_owned),
        };
        if let Some(url) = url {
            let endpoint = Endpoint::of_url(&url, wanted)?;
            return match (organization, endpoint.organization()) {
                (Some(named), Some(in_url)) if !named.eq_ignore_ascii_case(in_url) => {
                    Err(SettingsError::TwoOrganizations { named, url: in_url.to_owned() })
                }
                _ => Ok(endpoint),
            };
        }
        let organization = match organization {
            Some(organization) => organization,
            None => self.files.get("organization")?.ok_or(SettingsError::NoOrganization)?,
        };
        let region =
            self.look_up(self.said.dagster_env.as_deref(), "dagster-env", "DAGSTER_CLOUD_ENV")?;
        Ok(Endpoint::of_organization(&organization, region.as_deref())?)
    }

    fn connection(self, endpoint: Endpoint) -> Result<Connection, SettingsError> {
        let token = if let Some(said) = &self.said.api_token {
            not_empty(Some(said.expose()), "api-token")?;
            said.clone()
        } else if let Some(token) = self.env.get("DAGSTER_CLOUD_API_TOKEN") {
            Secret::new(token)
        } else {
            Secret::new(self.files.get("user_token")?.ok_or(SettingsError::NoToken)?)
        };
        let mut budget = Budget::default();
        if let Some(seconds) = self.seconds(self.said.retry_budget, "OFFSHOOT_RETRY_BUDGET")? {
            budget.total = Duration::from_secs(seconds);
        }
        Ok(Connection { endpoint, token, budget })
    }

    fn seconds(
        &self,
        said: Option<u64>,
        variable: &'static str,
    ) -> Result<Option<u64>, SettingsError> {
        match (said, self.env.get(variable)) {
            (Some(said), _) => Ok(Some(said)),
            (None, Some(text)) => match text.trim().parse() {
                Ok(seconds) => Ok(Some(seconds)),
                Err(_) => {
                    Err(SettingsError::NotSeconds { setting: variable, given: text.to_owned() })
                }
            },
            (None, None) => Ok(None),
        }
    }

    fn look_up(
        &self,
        said: Option<&str>,
        flag: &'static str,
        variable: &str,
    ) -> Result<Option<String>, SettingsError> {
        Ok(not_empty(said, flag)?.or_else(|| self.env.get(variable)).map(str::to_owned))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Said,
    Env,
    File,
}

fn not_empty<'t>(
    said: Option<&'t str>,
    flag: &'static str,
) -> Result<Option<&'t str>, SettingsError> {
    match said {
        Some(text) if text.trim().is_empty() => Err(SettingsError::Empty { flag }),
        other => Ok(other),
    }
}

/// Why the settings do not lead to a connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No organization and no URL.
    #[error("the organization is not known")]
    NoOrganization,
    /// No token.
    #[error("there is no API token")]
    NoToken,
    /// No token, in a build that most systems give none.
    #[error("there is no API token: this is a pull request from a fork ({said_by})")]
    NoTokenInFork {
        /// What says so.
        said_by: String,
    },
    /// No deployment.
    #[error("the deployment is not known")]
    NoDeployment,
    /// A flag without content.
    #[error("--{flag} is given, but empty")]
    Empty {
        /// Without the dashes.
        flag: &'static str,
    },
    /// A number of seconds that is none.
    #[error("`{given}` in {setting} is no number of seconds")]
    NotSeconds {
        /// The variable or key.
        setting: &'static str,
        /// Its value.
        given: String,
    },
    /// The organization and the URL name different ones.
    #[error("the organization is `{named}`, but the URL is that of `{url}`")]
    TwoOrganizations {
        /// By flag or variable.
        named: String,
        /// By URL.
        url: String,
    },
    /// Two variables name different deployments.
    #[error("DAGSTER_CLOUD_DEPLOYMENT names `{variable}`, but DAGSTER_CLOUD_URL ends in `{url}`")]
    TwoDeployments {
        /// By variable.
        variable: DeploymentName,
        /// By URL.
        url: DeploymentName,
    },
    /// A URL, organization or deployment that cannot be used.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// A configuration file that cannot be used.
    #[error(transparent)]
    ConfigFile(#[from] ConfigFileError),
}

impl Explain for SettingsError {
    fn code(&self) -> Code {
        match self {
            Self::NoOrganization
            | Self::NoToken
            | Self::NoTokenInFork { .. }
            | Self::NoDeployment
            | Self::Empty { .. } => Code::SettingsMissing,
            Self::NotSeconds { .. }
            | Self::TwoOrganizations { .. }
            | Self::TwoDeployments { .. } => Code::SettingsInvalid,
            Self::Endpoint(error) => error.code(),
            Self::ConfigFile(error) => error.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoOrganization => {
                "pass --organization, or set DAGSTER_CLOUD_ORGANIZATION or DAGSTER_CLOUD_URL"
            }
            Self::NoToken => {
                "set DAGSTER_CLOUD_API_TOKEN from a secret of your CI (pull requests from forks usually get none)"
            }
            Self::NoTokenInFork { .. } => {
                "CI keeps its secrets from forks: `deploy`, `close` and `notify` let such builds pass with --on-missing-token skip"
            }
            Self::NoDeployment => "pass --deployment, or set DAGSTER_CLOUD_DEPLOYMENT",
            Self::Empty { .. } => {
                "the step or secret that was to fill it probably failed or is not set; look there"
            }
            Self::NotSeconds { .. } => "for example 300",
            Self::TwoOrganizations { .. } => {
                "leave out one of the two; DAGSTER_CLOUD_URL and DAGSTER_CLOUD_ORGANIZATION may be set in the CI"
            }
            Self::TwoDeployments { .. } => "say which with --deployment",
            Self::Endpoint(error) => return error.hint(),
            Self::ConfigFile(error) => return error.hint(),
        };
        Some(hint.to_owned())
    }
}
