//! Creation, update and deletion of deployments.

use super::Store;
use super::deployment::{Branch, Deployment, branch_deployment_name};
use super::git::{BranchMetadata, Commit};
use crate::refusal::Refusal;

impl Store {
    /// Creates the branch deployment of a branch, or updates it.
    pub(crate) fn create_or_update_branch_deployment(
        &self,
        organization: i32,
        base: Option<&str>,
        metadata: BranchMetadata,
        commit: Commit,
    ) -> Result<Deployment, Refusal> {
        let mut world = self.lock();
        let base_id = match base {
            // Only a full deployment can be a base [guess].
            Some(name) => Some(
                world
                    .of(organization)
                    .find(|d| d.name == name && !d.is_branch())
                    .map(|d| d.id)
                    .ok_or_else(|| unknown_base(name))?,
            ),
            None => None,
        };
        let name = branch_deployment_name(&metadata.repo_name, &metadata.branch_name);
        let existing = world.of(organization).find(|d| d.name == name).map(|d| d.id);
        let id = if let Some(id) = existing {
            let deployment = world.deployment_mut(organization, id)?;
            let Some(branch) = &mut deployment.branch else {
                return Err(Refusal::DuplicateDeployment(format!(
                    "a full deployment has the name `{name}`"
                )));
            };
            branch.metadata.update(metadata);
            branch.push(commit);
            branch.base_id = base_id.unwrap_or(branch.base_id);
            id
        } else {
            let limit =
                world.organizations.get(&organization).and_then(|o| o.branch_deployment_limit);
            let count = world.of(organization).filter(|d| d.is_branch()).count();
            if let Some(limit) = limit
                && count >= limit
            {
                return Err(Refusal::DeploymentLimit(format!(
                    "the organization has reached its limit of {limit} branch deployments"
                )));
            }
            let base_id = base_id
                .or_else(|| world.default_deployment(organization))
                .ok_or_else(|| unknown_base("default"))?;
            let branch = Branch { base_id, metadata, commits: vec![commit] };
            world.add(organization, name, Some(branch))
        };
        world.deployment_mut(organization, id).map(|deployment| deployment.clone())
    }

    /// Deletes a deployment and answers what it was.
    pub(crate) fn delete_deployment(
        &self,
        organization: i32,
        id: i32,
    ) -> Result<Deployment, Refusal> {
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

fn unknown_base(name: &str) -> Refusal {
    Refusal::DeploymentNotFound(format!("the base deployment `{name}` could not be found"))
}
