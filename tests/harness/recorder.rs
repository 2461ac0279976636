//! An HTTP/1.1 server on loopback that records each request and answers by a [`Script`].

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::stream;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{
    body::{Bytes, Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::Value as Json;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{
    operation::Operation,
    runtime,
    script::{Body, Reply, Script},
};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The HTTP method.
    pub method: Method,
    /// The path, with the query if there is one.
    pub path: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body, null if it is no JSON.
    pub body: Json,
    /// What the body asks for.
    pub operation: Option<Operation>,
}

impl Recorded {
    /// The text of a header, if it was sent; bytes beyond ASCII are read as Latin-1.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers
            .get(name)
            .map(|value| value.as_bytes().iter().copied().map(char::from).collect())
    }
}

/// The server. It ends when it is dropped.
#[derive(Debug)]
pub struct Recorder {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    script: Mutex<Script>,
    requests: Mutex<Vec<Recorded>>,
}

impl Recorder {
    /// Starts a server that answers by `script`.
    pub fn start(script: Script) -> Self {
        let state = Arc::new(State { script: Mutex::new(script), requests: Mutex::default() });
        let listener =
            runtime().block_on(TcpListener::bind("127.0.0.1:0")).expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let task = runtime().spawn(accept(listener, state.clone()));
        Self { address, state, task }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has arrived so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state.requests.lock().expect("no request panicked").clone()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The URL of a port at which nothing listens.
pub fn refusing_url() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    format!("http://{}", listener.local_addr().expect("a bound socket has an address"))
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, state.clone()));
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    stream.set_nodelay(true).expect("a socket takes TCP_NODELAY");
    let service = service_fn(move |request| answer(request, state.clone()));
    // A script that cuts its answer ends the connection with an error, and so does a client that leaves.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

type Answer = Response<BoxBody<Bytes, io::Error>>;

async fn answer(request: Request<Incoming>, state: Arc<State>) -> io::Result<Answer> {
    let (head, body) = request.into_parts();
    let bytes = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or(Json::Null);
    let operation = Operation::of(&body);
    let reply = state.script.lock().expect("no script panicked").next(operation.as_ref());
    state.requests.lock().expect("no request panicked").push(Recorded {
        method: head.method,
        path: head.uri.to_string(),
        headers: head.headers,
        body,
        operation,
    });
    // Only a reply that is to be late waits here: time is what the script is about then.
    if reply.delay > Duration::ZERO {
        tokio::time::sleep(reply.delay).await;
    }
    send(reply)
}

fn send(reply: Reply) -> io::Result<Answer> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    let body = match reply.body {
        Body::Full(bytes) => Full::new(Bytes::from(bytes)).map_err(never).boxed(),
        Body::Cut { sent, announced } => {
            response = response.header("content-length", announced);
            let frames =
                [Ok(Frame::data(Bytes::from(sent))), Err(io::Error::other("cut by the script"))];
            BodyExt::boxed(StreamBody::new(stream::iter(frames)))
        }
        Body::Blanks(length) => {
            let block = Bytes::from_static(&[b' '; 65_536]);
            let frames =
                (0..length.div_ceil(block.len())).map(move |_| Ok(Frame::data(block.clone())));
            BodyExt::boxed(StreamBody::new(stream::iter(frames)))
        }
        Body::Nothing => return Err(io::Error::other("no answer, by the script")),
    };
    Ok(response.body(body).expect("the script's headers are valid"))
}

fn never(impossible: Infallible) -> io::Error {
    match impossible {}
}
