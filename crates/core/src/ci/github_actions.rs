//! GitHub Actions, and Gitea and Forgejo Actions, which set the same variables.
//!
//! On pull requests `GITHUB_SHA` is the merge commit, with `pull_request_target` the base: only the event knows the
//! head. On most other events the variables are those of the default branch, whatever the event is about.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>

use super::{
    BuildKind, Found,
    documents::{GithubEvent, Issue, PullRequest, Repository, Side, WorkflowRun},
    fields::{Fields, PullRequestStatus},
    refs::{self, Ref},
    vars::{self, Vars},
    web,
};
use crate::git;

/// Events that are about the ref that is checked out.
const OF_THEIR_REF: &[&str] =
    &["create", "push", "release", "repository_dispatch", "schedule", "workflow_dispatch"];

pub(super) fn present(vars: Vars<'_>) -> bool {
    let run = vars.on("GITHUB_RUN_ID") && vars.on("GITHUB_REPOSITORY");
    (vars.on("GITHUB_ACTIONS") || run) && !gitea(vars)
}

pub(super) fn gitea(vars: Vars<'_>) -> bool {
    vars.any(&["GITEA_ACTIONS", "FORGEJO_ACTIONS"])
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let none = GithubEvent::default();
    let event = vars.documents.github_event.as_ref().unwrap_or(&none);
    let of_payload = match event {
        GithubEvent { pull_request: Some(pull_request), .. } => of_pull_request(pull_request),
        GithubEvent { issue: Some(issue @ Issue { pull_request: Some(_), .. }), .. } => {
            of_comment(issue)
        }
        GithubEvent { workflow_run: Some(run), repository, .. } => {
            of_workflow_run(run, repository.as_ref())
        }
        _ => Fields::default(),
    };
    let about_something_else = of_payload.kind.is_some();
    of_payload.or(of_variables(vars, about_something_else)).or(of_repository(vars, event))
}

/// What the variables say. If the build is `about_something_else` than the ref of the variables, then ref and commit are
/// those of the default branch, or of a merge.
fn of_variables(vars: Vars<'_>, about_something_else: bool) -> Fields {
    let event = vars.get("GITHUB_EVENT_NAME");
    let kind = vars
        .pull_request_if(&["GITHUB_HEAD_REF", "GITHUB_BASE_REF"])
        .or_else(|| event.and_then(of_event).map(|kind| Found::new(kind, "GITHUB_EVENT_NAME")));
    let usable = kind.is_none() && !about_something_else;
    let own_ref = vars.refs(&["GITHUB_REF"]);
    let merges = own_ref.iter().any(|it| it.value.is_pull_request());
    let mut refs = vars.refs(&["GITHUB_HEAD_REF"]);
    refs.extend(own_ref.into_iter().filter(|it| usable || !it.value.is_branch()));
    // act runs workflows on a laptop: nobody has pushed what it runs. And GitHub always names the event.
    let nobodys = vars.on("ACT").then_some("ACT");
    let nobodys = nobodys.or(event.is_none().then_some("GITHUB_EVENT_NAME, which is not set"));
    Fields {
        kind: kind.or_else(|| nobodys.map(|source| Found::new(BuildKind::Other, source))),
        refs,
        commit: vars.commit(&["GITHUB_SHA"]).filter(|_| usable && !merges),
        merge: vars.commit(&["GITHUB_SHA"]).filter(|_| is_merge(vars)),
        target_branch: vars.branch(&["GITHUB_BASE_REF"]),
        tag: vars.tag(&["GITHUB_REF_NAME"]).filter(|_| vars.is("GITHUB_REF_TYPE", "tag")),
        ..Fields::default()
    }
}

/// Whether the ref is that of a trial merge. Gitea builds `refs/pull/12/head`.
fn is_merge(vars: Vars<'_>) -> bool {
    vars.get("GITHUB_REF")
        .is_some_and(|name| name.starts_with("refs/pull/") && name.ends_with("/merge"))
}

/// What an event of this name builds; `None` if that is told by the ref, for a push may be of a tag.
fn of_event(name: &str) -> Option<BuildKind> {
    match name {
        _ if OF_THEIR_REF.contains(&name) => None,
        "merge_group" => Some(BuildKind::PullRequest),
        _ if name.starts_with("pull_request") => Some(BuildKind::PullRequest),
        _ => Some(BuildKind::Other),
    }
}

