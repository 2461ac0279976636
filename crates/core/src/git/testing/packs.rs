//! Objects, packs and indexes as git writes them, and as it never would.

use std::io::Write as _;

use gix_hash::{Kind, ObjectId};
use gix_zlib::{Compression, stream::deflate};

/// The numbers of the kinds of entries.
pub(crate) const COMMIT: u8 = 1;
pub(crate) const OFS_DELTA: u8 = 6;
pub(crate) const REF_DELTA: u8 = 7;

/// `bytes` as a zlib stream.
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut stream = deflate::Write::new(Vec::new(), Compression::DEFAULT);
    stream.write_all(bytes).unwrap();
    stream.flush().unwrap();
    stream.into_inner()
}

/// The id of a commit.
pub(crate) fn commit_id(content: &[u8]) -> ObjectId {
    gix_object::compute_hash(Kind::Sha1, gix_object::Kind::Commit, content).unwrap()
}

/// The path below `objects` and the content of a loose object, with any size in its header.
pub(crate) fn loose(id: ObjectId, size: u64, content: &[u8]) -> (String, Vec<u8>) {
    let hex = id.to_string();
    let object = [format!("commit {size}\0").as_bytes(), content].concat();
    (format!("{}/{}", &hex[..2], &hex[2..]), deflate(&object))
}

/// A delta that copies the first `keep` bytes of a base of `base` bytes, and adds `text`.
pub(crate) fn delta(base: usize, keep: usize, text: &[u8]) -> Vec<u8> {
    let mut delta = [size(base as u64), size((keep + text.len()) as u64)].concat();
    for start in (0..keep).step_by(0x10000) {
        let length = (keep - start).min(0x10000) as u32;
        delta.push(0xff);
        delta.extend((start as u32).to_le_bytes());
        delta.extend(&length.to_le_bytes()[..3]);
    }
    for piece in text.chunks(127) {
        delta.push(piece.len() as u8);
        delta.extend(piece);
    }
    delta
}

fn size(mut size: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let more = size >> 7 != 0;
        bytes.push((size & 0x7f) as u8 | u8::from(more) << 7);
        size >>= 7;
        if !more {
            return bytes;
        }
    }
}

/// A pack in the making.
pub(crate) struct PackFile {
    bytes: Vec<u8>,
    entries: Vec<(ObjectId, u64)>,
}

impl PackFile {
    pub(crate) fn new() -> Self {
        Self { bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(), entries: Vec::new() }
    }

    /// Adds a whole commit, and returns its id.
    pub(crate) fn commit(&mut self, content: &[u8]) -> ObjectId {
        let id = commit_id(content);
        self.entry(id, COMMIT, content.len() as u64, &[], content);
        id
    }

    /// Adds an entry as `id`, with anything in its header, and returns its offset.
    pub(crate) fn entry(
        &mut self,
        id: ObjectId,
        kind: u8,
        size: u64,
        base: &[u8],
        content: &[u8],
    ) -> u64 {
        let offset = self.bytes.len() as u64;
        self.entries.push((id, offset));
        let mut rest = size >> 4;
        let mut byte = kind << 4 | (size & 0xf) as u8;
        while rest != 0 {
            self.bytes.push(byte | 0x80);
            byte = (rest & 0x7f) as u8;
            rest >>= 7;
        }
        self.bytes.push(byte);
        self.bytes.extend(base);
        self.bytes.extend(deflate(content));
        offset
    }

    /// Adds a delta on the entry before it.
    pub(crate) fn delta_on_last(&mut self, id: ObjectId, delta: &[u8]) {
        let distance = self.bytes.len() as u64 - self.entries.last().unwrap().1;
        assert!(distance < 0x80 + 0x4000, "the distance takes at most two bytes here");
        let base = match distance {
            0..0x80 => vec![distance as u8],
            _ => vec![((distance - 0x80) >> 7) as u8 | 0x80, (distance & 0x7f) as u8],
        };
        self.entry(id, OFS_DELTA, delta.len() as u64, &base, delta);
    }

    /// The pack and its index.
    pub(crate) fn finish(self) -> (Vec<u8>, Vec<u8>) {
        let mut bytes = self.bytes;
        bytes.extend([0; 20]);
        (bytes, index(self.entries, 2, Kind::Sha1))
    }
}

/// An index of `version` 1 or 2 over `entries`. Offsets above 31 bits need version 2.
pub(crate) fn index(mut entries: Vec<(ObjectId, u64)>, version: u32, hash: Kind) -> Vec<u8> {
    entries.sort();
    let mut bytes = Vec::new();
    if version == 2 {
        bytes.extend(b"\xfftOc\0\0\0\x02");
    }
    for first in 0..=255 {
        let count = entries.iter().filter(|(id, _)| id.as_slice()[0] <= first).count() as u32;
        bytes.extend(count.to_be_bytes());
    }
    if version == 1 {
        for (id, offset) in &entries {
            bytes.extend((*offset as u32).to_be_bytes());
            bytes.extend(id.as_slice());
        }
    } else {
        bytes.extend(entries.iter().flat_map(|(id, _)| id.as_slice().to_vec()));
        bytes.extend(vec![0; entries.len() * 4]);
        let mut large = Vec::new();
        for (_, offset) in entries {
            let short = u32::try_from(offset).ok().filter(|offset| *offset < 1 << 31);
            bytes.extend(short.unwrap_or((large.len() / 8) as u32 | 1 << 31).to_be_bytes());
            if short.is_none() {
                large.extend(offset.to_be_bytes());
            }
        }
        bytes.extend(large);
    }
    bytes.extend(vec![0; 2 * hash.len_in_bytes()]);
    bytes
}
