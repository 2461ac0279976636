//! How the deployment of a build is, for those who review it.

use serde::{Deserialize, Serialize};

use super::{
    BuildPlace, Error, LoadState, context::Build, deploy::Branch, location_state::location_states,
};
use crate::{
    plus::{Client, Connection, DeploymentName},
    ports::Host,
    report::code,
    target::{self, Target, Wish},
};

/// Which deployment is told of. Everything may be left out in CI.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct StatusInput {
    /// The full deployment that the build was deployed to, whatever it is of. Without it that is told for builds of the
    /// default branch alone.
    pub full_deployment: Option<DeploymentName>,
}

/// How a deployment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentStatus {
    /// The organization, or where that is not told by the address, the address.
    pub organization: String,
    /// The deployment.
    pub deployment: DeploymentName,
    /// The page that shows its code locations.
    pub url: String,
    /// The commit that it carries, of a branch deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_hash: Option<String>,
    /// All of it in one word.
    pub state: DeploymentState,
    /// Its code locations.
    pub locations: Vec<LocationStatus>,
    /// Why it is not what the build is of: a sentence in Markdown, without its period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// How a deployment is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentState {
    /// All code locations have loaded.
    Loaded,
    /// Some have not loaded yet, or there is none.
    Pending,
    /// One failed to load, or the build was not deployed.
    Failed,
}

/// A code location, and how far it has loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocationStatus {
    /// Its name.
    pub name: String,
    /// How far what was put last has loaded.
    #[serde(flatten)]
    pub state: LoadState,
}

/// How the deployment is that the build belongs to.
///
/// # Errors
/// If it is not known for sure where the build belongs, or if Dagster+ refuses.
pub async fn deployment_status<H: Host>(
    host: &H,
    connection: &Connection,
    place: BuildPlace<'_>,
    input: &StatusInput,
) -> Result<DeploymentStatus, Error> {
    let build = Build::read(host, place.env, place.path)?;
    let wish = Wish::of(input.full_deployment.as_ref(), place.full);
    let client = Client::new(host, connection);
    let (deployment, commit_hash, problem) =
        match target::resolve(&build.detected, build.git.as_ref(), wish)? {
            Target::Full { deployment, .. } => (deployment, None, None),
            Target::BranchDeployment { branch } => {
                let (name, there) = Branch::of(&build, &branch.value)?.look_up(&client).await?;
                let Some(there) = there else {
                    let problem =
                        format!("There is no branch deployment of {} yet", code(&branch.value));
                    return Ok(of(connection, name, None, Vec::new(), Some(problem)));
                };
                let carried = there.latest_commit.map(|commit| commit.commit_hash);
                let built = build.context.commit_hash.as_ref().map(|found| found.value.as_str());
                let problem = not_deployed(built, carried.as_deref());
                (name, carried, problem)
            }
        };
    let locations = location_states(&client, &deployment).await?;
    Ok(of(connection, deployment, commit_hash, locations, problem))
}

fn of(
    connection: &Connection,
    deployment: DeploymentName,
    commit_hash: Option<String>,
    locations: Vec<LocationStatus>,
    problem: Option<String>,
) -> DeploymentStatus {
    let is = |wanted: fn(&LoadState) -> bool| locations.iter().any(|it| wanted(&it.state));
    let state = if problem.is_some() || is(|state| matches!(state, LoadState::Failed { .. })) {
        DeploymentState::Failed
    } else if locations.is_empty() || is(|state| *state != LoadState::Loaded) {
        DeploymentState::Pending
    } else {
        DeploymentState::Loaded
    };
    DeploymentStatus {
        organization: connection.endpoint.organization_or_address().to_owned(),
        url: connection.endpoint.locations_page(&deployment),
        deployment,
        commit_hash,
        state,
        locations,
        problem,
    }
}

/// Some systems shorten the hash.
fn not_deployed(built: Option<&str>, carried: Option<&str>) -> Option<String> {
    let (built, carried) = (built?.to_ascii_lowercase(), carried?.to_ascii_lowercase());
    let is_same = built.starts_with(&carried) || carried.starts_with(&built);
    (!is_same).then(|| format!("The commit {} of this build is not deployed", code(&built)))
}
