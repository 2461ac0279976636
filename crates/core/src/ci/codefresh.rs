//! Codefresh. `CF_BRANCH` is a branch or a tag. (`CF_PAGES` belongs to Cloudflare.)
//!
//! <https://codefresh.io/docs/docs/pipelines/variables/>

use super::{
    BuildKind, Found,
    fields::{Fields, PullRequestStatus},
    refs::{self, Ref},
    vars::Vars,
};

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let merged = vars.is("CF_PULL_REQUEST_MERGED", "true");
    let merged = merged.then(|| Found::new(PullRequestStatus::Merged, "CF_PULL_REQUEST_MERGED"));
    let kind = vars
        .pull_request_if(&[
            "CF_PULL_REQUEST_NUMBER",
            "CF_PULL_REQUEST_ID",
            "CF_PULL_REQUEST_TARGET",
            "CF_PULL_REQUEST_ACTION",
            "CF_PULL_REQUEST_HEAD_BRANCH",
            "CF_PULL_REQUEST_IS_FORK",
            "CF_PULL_REQUEST_LABELS",
        ])
        .or_else(|| vars.kind_if(&["CF_BASE_BRANCH"], BuildKind::Tag));
    let is_tag = kind.as_ref().is_some_and(|it| it.value == BuildKind::Tag);
    let named = |value: &str| match value.strip_prefix("tags/") {
        Some(tag) => refs::name(tag).map(Ref::Tag),
        None if is_tag => {
            refs::name(value.strip_prefix("refs/tags/").unwrap_or(value)).map(Ref::Tag)
        }
        None => Ref::parse(value),
    };
    Fields {
        refs: vars.first(&["CF_BRANCH"], named).into_iter().collect(),
        kind,
        commit: vars.commit(&["CF_REVISION"]),
        pull_request: vars.number(&["CF_PULL_REQUEST_NUMBER", "CF_PULL_REQUEST_ID"]),
        pull_request_status: merged.or_else(|| vars.status(&["CF_PULL_REQUEST_ACTION"])),
        target_branch: vars.branch(&["CF_PULL_REQUEST_TARGET"]),
        repository: vars.owner_and_name("CF_REPO_OWNER", "CF_REPO_NAME"),
        clone_url: vars.page_of(
            ["CF_COMMIT_URL", "CF_REPO_OWNER", "CF_REPO_NAME"],
            |[commit, owner, name]| {
                let host: String = commit.split_inclusive('/').take(3).collect();
                format!("{host}{owner}/{name}.git")
            },
        ),
        build_url: vars.page(&["CF_BUILD_URL"]),
        job_id: vars.text(&["CF_STEP_NAME"]),
        ..Fields::default()
    }
}
