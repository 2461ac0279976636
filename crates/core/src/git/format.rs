//! Which format a repository is in, and whether it is understood here.
//!
//! Source: git's documentation `repository-version` and `check_repo_format` in `setup.c`.

use gix_hash::Kind;

use super::{config::Config, error::GitError};

/// The newest `core.repositoryformatversion` that is understood.
const VERSION: i64 = 1;

/// What the configuration says of the repository as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Format {
    /// How objects are named.
    pub(super) hash: Kind,
    /// Whether `config.worktree` counts too.
    pub(super) worktree_config: bool,
}

impl Format {
    /// The format that `config` asks for, which is the file at `path` in the Git directory `git_dir`.
    ///
    /// # Errors
    ///
    /// As git does, it refuses a version above 1, any unknown extension in version 1, and in version 0 the
    /// extensions that came with version 1. Without a version, all extensions are without effect.
    pub(super) fn of(config: &Config, path: &str, git_dir: &str) -> Result<Self, GitError> {
        let mut format = Self { hash: Kind::Sha1, worktree_config: false };
        let Some(version) = config.get("core", "repositoryformatversion") else {
            return Ok(format);
        };
        let version = version.parse::<i64>().map_err(|_| {
            GitError::damaged(
                path,
                format!("`{}` is no version of a repository format", version.escape_debug()),
            )
        })?;
        if version > VERSION {
            return Err(GitError::unsupported(
                path,
                format!("asks for version {version} of the repository format"),
            ));
        }
        for (name, value) in config.section("extensions") {
            match (name, value) {
                ("noop" | "preciousobjects" | "partialclone", _) => {}
                ("worktreeconfig", _) => {
                    format.worktree_config = config.bool("extensions", name)?.unwrap_or_default();
                }
                ("refstorage", "reftable") => {
                    return Err(GitError::Reftable { path: git_dir.to_owned() });
                }
                (
                    "noop-v1" | "objectformat" | "refstorage" | "compatobjectformat"
                    | "relativeworktrees",
                    _,
                ) if version < 1 => {
                    let need = format!(
                        "uses the extension `{name}`, which needs version 1 of the repository format"
                    );
                    return Err(GitError::unsupported(path, need));
                }
                ("noop-v1" | "compatobjectformat" | "relativeworktrees", _)
                | ("refstorage", "files") => {}
                ("objectformat", "sha1") => format.hash = Kind::Sha1,
                ("objectformat", "sha256") => format.hash = Kind::Sha256,
                (name, value) if version >= 1 => {
                    let value = value.escape_debug();
                    let need = format!(
                        "uses the extension `{name}` with the value `{value}`, which is not known here"
                    );
                    return Err(GitError::unsupported(path, need));
                }
                _ => {}
            }
        }
        Ok(format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(text: &str) -> Result<Format, String> {
        let config = Config::parse("/c", text.as_bytes()).unwrap();
        Format::of(&config, "/c", "/repo/.git").map_err(|error| error.to_string())
    }

    #[test]
    fn extensions_count_from_version_1() {
        let sha256 = "[extensions]\nobjectFormat = sha256\n[core]\nrepositoryFormatVersion = 1";
        assert_eq!(format(sha256), Ok(Format { hash: Kind::Sha256, worktree_config: false }));
        let no_version = "[extensions]\nobjectFormat = sha256\nworktreeConfig";
        assert_eq!(format(no_version), Ok(Format { hash: Kind::Sha1, worktree_config: false }));
        let old = "[core]\nrepositoryFormatVersion = 0\n[extensions]\nworktreeConfig\nfuture = 1";
        assert_eq!(format(old), Ok(Format { hash: Kind::Sha1, worktree_config: true }));
    }

    #[test]
    fn refuses_what_is_not_understood() {
        let refused = [
            "[core]\nrepositoryFormatVersion = 2",
            "[core]\nrepositoryFormatVersion = new",
            "[core]\nrepositoryFormatVersion = 1\n[extensions]\nfuture = 1",
            "[core]\nrepositoryFormatVersion = 1\n[extensions]\nobjectFormat = md5",
            "[core]\nrepositoryFormatVersion = 0\n[extensions]\nobjectFormat = sha256",
            "[core]\nrepositoryFormatVersion = 1\n[extensions]\nrefStorage = reftable",
            "[core]\nrepositoryFormatVersion = 1\n[extensions]\nrefStorage = sqlite",
        ];
        insta::assert_snapshot!(refused.map(|text| format(text).unwrap_err()).join("\n"), @r"
        `/c` asks for version 2 of the repository format
        `/c` is damaged: `new` is no version of a repository format
        `/c` uses the extension `future` with the value `1`, which is not known here
        `/c` uses the extension `objectformat` with the value `md5`, which is not known here
        `/c` uses the extension `objectformat`, which needs version 1 of the repository format
        the repository in `/repo/.git` keeps its references as a reftable, which cannot be read here
        `/c` uses the extension `refstorage` with the value `sqlite`, which is not known here
        ");
    }
}
