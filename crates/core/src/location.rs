//! Location documents: what tells Dagster+ where a code location is and how to load it.
//!
//! [`read`] gets a file, [`single`] makes of it and of flags the document of one location, [`build_file`] and
//! [`discover`] get all that a build deploys, [`reconcile`] the document of a whole workspace file, and [`to_yaml`] prints what Dagster+ has. All of it goes by the rules of
//! the official client, whose service decides what a document may hold: keys are passed on as they are.

mod build;
mod dg;
mod dg_config;
mod discover;
mod document;
mod error;
mod flags;
mod merge;
mod read;
mod workspace;
pub mod yaml;

pub use build::{Buildable, build_file};
pub use discover::discover;
pub use document::{Document, single};
pub use error::{LocationError, Place, SourceFile, Unreadable};
pub use flags::LocationFlags;
pub use read::read;
pub use workspace::reconcile;
pub use yaml::to_yaml;
