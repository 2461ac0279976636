//! The fields of a request, from a form, a JSON object or a query: all of them mean the same.

use std::time::Duration;

use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
};
use offshoot_core::error::Code;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

use super::problem::Problem;

/// Location documents are read from files; what is left fits many times.
const MAX_BODY: usize = 1024 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Fields that are not read yet.
pub struct Fields {
    values: Map<String, Value>,
    known: Vec<String>,
}

impl Fields {
    /// Takes out the fields that a `T` has.
    ///
    /// # Errors
    /// If one is missing or malformed.
    pub fn take<T: DeserializeOwned + ToSchema>(&mut self) -> Result<T, Problem> {
        let names = names::<T>();
        let (own, rest): (Map<_, _>, Map<_, _>) = std::mem::take(&mut self.values)
            .into_iter()
            .partition(|(name, _)| names.contains(name));
        self.values = rest;
        self.known.extend(names);
        serde_path_to_error::deserialize(Value::Object(own)).map_err(|error| {
            let message = match error.path().to_string().as_str() {
                "." | "?" => error.inner().to_string(),
                path => format!("`{path}`: {}", error.inner()),
            };
            self.invalid(message)
        })
    }

    /// As [`Fields::take`], when no more are to come: what is left then is an error.
    ///
    /// # Errors
    /// If a field is missing, malformed or unknown.
    pub fn rest<T: DeserializeOwned + ToSchema>(mut self) -> Result<T, Problem> {
        let value = self.take()?;
        match self.values.keys().next() {
            None => Ok(value),
            Some(unknown) => Err(self.invalid(format!("there is no field `{unknown}`"))),
        }
    }

    fn of_pairs(encoded: &[u8]) -> Self {
        let mut values = Map::new();
        for (name, text) in form_urlencoded::parse(encoded) {
            let text = Value::String(text.into_owned());
            match values.get_mut(&*name) {
                None => {
                    values.insert(name.into_owned(), text);
                }
                Some(Value::Array(texts)) => texts.push(text),
                Some(first) => *first = Value::Array(vec![first.take(), text]),
            }
        }
        Self { values, known: Vec::new() }
    }

    fn of_json(body: &[u8]) -> Result<Self, Problem> {
        let wrong = |message: String| {
            Problem::new(Code::UsageInvalid, message)
                .hint("a form needs no quoting: curl --data-urlencode name=value")
        };
        match serde_json::from_slice(body) {
            Ok(Value::Object(values)) => Ok(Self { values, known: Vec::new() }),
            Ok(_) => Err(wrong("the body is no JSON object".to_owned())),
            Err(error) => Err(wrong(format!("the body is not JSON: {error}"))),
        }
    }

    fn invalid(&self, message: String) -> Problem {
        let hint = format!("the fields are {}", self.known.join(", "));
        Problem::new(Code::UsageInvalid, message).hint(hint)
    }
}

/// The body's fields. No body means that none is given.
impl<S: Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        // Before anything is read: a client that asks first is then spared the sending.
        if is_too_large(&parts.headers) {
            return Err(too_large());
        }
        let arrived = tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY)).await;
        let body: Bytes = match arrived {
            Ok(Ok(body)) => body,
            Ok(Err(error)) if has_length_limit(&error) => return Err(too_large()),
            Ok(Err(_)) => {
                return Err(Problem::new(Code::UsageInvalid, "the body was cut off"));
            }
            Err(_) => {
                return Err(Problem::new(Code::UsageInvalid, "the body did not arrive in time"));
            }
        };
        if body.is_empty() {
            return Ok(Self::of_pairs(&[]));
        }
        match media_type(&parts.headers).as_deref() {
            Some("application/x-www-form-urlencoded") => Ok(Self::of_pairs(&body)),
            Some("application/json") => Self::of_json(&body),
            other => {
                let other = other.unwrap_or("nothing");
                let message = format!("the body is neither a form nor JSON, but `{other}`");
                Err(Problem::new(Code::ServeMediaType, message)
                    .hint("send it with curl --data-urlencode, or --json"))
            }
        }
    }
}

/// The query's fields.
pub struct Query(pub Fields);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(Fields::of_pairs(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

fn too_large() -> Problem {
    Problem::new(Code::ServeTooLarge, format!("the body has more than {MAX_BODY} bytes"))
        .hint("name a file of the workspace instead of sending its content")
}

fn is_too_large(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    length
        .and_then(|length| length.parse::<u64>().ok())
        .is_some_and(|length| length > MAX_BODY as u64)
}

fn has_length_limit(error: &axum::Error) -> bool {
    std::error::Error::source(error)
        .is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next()?.trim().to_ascii_lowercase())
}

/// The names of the fields of a `T`.
fn names<T: ToSchema>() -> Vec<String> {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => object.properties.into_keys().collect(),
        _ => Vec::new(),
    }
}
