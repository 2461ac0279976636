//! A value and where it came from.

use serde::Serialize;

/// A value with its source, so that `offshoot context` can say where each field came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Found<T> {
    /// The value.
    pub value: T,
    /// The variable; several, joined by ` + `, if the value is put together; variable and member for the GitHub
    /// event, `GITHUB_EVENT_PATH: pull_request.head.sha`.
    pub source: String,
}

impl<T> Found<T> {
    pub(super) fn new(value: T, source: impl Into<String>) -> Self {
        Self { value, source: source.into() }
    }

    /// Something made of the value alone; the source stays.
    pub(super) fn then<U>(self, make: impl FnOnce(T) -> Option<U>) -> Option<Found<U>> {
        let Self { value, source } = self;
        make(value).map(|value| Found { value, source })
    }

    /// Something made of two values; both are its source.
    pub(crate) fn with<U, V>(
        &self,
        other: &Found<U>,
        make: impl FnOnce(&T, &U) -> Option<V>,
    ) -> Option<Found<V>> {
        let source = match self.source == other.source {
            true => self.source.clone(),
            false => format!("{} + {}", self.source, other.source),
        };
        make(&self.value, &other.value).map(|value| Found { value, source })
    }
}
