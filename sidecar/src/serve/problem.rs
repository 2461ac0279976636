//! Errors as answers: RFC 9457 problem documents, or a line of text.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use offshoot_core::{
    error::{Code, Report},
    ops,
    text::to_json,
};
use serde::Serialize;

use super::answer::Format;

/// What a busy sidecar asks its callers to wait, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Why a request got no result.
///
/// As a response it has no body yet: [`render`] writes one in the form that the request asked for.
#[derive(Debug, Clone)]
pub struct Problem(Box<Report>);

impl Problem {
    /// A problem with what is usual for `code`.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Report {
            code,
            message: message.into(),
            hint: None,
            detail: None,
            exit_code: code.exit_code(),
            status: code.status(),
        }))
    }

    /// The same, with what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The sidecar is ending.
    pub fn stopping() -> Self {
        Self::new(Code::ServeStopping, "the sidecar is ending, and the work was not finished")
            .hint("start it again with `offshoot serve --background`")
    }

    /// A defect. What it is stands in the log only.
    pub fn internal() -> Self {
        Self::new(Code::Internal, "something broke inside the sidecar")
            .hint("its log tells more (--log with --background)")
    }

    /// The document.
    pub fn document(&self) -> ProblemDocument<'_> {
        let report = &*self.0;
        ProblemDocument {
            kind: format!("urn:offshoot:error:{}", report.code),
            title: report.code.meaning(),
            status: report.status,
            detail: &report.message,
            code: report.code.as_str(),
            hint: report.hint.as_deref(),
            trace: report.detail.as_deref(),
            exit_code: report.exit_code,
        }
    }

    fn line(&self) -> String {
        match &self.0.hint {
            Some(hint) => format!("{} ({hint})\n", self.0.message),
            None => format!("{}\n", self.0.message),
        }
    }
}

/// An error as RFC 9457 has it, with members of our own.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// `urn:offshoot:error:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What the code means.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What happened.
    detail: &'a str,
    /// The stable code.
    code: &'a str,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    /// Longer text that belongs to the error, such as a Python stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a str>,
    /// The exit code of a command that ends with this error.
    exit_code: u8,
}

impl From<ops::Error> for Problem {
    fn from(error: ops::Error) -> Self {
        let mut report = Report::of(&error);
        report.message = in_fields(&report.message);
        report.hint = report.hint.as_deref().map(in_fields);
        Self(Box::new(report))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status);
        let mut response = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        let headers = response.headers_mut();
        match self.0.code {
            Code::ServeBusy | Code::ServeStopping => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            // Who has no token must not hold a connection either.
            Code::ServeUnauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Code::ServeRefused => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of a problem; other responses stay as they are.
pub fn render(mut response: Response, format: Format) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let (kind, body) = match format {
        Format::Text => (TEXT, problem.line()),
        Format::Json | Format::Events => {
            (PROBLEM_JSON, format!("{}\n", to_json(&problem.document())))
        }
    };
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    *response.body_mut() = Body::from(body);
    response
}

/// `text` with the flags that it names as the fields that they are here; those of `serve` itself stay.
fn in_fields(text: &str) -> String {
    const OF_SERVE: &[&str] = &["organization", "url", "retry-budget"];
    let mut pieces = text.split("--");
    let mut said = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(piece.len());
        let (flag, rest) = piece.split_at(end);
        if flag.is_empty() || OF_SERVE.contains(&flag) {
            said.push_str("--");
            said.push_str(piece);
        } else {
            said.push_str(&flag.replace('-', "_"));
            said.push_str(rest);
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_named_as_fields() {
        for (flags, fields) in [
            ("--commit-hash is missing", "commit_hash is missing"),
            ("pass --timestamp, or --read-git-state", "pass timestamp, or read_git_state"),
            ("check --url or --retry-budget", "check --url or --retry-budget"),
            ("a -- b, --", "a -- b, --"),
        ] {
            assert_eq!(in_fields(flags), fields);
        }
    }
}
