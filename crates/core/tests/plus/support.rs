//! A host in memory: scripted answers, a clock that jumps, files in a map.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    sync::Mutex,
    time::Duration,
};

use http::{Request, Response};
use offshoot_core::{
    ops::Event,
    plus::{Budget, Connection, DeploymentName, Endpoint, Wanted},
    ports::{Charset, Clock, Events, Files, Http, Limits, ReadAt, SendError, SendErrorKind},
    secret::Secret,
};
use serde_json::{Value, json};

pub const TOKEN: &str = "agent:acme:0123456789abcdef";

/// What the server does with one request.
pub enum Step {
    Answer(u16, Vec<(&'static str, String)>, String),
    Fail(SendErrorKind),
}

/// An answer with `data`.
pub fn data(value: Value) -> Step {
    Step::Answer(200, vec![], json!({ "data": value }).to_string())
}

/// An answer with another status or body.
pub fn answer(status: u16, body: &str) -> Step {
    Step::Answer(status, vec![], body.to_owned())
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub url: String,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
    pub timeout: Duration,
}

type Responder = Box<dyn FnMut(&Arrived, Duration) -> Step + Send>;

/// The host.
pub struct Fake {
    respond: Mutex<Responder>,
    arrived: Mutex<Vec<Arrived>>,
    events: Mutex<Vec<Event>>,
    now: Mutex<Duration>,
    sleeps: Mutex<Vec<Duration>>,
    /// How long every exchange takes.
    pub latency: Duration,
    files: BTreeMap<String, String>,
}

impl Fake {
    /// Answers with `steps` in their order; a request beyond them is a defect of the test.
    pub fn script(steps: impl IntoIterator<Item = Step>) -> Self {
        let mut steps: VecDeque<Step> = steps.into_iter().collect();
        Self::respond(move |arrived, _| {
            steps.pop_front().unwrap_or_else(|| panic!("unexpected: {arrived:?}"))
        })
    }

    /// Answers as `respond` says, which is given the request and the time.
    pub fn respond(respond: impl FnMut(&Arrived, Duration) -> Step + Send + 'static) -> Self {
        Self {
            respond: Mutex::new(Box::new(respond)),
            arrived: Mutex::default(),
            events: Mutex::default(),
            now: Mutex::default(),
            sleeps: Mutex::default(),
            latency: Duration::from_millis(20),
            files: BTreeMap::new(),
        }
    }

    pub fn with_file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    pub fn sleeps(&self) -> Vec<Duration> {
        self.sleeps.lock().unwrap().clone()
    }

    pub fn elapsed(&self) -> Duration {
        *self.now.lock().unwrap()
    }
}

pub fn connection() -> Connection {
    Connection {
        endpoint: Endpoint::of_url("https://acme.dagster.cloud", Wanted::Organization).unwrap(),
        token: Secret::new(TOKEN),
        budget: Budget::default(),
    }
}

pub fn deployment() -> DeploymentName {
    DeploymentName::parse("b1").unwrap()
}

impl Http for Fake {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        limits: Limits,
    ) -> Result<Response<Vec<u8>>, SendError> {
        let headers = request.headers().iter();
        let arrived = Arrived {
            url: request.uri().to_string(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: serde_json::from_slice(request.body()).unwrap(),
            timeout: limits.timeout,
        };
        *self.now.lock().unwrap() += self.latency;
        let step = (self.respond.lock().unwrap())(&arrived, self.elapsed());
        self.arrived.lock().unwrap().push(arrived);
        match step {
            Step::Fail(kind) => {
                if kind == SendErrorKind::Timeout {
                    *self.now.lock().unwrap() += limits.timeout;
                }
                Err(SendError { kind, message: "scripted".to_owned() })
            }
            Step::Answer(status, headers, body) => {
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                Ok(response.body(body.into_bytes()).unwrap())
            }
        }
    }
}

impl Clock for Fake {
    fn now(&self) -> Duration {
        // Sun, 06 Nov 1994 08:49:37 GMT
        Duration::from_secs(784_111_777) + self.elapsed()
    }

    fn monotonic(&self) -> Duration {
        self.elapsed()
    }

    fn random(&self) -> u64 {
        7
    }

    async fn sleep(&self, duration: Duration) {
        self.sleeps.lock().unwrap().push(duration);
        *self.now.lock().unwrap() += duration;
    }
}

impl Events for Fake {
    fn emit(&self, event: Event) {
        self.events.lock().unwrap().push(event);
    }
}

impl Charset for Fake {
    fn decode(&self, _: &str, _: &[u8]) -> Option<String> {
        None
    }
}

pub struct InMemory(Vec<u8>);

impl ReadAt for InMemory {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest = &self.0[usize::try_from(offset).unwrap()..];
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

impl Files for Fake {
    type File = InMemory;

    fn open(&self, path: &str) -> io::Result<Option<InMemory>> {
        Ok(self.files.get(path).map(|text| InMemory(text.clone().into_bytes())))
    }

    fn list_dir(&self, _: &str) -> io::Result<Option<Vec<String>>> {
        Ok(None)
    }

    fn is_dir(&self, path: &str) -> io::Result<bool> {
        Ok(self.files.keys().any(|file| file.starts_with(&format!("{path}/"))))
    }

    fn read_link(&self, _: &str) -> io::Result<Option<String>> {
        Ok(None)
    }
}
