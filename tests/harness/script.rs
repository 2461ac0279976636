//! What a [`Recorder`](crate::recorder::Recorder) answers.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value as Json, json};

use crate::{operation::Operation, recorder::Recorded};

/// The deployment name in every default answer to `createOrUpdateBranchDeployment`.
pub const DEPLOYMENT_NAME: &str = "2f6c1d0e8b7a4935";

/// One answer, or the lack of one.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(crate) delay: Duration,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

/// What follows the head of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// The whole body, with its length.
    Full(Vec<u8>),
    /// A part of the body under the length of the whole, and then the end of the connection.
    Cut { sent: Vec<u8>, announced: usize },
    /// So many bytes of blanks, without a length: more than a client should read.
    Blanks(usize),
    /// No answer at all: the connection ends after the request was read.
    Nothing,
}

impl Reply {
    /// A JSON body with status 200.
    pub fn json(body: &Json) -> Self {
        Self::text(200, "application/json", &body.to_string())
    }

    /// A text of any kind.
    pub fn text(status: u16, content_type: &str, body: &str) -> Self {
        Self {
            headers: vec![("content-type".into(), content_type.into())],
            ..Self::bytes(status, body.as_bytes())
        }
    }

    /// A body of any bytes, without a content type.
    pub fn bytes(status: u16, body: &[u8]) -> Self {
        Self { delay: Duration::ZERO, status, headers: Vec::new(), body: Body::Full(body.into()) }
    }

    /// `{"data": {root: value}}`.
    pub fn data(root: &str, value: Json) -> Self {
        Self::json(&json!({"data": {root: value}}))
    }

    /// A member of the root field's union, for example a `PythonError`.
    pub fn member(root: &str, typename: &str, mut fields: Json) -> Self {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("__typename".into(), typename.into());
        }
        Self::data(root, fields)
    }

    /// Top-level GraphQL errors.
    pub fn errors(message: &str) -> Self {
        Self::json(&json!({"data": null, "errors": [{"message": message, "path": ["x"]}]}))
    }

    /// No answer: the connection ends after the request has arrived.
    pub fn lost() -> Self {
        Self { body: Body::Nothing, ..Self::text(200, "text/plain", "") }
    }

    /// Only the first half of this answer's body, under the length of the whole.
    #[must_use]
    pub fn cut(mut self) -> Self {
        if let Body::Full(whole) = self.body {
            let sent = whole.iter().take(whole.len() / 2).copied().collect();
            self.body = Body::Cut { sent, announced: whole.len() };
        }
        self
    }

    /// An answer that is far larger than any real one.
    pub fn huge(bytes: usize) -> Self {
        Self { body: Body::Blanks(bytes), ..Self::text(200, "application/json", "") }
    }

    /// The same answer with another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same answer, after a while.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// Which answer comes to which request: by root field, else by the defaults, all of which mean success.
#[derive(Debug, Clone, Default)]
pub struct Script {
    first: VecDeque<Reply>,
    by_root: HashMap<String, Reply>,
    any: Option<Reply>,
    rest: Option<Rest>,
    locations: Vec<Json>,
}

/// Answers what is no GraphQL.
#[derive(Clone)]
struct Rest(Arc<Mutex<Answer>>);

type Answer = dyn FnMut(&Recorded) -> Reply + Send;

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rest")
    }
}

impl Script {
    /// Success for everything.
    pub fn success() -> Self {
        Self::default()
    }

    /// Answers one request with `reply`, whatever it asks: the first one, or the next after those named before.
    #[must_use]
    pub fn first(mut self, reply: Reply) -> Self {
        self.first.push_back(reply);
        self
    }

    /// Answers every request for `root` with `reply`.
    #[must_use]
    pub fn on(mut self, root: &str, reply: Reply) -> Self {
        self.by_root.insert(root.into(), reply);
        self
    }

    /// Answers every request with `reply`.
    #[must_use]
    pub fn always(mut self, reply: Reply) -> Self {
        self.any = Some(reply);
        self
    }

    /// Answers every request that is no GraphQL as `answer` says.
    #[must_use]
    pub fn rest(mut self, answer: impl FnMut(&Recorded) -> Reply + Send + 'static) -> Self {
        self.rest = Some(Rest(Arc::new(Mutex::new(answer))));
        self
    }

    pub(crate) fn answer(&mut self, request: &Recorded) -> Reply {
        match (&self.rest, &request.operation) {
            (Some(Rest(answer)), None) => answer.lock().expect("no answer panicked")(request),
            (_, operation) => self.next(operation.as_ref()),
        }
    }

    pub(crate) fn next(&mut self, operation: Option<&Operation>) -> Reply {
        if let Some(reply) = self.first.pop_front() {
            return reply;
        }
        let scripted =
            operation.and_then(|operation| self.by_root.get(&operation.root)).or(self.any.as_ref());
        match (scripted, operation) {
            (Some(reply), _) => reply.clone(),
            (None, Some(operation)) => self.success_of(operation),
            (None, None) => {
                Reply::text(400, "text/plain", "only GraphQL operations with one root field")
            }
        }
    }

