//! Cleaning up: deletes the branch deployments that nobody needs any more.

mod branches;
mod plan;
mod scope;

use std::time::Duration;

use serde::Serialize;

pub use branches::{BranchesError, PresentBranches};
pub use plan::{Candidate, Planned, Reason, Rules, plan};
pub use scope::{Scope, Wanted};

use super::{Error, Event, branch_deployment::is_gone};
use crate::{
    error::{Code, Explain},
    plus::{Budget, Client, Connection, DeploymentName, PlusError, branch_deployments},
    ports::{Clock, Events, Host},
};

/// The most branch deployments that are looked at: the API lists them without pages.
pub const MOST_LISTED: u16 = 5000;
/// The part of the budget that one deletion may take.
const SHARE: Duration = Duration::from_secs(30);

/// What was deleted, or would be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pruned {
    /// Whether nothing was deleted, because it was a dry run.
    pub dry_run: bool,
    /// What was deleted, or would be, the oldest first.
    pub deleted: Vec<Candidate>,
    /// What the rules would delete as well, beyond the most that are deleted at once.
    pub deferred: Vec<Candidate>,
    /// How many are kept.
    pub kept: usize,
    /// Whether there may be more branch deployments than the [`MOST_LISTED`] that were looked at.
    pub is_list_cut: bool,
}

/// Deletes what `rules` say, at most `max_deletions`; nothing if `dry_run`.
///
/// # Errors
/// If something is to be deleted and it is not known of which repository. If the branch deployments cannot be listed. If some cannot be deleted, after all the others are.
pub async fn prune<H: Host>(
    host: &H,
    connection: &Connection,
    rules: &Rules,
    max_deletions: usize,
    dry_run: bool,
) -> Result<Pruned, Error> {
    if !dry_run && rules.scope == Scope::Unknown {
        return Err(Error::input(
            "of which repository branch deployments are to be deleted is not known",
            "pass --git-repo-name; or --all-repositories to delete those of every repository",
        ));
    }
    let list = branch_deployments::list(i32::from(MOST_LISTED), None);
    let listed = Client::new(host, connection).send(&list).await?;
    let is_list_cut = listed.len() >= usize::from(MOST_LISTED);
    let Planned { mut delete, kept } = plan(listed, rules, host.clock().now());
    let deferred = delete.split_off(max_deletions.min(delete.len()));
    let deleted = match dry_run {
        true => delete,
        false => delete_all(host, connection, delete).await?,
    };
    Ok(Pruned { dry_run, deleted, deferred, kept, is_list_cut })
}

/// Deletes each of `candidates`, whatever becomes of the others.
async fn delete_all<H: Host>(
    host: &H,
    connection: &Connection,
    candidates: Vec<Candidate>,
) -> Result<Vec<Candidate>, PruneError> {
    let total = connection.budget.total;
    let mut deleted = Vec::new();
    let mut failed = Vec::new();
    let mut untried = 0;
    let mut down_since = None;
    for candidate in candidates {
        // Each has a time of its own, so that one that cannot be deleted takes none of the others'. Only a service
        // that has been away for the whole budget is given up.
        let now = host.clock().monotonic();
        if down_since.is_some_and(|since| now.saturating_sub(since) >= total) {
            untried += 1;
            continue;
        }
        let budget = Budget { total: total.min(SHARE), ..connection.budget };
        let connection = Connection { budget, ..connection.clone() };
        let deployment = candidate.name.clone();
        match delete_one(&Client::new(host, &connection), &candidate).await {
            Ok(()) => {
                down_since = None;
                host.events().emit(Event::BranchDeploymentDeleted { deployment });
                deleted.push(candidate);
            }
            Err(error) => {
                down_since = error.is_transient().then(|| down_since.unwrap_or(now));
                host.events().emit(Event::DeletionFailed { deployment, reason: error.to_string() });
                failed.push((candidate.name, error));
            }
        }
    }
    match failed.is_empty() {
        true => Ok(deleted),
        false => Err(PruneError { deleted: deleted.len(), failed, untried }),
    }
}

/// Deletes one. That it is gone already is no failure: another build may clean up at the same time.
async fn delete_one<H: Host>(
    client: &Client<'_, H>,
    candidate: &Candidate,
) -> Result<(), PlusError> {
    let call = branch_deployments::delete(&candidate.deployment)
        .map_err(|refusal| PlusError::refused(client, "delete the branch deployment", refusal))?;
    match client.send(&call).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) if error.was_retried() && is_named_gone(client, &candidate.name).await => Ok(()),
        Err(error) => Err(error),
    }
}

async fn is_named_gone<H: Host>(client: &Client<'_, H>, name: &str) -> bool {
    match DeploymentName::parse(name) {
        Ok(name) => is_gone(client, &name).await,
        Err(_) => false,
    }
}

/// Some branch deployments are still there.
#[derive(Debug, thiserror::Error)]
#[error("{} of {} branch deployments were not deleted: {}", failed.len() + untried, failed.len() + untried + deleted, first(failed))]
pub struct PruneError {
    /// How many were deleted.
    pub deleted: usize,
    /// Those that were not, each with the reason.
    pub failed: Vec<(String, PlusError)>,
    /// How many were not tried, because Dagster+ was not there any more.
    pub untried: usize,
}

impl Explain for PruneError {
    /// That of the first deletion that failed.
    fn code(&self) -> Code {
        self.failed.first().map_or(Code::PlusFailed, |(_, error)| error.code())
    }

    fn hint(&self) -> Option<String> {
        let (_, error) = self.failed.first()?;
        Some(match error.is_transient() {
            true => "run it again: it goes on where it ended".to_owned(),
            false => error.hint()?,
        })
    }

    fn detail(&self) -> Option<String> {
        let lines = self.failed.iter().map(|(name, error)| format!("{name}: {error}"));
        Some(lines.collect::<Vec<_>>().join("\n"))
    }
}

fn first(failed: &[(String, PlusError)]) -> String {
    failed.first().map(|(name, error)| format!("`{name}`: {error}")).unwrap_or_default()
}
