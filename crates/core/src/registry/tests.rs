//! The exchanges, with registries and token services in memory.

use std::sync::Mutex;

use http::{Request, Response, header::AUTHORIZATION};
use pollster::block_on;

use super::*;
use crate::ports::{Limits, SendError, SendErrorKind};

const MANIFEST: &str = "https://registry.example/v2/acme/etl/manifests/v1";
const SERVICE: &str = "https://auth.example/token?a=b";

/// A server that answers by method, URL and what it is shown.
struct Server<F> {
    answer: F,
    seen: Mutex<Vec<String>>,
}

impl<F: Fn(&str, &str, &str) -> (u16, &'static str, String) + Send + Sync> Http for Server<F> {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        _: Limits,
    ) -> Result<Response<Vec<u8>>, SendError> {
        let shown = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap());
        let shown = shown.unwrap_or_default();
        let url = request.uri().to_string();
        let body = String::from_utf8_lossy(request.body());
        self.seen.lock().unwrap().push(format!("{} {url} {shown} {body}", request.method()));
        let (status, challenge, body) = (self.answer)(request.method().as_str(), &url, shown);
        if status == 0 {
            let message = "connection refused".to_owned();
            return Err(SendError { kind: SendErrorKind::Connect, message });
        }
        let response = Response::builder()
            .status(status)
            .header("www-authenticate", challenge)
            .header("docker-content-digest", "sha256:1f");
        Ok(response.body(body.into_bytes()).unwrap())
    }
}

const BEARER: &str = "Bearer realm=\"https://auth.example/token?a=b\",service=\"registry.example\",scope=\"repository:acme/etl:pull\"";

fn password(password: &str) -> Credential {
    Credential::Password { username: "robot".into(), password: Secret::new(password) }
}

fn present() -> Presence {
    Presence::Present { digest: Some("sha256:1f".into()) }
}

fn asked<F: Fn(&str, &str, &str) -> (u16, &'static str, String) + Send + Sync>(
    credential: Option<&Credential>,
    answer: F,
) -> (Presence, Vec<String>) {
    let server = Server { answer, seen: Mutex::default() };
    let image = Image::parse("registry.example/acme/etl:v1").unwrap();
    let presence = block_on(look_up(&server, &image, credential, Duration::from_secs(5)));
    (presence, server.seen.into_inner().unwrap())
}

/// A registry with a token service that knows `robot` with `hunter2hunter2`, and a refresh token.
fn with_tokens(_: &str, url: &str, shown: &str) -> (u16, &'static str, String) {
    let granted = |token: &str| (200, "", format!("{{\"token\": \"{token}\"}}"));
    match (url.starts_with(SERVICE), shown) {
        (true, "") => granted("of-nobody"),
        (true, "Basic cm9ib3Q6aHVudGVyMmh1bnRlcjI=") => granted("of-robot"),
        (true, _) => (401, "", String::new()),
        (false, "Bearer of-robot") => (200, "", String::new()),
        (false, _) => (401, BEARER, String::new()),
    }
}

#[test]
fn a_public_image_needs_one_exchange_and_shows_nothing() {
    let credential = password("hunter2hunter2");
    let (presence, seen) = asked(Some(&credential), |_, _, _| (200, "", String::new()));
    assert_eq!((presence, seen), (present(), vec![format!("HEAD {MANIFEST}  ")]));
}

#[test]
fn a_token_is_had_from_the_service_that_the_registry_names() {
    let (presence, seen) = asked(Some(&password("hunter2hunter2")), with_tokens);
    assert_eq!(presence, present());
    let token_call = "GET https://auth.example/token?a=b&service=registry%2Eexample\
         &scope=repository%3Aacme%2Fetl%3Apull Basic cm9ib3Q6aHVudGVyMmh1bnRlcjI= ";
    let again = format!("HEAD {MANIFEST} Bearer of-robot ");
    assert_eq!(seen, [format!("HEAD {MANIFEST}  "), token_call.to_owned(), again]);

    let (presence, _) = asked(Some(&password("wrong-wrong-wrong")), with_tokens);
    assert_eq!(presence, Presence::CredentialRefused);
    assert_eq!(asked(None, with_tokens).0, Presence::Hidden);
}

