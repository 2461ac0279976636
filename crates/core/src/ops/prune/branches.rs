//! The branches that a repository still has.

use std::collections::BTreeSet;

use crate::{
    error::{Code, Explain},
    ops::repository::Repository,
    plus::branch_deployments::GitMetadata,
};

/// The branches that a repository still has. What was built of another branch of it is not needed any more.
///
/// The repository belongs to it: the branches of one say nothing of another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentBranches {
    repository: Repository,
    names: BTreeSet<String>,
}

impl PresentBranches {
    /// Reads `lines`: a branch name each, or what `git ls-remote --heads` prints.
    ///
    /// # Errors
    /// If a line is neither, or if there is no branch at all: a list that could not be made must not mean that
    /// every branch is gone.
    pub fn read<'a>(
        repository: Repository,
        lines: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, BranchesError> {
        let lines = lines.into_iter().map(str::trim).filter(|line| !line.is_empty());
        let names: BTreeSet<String> = lines.map(name).collect::<Result<_, _>>()?;
        match names.is_empty() {
            true => Err(BranchesError::None),
            false => Ok(Self { repository, names }),
        }
    }

    /// Whether the branch of `git` was one of the repository's and is no more.
    pub(super) fn miss(&self, git: &GitMetadata) -> bool {
        self.repository.has(git) && !self.names.contains(&git.branch_name)
    }
}

fn name(line: &str) -> Result<String, BranchesError> {
    let reference = line.split_once('\t').map_or(line, |(_hash, reference)| reference);
    let name = reference.strip_prefix("refs/heads/").unwrap_or(reference);
    match gix_validate::reference::name(format!("refs/heads/{name}").as_str().into()) {
        Ok(_) => Ok(name.to_owned()),
        Err(_) => Err(BranchesError::NotAName { line: line.to_owned() }),
    }
}

/// A list of branches that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BranchesError {
    /// Nothing in it.
    #[error("the list of branches is empty")]
    None,
    /// A line that is no branch.
    #[error("`{line}` is no branch name")]
    NotAName {
        /// As it stands there.
        line: String,
    },
}

impl Explain for BranchesError {
    fn code(&self) -> Code {
        Code::UsageInvalid
    }

    fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::None => "what was to list them has probably failed; look at its output",
                Self::NotAName { .. } => {
                    "give a branch a line, or what `git ls-remote --heads` prints"
                }
            }
            .to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PresentBranches, BranchesError> {
        PresentBranches::read(Repository::Named("shop".to_owned()), text.lines())
    }

    #[test]
    fn names_and_the_output_of_git_are_read() {
        let hash = "5".repeat(40);
        let git = format!("{hash}\trefs/heads/feature/cart\n{hash}\trefs/heads/main\n");
        assert_eq!(read(&git), read("main\r\n\n feature/cart \n"));
    }

    #[test]
    fn what_is_no_list_of_branches_is_refused() {
        assert_eq!(read(" \n\n"), Err(BranchesError::None));
        for wrong in ["* main", "main\nfatal: no", "a..b", "refs/heads/", "[error]"] {
            assert!(matches!(read(wrong), Err(BranchesError::NotAName { .. })), "{wrong}");
        }
    }
}
