//! The ports of offshoot on std::fs and ureq.
