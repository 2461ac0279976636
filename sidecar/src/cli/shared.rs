//! Flags that several commands take.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::{Args, ValueEnum};
use offshoot_core::{
    ops,
    plus::{Connection, DeploymentName},
    secret::Secret,
    settings::{Resolver, Settings, WaitSettings},
};

use crate::{app::App, failure::Failure};

/// A token file is a line; whatever is longer is another file.
const MAX_TOKEN: u64 = 64 * 1024;

/// Where Dagster+ is, and as whom.
#[derive(Debug, Args)]
#[command(next_help_heading = "Dagster+")]
pub struct Connect {
    /// Organization, the `acme` of acme.dagster.cloud [env: DAGSTER_CLOUD_ORGANIZATION]
    #[arg(long, short)]
    organization: Option<String>,
    /// API token; better given in the environment [env: DAGSTER_CLOUD_API_TOKEN]
    #[arg(long, short = 'u', visible_alias = "user-token", value_name = "TOKEN")]
    api_token: Option<String>,
    /// File that holds the API token, `-` for standard input [env: DAGSTER_CLOUD_API_TOKEN_FILE]
    #[arg(long, value_name = "FILE", conflicts_with = "api_token")]
    api_token_file: Option<PathBuf>,
    /// URL of the organization, for another host than dagster.cloud [env: DAGSTER_CLOUD_URL]
    #[arg(long)]
    url: Option<String>,
    /// Region, for example `eu` [env: DAGSTER_CLOUD_ENV]
    #[arg(long, value_name = "REGION", visible_alias = "region")]
    dagster_env: Option<String>,
    /// Seconds that retries may take in all [default: 300] [env: OFFSHOOT_RETRY_BUDGET]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds::<u64>)]
    retry_budget: Option<u64>,
}

impl Connect {
    /// The connection for a command that concerns the organization.
    pub fn organization(self, app: &App) -> Result<Connection, Failure> {
        let settings = self.settings(app, None)?;
        Ok(resolver(&settings, app).organization()?)
    }

    /// The connection for a command that concerns the deployment of that name.
    pub fn deployment(
        self,
        app: &App,
        name: Option<String>,
    ) -> Result<(Connection, DeploymentName), Failure> {
        let settings = self.settings(app, name)?;
        Ok(resolver(&settings, app).deployment()?)
    }

    /// The connection for a command whose deployment follows from the build, and the full deployment that is set for
    /// builds of the default branch. If it is to be skipped, that has been said.
    pub fn build(
        self,
        app: &App,
        on_missing_token: OnMissingToken,
    ) -> Result<ops::SettledOrSkipped, Failure> {
        let settings = self.settings(app, None)?;
        Ok(ops::settle_or_skip(&app.host, &settings, &app.env, on_missing_token.into())?)
    }

    /// What the settings lead to, for a command that goes on without a connection.
    pub fn settled(self, app: &App) -> Result<ops::Settled, Failure> {
        let settings = self.settings(app, None)?;
        Ok(ops::settle(&app.host, &settings, &app.env))
    }

    fn settings(self, app: &App, deployment: Option<String>) -> Result<Settings, Failure> {
        let from_file = match self.api_token_file {
            Some(path) => Some(read_token(&path)?),
            None if self.api_token.is_none()
                && app.env.get("DAGSTER_CLOUD_API_TOKEN").is_none() =>
            {
                app.env
                    .get("DAGSTER_CLOUD_API_TOKEN_FILE")
                    .map(|path| read_token(Path::new(path)))
                    .transpose()?
            }
            None => None,
        };
        Ok(Settings {
            organization: self.organization,
            api_token: self.api_token.map(Secret::new).or(from_file),
            url: self.url,
            deployment,
            dagster_env: self.dagster_env,
            retry_budget: self.retry_budget,
        })
    }
}

/// What to do without an API token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnMissingToken {
    /// Say why, and end with exit code 0
    Skip,
    /// Say why, and fail
    Fail,
}

impl From<OnMissingToken> for ops::OnMissingToken {
    fn from(action: OnMissingToken) -> Self {
        match action {
            OnMissingToken::Skip => Self::Skip,
            OnMissingToken::Fail => Self::Fail,
        }
    }
}

/// The deployment that a command concerns.
#[derive(Debug, Args)]
pub struct Deployment {
    /// Deployment [env: DAGSTER_CLOUD_DEPLOYMENT]
    #[arg(long, short, value_name = "NAME")]
    pub deployment: Option<String>,
}

/// How long to wait.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Waiting")]
pub struct Waiting {
    /// Seconds for code locations to load; 0: do not wait [default: 3600] [env: DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds::<u64>)]
    location_load_timeout: Option<u64>,
    /// Seconds for an agent's heartbeat [default: 60] [env: DAGSTER_CLOUD_AGENT_HEARTBEAT_TIMEOUT]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds::<u64>)]
    agent_heartbeat_timeout: Option<u64>,
    /// Both at once
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds::<u64>)]
    agent_timeout: Option<u64>,
}

impl Waiting {
    /// The limits, with the environment and the configuration files.
    pub fn limits(self, app: &App) -> Result<offshoot_core::ops::WaitLimits, Failure> {
        let said = WaitSettings {
            location_load_timeout: self.location_load_timeout,
            agent_heartbeat_timeout: self.agent_heartbeat_timeout,
            agent_timeout: self.agent_timeout,
        };
        Ok(resolver(&Settings::default(), app).wait_limits(&said)?)
    }
}

/// How the result is printed.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Print the result, or the error, as JSON
    #[arg(long)]
    pub json: bool,
}

/// As [`Output`], for commands that change something.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputOrPlan {
    /// Print the result, or the error, as JSON
    #[arg(long)]
    pub json: bool,
    /// Print the calls that would change something, and send none of them
    #[arg(long)]
    pub dry_run: bool,
}

/// A number of seconds, whole or not as its type wants it.
pub fn seconds<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse().map_err(|_| "it is no number of seconds")
}

/// How many of something.
pub fn count<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse().map_err(|_| "it is no number that fits here")
}

fn resolver<'a>(
    settings: &'a Settings,
    app: &'a App,
) -> Resolver<'a, offshoot_native::files::OsFiles> {
    use offshoot_core::ports::Host;
    Resolver::new(settings, &app.env, app.host.files())
}

/// The token in a file, or in standard input if its name is `-`.
pub fn read_token(path: &Path) -> Result<Secret, Failure> {
    read_text("the token", path, MAX_TOKEN).map(Secret::new)
}

/// `what` in a file, or in standard input if its name is `-`: less than `max` bytes.
pub fn read_text(what: &str, path: &Path, max: u64) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        io::stdin().lock().take(max).read_to_string(&mut text)
    } else {
        fs::File::open(path).and_then(|file| file.take(max).read_to_string(&mut text))
    };
    let read = read.and_then(|length| match length as u64 == max {
        // A part of it would be taken for the whole.
        true => Err(io::Error::other("it is too large")),
        false => Ok(text),
    });
    read.map_err(|error| Failure::io(&format!("read {what} from `{}`", path.display()), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_may_have_been_cut_off_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "12345678").unwrap();
        assert_eq!(read_text("it", file.path(), 9).unwrap(), "12345678");
        for max in [1, 7, 8] {
            let failure = format!("{:?}", read_text("it", file.path(), max).unwrap_err());
            assert!(failure.contains("it is too large"), "{failure}");
        }
    }
}
