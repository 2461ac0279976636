//! The core of offshoot: everything it knows, and nothing it does.
//!
//! No socket, file, clock, environment variable, random number or process is touched here. They come
//! in through the traits of [`ports`], so the same functions serve the command line, the HTTP sidecar
//! and WASM. [`ops`] is the one boundary that those three call.

pub mod ci;
pub mod ci_files;
pub mod env;
pub mod error;
pub mod git;
pub mod location;
pub mod notify;
pub mod ops;
pub mod plus;
pub mod ports;
pub mod registry;
pub mod report;
pub mod secret;
pub mod settings;
pub mod target;
pub mod text;
pub mod written;
