//! ND-JSON: a record a line.

use offshoot_core::{
    error::Report,
    ops::{Deployed, Error},
};
use serde_json::json;

/// The records of a deployment.
pub fn lines(result: Result<&Deployed, &Error>) -> String {
    let record = match result {
        Ok(deployed) => json!({ "record": "deployed", "result": deployed }),
        Err(error) => json!({ "record": "failed", "error": Report::of(error) }),
    };
    format!("{record}\n")
}
