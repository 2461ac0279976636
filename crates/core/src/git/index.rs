//! Pack indexes, versions 1 and 2: where in a pack an object is.
//!
//! Source: git's documentation `pack-format`, section "pack-*.idx files". gix-pack wants the whole file in memory;
//! this reads the fan-out and then halves the range that is left.

use std::cmp::Ordering;

use gix_hash::{Kind, oid};

use super::{error::GitError, source::Source};
use crate::ports::ReadAt;

/// 256 numbers: how many objects have an id that begins with this byte or a smaller one.
const FAN_OUT: usize = 256 * 4;

/// The first bytes of version 2; version 1 has none.
const SIGNATURE: [u8; 4] = [0xff, b't', b'O', b'c'];

/// A range of this many bytes or less is read at once.
const BLOCK: u64 = 2 << 10;

/// An open index with its fan-out.
pub(super) struct Index<F> {
    source: Source<F>,
    hash_len: u64,
    fan_out: Vec<u32>,
    layout: Layout,
}

/// Where ids and offsets are. In version 1 a record holds both; in version 2 each has its table.
enum Layout {
    Records,
    Tables,
}

impl<F: ReadAt> Index<F> {
    /// Reads the header and the fan-out.
    pub(super) fn open(source: Source<F>, hash: Kind) -> Result<Self, GitError> {
        let start = source.read_exact(0, FAN_OUT + 8)?;
        let (layout, fan_out) = match start.split_at_checked(8) {
            Some((header, fan_out)) if header.starts_with(&SIGNATURE) => {
                if !header.ends_with(&[0, 0, 0, 2]) {
                    return Err(GitError::unsupported(
                        source.path(),
                        "is a pack index of an unknown version",
                    ));
                }
                (Layout::Tables, fan_out)
            }
            _ => (Layout::Records, start.get(..FAN_OUT).unwrap_or_default()),
        };
        let fan_out: Vec<u32> =
            fan_out.as_chunks().0.iter().map(|bytes| u32::from_be_bytes(*bytes)).collect();
        let index = Self { source, hash_len: hash.len_in_bytes() as u64, fan_out, layout };
        if !index.fan_out.is_sorted()
            || index.source.len() < index.large_offsets() + 2 * index.hash_len
        {
            return Err(index.source.damaged("it is no pack index, or ends early"));
        }
        Ok(index)
    }

