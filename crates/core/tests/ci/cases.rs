//! The cases of `systems/*.toml`: the variables of a system, as its documentation and the libraries' tests give them.
//!
//! Commits are `4ead..` for a head, `3e63..` for a merge and `ba5e..` for a base; secrets hold `S3CRET`.

use std::{collections::BTreeMap, io};

use offshoot_core::{
    ci::{self, Detected, SYSTEMS},
    ci_files,
    env::Env,
    git::GitState,
    ports::{Files, ReadAt},
};
use serde::Deserialize;

pub const MERGE: &str = "3e63e3";
pub const BASE: &str = "ba5eba";
pub const SECRET: &str = "S3CRET";

/// The cases of one system.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// The variables of every case.
    base: BTreeMap<String, String>,
    #[serde(rename = "case")]
    pub cases: Vec<Case>,
}

/// One build.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub title: String,
    pub build: Build,
    /// On top of the base; an empty value takes a variable away.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

/// What is built in truth, whatever the variables say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Build {
    Branch,
    DefaultBranch,
    PullRequest,
    Tag,
    /// On a laptop, by a program that imitates the system.
    Local,
    Unknown,
}

impl Case {
    pub fn detect(&self) -> Detected {
        detect(&self.env, &self.files)
    }
}

/// What is detected with these variables and files.
pub fn detect(env: &BTreeMap<String, String>, files: &BTreeMap<String, String>) -> Detected {
    let env: Env = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    ci::detect(&env, &ci_files::read(&Memory(files), &env))
}

/// Every system that is known, with its cases.
pub fn all() -> Vec<(&'static str, System)> {
    SYSTEMS.iter().map(|system| (system.id, read(system.id))).collect()
}

/// The cases of one system, by its id; of `no-ci` those of a user whose CI is not known.
#[expect(clippy::disallowed_methods, reason = "the ports are for the core, not for its tests")]
pub fn read(id: &str) -> System {
    let path = format!("{}/tests/ci/systems/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    let mut system: System =
        toml::from_str(&std::fs::read_to_string(&path).expect(&path)).expect(&path);
    for case in &mut system.cases {
        let mut env = system.base.clone();
        env.append(&mut case.env);
        env.retain(|_, value| !value.is_empty());
        case.env = env;
    }
    system
}

/// A checkout that is on `branch`, and that was cloned when `default_branch` was the default.
pub fn checkout(branch: Option<&str>, default_branch: Option<&str>) -> GitState {
    GitState {
        root: Some("/repo".to_owned()),
        git_dir: "/repo/.git".to_owned(),
        commit: None,
        branch: branch.map(str::to_owned),
        origin_url: None,
        default_branch: default_branch.map(str::to_owned),
        repository: None,
    }
}

/// Files in memory.
struct Memory<'a>(&'a BTreeMap<String, String>);

struct Text(String);

impl ReadAt for Text {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut &self.0.as_bytes()[usize::try_from(offset).unwrap()..], buf)
    }
}

impl Files for Memory<'_> {
    type File = Text;

    fn open(&self, path: &str) -> io::Result<Option<Text>> {
        Ok(self.0.get(path).cloned().map(Text))
    }

    fn list_dir(&self, _: &str) -> io::Result<Option<Vec<String>>> {
        Ok(None)
    }

    fn is_dir(&self, _: &str) -> io::Result<bool> {
        Ok(false)
    }

    fn read_link(&self, _: &str) -> io::Result<Option<String>> {
        Ok(None)
    }
}
