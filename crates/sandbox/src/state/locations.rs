//! Putting and removing code locations, and what the built-in agent makes of them.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use super::Store;
use super::document::LocationDocument;
use super::location::Load;
use crate::config::AgentConfig;
use crate::refusal::Refusal;

impl Store {
    /// Adds or updates one location and answers its name.
    pub(crate) fn put_location(
        &self,
        organization: i32,
        id: i32,
        document: Value,
    ) -> Result<String, Refusal> {
        let document = LocationDocument::parse(document).map_err(Refusal::InvalidLocation)?;
        let name = document.name().to_owned();
        self.put_all(organization, id, vec![document], false)?;
        Ok(name)
    }

    /// Adds or updates the locations of `{locations: [..]}`, all or none, and answers their names.
    pub(crate) fn put_locations(
        &self,
        organization: i32,
        id: i32,
        document: Value,
    ) -> Result<Vec<String>, Refusal> {
        let documents = LocationDocument::parse_list(document).map_err(Refusal::InvalidLocation)?;
        self.put_all(organization, id, documents, false)
    }

    /// As [`Self::put_locations`], and removes every location that is not there.
    pub(crate) fn reconcile_locations(
        &self,
        organization: i32,
        id: i32,
        document: Value,
    ) -> Result<Vec<String>, Refusal> {
        let documents = LocationDocument::parse_list(document).map_err(Refusal::InvalidLocation)?;
        self.put_all(organization, id, documents, true)
    }

    /// Removes a location; one that is not there is removed already (a guess).
    pub(crate) fn delete_location(
        &self,
        organization: i32,
        id: i32,
        name: &str,
    ) -> Result<(), Refusal> {
        self.lock().deployment_mut(organization, id)?.locations.remove(name);
        Ok(())
    }

    fn put_all(
        &self,
        organization: i32,
        id: i32,
        documents: Vec<LocationDocument>,
        only_these: bool,
    ) -> Result<Vec<String>, Refusal> {
        let now = self.now();
        let names: Vec<String> = documents.iter().map(|d| d.name().to_owned()).collect();
        let mut world = self.lock();
        let deployment = world.deployment_mut(organization, id)?;
        let is_branch = deployment.is_branch();
        for document in documents {
            deployment
                .put(document, now, |document, put_at| self.load(document, put_at, is_branch));
        }
        if only_these {
            let kept: BTreeSet<&String> = names.iter().collect();
            deployment.locations.retain(|name, _| kept.contains(name));
        }
        Ok(names)
    }

    /// What the built-in agent will make of a document that is put at `put_at`; `None` if it never runs.
    fn load(&self, document: &LocationDocument, put_at: Duration, is_branch: bool) -> Option<Load> {
        let runs_from = match self.agent {
            AgentConfig::FullDeploymentsOnly if is_branch => return None,
            AgentConfig::Running | AgentConfig::FullDeploymentsOnly => self.started,
            AgentConfig::RunningAfter(delay) => self.started + delay,
            AgentConfig::NotRunning | AgentConfig::Missing => return None,
        };
        let takes = document.load_time().unwrap_or(self.load_after);
        let error = document
            .fail()
            .or_else(|| self.failing.get(document.name()).map(String::as_str))
            .map(str::to_owned);
        Some(Load { at: put_at.max(runs_from) + takes, error })
    }
}
