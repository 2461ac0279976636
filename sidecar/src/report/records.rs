//! ND-JSON: a record a line.

use offshoot_core::error::Report;
use serde_json::json;

use super::End;

/// The records of a deployment.
pub fn lines(end: End<'_>) -> String {
    let record = match end {
        End::Deployed(deployed) => json!({ "record": "deployed", "result": deployed }),
        End::Skipped { reason } => json!({ "record": "skipped", "reason": reason }),
        End::NotLoaded(error) => json!({ "record": "failed", "error": Report::of(error) }),
        End::Failed(error) => json!({ "record": "failed", "error": error }),
    };
    format!("{record}\n")
}
