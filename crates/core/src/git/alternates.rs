//! Alternates: the object directories that a repository borrows from.
//!
//! Source: `object-file.c` of git, `link_alt_odb_entries`.

use std::collections::{BTreeSet, VecDeque};

use super::{error::GitError, path, source};
use crate::{env::Env, ports::Files};

/// The largest `objects/info/alternates` read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// How many alternates may lead from one to the next, as in git, which ignores what is deeper.
const MAX_DEPTH: usize = 5;

/// How many alternates are searched.
const MAX_ALTERNATES: usize = 256;

/// The alternates of one object directory, nearest first. Their files are read when the search comes to them.
pub(super) struct Alternates<'a, F> {
    files: &'a F,
    /// Object directories whose own alternates are not known yet, with how many led there.
    unread: VecDeque<(String, usize)>,
    /// Directories that are known, but were not asked for yet.
    found: VecDeque<String>,
    seen: BTreeSet<String>,
}

impl<'a, F: Files> Alternates<'a, F> {
    /// The alternates of the directory `objects`, and those that `GIT_ALTERNATE_OBJECT_DIRECTORIES` names relative to
    /// `start`.
    pub(super) fn new(
        files: &'a F,
        env: &Env,
        objects: &str,
        start: &str,
    ) -> Result<Self, GitError> {
        // Filled one by one: a set that is made of a list sorts it, by code that nothing else needs.
        let mut seen = BTreeSet::new();
        seen.insert(objects.to_owned());
        let mut alternates = Self {
            files,
            unread: VecDeque::from([(objects.to_owned(), 0)]),
            found: VecDeque::new(),
            seen,
        };
        let list = env.get("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
        alternates.add(list, path::list_separator(start), start, 0)?;
        Ok(alternates)
    }

    /// The next object directory to search.
    pub(super) fn next(&mut self) -> Result<Option<String>, GitError> {
        while self.found.is_empty() {
            let Some((dir, depth)) = self.unread.pop_front() else { return Ok(None) };
            let file = path::join(&dir, "info/alternates");
            if let Some(list) =
                source::read_text(self.files, &file, MAX_FILE)?.filter(|_| depth <= MAX_DEPTH)
            {
                self.add(&list, '\n', &dir, depth)?;
            }
        }
        Ok(self.found.pop_front())
    }

    fn add(
        &mut self,
        list: &str,
        separator: char,
        base: &str,
        depth: usize,
    ) -> Result<(), GitError> {
        let mut rest = list;
        while !rest.is_empty() {
            let entry;
            (entry, rest) = split(rest, separator);
            if entry.is_empty() {
                continue;
            }
            let dir = path::real(self.files, &path::join(base, &entry))?;
            let there =
                self.files.is_dir(&dir).map_err(|source| GitError::unreadable(&dir, source))?;
            if there && self.seen.insert(dir.clone()) {
                if self.seen.len() > MAX_ALTERNATES + 1 {
                    let (size, limit) = (MAX_ALTERNATES as u64 + 1, MAX_ALTERNATES as u64);
                    return Err(GitError::Limit { path: dir, what: "alternates", size, limit });
                }
                self.unread.push_back((dir.clone(), depth + 1));
                self.found.push_back(dir);
            }
        }
        Ok(())
    }
}

/// The first entry of a list, and what follows it. An entry in quotes is in C's notation; comments are empty.
fn split(list: &str, separator: char) -> (String, &str) {
    if list.starts_with('"') {
        // As in git, broken quotes are part of the name.
        if let Ok((entry, used)) = gix_quote::ansi_c::undo(list.into()) {
            let rest = list.get(used..).unwrap_or_default();
            let rest = rest.strip_prefix(separator).unwrap_or(rest);
            return (String::from_utf8_lossy(&entry).into_owned(), rest);
        }
    }
    let (entry, rest) = list.split_once(separator).unwrap_or((list, ""));
    (if entry.starts_with('#') { String::new() } else { entry.to_owned() }, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::MemoryFiles;

    fn all(files: &MemoryFiles, env: &Env) -> Result<Vec<String>, GitError> {
        let mut alternates = Alternates::new(files, env, "/a/objects", "/work")?;
        std::iter::from_fn(|| alternates.next().transpose()).collect()
    }

    #[test]
    fn reads_comments_quotes_and_relative_paths_of_alternates_of_alternates() {
        let list = "# /x\n\n../../b/objects\n\"/c \\\"\\303\\274\\\"/objects\"\n\"/d\n/gone\n/a/objects\n/b/objects/\n";
        let files = MemoryFiles::default()
            .file("/a/objects/info/alternates", list)
            .file("/b/objects/info/alternates", "../../e/objects\n/a/objects")
            .file("/c \"ü\"/objects/x", "")
            .file("/a/objects/\"/d/x", "")
            .file("/e/objects/x", "");
        let expected = ["/b/objects", "/c \"ü\"/objects", "/a/objects/\"/d", "/e/objects"];
        assert_eq!(all(&files, &Env::default()).unwrap(), expected);
    }

    #[test]
    fn the_variable_comes_first() {
        let files = MemoryFiles::default()
            .file("/a/objects/info/alternates", "/b")
            .file("/b/x", "")
            .file("/work/r/x", "")
            .file("/e:f/x", "");
        let env = Env::from_iter([("GIT_ALTERNATE_OBJECT_DIRECTORIES", "r:/gone:\"/e:f\"")]);
        assert_eq!(all(&files, &env).unwrap(), ["/work/r", "/e:f", "/b"]);
    }

    #[test]
    fn deep_and_many_alternates_have_an_end() {
        let chain = (0..20).fold(MemoryFiles::default(), |files, number| {
            let path = if number == 0 { "/a/objects".to_owned() } else { format!("/{number}") };
            files.file(&format!("{path}/info/alternates"), format!("/{}", number + 1))
        });
        assert_eq!(all(&chain, &Env::default()).unwrap().len(), MAX_DEPTH + 1);

        let list: String = (0..1000).map(|number| format!("/{number}\n")).collect();
        let wide = MemoryFiles::default().file("/a/objects/info/alternates", list);
        let wide = (0..1000).fold(wide, |files, number| files.file(&format!("/{number}/x"), ""));
        let error = all(&wide, &Env::default()).unwrap_err().to_string();
        assert_eq!(error, "`/256` is beyond a limit: 257 alternates, and at most 256 are read");
    }
}