    /// The offset in the pack of the object `id`; `None` if it is not in this pack.
    pub(super) fn find(&self, id: &oid) -> Result<Option<u64>, GitError> {
        let first = usize::from(id.first_byte());
        let mut low = first.checked_sub(1).map_or(0, |before| self.count(before));
        let mut high = self.count(first);
        while (high - low) * self.stride() > BLOCK {
            let middle = low + (high - low) / 2;
            let found = self.source.read_exact(self.id_at(middle), id.as_bytes().len())?;
            match found.as_slice().cmp(id.as_bytes()) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return self.offset(middle).map(Some),
                Ordering::Greater => high = middle,
            }
        }
        let position = self.search_block(id, low, high)?;
        position.map(|position| self.offset(position)).transpose()
    }

    /// The position of `id` among those from `low` to before `high`, which are read at once.
    fn search_block(&self, id: &oid, low: u64, high: u64) -> Result<Option<u64>, GitError> {
        let size = (high - low).saturating_mul(self.stride());
        // The last record has nothing after its id that is needed.
        let block = self.source.read(self.id_at(low), usize::try_from(size).unwrap_or_default())?;
        let stride = usize::try_from(self.stride()).unwrap_or(usize::MAX);
        let position = block.chunks(stride).position(|record| record.starts_with(id.as_bytes()));
        Ok(position.map(|position| low + position as u64))
    }

    /// The offset at a position below the number of objects.
    fn offset(&self, position: u64) -> Result<u64, GitError> {
        let at = match self.layout {
            Layout::Records => self.id_at(position) - 4,
            // Between the ids and the offsets, there are the checksums.
            Layout::Tables => self.id_at(self.total()) + (self.total() + position) * 4,
        };
        let offset = u32::from_be_bytes(self.source.read_array(at)?);
        match self.layout {
            Layout::Tables if offset >= 1 << 31 => {
                self.large_offset(u64::from(offset & !(1 << 31)))
            }
            _ => Ok(offset.into()),
        }
    }

    fn large_offset(&self, position: u64) -> Result<u64, GitError> {
        let at = self.large_offsets() + position * 8;
        if at + 8 > self.source.len() - 2 * self.hash_len {
            return Err(self.source.damaged("an offset in it leads beyond its end"));
        }
        Ok(u64::from_be_bytes(self.source.read_array(at)?))
    }

    /// Where the offsets of 64 bits begin, which is also the least length without the two checksums.
    fn large_offsets(&self) -> u64 {
        match self.layout {
            Layout::Records => FAN_OUT as u64 + self.total() * self.stride(),
            Layout::Tables => self.id_at(self.total()) + self.total() * 8,
        }
    }

    fn id_at(&self, position: u64) -> u64 {
        let first = match self.layout {
            Layout::Records => FAN_OUT as u64 + 4,
            Layout::Tables => FAN_OUT as u64 + 8,
        };
        first + position * self.stride()
    }

    /// The bytes from one id to the next.
    fn stride(&self) -> u64 {
        match self.layout {
            Layout::Records => self.hash_len + 4,
            Layout::Tables => self.hash_len,
        }
    }

    fn total(&self) -> u64 {
        self.count(255)
    }

    fn count(&self, byte: usize) -> u64 {
        self.fan_out.get(byte).copied().unwrap_or_default().into()
    }
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, sync::Arc};

    use gix_hash::ObjectId;
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::git::testing::{MemoryFiles, packs, seeded};

    fn open(bytes: Vec<u8>, hash: Kind) -> Result<Index<Arc<[u8]>>, GitError> {
        Index::open(Source::open(&MemoryFiles::default().file("/i", bytes), "/i")?.unwrap(), hash)
    }

    /// Ids that crowd under few first bytes, so that ranges are long enough to be halved.
    fn ids(hash: Kind) -> impl Strategy<Value = Vec<ObjectId>> {
        let id = (prop_oneof![Just(0), Just(7), Just(255), any::<u8>()], vec(any::<u8>(), 31))
            .prop_map(move |(first, rest)| {
                ObjectId::try_from(&[&[first], &rest[..hash.len_in_bytes() - 1]].concat()[..])
                    .unwrap()
            });
        vec(id, 1..600)
    }

    fn case() -> impl Strategy<Value = (Kind, u32, Vec<(ObjectId, u64)>)> {
        let hash = prop_oneof![Just(Kind::Sha1), Just(Kind::Sha256)];
        (hash, 1..=2_u32).prop_flat_map(|(hash, version)| {
            let entries = ids(hash).prop_map(move |ids| {
                let offset = |place: u64| {
                    if version == 2 && place.is_multiple_of(3) {
                        place << 33
                    } else {
                        place * 7 + 12
                    }
                };
                ids.into_iter().zip((1..).map(offset)).collect()
            });
            (Just(hash), Just(version), entries)
        })
    }

    proptest! {
        #![proptest_config(seeded(100))]

        #[test]
        fn finds_what_gix_finds((hash, version, entries) in case(), others in vec(any::<[u8; 32]>(), 20)) {
            let bytes = packs::index(entries.clone(), version, hash);
            let theirs = gix_pack::index::File::from_data(bytes.clone(), PathBuf::new(), hash).unwrap();
            let ours = open(bytes, hash).unwrap();
            let others = others.iter().map(|id| ObjectId::try_from(&id[..hash.len_in_bytes()]).unwrap());
            for id in entries.iter().map(|(id, _)| *id).chain(others) {
                let expected = theirs.lookup(id).map(|place| theirs.pack_offset_at_index(place));
                prop_assert_eq!(ours.find(&id).unwrap(), expected);
            }
        }

        #[test]
        fn a_damaged_index_ends_in_an_answer((hash, version, entries) in case(), at in any::<usize>(), byte in any::<u8>(), cut in any::<usize>()) {
            let mut bytes = packs::index(entries.clone(), version, hash);
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len() - cut % 3 * (cut % bytes.len()) / 2);
            if let Ok(index) = open(bytes, hash) {
                for (id, _) in entries.iter().take(50) {
                    let _ = index.find(id);
                }
            }
        }
    }

    #[test]
    fn an_offset_beyond_the_table_is_an_error() {
        let id = Kind::Sha1.null();
        let mut bytes = packs::index(vec![(id, 1 << 40)], 2, Kind::Sha1);
        let last = 8 + 1024 + 24;
        bytes[last..last + 4].copy_from_slice(&(1 << 31 | 1_u32).to_be_bytes());
        let error = open(bytes, Kind::Sha1).unwrap().find(&id).unwrap_err();
        assert_eq!(error.to_string(), "`/i` is damaged: an offset in it leads beyond its end");
    }
}
