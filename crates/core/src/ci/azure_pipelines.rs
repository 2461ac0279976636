//! Azure Pipelines.
//!
//! On pull requests `BUILD_SOURCEBRANCH` is `refs/pull/12/merge` and `BUILD_SOURCEVERSION` the merge commit.
//! `BUILD_SOURCEBRANCHNAME` is the last part of a branch only, and is never read. The number that people see is
//! `PULLREQUESTNUMBER` on GitHub and `PULLREQUESTID` in Azure Repos.
//!
//! <https://learn.microsoft.com/azure/devops/pipelines/build/variables>

use super::{BuildKind, Found, fields::Fields, vars::Vars, web};
use crate::git::Slug;

pub(super) fn present(vars: Vars<'_>) -> bool {
    vars.any(&["TF_BUILD", "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "BUILD_BUILDURI"])
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let kind = vars
        .pull_request_if(&[
            "SYSTEM_PULLREQUEST_PULLREQUESTID",
            "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER",
            "SYSTEM_PULLREQUEST_PULLREQUESTITERATION",
            "SYSTEM_PULLREQUEST_SOURCEBRANCH",
            "SYSTEM_PULLREQUEST_SOURCECOMMITID",
            "SYSTEM_PULLREQUEST_SOURCEREPOSITORYURI",
            "SYSTEM_PULLREQUEST_TARGETBRANCH",
            "SYSTEM_PULLREQUEST_TARGETBRANCHNAME",
            "SYSTEM_PULLREQUEST_ISFORK",
        ])
        .or_else(|| vars.pull_request_event(&["BUILD_REASON"]))
        .or_else(|| shelved(vars));
    let in_azure_repos = vars.is("BUILD_REPOSITORY_PROVIDER", "TfsGit");
    let mut refs = vars.refs(&["SYSTEM_PULLREQUEST_SOURCEBRANCH"]);
    let own_ref = vars.refs(&["BUILD_SOURCEBRANCH"]);
    let is_merge = own_ref.iter().any(|it| it.value.is_pull_request());
    if kind.is_none() || is_merge {
        refs.extend(own_ref);
    }
    Fields {
        refs,
        commit: vars.commit(&["SYSTEM_PULLREQUEST_SOURCECOMMITID"]).or_else(|| {
            vars.commit(&["BUILD_SOURCEVERSION"]).filter(|_| kind.is_none() && !is_merge)
        }),
        pull_request: vars
            .number(&["SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"]),
        pull_request_url: vars
            .page_of(
                ["BUILD_REPOSITORY_URI", "SYSTEM_PULLREQUEST_PULLREQUESTID"],
                |[repository, number]| format!("{repository}/pullrequest/{number}"),
            )
            .filter(|_| in_azure_repos),
        target_branch: vars.branch(&["SYSTEM_PULLREQUEST_TARGETBRANCH"]),
        repository: if in_azure_repos {
            project(vars)
        } else {
            vars.slug(&["BUILD_REPOSITORY_NAME"])
        },
        clone_url: vars.clone_url(&["BUILD_REPOSITORY_URI"]),
        build_url: build_url(vars),
        job_id: vars.text(&["SYSTEM_JOBID"]),
        fork: vars.says(&["SYSTEM_PULLREQUEST_ISFORK"]).filter(|_| kind.is_some()),
        kind,
        ..Fields::default()
    }
}

/// A change that is not in yet, to be validated before it is.
fn shelved(vars: Vars<'_>) -> Option<Found<BuildKind>> {
    let shelved = ["CheckInShelveset", "ValidateShelveset"];
    vars.first(&["BUILD_REASON"], |it| shelved.contains(&it).then_some(BuildKind::PullRequest))
}

/// Project and repository, of which Azure Repos may have several in one project.
fn project(vars: Vars<'_>) -> Option<Found<Slug>> {
    vars.owner_and_name("SYSTEM_TEAMPROJECT", "BUILD_REPOSITORY_NAME")
}

fn build_url(vars: Vars<'_>) -> Option<Found<String>> {
    ["SYSTEM_COLLECTIONURI", "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"].into_iter().find_map(|server| {
        vars.page_of([server, "SYSTEM_TEAMPROJECT", "BUILD_BUILDID"], |[server, project, build]| {
            let (server, project) = (server.trim_end_matches('/'), web::segment(project));
            format!("{server}/{project}/_build/results?buildId={build}")
        })
    })
}
