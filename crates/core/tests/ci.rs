//! What CI systems say of a build, and where it may go: golden cases of every system, the matrix of targets, the public
//! fixtures of others, and what holds for any value.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

#[path = "ci/cases.rs"]
mod cases;
#[path = "ci/deviations.rs"]
mod deviations;
#[path = "ci/golden.rs"]
mod golden;
#[path = "ci/matrix.rs"]
mod matrix;
#[path = "ci/properties.rs"]
mod properties;
#[path = "ci/public.rs"]
mod public;
#[path = "ci/signs.rs"]
mod signs;
