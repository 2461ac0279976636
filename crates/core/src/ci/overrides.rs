//! The variables of the user: `OFFSHOOT_BRANCH` and so on.

use super::{BuildKind, fields::Fields, system, vars::Vars};

/// The variables that override what a system says, and what each takes.
pub const VARIABLES: &[(&str, &str)] = &[
    ("OFFSHOOT_BRANCH", "the name of a branch"),
    ("OFFSHOOT_COMMIT", "the hash of a commit"),
    ("OFFSHOOT_PULL_REQUEST", "the number of a pull request"),
    ("OFFSHOOT_PULL_REQUEST_URL", "an http or https URL"),
    ("OFFSHOOT_PULL_REQUEST_STATUS", "open, closed or merged"),
    ("OFFSHOOT_TARGET_BRANCH", "the name of a branch"),
    ("OFFSHOOT_REPOSITORY", "a repository as `owner/name`"),
    ("OFFSHOOT_CLONE_URL", "a URL that Git can clone"),
    ("OFFSHOOT_BUILD_URL", "an http or https URL"),
    ("OFFSHOOT_JOB_ID", "any text"),
    ("OFFSHOOT_TAG", "the name of a tag"),
    ("OFFSHOOT_FORK", "true or false"),
    ("OFFSHOOT_DEFAULT_BRANCH", "the name of a branch"),
    ("OFFSHOOT_BRANCH_IS_DEFAULT", "true or false"),
    ("OFFSHOOT_CI", "the id of a system, such as `concourse`"),
];

/// A value that cannot be used still shows that this is a pull request or a tag.
pub(super) fn read(vars: Vars<'_>) -> Fields {
    Fields {
        kind: vars
            .pull_request_if(&[
                "OFFSHOOT_PULL_REQUEST",
                "OFFSHOOT_PULL_REQUEST_URL",
                "OFFSHOOT_PULL_REQUEST_STATUS",
                "OFFSHOOT_TARGET_BRANCH",
                "OFFSHOOT_FORK",
            ])
            .or_else(|| vars.kind_if(&["OFFSHOOT_TAG"], BuildKind::Tag)),
        refs: vars.refs(&["OFFSHOOT_BRANCH"]),
        commit: vars.commit(&["OFFSHOOT_COMMIT"]),
        merge: None,
        pull_request: vars.number(&["OFFSHOOT_PULL_REQUEST"]),
        pull_request_url: vars.page(&["OFFSHOOT_PULL_REQUEST_URL"]),
        pull_request_status: vars.status(&["OFFSHOOT_PULL_REQUEST_STATUS"]),
        target_branch: vars.branch(&["OFFSHOOT_TARGET_BRANCH"]),
        repository: vars
            .slug(&["OFFSHOOT_REPOSITORY"])
            .or_else(|| vars.slug_of_url(&["OFFSHOOT_CLONE_URL"])),
        clone_url: vars.clone_url(&["OFFSHOOT_CLONE_URL"]),
        build_url: vars.page(&["OFFSHOOT_BUILD_URL"]),
        job_id: vars.text(&["OFFSHOOT_JOB_ID"]),
        tag: vars.tag(&["OFFSHOOT_TAG"]),
        fork: vars.says(&["OFFSHOOT_FORK"]),
        default_branch: vars.branch(&["OFFSHOOT_DEFAULT_BRANCH"]),
        branch_is_default: vars.says(&["OFFSHOOT_BRANCH_IS_DEFAULT"]),
        mirrored: false,
    }
}

/// The variables that are set to what they do not take, in `fields` as they were read. The value itself is not
/// repeated: it may be a URL with a password.
pub(super) fn problems(vars: Vars<'_>, fields: &Fields) -> Vec<String> {
    let usable = |name| match name {
        "OFFSHOOT_BRANCH" => fields.refs.iter().any(|it| it.value.is_branch()),
        "OFFSHOOT_COMMIT" => fields.commit.is_some(),
        "OFFSHOOT_PULL_REQUEST" => fields.pull_request.is_some() || !vars.on(name),
        "OFFSHOOT_PULL_REQUEST_URL" => fields.pull_request_url.is_some(),
        "OFFSHOOT_PULL_REQUEST_STATUS" => fields.pull_request_status.is_some(),
        "OFFSHOOT_TARGET_BRANCH" => fields.target_branch.is_some(),
        "OFFSHOOT_REPOSITORY" => vars.slug(&[name]).is_some(),
        "OFFSHOOT_CLONE_URL" => fields.clone_url.is_some(),
        "OFFSHOOT_BUILD_URL" => fields.build_url.is_some(),
        "OFFSHOOT_TAG" => fields.tag.is_some(),
        "OFFSHOOT_FORK" => fields.fork.is_some(),
        "OFFSHOOT_DEFAULT_BRANCH" => fields.default_branch.is_some(),
        "OFFSHOOT_BRANCH_IS_DEFAULT" => fields.branch_is_default.is_some(),
        "OFFSHOOT_CI" => vars.first(&[name], system::by_id).is_some(),
        _ => true,
    };
    VARIABLES
        .iter()
        .filter(|(name, _)| vars.get(name).is_some() && !usable(name))
        .map(|(name, takes)| format!("`{name}` is ignored: it takes {takes}"))
        .collect()
}
