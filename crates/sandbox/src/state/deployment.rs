//! Full and branch deployments.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use sha1::{Digest, Sha1};

use super::document::LocationDocument;
use super::git::{BranchMetadata, Commit};
use super::location::{Load, Location};
use super::run::Run;

/// A deployment of an organization.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Deployment {
    /// The id, unique in the sandbox.
    pub id: i32,
    /// The name, unique in the organization.
    pub name: String,
    /// The organization's id.
    pub organization_id: i32,
    /// What makes it a branch deployment; `None` for a full one.
    pub branch: Option<Branch>,
    /// The deployment settings as they were set.
    pub settings: Value,
    /// The code locations by name.
    pub locations: BTreeMap<String, Location>,
    /// The runs by id.
    pub runs: BTreeMap<String, Run>,
    /// Which run an `Idempotency-Key` has launched.
    pub(crate) launches: BTreeMap<String, String>,
}

/// What a branch deployment has and a full one has not.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Branch {
    /// The id of the base deployment, which may be gone by now.
    pub base_id: i32,
    /// The branch and its pull request.
    pub metadata: BranchMetadata,
    /// The commits in the order in which clients gave them; the latest is the last.
    pub commits: Vec<Commit>,
}

impl Branch {
    /// Makes `commit` the latest one. The same commit given again takes its old place's values over, not a second place.
    pub(crate) fn push(&mut self, commit: Commit) {
        self.commits.retain(|old| old.commit_hash != commit.commit_hash);
        self.commits.push(commit);
    }
}

impl Deployment {
    /// A deployment without locations.
    pub(crate) fn new(id: i32, organization_id: i32, name: String, branch: Option<Branch>) -> Self {
        Self {
            id,
            name,
            organization_id,
            branch,
            settings: serde_json::json!({"run_queue": {"max_concurrent_runs": 10}}),
            locations: BTreeMap::new(),
            runs: BTreeMap::new(),
            launches: BTreeMap::new(),
        }
    }

    /// Whether it is a branch deployment.
    #[must_use]
    pub fn is_branch(&self) -> bool {
        self.branch.is_some()
    }

    /// Puts a location document at `now`; `load` tells what the agent will make of it.
    pub(crate) fn put(
        &mut self,
        document: LocationDocument,
        now: Duration,
        load: impl FnOnce(&LocationDocument, Duration) -> Option<Load>,
    ) {
        if let Some(location) = self.locations.get_mut(document.name()) {
            location.put(document, now, load);
        } else {
            let load = load(&document, now);
            let name = document.name().to_owned();
            self.locations.insert(name, Location::new(document, now, load));
        }
    }
}

/// The name of the branch deployment of a branch: 40 hexadecimal digits, the same for the same repository and branch.
///
/// The service's names look like this, but how it makes them is not public: this is a stand-in.
#[must_use]
pub fn branch_deployment_name(repo_name: &str, branch_name: &str) -> String {
    hex(&["branch deployment", repo_name, branch_name])
}

/// A digest of the parts, which cannot be confused with one of other parts.
pub(crate) fn hex(parts: &[&str]) -> String {
    let mut digest = Sha1::new();
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    format!("{:x}", digest.finalize())
}
