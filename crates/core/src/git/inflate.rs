//! A zlib stream in a file, read in small pieces and never inflated further than asked for.

use miniz_oxide::{
    DataFormat, MZError, MZFlush, MZStatus,
    inflate::stream::{InflateState, inflate},
};

use super::{error::GitError, source::Source};
use crate::ports::ReadAt;

/// How much is read at first and at most, in bytes. Most commits and deltas are within the first piece.
const FIRST: usize = 512;
const LARGEST: usize = 64 << 10;

/// A stream that is being inflated.
pub(super) struct Inflate<'f, F> {
    source: &'f Source<F>,
    /// Where the next piece is in the file.
    offset: u64,
    /// Compressed bytes that were read; those before `used` are done with.
    piece: Vec<u8>,
    used: usize,
    next_size: usize,
    state: Box<InflateState>,
    ended: bool,
}

impl<'f, F: ReadAt> Inflate<'f, F> {
    /// The stream that begins with `piece`, already read, and goes on at `offset`.
    pub(super) fn new(source: &'f Source<F>, piece: Vec<u8>, offset: u64) -> Self {
        Self {
            source,
            offset,
            piece,
            used: 0,
            next_size: FIRST,
            state: InflateState::new_boxed(DataFormat::Zlib),
            ended: false,
        }
    }

    /// The rest of the stream, which has to be `size` bytes.
    ///
    /// # Errors
    ///
    /// If the stream is longer or shorter, or its checksum is wrong.
    pub(super) fn rest(mut self, size: usize) -> Result<Vec<u8>, GitError> {
        let mut bytes = vec![0; size];
        let filled = self.fill(&mut bytes)?;
        if filled < size || self.fill(&mut [0])? > 0 {
            return Err(self.source.damaged("an object in it is not as long as it says"));
        }
        Ok(bytes)
    }

    /// Inflates until `out` is full or the stream ends; returns how many bytes it brought.
    pub(super) fn fill(&mut self, out: &mut [u8]) -> Result<usize, GitError> {
        let mut filled = 0;
        while let Some(space) =
            out.get_mut(filled..).filter(|space| !space.is_empty() && !self.ended)
        {
            let input = self.piece.get(self.used..).unwrap_or_default();
            let step = inflate(&mut self.state, input, space, MZFlush::None);
            self.used += step.bytes_consumed;
            filled += step.bytes_written;
            let moved = step.bytes_consumed > 0 || step.bytes_written > 0;
            match step.status {
                Ok(MZStatus::StreamEnd) => self.ended = true,
                Ok(MZStatus::Ok) if moved => {}
                // Only now: what is ready to be taken may not need the input to go on.
                Ok(MZStatus::Ok) | Err(MZError::Buf) if self.used == self.piece.len() => {
                    self.read_on()?
                }
                _ => return Err(self.source.damaged("an object in it is not valid zlib data")),
            }
        }
        Ok(filled)
    }

    fn read_on(&mut self) -> Result<(), GitError> {
        self.piece = self.source.read(self.offset, self.next_size)?;
        if self.piece.is_empty() {
            return Err(self.source.damaged("it ends in the middle of an object"));
        }
        self.offset += self.piece.len() as u64;
        self.used = 0;
        self.next_size = (self.next_size * 4).min(LARGEST);
        Ok(())
    }
}
