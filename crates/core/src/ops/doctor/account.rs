//! What Dagster+ says of the organization, of the token, and of the deployment that the build goes to.

use super::{Check, CheckState, check::Sheet};
use crate::{
    error::{Code, Explain},
    ops::{
        DeployInput,
        context::Build,
        deploy::{Branch, check_older},
    },
    plus::{
        Budget, Client, Connection, Endpoint, PlusError, Wanted,
        account::{self, FullDeployment, Organization, OrganizationStatus, Permission},
        branch_deployments::{self, Deployment, PullRequestStatus},
    },
    ports::Host,
    target::Target,
};

const TOKEN_FIX: &str = "branch deployments need a token of the organization, or one with \
     `All branch deployments`";

/// Whether the organization is where the settings say, and the token one of its own: two checks, and whether all
/// others may go on.
pub(super) async fn let_in<H: Host>(
    client: &Client<'_, H>,
    asks_other_regions: bool,
    sheet: &mut Sheet,
) -> bool {
    let url = client.connection().endpoint.organization_url();
    let error = match client.send(&account::organization()).await {
        Ok(organization) => {
            sheet.push(usable(url, &organization));
            sheet.push(Check::ok("token", "Dagster+ accepts it"));
            return true;
        }
        Err(error) => error,
    };
    if let Some(right) = right_address(client, &error, asks_other_regions).await {
        let right = right.organization_url();
        sheet.push(Check::failed(
            "organization",
            format!(
                "{url} is the wrong address: {}, and {right} is the right one",
                error.problem()
            ),
            format!("set DAGSTER_CLOUD_URL={right}, which counts before organization and region"),
        ));
        sheet.push(Check::skipped("token", "organization"));
        return false;
    }
    match error.code() {
        Code::PlusUnauthorized => {
            sheet.push(Check::ok("organization", format!("{url} answers")));
            let mut check = Check::failed_by("token", &error);
            let elsewhere = client.connection().endpoint.elsewhere();
            if !asks_other_regions && !elsewhere.is_empty() {
                let others: Vec<&str> = elsewhere.iter().map(Endpoint::organization_url).collect();
                check.found.push_str(&format!("; other regions are at {}", others.join(", ")));
            }
            sheet.push(check);
            false
        }
        // It has read the question, so it has let the token in.
        Code::PlusFailed => {
            let found =
                format!("{url} answers, but does not name the organization: {}", error.problem());
            let fix = error.hint().unwrap_or_default();
            sheet.push(Check::warning("organization", found, fix));
            sheet.push(Check::ok("token", "Dagster+ accepts it"));
            true
        }
        _ => {
            sheet.push(Check::failed_by("organization", &error));
            sheet.push(Check::skipped("token", "organization"));
            false
        }
    }
}

/// Whether the token may create branch deployments, as far as Dagster+ says so.
pub(super) async fn permission<H: Host>(client: &Client<'_, H>, target: Option<&Target>) -> Check {
    const NAME: &str = "permission";
    if let Some(Target::Full { .. }) = target {
        return Check::nothing(
            NAME,
            "Dagster+ does not say what a token may do in full deployments",
        );
    }
    let unsaid = |why: &str| {
        let found =
            format!("Dagster+ does not say whether the token may create branch deployments{why}");
        Check::warning(NAME, found, format!("if the deploy ends with exit code 10: {TOKEN_FIX}"))
    };
    let permissions = match client.send(&account::permissions()).await {
        Ok(permissions) => permissions,
        Err(error) => return unsaid(&format!(": {}", error.problem())),
    };
    // The names are the service's own and not documented, but they can hardly do without these words.
    let is_about_branches =
        |it: &&Permission| it.permission.to_ascii_lowercase().contains("branch_deployment");
    let about: Vec<&Permission> = permissions.iter().filter(is_about_branches).collect();
    match (about.iter().find(|it| it.value), about.first()) {
        (Some(granted), _) => Check::ok(NAME, format!("the token has `{}`", granted.permission)),
        (None, Some(refused)) => {
            let reason = refused.disabled_reason.as_deref().map(|reason| format!(": `{reason}`"));
            let reason = reason.unwrap_or_default();
            let found = format!("the token does not have `{}`{reason}", refused.permission);
            Check::failed(NAME, found, TOKEN_FIX)
        }
        (None, None) => unsaid(""),
    }
}

