//! AppVeyor. `APPVEYOR_REPO_BRANCH` is the target on pull requests.
//!
//! <https://www.appveyor.com/docs/environment-variables/>

use super::{BuildKind, Found, fields::Fields, vars::Vars};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let kind = vars.pull_request_if(&[
        "APPVEYOR_PULL_REQUEST_NUMBER",
        "APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH",
        "APPVEYOR_PULL_REQUEST_HEAD_COMMIT",
        "APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME",
        "APPVEYOR_PULL_REQUEST_TITLE",
    ]);
    let is_pull_request = kind.is_some();
    let own_branch: &[&str] = if is_pull_request { &[] } else { &["APPVEYOR_REPO_BRANCH"] };
    let mut refs = vars.refs(&["APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH"]);
    refs.extend(vars.refs(own_branch));
    let tagged = vars.get("APPVEYOR_REPO_TAG").is_none() || vars.on("APPVEYOR_REPO_TAG");
    Fields {
        kind: kind.or_else(|| vars.kind_if(&["APPVEYOR_REPO_TAG"], BuildKind::Tag)),
        refs,
        commit: vars
            .commit(&["APPVEYOR_PULL_REQUEST_HEAD_COMMIT"])
            .or_else(|| vars.commit(&["APPVEYOR_REPO_COMMIT"]).filter(|_| !is_pull_request)),
        pull_request: vars.number(&["APPVEYOR_PULL_REQUEST_NUMBER"]),
        target_branch: vars.branch(&["APPVEYOR_REPO_BRANCH"]).filter(|_| is_pull_request),
        repository: vars.slug(&["APPVEYOR_REPO_NAME"]),
        clone_url: clone_url(vars),
        build_url: vars.page_of(
            ["APPVEYOR_URL", "APPVEYOR_ACCOUNT_NAME", "APPVEYOR_PROJECT_SLUG", "APPVEYOR_BUILD_ID"],
            |[server, account, project, build]| {
                format!("{server}/project/{account}/{project}/builds/{build}")
            },
        ),
        job_id: vars.text(&["APPVEYOR_JOB_ID"]),
        tag: vars.tag(&["APPVEYOR_REPO_TAG_NAME"]).filter(|_| tagged),
        fork: vars.differ("APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME", "APPVEYOR_REPO_NAME"),
        ..Fields::default()
    }
}

fn clone_url(vars: Vars<'_>) -> Option<Found<String>> {
    let host = match vars.get("APPVEYOR_REPO_PROVIDER")?.to_ascii_lowercase().as_str() {
        "github" => "github.com",
        "bitbucket" => "bitbucket.org",
        "gitlab" => "gitlab.com",
        _ => return None,
    };
    vars.page_of(["APPVEYOR_REPO_PROVIDER", "APPVEYOR_REPO_NAME"], |[_, name]| {
        format!("https://{host}/{name}.git")
    })
}
