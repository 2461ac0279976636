//! What stands between a client and a server, and lets requests and answers get lost.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use serde_json::Value as Json;

/// What becomes of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The server gets it, the client gets the answer.
    Passes,
    /// The server gets it and does what it asks for; the connection ends without an answer.
    AnswerIsLost,
    /// The server does not get it; the connection ends.
    RequestIsLost,
    /// The server does not get it; the answer is this one, with its status.
    Answered(u16, String),
}

/// A server that passes requests on, one at a time, until it is dropped.
pub struct Between {
    address: String,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Between {
    /// Passes requests on to the server at `url`, `http://HOST:PORT`, as `fate` says of their bodies.
    pub fn start(url: &str, mut fate: impl FnMut(&Json) -> Fate + Send + 'static) -> Self {
        let server = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address").to_string();
        let ended = Arc::new(AtomicBool::new(false));
        let is_over = ended.clone();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                // A client may go away at any time.
                drop(stream.and_then(|stream| exchange(stream, &server, &mut fate)));
            }
        });
        Self { address, ended, thread: Some(thread) }
    }

    /// The URL that clients are given.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // It looks at the flag with the next connection.
        drop(TcpStream::connect(&self.address));
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// One request and its answer; the connection is not used again.
fn exchange(
    mut client: TcpStream,
    server: &str,
    fate: &mut impl FnMut(&Json) -> Fate,
) -> io::Result<()> {
    let (head, body) = request(&client)?;
    let fate = fate(&serde_json::from_slice(&body).unwrap_or(Json::Null));
    match fate {
        Fate::RequestIsLost => Ok(()),
        Fate::Answered(status, text) => {
            let length = text.len();
            write!(
                client,
                "HTTP/1.1 {status} .\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
            )
        }
        Fate::Passes => client.write_all(&passed_on(server, &head, &body)?),
        Fate::AnswerIsLost => passed_on(server, &head, &body).map(drop),
    }
}

/// The lines of the head, and the body.
fn request(client: &TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut reader = BufReader::new(client);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "connection" => continue,
            _ => {}
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((head, body))
}

/// The whole answer of `server`, `HOST:PORT`, to a request.
pub(crate) fn passed_on(server: &str, head: &str, body: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}
