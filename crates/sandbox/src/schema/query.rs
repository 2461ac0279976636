//! The queries.

use async_graphql::{Context, ID, Object, Result};

use super::GenericScalar;
use super::Scope;
use super::account::{
    DagsterCloudIdentity, DagsterCloudOrganization, DeploymentSettings, OrganizationSettings,
    Serverless,
};
use super::agent::Agent;
use super::deployment::{BranchDeploymentsConnection, DagsterCloudDeployment, DeploymentOrError};
use super::location::{
    LocationsAsDocument, Workspace, WorkspaceEntry, WorkspaceLocationEntry,
    WorkspaceLocationEntryOrError, WorkspaceLocationStatusEntries,
    WorkspaceLocationStatusEntriesOrError, WorkspaceOrError, WorkspaceQuery,
};
use super::run::{Run, RunOrError};
use crate::refusal::Refusal;
use crate::state::deployment::{Deployment, branch_deployment_name};
use crate::state::git::PullRequestStatus;

pub(crate) struct Query;

#[Object(name = "CloudQuery")]
impl Query {
    /// The version of the sandbox.
    async fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    async fn identity(&self, ctx: &Context<'_>) -> Result<DagsterCloudIdentity> {
        Ok(DagsterCloudIdentity::of(Scope::of(ctx)?.permission))
    }

    async fn organization(&self, ctx: &Context<'_>) -> Result<DagsterCloudOrganization> {
        Ok(Scope::of(ctx)?.organization()?.into())
    }

    async fn current_deployment(&self, ctx: &Context<'_>) -> Result<DagsterCloudDeployment> {
        Ok(Scope::of(ctx)?.current()?.into())
    }

    /// Full and branch deployments (a guess).
    async fn deployments(&self, ctx: &Context<'_>) -> Result<Vec<DagsterCloudDeployment>> {
        let scope = Scope::of(ctx)?;
        let deployments = scope.store.deployments(scope.organization, |_| true);
        Ok(deployments.into_iter().map(Into::into).collect())
    }

    async fn deployment_by_name(
        &self,
        ctx: &Context<'_>,
        name: String,
    ) -> Result<DeploymentOrError> {
        Scope::answer(ctx, |scope| {
            let mut found = scope.store.deployments(scope.organization, |d| d.name == name);
            found.pop().map(DagsterCloudDeployment::from).ok_or_else(|| {
                Refusal::DeploymentNotFound(format!("deployment `{name}` could not be found"))
            })
        })
    }

    async fn full_deployments(&self, ctx: &Context<'_>) -> Result<Vec<DagsterCloudDeployment>> {
        let scope = Scope::of(ctx)?;
        let deployments = scope.store.deployments(scope.organization, |d| !d.is_branch());
        Ok(deployments.into_iter().map(Into::into).collect())
    }

    /// The newest first.
    async fn branch_deployments(
        &self,
        ctx: &Context<'_>,
        limit: i32,
        pull_request_status: Option<PullRequestStatus>,
    ) -> Result<BranchDeploymentsConnection> {
        let scope = Scope::of(ctx)?;
        let wanted = |deployment: &Deployment| match &deployment.branch {
            None => false,
            Some(branch) => {
                let status = branch.metadata.pull_request_status;
                pull_request_status.is_none() || status == pull_request_status
            }
        };
        let deployments = scope.store.deployments(scope.organization, wanted);
        let limit = usize::try_from(limit).unwrap_or(0);
        Ok(BranchDeploymentsConnection {
            nodes: deployments.into_iter().rev().take(limit).map(Into::into).collect(),
        })
    }

    /// The name that the branch deployment has or would have.
    async fn get_branch_deployment_name(&self, repo_name: String, branch_name: String) -> String {
        branch_deployment_name(&repo_name, &branch_name)
    }

    async fn deployment_settings(&self, ctx: &Context<'_>) -> Result<Option<DeploymentSettings>> {
        let settings = Scope::of(ctx)?.current()?.settings.clone();
        Ok(Some(DeploymentSettings { settings: Some(GenericScalar(settings)) }))
    }

    async fn organization_settings(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<OrganizationSettings>> {
        let settings = Scope::of(ctx)?.organization()?.settings;
        Ok(Some(OrganizationSettings { settings: Some(GenericScalar(settings)) }))
    }

    async fn locations_as_document(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<LocationsAsDocument>> {
        Ok(Some(LocationsAsDocument::new(&*Scope::of(ctx)?.current()?)))
    }

    async fn agents(&self, ctx: &Context<'_>) -> Result<Vec<Agent>> {
        let scope = Scope::of(ctx)?;
        Ok(Agent::all(&scope.store, &*scope.current()?))
    }

    async fn workspace(&self, ctx: &Context<'_>) -> Result<Option<WorkspaceQuery>> {
        let scope = Scope::of(ctx)?;
        let entries = WorkspaceEntry::all(&*scope.current()?, None, scope.store.now());
        Ok(Some(WorkspaceQuery { workspace_entries: entries }))
    }

    async fn workspace_or_error(&self, ctx: &Context<'_>) -> Result<WorkspaceOrError> {
        Scope::answer(ctx, |scope| Ok(Workspace::new(&*scope.current()?, scope.store.now())))
    }

    async fn workspace_location_entry_or_error(
        &self,
        ctx: &Context<'_>,
        name: String,
    ) -> Result<Option<WorkspaceLocationEntryOrError>> {
        Scope::answer(ctx, |scope| {
            let deployment = scope.current()?;
            let location = deployment.locations.get(&name).ok_or_else(|| {
                Refusal::Python(format!("the code location `{name}` does not exist"))
            })?;
            Ok(WorkspaceLocationEntry::new(location, scope.store.now()))
        })
        .map(Some)
    }

    async fn location_statuses_or_error(
        &self,
        ctx: &Context<'_>,
    ) -> Result<WorkspaceLocationStatusEntriesOrError> {
        Scope::answer(ctx, |scope| {
            Ok(WorkspaceLocationStatusEntries::new(&*scope.current()?, scope.store.now()))
        })
    }

    async fn serverless(&self) -> Serverless {
        Serverless::without_registry()
    }

    async fn run_or_error(&self, ctx: &Context<'_>, run_id: ID) -> Result<RunOrError> {
        Scope::answer(ctx, |scope| {
            let deployment = scope.current()?;
            let run = deployment.runs.get(run_id.as_str());
            let run = run.ok_or_else(|| Refusal::RunNotFound(run_id.to_string()))?;
            Ok(Run::new(run, &scope.store))
        })
    }
}
