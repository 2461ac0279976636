//! The HTTP face: GraphQL, the pages, and who may ask.

mod serve;
mod target;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::{OperationDefinition, Selection};
use async_graphql::{Request as GraphQlRequest, Variables};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use crate::inspect::{Inspect, RecordedRequest};
use crate::page;
use crate::schema::{Schema, Scope};
use crate::state::Store;
pub(crate) use serve::serve;
use target::{Named, Path, View};

/// The largest body that is read.
const MAX_BODY: usize = 16 * 1024 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

const TOKEN: &str = "dagster-cloud-api-token";
const DEPLOYMENT: &str = "dagster-cloud-deployment";
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What the handlers share.
struct App {
    store: Arc<Store>,
    inspect: Inspect,
    schema: Schema,
}

/// The routes. Paths are read by [`target`], because clients send doubled slashes and two forms of URLs.
pub(crate) fn router(store: Arc<Store>, inspect: Inspect, schema: Schema) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(App { store, inspect, schema }))
}

async fn answer(State(app): State<Arc<App>>, request: Request) -> Response {
    let result = match Path::parse(request.uri().path()) {
        Some(path) => app.route(path, request).await,
        None => Err(Failure::not_found("there is nothing at this path")),
    };
    result.unwrap_or_else(IntoResponse::into_response)
}

impl App {
    async fn route(&self, path: Path, request: Request) -> Result<Response, Failure> {
        let get = request.method() == Method::GET || request.method() == Method::HEAD;
        match path.view {
            View::Health if get => Ok("ok\n".into_response()),
            View::GraphQl if request.method() == Method::POST => self.graphql(path, request).await,
            View::GraphQl if get && accepts_html(request.headers()) => Ok(page::graphiql()),
            View::Page if get => self.page(&path, request.headers()),
            View::GraphQl => Err(Failure::method("send GraphQL with POST")),
            View::Page | View::Health => Err(Failure::method("only GET is possible here")),
        }
    }

    fn page(&self, path: &Path, headers: &HeaderMap) -> Result<Response, Failure> {
        let first = self.store.first_organization();
        let Named { organization, deployment } = self.resolve(path, headers, first)?;
        let organization = self
            .store
            .organization(organization)
            .ok_or_else(|| Failure::not_found("there is no such organization"))?;
        let deployments =
            self.store.deployments(organization.id, |d| deployment.is_none_or(|id| id == d.id));
        Ok(page::plain(page::deployments(&organization.name, &deployments, self.store.now())))
    }

    async fn graphql(&self, path: Path, request: Request) -> Result<Response, Failure> {
        let (parts, body) = request.into_parts();
        let scope = self.authorize(&path, &parts.headers)?;
        let is_json = text(&parts.headers, header::CONTENT_TYPE.as_str())
            .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json"));
        if !is_json {
            return Err(Failure {
                status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
                message: "send GraphQL as application/json",
            });
        }
        let body = read(body).await?;
        let Ok(GraphQlBody { query, variables, operation_name }) = serde_json::from_slice(&body)
        else {
            return Err(Failure::bad("the body must be a JSON object with `query`"));
        };
        let mut request = GraphQlRequest::new(&query)
            .variables(Variables::from_json(variables.clone()))
            .data(scope.clone());
        request.operation_name = operation_name;
        self.inspect.record(RecordedRequest {
            path: parts.uri.path().to_owned(),
            deployment: scope.deployment_name(),
            fields: root_fields(&mut request),
            query,
            variables,
            idempotency_key: scope.idempotency_key,
            bytes: body.len(),
        });
        let answer = self.schema.execute(request).await;
        // As Dagster's own server does: 400 when the operation itself is wrong.
        let status = if answer.is_ok() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        Ok((status, axum::Json(answer)).into_response())
    }

    /// What a request with this path and these headers is about, if its token is good for that.
    fn authorize(&self, path: &Path, headers: &HeaderMap) -> Result<Scope, Failure> {
        let token = text(headers, TOKEN).unwrap_or_default();
        let (organization, permission) =
            self.store.authenticate(token).ok_or_else(Failure::unauthorized)?;
        let named = self.resolve(path, headers, Some(organization))?;
        if named.organization != organization {
            return Err(Failure::unauthorized());
        }
        let deployment = match (named.deployment, text(headers, DEPLOYMENT)) {
            (None, Some(name)) => Some(
                self.store
                    .deployment_id(organization, name)
                    .ok_or_else(|| Failure::not_found("there is no such deployment"))?,
            ),
            (named, _) => named,
        };
        Ok(Scope {
            store: Arc::clone(&self.store),
            inspect: self.inspect.clone(),
            organization,
            deployment,
            permission,
            idempotency_key: text(headers, IDEMPOTENCY_KEY).map(str::to_owned),
        })
    }

    fn resolve(
        &self,
        path: &Path,
        headers: &HeaderMap,
        fallback: Option<i32>,
    ) -> Result<Named, Failure> {
        let host = text(headers, header::HOST.as_str());
        target::resolve(&self.store, path, host, fallback).map_err(Failure::not_found)
    }
}

/// The body of a GraphQL request.
#[derive(Deserialize)]
struct GraphQlBody {
    query: String,
    #[serde(default)]
    variables: Value,
    #[serde(default, rename = "operationName")]
    operation_name: Option<String>,
}

/// An answer that is not GraphQL's: a status and a line of text.
struct Failure {
    status: StatusCode,
    message: &'static str,
}

impl Failure {
    fn not_found(message: &'static str) -> Self {
        Self { status: StatusCode::NOT_FOUND, message }
    }

    fn bad(message: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message }
    }

    fn method(message: &'static str) -> Self {
        Self { status: StatusCode::METHOD_NOT_ALLOWED, message }
    }

    /// The service answers 401 without JSON, whether the token is missing, unknown or another organization's.
    fn unauthorized() -> Self {
        Self { status: StatusCode::UNAUTHORIZED, message: "Unauthorized" }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self { status, message } = self;
        (status, Html(page::failure(status, message).into_string())).into_response()
    }
}

/// A header's text; one that is empty counts as missing.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().filter(|value| !value.is_empty())
}

fn accepts_html(headers: &HeaderMap) -> bool {
    text(headers, header::ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/html"))
}

async fn read(body: Body) -> Result<Bytes, Failure> {
    const TOO_LARGE: Failure = Failure {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        message: "the body is larger than 16 MiB, or was cut off",
    };
    // A declared length is believed at once; the collecting below counts what really comes.
    if usize::try_from(body.size_hint().lower()).map_or(true, |length| length > MAX_BODY) {
        return Err(TOO_LARGE);
    }
    match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(TOO_LARGE),
        Err(_) => Err(Failure {
            status: StatusCode::REQUEST_TIMEOUT,
            message: "the body did not arrive in time",
        }),
    }
}

/// The names of the fields at the root of all operations in the query.
fn root_fields(request: &mut GraphQlRequest) -> Vec<String> {
    let Ok(document) = request.parsed_query() else { return Vec::new() };
    let fields = |operation: &OperationDefinition| {
        let selections = &operation.selection_set.node.items;
        let names = selections.iter().filter_map(|selection| match &selection.node {
            Selection::Field(field) => Some(field.node.name.node.to_string()),
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
        });
        names.collect::<Vec<_>>()
    };
    document.operations.iter().flat_map(|(_, operation)| fields(&operation.node)).collect()
}
