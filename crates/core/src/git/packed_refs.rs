//! `packed-refs`: one reference in a line, sorted by name in every file that git wrote since 2018.
//!
//! The file is bisected where it says that it is sorted, because it has a line for every tag and branch that a
//! clone brought.

use std::cmp::Ordering;

use gix_hash::{Kind, ObjectId};

use super::{error::GitError, refs, source::Source};
use crate::ports::{Files, ReadAt};

/// The largest unsorted file read, in bytes: it is read from its beginning.
const MAX_UNSORTED: u64 = 256 << 20;

/// The longest line, in bytes: a name is at most a path of 4,096.
const MAX_LINE: usize = 8 << 10;

/// How much is read at once: for the next line, and for the lines that a search ends with.
const NEAR: usize = 512;
const BLOCK: usize = 4 << 10;

/// The id of the reference `name` in the file at `path`; `None` if it, or the file, is not there.
pub(super) fn find<F: Files>(
    files: &F,
    path: &str,
    name: &str,
    hash: Kind,
) -> Result<Option<ObjectId>, GitError> {
    let Some(source) = Source::open(files, path)? else { return Ok(None) };
    let file = PackedRefs { source, hash };
    let header = file.source.read(0, NEAR)?;
    let header = header.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let sorted = header
        .strip_prefix(b"# pack-refs with:")
        .is_some_and(|traits| traits.split(u8::is_ascii_whitespace).any(|word| word == b"sorted"));
    if sorted {
        file.bisect(name.as_bytes())
    } else if file.source.len() <= MAX_UNSORTED {
        file.scan(name.as_bytes(), 0, file.source.len())
    } else {
        let size = file.source.len();
        Err(GitError::Limit {
            path: path.to_owned(),
            what: "bytes without an order",
            size,
            limit: MAX_UNSORTED,
        })
    }
}

struct PackedRefs<F> {
    source: Source<F>,
    hash: Kind,
}

impl<F: ReadAt> PackedRefs<F> {
    /// Halves the range in which the line of `name` can begin, until few lines are left.
    fn bisect(&self, name: &[u8]) -> Result<Option<ObjectId>, GitError> {
        let (mut low, mut high) = (0, self.source.len());
        while high - low > BLOCK as u64 {
            let middle = low + (high - low) / 2;
            match self.first_line_after(middle, high)? {
                None => high = middle + 1,
                Some((start, line)) => {
                    let (found, id) = self.parse(&line)?;
                    match found.cmp(name) {
                        Ordering::Less => low = start,
                        Ordering::Equal => return Ok(Some(id)),
                        Ordering::Greater => high = start,
                    }
                }
            }
        }
        self.scan(name, low, high)
    }

    /// The first line of a reference that begins after `position` and before `end`.
    fn first_line_after(
        &self,
        position: u64,
        end: u64,
    ) -> Result<Option<(u64, Vec<u8>)>, GitError> {
        let mut window = NEAR;
        while window <= 4 * MAX_LINE {
            let bytes = self.source.read(position, window)?;
            let whole = bytes.len() < window;
            let mut start = 0;
            for (number, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
                let begins = position + start as u64;
                start += line.len() + 1;
                let complete = start <= bytes.len() || whole;
                if number > 0 && begins >= end {
                    return Ok(None);
                }
                if number > 0 && complete && !line.is_empty() && !is_note(line) {
                    return Ok(Some((begins, line.to_vec())));
                }
            }
            if whole {
                return Ok(None);
            }
            window *= 4;
        }
        Err(self.source.damaged("it has a line that is too long to be a reference"))
    }

    /// Looks at every line that begins at `low` or later, and before `high`.
    fn scan(&self, name: &[u8], low: u64, high: u64) -> Result<Option<ObjectId>, GitError> {
        let mut position = low;
        let mut rest: Vec<u8> = Vec::new();
        let mut read = low;
        while position < high {
            let block = self.source.read(read, BLOCK)?;
            let ended = block.len() < BLOCK;
            read += block.len() as u64;
            rest.extend(block);
            let mut used = 0;
            for line in rest.split_inclusive(|&byte| byte == b'\n') {
                if position >= high || !(line.ends_with(b"\n") || ended) {
                    break;
                }
                position += line.len() as u64;
                used += line.len();
                let line = line.trim_ascii_end();
                if line.is_empty() || is_note(line) {
                    continue;
                }
                let (found, id) = self.parse(line)?;
                if found == name {
                    return Ok(Some(id));
                }
            }
            rest.drain(..used);
            if ended {
                break;
            }
            if rest.len() > MAX_LINE {
                return Err(self
                    .source
                    .damaged("it has a line that is too long to be a reference"));
            }
        }
        Ok(None)
    }

    /// The name and id of a line.
    fn parse<'l>(&self, line: &'l [u8]) -> Result<(&'l [u8], ObjectId), GitError> {
        let line = line.trim_ascii_end();
        let id = refs::leading_id(line, self.hash);
        let name = line.get(self.hash.len_in_hex() + 1..);
        name.zip(id).ok_or_else(|| self.source.damaged("it has a line that is no reference"))
    }
}

/// Whether `line` is the header, or says what the tag of the line before it leads to.
fn is_note(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'#' | b'^'))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::git::testing::{MemoryFiles, seeded};

    fn look_up(content: &str, name: &str) -> Result<Option<String>, String> {
        let files = MemoryFiles::default().file("/p", content);
        find(&files, "/p", name, Kind::Sha1)
            .map(|id| id.map(|id| id.to_string()))
            .map_err(|error| error.to_string())
    }

    fn id(number: usize) -> String {
        format!("{number:040x}")
    }

    proptest! {
        #![proptest_config(seeded(24))]

        #[test]
        fn finds_each_of_many_and_no_other(
            names in proptest::collection::btree_set("refs/(heads|tags)/[a-z0-9]{1,90}", 1..250),
            peeled in any::<u8>(),
            header in any::<bool>(),
        ) {
            let mut text = String::new();
            if header {
                text.push_str("# pack-refs with: peeled fully-peeled sorted \n");
            }
            for (number, name) in names.iter().enumerate() {
                writeln!(text, "{} {name}", id(number)).unwrap();
                if number % 7 == usize::from(peeled % 7) {
                    writeln!(text, "^{}", id(9)).unwrap();
                }
            }
            for (number, name) in names.iter().enumerate() {
                prop_assert_eq!(look_up(&text, name), Ok(Some(id(number))));
                let other = format!("{name}!");
                prop_assert_eq!(look_up(&text, &other), Ok(None));
            }
            prop_assert_eq!(look_up(&text, "refs/"), Ok(None));
        }

        #[test]
        fn garbage_ends_in_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..20_000), sorted in any::<bool>()) {
            let mut content = if sorted { b"# pack-refs with: sorted \n".to_vec() } else { Vec::new() };
            content.extend(bytes);
            let files = MemoryFiles::default().file("/p", content);
            let _ = find(&files, "/p", "refs/heads/main", Kind::Sha1);
        }
    }

    #[test]
    fn a_line_without_end_is_an_error() {
        let endless = "a".repeat(1 << 20);
        let sorted = format!("# pack-refs with: sorted \n{endless}");
        let error =
            Err("`/p` is damaged: it has a line that is too long to be a reference".to_owned());
        assert_eq!(look_up(&endless, "refs/heads/main"), error);
        assert_eq!(look_up(&sorted, "refs/heads/main"), error);
    }
}
