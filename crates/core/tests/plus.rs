//! The client and the operations against a scripted server and a clock that jumps.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

#[expect(
    dead_code,
    clippy::expect_used,
    reason = "the fixtures are those of `tests/ci.rs`, which uses more of them"
)]
#[path = "ci/cases.rs"]
mod cases;
#[path = "plus/closing.rs"]
mod closing;
#[path = "plus/deploying.rs"]
mod deploying;
#[path = "plus/discovering.rs"]
mod discovering;
#[path = "plus/doctor.rs"]
mod doctor;
#[path = "plus/matrix.rs"]
mod matrix;
#[path = "plus/operations.rs"]
mod operations;
#[path = "plus/pruning.rs"]
mod pruning;
#[path = "plus/retries.rs"]
mod retries;
#[path = "plus/runs.rs"]
mod runs;
#[path = "plus/settings.rs"]
mod settings;
#[path = "plus/support.rs"]
mod support;
#[path = "plus/waiting.rs"]
mod waiting;
