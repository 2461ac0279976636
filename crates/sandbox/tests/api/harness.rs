//! A sandbox on a thread of its own, with a clock that stands still, and a client for it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use offshoot_sandbox::{DEFAULT_TOKEN, Inspect, ManualClock, Sandbox, SandboxConfig};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// When the clock of every test starts, in seconds since the Unix epoch.
pub const START: f64 = 1_700_000_000.0;

pub struct Running {
    pub addr: String,
    pub clock: Arc<ManualClock>,
    pub inspect: Inspect,
    agent: ureq::Agent,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The default sandbox.
pub fn start() -> Running {
    start_with(SandboxConfig::default())
}

/// The sandbox of `config`, but for the address and the clock.
pub fn start_with(config: SandboxConfig) -> Running {
    let clock = Arc::new(ManualClock::starting_at(Duration::from_secs_f64(START)));
    let config = config.clock(clock.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sandbox = runtime.block_on(Sandbox::bind(config)).unwrap();
    let (addr, inspect) = (sandbox.addr().to_string(), sandbox.inspect());
    assert_eq!(sandbox.url(), format!("http://{addr}"));
    let (stop, stopped) = oneshot::channel();
    let thread = std::thread::spawn(move || runtime.block_on(sandbox.serve(stopped)));
    let agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build();
    Running { addr, clock, inspect, agent: agent.into(), stop: Some(stop), thread: Some(thread) }
}

impl Running {
    /// The data of a GraphQL answer that must be a success.
    pub fn data(&self, path: &str, query: &str, variables: Value) -> Value {
        let (status, answer) = self.post(path, &[token(DEFAULT_TOKEN)], query, variables);
        assert_eq!((status, answer.get("errors")), (200, None), "{answer}");
        answer["data"].clone()
    }

    /// As [`Self::data`], the one field at the root.
    pub fn field(&self, path: &str, query: &str, variables: Value) -> Value {
        let data = self.data(path, query, variables);
        let fields: Vec<_> = data.as_object().unwrap().values().collect();
        assert_eq!(fields.len(), 1, "{data}");
        fields[0].clone()
    }

    /// The status of a GraphQL answer, and its JSON, or null if it is not JSON.
    pub fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        query: &str,
        variables: Value,
    ) -> (u16, Value) {
        let (status, text) =
            self.post_text(path, headers, &json!({"query": query, "variables": variables}));
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// The status and the text of an answer to a JSON body.
    pub fn post_text(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, String) {
        let mut request = self.agent.post(format!("http://{}{path}", self.addr));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.send_json(body).unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    /// Status and text of a GET.
    pub fn get(&self, path: &str, accept: &str) -> (u16, String) {
        let request = self.agent.get(format!("http://{}{path}", self.addr));
        let mut response = request.header("Accept", accept).call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    /// Sends bytes and reads until the server closes.
    pub fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.addr).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = String::new();
        // A server that refuses early may reset the connection after its answer.
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    pub fn advance(&self, seconds: f64) {
        self.clock.advance(Duration::from_secs_f64(seconds));
    }

    /// Creates or updates the branch deployment of a branch of `proj`, and answers its name.
    pub fn branch(&self, branch: &str) -> String {
        let query = "mutation M($branch: String!) { createOrUpdateBranchDeployment(
            branchData: {repoName: \"proj\", branchName: $branch},
            commit: {commitHash: \"abc\", timestamp: 1}
        ) { ... on DagsterCloudDeployment { deploymentName } } }";
        let deployment = self.field("/graphql", query, json!({"branch": branch}));
        deployment["deploymentName"].as_str().unwrap().to_owned()
    }

    /// Puts a location document, and answers the result.
    pub fn put(&self, deployment: &str, document: Value) -> Value {
        let query = "mutation M($document: GenericScalar!) {
            addOrUpdateLocationFromDocument(document: $document) {
                __typename
                ... on WorkspaceEntry { locationName metadataTimestamp hasOutdatedData }
                ... on InvalidLocationError { message errors }
                ... on UnauthorizedError { message }
            }
        }";
        self.field(&format!("/{deployment}/graphql"), query, json!({"document": document}))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(ended.is_some_and(|ended| ended.is_ok()), "the server did not panic");
    }
}

/// The header of a token.
pub fn token(value: &str) -> (&str, &str) {
    ("Dagster-Cloud-Api-Token", value)
}

/// A valid location document.
pub fn document(name: &str, image: &str) -> Value {
    json!({"location_name": name, "code_source": {"module_name": "defs"}, "image": image})
}
