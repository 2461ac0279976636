//! A build as a CI system runs it.

use std::path::Path;

use crate::{
    ours,
    process::{Invocation, Outcome},
};

/// What Buildkite sets in a build of a pull request.
pub const PULL_REQUEST: [(&str, &str); 5] = [
    ("BUILDKITE", "true"),
    ("BUILDKITE_BRANCH", "feature"),
    ("BUILDKITE_PULL_REQUEST", "7"),
    ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
    ("BUILDKITE_REPO", "git@github.com:acme/shop.git"),
];

/// Runs a command of ours in `checkout`.
pub fn run(checkout: &Path, variables: &[(&str, &str)], command: &str) -> Outcome {
    ours::run(&Invocation::new(command, checkout).with(variables.iter().copied()))
}
