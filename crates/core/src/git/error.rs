//! What can be wrong with a repository.

use std::{borrow::Cow, io};

use thiserror::Error;

use crate::error::{Code, Explain};

/// Why the Git state of a path cannot be told.
#[derive(Debug, Error)]
pub enum GitError {
    /// The path to start from does not exist, or is a file.
    #[error("`{path}` is not a directory")]
    NotADirectory {
        /// The path as it was given.
        path: String,
    },
    /// Neither the path nor any directory above it holds a repository.
    #[error("`{path}` is in no Git repository")]
    NotFound {
        /// The path the search began at.
        path: String,
    },
    /// What `GIT_DIR`, a `.git` file or a `.git` directory names is not a repository.
    #[error("`{path}` is not a Git directory: no valid HEAD, no refs or no objects in it")]
    NotARepository {
        /// The directory that should have been one.
        path: String,
    },
    /// The repository keeps its references in a reftable.
    #[error(
        "the repository in `{path}` keeps its references as a reftable, which cannot be read here"
    )]
    Reftable {
        /// The Git directory.
        path: String,
    },
    /// The repository asks for more than is understood here.
    #[error("`{path}` {need}")]
    Unsupported {
        /// The file or directory that asks.
        path: String,
        /// What it asks for.
        need: Cow<'static, str>,
    },
    /// A file of the repository does not hold what it should.
    #[error("`{path}` is damaged: {reason}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: Cow<'static, str>,
    },
    /// Something is too large to be what it claims, or to be read on a CI runner.
    #[error("`{path}` is beyond a limit: {size} {what}, and at most {limit} are read")]
    Limit {
        /// The file.
        path: String,
        /// What is counted, in the plural.
        what: &'static str,
        /// How many there are.
        size: u64,
        /// How many there may be.
        limit: u64,
    },
    /// No object of this id is in the repository or in what it borrows from.
    #[error("the object `{id}` is missing from `{path}`")]
    Missing {
        /// The id in hexadecimal.
        id: String,
        /// The object directory of the repository.
        path: String,
    },
    /// The system refused to open or read something.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// The file or directory.
        path: String,
        /// What the system said.
        reason: String,
    },
}

impl GitError {
    pub(super) fn damaged(path: impl Into<String>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Damaged { path: path.into(), reason: reason.into() }
    }

    pub(super) fn unsupported(path: impl Into<String>, need: impl Into<Cow<'static, str>>) -> Self {
        Self::Unsupported { path: path.into(), need: need.into() }
    }

    pub(super) fn unreadable(path: impl Into<String>, error: io::Error) -> Self {
        Self::Unreadable { path: path.into(), reason: error.to_string() }
    }
}

impl Explain for GitError {
    fn code(&self) -> Code {
        match self {
            Self::NotADirectory { .. } | Self::NotFound { .. } => Code::GitNotFound,
            Self::Reftable { .. } | Self::Unsupported { .. } | Self::Limit { .. } => {
                Code::GitUnsupported
            }
            Self::NotARepository { .. } | Self::Damaged { .. } | Self::Missing { .. } => {
                Code::GitCorrupt
            }
            Self::Unreadable { .. } => Code::GitUnreadable,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NotADirectory { .. } => "pass the path of a directory inside the checkout",
            Self::NotFound { .. } => {
                "run it inside the checkout or pass its path; without one, pass branch, commit hash and time, or set `OFFSHOOT_BRANCH` and so on"
            }
            Self::NotARepository { .. } => {
                "if `GIT_DIR` is set, check it; else the checkout is incomplete: clone it again"
            }
            Self::Reftable { .. } => {
                "pass branch, commit hash and time yourself, or convert it: `git refs migrate --ref-format=files`"
            }
            Self::Unsupported { .. } | Self::Limit { .. } => {
                "pass branch, commit hash and time yourself; `git log -1` shows them"
            }
            Self::Damaged { .. } => "`git fsck` tells more; a fresh clone is the surest repair",
            Self::Missing { .. } => {
                "the checkout may be partial, or borrow from a repository that is not mounted: `git cat-file -t HEAD` tells"
            }
            Self::Unreadable { .. } => {
                "check its owner and permissions, and that it is mounted in this container"
            }
        };
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Report;

    fn shown(error: &GitError) -> String {
        let report = Report::of(error);
        format!("{}: {}\nhint: {}", report.code, report.message, report.hint.unwrap_or_default())
    }

    #[test]
    fn every_error_says_what_is_wrong_and_what_to_do() {
        let path = || "/repo/.git".to_owned();
        let all = [
            GitError::NotADirectory { path: path() },
            GitError::NotFound { path: path() },
            GitError::NotARepository { path: path() },
            GitError::Reftable { path: path() },
            GitError::unsupported(path(), "asks for version 7 of the repository format"),
            GitError::damaged(path(), "it ends early"),
            GitError::Limit {
                path: path(),
                what: "bytes in one object",
                size: 5_000_000_000,
                limit: 16_777_216,
            },
            GitError::Missing {
                id: "ce013625030ba8dba906f756967f9e9ca394464a".to_owned(),
                path: path(),
            },
            GitError::unreadable(path(), io::Error::from(io::ErrorKind::PermissionDenied)),
        ];
        insta::assert_snapshot!(all.iter().map(shown).collect::<Vec<_>>().join("\n\n"), @r"
        git.not-found: `/repo/.git` is not a directory
        hint: pass the path of a directory inside the checkout

        git.not-found: `/repo/.git` is in no Git repository
        hint: run it inside the checkout or pass its path; without one, pass branch, commit hash and time, or set `OFFSHOOT_BRANCH` and so on

        git.corrupt: `/repo/.git` is not a Git directory: no valid HEAD, no refs or no objects in it
        hint: if `GIT_DIR` is set, check it; else the checkout is incomplete: clone it again

        git.unsupported: the repository in `/repo/.git` keeps its references as a reftable, which cannot be read here
        hint: pass branch, commit hash and time yourself, or convert it: `git refs migrate --ref-format=files`

        git.unsupported: `/repo/.git` asks for version 7 of the repository format
        hint: pass branch, commit hash and time yourself; `git log -1` shows them

        git.corrupt: `/repo/.git` is damaged: it ends early
        hint: `git fsck` tells more; a fresh clone is the surest repair

        git.unsupported: `/repo/.git` is beyond a limit: 5000000000 bytes in one object, and at most 16777216 are read
        hint: pass branch, commit hash and time yourself; `git log -1` shows them

        git.corrupt: the object `ce013625030ba8dba906f756967f9e9ca394464a` is missing from `/repo/.git`
        hint: the checkout may be partial, or borrow from a repository that is not mounted: `git cat-file -t HEAD` tells

        git.unreadable: cannot read `/repo/.git`: permission denied
        hint: check its owner and permissions, and that it is mounted in this container
        ");
    }
}
