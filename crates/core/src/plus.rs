//! The Dagster+ API: where it answers, what is asked of it, and what its answers mean.
//!
//! Every operation is a pure function from its input to a [`Call`]; [`Client::send`] is the only thing that
//! talks. So a dry run shows the same calls that a run sends, and a test needs no network to read them.

pub mod account;
pub mod agents;
pub(crate) mod answer;
pub mod branch_deployments;
mod call;
mod client;
mod endpoint;
mod error;
mod fragments;
mod idempotency;
pub mod load_status;
pub mod locations;
pub(crate) mod retry;
pub mod runs;

pub use call::{Call, PlannedCall, Scope};
pub use client::{Client, Connection};
pub(crate) use endpoint::without_user_information;
pub use endpoint::{DeploymentName, Endpoint, EndpointError, Wanted};
pub use error::{PlusError, Refusal};
pub use fragments::{PythonError, Timestamp};
pub use idempotency::{BadKey, IdempotencyKey};
pub use retry::Budget;

/// The types of `schema.graphql`, for the derives of the operations.
#[cynic::schema("dagster")]
pub(crate) mod schema {}
