//! Variables, configuration and places, each against what git makes of them.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use offshoot_core::error::Explain;

use crate::git::{Answer, git, read};

/// A worktree with two commits, one below another, and a place without a repository.
struct Places {
    _dir: tempfile::TempDir,
    top: PathBuf,
}

impl Places {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        for name in ["outer", "outer/inner", "bare.git", "outer/src/deep", "none"] {
            fs::create_dir_all(top.join(name)).unwrap();
        }
        git(&top, &["init", "-q", "-b", "main", "outer"]);
        git(top.join("outer"), &["commit", "-q", "--allow-empty", "-m", "Outer"]);
        git(top.join("outer"), &["commit", "-q", "--allow-empty", "-m", "Outer again"]);
        git(top.join("outer"), &["replace", "HEAD", "HEAD~1"]);
        git(&top, &["init", "-q", "-b", "trunk", "outer/inner"]);
        git(top.join("outer/inner"), &["commit", "-q", "--allow-empty", "-m", "Inner"]);
        git(&top, &["clone", "-q", "--bare", "outer/inner", "bare2.git"]);
        git(top.join("outer"), &["worktree", "add", "-q", "--detach", "../linked"]);
        Self { _dir: dir, top }
    }

    fn path(&self, name: &str) -> String {
        self.top.join(name).to_str().unwrap().to_owned()
    }
}

#[track_caller]
fn same(start: impl AsRef<Path>, env: &[(&str, &str)]) -> Option<Answer> {
    let start = start.as_ref();
    let expected = Answer::of_git(start, env);
    match (Answer::of_us(start, env), &expected) {
        (Ok(actual), Some(expected)) => assert_eq!(&actual, expected, "{start:?} {env:?}"),
        (Err(_), None) => {}
        (actual, expected) => panic!("{start:?} {env:?}: {actual:?} instead of {expected:?}"),
    }
    expected
}

#[test]
fn variables_count_as_they_do_for_git() {
    let places = Places::new();
    let path = |name: &str| places.path(name);
    let top = &places.top;
    let outer_objects = path("outer/.git/objects");

    for start in [
        "outer",
        "outer/src/deep",
        "outer/inner",
        "outer/.git",
        "none",
        "linked",
        "bare2.git",
        "bare2.git/refs",
    ] {
        same(top.join(start), &[]);
        for git_dir in ["outer/.git", "bare2.git", "linked/.git", "linked", "none", "gone"] {
            let git_dir = path(git_dir);
            same(top.join(start), &[("GIT_DIR", &git_dir)]);
            same(top.join(start), &[("GIT_DIR", &git_dir), ("GIT_WORK_TREE", &path("none"))]);
        }
        same(top.join(start), &[("GIT_WORK_TREE", "..")]);
        same(top.join(start), &[("GIT_NO_REPLACE_OBJECTS", "1")]);
        same(top.join(start), &[("GIT_COMMON_DIR", &path("outer/.git"))]);
        same(top.join(start), &[("GIT_OBJECT_DIRECTORY", &outer_objects)]);
        let ceilings = [
            path("outer"),
            path("outer/src"),
            path(""),
            path("outer/src/deep"),
            format!("{}/", path("outer")),
        ];
        for ceiling in &ceilings {
            same(top.join(start), &[("GIT_CEILING_DIRECTORIES", ceiling)]);
            same(
                top.join(start),
                &[("GIT_CEILING_DIRECTORIES", &format!("relative:{}:{ceiling}", path("none")))],
            );
        }
    }
    same(top.join("outer/src"), &[("GIT_DIR", "../.git")]).unwrap();

    // The objects of another repository, by a variable only.
    let id = git(top.join("outer/inner"), &["rev-parse", "HEAD"]);
    fs::write(top.join("outer/.git/HEAD"), format!("{id}\n")).unwrap();
    assert!(same(top.join("outer"), &[]).is_none());
    let lent = format!("/gone:{}", path("outer/inner/.git/objects"));
    let answer = same(top.join("outer"), &[("GIT_ALTERNATE_OBJECT_DIRECTORIES", &lent)]).unwrap();
    assert!(answer.commit.unwrap().ends_with("Inner"));
    same(top.join("outer"), &[("GIT_ALTERNATE_OBJECT_DIRECTORIES", "inner/.git/objects")]).unwrap();
    same(top.join("outer/inner"), &[("GIT_OBJECT_DIRECTORY", ".git/objects")]).unwrap();
}

#[test]
fn ceilings_and_starts_are_real_paths() {
    let places = Places::new();
    let top = &places.top;
    symlink(top.join("outer"), top.join("link")).unwrap();
    let ceiling = [("GIT_CEILING_DIRECTORIES", places.path("link"))];
    let ceiling = ceiling.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert!(same(top.join("link/src/deep"), &[]).is_some());
    assert!(same(top.join("link/src/deep"), &ceiling).is_none());
    // After an empty entry, links are not followed.
    let unresolved = format!(":{}", places.path("link"));
    assert!(
        same(top.join("outer/src/deep"), &[("GIT_CEILING_DIRECTORIES", &unresolved)]).is_some()
    );
}

