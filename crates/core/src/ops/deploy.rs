//! Everything in one step: context, target, branch deployment, code locations, wait.

mod branch;
mod older;
mod sources;

use serde::{Deserialize, Serialize};

pub(super) use self::{branch::Branch, older::check as check_older};
pub use self::{older::OlderError, sources::Sources};
use super::{
    DeployedLocations, Error, Event, Outcome, Plan, WaitLimits,
    branch_deployment::named_by_service, code_location::deployed, context::Build,
};
use crate::{
    env::Env,
    plus::{
        Client, Connection, DeploymentName,
        branch_deployments::{self, PullRequestStatus, SnapshotBaseDeploymentCondition},
        locations,
    },
    ports::{Events, Host},
    target::{self, Target, Wish},
    written,
};

/// How a build is deployed. Everything may be left out in CI.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema, utoipa::IntoParams),
    into_params(parameter_in = Query)
)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(default, deny_unknown_fields)]
pub struct DeployInput {
    /// Go to this full deployment, whatever the build is of. Without it a full deployment is reached by builds of the
    /// default branch alone.
    pub full_deployment: Option<DeploymentName>,
    /// The full deployment that a branch deployment is compared with; Dagster+ takes the default one if unset.
    pub base_deployment_name: Option<String>,
    /// When the base's definitions are put aside to compare with: on-create or on-update.
    #[serde(deserialize_with = "written::parsed")]
    pub snapshot_base_condition: Option<SnapshotBaseDeploymentCondition>,
    /// The commit's time in seconds since the Unix epoch, where no checkout tells it.
    #[serde(deserialize_with = "written::number")]
    pub timestamp: Option<f64>,
    /// Whether a commit may take the place of a newer one.
    #[serde(deserialize_with = "written::flag")]
    pub allow_older: bool,
    /// Whether to answer with the plan only.
    #[serde(deserialize_with = "written::flag")]
    pub dry_run: bool,
}

/// A build that is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Deployed {
    /// Which deployment it went to, and why.
    pub target: Target,
    /// The commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_hash: Option<String>,
    /// What Dagster+ has taken.
    #[serde(flatten)]
    pub locations: DeployedLocations,
}

/// Where a build goes, and where its checkout is.
#[derive(Debug, Clone, Copy)]
pub struct BuildPlace<'a> {
    /// An absolute path in the worktree.
    pub path: &'a str,
    /// The variables of the build.
    pub env: &'a Env,
    /// The full deployment for builds of the default branch, if one is set.
    pub full: Option<&'a DeploymentName>,
}

/// Deploys the code locations of `sources` to where the build belongs, and waits until they have loaded.
///
/// # Errors
/// If it is not known for sure where the build belongs, if a newer commit is there already, if a location file is wrong,
/// if Dagster+ refuses, or if a location does not load.
pub async fn deploy<H: Host>(
    host: &H,
    connection: &Connection,
    place: BuildPlace<'_>,
    input: DeployInput,
    sources: &Sources,
    limits: WaitLimits,
) -> Result<Outcome<Deployed>, Error> {
    let build = Build::read(host, place.env, place.path)?;
    build.context.remark(host.events());
    let wish = Wish::of(input.full_deployment.as_ref(), place.full);
    let target = target::resolve(&build.detected, build.git.as_ref(), wish)?;
    host.events().emit(Event::TargetChosen { target: target.clone() });
    let commit_hash = build.context.commit_hash.as_ref().map(|found| found.value.clone());
    let documents = sources.documents(host.files(), &build, place.path)?;
    let names = documents.iter().map(|document| document.location_name.clone()).collect();
    let documents = documents.into_iter().map(|document| document.value).collect();

    let client = Client::new(host, connection);
    let (deployment, update) = match &target {
        Target::Full { deployment, .. } => (deployment.clone(), None),
        Target::BranchDeployment { branch } => {
            let branch = Branch::of(&build, &branch.value)?;
            let (name, existing) = branch.look_up(&client).await?;
            let update = branch.update(&build, &input, PullRequestStatus::Open)?;
            if !input.allow_older {
                older::check(&name, existing, &update.commit)?;
            }
            (name, Some(update))
        }
    };
    if input.dry_run {
        let call = locations::deploy(&deployment, documents);
        let plan = Plan::of(&call, &connection.endpoint).then_wait_for(names);
        return Ok(Outcome::Planned(match update.map(branch_deployments::create_or_update) {
            Some(update) => plan.after(&update, &connection.endpoint),
            None => plan,
        }));
    }
    let deployment = match update {
        Some(update) => {
            let commit = update.commit.clone();
            let update = branch_deployments::create_or_update(update);
            let name = named_by_service(&client.send(&update).await?)?;
            if !input.allow_older {
                older::check(&name, branch::find(&client, &name).await?, &commit)?;
            }
            host.events().emit(Event::BranchDeploymentReady { deployment: name.clone() });
            name
        }
        None => deployment,
    };
    let entries = client.send(&locations::deploy(&deployment, documents)).await?;
    let locations = deployed(&client, &deployment, entries, limits).await?;
    Ok(Outcome::Done(Deployed { target, commit_hash, locations }))
}
