//! Which call answers what, and what stands before it.

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    http::{Response, header},
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
    routing::{MethodRouter, get},
};
use tower_http::catch_panic::CatchPanicLayer;

use super::{
    calls::{branch_deployments, close, context, deploy, doctor, locations, notify, own, wait},
    guard,
    problem::Problem,
    sidecar::Sidecar,
};

/// The OpenAPI document. A test makes it of the calls and their types, so that the binary need not.
const DOCUMENT: &str = include_str!("../../openapi.json");

/// All calls with all that guards them.
pub fn router(sidecar: Arc<Sidecar>) -> Router {
    let router = operations()
        .route_layer(from_fn_with_state(sidecar.clone(), guard::admit))
        .merge(own_calls())
        .route(
            "/openapi.json",
            get(async || ([(header::CONTENT_TYPE, "application/json")], DOCUMENT)),
        )
        .fallback(guard::not_found)
        .method_not_allowed_fallback(guard::method_not_allowed)
        .layer(from_fn_with_state(sidecar.clone(), guard::let_in))
        .with_state(sidecar);
    shielded(router)
}

/// A router for `$name` calls, and for the test that writes the document, their description: a call has both or none.
macro_rules! calls {
    (
        $(#[$meta:meta])*
        $name:ident, $described:ident;
        $($path:literal: $($method:ident => $module:ident::$call:ident),+;)+
    ) => {
        $(#[$meta])*
        fn $name() -> Router<Arc<Sidecar>> {
            Router::new()$(.route($path, MethodRouter::new()$(.$method($module::$call))+))+
        }

        #[cfg(test)]
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($module::$call),+),+))]
        pub struct $described;
    };
}

calls! {
    /// The calls that work on Dagster+ or the workspace. They are bounded in number.
    operations, DescribedOperations;
    "/v1/branch-deployments": put => branch_deployments::put, get => branch_deployments::list;
    "/v1/branch-deployments/{name}":
        get => branch_deployments::show, delete => branch_deployments::delete;
    "/v1/branch-deployment-name": get => branch_deployments::name;
    "/v1/deployments/{deployment}/locations": get => locations::list;
    "/v1/deployments/{deployment}/locations/{location}":
        put => locations::put, get => locations::show, delete => locations::delete;
    "/v1/deployments/{deployment}/wait": post => wait::wait;
    "/v1/deploy": post => deploy::deploy;
    "/v1/close": post => close::close;
    "/v1/notify": post => notify::notify;
    "/v1/context": get => context::read;
    "/v1/doctor": get => doctor::look;
}

calls! {
    /// The calls about the sidecar itself, which are answered however much runs.
    own_calls, DescribedOwnCalls;
    "/healthz": get => own::health;
    "/readyz": get => own::ready;
    "/v1/stop": post => own::stop;
}

/// `router`, whose panics are answers, and whose problems have bodies.
fn shielded(router: Router) -> Router {
    router.layer(CatchPanicLayer::custom(internal)).layer(from_fn(guard::finish))
}

/// What it was has been written to stderr by the panic hook.
fn internal(_: Box<dyn Any + Send>) -> Response<axum::body::Body> {
    Problem::internal().into_response()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, body::to_bytes, extract::Request};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer_without_its_text() {
        async fn broken() {
            panic!("the token is hunter2");
        }
        let router = shielded(Router::new().route("/", get(broken)));
        for _ in 0..2 {
            let response = router.clone().oneshot(Request::new(Body::empty())).await.unwrap();
            assert_eq!(response.status(), 500);
            let body = to_bytes(response.into_body(), 10_000).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains("\"code\": \"internal\""), "{body}");
            assert!(!body.contains("hunter2"), "{body}");
        }
    }
}