#[test]
fn configuration_counts_as_it_does_for_git() {
    let configurations = [
        "[core]\nbare = true",
        "[core]\nrepositoryFormatVersion = 0\nbare = true",
        "[core]\nrepositoryFormatVersion = 0\nbare = true\nworktree = /tmp",
        "[core]\nrepositoryFormatVersion = 0\nworktree = ../src",
        "[core]\nworktree = ../src",
        "[core]\nrepositoryFormatVersion = 0\nbare = maybe",
        "[core]\nrepositoryFormatVersion = 2",
        "[core]\nrepositoryFormatVersion = 1\n[extensions]\nfuture",
        "[core]\nrepositoryFormatVersion = 0\n[extensions]\nfuture",
        "[core]\nrepositoryFormatVersion = 0\n[extensions]\nobjectFormat = sha1",
        "[core]\nrepositoryFormatVersion = 1\n[extensions]\nobjectFormat = sha1\nnoop\nnoop-v1\npreciousObjects\npartialClone = x",
        "[core]\nrepositoryFormatVersion = 1\n[extensions]\nobjectFormat = md5",
        "[extensions]\nobjectFormat = sha256",
        "[core]\nuseReplaceRefs = false",
        "[remote \"origin\"]\nurl = \"a b\\\\c\"\\\n/d ; comment\nurl = second",
        "[remote \"origin\"]\nURL = x:acme/y\n[URL \"https://a/\"]\nInsteadOf = x:\n[url \"https://b/\"]\ninsteadof = x:acme\n",
        "[remote.origin]\nurl = old",
        "[remote \"origin\"] url=a\r\n",
        "[broken",
        "",
    ];
    let places = Places::new();
    for configuration in configurations {
        fs::write(places.top.join("outer/.git/config"), configuration).unwrap();
        for start in ["outer", "outer/src/deep", "outer/.git", "linked"] {
            if start == "linked" && configuration.contains("maybe") {
                // git refuses the value also where it does not count.
                continue;
            }
            let start = places.top.join(start);
            let expected = Answer::of_git(&start, &[]);
            let actual = Answer::of_us(&start, &[]).ok();
            assert_eq!(actual, expected, "{configuration} in {start:?}");
        }
    }
}

#[test]
fn what_git_refuses_is_refused_with_a_reason() {
    let places = Places::new();
    let inner = places.top.join("outer/inner/.git");
    let head = inner.join("refs/heads/trunk");
    let id = git(places.top.join("outer/inner"), &["rev-parse", "HEAD"]);
    let object = inner.join("objects").join(&id[..2]).join(&id[2..]);
    let reason = |files: &[(&Path, &[u8])]| {
        let saved: Vec<_> = files.iter().map(|(path, _)| (path, fs::read(path).ok())).collect();
        for (path, content) in files {
            let _ = fs::remove_file(path);
            fs::write(path, content).unwrap();
        }
        let start = places.top.join("outer/inner");
        let error = read(&start, &[]).unwrap_err();
        assert_eq!(Answer::of_git(&start, &[]).and_then(|answer| answer.commit), None, "{error}");
        for (path, content) in saved {
            match content {
                Some(content) => fs::write(path, content).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
        }
        format!("{}: {error}", error.code()).replace(places.top.to_str().unwrap(), "")
    };
    let garbage = [0xff_u8; 100];
    let reasons = [
        reason(&[(&head, b"not an id")]),
        reason(&[(&head, b"ref: refs/heads/trunk")]),
        reason(&[(&head, b"ref: refs/heads/../../../x")]),
        reason(&[(&head, b"1234567890123456789012345678901234567890")]),
        reason(&[(&object, &garbage)]),
        reason(&[(&object, b"")]),
        reason(&[(&inner.join("config"), &garbage)]),
        reason(&[(
            &head,
            git(places.top.join("outer/inner"), &["rev-parse", "HEAD^{tree}"]).as_bytes(),
        )]),
    ];
    let expected = [
        "git.corrupt: `/outer/inner/.git/refs/heads/trunk` is damaged: it holds neither an object id nor the name of a reference",
        "git.corrupt: `/outer/inner/.git/refs/heads/trunk` is damaged: symbolic references lead from one to the next without end",
        "git.corrupt: `/outer/inner/.git/refs/heads/trunk` is damaged: `refs/heads/../../../x` is no name of a reference",
        "git.corrupt: the object `1234567890123456789012345678901234567890` is missing from `/outer/inner/.git/objects`",
    ];
    assert_eq!(reasons[..4], expected);
    assert!(reasons[4..].iter().all(|reason| reason.starts_with("git.corrupt: ")), "{reasons:#?}");
}
