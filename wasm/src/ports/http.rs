//! HTTP.

use http::{
    HeaderName, HeaderValue, Request, Response, StatusCode,
    header::{CONTENT_TYPE, LOCATION, RETRY_AFTER},
};
use offshoot_core::{
    ports::{Http, Limits, SendError, SendErrorKind},
    text::to_json,
};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use super::Ports;

#[wasm_bindgen]
extern "C" {
    /// What `send` resolves to.
    type Answer;

    #[wasm_bindgen(method, structural, getter)]
    fn status(this: &Answer) -> u16;
    /// Names and values in turn.
    #[wasm_bindgen(method, structural, getter)]
    fn headers(this: &Answer) -> Vec<String>;
    #[wasm_bindgen(method, structural, getter)]
    fn body(this: &Answer) -> Vec<u8>;
}

#[derive(Serialize)]
struct Head<'a> {
    method: &'a str,
    url: String,
    headers: Vec<(&'a str, &'a str)>,
    timeout_milliseconds: u64,
    max_body: u64,
}

impl Http for Ports {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        limits: Limits,
    ) -> Result<Response<Vec<u8>>, SendError> {
        let (parts, body) = request.into_parts();
        let readable =
            parts.headers.iter().map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let head = Head {
            method: parts.method.as_str(),
            url: parts.uri.to_string(),
            headers: readable.flatten().collect(),
            timeout_milliseconds: u64::try_from(limits.timeout.as_millis()).unwrap_or(u64::MAX),
            max_body: limits.max_body,
        };
        let answer = Self::send(self, to_json(&head), body).await.map_err(failed)?;
        Ok(response(answer.unchecked_ref()))
    }
}

/// The headers that the core reads. The parser of all names that there are would be a fiftieth of the module.
const READ: [HeaderName; 3] = [CONTENT_TYPE, LOCATION, RETRY_AFTER];

/// A status that is none is what a gateway would call it.
fn response(answer: &Answer) -> Response<Vec<u8>> {
    let mut response = Response::new(answer.body());
    *response.status_mut() =
        StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::BAD_GATEWAY);
    for pair in answer.headers().chunks_exact(2) {
        if let [name, value] = pair
            && let Some(name) =
                READ.into_iter().find(|read| name.eq_ignore_ascii_case(read.as_str()))
            && let Ok(value) = HeaderValue::try_from(value)
        {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// What `send` rejects with: `{"kind": "connect", "message": "connection refused"}` as text.
#[derive(Deserialize)]
struct Failed {
    kind: Kind,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Resolve,
    Connect,
    Tls,
    Timeout,
    Broken,
    TooLarge,
    Unusable,
}

fn failed(thrown: JsValue) -> SendError {
    let text = thrown.as_string().unwrap_or_default();
    match serde_json::from_str(&text) {
        Ok(Failed { kind, message }) => SendError { kind: kind.into(), message },
        Err(_) => {
            SendError { kind: SendErrorKind::Broken, message: "the connection broke".to_owned() }
        }
    }
}

impl From<Kind> for SendErrorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Resolve => Self::Resolve,
            Kind::Connect => Self::Connect,
            Kind::Tls => Self::Tls,
            Kind::Timeout => Self::Timeout,
            Kind::Broken => Self::Broken,
            Kind::TooLarge => Self::TooLarge,
            Kind::Unusable => Self::Unusable,
        }
    }
}
