//! Results as answers: JSON, or text when it is asked for.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use offshoot_core::text::{Text, to_json};
use serde::Serialize;

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`, or a problem document.
    Json,
    /// `text/plain`.
    Text,
    /// `text/event-stream`, of the calls that have progress; JSON of the others.
    Events,
}

impl Format {
    /// The first form that `Accept` names and that there is. JSON if it names none.
    pub fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(header::ACCEPT).into_iter();
        accepted
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .find_map(|range| match range.split(';').next().unwrap_or_default().trim() {
                "text/plain" | "text/*" => Some(Self::Text),
                "text/event-stream" => Some(Self::Events),
                "application/json" | "application/problem+json" | "application/*" | "*/*" => {
                    Some(Self::Json)
                }
                _ => None,
            })
            .unwrap_or(Self::Json)
    }

    /// `value` in this form.
    pub fn answer<T: Serialize + Text>(self, status: StatusCode, value: &T) -> Response {
        let (kind, mut body) = match self {
            Self::Text => ("text/plain; charset=utf-8", value.text()),
            Self::Json | Self::Events => ("application/json", to_json(value)),
        };
        if !body.is_empty() && !body.ends_with('\n') {
            body.push('\n');
        }
        (status, [(header::CONTENT_TYPE, kind)], body).into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for Format {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_range_counts() {
        for (accept, format) in [
            ("*/*", Format::Json),
            ("text/plain", Format::Text),
            ("text/html, text/plain;q=0.5, */*", Format::Text),
            ("application/json, text/plain", Format::Json),
            ("text/event-stream", Format::Events),
            ("image/png", Format::Json),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(Format::of(&headers), format, "{accept}");
        }
        assert_eq!(Format::of(&HeaderMap::new()), Format::Json);
    }
}
