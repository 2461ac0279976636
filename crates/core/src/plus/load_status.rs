//! How far the code locations of a deployment have loaded.

use super::{
    Call, DeploymentName, PythonError, Refusal, Scope, call::operation, locations::WorkspaceEntry,
    schema,
};

/// The versions that are wanted and loaded: small enough to ask for again and again.
pub fn entries(deployment: &DeploymentName) -> Call<Vec<WorkspaceEntry>> {
    Call::new::<WorkspaceEntries>(
        "look at the code locations",
        Scope::Deployment(deployment.clone()),
        (),
        |data| match data.workspace {
            Some(workspace) => Ok(workspace.workspace_entries),
            None => Err(Refusal::Unauthorized("the deployment shows no workspace".to_owned())),
        },
    )
}

/// What the deployment serves for each code location, with the load errors in full.
pub fn loaded(deployment: &DeploymentName) -> Call<Vec<ServedLocation>> {
    Call::new::<LoadedLocations>(
        "look at what the code locations have loaded",
        Scope::Deployment(deployment.clone()),
        (),
        |data| match data.workspace_or_error {
            WorkspaceOrError::Workspace(workspace) => {
                Ok(workspace.location_entries.into_iter().map(ServedLocation::from).collect())
            }
            WorkspaceOrError::PythonError(error) => Err(error.into()),
            WorkspaceOrError::Unknown(kind) => Err(Refusal::Unknown(kind)),
        },
    )
}

/// A code location as the deployment serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedLocation {
    /// Its name.
    pub name: String,
    /// What it serves.
    pub state: ServedState,
}

/// What a deployment serves for a code location. It may still be the version before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServedState {
    /// Nothing yet, or a new version is on its way.
    Loading,
    /// Definitions.
    Loaded,
    /// A load error.
    Failed(Box<PythonError>),
}

impl From<LocationEntry> for ServedLocation {
    fn from(entry: LocationEntry) -> Self {
        let state = match (entry.load_status, entry.location_or_load_error) {
            (LoadStatus::Loaded, Some(LocationOrLoadError::PythonError(error))) => {
                ServedState::Failed(Box::new(error))
            }
            (LoadStatus::Loaded, Some(LocationOrLoadError::RepositoryLocation(_))) => {
                ServedState::Loaded
            }
            _ => ServedState::Loading,
        };
        Self { name: entry.name, state }
    }
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery")]
struct WorkspaceEntries {
    workspace: Option<Entries>,
}

operation!(query WorkspaceEntries(()));

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "WorkspaceQuery")]
struct Entries {
    workspace_entries: Vec<WorkspaceEntry>,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery")]
struct LoadedLocations {
    workspace_or_error: WorkspaceOrError,
}

operation!(query LoadedLocations(()));

#[derive(Debug, cynic::InlineFragments)]
#[cynic(exhaustive)]
enum WorkspaceOrError {
    Workspace(Workspace),
    PythonError(PythonError),
    #[cynic(fallback)]
    Unknown(String),
}

#[derive(Debug, cynic::QueryFragment)]
struct Workspace {
    location_entries: Vec<LocationEntry>,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "WorkspaceLocationEntry")]
struct LocationEntry {
    name: String,
    load_status: LoadStatus,
    location_or_load_error: Option<LocationOrLoadError>,
}

#[derive(Debug, cynic::Enum)]
#[cynic(graphql_type = "RepositoryLocationLoadStatus")]
enum LoadStatus {
    Loading,
    Loaded,
    #[cynic(fallback)]
    Other,
}

#[derive(Debug, cynic::InlineFragments)]
#[cynic(graphql_type = "RepositoryLocationOrLoadError", exhaustive)]
enum LocationOrLoadError {
    RepositoryLocation(
        #[expect(
            dead_code,
            reason = "a union member needs a selection, and this one has nothing to tell"
        )]
        RepositoryLocation,
    ),
    PythonError(PythonError),
    #[cynic(fallback)]
    Unknown,
}

#[derive(Debug, cynic::QueryFragment)]
struct RepositoryLocation {
    #[expect(dead_code, reason = "as above")]
    name: String,
}