#[test]
fn a_refresh_token_goes_into_the_body_and_nowhere_else() {
    let refresh = Credential::IdentityToken(Secret::new("refresh refresh"));
    let (presence, seen) = asked(Some(&refresh), |method, url, shown| match (method, shown) {
        ("POST", "") if url == SERVICE => (200, "", r#"{"access_token": "short"}"#.to_owned()),
        (_, "Bearer short") => (200, "", String::new()),
        _ => (401, BEARER, String::new()),
    });
    assert_eq!(presence, present());
    let form = "service=registry%2Eexample&scope=repository%3Aacme%2Fetl%3Apull\
         &grant_type=refresh%5Ftoken&client_id=offshoot&refresh_token=refresh%20refresh";
    assert_eq!(seen.get(1), Some(&format!("POST {SERVICE}  {form}")));
}

#[test]
fn a_credential_is_not_shown_to_a_service_without_tls() {
    let challenge = "Bearer realm=\"http://auth.example/token\"";
    let (presence, seen) =
        asked(Some(&password("hunter2hunter2")), |_, _, _| (401, challenge, String::new()));
    assert!(matches!(presence, Presence::Unclear(_)), "{presence:?}");
    assert_eq!(seen.len(), 1);
}

#[test]
fn basic_is_answered_with_a_password() {
    let basic = "Basic realm=\"Registry\"";
    let registry = |_: &str, _: &str, shown: &str| match shown {
        "Basic cm9ib3Q6aHVudGVyMmh1bnRlcjI=" => (200, "", String::new()),
        _ => (401, basic, String::new()),
    };
    assert_eq!(asked(Some(&password("hunter2hunter2")), registry).0, present());
    assert_eq!(
        asked(Some(&password("wrong-wrong-wrong")), registry).0,
        Presence::CredentialRefused
    );
    assert_eq!(asked(None, registry).0, Presence::Hidden);
    let refresh = Credential::IdentityToken(Secret::new("refresh refresh"));
    assert_eq!(asked(Some(&refresh), registry).0, Presence::Hidden);
}

#[test]
fn what_is_missing_is_told_apart() {
    let missing = |code: &'static str| {
        move |method: &str, _: &str, _: &str| match method {
            "HEAD" => (404, "", String::new()),
            _ => (404, "", format!("{{\"errors\": [{{\"code\": \"{code}\"}}]}}")),
        }
    };
    assert_eq!(asked(None, missing("NAME_UNKNOWN")).0, Presence::NoRepository);
    assert_eq!(asked(None, missing("MANIFEST_UNKNOWN")).0, Presence::NoManifest);
    assert_eq!(asked(None, |_, _, _| (404, "", "<html>".into())).0, Presence::NoManifest);
}

#[test]
fn whatever_else_comes_is_unclear() {
    for challenge in
        ["", "Digest realm=\"x\"", "Bearer", "Bearer realm=\"", "Bearer realm=\"nothing\"", "=,\""]
    {
        let (presence, _) = asked(None, |_, _, _| (401, challenge, String::new()));
        assert!(matches!(presence, Presence::Unclear(_)), "{challenge}: {presence:?}");
    }
    for body in ["", "{}", "[]", "{\"token\": 5}", "{\"token\": \"a\\nb\"}"] {
        let (presence, _) = asked(None, |_, url, _| match url.starts_with(SERVICE) {
            true => (200, "", body.to_owned()),
            false => (401, BEARER, String::new()),
        });
        assert!(matches!(presence, Presence::Unclear(_)), "{body}: {presence:?}");
    }
    for status in [0, 301, 429, 500] {
        let (presence, _) = asked(None, |_, _, _| (status, "", String::new()));
        assert!(matches!(presence, Presence::Unclear(_)), "{status}: {presence:?}");
    }
}
