//! The sandbox over HTTP, with an ordinary client.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a test cannot set up or read fails it"
)]

mod agents;
mod auth;
mod branches;
mod harness;
mod locations;
mod refusals;
mod runs;
mod transport;
