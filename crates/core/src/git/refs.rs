//! References: HEAD, loose files, symbolic links, `packed-refs`.
//!
//! Source: `refs/files-backend.c` of git, `files_read_raw_ref`.

use gix_hash::{Kind, ObjectId};

use super::{error::GitError, packed_refs, path, source};
use crate::ports::Files;

/// The largest loose reference read, in bytes. A reference is one line.
pub(super) const MAX_REF: u64 = 16 << 10;

/// How many symbolic references are followed, as in git.
const MAX_DEPTH: usize = 5;

/// The references of a worktree.
pub(super) struct Refs<'a, F> {
    pub(super) files: &'a F,
    pub(super) git_dir: &'a str,
    pub(super) common_dir: &'a str,
    pub(super) hash: Kind,
}

/// What a reference leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Resolved {
    /// The last name on the way: that of the branch, for HEAD on a branch.
    pub(super) name: String,
    /// `None` if no reference has that name, as on a branch without commits.
    pub(super) id: Option<ObjectId>,
}

enum Target {
    Id(ObjectId),
    Name(String),
}

impl<F: Files> Refs<'_, F> {
    /// Follows `name` to its end.
    pub(super) fn resolve(&self, name: &str) -> Result<Resolved, GitError> {
        let mut name = name.to_owned();
        for _ in 0..MAX_DEPTH {
            match self.read(&name)? {
                Some(Target::Name(next)) => name = next,
                Some(Target::Id(id)) => return Ok(Resolved { name, id: Some(id) }),
                None => return Ok(Resolved { name, id: None }),
            }
        }
        Err(GitError::damaged(
            self.path(&name),
            "symbolic references lead from one to the next without end",
        ))
    }

    fn read(&self, name: &str) -> Result<Option<Target>, GitError> {
        let path = self.path(name);
        let link =
            self.files.read_link(&path).map_err(|source| GitError::unreadable(&path, source))?;
        if let Some(target) = link.filter(|target| target.starts_with("refs/") && is_valid(target))
        {
            return Ok(Some(Target::Name(target)));
        }
        let Some(content) = source::read_whole(self.files, &path, MAX_REF)? else {
            let packed = path::join(self.common_dir, "packed-refs");
            return Ok(packed_refs::find(self.files, &packed, name, self.hash)?.map(Target::Id));
        };
        let content = content.trim_ascii_end();
        match content.strip_prefix(b"ref:") {
            Some(target) => match std::str::from_utf8(target.trim_ascii_start()) {
                Err(_) => {
                    Err(GitError::unsupported(path, "leads to a reference whose name is not UTF-8"))
                }
                Ok(target) if is_valid(target) => Ok(Some(Target::Name(target.to_owned()))),
                Ok(target) => Err(GitError::damaged(
                    path,
                    format!("`{}` is no name of a reference", target.escape_debug()),
                )),
            },
            None => match leading_id(content, self.hash) {
                Some(id) => Ok(Some(Target::Id(id))),
                None => Err(GitError::damaged(
                    path,
                    "it holds neither an object id nor the name of a reference",
                )),
            },
        }
    }

    /// The file of a loose reference. Some belong to one worktree, the others to all.
    fn path(&self, name: &str) -> String {
        let own = ["refs/bisect/", "refs/worktree/", "refs/rewritten/"];
        let shared = name.starts_with("refs/") && !own.iter().any(|start| name.starts_with(start));
        path::join(if shared { self.common_dir } else { self.git_dir }, name)
    }
}

/// Whether `content` could be that of a HEAD, which is how git tells a Git directory from others.
pub(super) fn may_be_head(content: &[u8]) -> bool {
    match content.strip_prefix(b"ref:") {
        Some(target) => target.trim_ascii_start().starts_with(b"refs/"),
        None => Kind::all().iter().any(|&hash| leading_id(content, hash).is_some()),
    }
}

/// The object id that `text` begins with, alone or before white space.
pub(super) fn leading_id(text: &[u8], hash: Kind) -> Option<ObjectId> {
    let (id, rest) = text.split_at_checked(hash.len_in_hex())?;
    let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
    ObjectId::from_hex(id).ok().filter(|_| ends)
}

/// Whether git would take `name`, so that it cannot lead out of the Git directory.
fn is_valid(name: &str) -> bool {
    (name.starts_with("refs/") || name == "HEAD")
        && gix_validate::reference::name(name.into()).is_ok()
}
