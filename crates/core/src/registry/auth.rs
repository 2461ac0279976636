//! What a registry is shown when it asks who is there.
//!
//! <https://distribution.github.io/distribution/spec/auth/token/>, and `/oauth/` beside it for refresh tokens.

use http::{
    HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE},
};
use http_auth::ChallengeRef;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{Credential, Presence, exchange::Exchange};
use crate::{ports::Http, secret::Secret};

/// The value of an `Authorization` header.
pub(super) enum Authorization {
    /// User name and password, encoded.
    Basic(Secret),
    /// A token of the registry's token service.
    Bearer(Secret),
}

impl Authorization {
    pub(super) fn header(&self) -> Result<HeaderValue, Presence> {
        let (Self::Basic(secret) | Self::Bearer(secret)) = self;
        let scheme = if matches!(self, Self::Basic(_)) { "Basic" } else { "Bearer" };
        let mut value = HeaderValue::from_str(&format!("{scheme} {}", secret.expose()))
            .map_err(|_| unclear("its token has characters that no HTTP header can carry"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn basic(username: &str, password: &Secret) -> Self {
        let header = http_auth::basic::encode_credentials(username, password.expose());
        Self::Basic(Secret::new(header.trim_start_matches("Basic ")))
    }
}

/// Answers the challenge of `refusal`: with `credential`, or as nobody if there is none.
pub(super) async fn answer<H: Http>(
    exchange: &Exchange<'_, H>,
    refusal: &Response<Vec<u8>>,
    credential: Option<&Credential>,
) -> Result<Authorization, Presence> {
    let header = refusal.headers().get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
    let challenges = http_auth::parse_challenges(header.unwrap_or_default())
        .map_err(|_| unclear("it asks for a credential in an unknown way"))?;
    let of = |scheme: &str| challenges.iter().find(|it| it.scheme.eq_ignore_ascii_case(scheme));
    match (of("Bearer"), of("Basic"), credential) {
        (Some(bearer), _, _) => token(exchange, bearer, credential).await,
        (None, Some(_), Some(Credential::Password { username, password })) => {
            Ok(Authorization::basic(username, password))
        }
        (None, Some(_), _) => Err(Presence::Hidden),
        (None, None, _) => Err(unclear("it asks for a credential in an unknown way")),
    }
}

/// A token of the service that the challenge names.
async fn token<H: Http>(
    exchange: &Exchange<'_, H>,
    challenge: &ChallengeRef<'_>,
    credential: Option<&Credential>,
) -> Result<Authorization, Presence> {
    let parameter = |name: &str| {
        let found = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_unescaped())
    };
    let realm = parameter("realm").filter(|realm| is_trusted(realm, exchange));
    let realm = realm.ok_or_else(|| unclear("it names no token service that can be asked"))?;
    let scope = || format!("repository:{}:pull", exchange.image.repository());
    let scope = parameter("scope").unwrap_or_else(scope);
    let fields = [("service", parameter("service")), ("scope", Some(scope))];
    let request = match credential {
        Some(Credential::IdentityToken(refresh)) => {
            let refreshing = [
                ("grant_type", Some("refresh_token".to_owned())),
                ("client_id", Some("offshoot".to_owned())),
                ("refresh_token", Some(refresh.expose().to_owned())),
            ];
            let form = encoded(fields.into_iter().chain(refreshing));
            Request::builder()
                .method(Method::POST)
                .uri(realm)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.into_bytes())
        }
        Some(Credential::Password { username, password }) => {
            let basic = Authorization::basic(username, password);
            let url = with_query(&realm, &encoded(fields));
            Request::get(url).header(AUTHORIZATION, basic.header()?).body(Vec::new())
        }
        None => Request::get(with_query(&realm, &encoded(fields))).body(Vec::new()),
    };
    let answer = exchange.send(request).await?;
    match answer.status() {
        StatusCode::OK => {}
        // Some services answer 400 to a refresh token that has expired, as RFC 6749 has it.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => {
            return Err(credential.map_or(Presence::Hidden, |_| Presence::CredentialRefused));
        }
        other => {
            let status = other.as_u16();
            return Err(Presence::Unclear(format!("its token service answers with HTTP {status}")));
        }
    }
    let granted: Option<Granted> = serde_json::from_slice(answer.body()).ok();
    let token = granted.and_then(|granted| granted.token.or(granted.access_token));
    token.map(Authorization::Bearer).ok_or_else(|| unclear("its token service gives no token"))
}

#[derive(Deserialize)]
struct Granted {
    token: Option<Secret>,
    access_token: Option<Secret>,
}

/// Whether a credential may be shown to `realm`: over TLS, or on the machine that the registry is on as well.
fn is_trusted<H>(realm: &str, exchange: &Exchange<'_, H>) -> bool {
    let Ok(uri) = realm.parse::<Uri>() else { return false };
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => exchange.image.is_local(),
        _ => false,
    }
}

fn encoded<'n>(fields: impl IntoIterator<Item = (&'n str, Option<String>)>) -> String {
    let given = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let field = |(name, value): (&str, String)| {
        format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))
    };
    given.map(field).collect::<Vec<_>>().join("&")
}

fn with_query(url: &str, query: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{query}")
}

fn unclear(why: &str) -> Presence {
    Presence::Unclear(why.to_owned())
}
