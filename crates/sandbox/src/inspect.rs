//! A test's view of a running sandbox: what was asked of it, and what it holds.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::refusal::Refusal;
use crate::state::Store;
use crate::state::deployment::Deployment;

/// The most bytes of queries and variables that are kept.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// A handle to a sandbox's state. Clones show the same sandbox.
#[derive(Debug, Clone)]
pub struct Inspect {
    store: Arc<Store>,
    log: Arc<Mutex<Log>>,
}

/// One GraphQL request that was let in. Headers, and so tokens, are not kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The path of the URL as it came.
    pub path: String,
    /// The deployment that the URL or the header named.
    pub deployment: Option<String>,
    /// The fields at the root of the operation, without aliases; none if the query cannot be parsed.
    pub fields: Vec<String>,
    /// The query text.
    pub query: String,
    /// The variables.
    pub variables: Value,
    /// The `Idempotency-Key` header.
    pub idempotency_key: Option<String>,
    /// How many bytes the body had.
    pub(crate) bytes: usize,
}

#[derive(Debug, Default)]
struct Log {
    requests: VecDeque<RecordedRequest>,
    bytes: usize,
    limit: usize,
    refusals: Vec<(String, Refusal)>,
}

impl Inspect {
    /// A view that keeps the last `requests_kept` requests.
    pub(crate) fn new(store: Arc<Store>, requests_kept: usize) -> Self {
        let log = Log { limit: requests_kept, ..Log::default() };
        Self { store, log: Arc::new(Mutex::new(log)) }
    }

    /// The latest requests, oldest first: at most as many as configured, and at most 8 MiB of them.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.iter().cloned().collect()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        let mut log = self.lock();
        log.requests.clear();
        log.bytes = 0;
    }

    /// The deployments of all organizations, oldest first.
    #[must_use]
    pub fn deployments(&self) -> Vec<Arc<Deployment>> {
        self.store.all_deployments()
    }

    /// The branch deployments of all organizations, oldest first.
    #[must_use]
    pub fn branch_deployments(&self) -> Vec<Arc<Deployment>> {
        self.deployments().into_iter().filter(|deployment| deployment.is_branch()).collect()
    }

    /// Answers the next request of the root field `field`, such as `deleteDeployment`, with `refusal`.
    ///
    /// Nothing is changed by that request. Only fields whose type is a union with errors can be refused; an error that
    /// the union does not have is answered as `PythonError`. Several refusals of one field are given in turn.
    pub fn refuse_next(&self, field: impl Into<String>, refusal: Refusal) {
        self.lock().refusals.push((field.into(), refusal));
    }

    /// Takes the refusal that was ordered for a field.
    pub(crate) fn ordered_refusal(&self, field: &str) -> Option<Refusal> {
        let mut log = self.lock();
        let index = log.refusals.iter().position(|(ordered, _)| ordered == field)?;
        Some(log.refusals.remove(index).1)
    }

    /// Keeps a request, and drops the oldest ones beyond the bounds.
    pub(crate) fn record(&self, request: RecordedRequest) {
        let mut log = self.lock();
        log.bytes = log.bytes.saturating_add(request.bytes);
        log.requests.push_back(request);
        while log.requests.len() > log.limit || log.bytes > MAX_BYTES {
            let Some(dropped) = log.requests.pop_front() else { break };
            log.bytes = log.bytes.saturating_sub(dropped.bytes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
