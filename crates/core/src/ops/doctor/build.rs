//! What is known of the build: its checkout, its context, where it goes, and its code locations.

use super::Check;
use crate::{
    env::Env,
    git,
    location::Document,
    ops::{DeployInput, Error, context::Build, deploy::Branch},
    plus::branch_deployments::PullRequestStatus,
    ports::Host,
    target::{Target, TargetError},
};

/// The build, or why nothing is known of it.
pub(super) struct Known {
    pub(super) build: Build,
    nothing: Option<Error>,
}

/// Reads what is known of the build.
pub(super) fn read<H: Host>(host: &H, env: &Env, path: &str) -> Known {
    match Build::read(host, env, path) {
        Ok(build) => Known { build, nothing: None },
        Err(error) => Known { build: Build::default(), nothing: Some(error) },
    }
}

/// Whether the checkout can be read.
pub(super) fn git<H: Host>(host: &H, env: &Env, path: &str, known: &Known) -> Check {
    let error = match git::read(host.files(), host.charset(), env, path) {
        Ok(git::GitState { commit: Some(commit), branch, .. }) => {
            let branch = branch.map_or_else(|| "no branch".to_owned(), |it| format!("`{it}`"));
            return Check::ok("git", format!("{} on {branch}", short(&commit.hash)));
        }
        Ok(_) => {
            return Check::warning("git", "the branch has no commit yet", "commit something");
        }
        Err(error) => error,
    };
    let failed = Check::failed_by("git", &error);
    match &known.nothing {
        Some(_) => failed,
        // CI may say all that is needed; `context` tells.
        None => Check { state: super::CheckState::Warning, ..failed },
    }
}

/// Whether all is known that a branch deployment is created from.
pub(super) fn context(known: &Known, target: Option<&Target>, input: &DeployInput) -> Check {
    const NAME: &str = "context";
    if known.nothing.is_some() {
        return Check::failed(
            NAME,
            "neither CI nor a checkout tells anything of a build",
            "run it in CI or in a checkout, or set OFFSHOOT_BRANCH, OFFSHOOT_COMMIT and OFFSHOOT_REPOSITORY",
        );
    }
    let Build { context, .. } = &known.build;
    if !matches!(target, Some(Target::Full { .. })) {
        let named = context.branch_name.as_ref().map(|found| found.value.as_str());
        let branch = Branch::of(&known.build, named.unwrap_or_default());
        let update =
            branch.and_then(|branch| branch.update(&known.build, input, PullRequestStatus::Open));
        if let Err(error) = update {
            return Check::failed_by(NAME, &error);
        }
    }
    let differing: Vec<&str> = context.conflicts.iter().map(|conflict| conflict.field).collect();
    if !differing.is_empty() {
        return Check::warning(
            NAME,
            format!("CI and the checkout say different things of {}", differing.join(", ")),
            "what CI says counts; `offshoot context` shows both",
        );
    }
    if let Some(problem) = context.problems.first() {
        return Check::warning(NAME, problem, "`offshoot context` shows all that is known");
    }
    let parts = [
        context.ci.as_ref().map(|found| found.source.clone()),
        known.build.repository(),
        context.branch_name.as_ref().map(|found| format!("`{}`", found.value)),
        context.commit_hash.as_ref().map(|found| short(&found.value).to_owned()),
        context.pull_request.as_ref().map(|found| format!("pull request {}", found.value)),
    ];
    Check::ok(NAME, parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// Where the build goes.
pub(super) fn target(target: Result<Target, TargetError>) -> (Check, Option<Target>) {
    let found = match &target {
        Ok(Target::BranchDeployment { branch }) => {
            format!("the branch deployment of `{}` ({})", branch.value, branch.source)
        }
        Ok(Target::Full { deployment, .. }) => format!("the full deployment `{deployment}`"),
        Err(error) => return (Check::failed_by("target", error), None),
    };
    (Check::ok("target", found), target.ok())
}

/// Whether the location file and the flags are valid.
pub(super) fn locations(documents: Result<Vec<Document>, Error>) -> (Check, Option<Vec<Document>>) {
    match documents {
        Ok(documents) => {
            let names = documents.iter().map(|document| format!("`{}`", document.location_name));
            let found = names.collect::<Vec<_>>().join(", ");
            (Check::ok("locations", found), Some(documents))
        }
        Err(error) => (Check::failed_by("locations", &error), None),
    }
}

/// As much of a commit's hash as people read.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
