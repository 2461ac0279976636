//! How far one code location has loaded.

use serde::Serialize;

use super::{Error, LocationStatus};
use crate::{
    plus::{
        Client, Connection, DeploymentName, PythonError,
        load_status::{self, ServedLocation, ServedState},
        locations::WorkspaceEntry,
    },
    ports::Host,
};

/// A code location with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocationState {
    /// Its name.
    pub name: String,
    /// How far what was put last has loaded.
    #[serde(flatten)]
    pub state: LoadState,
    /// The page that shows it.
    pub url: String,
}

/// How far what was put last has loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum LoadState {
    /// The deployment still serves the version before, or nothing.
    Outdated,
    /// An agent is loading it.
    Loading,
    /// It has loaded.
    Loaded,
    /// It failed to load.
    Failed {
        /// The first line of the error.
        headline: Option<String>,
        /// The error as Python prints it.
        traceback: Option<String>,
    },
}

impl LoadState {
    /// The state in one word, as it is serialized.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Outdated => "outdated",
            Self::Loading => "loading",
            Self::Loaded => "loaded",
            Self::Failed { .. } => "failed",
        }
    }

    fn failed(error: Option<&PythonError>) -> Self {
        Self::Failed {
            headline: error.map(|error| error.headline().to_owned()),
            traceback: error.map(PythonError::traceback),
        }
    }
}

/// The state of one code location.
///
/// # Errors
/// If the deployment has none of that name, or if Dagster+ refuses.
pub async fn location_state<H: Host>(
    host: &H,
    connection: &Connection,
    deployment: &DeploymentName,
    name: &str,
) -> Result<LocationState, Error> {
    let client = Client::new(host, connection);
    let states = location_states(&client, deployment).await?;
    let Some(found) = states.into_iter().find(|location| location.name == name) else {
        return Err(Error::NoLocation { name: name.to_owned(), deployment: deployment.clone() });
    };
    Ok(LocationState {
        name: found.name,
        state: found.state,
        url: connection.endpoint.locations_page(deployment),
    })
}

/// The state of every code location.
pub(super) async fn location_states<H: Host>(
    client: &Client<'_, H>,
    deployment: &DeploymentName,
) -> Result<Vec<LocationStatus>, Error> {
    let entries = client.send(&load_status::entries(deployment)).await?;
    let served = match entries.iter().all(|entry| entry.has_outdated_data) {
        true => Vec::new(),
        false => client.send(&load_status::loaded(deployment)).await?,
    };
    let state = |entry: &WorkspaceEntry| {
        if entry.has_outdated_data {
            return LoadState::Outdated;
        }
        match served.iter().find(|location| location.name == entry.location_name) {
            Some(ServedLocation { state: ServedState::Failed(error), .. }) => {
                LoadState::failed(Some(error))
            }
            _ if entry.has_load_error => LoadState::failed(None),
            Some(ServedLocation { state: ServedState::Loaded, .. }) => LoadState::Loaded,
            Some(_) | None => LoadState::Loading,
        }
    };
    let status =
        |entry: WorkspaceEntry| LocationStatus { state: state(&entry), name: entry.location_name };
    Ok(entries.into_iter().map(status).collect())
}
