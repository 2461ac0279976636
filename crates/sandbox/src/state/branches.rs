//! Creation, update and deletion of deployments.

use std::sync::Arc;

use super::deployment::{Branch, Deployment, branch_deployment_name};
use super::git::{BranchMetadata, Commit};
use super::{Store, World};
use crate::refusal::Refusal;

impl Store {
    /// Creates the branch deployment of a branch, or updates it.
    pub(crate) fn create_or_update_branch_deployment(
        &self,
        organization: i32,
        base: Option<&str>,
        metadata: BranchMetadata,
        commit: Commit,
    ) -> Result<Arc<Deployment>, Refusal> {
        let mut world = self.lock();
        let base_id = base.map(|name| world.base(organization, name)).transpose()?;
        let name = branch_deployment_name(&metadata.repo_name, &metadata.branch_name);
        let existing = world.of(organization).find(|d| d.name == name).map(|d| d.id);
        let id = match existing {
            Some(id) => {
                let deployment = world.deployment_mut(organization, id)?;
                let branch = deployment.branch.as_mut().ok_or_else(|| {
                    Refusal::DuplicateDeployment(format!("a full deployment is named `{name}`"))
                })?;
                branch.metadata.update(metadata);
                branch.push(commit);
                branch.base_id = base_id.unwrap_or(branch.base_id);
                id
            }
            None => {
                world.check_limit(organization)?;
                let base_id = base_id
                    .or_else(|| world.default_deployment(organization))
                    .ok_or_else(|| unknown_base("default"))?;
                let branch = Branch { base_id, metadata, commits: vec![commit] };
                world.add(organization, name, Some(branch))
            }
        };
        world.deployments.get(&id).cloned().ok_or_else(|| super::not_found(id))
    }

    /// Deletes a deployment and answers what it was.
    pub(crate) fn delete_deployment(
        &self,
        organization: i32,
        id: i32,
    ) -> Result<Arc<Deployment>, Refusal> {
        let mut world = self.lock();
        let is_branch = world.deployment_mut(organization, id)?.is_branch();
        if !is_branch && world.of(organization).filter(|d| !d.is_branch()).count() == 1 {
            return Err(Refusal::DeleteFinalDeployment(
                "the last full deployment of an organization cannot be deleted".to_owned(),
            ));
        }
        world.deployments.remove(&id).ok_or_else(|| super::not_found(id))
    }
}

impl World {
    /// The id of a base deployment, which only a full deployment can be (a guess).
    fn base(&self, organization: i32, name: &str) -> Result<i32, Refusal> {
        let base = self.of(organization).find(|d| d.name == name && !d.is_branch());
        base.map(|d| d.id).ok_or_else(|| unknown_base(name))
    }

    /// Refuses one more branch deployment beyond the limit.
    fn check_limit(&self, organization: i32) -> Result<(), Refusal> {
        let limit = self.organizations.get(&organization).and_then(|o| o.branch_deployment_limit);
        let count = self.of(organization).filter(|d| d.is_branch()).count();
        match limit {
            Some(limit) if count >= limit => Err(Refusal::DeploymentLimit(format!(
                "the organization has reached its limit of {limit} branch deployments"
            ))),
            _ => Ok(()),
        }
    }
}

fn unknown_base(name: &str) -> Refusal {
    Refusal::DeploymentNotFound(format!("the base deployment `{name}` could not be found"))
}
