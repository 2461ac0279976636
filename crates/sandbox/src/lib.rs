//! An embedded stand-in for the Dagster+ API, so that clients run and are tested with no account.
//!
//! It serves the GraphQL API of an organization and of its deployments, as far as branch deployments and code locations
//! go, to any client: every type has the service's own fields and no other. A built-in agent "loads" what is deployed
//! after a set time. Choices that the service does not document say that they are a guess.
//!
//! # URLs
//!
//! `POST /graphql` is the organization, `POST /{deployment}/graphql` one deployment, both also below `/{organization}`.
//! The organization is the one that the path names, else the first label of the host (`acme.localhost`), else the
//! token's. The header `Dagster-Cloud-Deployment` names a deployment if the path does not. In a browser the same URLs
//! show GraphiQL (from a public CDN); `/` and `/{deployment}/locations` show what is deployed, without a token.
//!
//! # Location documents
//!
//! A document can tell the built-in agent what to do, below `container_context`, where the service and all clients
//! leave it alone:
//!
//! ```yaml
//! container_context:
//!   sandbox:
//!     fail: "ModuleNotFoundError: No module named 'dbt'"   # the load ends with this Python error
//!     load_seconds: 5                                      # instead of the configured time
//! ```
//!
//! During an update the version before stays visible as LOADED, with its old timestamp and version key. Only
//! `hasOutdatedData` and the timestamps tell that the update is not there yet.

mod clock;
mod config;
mod http;
mod inspect;
mod page;
mod permission;
mod refusal;
mod sandbox;
mod schema;
mod state;

pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{
    AgentConfig, ConfigError, DEFAULT_DEPLOYMENT, DEFAULT_ORGANIZATION, DEFAULT_TOKEN,
    OrganizationConfig, SandboxConfig,
};
pub use inspect::{Inspect, RecordedRequest};
pub use permission::Permission;
pub use refusal::Refusal;
pub use sandbox::{Sandbox, StartError, router};
pub use schema::sdl;
pub use state::deployment::{Branch, Deployment, branch_deployment_name};
pub use state::document::LocationDocument;
pub use state::git::{BranchMetadata, Commit, PullRequestStatus};
pub use state::location::Location;
pub use state::run::{Run, RunStatus, Tag};
