//! Location documents.
