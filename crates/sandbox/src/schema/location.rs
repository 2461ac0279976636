//! Code locations: what was put, what is visible, and the results of putting.

use std::time::Duration;

use async_graphql::{Enum, ID, SimpleObject, Union};

use super::GenericScalar;
use super::errors::{InvalidLocationError, PythonError, UnauthorizedError, refusals};
use crate::state::deployment::Deployment;
use crate::state::document::{CODE_SOURCES, LocationDocument};
use crate::state::location::{Loaded, Location};
use crate::state::metadata;

/// A location as the agent sees it: what was put last, and whether that is what is loaded.
#[derive(SimpleObject)]
pub(crate) struct WorkspaceEntry {
    location_name: String,
    serialized_deployment_metadata: String,
    metadata_timestamp: Option<f64>,
    data_updated_timestamp: Option<f64>,
    has_outdated_data: bool,
    has_load_error: bool,
}

impl WorkspaceEntry {
    pub(crate) fn new(location: &Location, now: Duration) -> Self {
        let visible = location.visible(now);
        Self {
            location_name: location.document().name().to_owned(),
            serialized_deployment_metadata: metadata::serialized(location.document()),
            metadata_timestamp: Some(location.put_at().as_secs_f64()),
            data_updated_timestamp: visible.as_ref().map(|loaded| loaded.load.at.as_secs_f64()),
            has_outdated_data: location.is_outdated(now),
            has_load_error: visible.is_some_and(|loaded| loaded.load.error.is_some()),
        }
    }

    /// The entries of a deployment's locations whose agent queue is wanted; null is the default queue.
    pub(crate) fn all(
        deployment: &Deployment,
        queues: Option<&[Option<String>]>,
        now: Duration,
    ) -> Vec<Self> {
        let wanted = |document: &LocationDocument| {
            queues.is_none_or(|queues| {
                queues.iter().any(|queue| queue.as_deref() == document.text("agent_queue"))
            })
        };
        let locations = deployment.locations.values();
        locations.filter(|l| wanted(l.document())).map(|l| Self::new(l, now)).collect()
    }
}

/// The locations of the deployment that the request is about.
#[derive(SimpleObject)]
pub(crate) struct WorkspaceQuery {
    pub(crate) workspace_entries: Vec<WorkspaceEntry>,
}

/// The locations as the web page sees them.
#[derive(SimpleObject)]
pub(crate) struct Workspace {
    id: String,
    location_entries: Vec<WorkspaceLocationEntry>,
}

impl Workspace {
    pub(crate) fn new(deployment: &Deployment, now: Duration) -> Self {
        let entries = deployment.locations.values();
        Self {
            id: format!("Workspace:{}", deployment.name),
            location_entries: entries.map(|l| WorkspaceLocationEntry::new(l, now)).collect(),
        }
    }
}

/// A location as the web page sees it. During an update it shows the version before, as LOADED.
#[derive(SimpleObject)]
pub(crate) struct WorkspaceLocationEntry {
    id: ID,
    name: String,
    location_or_load_error: Option<RepositoryLocationOrLoadError>,
    load_status: RepositoryLocationLoadStatus,
    display_metadata: Vec<RepositoryMetadata>,
    updated_timestamp: f64,
    /// Names the visible version; empty while there is none (a guess).
    version_key: String,
}

impl WorkspaceLocationEntry {
    pub(crate) fn new(location: &Location, now: Duration) -> Self {
        let name = location.document().name();
        let visible = location.visible(now);
        let visible = visible.as_ref();
        Self {
            id: ID::from(name),
            name: name.to_owned(),
            location_or_load_error: visible.map(|loaded| match &loaded.load.error {
                Some(message) => PythonError::load(name, message).into(),
                None => RepositoryLocation { id: ID::from(name), name: name.to_owned() }.into(),
            }),
            load_status: match visible {
                Some(_) => RepositoryLocationLoadStatus::Loaded,
                None => RepositoryLocationLoadStatus::Loading,
            },
            display_metadata: visible.map(RepositoryMetadata::all).unwrap_or_default(),
            updated_timestamp: visible.map_or(location.put_at(), |l| l.load.at).as_secs_f64(),
            version_key: visible.map(|l| l.put_at.as_micros().to_string()).unwrap_or_default(),
        }
    }
}

/// Whether a location has a visible version.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum RepositoryLocationLoadStatus {
    Loading,
    Loaded,
}

/// The light form of [`Workspace`].
#[derive(SimpleObject)]
pub(crate) struct WorkspaceLocationStatusEntries {
    entries: Vec<WorkspaceLocationStatusEntry>,
}

