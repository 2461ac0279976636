//! Launching runs.

use super::Store;
use super::deployment::hex;
use super::run::{Run, Tag};
use crate::refusal::Refusal;

/// What a client wants to run.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) location_name: String,
    pub(crate) job_name: Option<String>,
    pub(crate) config_yaml: String,
    pub(crate) tags: Vec<Tag>,
    /// The `Idempotency-Key` header.
    pub(crate) idempotency_key: Option<String>,
}

impl Store {
    /// Launches a run. A launch with a key that was used before answers the run of that time.
    pub(crate) fn launch_run(
        &self,
        organization: i32,
        id: i32,
        launch: Launch,
    ) -> Result<Run, Refusal> {
        let now = self.now();
        let mut world = self.lock();
        let number = world.next_id().to_string();
        let deployment = world.deployment_mut(organization, id)?;
        let Launch { location_name, job_name, config_yaml, tags, idempotency_key } = launch;
        let earlier = idempotency_key.as_ref().and_then(|key| deployment.launches.get(key));
        if let Some(run) = earlier.and_then(|run| deployment.runs.get(run)) {
            return Ok(run.clone());
        }
        let visible = deployment.locations.get(&location_name).and_then(|l| l.visible(now));
        // The sandbox runs no Python, so it knows no jobs: a loaded location has every job.
        if visible.is_none_or(|loaded| loaded.load.error.is_some()) {
            let job = job_name.as_deref().unwrap_or("the asset job");
            return Err(Refusal::PipelineNotFound(format!(
                "could not find {job} in the code location `{location_name}`"
            )));
        }
        let id = uuid(&hex(&["run", &number, &now.as_micros().to_string()]));
        let run = Run {
            id: id.clone(),
            job_name,
            config_yaml,
            tags,
            launched_at: now,
            takes: self.run_for,
        };
        if let Some(key) = idempotency_key {
            deployment.launches.insert(key, id.clone());
        }
        deployment.runs.insert(id, run.clone());
        Ok(run)
    }
}

/// The first digits of a digest in the form of a UUID.
fn uuid(digest: &str) -> String {
    let part = |from, to| digest.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
