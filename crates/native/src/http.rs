//! HTTP through ureq.

use std::{io, sync::OnceLock, time::Duration};

use http::{Request, Response};
use offshoot_core::{
    env::Env,
    ports::{Http, Limits, SendError, SendErrorKind},
};
use ureq::{Agent, Body, Error, Proxy, Timeout, config::Config};

use crate::{proxy::proxy_for, tls};

/// Sends by blocking the thread.
///
/// There is one client a scheme, made when first needed: plain HTTP reads no certificates.
pub struct BlockingHttp {
    env: Env,
    plain: OnceLock<Result<Agent, SendError>>,
    secure: OnceLock<Result<Agent, SendError>>,
}

impl BlockingHttp {
    /// A client that takes proxies and certificate authorities from `env`.
    pub fn new(env: Env) -> Self {
        Self { env, plain: OnceLock::new(), secure: OnceLock::new() }
    }

    /// [`Http::send`] without a future.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub fn exchange(
        &self,
        request: Request<Vec<u8>>,
        limits: Limits,
    ) -> Result<Response<Vec<u8>>, SendError> {
        let agent = self.agent(request.uri())?;
        let proxy = match proxy_for(request.uri(), &self.env) {
            Some(url) => Some(
                Proxy::new(&url)
                    .map_err(|_| unusable("the proxy's URL in the environment is malformed"))?,
            ),
            None => None,
        };
        let through_proxy = proxy.is_some();
        let request = agent
            .configure_request(request)
            .timeout_global(Some(limits.timeout))
            .proxy(proxy)
            .build();
        let response =
            agent.run(request).map_err(|error| describe(error, limits.timeout, through_proxy))?;
        let (head, body) = response.into_parts();
        Ok(Response::from_parts(head, read(body, limits)?))
    }

    fn agent(&self, url: &http::Uri) -> Result<&Agent, SendError> {
        let made = match url.scheme_str() {
            Some("https") => self.secure.get_or_init(|| {
                let tls = tls::config(&self.env).map_err(|message| unusable(&message))?;
                Ok(Agent::new_with_config(base_config().tls_config(tls).build()))
            }),
            _ => self.plain.get_or_init(|| Ok(Agent::new_with_config(base_config().build()))),
        };
        made.as_ref().map_err(SendError::clone)
    }
}

impl Http for BlockingHttp {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        limits: Limits,
    ) -> Result<Response<Vec<u8>>, SendError> {
        self.exchange(request, limits)
    }
}

/// Sends on tokio's pool of blocking threads.
#[cfg(feature = "tokio")]
#[derive(Clone)]
pub struct TokioHttp(std::sync::Arc<BlockingHttp>);

#[cfg(feature = "tokio")]
impl TokioHttp {
    /// As [`BlockingHttp::new`].
    pub fn new(env: Env) -> Self {
        Self(std::sync::Arc::new(BlockingHttp::new(env)))
    }
}

#[cfg(feature = "tokio")]
impl Http for TokioHttp {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        limits: Limits,
    ) -> Result<Response<Vec<u8>>, SendError> {
        let blocking = self.0.clone();
        let sent = tokio::task::spawn_blocking(move || blocking.exchange(request, limits)).await;
        sent.unwrap_or_else(|_| {
            Err(SendError {
                kind: SendErrorKind::Broken,
                message: "the exchange was abandoned".to_owned(),
            })
        })
    }
}

fn base_config() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    // Redirects, statuses and proxies are judged by the core and by `proxy_for`.
    Config::builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
}

fn read(body: Body, limits: Limits) -> Result<Vec<u8>, SendError> {
    let mut body = body;
    body.with_config().limit(limits.max_body).read_to_vec().map_err(|error| match error {
        Error::BodyExceedsLimit(_) => SendError {
            kind: SendErrorKind::TooLarge,
            message: format!("the answer is larger than {} MiB", limits.max_body / (1024 * 1024)),
        },
        // Whatever breaks now, the request had arrived.
        other => {
            SendError { kind: SendErrorKind::Broken, ..describe(other, limits.timeout, false) }
        }
    })
}

