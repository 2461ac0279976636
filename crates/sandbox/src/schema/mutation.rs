//! The mutations.

use async_graphql::{Context, Object, Result};

use super::account::{
    CliEventType, CreateAgentTokenResult, DagsterCloudAgentToken, DeploymentSettings,
    DeploymentSettingsInput,
};
use super::deployment::{
    CreateDeploymentResult, DagsterCloudDeployment, DeleteDeploymentResult,
    SetDeploymentSettingsResult, SnapshotBaseDeploymentCondition,
};
use super::location::{
    AddOrUpdateLocationFromDocumentMutationResult, DeleteLocationMutationResult,
    DeleteLocationSuccess, DeployLocationsMutationResult, DeployLocationsSuccess,
    ReconcileLocationsFromDocumentMutationResult, ReconcileLocationsSuccess, WorkspaceEntry,
};
use super::run::{ExecutionParams, LaunchRunResult, LaunchRunSuccess, Run};
use super::scope::change;
use super::{GenericScalar, Scope};
use crate::permission::Action;
use crate::refusal::Refusal;
use crate::state::git::{BranchMetadata, Commit};

pub(crate) struct Mutation;

#[Object(name = "CloudMutation")]
impl Mutation {
    async fn create_or_update_branch_deployment(
        &self,
        ctx: &Context<'_>,
        base_deployment_name: Option<String>,
        branch_data: BranchMetadata,
        commit: Commit,
        snapshot_base_condition: Option<SnapshotBaseDeploymentCondition>,
    ) -> Result<CreateDeploymentResult> {
        let _ = snapshot_base_condition;
        Scope::answer(ctx, |scope| {
            scope.permit(Action::ChangeBranchDeployment)?;
            let base = base_deployment_name.as_deref();
            scope
                .store
                .create_or_update_branch_deployment(scope.organization, base, branch_data, commit)
                .map(DagsterCloudDeployment::from)
        })
    }

    async fn delete_deployment(
        &self,
        ctx: &Context<'_>,
        deployment_id: i32,
    ) -> Result<DeleteDeploymentResult> {
        Scope::answer(ctx, |scope| {
            scope.permit(Action::ChangeBranchDeployment)?;
            if !scope.store.deployment(scope.organization, deployment_id)?.is_branch() {
                scope.permit(Action::Administer)?;
            }
            scope
                .store
                .delete_deployment(scope.organization, deployment_id)
                .map(DagsterCloudDeployment::deleted)
        })
    }

    async fn add_or_update_location_from_document(
        &self,
        ctx: &Context<'_>,
        document: GenericScalar,
    ) -> Result<AddOrUpdateLocationFromDocumentMutationResult> {
        Scope::answer(ctx, |scope| {
            let id = scope.current_to_change()?;
            let name = scope.store.put_location(scope.organization, id, document.0)?;
            let mut entries = entries(scope, id, &[name])?;
            entries.pop().flatten().ok_or_else(|| Refusal::Python("the location is gone".into()))
        })
    }

    async fn deploy_locations(
        &self,
        ctx: &Context<'_>,
        document: GenericScalar,
    ) -> Result<DeployLocationsMutationResult> {
        Scope::answer(ctx, |scope| {
            let id = scope.current_to_change()?;
            let names = scope.store.put_locations(scope.organization, id, document.0)?;
            Ok(DeployLocationsSuccess { locations: entries(scope, id, &names)? })
        })
    }

    async fn reconcile_locations_from_document(
        &self,
        ctx: &Context<'_>,
        document: GenericScalar,
    ) -> Result<ReconcileLocationsFromDocumentMutationResult> {
        Scope::answer(ctx, |scope| {
            let id = scope.current_to_change()?;
            let names = scope.store.reconcile_locations(scope.organization, id, document.0)?;
            Ok(ReconcileLocationsSuccess { locations: entries(scope, id, &names)? })
        })
    }

    async fn delete_location(
        &self,
        ctx: &Context<'_>,
        location_name: String,
    ) -> Result<DeleteLocationMutationResult> {
        Scope::answer(ctx, |scope| {
            let id = scope.current_to_change()?;
            scope.store.delete_location(scope.organization, id, &location_name)?;
            Ok(DeleteLocationSuccess { location_name })
        })
    }

    /// Replaces the settings as a whole (a guess).
    async fn set_deployment_settings(
        &self,
        ctx: &Context<'_>,
        deployment_id: Option<i32>,
        deployment_settings: DeploymentSettingsInput,
    ) -> Result<SetDeploymentSettingsResult> {
        Scope::answer(ctx, |scope| {
            scope.permit(Action::Administer)?;
            let id = deployment_id.map_or_else(|| scope.current().map(|d| d.id), Ok)?;
            let empty = || GenericScalar(serde_json::json!({}));
            let settings = deployment_settings.settings.unwrap_or_else(empty).0;
            scope.store.set_deployment_settings(scope.organization, id, settings.clone())?;
            Ok(DeploymentSettings { settings: Some(GenericScalar(settings)) })
        })
    }

    async fn launch_run(
        &self,
        ctx: &Context<'_>,
        execution_params: ExecutionParams,
    ) -> Result<LaunchRunResult> {
        Scope::answer(ctx, |scope| {
            let deployment = scope.current()?;
            scope.permit(change(&deployment))?;
            let launch = execution_params.into_launch(scope.idempotency_key.clone())?;
            let run = scope.store.launch_run(scope.organization, deployment.id, launch)?;
            Ok(LaunchRunSuccess { run: Run::new(&run, &scope.store) })
        })
    }

    async fn create_agent_token(
        &self,
        ctx: &Context<'_>,
        description: Option<String>,
    ) -> Result<CreateAgentTokenResult> {
        Scope::answer(ctx, |scope| {
            scope.permit(Action::Administer)?;
            let issued = scope.store.create_agent_token(scope.organization)?;
            Ok(DagsterCloudAgentToken::new(issued, description))
        })
    }

    /// Takes the usage event; [`crate::Inspect::requests`] shows it.
    async fn mark_cli_event(
        &self,
        duration_seconds: f64,
        event_type: CliEventType,
        message: Option<String>,
        success: Option<bool>,
        tags: Option<Vec<Option<String>>>,
    ) -> Option<&'static str> {
        let _ = (duration_seconds, event_type, message, success, tags);
        Some("ok")
    }
}

/// The entries of the locations that were just put.
fn entries(
    scope: &Scope,
    deployment: i32,
    names: &[String],
) -> std::result::Result<Vec<Option<WorkspaceEntry>>, Refusal> {
    let deployment = scope.store.deployment(scope.organization, deployment)?;
    let now = scope.store.now();
    let locations = names.iter().filter_map(|name| deployment.locations.get(name));
    Ok(locations.map(|location| Some(WorkspaceEntry::new(location, now))).collect())
}
