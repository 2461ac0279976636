//! Code locations.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Error, Event, Outcome, Plan, WaitLimits,
    wait::{Wanted, wait},
};
use crate::{
    location::{self, LocationFlags, SourceFile},
    plus::{
        Client, Connection, DeploymentName,
        locations::{self, CodeSource, WorkspaceEntry},
    },
    ports::{Events, Host},
};

/// A code location to add or update: a file, flags, or both; flags win.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LocationInput {
    /// The path of the location file.
    pub file: Option<String>,
    /// What is given beside it, the name among it.
    pub flags: LocationFlags,
}

/// Code locations that Dagster+ has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct DeployedLocations {
    /// Where.
    pub deployment: DeploymentName,
    /// Which.
    pub locations: Vec<String>,
    /// Whether they have loaded; if not, nobody waited.
    pub loaded: bool,
    /// The page that shows them.
    pub url: String,
}

/// Adds or updates a code location and waits until it has loaded.
///
/// # Errors
/// If the document is wrong, Dagster+ refuses, or the location does not load.
pub async fn add_or_update_location<H: Host>(
    host: &H,
    connection: &Connection,
    deployment: &DeploymentName,
    input: &LocationInput,
    limits: WaitLimits,
    dry_run: bool,
) -> Result<Outcome<DeployedLocations>, Error> {
    let document = match &input.file {
        Some(path) => {
            let text = location::read(host.files(), path)?;
            location::single(Some(SourceFile { name: path, text: &text }), &input.flags)?
        }
        None => location::single(None, &input.flags)?,
    };
    let call = locations::add_or_update(deployment, document.value);
    if dry_run {
        return Ok(Outcome::Planned(
            Plan::of(&call, &connection.endpoint).then_wait_for(vec![document.location_name]),
        ));
    }
    let client = Client::new(host, connection);
    let entry = client.send(&call).await?;
    Ok(Outcome::Done(deployed(&client, deployment, vec![entry], limits).await?))
}

/// Makes the deployment's code locations those of the file at a path and waits until they have loaded.
///
/// # Errors
/// As [`add_or_update_location`].
pub async fn sync_locations<H: Host>(
    host: &H,
    connection: &Connection,
    deployment: &DeploymentName,
    file: &str,
    limits: WaitLimits,
    dry_run: bool,
) -> Result<Outcome<DeployedLocations>, Error> {
    let text = location::read(host.files(), file)?;
    let document = location::reconcile(SourceFile { name: file, text: &text })?;
    let call = locations::reconcile(deployment, document);
    if dry_run {
        return Ok(Outcome::Planned(Plan::of(&call, &connection.endpoint)));
    }
    let client = Client::new(host, connection);
    let entries = client.send(&call).await?;
    Ok(Outcome::Done(deployed(&client, deployment, entries, limits).await?))
}

/// A code location that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct CodeLocation {
    /// Its name.
    pub deleted: String,
}

/// Deletes a code location.
///
/// # Errors
/// If Dagster+ refuses.
pub async fn delete_location<H: Host>(
    host: &H,
    connection: &Connection,
    deployment: &DeploymentName,
    name: &str,
    dry_run: bool,
) -> Result<Outcome<CodeLocation>, Error> {
    if name.trim().is_empty() {
        return Err(Error::input("the name of the code location is empty", "pass its name"));
    }
    let call = locations::delete(deployment, name);
    if dry_run {
        return Ok(Outcome::Planned(Plan::of(&call, &connection.endpoint)));
    }
    let client = Client::new(host, connection);
    match client.send(&call).await {
        Ok(_) => {}
        // The answer to the attempt that did it was lost.
        Err(error) if error.was_retried() && is_gone(&client, deployment, name).await => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Outcome::Done(CodeLocation { deleted: name.to_owned() }))
}

/// A code location with what it was deployed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct ListedCodeLocation {
    /// Its name.
    pub name: String,
    /// Where its code comes from.
    #[serde(flatten)]
    pub source: CodeSource,
}

/// The code locations of a deployment.
///
/// # Errors
/// If Dagster+ refuses.
pub async fn list_locations<H: Host>(
    host: &H,
    connection: &Connection,
    deployment: &DeploymentName,
) -> Result<Vec<ListedCodeLocation>, Error> {
    let listed = Client::new(host, connection).send(&locations::list(deployment)).await?;
    let one = |entry: locations::ListedLocation| ListedCodeLocation {
        source: entry.source(),
        name: entry.location_name,
    };
    Ok(listed.into_iter().map(one).collect())
}

/// The code locations of a deployment as the document that [`sync_locations`] takes; empty if there are none.
///
/// # Errors
/// If Dagster+ refuses.
pub async fn pull_locations<H: Host>(
    host: &H,
    connection: &Connection,
    deployment: &DeploymentName,
) -> Result<Value, Error> {
    let document = Client::new(host, connection).send(&locations::as_document(deployment)).await?;
    Ok(if document.is_null() { Value::Object(Map::new()) } else { document })
}

/// Waits for what Dagster+ has taken.
pub(super) async fn deployed<H: Host>(
    client: &Client<'_, H>,
    deployment: &DeploymentName,
    entries: Vec<WorkspaceEntry>,
    limits: WaitLimits,
) -> Result<DeployedLocations, Error> {
    let mut wanted = Wanted::new();
    wanted.extend(entries.into_iter().map(|entry| (entry.location_name, entry.metadata_timestamp)));
    let locations: Vec<String> = wanted.keys().cloned().collect();
    client.host().events().emit(Event::LocationsSent {
        deployment: deployment.clone(),
        locations: locations.clone(),
    });
    let waited = wait(client, deployment, wanted, limits).await?;
    Ok(DeployedLocations {
        deployment: deployment.clone(),
        loaded: waited.loaded.len() == locations.len(),
        locations,
        url: client.connection().endpoint.locations_page(deployment),
    })
}

async fn is_gone<H: Host>(client: &Client<'_, H>, deployment: &DeploymentName, name: &str) -> bool {
    let listed = client.send(&locations::list(deployment)).await;
    listed.is_ok_and(|listed| listed.iter().all(|location| location.location_name != name))
}
