//! Whether an answer is the one that was asked for, and if not, what it means.

use std::time::Duration;

use http::{HeaderMap, Response, StatusCode, header::LOCATION};
use serde_json::Value;

use crate::{
    plus::{
        answer::{quote, without_query},
        retry::{self, retry_after},
    },
    ports::SendError,
};

/// Why an exchange did not bring what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error(transparent)]
    Send(#[from] SendError),
    #[error("the token is not accepted (HTTP {status}){}", quoted(said))]
    Unauthorized { status: u16, said: String },
    #[error("the token may not do this (HTTP 403){}", quoted(said))]
    Forbidden { said: String },
    #[error(
        "the comment that begins with offshoot's line is not this token's to change (HTTP 403){}",
        quoted(said)
    )]
    OthersComment { said: String, page: Option<String> },
    #[error("it is not there (HTTP 404)")]
    NotFound,
    #[error("too many requests (HTTP {status}){}", quoted(said))]
    RateLimited { status: u16, said: String },
    #[error("HTTP {status}{}", quoted(said))]
    Down { status: u16, said: String },
    #[error("HTTP {status}{}", quoted(said))]
    Refused { status: u16, said: String },
    #[error("redirected to `{to}` (HTTP {status})")]
    Redirect { status: u16, to: String },
    #[error("what answered is not its API{}", quoted(said))]
    NotTheApi { said: String },
}

impl Problem {
    /// Whether the same may succeed a little later.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Send(error) => error.kind.is_transient(),
            Self::RateLimited { .. } | Self::Down { .. } => true,
            _ => false,
        }
    }

    /// Whether another request to the same service may well succeed.
    pub(super) fn is_of_this_request(&self) -> bool {
        matches!(self, Self::Forbidden { .. } | Self::NotFound | Self::Refused { .. })
    }

    /// Whether a server was reached at all.
    pub(super) fn is_reached(&self) -> bool {
        !matches!(self, Self::Send(error) if error.kind.surely_not_sent())
    }
}

/// An exchange that failed, and how long the service asks to be left alone.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) problem: Problem,
    pub(super) asked_delay: Option<Duration>,
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self { problem, asked_delay: None }
    }
}

/// Nothing if `response` says that it was done. `text` is its body with the token masked, `now` the time since 1970.
pub(super) fn judge(response: &Response<Vec<u8>>, text: &str, now: Duration) -> Result<(), Failed> {
    let (status, headers) = (response.status(), response.headers());
    let (code, said) = (status.as_u16(), message(text));
    let problem = match status {
        // Azure DevOps shows its page for signing in, with this status, to a token that it does not know.
        StatusCode::NON_AUTHORITATIVE_INFORMATION | StatusCode::UNAUTHORIZED => {
            Problem::Unauthorized { status: code, said }
        }
        _ if status.is_success() => return Ok(()),
        StatusCode::TOO_MANY_REQUESTS => Problem::RateLimited { status: code, said },
        StatusCode::FORBIDDEN if is_rate_limit(headers, &said) => {
            Problem::RateLimited { status: code, said }
        }
        StatusCode::FORBIDDEN => Problem::Forbidden { said },
        StatusCode::NOT_FOUND | StatusCode::GONE => Problem::NotFound,
        _ if status.is_redirection() => {
            let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
            Problem::Redirect { status: code, to: quote(without_query(to)) }
        }
        _ if retry::is_transient(code) => Problem::Down { status: code, said },
        _ => Problem::Refused { status: code, said },
    };
    let asked_delay = retry_after(headers, now).or_else(|| reset(headers, now));
    Err(Failed { problem, asked_delay })
}

/// GitHub says so with a status that means something else as well.
fn is_rate_limit(headers: &HeaderMap, said: &str) -> bool {
    headers.contains_key(http::header::RETRY_AFTER)
        || headers.get("x-ratelimit-remaining").is_some_and(|left| left.as_bytes() == b"0")
        || said.to_ascii_lowercase().contains("rate limit")
}

/// When the limit of requests begins anew, if none is left.
fn reset(headers: &HeaderMap, now: Duration) -> Option<Duration> {
    headers.get("x-ratelimit-remaining").filter(|left| left.as_bytes() == b"0")?;
    let at = headers.get("x-ratelimit-reset")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(at).saturating_sub(now))
}

/// What the service says of an error, wherever it says it.
fn message(text: &str) -> String {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return quote(text) };
    let said = [&["message"][..], &["error", "message"], &["error"]]
        .into_iter()
        .find_map(|path| path.iter().try_fold(&value, |value, key| value.get(key)));
    match said {
        Some(Value::String(said)) => quote(said),
        Some(said) => quote(&said.to_string()),
        None => quote(text),
    }
}

fn quoted(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": `{said}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_700_000_000);

    fn judged(status: u16, headers: &[(&str, &str)], body: &str) -> Failed {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        judge(&response.body(Vec::new()).unwrap(), body, NOW).unwrap_err()
    }

    #[test]
    fn each_service_says_it_in_its_own_way() {
        for (body, said) in [
            (r#"{"message":"Bad credentials","documentation_url":"x"}"#, "Bad credentials"),
            (r#"{"message":{"body":["is too long"]}}"#, r#"{"body":["is too long"]}"#),
            (r#"{"error":"insufficient_scope"}"#, "insufficient_scope"),
            (r#"{"type":"error","error":{"message":"Access denied"}}"#, "Access denied"),
            ("<h1>no</h1>", "<h1>no</h1>"),
            (r#"{"errors":[]}"#, r#"{"errors":[]}"#),
        ] {
            let problem = judged(401, &[], body).problem;
            assert_eq!(problem, Problem::Unauthorized { status: 401, said: said.into() }, "{body}");
        }
    }

    #[test]
    fn a_rate_limit_is_no_lack_of_rights() {
        let spent = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1700000060")];
        let failed = judged(403, &spent, "{}");
        assert!(matches!(failed.problem, Problem::RateLimited { status: 403, .. }));
        assert_eq!(failed.asked_delay, Some(Duration::from_secs(60)));
        let secondary = judged(403, &[("retry-after", "5")], "{}");
        assert!(secondary.problem.is_transient());
        assert_eq!(secondary.asked_delay, Some(Duration::from_secs(5)));
        let refused = judged(403, &[("x-ratelimit-remaining", "12")], r#"{"message":"Resource"}"#);
        assert_eq!(refused.problem, Problem::Forbidden { said: "Resource".into() });
        assert_eq!(refused.asked_delay, None);
    }
}
