//! What the tests share: a server that records what arrives and answers by a script, the real `dagster-cloud`
//! and our binary as things that can be run, and Git repositories of every shape.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a harness fails its test by panicking, with a message that says what is missing"
)]

pub mod between;
pub mod build;
pub mod official;
pub mod operation;
pub mod ours;
pub mod parallel;
pub mod process;
pub mod recorder;
pub mod registry;
pub mod repo;
pub mod sandbox;
pub mod script;

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// The root of the source repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are a folder of the repository")
        .to_owned()
}

/// The runtime on which every recorder and every child process lives.
pub(crate) fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("the tests need a runtime")
    })
}
