//! Code locations: add or update, deploy, reconcile, delete, list, as document.

use serde::Serialize;
use serde_json::Value;

use super::{
    Call, DeploymentName, Refusal, Scope, Timestamp,
    call::operation,
    fragments::{GenericScalar, InvalidLocationError, PythonError, UnauthorizedError},
    schema,
};

/// Adds or updates the code location that `document` describes.
pub fn add_or_update(deployment: &DeploymentName, document: Value) -> Call<WorkspaceEntry> {
    Call::new::<AddOrUpdateLocation>(
        "add or update the code location",
        Scope::Deployment(deployment.clone()),
        DocumentVariables { document: GenericScalar(document) },
        |data| match data.add_or_update_location_from_document {
            AddOrUpdateResult::WorkspaceEntry(entry) => Ok(entry),
            AddOrUpdateResult::PythonError(error) => Err(error.into()),
            AddOrUpdateResult::UnauthorizedError(error) => Err(error.into()),
            AddOrUpdateResult::InvalidLocationError(error) => Err(error.into()),
            AddOrUpdateResult::Unknown(kind) => Err(Refusal::Unknown(kind)),
        },
    )
}

/// Adds or updates all code locations in `documents`, and leaves the others as they are.
pub fn deploy(deployment: &DeploymentName, documents: Vec<Value>) -> Call<Vec<WorkspaceEntry>> {
    let document = serde_json::json!({ "locations": documents });
    Call::new::<DeployLocations>(
        "deploy the code locations",
        Scope::Deployment(deployment.clone()),
        DocumentVariables { document: GenericScalar(document) },
        |data| match data.deploy_locations {
            DeployResult::DeployLocationsSuccess(success) => {
                Ok(success.locations.into_iter().flatten().collect())
            }
            DeployResult::PythonError(error) => Err(error.into()),
            DeployResult::UnauthorizedError(error) => Err(error.into()),
            DeployResult::InvalidLocationError(error) => Err(error.into()),
            DeployResult::Unknown(kind) => Err(Refusal::Unknown(kind)),
        },
    )
}

/// Makes the deployment's code locations those of `document`: others are removed.
pub fn reconcile(deployment: &DeploymentName, document: Value) -> Call<Vec<WorkspaceEntry>> {
    Call::new::<ReconcileLocations>(
        "synchronize the code locations",
        Scope::Deployment(deployment.clone()),
        DocumentVariables { document: GenericScalar(document) },
        |data| match data.reconcile_locations_from_document {
            ReconcileResult::ReconcileLocationsSuccess(success) => {
                Ok(success.locations.into_iter().flatten().collect())
            }
            ReconcileResult::PythonError(error) => Err(error.into()),
            ReconcileResult::UnauthorizedError(error) => Err(error.into()),
            ReconcileResult::InvalidLocationError(error) => Err(error.into()),
            ReconcileResult::Unknown(kind) => Err(Refusal::Unknown(kind)),
        },
    )
}

/// Deletes a code location. Answers with its name.
pub fn delete(deployment: &DeploymentName, location: &str) -> Call<String> {
    Call::new::<DeleteLocation>(
        "delete the code location",
        Scope::Deployment(deployment.clone()),
        DeleteVariables { location_name: location.to_owned() },
        |data| match data.delete_location {
            DeleteResult::DeleteLocationSuccess(success) => Ok(success.location_name),
            DeleteResult::PythonError(error) => Err(error.into()),
            DeleteResult::UnauthorizedError(error) => Err(error.into()),
            DeleteResult::Unknown(kind) => Err(Refusal::Unknown(kind)),
        },
    )
}

/// The deployment's code locations with what they were deployed from.
pub fn list(deployment: &DeploymentName) -> Call<Vec<ListedLocation>> {
    Call::new::<ListLocations>(
        "list the code locations",
        Scope::Deployment(deployment.clone()),
        (),
        |data| match data.workspace {
            Some(workspace) => Ok(workspace.workspace_entries),
            None => Err(Refusal::Unauthorized("the deployment shows no workspace".to_owned())),
        },
    )
}

/// The deployment's code locations as a document that [`reconcile`] takes; null if there are none.
pub fn as_document(deployment: &DeploymentName) -> Call<Value> {
    Call::new::<AsDocument>(
        "fetch the code locations",
        Scope::Deployment(deployment.clone()),
        (),
        |data| {
            let document = data.locations_as_document.and_then(|answer| answer.document);
            Ok(document.map_or(Value::Null, |GenericScalar(value)| value))
        },
    )
}

/// The state of a code location as the control plane keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, cynic::QueryFragment)]
pub struct WorkspaceEntry {
    /// Its name.
    pub location_name: String,
    /// When it was last put: the version of what is wanted.
    pub metadata_timestamp: Option<Timestamp>,
    /// When an agent last reported on it.
    pub data_updated_timestamp: Option<Timestamp>,
    /// Whether the last report is on an older version than the one wanted.
    pub has_outdated_data: bool,
    /// Whether the last report was a load error.
    pub has_load_error: bool,
}

