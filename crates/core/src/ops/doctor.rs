//! Whether a deploy would work: everything that it needs, looked at one by one, and nothing changed.

mod account;
mod agent;
mod build;
mod check;
mod image;
mod network;

use std::time::Duration;

use self::check::Sheet;
pub use self::check::{Check, CheckState, Diagnosis};
use super::{DeployInput, Settled, Sources};
use crate::{
    env::Env,
    plus::{Budget, Client, Connection},
    ports::{Clock, Host},
    registry::Keychain,
    target::{self, Wish},
};

/// The most that one exchange may take: here an answer that is late is worth being told of.
const PER_EXCHANGE: Duration = Duration::from_secs(15);

/// Where the doctor looks, and how far.
#[derive(Debug, Clone, Copy)]
pub struct DoctorPlace<'a> {
    /// An absolute path in the worktree.
    pub path: &'a str,
    /// The variables of the build.
    pub env: &'a Env,
    /// Whether the token may be shown to Dagster's hosts of other regions, if it was meant for one of them and that
    /// does not know it. So the right region is found.
    pub asks_other_regions: bool,
}

/// Looks at all that [`deploy`](super::deploy()) with the same input would need.
///
/// No check stops the others: one that needs what another has not found is skipped, and says so. What Dagster+ or a
/// registry does not tell for sure is a warning. Nothing is written anywhere.
pub async fn doctor<H: Host>(
    host: &H,
    settled: Settled,
    place: DoctorPlace<'_>,
    input: &DeployInput,
    sources: &Sources,
    keychain: &impl Keychain,
) -> Diagnosis {
    let DoctorPlace { path, env, asks_other_regions } = place;
    let started = host.clock().monotonic();
    let mut sheet = Sheet::default();
    let connected = sheet.enter(network::settings(settled));
    sheet.push(network::proxies(env));
    sheet.push(network::certificates(host.files(), env));

    let full = connected.as_ref().and_then(|(_, full)| full.clone());
    let connection = connected.map(|(connection, _)| within(connection));
    let client = connection.as_ref().map(|connection| Client::new(host, connection));
    let is_let_in = match &client {
        Some(client) => account::let_in(client, asks_other_regions, &mut sheet).await,
        None => {
            sheet.push(Check::skipped("organization", "settings"));
            sheet.push(Check::skipped("token", "settings"));
            false
        }
    };

    let known = build::read(host, env, path);
    sheet.push(build::git(host, env, path, &known));
    let wish = Wish::of(input.full_deployment.as_ref(), full.as_ref());
    let target = target::resolve(&known.build.detected, known.build.git.as_ref(), wish);
    sheet.push(build::context(&known, target.as_ref().ok(), input));
    let target = sheet.enter(build::target(target));

    match client.as_ref().filter(|_| is_let_in) {
        Some(client) => {
            sheet.push(account::permission(client, target.as_ref()).await);
            let deployment = account::deployment(client, &known.build, target.as_ref(), input);
            let there = sheet.enter(deployment.await);
            let base = input.base_deployment_name.as_deref();
            let full = sheet.enter(account::base(client, target.as_ref(), base).await);
            let full = full.unwrap_or_default();
            sheet.push(agent::check(client, target.as_ref(), there.as_ref(), &full).await);
        }
        None => {
            for name in ["permission", "deployment", "base", "agent"] {
                sheet.push(Check::skipped(name, "token"));
            }
        }
    }

    let documents = sources.documents(host.files(), &known.build, path);
    let documents = sheet.enter(build::locations(documents));
    let deadline = started + connection.map_or_else(Budget::default, |it| it.budget).total;
    match documents {
        Some(documents) => {
            for check in image::checks(host, &documents, keychain, deadline).await {
                sheet.push(check);
            }
        }
        None => sheet.push(Check::skipped("image", "locations")),
    }
    sheet.diagnosis()
}

fn within(connection: Connection) -> Connection {
    let budget = connection.budget;
    let per_exchange = budget.per_exchange.min(PER_EXCHANGE);
    Connection { budget: Budget { per_exchange, ..budget }, ..connection }
}