/// Whether the deployment can be deployed to, and its state if it is there.
pub(super) async fn deployment<H: Host>(
    client: &Client<'_, H>,
    build: &Build,
    target: Option<&Target>,
    input: &DeployInput,
) -> (Check, Option<Deployment>) {
    const NAME: &str = "deployment";
    let branch = match target {
        None => return (Check::skipped(NAME, "target"), None),
        Some(Target::Full { deployment, .. }) => {
            let there = client.send(&branch_deployments::by_name(deployment)).await;
            return match there {
                Ok(there) => (Check::ok(NAME, format!("`{deployment}` is there")), Some(there)),
                Err(error) => (Check::failed_by(NAME, &error), None),
            };
        }
        Some(Target::BranchDeployment { branch }) => Branch::of(build, &branch.value),
    };
    let Ok(branch) = branch else { return (Check::skipped(NAME, "context"), None) };
    let (name, there) = match branch.look_up(client).await {
        Ok(found) => found,
        Err(error) => return (Check::failed_by(NAME, &error), None),
    };
    let Some(there) = there else {
        return (Check::ok(NAME, format!("the branch deployment `{name}` would be new")), None);
    };
    let update = branch.update(build, input, PullRequestStatus::Open);
    let older = update.ok().filter(|_| !input.allow_older);
    let check = match older.map(|update| check_older(&name, Some(there.clone()), &update.commit)) {
        Some(Err(error)) => Check::failed_by(NAME, &error),
        _ => Check::ok(NAME, format!("the branch deployment `{name}` is there")),
    };
    (check, Some(there))
}

/// Whether there is a full deployment to compare a branch deployment with; and all those that could be.
pub(super) async fn base<H: Host>(
    client: &Client<'_, H>,
    target: Option<&Target>,
    given: Option<&str>,
) -> (Check, Option<Vec<FullDeployment>>) {
    const NAME: &str = "base";
    if let Some(Target::Full { .. }) = target {
        return (Check::nothing(NAME, "a full deployment has none"), None);
    }
    let mut full = match client.send(&account::full_deployments()).await {
        Ok(full) => full,
        Err(error) => {
            let found = format!("not known: {}", error.problem());
            return (Check::warning(NAME, found, error.hint().unwrap_or_default()), None);
        }
    };
    let is_wanted = |full: &FullDeployment| given.is_none_or(|given| full.deployment_name == given);
    full.retain(is_wanted);
    let can = full.iter().filter(|full| full.can_have_branch_deployments);
    let can: Vec<String> = can.map(|full| format!("`{}`", full.deployment_name)).collect();
    let check = match (full.is_empty(), can.is_empty()) {
        (true, _) => {
            let name = given.unwrap_or_default();
            let found = format!("the organization has no full deployment `{name}`");
            Check::failed(NAME, found, "name another with --base-deployment-name, or none")
        }
        (false, true) => Check::failed(
            NAME,
            "Dagster+ says that the full deployment can have no branch deployments",
            "name another with --base-deployment-name, or look at the organization's plan and settings",
        ),
        (false, false) if given.is_none() && can.len() > 1 => {
            Check::ok(NAME, format!("the default one of {}", can.join(", ")))
        }
        (false, false) => Check::ok(NAME, can.join(", ")),
    };
    (check, Some(full))
}

fn usable(url: &str, organization: &Organization) -> Check {
    let Organization { name, status } = organization;
    let found = |how: &str| format!("`{name}` at {url}{how}");
    let fix = format!("look at the organization's settings at {url}");
    match status {
        OrganizationStatus::Active => Check::ok("organization", found("")),
        OrganizationStatus::ReadOnly => Check::failed("organization", found(" is read-only"), fix),
        OrganizationStatus::Suspended => Check::failed("organization", found(" is suspended"), fix),
        OrganizationStatus::PendingDeletion => {
            Check::failed("organization", found(" is about to be deleted"), fix)
        }
        OrganizationStatus::Other(other) => {
            let check = Check::failed("organization", found(&format!(" is {other}")), fix);
            Check { state: CheckState::Warning, ..check }
        }
    }
}

/// Where the organization is, if `error` is what a wrong address answers: where that address leads, else the address
/// of another region that takes the token.
///
/// The token is shown to Dagster's own hosts only, and only if it was meant for one of them.
async fn right_address<H: Host>(
    client: &Client<'_, H>,
    error: &PlusError,
    asks_other_regions: bool,
) -> Option<Endpoint> {
    let Connection { endpoint, token, budget } = client.connection();
    if let Some(to) = error.redirected_to() {
        let to = Endpoint::of_url(to, Wanted::Organization).ok()?;
        let is_other = to.organization_url() != endpoint.organization_url();
        return Some(to).filter(|to| is_other && to.organization().is_some());
    }
    if !error.is_of_a_stranger() || !asks_other_regions {
        return None;
    }
    for other in endpoint.elsewhere() {
        let budget = Budget { total: budget.per_exchange, ..*budget };
        let connection = Connection { endpoint: other, token: token.clone(), budget };
        let asked = Client::new(client.host(), &connection).poll(&account::organization()).await;
        if asked.is_ok_and(|found| endpoint.organization() == Some(found.name.as_str())) {
            return Some(connection.endpoint);
        }
    }
    None
}