/// A code location with what it was deployed from.
#[derive(Debug, Clone, PartialEq, Serialize, cynic::QueryFragment)]
#[cynic(graphql_type = "WorkspaceEntry")]
pub struct ListedLocation {
    /// Its name.
    pub location_name: String,
    /// JSON text in Dagster's own serialization, for [`ListedLocation::source`].
    pub serialized_deployment_metadata: String,
}

/// Where the code of a location comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(default)]
pub struct CodeSource {
    /// A Python file.
    pub python_file: Option<String>,
    /// A Python package.
    pub package_name: Option<String>,
    /// A Python module.
    pub module_name: Option<String>,
    /// An image reference.
    pub image: Option<String>,
}

impl ListedLocation {
    /// What the metadata says of the code, as far as it can be read.
    pub fn source(&self) -> CodeSource {
        serde_json::from_str(&self.serialized_deployment_metadata).unwrap_or_default()
    }
}

#[derive(Debug, cynic::QueryVariables)]
struct DocumentVariables {
    document: GenericScalar,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudMutation", variables = "DocumentVariables")]
struct AddOrUpdateLocation {
    #[arguments(document: $document)]
    add_or_update_location_from_document: AddOrUpdateResult,
}

operation!(mutation AddOrUpdateLocation(DocumentVariables));

#[derive(Debug, cynic::InlineFragments)]
#[cynic(graphql_type = "AddOrUpdateLocationFromDocumentMutationResult", exhaustive)]
enum AddOrUpdateResult {
    WorkspaceEntry(WorkspaceEntry),
    PythonError(PythonError),
    UnauthorizedError(UnauthorizedError),
    InvalidLocationError(InvalidLocationError),
    #[cynic(fallback)]
    Unknown(String),
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudMutation", variables = "DocumentVariables")]
struct DeployLocations {
    #[arguments(document: $document)]
    deploy_locations: DeployResult,
}

operation!(mutation DeployLocations(DocumentVariables));

#[derive(Debug, cynic::InlineFragments)]
#[cynic(graphql_type = "DeployLocationsMutationResult", exhaustive)]
enum DeployResult {
    DeployLocationsSuccess(DeployLocationsSuccess),
    PythonError(PythonError),
    UnauthorizedError(UnauthorizedError),
    InvalidLocationError(InvalidLocationError),
    #[cynic(fallback)]
    Unknown(String),
}

#[derive(Debug, cynic::QueryFragment)]
struct DeployLocationsSuccess {
    locations: Vec<Option<WorkspaceEntry>>,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudMutation", variables = "DocumentVariables")]
struct ReconcileLocations {
    #[arguments(document: $document)]
    reconcile_locations_from_document: ReconcileResult,
}

operation!(mutation ReconcileLocations(DocumentVariables));

#[derive(Debug, cynic::InlineFragments)]
#[cynic(graphql_type = "ReconcileLocationsFromDocumentMutationResult", exhaustive)]
enum ReconcileResult {
    ReconcileLocationsSuccess(ReconcileLocationsSuccess),
    PythonError(PythonError),
    UnauthorizedError(UnauthorizedError),
    InvalidLocationError(InvalidLocationError),
    #[cynic(fallback)]
    Unknown(String),
}

#[derive(Debug, cynic::QueryFragment)]
struct ReconcileLocationsSuccess {
    locations: Vec<Option<WorkspaceEntry>>,
}

#[derive(Debug, cynic::QueryVariables)]
struct DeleteVariables {
    location_name: String,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudMutation", variables = "DeleteVariables")]
struct DeleteLocation {
    #[arguments(locationName: $location_name)]
    delete_location: DeleteResult,
}

operation!(mutation DeleteLocation(DeleteVariables));

#[derive(Debug, cynic::InlineFragments)]
#[cynic(graphql_type = "DeleteLocationMutationResult", exhaustive)]
enum DeleteResult {
    DeleteLocationSuccess(DeleteLocationSuccess),
    PythonError(PythonError),
    UnauthorizedError(UnauthorizedError),
    #[cynic(fallback)]
    Unknown(String),
}

#[derive(Debug, cynic::QueryFragment)]
struct DeleteLocationSuccess {
    location_name: String,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery")]
struct ListLocations {
    workspace: Option<ListedWorkspace>,
}

operation!(query ListLocations(()));

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "WorkspaceQuery")]
struct ListedWorkspace {
    workspace_entries: Vec<ListedLocation>,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery")]
struct AsDocument {
    locations_as_document: Option<LocationsAsDocument>,
}

operation!(query AsDocument(()));

#[derive(Debug, cynic::QueryFragment)]
struct LocationsAsDocument {
    document: Option<GenericScalar>,
}
