//! Deployments and the results of changing them.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject, Union};

use super::Scope;
use super::account::{DeploymentSettings, OrganizationStatus};
use super::errors::{
    DeleteFinalDeploymentError, DeploymentLimitError, DeploymentNotFoundError,
    DuplicateDeploymentError, PythonError, UnauthorizedError, refusals,
};
use super::location::WorkspaceEntry;
use crate::state::deployment::Deployment;
use crate::state::git::{BranchMetadata, Commit};

/// A deployment as it was when it was asked for.
pub(crate) struct DagsterCloudDeployment {
    deployment: Arc<Deployment>,
    status: DeploymentStatus,
}

impl DagsterCloudDeployment {
    /// A deployment that has just been deleted (a guess): the service deletes it later.
    pub(crate) fn deleted(deployment: Arc<Deployment>) -> Self {
        Self { deployment, status: DeploymentStatus::PendingDeletion }
    }
}

impl From<Arc<Deployment>> for DagsterCloudDeployment {
    fn from(deployment: Arc<Deployment>) -> Self {
        Self { deployment, status: DeploymentStatus::Active }
    }
}

#[Object]
impl DagsterCloudDeployment {
    async fn organization_id(&self) -> i32 {
        self.deployment.organization_id
    }

    async fn organization_name(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        Ok(Scope::of(ctx)?.organization()?.name)
    }

    async fn organization_status(&self) -> OrganizationStatus {
        OrganizationStatus::Active
    }

    async fn deployment_id(&self) -> i32 {
        self.deployment.id
    }

    async fn deployment_name(&self) -> &str {
        &self.deployment.name
    }

    async fn deployment_status(&self) -> DeploymentStatus {
        self.status
    }

    async fn deployment_type(&self) -> DagsterCloudDeploymentType {
        if self.deployment.is_branch() {
            DagsterCloudDeploymentType::Branch
        } else {
            DagsterCloudDeploymentType::Production
        }
    }

    async fn workspace_entries(
        &self,
        ctx: &Context<'_>,
        agent_queues: Option<Vec<Option<String>>>,
    ) -> async_graphql::Result<Vec<WorkspaceEntry>> {
        let now = Scope::of(ctx)?.store.now();
        Ok(WorkspaceEntry::all(&self.deployment, agent_queues.as_deref(), now))
    }

    async fn branch_deployment_git_metadata(&self) -> Option<BranchMetadata> {
        self.deployment.branch.as_ref().map(|branch| branch.metadata.clone())
    }

    async fn latest_commit(&self) -> Option<Commit> {
        self.deployment.branch.as_ref()?.commits.last().cloned()
    }

    /// The latest first (a guess).
    async fn commits(&self) -> Vec<Commit> {
        let branch = self.deployment.branch.iter();
        branch.flat_map(|branch| branch.commits.iter().rev().cloned()).collect()
    }

    async fn is_branch_deployment(&self) -> bool {
        self.deployment.is_branch()
    }

    async fn agent_type(&self, ctx: &Context<'_>) -> async_graphql::Result<DeploymentAgentType> {
        let serverless = Scope::of(ctx)?.organization()?.serverless;
        Ok(if serverless { DeploymentAgentType::Serverless } else { DeploymentAgentType::Hybrid })
    }

    async fn parent_deployment(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Self>> {
        let Some(branch) = &self.deployment.branch else { return Ok(None) };
        let scope = Scope::of(ctx)?;
        Ok(scope.store.deployment(scope.organization, branch.base_id).ok().map(Self::from))
    }

    async fn can_have_branch_deployments(&self) -> bool {
        !self.deployment.is_branch()
    }

    async fn can_delete_deployment(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let scope = Scope::of(ctx)?;
        let full = scope.store.deployments(scope.organization, |d| !d.is_branch());
        Ok(self.deployment.is_branch() || full.len() > 1)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum DagsterCloudDeploymentType {
    Production,
    Branch,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum DeploymentStatus {
    Active,
    PendingDeletion,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum DeploymentAgentType {
    Hybrid,
    Serverless,
}

/// When the definitions of the base deployment are kept for comparison. The sandbox takes it and compares nothing.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum SnapshotBaseDeploymentCondition {
    OnCreate,
    OnUpdate,
}

#[derive(SimpleObject)]
pub(crate) struct BranchDeploymentsConnection {
    pub(crate) nodes: Vec<DagsterCloudDeployment>,
}

#[derive(Union)]
pub(crate) enum CreateDeploymentResult {
    Deployment(DagsterCloudDeployment),
    DeploymentNotFound(DeploymentNotFoundError),
    Unauthorized(UnauthorizedError),
    Python(PythonError),
    DuplicateDeployment(DuplicateDeploymentError),
    DeploymentLimit(DeploymentLimitError),
}
refusals!(
    CreateDeploymentResult: DeploymentNotFound, Unauthorized, DuplicateDeployment, DeploymentLimit
);

#[derive(Union)]
pub(crate) enum DeleteDeploymentResult {
    Deployment(DagsterCloudDeployment),
    DeploymentNotFound(DeploymentNotFoundError),
    DeleteFinalDeployment(DeleteFinalDeploymentError),
    Unauthorized(UnauthorizedError),
    Python(PythonError),
}
refusals!(DeleteDeploymentResult: DeploymentNotFound, DeleteFinalDeployment, Unauthorized);

#[derive(Union)]
pub(crate) enum DeploymentOrError {
    Deployment(DagsterCloudDeployment),
    DeploymentNotFound(DeploymentNotFoundError),
    Python(PythonError),
    Unauthorized(UnauthorizedError),
}
refusals!(DeploymentOrError: DeploymentNotFound, Unauthorized);

#[derive(Union)]
pub(crate) enum SetDeploymentSettingsResult {
    Settings(DeploymentSettings),
    DeploymentNotFound(DeploymentNotFoundError),
    DuplicateDeployment(DuplicateDeploymentError),
    DeleteFinalDeployment(DeleteFinalDeploymentError),
    Unauthorized(UnauthorizedError),
    Python(PythonError),
}
refusals!(
    SetDeploymentSettingsResult:
    DeploymentNotFound, DuplicateDeployment, DeleteFinalDeployment, Unauthorized
);
