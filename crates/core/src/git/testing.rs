//! A file system in memory, and what else the tests of this module share.

pub(crate) mod packs;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
};

use proptest::test_runner::{Config, RngSeed};

use crate::ports::{Charset, Files, ReadAt};

/// A configuration of proptest that makes the same `cases` in every run.
pub(crate) fn seeded(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_121),
        ..Config::default()
    }
}

/// Files by absolute path. Directories are there as soon as something is in them.
#[derive(Default)]
pub(crate) struct MemoryFiles {
    files: BTreeMap<String, Arc<[u8]>>,
    links: BTreeMap<String, String>,
    denied: BTreeSet<String>,
}

impl MemoryFiles {
    pub(crate) fn file(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.files.insert(path.to_owned(), bytes.as_ref().into());
        self
    }

    /// Puts a pack and its index into the object directory `objects`.
    pub(crate) fn pack(self, objects: &str, name: &str, pack: packs::PackFile) -> Self {
        let (pack, index) = pack.finish();
        self.file(&format!("{objects}/pack/{name}.pack"), pack)
            .file(&format!("{objects}/pack/{name}.idx"), index)
    }

    /// Puts a loose commit into the repository.
    pub(crate) fn loose(self, content: &[u8]) -> Self {
        let (path, bytes) = packs::loose(packs::commit_id(content), content.len() as u64, content);
        self.file(&format!("/repo/.git/objects/{path}"), bytes)
    }

    /// Changes the bytes of a file.
    pub(crate) fn change(self, path: &str, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut bytes = self.files[path].to_vec();
        change(&mut bytes);
        self.file(path, bytes)
    }

    pub(crate) fn link(mut self, path: &str, target: &str) -> Self {
        self.links.insert(path.to_owned(), target.to_owned());
        self
    }

    pub(crate) fn denied(mut self, path: &str) -> Self {
        self.denied.insert(path.to_owned());
        self
    }

    /// The least that is a repository: its HEAD is on `main`, without a commit.
    pub(crate) fn repository() -> Self {
        Self::default()
            .file("/repo/.git/HEAD", "ref: refs/heads/main\n")
            .file("/repo/.git/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
            .file("/repo/.git/objects/info/keep", "")
            .file("/repo/.git/refs/heads/keep", "")
    }
}

impl ReadAt for Arc<[u8]> {
    fn len(&self) -> u64 {
        self.as_ref().len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest =
            usize::try_from(offset).ok().and_then(|start| self.get(start..)).unwrap_or_default();
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

impl Files for MemoryFiles {
    type File = Arc<[u8]>;

    fn open(&self, path: &str) -> io::Result<Option<Arc<[u8]>>> {
        if self.denied.contains(path) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(self.files.get(path).cloned())
    }

    fn list_dir(&self, path: &str) -> io::Result<Option<Vec<String>>> {
        let start = format!("{}/", path.trim_end_matches('/'));
        let names: BTreeSet<_> = self
            .files
            .keys()
            .chain(self.links.keys())
            .filter_map(|file| file.strip_prefix(&start)?.split('/').next().map(str::to_owned))
            .collect();
        Ok((!names.is_empty()).then(|| names.into_iter().collect()))
    }

    fn is_dir(&self, path: &str) -> io::Result<bool> {
        Ok(self.list_dir(path)?.is_some())
    }

    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        Ok(self.links.get(path).cloned())
    }
}

/// Knows ISO-8859-1 only.
pub(crate) struct Latin1;

impl Charset for Latin1 {
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        label
            .eq_ignore_ascii_case("ISO-8859-1")
            .then(|| bytes.iter().map(|&byte| char::from(byte)).collect())
    }
}