impl WorkspaceLocationStatusEntries {
    pub(crate) fn new(deployment: &Deployment, now: Duration) -> Self {
        let entry = |location| {
            let entry = WorkspaceLocationEntry::new(location, now);
            WorkspaceLocationStatusEntry {
                id: entry.id,
                name: entry.name,
                load_status: entry.load_status,
                update_timestamp: entry.updated_timestamp,
                version_key: entry.version_key,
            }
        };
        Self { entries: deployment.locations.values().map(entry).collect() }
    }
}

/// The light form of [`WorkspaceLocationEntry`].
#[derive(SimpleObject)]
pub(crate) struct WorkspaceLocationStatusEntry {
    id: ID,
    name: String,
    load_status: RepositoryLocationLoadStatus,
    update_timestamp: f64,
    version_key: String,
}

/// A location that is loaded.
#[derive(SimpleObject)]
pub(crate) struct RepositoryLocation {
    id: ID,
    name: String,
}

/// A fact to show beside a location.
#[derive(SimpleObject)]
pub(crate) struct RepositoryMetadata {
    key: String,
    value: String,
}

impl RepositoryMetadata {
    fn all(loaded: &Loaded) -> Vec<Self> {
        let document = &loaded.document;
        let text = |key: &'static str| document.text(key).map(|value| (key, value));
        let source = CODE_SOURCES
            .into_iter()
            .find_map(|kind| document.code_source(kind).map(|value| (kind, value)));
        [text("image"), source, text("working_directory")]
            .into_iter()
            .flatten()
            .map(|(key, value)| Self { key: key.to_owned(), value: value.to_owned() })
            .collect()
    }
}

/// The documents of all locations.
#[derive(SimpleObject)]
pub(crate) struct LocationsAsDocument {
    document: Option<GenericScalar>,
}

impl LocationsAsDocument {
    pub(crate) fn new(deployment: &Deployment) -> Self {
        let documents: Vec<_> =
            deployment.locations.values().map(|l| l.document().to_value()).collect();
        Self { document: Some(GenericScalar(serde_json::json!({"locations": documents}))) }
    }
}

#[derive(SimpleObject)]
pub(crate) struct DeployLocationsSuccess {
    pub(crate) locations: Vec<Option<WorkspaceEntry>>,
}

#[derive(SimpleObject)]
pub(crate) struct ReconcileLocationsSuccess {
    pub(crate) locations: Vec<Option<WorkspaceEntry>>,
}

#[derive(SimpleObject)]
pub(crate) struct DeleteLocationSuccess {
    pub(crate) location_name: String,
}

#[derive(Union)]
pub(crate) enum RepositoryLocationOrLoadError {
    Location(RepositoryLocation),
    Python(PythonError),
}

#[derive(Union)]
pub(crate) enum WorkspaceOrError {
    Workspace(Workspace),
    Python(PythonError),
}
refusals!(WorkspaceOrError:);

#[derive(Union)]
pub(crate) enum WorkspaceLocationEntryOrError {
    Entry(WorkspaceLocationEntry),
    Python(PythonError),
}
refusals!(WorkspaceLocationEntryOrError:);

#[derive(Union)]
pub(crate) enum WorkspaceLocationStatusEntriesOrError {
    Entries(WorkspaceLocationStatusEntries),
    Python(PythonError),
}
refusals!(WorkspaceLocationStatusEntriesOrError:);

#[derive(Union)]
pub(crate) enum AddOrUpdateLocationFromDocumentMutationResult {
    Entry(WorkspaceEntry),
    Python(PythonError),
    Unauthorized(UnauthorizedError),
    InvalidLocation(InvalidLocationError),
}
refusals!(AddOrUpdateLocationFromDocumentMutationResult: Unauthorized, InvalidLocation);

#[derive(Union)]
pub(crate) enum DeployLocationsMutationResult {
    Success(DeployLocationsSuccess),
    Python(PythonError),
    Unauthorized(UnauthorizedError),
    InvalidLocation(InvalidLocationError),
}
refusals!(DeployLocationsMutationResult: Unauthorized, InvalidLocation);

#[derive(Union)]
pub(crate) enum ReconcileLocationsFromDocumentMutationResult {
    Success(ReconcileLocationsSuccess),
    Python(PythonError),
    Unauthorized(UnauthorizedError),
    InvalidLocation(InvalidLocationError),
}
refusals!(ReconcileLocationsFromDocumentMutationResult: Unauthorized, InvalidLocation);

#[derive(Union)]
pub(crate) enum DeleteLocationMutationResult {
    Success(DeleteLocationSuccess),
    Python(PythonError),
    Unauthorized(UnauthorizedError),
}
refusals!(DeleteLocationMutationResult: Unauthorized);
