//! GitHub Actions, and Gitea and Forgejo Actions, which set the same variables.
//!
//! On pull requests `GITHUB_SHA` is the merge commit, with `pull_request_target` the base: only the event knows the
//! head. On most other events the variables are those of the default branch, whatever the event is about.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>

use super::{
    BuildKind, Found,
    documents::GithubEvent,
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
    let of_payload = if event.get("pull_request").is_some() {
        of_pull_request(event)
    } else if event.get("issue.pull_request").is_some() {
        of_comment(event)
    } else if event.get("workflow_run").is_some() {
        of_workflow_run(event)
    } else {
        Fields::default()
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
        .or_else(|| vars.pull_request_event(&["GITHUB_EVENT_NAME"]))
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

/// What an event of this name builds that is none of a pull request; `None` if that is told by the ref, for a push may be
/// of a tag.
fn of_event(name: &str) -> Option<BuildKind> {
    match name {
        _ if OF_THEIR_REF.contains(&name) => None,
        _ => Some(BuildKind::Other),
    }
}

fn of_pull_request(event: &GithubEvent) -> Fields {
    let merged = event.get("pull_request.merged").is_some_and(|merged| merged == true);
    let status = match merged {
        true => Some(GithubEvent::found("pull_request.merged", PullRequestStatus::Merged)),
        false => event.text("pull_request.state", PullRequestStatus::parse),
    };
    // The head's repository is null once the fork is deleted.
    let head = event.str("pull_request.head.repo.full_name");
    let base = event.str("pull_request.base.repo.full_name");
    Fields {
        kind: Some(GithubEvent::found("pull_request", BuildKind::PullRequest)),
        refs: event.text("pull_request.head.ref", Ref::parse).into_iter().collect(),
        commit: event.text("pull_request.head.sha", refs::commit),
        pull_request: event.number("pull_request.number"),
        pull_request_url: event.text("pull_request.html_url", web::page),
        pull_request_status: status,
        target_branch: branch(event, "pull_request.base.ref"),
        fork: base.map(|base| GithubEvent::found("pull_request.head.repo", head != Some(base))),
        ..Fields::default()
    }
}

fn of_comment(event: &GithubEvent) -> Fields {
    Fields {
        kind: Some(GithubEvent::found("issue.pull_request", BuildKind::PullRequest)),
        pull_request: event.number("issue.number"),
        pull_request_url: event.text("issue.pull_request.html_url", web::page),
        ..Fields::default()
    }
}

/// A workflow after another one: it builds what the other built. A branch of the same name in a fork is another.
fn of_workflow_run(event: &GithubEvent) -> Fields {
    let own = event.str("repository.full_name");
    let is_own = own.is_some() && own == event.str("workflow_run.head_repository.full_name");
    let kind = match event.str("workflow_run.event") {
        Some("push") if is_own => BuildKind::Branch,
        Some(event) if event.starts_with("pull_request") => BuildKind::PullRequest,
        _ => BuildKind::Other,
    };
    Fields {
        kind: Some(GithubEvent::found("workflow_run.event", kind)),
        refs: event.text("workflow_run.head_branch", Ref::parse).into_iter().collect(),
        commit: event.text("workflow_run.head_sha", refs::commit),
        ..Fields::default()
    }
}

/// What is the same for every event.
fn of_repository(vars: Vars<'_>, event: &GithubEvent) -> Fields {
    let server = ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY"];
    let clone_url = event.text("repository.clone_url", |url| Some(git::without_secrets(url)));
    let number = vars.refs(&["GITHUB_REF"]).into_iter().find_map(|it| match it.value {
        Ref::PullRequest(number) => number,
        _ => None,
    });
    let number = event.number("pull_request.number").map(|found| found.value).or(number);
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
        repository: vars
            .slug(&["GITHUB_REPOSITORY"])
            .or_else(|| event.text("repository.full_name", vars::slug)),
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
        default_branch: branch(event, "repository.default_branch"),
        ..Fields::default()
    }
}

fn branch(event: &GithubEvent, path: &str) -> Option<Found<String>> {
    event.text(path, Ref::parse)?.then(Ref::branch)
}
