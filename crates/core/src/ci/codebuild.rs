//! AWS CodeBuild.
//!
//! The variables of the webhook are there only for builds that a webhook started. Under CodePipeline the source is an
//! archive without branch and `.git`, so the user says what it is.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html>

use super::{
    BuildKind, Found,
    fields::Fields,
    refs::{self, Ref},
    vars::Vars,
};

pub(super) fn present(vars: Vars<'_>) -> bool {
    vars.any(&["CODEBUILD_BUILD_ID", "CODEBUILD_BUILD_ARN"])
}

pub(super) fn read(vars: Vars<'_>) -> Fields {
    let trigger = vars.first(&["CODEBUILD_WEBHOOK_TRIGGER"], version);
    let version = vars.first(&["CODEBUILD_SOURCE_VERSION"], version);
    let numbered = trigger.iter().chain(&version).find(|it| it.value.is_pull_request());
    let kind = match numbered {
        Some(found) => Some(Found::new(BuildKind::PullRequest, found.source.clone())),
        None => vars
            .pull_request_event(&["CODEBUILD_WEBHOOK_EVENT"])
            .or_else(|| vars.pull_request_if(&["CODEBUILD_WEBHOOK_MERGE_COMMIT"])),
    };
    let status = vars.status(&["CODEBUILD_WEBHOOK_EVENT"]).filter(|_| kind.is_some());
    let target_branch = vars.branch(&["CODEBUILD_WEBHOOK_BASE_REF"]).filter(|_| kind.is_some());
    let mut refs = vars.refs(&["CODEBUILD_WEBHOOK_HEAD_REF"]);
    refs.extend(trigger);
    refs.extend(version);
    Fields {
        kind,
        refs,
        commit: vars.commit(&["CODEBUILD_RESOLVED_SOURCE_VERSION"]),
        pull_request_status: status,
        target_branch,
        clone_url: vars
            .clone_url(&["CODEBUILD_SOURCE_REPO_URL"])
            .filter(|url| url.value.contains("://")),
        build_url: vars.page(&["CODEBUILD_BUILD_URL", "CODEBUILD_PUBLIC_BUILD_URL"]),
        job_id: vars.text(&["CODEBUILD_BUILD_ID"]),
        ..Fields::default()
    }
}

/// `branch/x`, `tag/x` and `pr/12` of webhooks; a branch of a build started by hand. Hashes and archives are none.
fn version(value: &str) -> Option<Ref> {
    let archive = value.starts_with("arn:") || value.ends_with(".zip");
    match value.split_once('/') {
        Some(("branch", branch)) => refs::name(branch).map(Ref::Branch),
        Some(("tag", tag)) => refs::name(tag).map(Ref::Tag),
        Some(("pr", number)) => refs::number(number).map(|number| Ref::PullRequest(Some(number))),
        _ if archive || refs::commit(value).is_some() => None,
        _ => Ref::parse(value),
    }
}
