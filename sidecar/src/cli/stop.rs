//! `stop`

use std::{
    io::{self, BufRead, BufReader, ErrorKind, Read, Write},
    net::TcpStream,
    path::PathBuf,
    time::Duration,
};

use clap::Args;
use offshoot_core::{error::Code, secret::Secret};

use super::{shared::read_token, tree::Verb};
use crate::{app::App, failure::Failure};

/// For a sidecar that answers at all.
const PATIENCE: Duration = Duration::from_secs(10);
/// A status line is far shorter.
const MAX_LINE: u64 = 1024;

/// `stop`
#[derive(Debug, Args)]
pub struct Stop {
    /// File that holds the sidecar's bearer token [env: OFFSHOOT_TOKEN]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl Verb for Stop {
    const EXAMPLES: &'static str = "Ends the sidecar that OFFSHOOT_URL (or OFFSHOOT_SOCKET) leads to, once the work that runs is finished.

Example:
  offshoot stop";

    fn run(self, app: &App) -> Result<(), Failure> {
        let token = match (&self.token_file, app.env.get("OFFSHOOT_TOKEN")) {
            (Some(path), _) => read_token(path)?,
            (None, Some(token)) => Secret::new(token),
            (None, None) => return Err(unknown("OFFSHOOT_TOKEN")),
        };
        let asked = match (app.env.get("OFFSHOOT_SOCKET"), app.env.get("OFFSHOOT_URL")) {
            (Some(socket), _) => ask_socket(socket, &token),
            (None, Some(url)) => ask_tcp(url, &token),
            (None, None) => return Err(unknown("OFFSHOOT_URL")),
        };
        match asked {
            Ok(200..=299) => Ok(()),
            Ok(status) => Err(Failure::of(
                Code::ServeUnauthorized,
                format!("the sidecar refused (HTTP {status})"),
            )
            .hint("OFFSHOOT_URL and OFFSHOOT_TOKEN must be of the same sidecar")),
            Err(error) if is_nobody(&error) => {
                app.note("no sidecar runs there any more");
                Ok(())
            }
            Err(error) => Err(Failure::io("reach the sidecar", &error)),
        }
    }
}

/// A proxy in the environment is not for loopback, so this is no matter for the client of Dagster+.
fn ask_tcp(url: &str, token: &Secret) -> io::Result<u16> {
    let authority = url.trim_end_matches('/').strip_prefix("http://");
    let authority = authority
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "OFFSHOOT_URL is no http:// URL"))?;
    let stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    ask(stream, authority, token)
}

#[cfg(unix)]
fn ask_socket(path: &str, token: &Secret) -> io::Result<u16> {
    let stream = std::os::unix::net::UnixStream::connect(path)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    ask(stream, "localhost", token)
}

#[cfg(not(unix))]
fn ask_socket(_: &str, _: &Secret) -> io::Result<u16> {
    Err(ErrorKind::Unsupported.into())
}

/// Sends the one request, and gives the status of the answer.
fn ask(mut stream: impl Read + Write, host: &str, token: &Secret) -> io::Result<u16> {
    let token = token.expose();
    let request = format!(
        "POST /v1/stop HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream.take(MAX_LINE)).read_line(&mut line)?;
    let status = line.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    status
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "what answered is no sidecar"))
}

fn is_nobody(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, NotFound};
    matches!(error.kind(), ConnectionRefused | ConnectionReset | ConnectionAborted | NotFound)
}

fn unknown(variable: &str) -> Failure {
    Failure::usage(
        format!("{variable} is not set"),
        "`eval \"$(offshoot serve --background)\"` sets it; each step of a CI has variables of its own",
    )
}
