//! The variables of the user: `OFFSHOOT_BRANCH` and so on.

use super::{BuildKind, fields::Fields, system, vars::Vars};
use crate::{git, text::one_line};

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

/// A variable that is set to what it does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// Its name.
    pub variable: &'static str,
    /// What it takes.
    pub takes: &'static str,
    /// What it is set to, on one line, without user and password if it is a URL.
    pub value: String,
}

/// The variables that decide where a build goes. Whoever sets one of them does not mean what CI says, so they are never
/// ignored.
const DECIDING: &[&str] = &[
    "OFFSHOOT_BRANCH",
    "OFFSHOOT_PULL_REQUEST",
    "OFFSHOOT_TARGET_BRANCH",
    "OFFSHOOT_TAG",
    "OFFSHOOT_FORK",
    "OFFSHOOT_DEFAULT_BRANCH",
    "OFFSHOOT_BRANCH_IS_DEFAULT",
    "OFFSHOOT_CI",
];

/// The variables that are set to what they do not take, in `fields` as they were read.
pub(super) fn unusable(vars: Vars<'_>, fields: &Fields) -> Vec<Unusable> {
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
    let unusable = |&(variable, takes): &(&'static str, &'static str)| {
        let value = vars.get(variable).filter(|_| !usable(variable))?;
        Some(Unusable { variable, takes, value: git::without_secrets(&one_line(value)) })
    };
    VARIABLES.iter().filter_map(unusable).collect()
}

impl Unusable {
    /// Whether the variable decides where the build goes.
    pub(super) fn decides(&self) -> bool {
        DECIDING.contains(&self.variable)
    }

    /// What is wrong, as a note. The value is not repeated: it may hold a secret in a form that nobody knows.
    pub(super) fn problem(&self) -> String {
        let Self { variable, takes, .. } = self;
        let outcome = if self.decides() { "cannot be used" } else { "is ignored" };
        format!("`{variable}` {outcome}: it takes {takes}")
    }
}
