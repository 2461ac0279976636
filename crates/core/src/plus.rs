//! The Dagster+ API.
