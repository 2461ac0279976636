//! The operations of the product: the one boundary that the command line, the HTTP sidecar and WASM call.
//!
//! Each takes a host, a connection and an input that serde can read, and answers with what serde can write
//! or with one [`Error`]. Nothing here knows how it was called.

mod branch_deployment;
mod close;
mod code_location;
mod context;
mod deploy;
mod deployment_status;
mod doctor;
mod error;
mod event;
mod location_state;
mod notify;
mod outcome;
pub mod prune;
mod repository;
mod run;
mod settle;
mod wait;

pub use branch_deployment::{
    BranchDeployment, BranchDeploymentInput, BranchName, Deleted, ListFilter,
    create_or_update_branch_deployment, delete_branch_deployment, list_branch_deployments,
    name_branch_deployment, show_branch_deployment,
};
pub use close::{CloseInput, Closed, UpdateInput, close, update_branch_deployment};
pub use code_location::{
    CodeLocation, DeployedLocations, ListedCodeLocation, LocationInput, add_or_update_location,
    delete_location, list_locations, pull_locations, sync_locations,
};
pub use context::{Conflict, Context, read_context};
pub use deploy::{BuildPlace, DeployInput, Deployed, OlderError, Sources, deploy};
pub use deployment_status::{
    DeploymentState, DeploymentStatus, LocationStatus, StatusInput, deployment_status,
};
pub use doctor::{Check, CheckState, Diagnosis, DoctorPlace, doctor};
pub use error::Error;
pub use event::Event;
pub use location_state::{LoadState, LocationState, location_state};
pub use notify::{CommentChange, Notified, NotifyInput, ProviderAccess, Told, notify};
pub use outcome::{Outcome, Plan};
pub use repository::Repository;
pub use run::{LaunchInput, LaunchedRun, RunError, RunWait, launch_job, run_status};
pub use settle::{OnMissingToken, Settled, SettledOrSkipped, settle, settle_or_skip};
pub use wait::{WaitError, WaitLimits, Waited, wait_for_locations};
