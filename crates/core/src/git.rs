//! The Git state of a checkout: commit, branch and origin, as the git program tells them, without it.
//!
//! One implementation for native and WASM: all access is through the ports, reads are ranged, and nothing is ever
//! executed or written. The reference is `git log -1 --format=%H%n%ae%n%an%n%cd%n%s --date=unix`.
//!
//! # Which variables count
//!
//! - `GIT_DIR`, `GIT_WORK_TREE`, `GIT_COMMON_DIR`, `GIT_OBJECT_DIRECTORY`, `GIT_ALTERNATE_OBJECT_DIRECTORIES`,
//!   `GIT_CEILING_DIRECTORIES`, `GIT_NO_REPLACE_OBJECTS`: as in git. Relative paths are relative to where the search
//!   starts; in git some are relative to the top of the worktree. An empty variable counts as not set.
//! - `GIT_CONFIG_*`, `GIT_REPLACE_REF_BASE`, `GIT_NAMESPACE`, `GIT_DISCOVERY_ACROSS_FILESYSTEM`: not at all. They steer
//!   what git does, not what the checkout is; and the last needs knowledge of mounts.
//!
//! # Which configuration counts
//!
//! The repository's own `config`, and `config.worktree` if the repository asks for it. Not the system's and the
//! user's: what they hold of interest, `url.*.insteadOf`, is how a machine reaches the remote, often with a
//! token, and not what the remote is. `include` and `includeIf` are not followed: git itself does not for the format
//! of a repository, and they can name any file. Within these files `url.*.insteadOf` is applied, as
//! `git remote get-url` does. Mailmap, `log.*` and `i18n.logOutputEncoding` are ignored.
//!
//! # Limits
//!
//! Objects of 16 MiB, delta chains of 4,096 and of 256 MiB in all, 256 alternates, configuration of 16 MiB, unsorted
//! `packed-refs` of 256 MiB, 5 symbolic references, 5 replacements. What is beyond is an error, found out before memory
//! is taken.

mod alternates;
mod commit;
mod config;
mod delta;
mod discover;
mod error;
mod format;
mod index;
mod inflate;
mod object;
mod odb;
mod pack;
mod packed_refs;
mod path;
mod refs;
mod remote;
mod replace;
mod source;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod url;

use gix_hash::ObjectId;
use serde::Serialize;

#[cfg(test)]
pub(crate) use self::testing::{MemoryFiles, seeded};
pub(crate) use self::url::{web_page, without_user};
use self::{
    alternates::Alternates, discover::discover, odb::Odb, refs::Refs, replace::Replacements,
};
pub use self::{
    commit::Commit,
    error::GitError,
    url::{Slug, slug, without_secrets},
};
use crate::{
    env::Env,
    ports::{Charset, Files},
};

/// What is known of a checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct GitState {
    /// The top directory of the worktree, without symbolic links; `None` in a bare repository and inside `.git`.
    pub root: Option<String>,
    /// The Git directory, without symbolic links. Each linked worktree has its own.
    pub git_dir: String,
    /// The commit that is checked out; `None` on a branch that has none yet.
    pub commit: Option<Commit>,
    /// The branch that is checked out, such as `feature/x`; `None` when HEAD is detached. Never `HEAD`.
    pub branch: Option<String>,
    /// The first URL of the remote `origin`, without password or token.
    pub origin_url: Option<String>,
    /// The default branch of `origin`, as it was when the repository was cloned.
    pub default_branch: Option<String>,
    /// Owner and name of the repository, by the URL of `origin`.
    pub repository: Option<Slug>,
}

/// Reads the state of the checkout that the directory `start` is in. `start` is absolute, with `/` on every system.
///
/// # Errors
///
/// If there is no repository, or if it is damaged, beyond the limits of this module, unreadable, or in a format
/// that is not known here. A branch without commits is no error.
pub fn read<F: Files, C: Charset>(
    files: &F,
    charset: &C,
    env: &Env,
    start: &str,
) -> Result<GitState, GitError> {
    let layout = discover(files, env, start)?;
    let hash = layout.format.hash;
    let refs = Refs { files, git_dir: &layout.git_dir, common_dir: &layout.common_dir, hash };
    let head = refs.resolve("HEAD")?;
    let commit = match head.id {
        None => None,
        Some(id) => {
            let alternates = Alternates::new(files, env, &layout.objects, start)?;
            let mut odb = Odb::new(files, hash, &layout.objects, alternates);
            let replacements = Replacements::new(&refs, env, &layout.config)?;
            let (id, data) = replacements.commit(&mut odb, id)?;
            Some(Commit::parse(charset, id.to_string(), &data))
        }
    };
    let origin_url = remote::url(&layout.config, "origin");
    Ok(GitState {
        commit,
        branch: head.name.strip_prefix("refs/heads/").map(str::to_owned),
        repository: origin_url.as_deref().and_then(url::slug),
        origin_url: origin_url.as_deref().map(url::without_secrets),
        default_branch: remote::default_branch(&refs, "origin")?,
        root: layout.root,
        git_dir: layout.git_dir,
    })
}

/// The URL that the checkout of `start` has for the remote `name`, with whatever secrets are in it; `None` if it has none
/// of that name, or if it cannot be read.
pub fn remote_url<F: Files>(files: &F, env: &Env, start: &str, name: &str) -> Option<String> {
    remote::url(&discover(files, env, start).ok()?.config, name)
}

/// The commit whose full id is `hash`; `None` if the repository of `start` does not have it, as in a shallow clone, or if
/// it cannot be read.
pub fn commit<F: Files, C: Charset>(
    files: &F,
    charset: &C,
    env: &Env,
    start: &str,
    hash: &str,
) -> Option<Commit> {
    let id = ObjectId::from_hex(hash.as_bytes()).ok()?;
    let layout = discover(files, env, start).ok()?;
    let kind = layout.format.hash;
    let refs = Refs { files, git_dir: &layout.git_dir, common_dir: &layout.common_dir, hash: kind };
    let alternates = Alternates::new(files, env, &layout.objects, start).ok()?;
    let mut odb = Odb::new(files, kind, &layout.objects, alternates);
    let replacements = Replacements::new(&refs, env, &layout.config).ok()?;
    // An id of the other hash function can be no object here.
    let (id, data) = (id.kind() == kind).then(|| replacements.commit(&mut odb, id))?.ok()?;
    Some(Commit::parse(charset, id.to_string(), &data))
}
