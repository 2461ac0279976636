//! The whole module over files in memory: what is damaged, what leads in circles, what claims to be large.

use proptest::prelude::*;

use super::testing::{
    Latin1, MemoryFiles,
    packs::{COMMIT, PackFile, REF_DELTA, commit_id, deflate, delta, loose},
    seeded,
};
use super::*;
use crate::error::Explain as _;

const OBJECTS: &str = "/repo/.git/objects";
const BASE: &[u8] = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@b> 1 +0000\ncommitter C <c@d> 2 +0000\n\nBase\n";

fn state(files: &MemoryFiles) -> Result<GitState, GitError> {
    read(files, &Latin1, &Env::default(), "/repo")
}

/// The subject of HEAD, or the error with its code.
fn subject(files: &MemoryFiles) -> Result<String, String> {
    match state(files) {
        Ok(state) => Ok(state.commit.unwrap().subject),
        Err(error) => Err(format!("{}: {error}", error.code())),
    }
}

fn with_head(id: impl ToString) -> MemoryFiles {
    MemoryFiles::repository().file("/repo/.git/HEAD", id.to_string())
}

/// A commit that is [`BASE`] with another message, and the delta that makes it.
fn changed(message: &str) -> (Vec<u8>, Vec<u8>) {
    let keep = BASE.len() - 5;
    let content = [&BASE[..keep], message.as_bytes()].concat();
    (content, delta(BASE.len(), keep, message.as_bytes()))
}

