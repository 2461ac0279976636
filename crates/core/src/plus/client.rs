//! Sends calls.

use std::time::Duration;

use http::{
    HeaderName, HeaderValue, Request,
    header::{CONTENT_TYPE, USER_AGENT},
};
use serde_json::Value;

use super::{
    answer::{self, Failed},
    call::{Call, Message},
    endpoint::Endpoint,
    error::{PlusError, Problem},
    retry::{Attempts, Budget},
};
use crate::{
    ports::{Clock, Host, Http, Limits, SendError, SendErrorKind},
    secret::Secret,
};

const API_TOKEN: HeaderName = HeaderName::from_static("dagster-cloud-api-token");
const SCOPE: HeaderName = HeaderName::from_static("dagster-cloud-scope");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const DEPLOYMENT: HeaderName = HeaderName::from_static("dagster-cloud-deployment");

/// Workspaces of thousands of locations, with their stacks, stay far below.
const MAX_ANSWER: u64 = 32 * 1024 * 1024;

/// Where to send, as whom, and for how long.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The organization's API.
    pub endpoint: Endpoint,
    /// The API token.
    pub token: Secret,
    /// The time that a command may take.
    pub budget: Budget,
}

/// Sends calls for one command: its budget starts when it is made.
pub struct Client<'a, H> {
    host: &'a H,
    connection: &'a Connection,
    started: Duration,
}

impl<'a, H: Host> Client<'a, H> {
    /// A client whose budget begins now.
    pub fn new(host: &'a H, connection: &'a Connection) -> Self {
        Self { host, connection, started: host.clock().monotonic() }
    }

    /// Sends `call` until it succeeds, fails for good, or the budget is spent.
    ///
    /// A deletion that is refused after an earlier attempt may have been done by that one: see
    /// [`PlusError::was_retried`].
    ///
    /// # Errors
    /// With the fault of the last attempt.
    pub async fn send<T>(&self, call: &Call<T>) -> Result<T, PlusError> {
        let (data, attempts) = self.data(&call.message).await?;
        call.decode(data).map_err(|problem| self.error(call.message.doing, problem, attempts))
    }

    /// Sends `call` once, for loops that have their own patience.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn poll<T>(&self, call: &Call<T>) -> Result<T, PlusError> {
        let exchanged = self.exchange(&call.message, self.connection.budget.per_exchange).await;
        exchanged
            .map_err(|failed| failed.fault.into())
            .and_then(|data| call.decode(data))
            .map_err(|problem| self.error(call.message.doing, problem, 1))
    }

    /// The host that `self` runs on.
    pub fn host(&self) -> &'a H {
        self.host
    }

    /// The connection that `self` sends over.
    pub fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// The data that `message` is answered with, and how many times it was sent.
    async fn data(&self, message: &Message) -> Result<(Value, u32), PlusError> {
        let mut attempts = Attempts::new(self.host, self.connection.budget, self.started);
        loop {
            match self.exchange(message, attempts.time_left()).await {
                Ok(data) => return Ok((data, attempts.count() + 1)),
                Err(failed) => self.pause(&mut attempts, message.doing, failed).await?,
            }
        }
    }

    /// Returns when it is time for another attempt, and with the error if there is none to be.
    async fn pause(
        &self,
        attempts: &mut Attempts<'_, H>,
        doing: &'static str,
        Failed { fault, asked_delay }: Failed,
    ) -> Result<(), PlusError> {
        attempts.failed(!fault.is_unreached());
        let error = self.error(doing, fault.into(), attempts.count());
        let again = error.is_transient()
            && attempts.pause(doing, error.problem.to_string(), asked_delay).await;
        if again { Ok(()) } else { Err(error) }
    }

    async fn exchange(&self, message: &Message, timeout: Duration) -> Result<Value, Failed> {
        let limits = Limits { timeout, max_body: MAX_ANSWER };
        let request = self.request(message)?;
        let response = self.host.http().send(request, limits).await.map_err(Failed::from)?;
        answer::data(&response, &self.connection.token, self.host.clock().now())
    }

    fn request(&self, message: &Message) -> Result<Request<Vec<u8>>, Failed> {
        let Message { scope, key, .. } = message;
        let unusable = |message: &str| {
            Failed::from(SendError { kind: SendErrorKind::Unusable, message: message.to_owned() })
        };
        let mut token = HeaderValue::from_str(self.connection.token.expose())
            .map_err(|_| unusable("the token has characters that no HTTP header can carry"))?;
        token.set_sensitive(true);
        let mut request = Request::post(scope.graphql_url(&self.connection.endpoint))
            .header(API_TOKEN, token)
            .header(SCOPE, "deployment")
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("offshoot/", env!("CARGO_PKG_VERSION")));
        if let Some(deployment) = scope.deployment() {
            request = request.header(DEPLOYMENT, deployment.as_str());
        }
        if let Some(key) = key {
            request = request.header(IDEMPOTENCY_KEY, key.as_str());
        }
        request.body(message.body()).map_err(|_| unusable("the URL cannot be requested"))
    }

    fn elapsed(&self) -> Duration {
        self.host.clock().monotonic().saturating_sub(self.started)
    }

    pub(super) fn error(&self, doing: &'static str, problem: Problem, attempts: u32) -> PlusError {
        let base = self.connection.endpoint.organization_url();
        let host = base.split_once("://").map_or(base, |(_, rest)| rest).to_owned();
        PlusError { doing, host, problem, attempts, elapsed: self.elapsed() }
    }
}
