//! Deltas: an object as pieces of another object and new text.
//!
//! Source: git's documentation `pack-format`, section "Deltified representation". gix-pack keeps its own
//! decoder private and offers it for packs in memory only; the format is two sizes and two instructions, so it
//! is decoded here, where a pack of gigabytes needs no contiguous memory.

/// A delta whose sizes are known.
pub(super) struct Delta<'a> {
    base_size: u64,
    size: u64,
    instructions: Bytes<'a>,
}

/// What is wrong with a delta. The file's name goes before it.
type Reason = &'static str;

impl<'a> Delta<'a> {
    /// Reads the two sizes that a delta begins with.
    pub(super) fn parse(delta: &'a [u8]) -> Result<Self, Reason> {
        let mut instructions = Bytes(delta);
        Ok(Self { base_size: instructions.size()?, size: instructions.size()?, instructions })
    }

    /// How large the object will be, in bytes, if the delta tells the truth.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The object of `size` bytes that this delta makes of `base`; `size` is [`Self::size`].
    pub(super) fn apply(mut self, base: &[u8], size: usize) -> Result<Vec<u8>, Reason> {
        if self.base_size != base.len() as u64 {
            return Err("a delta in it is meant for another base");
        }
        let mut object = Vec::with_capacity(size);
        while let Some(instruction) = self.instructions.next() {
            let piece = match instruction {
                0 => return Err("a delta in it holds an unknown instruction"),
                new @ 1..0x80 => self.instructions.take(new.into())?,
                copy => {
                    let offset = self.instructions.packed(copy & 0x0f)?;
                    let length = match self.instructions.packed((copy >> 4) & 0x07)? {
                        0 => 0x10000,
                        length => length,
                    };
                    let end = offset.checked_add(length);
                    end.and_then(|end| base.get(offset..end))
                        .ok_or("a delta in it reaches beyond its base")?
                }
            };
            if piece.len() > size - object.len() {
                return Err(WRONG_SIZE);
            }
            object.extend_from_slice(piece);
        }
        if object.len() == size { Ok(object) } else { Err(WRONG_SIZE) }
    }
}

const ENDS_EARLY: Reason = "a delta in it ends early";
const WRONG_SIZE: Reason = "a delta in it does not make as much as it says";

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Reason> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ENDS_EARLY)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A size in groups of seven bits, the lowest first.
    fn size(&mut self) -> Result<u64, Reason> {
        let mut size = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.next().ok_or(ENDS_EARLY)?;
            size |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(size);
            }
        }
        Err("a delta in it says a size of more than 63 bits")
    }

    /// A number of up to four bytes, the lowest first, of which only those in `present` are there.
    fn packed(&mut self, present: u8) -> Result<usize, Reason> {
        let mut number = 0_u32;
        for place in (0..4).filter(|place| present & (1 << place) != 0) {
            number |= u32::from(self.next().ok_or(ENDS_EARLY)?) << (8 * place);
        }
        usize::try_from(number).map_err(|_| ENDS_EARLY)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::git::testing::seeded;

    fn apply(base: &[u8], delta: &[u8]) -> Result<Vec<u8>, Reason> {
        let delta = Delta::parse(delta)?;
        let size = usize::try_from(delta.size()).unwrap();
        delta.apply(base, size)
    }

    #[test]
    fn copies_and_inserts() {
        assert_eq!(apply(b"hello", b"\x05\x08\x90\x05\x03 wo").unwrap(), b"hello wo");
        assert_eq!(apply(b"hello", b"\x05\x02\x91\x03\x02").unwrap(), b"lo");
        let long = vec![b'x'; 0x10001];
        assert_eq!(apply(&long, b"\x81\x80\x04\x80\x80\x04\x81\x01").unwrap().len(), 0x10000);
    }

    #[test]
    fn says_what_is_wrong() {
        for (delta, reason) in [
            (b"\x04\x00".as_slice(), "a delta in it is meant for another base"),
            (b"\x05", ENDS_EARLY),
            (b"\x05\x03\x03ab", ENDS_EARLY),
            (b"\x05\x03\x91", ENDS_EARLY),
            (b"\x05\x03\x00", "a delta in it holds an unknown instruction"),
            (b"\x05\x03\x91\x04\x02", "a delta in it reaches beyond its base"),
            (b"\x05\x01\x90\x05", WRONG_SIZE),
            (b"\x05\x09\x90\x05", WRONG_SIZE),
            (
                b"\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                "a delta in it says a size of more than 63 bits",
            ),
        ] {
            assert_eq!(apply(b"hello", delta), Err(reason), "{delta:?}");
        }
    }

    proptest! {
        #![proptest_config(seeded(256))]

        #[test]
        fn garbage_never_makes_more_than_it_says(delta in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut whole = vec![5, 100];
            whole.extend(delta);
            if let Ok(object) = apply(b"hello", &whole) {
                prop_assert_eq!(object.len(), 100);
            }
        }
    }
}
