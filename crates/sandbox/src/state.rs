//! The sandbox's state: one lock around plain data, and the operations on it.

pub(crate) mod deployment;
pub(crate) mod document;
pub(crate) mod git;
pub(crate) mod location;
pub(crate) mod metadata;
pub(crate) mod organization;
pub(crate) mod run;

mod branches;
mod locations;
mod runs;
mod tokens;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::clock::Clock;
use crate::config::{AgentConfig, DEFAULT_DEPLOYMENT, SandboxConfig};
use crate::permission::Permission;
use crate::refusal::Refusal;
use deployment::Deployment;
use organization::Organization;

pub(crate) use runs::Launch;
pub(crate) use tokens::IssuedToken;

/// Everything that requests share.
#[derive(Debug)]
pub(crate) struct Store {
    clock: Arc<dyn Clock>,
    started: Duration,
    load_after: Duration,
    run_for: Duration,
    failing: BTreeMap<String, String>,
    agent: AgentConfig,
    world: Mutex<World>,
}

/// What changes.
#[derive(Debug, Default)]
struct World {
    organizations: BTreeMap<i32, Organization>,
    /// Requests share them as they are; a change makes a copy if one is still looking.
    deployments: BTreeMap<i32, Arc<Deployment>>,
    /// The id that was given last, to an organization, a deployment or a run.
    last_id: i32,
}

impl Store {
    /// The state as configured; the configuration has been checked.
    pub(crate) fn new(config: &SandboxConfig) -> Self {
        let mut world = World::default();
        for organization in &config.organizations {
            let id = world.next_id();
            world.organizations.insert(id, Organization::new(id, organization));
            let default = [DEFAULT_DEPLOYMENT.to_owned()];
            let names = match organization.deployments.as_slice() {
                [] => default.as_slice(),
                names => names,
            };
            for name in names {
                world.add(id, name.clone(), None);
            }
        }
        Self {
            clock: Arc::clone(&config.clock),
            started: config.clock.now(),
            load_after: config.load_after,
            run_for: config.run_for,
            failing: config.failing.clone(),
            agent: config.agent,
            world: Mutex::new(world),
        }
    }

    /// The time, in whole microseconds since the Unix epoch, so that it survives the way through a JSON number.
    pub(crate) fn now(&self) -> Duration {
        let now = self.clock.now();
        Duration::new(now.as_secs(), now.subsec_micros() * 1_000)
    }

    /// When the sandbox was started.
    pub(crate) fn started(&self) -> Duration {
        self.started
    }

    /// What the built-in agent does.
    pub(crate) fn agent(&self) -> AgentConfig {
        self.agent
    }

    /// The organization with this token, and the token's rights.
    pub(crate) fn authenticate(&self, token: &str) -> Option<(i32, Permission)> {
        let world = self.lock();
        world.organizations.values().find_map(|o| o.permission(token).map(|p| (o.id, p)))
    }

    /// The first organization.
    pub(crate) fn first_organization(&self) -> Option<i32> {
        self.lock().organizations.keys().next().copied()
    }

    /// The id of an organization.
    pub(crate) fn organization_id(&self, name: &str) -> Option<i32> {
        self.lock().organizations.values().find(|o| o.name == name).map(|o| o.id)
    }

    /// A copy of an organization.
    pub(crate) fn organization(&self, id: i32) -> Option<Organization> {
        self.lock().organizations.get(&id).cloned()
    }

    /// An organization's deployments that are wanted, oldest first.
    pub(crate) fn deployments(
        &self,
        organization: i32,
        wanted: impl Fn(&Deployment) -> bool,
    ) -> Vec<Arc<Deployment>> {
        self.lock().of(organization).filter(|d| wanted(d)).cloned().collect()
    }

    /// The deployments of all organizations, oldest first.
    pub(crate) fn all_deployments(&self) -> Vec<Arc<Deployment>> {
        self.lock().deployments.values().cloned().collect()
    }

    /// The id of a deployment of an organization.
    pub(crate) fn deployment_id(&self, organization: i32, name: &str) -> Option<i32> {
        self.lock().of(organization).find(|d| d.name == name).map(|d| d.id)
    }

    /// The id of the full deployment that a request at organization scope is about.
    pub(crate) fn default_deployment(&self, organization: i32) -> Option<i32> {
        self.lock().default_deployment(organization)
    }

    /// A deployment as it is now.
    pub(crate) fn deployment(
        &self,
        organization: i32,
        id: i32,
    ) -> Result<Arc<Deployment>, Refusal> {
        self.lock().of(organization).find(|d| d.id == id).cloned().ok_or_else(|| not_found(id))
    }

    /// Replaces the settings of a deployment.
    pub(crate) fn set_deployment_settings(
        &self,
        organization: i32,
        id: i32,
        settings: Value,
    ) -> Result<(), Refusal> {
        self.lock().deployment_mut(organization, id)?.settings = settings;
        Ok(())
    }

    /// A panic elsewhere must not take the whole sandbox with it: the data is whole at every point.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World {
    fn next_id(&mut self) -> i32 {
        self.last_id = self.last_id.saturating_add(1);
        self.last_id
    }

    fn add(&mut self, organization: i32, name: String, branch: Option<deployment::Branch>) -> i32 {
        let id = self.next_id();
        let deployment = Deployment::new(id, organization, name, branch);
        self.deployments.insert(id, Arc::new(deployment));
        id
    }

    fn of(&self, organization: i32) -> impl Iterator<Item = &Arc<Deployment>> {
        self.deployments.values().filter(move |d| d.organization_id == organization)
    }

    fn default_deployment(&self, organization: i32) -> Option<i32> {
        self.of(organization).find(|d| !d.is_branch()).map(|d| d.id)
    }

    fn deployment_mut(&mut self, organization: i32, id: i32) -> Result<&mut Deployment, Refusal> {
        self.deployments
            .get_mut(&id)
            .filter(|d| d.organization_id == organization)
            .map(Arc::make_mut)
            .ok_or_else(|| not_found(id))
    }
}

fn not_found(id: i32) -> Refusal {
    Refusal::DeploymentNotFound(format!("deployment with id {id} could not be found"))
}
