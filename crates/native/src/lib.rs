//! The ports of offshoot on std::fs and ureq.

pub mod charset;
pub mod files;
