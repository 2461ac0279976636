//! The client and the operations against a scripted server and a clock that jumps.

#[path = "plus/operations.rs"]
mod operations;
#[path = "plus/retries.rs"]
mod retries;
#[path = "plus/settings.rs"]
mod settings;
#[path = "plus/support.rs"]
mod support;
#[path = "plus/waiting.rs"]
mod waiting;
