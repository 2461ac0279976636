//! Our binary.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::{
    process::{Invocation, Outcome},
    root,
};

/// Runs `offshoot`.
pub fn run(invocation: &Invocation) -> Outcome {
    invocation.run(binary())
}

/// The path of `offshoot`, built from the present sources once in each test process. `OFFSHOOT_PROGRAM` names
/// another program with the same command line, such as that of the npm package.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(program) = std::env::var_os("OFFSHOOT_PROGRAM") {
            return PathBuf::from(program);
        }
        // A test executable is `target/<profile>/deps/all-<hash>`.
        let test = std::env::current_exe().expect("a process knows its executable");
        let directory = test.ancestors().nth(2).expect("a test executable lies two folders down");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build
            .args(["build", "--quiet", "--package", "offshoot", "--bin", "offshoot"])
            .current_dir(root());
        build
            .arg("--target-dir")
            .arg(directory.parent().expect("a profile's folder is in the target folder"));
        if directory.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo starts").success(), "`offshoot` does not build");
        directory.join("offshoot")
    })
}
