//! Reading an answer: is it the API's, and does it hold data?

use std::time::Duration;

use http::{Response, StatusCode, header::LOCATION};
use serde::Deserialize;
use serde_json::Value;

use super::{error::Fault, retry::retry_after};
use crate::{ports::SendError, secret::Secret};

/// How much of an unexpected answer is shown.
const QUOTE: usize = 120;

/// An exchange that failed, and how long the service asks to be left alone.
pub(super) struct Failed {
    pub(super) fault: Fault,
    pub(super) asked_delay: Option<Duration>,
}

/// The `data` in `response`. `now` is wall-clock time since the Unix epoch.
///
/// `token` is masked in all of it first, so that no text taken from an answer can show it.
pub(super) fn data(
    response: &Response<Vec<u8>>,
    token: &Secret,
    now: Duration,
) -> Result<Value, Failed> {
    let text = token.mask_in(&String::from_utf8_lossy(response.body()));
    let status = response.status();
    let failed = |fault| Err(Failed { fault, asked_delay: retry_after(response.headers(), now) });

    let mut envelope: Envelope = match serde_json::from_str(&text) {
        Ok(envelope) => envelope,
        Err(error) => return failed(fault_of_text(status, &text, &error, response)),
    };
    envelope.data.iter_mut().chain(&mut envelope.errors).for_each(|it| token.mask_values(it));
    if let Some(maintenance) = envelope.maintenance {
        let asked =
            maintenance.retry_interval.filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
        return Err(Failed {
            fault: Fault::Maintenance { said: maintenance.message.unwrap_or_default() },
            asked_delay: asked.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        });
    }
    // Before `data`: a field that must not be null is null beside its error.
    let messages = messages(envelope.errors);
    if !messages.is_empty() && !is_refused(status) {
        return failed(Fault::GraphQl { status: status.as_u16(), messages });
    }
    match envelope.data {
        Some(data) if status.is_success() => Ok(data),
        _ if status.is_success() => failed(Fault::NotTheApi { said: quote(&text) }),
        _ => failed(fault_of_status(status, &text, response)),
    }
}

impl From<SendError> for Failed {
    fn from(error: SendError) -> Self {
        Self { fault: error.into(), asked_delay: None }
    }
}

#[derive(Deserialize)]
struct Envelope {
    data: Option<Value>,
    errors: Option<Value>,
    maintenance: Option<Maintenance>,
}

/// Each of its fields is sometimes null.
#[derive(Deserialize)]
struct Maintenance {
    message: Option<String>,
    /// Seconds.
    retry_interval: Option<f64>,
}

fn messages(errors: Option<Value>) -> Vec<String> {
    let one = |error: &Value| match error.get("message").and_then(|message| message.as_str()) {
        Some(message) => quote(message),
        None => quote(&error.to_string()),
    };
    match errors {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(errors)) => errors.iter().map(one).collect(),
        Some(other) => vec![one(&other)],
    }
}

fn fault_of_text(
    status: StatusCode,
    text: &str,
    error: &serde_json::Error,
    response: &Response<Vec<u8>>,
) -> Fault {
    if !status.is_success() {
        return fault_of_status(status, text, response);
    }
    let begins_as_json = text.trim_start().starts_with('{');
    if begins_as_json && error.is_eof() {
        Fault::CutShort
    } else {
        Fault::NotTheApi { said: quote(text) }
    }
}

fn fault_of_status(status: StatusCode, text: &str, response: &Response<Vec<u8>>) -> Fault {
    match status {
        _ if is_refused(status) => Fault::Unauthorized { status: status.as_u16() },
        StatusCode::NOT_FOUND => Fault::NotFound,
        _ if status.is_redirection() => {
            let to = response
                .headers()
                .get(LOCATION)
                .and_then(|to| to.to_str().ok())
                .unwrap_or("nowhere");
            Fault::Redirect { status: status.as_u16(), to: quote(without_query(to)) }
        }
        _ => Fault::Status { status: status.as_u16(), said: quote(text) },
    }
}

fn is_refused(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

/// A redirect to a login page carries state in its query that is nobody's business.
pub(crate) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// The first words of `text` on one line.
pub(crate) fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let printable: String = line.chars().filter(|c| !c.is_control()).collect();
    match printable.char_indices().nth(QUOTE) {
        Some((end, _)) => format!("{}...", printable.get(..end).unwrap_or_default()),
        None => printable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<String, Fault> {
        let response = Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap();
        match data(&response, &Secret::new("0123456789ab"), Duration::ZERO) {
            Ok(data) => Ok(data.to_string()),
            Err(failed) => Err(failed.fault),
        }
    }

    #[test]
    fn data_is_taken_and_nothing_else() {
        assert_eq!(read(200, r#"{"data":{"a":1}}"#).unwrap(), r#"{"a":1}"#);
        assert_eq!(read(200, r#"{"data":{"a":1},"errors":[]}"#).unwrap(), r#"{"a":1}"#);
        for body in [
            "{}",
            "[]",
            "null",
            r#"{"data":null}"#,
            "<html>Welcome</html>",
            "",
            "5",
            "{\"data\" oops",
        ] {
            assert!(matches!(read(200, body), Err(Fault::NotTheApi { .. })), "{body:?}");
        }
    }

    #[test]
    fn errors_come_before_data() {
        let fault =
            read(200, r#"{"data":{"x":null},"errors":[{"message":"no"},{"message":"such"}]}"#)
                .unwrap_err();
        assert_eq!(fault.to_string(), "no; such");
        assert!(!fault.is_transient());
        assert!(read(500, r#"{"errors":[{"message":"oops"}]}"#).unwrap_err().is_transient());
        assert_eq!(read(200, r#"{"errors":"odd"}"#).unwrap_err().to_string(), "\"odd\"");
    }

    #[test]
    fn an_answer_that_breaks_off_is_worth_another_try() {
        assert_eq!(read(200, r#"{"data":{"a""#), Err(Fault::CutShort));
    }

    #[test]
    fn maintenance_may_say_nothing_more() {
        for status in [200, 503] {
            let fault = read(
                status,
                r#"{"maintenance":{"message":null,"timeout":null,"retry_interval":null}}"#,
            );
            assert_eq!(fault, Err(Fault::Maintenance { said: String::new() }));
        }
    }

    #[test]
    fn statuses_are_told_apart() {
        assert_eq!(read(401, "<h1>no</h1>"), Err(Fault::Unauthorized { status: 401 }));
        assert_eq!(
            read(403, r#"{"errors":[{"message":"x"}]}"#),
            Err(Fault::Unauthorized { status: 403 })
        );
        assert_eq!(read(404, "gone"), Err(Fault::NotFound));
        assert!(matches!(read(302, ""), Err(Fault::Redirect { .. })));
        assert_eq!(
            read(502, "bad\n gateway"),
            Err(Fault::Status { status: 502, said: "bad gateway".into() })
        );
    }

    #[test]
    fn the_token_is_masked_and_long_texts_are_cut() {
        let fault = read(500, &format!("0123456789ab \u{1b}[31m{}", "x".repeat(500)))
            .unwrap_err()
            .to_string();
        assert!(!fault.contains("0123456789ab") && !fault.contains('\u{1b}'), "{fault}");
        assert!(fault.len() < 160, "{fault}");
    }
}