    /// What Dagster+ would answer if all went well.
    fn success_of(&mut self, operation: &Operation) -> Reply {
        let argument = |name: &str| operation.arguments.get(name).cloned().unwrap_or_default();
        let document = argument("document");
        let names = |locations: &Json| -> Vec<Json> {
            let list = locations.as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(|one| one.get("location_name").cloned()).collect()
        };
        let value = match operation.root.as_str() {
            "createOrUpdateBranchDeployment" | "deleteDeployment" | "currentDeployment" => {
                deployment(DEPLOYMENT_NAME.into())
            }
            "deploymentByName" => deployment(argument("name")),
            "getBranchDeploymentName" => DEPLOYMENT_NAME.into(),
            "addOrUpdateLocationFromDocument" => {
                let name = document.get("location_name").cloned().unwrap_or_default();
                self.locations = vec![name.clone()];
                workspace_entry(name)
            }
            root @ ("deployLocations" | "reconcileLocationsFromDocument") => {
                self.locations = document.get("locations").map(names).unwrap_or_default();
                let member = if root == "deployLocations" { "Deploy" } else { "Reconcile" };
                let entries =
                    self.locations.iter().cloned().map(workspace_entry).collect::<Vec<_>>();
                json!({"__typename": format!("{member}LocationsSuccess"), "locations": entries})
            }
            "deleteLocation" => {
                json!({"__typename": "DeleteLocationSuccess", "locationName": argument("locationName")})
            }
            "locationsAsDocument" => {
                json!({"__typename": "LocationsAsDocument", "document": {"locations": []}})
            }
            "workspace" => {
                let entries =
                    self.locations.iter().cloned().map(workspace_entry).collect::<Vec<_>>();
                json!({"workspaceEntries": entries})
            }
            "workspaceOrError" => {
                let entries = self.locations.iter().cloned().map(loaded).collect::<Vec<_>>();
                json!({"__typename": "Workspace", "id": "1", "locationEntries": entries})
            }
            "locationStatusesOrError" => {
                let entries = self.locations.iter().cloned().map(loaded).collect::<Vec<_>>();
                json!({"__typename": "WorkspaceLocationStatusEntries", "entries": entries})
            }
            "agents" => json!([agent()]),
            "launchRun" => {
                json!({"__typename": "LaunchRunSuccess", "run": run("STARTED")})
            }
            "runOrError" => run("SUCCESS"),
            root => return Reply::errors(&format!("the recorder has no answer to `{root}`")),
        };
        Reply::data(&operation.root, value)
    }
}

/// A branch deployment with every field that a client may ask for.
pub fn deployment(name: Json) -> Json {
    json!({
        "__typename": "DagsterCloudDeployment",
        "organizationId": 7, "organizationName": "acme", "organizationStatus": "ACTIVE",
        "deploymentId": 42, "deploymentName": name, "deploymentStatus": "ACTIVE",
        "deploymentType": "BRANCH", "isBranchDeployment": true, "agentType": "HYBRID",
        "branchDeploymentGitMetadata": null, "latestCommit": null, "commits": [],
        "parentDeployment": null, "canHaveBranchDeployments": false, "canDeleteDeployment": true,
    })
}

/// A location as the service lists it, loaded, with the metadata that the service keeps as a text.
pub fn workspace_entry(name: Json) -> Json {
    // A name that is a number becomes a text, as the schema says of every name in an answer.
    let name = if name.is_number() { name.to_string().into() } else { name };
    json!({
        "__typename": "WorkspaceEntry", "locationName": name,
        "serializedDeploymentMetadata": "{\"__class__\": \"CodeDeploymentMetadata\", \"python_file\": \"a.py\"}",
        "metadataTimestamp": 1_700_000_000.5, "dataUpdatedTimestamp": 1_700_000_001.5,
        "hasOutdatedData": false, "hasLoadError": false,
    })
}

/// An agent that runs.
pub fn agent() -> Json {
    json!({
        "id": "1", "agentLabel": "agent", "status": "RUNNING", "lastHeartbeatTime": 1_700_000_000.0,
        "errors": [], "metadata": [], "codeServerStates": [],
    })
}

/// A run with this status.
pub fn run(status: &str) -> Json {
    json!({
        "__typename": "Run", "id": "5f1d0c3e", "runId": "5f1d0c3e", "status": status, "tags": [],
        "runConfigYaml": "{}\n", "startTime": null, "endTime": null,
    })
}

/// A location that has loaded.
fn loaded(name: Json) -> Json {
    json!({
        "__typename": "WorkspaceLocationEntry", "id": name, "name": name, "loadStatus": "LOADED",
        "locationOrLoadError": {"__typename": "RepositoryLocation", "id": name, "name": name},
        "displayMetadata": [], "versionKey": "1",
        "updatedTimestamp": 4_000_000_000.0, "updateTimestamp": 4_000_000_000.0,
    })
}
