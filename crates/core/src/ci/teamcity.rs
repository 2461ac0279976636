//! TeamCity.
//!
//! Almost nothing is in the environment: it stands in properties files, or the user maps it to variables.
//! `teamcity.build.branch` is a logical name, and may be `<default>`.
//!
//! <https://www.jetbrains.com/help/teamcity/predefined-build-parameters.html>

use super::{BuildKind, Found, fields::Fields, refs, refs::Ref, vars::Vars, web};
use crate::git;

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let branch = |name: &str| vars.documents.property(name, |value| Ref::parse(value)?.branch());
    let source = vars.documents.property("teamcity.pullRequest.source.branch", Ref::parse);
    let built = vars.documents.property("teamcity.build.branch", built);
    let is_merge = |name: &str| name.ends_with("/merge");
    let merges =
        vars.documents.teamcity.get("teamcity.build.branch").is_some_and(|it| is_merge(it))
            || vars.get("BRANCH_NAME").is_some_and(is_merge);
    let number = vars.number(&["TEAMCITY_PULLREQUEST_NUMBER"]);
    let kind = vars
        .pull_request_if(&[
            "TEAMCITY_PULLREQUEST_NUMBER",
            "TEAMCITY_PULLREQUEST_SOURCE_BRANCH",
            "TEAMCITY_PULLREQUEST_TARGET_BRANCH",
            "TEAMCITY_PULLREQUEST_TITLE",
        ])
        .or_else(|| {
            let names = vars.documents.teamcity.keys();
            let of_pull_request =
                names.into_iter().find(|it| it.starts_with("teamcity.pullRequest."))?;
            Some(Found::new(BuildKind::PullRequest, &**of_pull_request))
        });
    Fields {
        kind,
        refs: source
            .into_iter()
            .chain(built)
            .chain(vars.first(&["BRANCH_NAME"], self::built))
            .collect(),
        commit: vars.commit(&["BUILD_VCS_NUMBER"]).filter(|_| !merges),
        pull_request: number
            .or_else(|| vars.documents.property("teamcity.pullRequest.number", refs::number)),
        target_branch: vars
            .branch(&["TEAMCITY_PULLREQUEST_TARGET_BRANCH"])
            .or_else(|| branch("teamcity.pullRequest.target.branch")),
        clone_url: vars.documents.property("vcsroot.url", |url| {
            git::slug(url)?;
            Some(git::without_secrets(url))
        }),
        build_url: vars.page(&["BUILD_URL"]).or_else(|| build_url(vars)),
        job_id: vars.documents.property("teamcity.build.id", |id| Some(id.to_owned())),
        ..Fields::default()
    }
}

/// The branch that is built. A pull request is a bare number here.
fn built(value: &str) -> Option<Ref> {
    match refs::number(value) {
        Some(number) => Some(Ref::PullRequest(Some(number))),
        None => Ref::parse(value),
    }
}

fn build_url(vars: Vars<'_>) -> Option<Found<String>> {
    let text = |value: &str| Some(value.to_owned());
    let server = vars.documents.property("teamcity.serverUrl", text)?;
    let id = vars.documents.property("teamcity.build.id", text)?;
    server.with(&id, |server, id| web::page(&format!("{server}/viewLog.html?buildId={id}")))
}
