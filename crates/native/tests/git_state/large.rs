//! How little is read of large repositories, and offsets that do not fit into 32 bits.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use offshoot_core::{
    env::Env,
    ports::{Files, ReadAt},
};
use offshoot_native::{
    charset::EncodingRs,
    files::{OsFile, OsFiles},
};

use crate::{
    git::{Answer, git, shown, try_git},
    repository::version,
};

/// What the state of a large repository may cost, by the design.
const BUDGET: u64 = 64 << 10;

/// The files of this system, with a count of the bytes and calls.
#[derive(Default)]
struct Counted {
    bytes: AtomicU64,
    calls: AtomicU64,
}

struct CountedFile<'a> {
    file: OsFile,
    counted: &'a Counted,
}

impl Counted {
    fn call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// Reads the state at `dir`, checks the commit, and returns the bytes and calls.
    fn cost(dir: &Path) -> (u64, u64) {
        let counted = Self::default();
        let state = offshoot_core::git::read(
            &&counted,
            &EncodingRs,
            &Env::default(),
            dir.to_str().unwrap(),
        )
        .unwrap();
        assert_eq!(state.commit.as_ref().map(shown), Answer::of_git(dir, &[]).unwrap().commit);
        (counted.bytes.into_inner(), counted.calls.into_inner())
    }
}

impl<'a> Files for &'a Counted {
    type File = CountedFile<'a>;

    fn open(&self, path: &str) -> io::Result<Option<CountedFile<'a>>> {
        self.call();
        Ok(OsFiles.open(path)?.map(|file| CountedFile { file, counted: self }))
    }

    fn list_dir(&self, path: &str) -> io::Result<Option<Vec<String>>> {
        self.call();
        OsFiles.list_dir(path)
    }

    fn is_dir(&self, path: &str) -> io::Result<bool> {
        self.call();
        OsFiles.is_dir(path)
    }

    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        self.call();
        OsFiles.read_link(path)
    }
}

impl ReadAt for CountedFile<'_> {
    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.counted.call();
        let count = self.file.read_at(offset, buf)?;
        self.counted.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[test]
fn two_hundred_thousand_commits_cost_few_bytes() {
    let dir = tempfile::tempdir().unwrap();
    git(&dir, &["init", "-q", "-b", "main"]);
    let mut stream = String::from("blob\nmark :1\ndata 6\nhello\n\n");
    for number in 0..200_000 {
        let time = 1_500_000_000 + number;
        let first = if number == 0 { "M 100644 :1 f\n" } else { "" };
        write!(stream, "commit refs/heads/main\ncommitter C <c@d> {time} +0000\ndata 14\ncommit {number:>6}\n\n{first}").unwrap();
    }
    try_git(dir.path(), &["fast-import", "--quiet"], &[], stream.as_bytes()).unwrap();
    let id = git(&dir, &["rev-parse", "HEAD"]);
    let tags: String =
        (0..20_000).map(|number| format!("create refs/tags/v{number} {id}\n")).collect();
    try_git(dir.path(), &["update-ref", "--stdin"], &[], tags.as_bytes()).unwrap();
    git(&dir, &["pack-refs", "--all"]);
    let packed_refs = fs::metadata(dir.path().join(".git/packed-refs")).unwrap().len();
    assert!(packed_refs > 1_000_000, "{packed_refs}");

    let (bytes, calls) = Counted::cost(dir.path());
    assert!(bytes < BUDGET && calls < 80, "{bytes} bytes in {calls} calls");
}

#[test]
fn long_chains_of_deltas_cost_few_bytes() {
    let dir = tempfile::tempdir().unwrap();
    git(&dir, &["init", "-q", "-b", "main"]);
    let mut stream = String::new();
    for number in 0..150 {
        let message = version(number, 160);
        let length = message.len();
        write!(
            stream,
            "commit refs/heads/main\ncommitter C <c@d> {number} +0000\ndata {length}\n{message}\n"
        )
        .unwrap();
    }
    try_git(dir.path(), &["fast-import", "--quiet"], &[], stream.as_bytes()).unwrap();
    git(&dir, &["repack", "-adfq", "--depth=4095", "--window=10"]);
    let (index, _) = index_and_pack(dir.path());
    let id = git(&dir, &["rev-parse", "HEAD"]);
    let listing = git(&dir, &["verify-pack", "-v", index.to_str().unwrap()]);
    let entry = listing.lines().find(|line| line.starts_with(&id)).unwrap();
    let depth: u64 = entry.split_whitespace().nth(5).unwrap().parse().unwrap();
    assert!(depth > 100, "{entry}");

    let (bytes, calls) = Counted::cost(dir.path());
    assert!(
        bytes < 1024 * depth && calls < 3 * depth,
        "{bytes} bytes in {calls} calls at depth {depth}"
    );
}

#[test]
fn offsets_beyond_four_gibibytes() {
    const SHIFT: u64 = 5 << 30;
    let dir = tempfile::tempdir().unwrap();
    git(&dir, &["init", "-q", "-b", "main"]);
    git(&dir, &["commit", "-q", "--allow-empty", "-m", "Far out"]);
    git(&dir, &["repack", "-adq"]);
    git(&dir, &["prune-packed", "-q"]);
    let (index, pack) = index_and_pack(dir.path());

    // All objects are once more 5 GiB into a sparse file. Of these, the index names the commit; git compares no more
    // than the checksum at the end with that of the index.
    let old = fs::read(&pack).unwrap();
    fs::remove_file(&pack).unwrap();
    let new = File::create(&pack).unwrap();
    new.write_all_at(&old, 0).unwrap();
    new.write_all_at(&old, SHIFT).unwrap();
    let commit =
        gix_hash::ObjectId::from_hex(git(&dir, &["rev-parse", "HEAD"]).as_bytes()).unwrap();
    let shifted = shift_offset(&index, commit, SHIFT);
    fs::remove_file(&index).unwrap();
    fs::write(&index, shifted).unwrap();

    let expected = Answer::of_git(dir.path(), &[]).unwrap();
    assert!(
        expected.commit.as_ref().is_some_and(|commit| commit.ends_with("Far out")),
        "{expected:?}"
    );
    assert_eq!(Answer::of_us(dir.path(), &[]).unwrap(), expected);
}

fn index_and_pack(dir: &Path) -> (PathBuf, PathBuf) {
    let mut entries =
        fs::read_dir(dir.join(".git/objects/pack")).unwrap().map(|entry| entry.unwrap().path());
    let index = entries.find(|path| path.extension().is_some_and(|end| end == "idx")).unwrap();
    let pack = index.with_extension("pack");
    (index, pack)
}

/// The index at `path`, with the offset of `id` higher by `shift` and in the table for 64 bits.
fn shift_offset(path: &Path, id: gix_hash::ObjectId, shift: u64) -> Vec<u8> {
    let mut new = fs::read(path).unwrap();
    let index = gix_pack::index::File::at(path, gix_hash::Kind::Sha1).unwrap();
    let (count, position) = (index.num_objects() as usize, index.lookup(id).unwrap());
    let offset = index.pack_offset_at_index(position) + shift;
    let offsets = 8 + 1024 + count * 24;
    let entry = offsets + position as usize * 4;
    new[entry..entry + 4].copy_from_slice(&[0x80, 0, 0, 0]);
    let after_offsets = offsets + count * 4;
    new.splice(after_offsets..after_offsets, offset.to_be_bytes());
    new
}
