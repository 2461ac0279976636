//! The Git state of repositories that the real git made, against what the real git says of them.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of this crate is tests; the allowance for tests knows test functions only"
)]

#[path = "git_state/commits.rs"]
mod commits;
#[path = "git_state/environment.rs"]
mod environment;
#[path = "git_state/git.rs"]
mod git;
#[path = "git_state/large.rs"]
mod large;
#[path = "git_state/merges.rs"]
mod merges;
#[path = "git_state/plan.rs"]
mod plan;
#[path = "git_state/repository.rs"]
mod repository;
#[path = "git_state/shapes.rs"]
mod shapes;
#[path = "git_state/wasm.rs"]
mod wasm;
