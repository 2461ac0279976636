//! Location documents.

pub mod yaml;
