//! An embedded stand-in for the Dagster+ API.
