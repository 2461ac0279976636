//! What an operation did, or would do.

use serde::Serialize;

use crate::plus::{Call, Endpoint, PlannedCall};

/// The result of an operation that has a dry run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(untagged)]
pub enum Outcome<T> {
    /// It was done.
    Done(T),
    /// It was a dry run.
    Planned(Plan),
}

/// What a dry run would have done.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Plan {
    /// The calls that change something, in their order. The token is in none of them.
    pub calls: Vec<PlannedCall>,
    /// The code locations that it would then wait for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub wait_for: Vec<String>,
}

impl Plan {
    pub(super) fn of<T>(call: &Call<T>, endpoint: &Endpoint) -> Self {
        Self { calls: vec![call.plan(endpoint)], wait_for: Vec::new() }
    }

    /// The same plan, which begins with `call`.
    pub(super) fn after<T>(mut self, call: &Call<T>, endpoint: &Endpoint) -> Self {
        self.calls.insert(0, call.plan(endpoint));
        self
    }

    pub(super) fn then_wait_for(self, locations: Vec<String>) -> Self {
        Self { wait_for: locations, ..self }
    }
}
