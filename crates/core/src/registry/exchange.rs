//! One exchange with a registry, or with its token service.

use std::time::Duration;

use http::{
    HeaderValue, Method, Request, Response,
    header::{ACCEPT, AUTHORIZATION, USER_AGENT},
};
use serde::Deserialize;

use super::{Image, Presence, auth::Authorization};
use crate::ports::{Http, Limits};

/// Manifests have at most 4 MiB by the specification; what is read here is less than that.
const MAX_ANSWER: u64 = 4 * 1024 * 1024;

/// All that a manifest may be. Without them a registry answers with a form of long ago, or not at all.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

/// Exchanges about one image.
pub(super) struct Exchange<'a, H> {
    pub(super) http: &'a H,
    pub(super) image: &'a Image,
    pub(super) timeout: Duration,
}

impl<H: Http> Exchange<'_, H> {
    /// Asks for the manifest.
    pub(super) async fn manifest(
        &self,
        method: Method,
        authorization: Option<&Authorization>,
    ) -> Result<Response<Vec<u8>>, Presence> {
        let mut request = Request::builder()
            .method(method)
            .uri(self.image.manifest_url())
            .header(ACCEPT, MANIFESTS);
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization.header()?);
        }
        self.send(request.body(Vec::new())).await
    }

    pub(super) async fn send(
        &self,
        request: http::Result<Request<Vec<u8>>>,
    ) -> Result<Response<Vec<u8>>, Presence> {
        let unusable = || Presence::Unclear("its address cannot be requested".to_owned());
        let mut request = request.map_err(|_| unusable())?;
        let agent = HeaderValue::from_static(concat!("offshoot/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().insert(USER_AGENT, agent);
        let limits = Limits { timeout: self.timeout, max_body: MAX_ANSWER };
        let sent = self.http.send(request, limits).await;
        sent.map_err(|error| Presence::Unclear(error.message))
    }
}

/// The code of the first error in `answer`.
pub(super) fn error_code(answer: &Response<Vec<u8>>) -> Option<String> {
    #[derive(Deserialize)]
    struct Errors {
        errors: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        code: String,
    }
    let errors: Errors = serde_json::from_slice(answer.body()).ok()?;
    errors.errors.into_iter().next().map(|error| error.code)
}
