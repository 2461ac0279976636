//! Which deployment a build may touch: the one place where that is decided.
//!
//! A full deployment is reached in two ways only: a person asks for it by name, or a CI system builds the default
//! branch, which is known and not guessed, for its own sake. What is missing, unknown or contradictory ends in an error
//! that says how to go on. What Git alone says of a checkout never leads to a full deployment: a laptop is on the default
//! branch most of the time.

use serde::Serialize;

use crate::{
    ci::{BuildKind, Detected, Found, Unusable},
    error::{Code, Explain},
    git::GitState,
    plus::DeploymentName,
};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish<'a> {
    /// What the build is of. Builds of the default branch go to `full`, which may come from a setting: it is the name
    /// of a place, and no word to go there.
    ByBuild {
        /// The full deployment of the default branch, if it is known.
        full: Option<&'a DeploymentName>,
    },
    /// A branch deployment and nothing else.
    BranchDeployment,
    /// This full deployment, by a flag that says so.
    Full(&'a DeploymentName),
}

impl<'a> Wish<'a> {
    /// `said` if a flag says it, else what the build is of, with `full` for the default branch.
    pub fn of(said: Option<&'a DeploymentName>, full: Option<&'a DeploymentName>) -> Self {
        said.map_or(Self::ByBuild { full }, Self::Full)
    }
}

/// The deployment that a build may touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Target {
    /// The branch deployment of `branch`.
    BranchDeployment {
        /// The branch, and what says so.
        branch: Found<String>,
    },
    /// A full deployment.
    Full {
        /// Its name.
        deployment: DeploymentName,
        /// The default branch that is built; `None` if the deployment was asked for by name.
        default_branch: Option<Found<String>>,
    },
}

/// How a full deployment is asked for by name.
const BY_NAME: &str = "name the full deployment with `--full-deployment`";

/// How a build of a tag gets a branch deployment.
const OF_TAG: &str = "set `OFFSHOOT_BRANCH` to the branch whose deployment is meant";

/// How it gets known whether a branch is the default branch.
const WHETHER_DEFAULT: &str =
    "set `OFFSHOOT_DEFAULT_BRANCH`, or `OFFSHOOT_BRANCH_IS_DEFAULT=false` for a feature branch";

/// What a default branch is mostly called. Where it is not known, a build of such a branch is neither taken for one of
/// the default branch nor for one of a feature.
const MOSTLY_DEFAULT: &[&str] = &["main", "master"];

/// Decides which deployment the build `detected`, with its checkout at `git`, may touch.
///
/// # Errors
/// If that is not known for sure, or nothing fits the wish.
pub fn resolve(
    detected: &Detected,
    git: Option<&GitState>,
    wish: Wish<'_>,
) -> Result<Target, TargetError> {
    if let Wish::Full(name) = wish {
        return Ok(Target::Full { deployment: name.clone(), default_branch: None });
    }
    if let Some(unusable) = &detected.unusable {
        return Err(TargetError::Unusable(unusable.clone()));
    }
    let kind = detected.kind.as_ref().map(|kind| kind.value);
    match kind {
        Some(BuildKind::PullRequest) => of_pull_request(detected, git),
        // The branch that the user names has a branch deployment, but no full one: CI builds the tag.
        Some(BuildKind::Tag) if is_branch_of_user(detected) => {
            of_branch(detected, git, Wish::BranchDeployment)
        }
        Some(BuildKind::Tag) => Err(TargetError::Tag {
            tag: detected.tag.as_ref().map(|tag| tag.value.clone()).unwrap_or_default(),
            or_full: wish != Wish::BranchDeployment,
        }),
        Some(BuildKind::Branch | BuildKind::Other) | None => of_branch(detected, git, wish),
    }
}

/// A branch deployment, even if the branch has the default branch's name: it may be that of a fork.
fn of_pull_request(detected: &Detected, git: Option<&GitState>) -> Result<Target, TargetError> {
    // Some systems check out the target, so Git's word counts only if it is another.
    let target = detected.target_branch.as_ref().map(|target| &target.value);
    let default = default_branch(detected, git).map(|default| default.value);
    let checked_out = || {
        by_git(git).filter(|branch| {
            target.is_some_and(|target| *target != branch.value)
                && default.as_ref() != Some(&branch.value)
        })
    };
    let branch = detected.branch.clone().or_else(checked_out);
    let branch = branch.ok_or(TargetError::UnknownBranch { pull_request: true })?;
    Ok(Target::BranchDeployment { branch })
}

