//! An HTTP/1.1 server on loopback that records each request and answers by a [`Script`].

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
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
    let request = Recorded {
        method: head.method,
        path: head.uri.to_string(),
        headers: head.headers,
        body,
        operation,
    };
    let reply = state.script.lock().expect("no script panicked").answer(&request);
    state.requests.lock().expect("no request panicked").push(request);
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
            let sent = stream::once(async { Ok(Frame::data(Bytes::from(sent))) });
            // hyper sends what it holds when the body makes it wait, and drops it when the body fails at once.
            let end = stream::once(async {
                tokio::task::yield_now().await;
                Err(io::Error::other("cut by the script"))
            });
            BodyExt::boxed(StreamBody::new(sent.chain(end)))
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

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpStream,
    };

    use serde_json::json;

    use super::*;

    /// What a client reads until the end of the connection, after asking for the version.
    fn answers(script: Script) -> (String, Vec<Recorded>) {
        let recorder = Recorder::start(script);
        let mut stream = TcpStream::connect(recorder.address).unwrap();
        let body = json!({"query": "{ version }"}).to_string();
        let head = format!(
            "POST /prod/graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut text = String::new();
        // A reset counts as an end.
        let _ = stream.read_to_string(&mut text);
        (text, recorder.requests())
    }

    #[test]
    fn it_records_and_answers_by_the_script() {
        let script = Script::success().on("version", Reply::data("version", json!("1.13.27")));
        let (text, requests) = answers(script);
        assert!(
            text.starts_with("HTTP/1.1 200 OK")
                && text.ends_with(r#"{"data":{"version":"1.13.27"}}"#),
            "{text}"
        );
        let [request] = &requests[..] else { panic!("{requests:?}") };
        assert_eq!(
            (request.path.as_str(), request.header("host").as_deref()),
            ("/prod/graphql", Some("x"))
        );
        assert_eq!(
            request.operation.as_ref().map(|operation| operation.root.as_str()),
            Some("version")
        );
    }

    #[test]
    fn a_lost_answer_has_not_one_byte_but_its_request_arrived() {
        let (text, requests) = answers(Script::success().always(Reply::lost()));
        assert_eq!((text.as_str(), requests.len()), ("", 1));
    }

    #[test]
    fn a_cut_answer_is_shorter_than_it_says() {
        let (text, _) = answers(
            Script::success().always(Reply::text(200, "text/plain", &"x".repeat(1_000)).cut()),
        );
        assert!(text.contains("content-length: 1000\r\n"), "{text}");
        assert_eq!(text.matches('x').count() - "text/plain".matches('x').count(), 500);
    }

    #[test]
    fn the_first_answer_is_used_once() {
        let mut script = Script::success().first(Reply::lost()).always(Reply::errors("later"));
        assert!(matches!(script.next(None).body, Body::Nothing));
        assert!(matches!(script.next(None).body, Body::Full(_)));
    }
}
