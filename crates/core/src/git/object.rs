//! Objects in memory, what one may cost, and loose objects.

use gix_hash::{Kind, oid};
use sha1::digest::{Digest, Output};

use super::{error::GitError, inflate::Inflate, source::Source};
use crate::ports::ReadAt;

/// The largest commit or tag read, in bytes. Commits are a few hundred bytes; some tools put a whole
/// change log into the message.
const MAX_OBJECT: u64 = 16 << 20;

/// How much one object may cost to make, in bytes inflated and copied along its chain of deltas.
const MAX_WORK: u64 = 256 << 20;

/// More than the header of any loose object: its kind, its size and a zero byte.
const LOOSE_HEADER: usize = 64;

/// An object with its content.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) kind: gix_object::Kind,
    pub(super) data: Vec<u8>,
}

/// What is left to spend on one object.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new() -> Self {
        Self(MAX_WORK)
    }

    /// Takes note of `size` bytes to be made from the file at `path`; returns the size for this machine.
    ///
    /// # Errors
    ///
    /// If that is more than one object may have, or than is left.
    pub(super) fn spend(&mut self, size: u64, path: &str) -> Result<usize, GitError> {
        let beyond = |what, limit| GitError::Limit { path: path.to_owned(), what, size, limit };
        let fits = usize::try_from(size).ok().filter(|_| size <= MAX_OBJECT);
        let fits = fits.ok_or_else(|| beyond("bytes in one object", MAX_OBJECT))?;
        self.0 = self
            .0
            .checked_sub(size)
            .ok_or_else(|| beyond("bytes in the deltas of one object", MAX_WORK))?;
        Ok(fits)
    }
}

impl Object {
    /// Whether the content is that of `id`. Unlike `gix_object::compute_hash` this does not look for the marks of a
    /// SHA-1 collision, which is most of the code there: what is read here is described, and never executed.
    pub(super) fn has_id(&self, id: &oid) -> bool {
        match id.kind() {
            Kind::Sha1 => self.digest::<sha1::Sha1>().as_slice() == id.as_bytes(),
            Kind::Sha256 => self.digest::<sha2::Sha256>().as_slice() == id.as_bytes(),
            _ => false,
        }
    }

    fn digest<D: Digest>(&self) -> Output<D> {
        let header = gix_object::encode::loose_header(self.kind, self.data.len() as u64);
        D::new().chain_update(header).chain_update(&self.data).finalize()
    }
}

/// The loose object in `source`.
pub(super) fn read_loose<F: ReadAt>(
    source: &Source<F>,
    budget: &mut Budget,
) -> Result<Object, GitError> {
    let mut stream = Inflate::new(source, Vec::new(), 0);
    let mut data = vec![0; LOOSE_HEADER];
    let filled = stream.fill(&mut data)?;
    data.truncate(filled);
    let (kind, size, header) = gix_object::decode::loose_header(&data)
        .map_err(|_| source.damaged("it does not begin as an object"))?;
    let size = budget.spend(size, source.path())?;
    data.drain(..header.min(filled));
    let missing =
        size.checked_sub(data.len()).ok_or_else(|| source.damaged("it is longer than it says"))?;
    data.extend(stream.rest(missing)?);
    Ok(Object { kind, data })
}