fn of_branch(
    detected: &Detected,
    git: Option<&GitState>,
    wish: Wish<'_>,
) -> Result<Target, TargetError> {
    let branch = detected.branch.clone().or_else(|| by_git(git));
    let branch = branch.ok_or(TargetError::UnknownBranch { pull_request: false })?;
    let name = branch.value.clone();
    // Who says that this is not the default branch is taken at their word: it leads away from a full deployment.
    let is_feature = detected.branch_is_default.as_ref().is_some_and(|it| !it.value);
    let is_default = match default_branch(detected, git) {
        _ if is_feature => false,
        Some(default) => default.value == name,
        None if MOSTLY_DEFAULT.contains(&name.as_str()) => {
            let or_full = wish != Wish::BranchDeployment;
            return Err(TargetError::UnknownDefaultBranch { branch: name, or_full });
        }
        None => false,
    };
    let Wish::ByBuild { full } = wish else {
        return match is_default {
            true => Err(TargetError::DefaultBranch { branch: name }),
            false => Ok(Target::BranchDeployment { branch }),
        };
    };
    if !is_default {
        return Ok(Target::BranchDeployment { branch });
    }
    if !is_build_of_branch(detected) {
        return Err(TargetError::NoBuildOfBranch { branch: name });
    }
    match git.and_then(|git| git.branch.as_ref()).filter(|checked_out| **checked_out != name) {
        Some(checked_out) => {
            Err(TargetError::OtherCheckout { branch: name, checked_out: checked_out.clone() })
        }
        None => {
            let deployment = full.ok_or(TargetError::NoFullDeployment { branch: name })?.clone();
            Ok(Target::Full { deployment, default_branch: Some(branch) })
        }
    }
}

fn is_branch_of_user(detected: &Detected) -> bool {
    detected.branch.as_ref().is_some_and(|branch| branch.source == "OFFSHOOT_BRANCH")
}

/// Whether CI, or the user in its place, says that this is a build of the branch that it names.
fn is_build_of_branch(detected: &Detected) -> bool {
    let kind = detected.kind.as_ref().map(|kind| kind.value);
    kind == Some(BuildKind::Branch) && detected.branch.is_some()
}

fn default_branch(detected: &Detected, git: Option<&GitState>) -> Option<Found<String>> {
    let cloned = || git?.default_branch.clone();
    detected.default_branch.clone().or_else(|| {
        Some(Found { value: cloned()?, source: "git: refs/remotes/origin/HEAD".to_owned() })
    })
}

fn by_git(git: Option<&GitState>) -> Option<Found<String>> {
    Some(Found { value: git?.branch.clone()?, source: "git: HEAD".to_owned() })
}

/// Why no deployment may be touched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// The user names something else than CI does, but not in a way that can be used.
    #[error("`{}` is `{}`, but it takes {}", .0.variable, .0.value, .0.takes)]
    Unusable(Unusable),
    /// Neither CI nor Git names a branch.
    #[error("the branch is not known{}", if *pull_request { ", only that this is a pull request" } else { "" })]
    UnknownBranch {
        /// Whether this is the build of a pull request.
        pull_request: bool,
    },
    /// A tag has no branch deployment.
    #[error("this is a build of the tag `{tag}`, and a tag has no branch deployment")]
    Tag {
        /// The tag; empty if it is not known which.
        tag: String,
        /// Whether a full deployment would do as well.
        or_full: bool,
    },
    /// The branch is mostly the default branch, and whether it is here is not known.
    #[error("it is not known whether `{branch}` is the default branch")]
    UnknownDefaultBranch {
        /// The branch.
        branch: String,
        /// Whether a full deployment would do as well.
        or_full: bool,
    },
    /// A branch deployment is wanted, and the default branch has none.
    #[error("`{branch}` is the default branch, and has no branch deployment")]
    DefaultBranch {
        /// The branch.
        branch: String,
    },
    /// The checkout is on the default branch, but nothing says that this is a build of it.
    #[error(
        "the checkout is on the default branch `{branch}`, but no CI says that this is a build of it"
    )]
    NoBuildOfBranch {
        /// The branch.
        branch: String,
    },
    /// CI and Git name different branches.
    #[error("this is a build of the default branch `{branch}`, but `{checked_out}` is checked out")]
    OtherCheckout {
        /// What CI says.
        branch: String,
        /// What Git says.
        checked_out: String,
    },
    /// The full deployment has no name.
    #[error("this is a build of the default branch `{branch}`, and no full deployment is named")]
    NoFullDeployment {
        /// The branch.
        branch: String,
    },
}

impl Explain for TargetError {
    fn code(&self) -> Code {
        match self {
            Self::NoFullDeployment { .. } => Code::SettingsMissing,
            _ => Code::TargetRefused,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::UnknownBranch { .. } => {
                "set `OFFSHOOT_BRANCH` to the branch; `offshoot context` shows what is known".into()
            }
            Self::Unusable(unusable) => {
                format!("correct `{0}`, or unset it: then what CI says counts", unusable.variable)
            }
            Self::Tag { or_full: true, .. } => format!("{BY_NAME}; or {OF_TAG}"),
            Self::Tag { or_full: false, .. } => OF_TAG.into(),
            Self::UnknownDefaultBranch { or_full: true, .. } => {
                format!("{WHETHER_DEFAULT}; or {BY_NAME}")
            }
            Self::UnknownDefaultBranch { or_full: false, .. } => WHETHER_DEFAULT.into(),
            Self::DefaultBranch { .. } => {
                "run this in a build of another branch, or set `OFFSHOOT_BRANCH` to one".into()
            }
            Self::NoBuildOfBranch { .. } | Self::OtherCheckout { .. } => BY_NAME.into(),
            Self::NoFullDeployment { .. } => {
                format!("set `DAGSTER_CLOUD_DEPLOYMENT`, or {BY_NAME}")
            }
        })
    }
}

#[cfg(test)]
mod tests;