#[test]
fn the_state_as_json() {
    let files = MemoryFiles::repository()
        .loose(BASE)
        .file("/repo/.git/refs/heads/feature/x", format!("{}\n", commit_id(BASE)))
        .file("/repo/.git/HEAD", "ref: refs/heads/feature/x\n")
        .file(
            "/repo/.git/config",
            "[remote \"origin\"]\nurl = https://oauth2:s3cr3t@gitlab.com/acme/data/proj.git\n",
        )
        .file("/repo/.git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/main\n")
        .file("/repo/src/lib.rs", "");
    let state = read(&files, &Latin1, &Env::default(), "/repo/src").unwrap();
    insta::assert_json_snapshot!(state, @r#"
    {
      "root": "/repo",
      "git_dir": "/repo/.git",
      "commit": {
        "hash": "6079db7507d5b9200d871610da1e57df21ac08f3",
        "committer_time": 2,
        "author_name": "A",
        "author_email": "a@b",
        "subject": "Base"
      },
      "branch": "feature/x",
      "origin_url": "https://gitlab.com/acme/data/proj.git",
      "default_branch": "main",
      "repository": {
        "owner": "acme/data",
        "name": "proj"
      }
    }
    "#);
}

#[test]
fn a_branch_without_commits_is_no_error() {
    let state = state(&MemoryFiles::repository()).unwrap();
    assert_eq!((state.commit, state.branch.as_deref()), (None, Some("main")));
}

#[test]
fn the_base_of_a_delta_may_be_anywhere() {
    let (content, delta) = changed("Changed\n");
    let id = commit_id(&content);
    let mut pack = PackFile::new();
    pack.entry(id, REF_DELTA, delta.len() as u64, commit_id(BASE).as_slice(), &delta);
    let files = || with_head(id);
    let mut other = PackFile::new();
    other.commit(BASE);
    let (pack, index) = pack.finish();
    let thin = |files: MemoryFiles| {
        files
            .file(&format!("{OBJECTS}/pack/b.pack"), &pack)
            .file(&format!("{OBJECTS}/pack/b.idx"), &index)
    };
    assert_eq!(subject(&thin(files().loose(BASE))).unwrap(), "Changed");
    assert_eq!(subject(&thin(files().pack(OBJECTS, "a", other))).unwrap(), "Changed");
    let mut other = PackFile::new();
    other.commit(BASE);
    let lent =
        files().pack("/lent", "a", other).file(&format!("{OBJECTS}/info/alternates"), "/lent\n");
    assert_eq!(subject(&thin(lent)).unwrap(), "Changed");
    let missing =
        format!("git.corrupt: the object `{}` is missing from `{OBJECTS}`", commit_id(BASE));
    assert_eq!(subject(&thin(files())), Err(missing));
}

#[test]
fn deltas_that_run_in_a_circle_are_an_error() {
    let ids = [b"a", b"b"].map(|content| commit_id(content));
    let mut pack = PackFile::new();
    let delta = delta(3, 3, b"");
    pack.entry(ids[0], REF_DELTA, delta.len() as u64, ids[1].as_slice(), &delta);
    pack.entry(ids[1], REF_DELTA, delta.len() as u64, ids[0].as_slice(), &delta);
    let error =
        format!("git.corrupt: `{OBJECTS}/pack/p.pack` is damaged: its deltas run in a circle");
    assert_eq!(subject(&with_head(ids[0]).pack(OBJECTS, "p", pack)), Err(error));
}

/// A commit at the end of `depth` deltas, each of which adds nothing.
fn chain(depth: usize) -> MemoryFiles {
    let mut pack = PackFile::new();
    pack.commit(BASE);
    let nothing = delta(BASE.len(), BASE.len(), b"");
    for number in 1..depth {
        pack.delta_on_last(commit_id(&number.to_be_bytes()), &nothing);
    }
    let (content, last) = changed("Changed\n");
    pack.delta_on_last(commit_id(&content), &last);
    with_head(commit_id(&content)).pack(OBJECTS, "p", pack)
}

#[test]
fn chains_end_at_the_depth_that_git_ends_them_at() {
    assert_eq!(subject(&chain(4096)).unwrap(), "Changed");
    let error = "git.unsupported: `/repo/.git/objects/pack/p.pack` is beyond a limit: 4097 deltas in a chain, and at most 4096 are read";
    assert_eq!(subject(&chain(4097)), Err(error.to_owned()));
}

#[test]
fn what_claims_to_be_large_is_an_error_before_it_is_made() {
    let beyond = |path: &str, size: u64, what: &str, limit: u64| {
        Err(format!(
            "git.unsupported: `{OBJECTS}/{path}` is beyond a limit: {size} {what}, and at most {limit} are read"
        ))
    };
    let four_gib = 4 << 30;
    let id = commit_id(b"");
    let mut entry = PackFile::new();
    entry.entry(id, COMMIT, four_gib, &[], b"small");
    let expected = beyond("pack/p.pack", four_gib, "bytes in one object", 16 << 20);
    assert_eq!(subject(&with_head(id).pack(OBJECTS, "p", entry)), expected);

    let mut makes_much = PackFile::new();
    makes_much.commit(BASE);
    makes_much
        .delta_on_last(id, &[&[BASE.len() as u8][..], b"\x80\x80\x80\x80\x10", b"\x01x"].concat());
    assert_eq!(subject(&with_head(id).pack(OBJECTS, "p", makes_much)), expected);

    let (path, bytes) = loose(id, four_gib, b"small");
    let expected = beyond(&path, four_gib, "bytes in one object", 16 << 20);
    assert_eq!(subject(&with_head(id).file(&format!("{OBJECTS}/{path}"), bytes)), expected);

    // Each delta is small, and makes an object of 15 MiB.
    let size = 15 << 20;
    let mut bomb = PackFile::new();
    bomb.commit(&vec![b'x'; size]);
    let again = delta(size, size, b"");
    for number in 0..20_u8 {
        bomb.delta_on_last(commit_id(&[number]), &again);
    }
    let expected =
        beyond("pack/p.pack", size as u64, "bytes in the deltas of one object", 256 << 20);
    assert_eq!(subject(&with_head(commit_id(&[19])).pack(OBJECTS, "p", bomb)), expected);
}

#[test]
fn a_loose_object_that_inflates_without_end_is_an_error() {
    let bytes = deflate(&[b"commit 10\0".as_slice(), &vec![0; 50 << 20]].concat());
    let (path, _) = loose(commit_id(b""), 0, b"");
    let files = with_head(commit_id(b"")).file(&format!("{OBJECTS}/{path}"), bytes);
    let error = format!("git.corrupt: `{OBJECTS}/{path}` is damaged: it is longer than it says");
    assert_eq!(subject(&files), Err(error));
}

#[test]
fn what_goes_on_after_its_end_or_is_another_object_is_an_error() {
    let id = commit_id(BASE);
    let mut longer = PackFile::new();
    longer.entry(id, COMMIT, BASE.len() as u64, &[], &[BASE, b"and more"].concat());
    let error = "is damaged: an object in it is not as long as it says";
    let shown = subject(&with_head(id).pack(OBJECTS, "p", longer));
    assert_eq!(shown, Err(format!("git.corrupt: `{OBJECTS}/pack/p.pack` {error}")));

    let mut another = PackFile::new();
    another.entry(id, COMMIT, 5, &[], b"other");
    let error = format!("is damaged: what it holds as `{id}` is another object");
    let shown = subject(&with_head(id).pack(OBJECTS, "p", another));
    assert_eq!(shown, Err(format!("git.corrupt: `{OBJECTS}/pack/p.pack` {error}")));
}

#[test]
fn a_damaged_copy_is_passed_over_if_there_is_another() {
    let (path, bytes) = loose(commit_id(BASE), BASE.len() as u64, b"another object");
    let damaged = || with_head(commit_id(BASE)).file(&format!("{OBJECTS}/{path}"), &bytes);
    let error = format!(
        "git.corrupt: `{OBJECTS}/{path}` is damaged: an object in it is not as long as it says"
    );
    assert_eq!(subject(&damaged()), Err(error));
    let mut pack = PackFile::new();
    pack.commit(BASE);
    let files =
        damaged().pack(OBJECTS, "b", pack).file(&format!("{OBJECTS}/pack/a.idx"), "garbage");
    assert_eq!(subject(&files).unwrap(), "Base");
}

#[test]
fn replacements_that_run_in_a_circle_are_an_error() {
    let id = commit_id(BASE);
    let files =
        with_head(id).loose(BASE).file(&format!("/repo/.git/refs/replace/{id}"), id.to_string());
    assert_eq!(
        subject(&files),
        Err(format!("git.corrupt: `HEAD` is damaged: `{id}` is replaced without end"))
    );
}

#[test]
fn places_that_are_no_repository() {
    let shown =
        |files: &MemoryFiles, start: &str| match read(files, &Latin1, &Env::default(), start) {
            Ok(state) => panic!("{state:?}"),
            Err(error) => format!("{}: {error}", error.code()),
        };
    let long_head = "a".repeat(1 << 20);
    let shown = [
        shown(&MemoryFiles::default(), "/nowhere"),
        shown(&MemoryFiles::repository(), "repo"),
        shown(&MemoryFiles::default().file("/a/b/file", ""), "/a/b"),
        shown(
            &MemoryFiles::default().file("/a/.git/HEAD", "garbage").file("/a/b/file", ""),
            "/a/b",
        ),
        shown(&MemoryFiles::repository().file("/repo/.git/HEAD", long_head), "/repo"),
        shown(&MemoryFiles::default().file("/a/.git", "garbage").file("/a/b/file", ""), "/a/b"),
        shown(&MemoryFiles::default().file("/a/.git", vec![b'x'; 2 << 20]), "/a"),
        shown(&MemoryFiles::default().file("/a/.git", "gitdir: ../gone\n"), "/a"),
        shown(&MemoryFiles::default().file("/a/.git", b"gitdir: \xff"), "/a"),
        shown(&MemoryFiles::default().link("/a", "/b").link("/b", "/a").file("/a/x", ""), "/a"),
        shown(&MemoryFiles::repository().denied("/repo/.git/config"), "/repo"),
        shown(
            &MemoryFiles::repository().file("/repo/.git/HEAD", "ref: refs/heads/\u{7f}"),
            "/repo",
        ),
        shown(&MemoryFiles::repository().file("/repo/.git/HEAD", b"ref: refs/heads/\xff"), "/repo"),
    ];
    insta::assert_snapshot!(shown.join("\n"), @r"
    git.not-found: `/nowhere` is not a directory
    git.not-found: `repo` is not a directory
    git.not-found: `/a/b` is in no Git repository
    git.corrupt: `/a/.git` is not a Git directory: no valid HEAD, no refs or no objects in it
    git.corrupt: `/repo/.git` is not a Git directory: no valid HEAD, no refs or no objects in it
    git.corrupt: `/a/.git` is damaged: it is a file that does not name a Git directory with `gitdir: `
    git.unsupported: `/a/.git` is beyond a limit: 2097152 bytes, and at most 1048576 are read
    git.corrupt: `/gone` is not a Git directory: no valid HEAD, no refs or no objects in it
    git.unsupported: `/a/.git` names a path that is not UTF-8
    git.corrupt: `/a` is damaged: its symbolic links run in a circle
    git.unreadable: cannot read `/repo/.git/config`: permission denied
    git.corrupt: `/repo/.git/HEAD` is damaged: `refs/heads/\u{7f}` is no name of a reference
    git.unsupported: `/repo/.git/HEAD` leads to a reference whose name is not UTF-8
    ");
}

proptest! {
    #![proptest_config(seeded(2000))]

    /// Every object is verified, so damage can be found or be harmless, but never give another answer.
    #[test]
    fn damage_never_changes_the_answer(at in any::<usize>(), byte in any::<u8>(), cut in any::<bool>(), index in any::<bool>()) {
        let name = if index { "idx" } else { "pack" };
        let files = chain(3).change(&format!("{OBJECTS}/pack/p.{name}"), |bytes| {
            let at = at % bytes.len();
            if cut { bytes.truncate(at) } else { bytes[at] = byte }
        });
        if let Ok(subject) = subject(&files) {
            prop_assert_eq!(subject, "Changed");
        }
    }
}

#[test]
fn a_commit_by_its_id_if_it_is_there() {
    let files = with_head(commit_id(BASE)).loose(BASE);
    let find = |hash: &str| commit(&files, &Latin1, &Env::default(), "/repo", hash);
    let id = commit_id(BASE).to_string();
    assert_eq!(find(&id).unwrap().subject, "Base");
    for missing in ["", &id[..12], &id.replace('6', "7"), &"6".repeat(64), "not hexadecimal"] {
        assert_eq!(find(missing), None, "{missing}");
    }
}
