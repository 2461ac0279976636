//! Ours and the real `dagster-cloud` against the same recorder: equal calls for equal command lines.
//!
//! A case is one line of a table. The snapshots say what the real CLI sent, so that a new version of it shows
//! where it differs; ours is compared with what it sent in this run, not with the snapshot.

mod add_location;
mod ci;
mod compare;
mod create_or_update;
mod defaults;
mod delete;
mod driver;
mod location_files;
mod read_git_state;
mod runs;
mod session;
mod settings;
mod sync;
mod workspace;
