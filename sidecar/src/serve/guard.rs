//! What every request passes before a call sees it.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use offshoot_core::error::Code;

use super::{
    answer::Format,
    problem::{self, Problem},
    sidecar::Sidecar,
};

/// The calls that need no token.
const OPEN: &[&str] = &["/healthz", "/readyz"];

/// Writes the bodies of problems, and tells browsers and caches to keep out.
pub async fn finish(request: Request, next: Next) -> Response {
    let format = Format::of(request.headers());
    let mut response = problem::render(next.run(request).await, format);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Lets in who calls this host by a name of its own and shows the token.
pub async fn let_in(
    State(sidecar): State<Arc<Sidecar>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    check_host(request.headers(), request.uri(), sidecar.bound)?;
    if OPEN.contains(&request.uri().path()) {
        return Ok(next.run(request).await);
    }
    let mut shown = request.headers().get_all(header::AUTHORIZATION).into_iter();
    match (shown.next(), shown.next()) {
        (Some(shown), None) if sidecar.token.is_shown_by(shown.as_bytes()) => {}
        _ => {
            let message = "the sidecar's bearer token is missing or wrong";
            return Err(Problem::new(Code::ServeUnauthorized, message)
                .hint("curl -H \"Authorization: Bearer $OFFSHOOT_TOKEN\""));
        }
    }
    sidecar.touch();
    Ok(next.run(request).await)
}

/// Gives an operation its slot, and ends it when the sidecar has to end.
pub async fn admit(
    State(sidecar): State<Arc<Sidecar>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let slot = Arc::new(sidecar.slot().ok_or_else(busy)?);
    request.extensions_mut().insert(Arc::clone(&slot));
    tokio::select! {
        response = next.run(request) => Ok(response),
        () = sidecar.work_is_cut() => Err(Problem::stopping()),
    }
}

/// No call of that path.
pub async fn not_found(uri: Uri) -> Response {
    Problem::new(Code::ServeNotFound, format!("there is no call `{}`", uri.path()))
        .hint("GET /openapi.json describes the calls")
        .into_response()
}

/// No call of that path with that method.
pub async fn method_not_allowed(request: Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    Problem::new(Code::ServeMethod, format!("`{path}` has no {method}"))
        .hint("GET /openapi.json describes the calls")
        .into_response()
}

fn busy() -> Problem {
    Problem::new(Code::ServeBusy, "as many operations run as may")
        .hint("call again a little later, or start the sidecar with a higher --max-operations")
}

/// A page in a browser can make a name of its own lead to loopback: such a name is not let in.
fn check_host(headers: &HeaderMap, uri: &Uri, bound: Option<IpAddr>) -> Result<(), Problem> {
    let refused = |message: &str| {
        Problem::new(Code::ServeRefused, message).hint("call it by the address in OFFSHOOT_URL")
    };
    let mut hosts = headers.get_all(header::HOST).into_iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(refused("the request does not have exactly one Host header"));
    };
    let named: Option<Authority> = host.to_str().ok().and_then(|host| host.parse().ok());
    let is_own = |authority: &Authority| {
        !authority.as_str().contains('@') && is_own_name(authority.host(), bound)
    };
    if !named.as_ref().is_some_and(is_own) || !uri.authority().is_none_or(is_own) {
        return Err(refused("the request's Host is not this sidecar's"));
    }
    Ok(())
}

fn is_own_name(name: &str, bound: Option<IpAddr>) -> bool {
    let literal = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    match literal.parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback() || Some(ip) == bound,
        Err(_) => name.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_let_in(hosts: &[&str], uri: &str) -> bool {
        let hosts = hosts.iter().map(|host| (header::HOST, host.parse().unwrap()));
        let mut headers = HeaderMap::new();
        for (name, host) in hosts {
            headers.append(name, host);
        }
        check_host(&headers, &uri.parse().unwrap(), None).is_ok()
    }

    #[test]
    fn only_names_of_loopback_are_let_in() {
        for own in ["localhost", "LOCALHOST:80", "127.0.0.1:7000", "[::1]:7000", "127.1.2.3"] {
            assert!(is_let_in(&[own], "/"), "{own}");
        }
        let others = [
            "",
            "evil.test",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "10.0.0.1",
            "0.0.0.0",
            "evil@localhost:x",
            "local host",
        ];
        for other in others {
            assert!(!is_let_in(&[other], "/"), "{other}");
        }
        assert!(!is_let_in(&[], "/"));
        assert!(!is_let_in(&["localhost", "localhost"], "/"));
        assert!(!is_let_in(&["localhost"], "http://evil.test/"));
    }
}
