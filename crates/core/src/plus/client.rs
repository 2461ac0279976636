//! Sends calls.

use std::time::Duration;

use http::{
    HeaderName, HeaderValue, Request,
    header::{CONTENT_TYPE, USER_AGENT},
};
use serde_json::value::RawValue;

use super::{
    answer::{self, Failed},
    call::{Call, Scope, Undecoded},
    endpoint::Endpoint,
    error::{Fault, PlusError, Problem},
    idempotency::IdempotencyKey,
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
        let mut attempts = Attempts::new(self.host, self.connection.budget, self.started);
        loop {
            match self.exchange(call, attempts.time_left()).await {
                Ok(value) => return Ok(value),
                Err(undone) => self.pause(&mut attempts, call.doing, undone).await?,
            }
        }
    }

    /// Sends `call` once, for loops that have their own patience.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn poll<T>(&self, call: &Call<T>) -> Result<T, PlusError> {
        match self.exchange(call, self.connection.budget.per_exchange).await {
            Ok(value) => Ok(value),
            Err(Undone::Refused(refusal)) => {
                Err(self.error(call.doing, Problem::Refusal(refusal), 1))
            }
            Err(Undone::Failed(failed)) => {
                Err(self.error(call.doing, Problem::Fault(failed.fault), 1))
            }
        }
    }

    /// The host that `self` runs on.
    pub fn host(&self) -> &'a H {
        self.host
    }

    /// The connection that `self` sends over.
    pub fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// Returns when it is time for another attempt, and with the error if there is none to be.
    async fn pause(
        &self,
        attempts: &mut Attempts<'_, H>,
        doing: &'static str,
        undone: Undone,
    ) -> Result<(), PlusError> {
        let (problem, asked_delay) = match undone {
            Undone::Refused(refusal) => (Problem::Refusal(refusal), None),
            Undone::Failed(Failed { fault, asked_delay }) => (Problem::Fault(fault), asked_delay),
        };
        attempts.failed(matches!(&problem, Problem::Fault(fault) if !fault.is_unreached()));
        let error = self.error(doing, problem, attempts.count());
        let again = error.is_transient()
            && attempts.pause(doing, error.problem.to_string(), asked_delay).await;
        if again { Ok(()) } else { Err(error) }
    }

    async fn exchange<T>(&self, call: &Call<T>, timeout: Duration) -> Result<T, Undone> {
        let data = self.data(&call.scope, call.key.as_ref(), call.body(), timeout).await?;
        call.decode(data.get()).map_err(|undecoded| match undecoded {
            Undecoded::Malformed(problem) => {
                Undone::Failed(Failed { fault: Fault::Malformed { problem }, asked_delay: None })
            }
            Undecoded::Refused(refusal) => Undone::Refused(refusal),
        })
    }

    /// Apart from [`Client::exchange`], so that it is compiled once and not for each kind of answer.
    async fn data(
        &self,
        scope: &Scope,
        key: Option<&IdempotencyKey>,
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<Box<RawValue>, Failed> {
        let limits = Limits { timeout, max_body: MAX_ANSWER };
        let request = self.request(scope, key, body)?;
        let response = self.host.http().send(request, limits).await.map_err(Failed::from)?;
        answer::data(&response, &self.connection.token, self.host.clock().now())
    }

    fn request(
        &self,
        scope: &Scope,
        key: Option<&IdempotencyKey>,
        body: Vec<u8>,
    ) -> Result<Request<Vec<u8>>, Failed> {
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
        request.body(body).map_err(|_| unusable("the URL cannot be requested"))
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

/// Why one exchange brought no value.
enum Undone {
    Failed(Failed),
    Refused(super::error::Refusal),
}

impl From<Failed> for Undone {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}
