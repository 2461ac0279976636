//! The real git, kept apart from the configuration of whoever runs the tests, and our answer beside it.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use offshoot_core::{
    env::Env,
    git::{Commit, GitError, GitState},
};
use offshoot_native::{charset::EncodingRs, files::OsFiles};
use proptest::test_runner::{Config as ProptestConfig, RngSeed};

use crate::wasm;

/// The five fields that git prints, which are the reference.
pub const FORMAT: &str = "--format=%H%n%ae%n%an%n%cd%n%s";

/// A configuration that makes the same `cases` in every run.
pub fn seeded(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 100,
        rng_seed: RngSeed::Fixed(20_261_121),
        ..ProptestConfig::default()
    }
}

/// Runs git in `dir` and returns what it printed, without the last line end. Panics if it fails.
pub fn git(dir: impl AsRef<Path>, args: &[&str]) -> String {
    let dir = dir.as_ref();
    try_git(dir, args, &[], b"")
        .unwrap_or_else(|error| panic!("git {args:?} in {}: {error}", dir.display()))
}

/// Runs git with more variables and with an input. `Err` holds what it complained of.
pub fn try_git(
    dir: &Path,
    args: &[&str],
    env: &[(&str, &str)],
    input: &[u8],
) -> Result<String, String> {
    let output = run(dir, args, env, input)?;
    Ok(String::from_utf8_lossy(&output).trim_end_matches('\n').to_owned())
}

/// As [`try_git`], but with the bytes that git printed.
pub fn run(
    dir: &Path,
    args: &[&str],
    env: &[(&str, &str)],
    input: &[u8],
) -> Result<Vec<u8>, String> {
    let mut child = Command::new("git")
        .args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0", "-c", "core.fsync=none"])
        // With several threads, git packs the same objects differently from run to run.
        .args(["-c", "pack.threads=1"])
        .args(args)
        .current_dir(dir)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs([
            ("HOME", "/nonexistent"),
            ("LC_ALL", "C"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_AUTHOR_NAME", "A U Thor"),
            ("GIT_AUTHOR_EMAIL", "author@example.com"),
            ("GIT_AUTHOR_DATE", "1700000000 +0100"),
            ("GIT_COMMITTER_NAME", "C O Mitter"),
            ("GIT_COMMITTER_EMAIL", "committer@example.com"),
            ("GIT_COMMITTER_DATE", "1700000001 -0230"),
        ])
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("git is installed");
    let mut stdin = child.stdin.take().unwrap();
    // git may answer before it has read everything.
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().unwrap()
    });
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// Our answer for `dir`, on which the WASM module has to agree, if it is there.
pub fn read(dir: &Path, env: &[(&str, &str)]) -> Result<GitState, GitError> {
    let variables = Env::from_iter(env.iter().copied());
    let state = offshoot_core::git::read(&OsFiles, &EncodingRs, &variables, dir.to_str().unwrap());
    wasm::compare(dir, env, &state);
    state
}

/// A commit in the form of [`FORMAT`].
pub fn shown(commit: &Commit) -> String {
    let Commit { hash, committer_time, author_name, author_email, subject, parents: _ } = commit;
    let time = committer_time.map(|time| time.to_string()).unwrap_or_default();
    format!("{hash}\n{author_email}\n{author_name}\n{time}\n{subject}")
}

/// Everything that git says of `dir`, in the words of our answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub commit: Option<String>,
    pub branch: Option<String>,
    pub origin_url: Option<String>,
    pub default_branch: Option<String>,
    pub root: Option<String>,
    pub git_dir: String,
}

impl Answer {
    /// What git says.
    ///
    /// `None` if it finds no repository, or refuses what it finds.
    pub fn of_git(dir: &Path, env: &[(&str, &str)]) -> Option<Self> {
        let ask = |args: &[&str]| try_git(dir, args, env, b"").ok();
        let start = "refs/remotes/origin/";
        let commit = run(dir, &["log", "-1", "--date=unix", FORMAT], env, b"").ok();
        if commit.as_ref().is_none_or(Vec::is_empty)
            && ask(&["rev-parse", "-q", "--verify", "HEAD"]).is_some()
        {
            return None;
        }
        Some(Self {
            commit: commit.map(|bytes| {
                String::from_utf8_lossy(bytes.strip_suffix(b"\n").unwrap_or(&bytes)).into_owned()
            }),
            branch: ask(&["symbolic-ref", "-q", "HEAD"])
                .and_then(|name| name.strip_prefix("refs/heads/").map(str::to_owned)),
            origin_url: ask(&["remote", "get-url", "origin"]),
            default_branch: ask(&["symbolic-ref", "-q", "refs/remotes/origin/HEAD"])
                .and_then(|name| name.strip_prefix(start).map(str::to_owned)),
            root: ask(&["rev-parse", "--show-toplevel"]).filter(|root| !root.is_empty()),
            git_dir: ask(&["rev-parse", "--absolute-git-dir"])?,
        })
    }

    /// What we say.
    pub fn of_us(dir: &Path, env: &[(&str, &str)]) -> Result<Self, GitError> {
        let state = read(dir, env)?;
        Ok(Self {
            commit: state.commit.as_ref().map(shown),
            branch: state.branch,
            origin_url: state.origin_url,
            default_branch: state.default_branch,
            root: state.root,
            git_dir: state.git_dir,
        })
    }
}