fn describe(error: Error, timeout: Duration, through_proxy: bool) -> SendError {
    let by = if through_proxy { " through the proxy" } else { "" };
    let (kind, message) = match error {
        Error::HostNotFound => {
            (SendErrorKind::Resolve, "the name of the host does not resolve".to_owned())
        }
        Error::Timeout(Timeout::Resolve) => {
            (SendErrorKind::Resolve, "the name of the host did not resolve in time".to_owned())
        }
        Error::Timeout(Timeout::Connect) => {
            (SendErrorKind::Connect, format!("no connection in time{by}"))
        }
        Error::Timeout(_) => {
            (SendErrorKind::Timeout, format!("no answer within {} s", timeout.as_secs()))
        }
        Error::ConnectionFailed => (SendErrorKind::Connect, format!("no connection{by}")),
        Error::ConnectProxyFailed(why) => {
            (SendErrorKind::Connect, format!("the proxy refused: {}", why.to_lowercase()))
        }
        Error::InvalidProxyUrl => {
            (SendErrorKind::Unusable, "the proxy's URL in the environment is malformed".to_owned())
        }
        Error::Tls(why) => (SendErrorKind::Tls, why.to_lowercase()),
        Error::Io(error) => return describe_io(&error, by),
        Error::BadUri(_) | Error::Http(_) => {
            (SendErrorKind::Unusable, "the URL cannot be requested".to_owned())
        }
        other => match other.to_string() {
            text if text.contains("certificate") => (SendErrorKind::Tls, text),
            text => {
                (SendErrorKind::Broken, format!("the connection broke: {}", lowercase_first(&text)))
            }
        },
    };
    SendError { kind, message }
}

fn describe_io(error: &io::Error, by: &str) -> SendError {
    use io::ErrorKind as Kind;
    let text = error.to_string();
    let (kind, message) = match error.kind() {
        Kind::ConnectionRefused => (SendErrorKind::Connect, format!("connection refused{by}")),
        Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::AddrNotAvailable
        | Kind::NetworkDown => (SendErrorKind::Connect, format!("the host is unreachable{by}")),
        Kind::PermissionDenied => {
            (SendErrorKind::Connect, "the system does not permit the connection".to_owned())
        }
        // Where rustls puts what it has against a certificate.
        Kind::InvalidData if text.contains("certificate") => {
            (SendErrorKind::Tls, certificate(&text))
        }
        Kind::TimedOut => (SendErrorKind::Timeout, "no answer in time".to_owned()),
        _ if is_of_lookup(error, &text) => {
            (SendErrorKind::Resolve, "the name of the host does not resolve".to_owned())
        }
        _ => (
            SendErrorKind::Broken,
            "the connection broke before the answer was complete".to_owned(),
        ),
    };
    SendError { kind, message }
}

/// Whether a name could not be looked up. The standard library has no kind for that: on Unix it has words of its own, on
/// Windows the codes from WSAHOST_NOT_FOUND to WSANO_DATA, which no other system uses.
fn is_of_lookup(error: &io::Error, text: &str) -> bool {
    text.contains("failed to lookup address information")
        || error.raw_os_error().is_some_and(|code| (11_001..=11_004).contains(&code))
}

fn certificate(text: &str) -> String {
    match text {
        _ if text.contains("UnknownIssuer") => {
            "the server's certificate is from an unknown authority".to_owned()
        }
        _ if text.contains("Expired") || text.contains("expired") => {
            "the server's certificate has expired".to_owned()
        }
        _ if text.contains("NotValidForName") || text.contains("not valid for name") => {
            "the server's certificate is for another host".to_owned()
        }
        _ => lowercase_first(text),
    }
}

fn lowercase_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

fn unusable(message: &str) -> SendError {
    SendError { kind: SendErrorKind::Unusable, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::net::ToSocketAddrs;

    use super::*;

    /// With a name server and without one: `.invalid` never resolves (RFC 6761).
    #[test]
    fn a_name_that_does_not_resolve_is_told_as_such() {
        let error = ("no-such-host.invalid", 80).to_socket_addrs().err().unwrap();
        assert_eq!(describe_io(&error, "").kind, SendErrorKind::Resolve, "{error}");
        let of_windows = io::Error::from_raw_os_error(11_001);
        assert_eq!(describe_io(&of_windows, "").kind, SendErrorKind::Resolve);
        let broken = io::Error::other("reset");
        assert_eq!(describe_io(&broken, "").kind, SendErrorKind::Broken);
    }
}
