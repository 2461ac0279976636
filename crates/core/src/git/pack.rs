//! Packs: many objects in one file, each whole or as a delta.

use gix_hash::{Kind, ObjectId, oid};
use gix_pack::data::{Entry, entry::Header};

use super::{
    delta::Delta,
    error::GitError,
    index::Index,
    inflate::Inflate,
    object::{Budget, Object},
    source::Source,
};
use crate::ports::{Files, ReadAt};

/// More than the header of any entry: a size, and the id or the distance of a base. What follows it is the
/// beginning of the entry's zlib stream, which most often is all of it.
const HEADER: usize = 512;

/// An index with its pack.
pub(super) struct Pack<F> {
    index: Index<F>,
    data: Source<F>,
    hash: Kind,
}

/// An entry as it is stored.
pub(super) enum Stored {
    Whole(Object),
    Delta { base: Base, delta: Vec<u8> },
}

/// What a delta is to be applied to.
pub(super) enum Base {
    /// The entry at this offset of the same pack.
    Offset(u64),
    /// The object of this id, wherever it is.
    Id(ObjectId),
}

impl<F: ReadAt> Pack<F> {
    /// Opens `stem.idx` and `stem.pack`; `None` if one of them is not there (any more).
    pub(super) fn open<P: Files<File = F>>(
        files: &P,
        stem: &str,
        hash: Kind,
    ) -> Result<Option<Self>, GitError> {
        let Some(index) = Source::open(files, &format!("{stem}.idx"))? else { return Ok(None) };
        let index = Index::open(index, hash)?;
        let Some(data) = Source::open(files, &format!("{stem}.pack"))? else { return Ok(None) };
        Ok(Some(Self { index, data, hash }))
    }

    pub(super) fn path(&self) -> &str {
        self.data.path()
    }

    /// The offset of the object `id`; `None` if it is not in this pack.
    pub(super) fn find(&self, id: &oid) -> Result<Option<u64>, GitError> {
        self.index.find(id)
    }

    /// The entry at `offset`, inflated.
    pub(super) fn read(&self, offset: u64, budget: &mut Budget) -> Result<Stored, GitError> {
        let mut window = self.data.read(offset, HEADER)?;
        let entry = Entry::from_bytes(&window, offset, self.hash)
            .map_err(|_| self.data.damaged("an object in it does not begin as one"))?;
        let size = budget.spend(entry.decompressed_size, self.path())?;
        window.drain(..entry.header_size().min(window.len()));
        let after_window = entry.data_offset + window.len() as u64;
        let bytes = Inflate::new(&self.data, window, after_window).rest(size)?;
        let kind = match entry.header {
            Header::OfsDelta { base_distance } => {
                let base = entry.checked_base_pack_offset(base_distance);
                let base = base.ok_or_else(|| {
                    self.data.damaged("the base of a delta would be before its beginning")
                })?;
                return Ok(Stored::Delta { base: Base::Offset(base), delta: bytes });
            }
            Header::RefDelta { base_id } => {
                return Ok(Stored::Delta { base: Base::Id(base_id), delta: bytes });
            }
            Header::Commit => gix_object::Kind::Commit,
            Header::Tree => gix_object::Kind::Tree,
            Header::Blob => gix_object::Kind::Blob,
            Header::Tag => gix_object::Kind::Tag,
        };
        Ok(Stored::Whole(Object { kind, data: bytes }))
    }

    /// What `delta`, which is from this pack, makes of `base`.
    pub(super) fn apply(
        &self,
        base: &[u8],
        delta: &[u8],
        budget: &mut Budget,
    ) -> Result<Vec<u8>, GitError> {
        let delta = Delta::parse(delta).map_err(|reason| self.data.damaged(reason))?;
        let size = budget.spend(delta.size(), self.path())?;
        delta.apply(base, size).map_err(|reason| self.data.damaged(reason))
    }
}
