//! Replace refs, and the way from HEAD to a commit.
//!
//! Source: git's documentation `git-replace`. The id stays, the content is the replacement's.

use gix_hash::ObjectId;
use gix_object::Kind;

use super::{config::Config, error::GitError, odb::Odb, refs::Refs};
use crate::{env::Env, ports::Files};

/// How many replacements are followed from one to the next, as in git, and how many tags.
const MAX_DEPTH: usize = 5;

/// The replacements of a repository, unless they are turned off.
pub(super) struct Replacements<'a, F> {
    refs: &'a Refs<'a, F>,
    on: bool,
}

impl<'a, F: Files> Replacements<'a, F> {
    /// `GIT_NO_REPLACE_OBJECTS` turns them off, and so does `core.useReplaceRefs`.
    pub(super) fn new(refs: &'a Refs<'a, F>, env: &Env, config: &Config) -> Result<Self, GitError> {
        let configured = config.bool("core", "usereplacerefs")?.unwrap_or(true);
        Ok(Self { refs, on: configured && env.get("GIT_NO_REPLACE_OBJECTS").is_none() })
    }

    /// The id and the content of the commit that `id` is, or that the tag `id` leads to.
    pub(super) fn commit(
        &self,
        odb: &mut Odb<'_, F>,
        id: ObjectId,
    ) -> Result<(ObjectId, Vec<u8>), GitError> {
        let mut next = id;
        for _ in 0..MAX_DEPTH {
            let object = odb.read(&self.replaced(next)?)?;
            match object.kind {
                Kind::Commit => return Ok((next, object.data)),
                Kind::Tag => {
                    next =
                        tagged(&object.data).ok_or_else(|| damaged(next, "is a tag of nothing"))?
                }
                kind => return Err(damaged(next, &format!("is a {kind}, not a commit"))),
            }
        }
        Err(damaged(id, "leads from tag to tag without end"))
    }

    fn replaced(&self, id: ObjectId) -> Result<ObjectId, GitError> {
        if !self.on {
            return Ok(id);
        }
        let mut last = id;
        for _ in 0..MAX_DEPTH {
            match self.refs.resolve(&format!("refs/replace/{last}"))?.id {
                Some(next) => last = next,
                None => return Ok(last),
            }
        }
        Err(damaged(id, "is replaced without end"))
    }
}

/// The object that a tag is of.
fn tagged(tag: &[u8]) -> Option<ObjectId> {
    let line = tag.split(|&byte| byte == b'\n').next()?;
    ObjectId::from_hex(line.strip_prefix(b"object ")?).ok()
}

fn damaged(id: ObjectId, reason: &str) -> GitError {
    GitError::damaged("HEAD", format!("`{id}` {reason}"))
}