fn of_pull_request(pull_request: &PullRequest) -> Fields {
    let (head, base) = (pull_request.head.as_ref(), pull_request.base.as_ref());
    let status = match (pull_request.merged, pull_request.state.as_deref()) {
        (Some(true), _) => member("pull_request.merged", PullRequestStatus::Merged),
        (_, state) => state
            .and_then(PullRequestStatus::parse)
            .and_then(|status| member("pull_request.state", status)),
    };
    let name = |side: Option<&Side>| {
        side.and_then(|side| side.repo.as_ref()).and_then(|repo| repo.full_name.clone())
    };
    Fields {
        kind: member("pull_request", BuildKind::PullRequest),
        refs: branch("pull_request.head.ref", head.and_then(|head| head.name.as_deref()))
            .into_iter()
            .collect(),
        commit: head
            .and_then(|head| refs::commit(head.sha.as_deref()?))
            .and_then(|commit| member("pull_request.head.sha", commit)),
        pull_request: pull_request.number.and_then(|number| member("pull_request.number", number)),
        pull_request_url: pull_request
            .html_url
            .as_deref()
            .and_then(web::page)
            .and_then(|url| member("pull_request.html_url", url)),
        pull_request_status: status,
        target_branch: branch("pull_request.base.ref", base.and_then(|base| base.name.as_deref()))
            .and_then(|it| it.then(Ref::branch)),
        // The head's repository is null once the fork is deleted.
        fork: name(base).and_then(|base| {
            member("pull_request.head.repo", name(head).is_none_or(|head| head != base))
        }),
        ..Fields::default()
    }
}

fn of_comment(issue: &Issue) -> Fields {
    let page = issue.pull_request.as_ref().and_then(|it| it.html_url.as_deref());
    Fields {
        kind: member("issue.pull_request", BuildKind::PullRequest),
        pull_request: issue.number.and_then(|number| member("issue.number", number)),
        pull_request_url: page
            .and_then(web::page)
            .and_then(|url| member("issue.pull_request.html_url", url)),
        ..Fields::default()
    }
}

/// A workflow after another one: it builds what the other built. A branch of the same name in a fork is another.
fn of_workflow_run(run: &WorkflowRun, repository: Option<&Repository>) -> Fields {
    let name = |repository: Option<&Repository>| repository.and_then(|it| it.full_name.clone());
    let own = name(repository).is_some() && name(run.head_repository.as_ref()) == name(repository);
    let kind = match run.event.as_deref() {
        Some("push") if own => BuildKind::Branch,
        Some(event) if event.starts_with("pull_request") => BuildKind::PullRequest,
        _ => BuildKind::Other,
    };
    Fields {
        kind: member("workflow_run.event", kind),
        refs: branch("workflow_run.head_branch", run.head_branch.as_deref()).into_iter().collect(),
        commit: run
            .head_sha
            .as_deref()
            .and_then(refs::commit)
            .and_then(|commit| member("workflow_run.head_sha", commit)),
        ..Fields::default()
    }
}

/// What is the same for every event.
fn of_repository(vars: Vars<'_>, event: &GithubEvent) -> Fields {
    let repository = event.repository.as_ref();
    let server = ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY"];
    let clone_url = repository
        .and_then(|it| it.clone_url.as_deref())
        .and_then(|url| member("repository.clone_url", git::without_secrets(url)));
    let number = vars.refs(&["GITHUB_REF"]).into_iter().find_map(|it| match it.value {
        Ref::PullRequest(number) => number,
        _ => None,
    });
    let number = event.pull_request.as_ref().and_then(|it| it.number).or(number);
    let pulls = if gitea(vars) { "pulls" } else { "pull" };
    let attempt = vars.get("GITHUB_RUN_ATTEMPT").map(|attempt| format!("/attempts/{attempt}"));
    let build_url = match gitea(vars) {
        true => vars.page_of(
            ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_NUMBER"],
            |[server, repository, run]| format!("{server}/{repository}/actions/runs/{run}"),
        ),
        false => vars.page_of(
            ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"],
            |[server, repository, run]| {
                let attempt = attempt.unwrap_or_default();
                format!("{server}/{repository}/actions/runs/{run}{attempt}")
            },
        ),
    };
    Fields {
        repository: vars.slug(&["GITHUB_REPOSITORY"]).or_else(|| {
            repository
                .and_then(|it| it.full_name.as_deref())
                .and_then(vars::slug)
                .and_then(|slug| member("repository.full_name", slug))
        }),
        clone_url: clone_url.or_else(|| {
            vars.page_of(server, |[server, repository]| format!("{server}/{repository}.git"))
        }),
        pull_request_url: number.and_then(|number| {
            vars.page_of(server, |[server, repository]| {
                format!("{server}/{repository}/{pulls}/{number}")
            })
        }),
        build_url,
        job_id: vars.text(&["GITHUB_JOB"]),
        default_branch: branch(
            "repository.default_branch",
            repository.and_then(|it| it.default_branch.as_deref()),
        )
        .and_then(|it| it.then(Ref::branch)),
        ..Fields::default()
    }
}

fn branch(name: &str, value: Option<&str>) -> Option<Found<Ref>> {
    member(name, Ref::parse(value?)?)
}

/// A value of the event.
fn member<T>(name: &str, value: T) -> Option<Found<T>> {
    Some(Found::new(value, format!("GITHUB_EVENT_PATH: {name}")))
}
