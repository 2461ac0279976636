//! Whether an image is in its registry: as much of the OCI distribution API as that takes.
//!
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>

mod auth;
mod exchange;
mod image;

use std::time::Duration;

use http::{Method, StatusCode};

use crate::{
    ports::{Http, MaybeSend, MaybeSync},
    secret::Secret,
};
use exchange::Exchange;
pub use image::{Image, ImageError};

/// Where a host keeps the credentials for registries.
pub trait Keychain: MaybeSync {
    /// The credential for `registry`, which is written as [`Image::keychain_name`] has it.
    ///
    /// # Errors
    /// In words, if there should be one that cannot be had.
    fn credential(
        &self,
        registry: &str,
    ) -> impl Future<Output = Result<Option<Credential>, String>> + MaybeSend;
}

/// What a registry is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A user name and its password, or what serves as one.
    Password {
        /// The user's name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// An OAuth 2 refresh token, as `docker login` stores it for some registries.
    IdentityToken(Secret),
}

/// What a registry tells of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// It is there.
    Present {
        /// The digest of its manifest.
        digest: Option<String>,
    },
    /// The registry has no such repository.
    NoRepository,
    /// The repository has no such tag or digest.
    NoManifest,
    /// The registry wants a credential, and none was given. It may have the image, or not.
    Hidden,
    /// The registry does not take the credential.
    CredentialRefused,
    /// The registry takes the credential, but shows it no such image: there is none, or it is for others.
    Forbidden,
    /// No clear answer, in words.
    Unclear(String),
}

/// Asks for `image`, each exchange within `timeout`. A credential is shown only if the registry asks for one.
pub async fn look_up<H: Http>(
    http: &H,
    image: &Image,
    credential: Option<&Credential>,
    timeout: Duration,
) -> Presence {
    let exchange = Exchange { http, image, timeout };
    match ask(&exchange, credential).await {
        Ok(presence) | Err(presence) => presence,
    }
}

/// The answer, also in the place of an error: whatever ends the exchanges early is one as well.
async fn ask<H: Http>(
    exchange: &Exchange<'_, H>,
    credential: Option<&Credential>,
) -> Result<Presence, Presence> {
    let mut authorization = None;
    let mut answer = exchange.manifest(Method::HEAD, None).await?;
    if answer.status() == StatusCode::UNAUTHORIZED {
        let shown = auth::answer(exchange, &answer, credential).await?;
        answer = exchange.manifest(Method::HEAD, Some(&shown)).await?;
        authorization = Some(shown);
    }
    match answer.status() {
        StatusCode::OK => {
            let digest = answer.headers().get("docker-content-digest");
            let digest = digest.and_then(|digest| digest.to_str().ok()).map(str::to_owned);
            Ok(Presence::Present { digest })
        }
        StatusCode::NOT_FOUND => {
            // A HEAD has no body to say what is missing.
            let told = exchange.manifest(Method::GET, authorization.as_ref()).await?;
            Ok(match exchange::error_code(&told).as_deref() {
                Some("NAME_UNKNOWN") => Presence::NoRepository,
                _ => Presence::NoManifest,
            })
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Ok(refused(credential, &authorization)),
        other => Ok(Presence::Unclear(format!("it answers with HTTP {}", other.as_u16()))),
    }
}

/// Who is told no: nobody, a user whom a token service knows, or one whom the registry itself may not know.
fn refused(credential: Option<&Credential>, shown: &Option<auth::Authorization>) -> Presence {
    match (credential, shown) {
        (Some(_), Some(auth::Authorization::Basic(_))) => Presence::CredentialRefused,
        (Some(_), _) => Presence::Forbidden,
        (None, _) => Presence::Hidden,
    }
}

#[cfg(test)]
mod tests;
