//! Which call answers what, and what stands before it.

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    http::{Response, header},
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
    routing::get,
};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    calls::{branch_deployments, close, context, deploy, doctor, locations, notify, own, wait},
    guard, openapi,
    problem::Problem,
    sidecar::Sidecar,
};

/// All calls with all that guards them.
pub fn router(sidecar: Arc<Sidecar>) -> Router {
    let operations = operations().route_layer(from_fn_with_state(sidecar.clone(), guard::admit));
    let (router, described) = operations.merge(own_calls()).split_for_parts();
    let document = openapi::text(openapi::complete(described));
    let router = router
        .route(
            "/openapi.json",
            get(async || ([(header::CONTENT_TYPE, "application/json")], document)),
        )
        .fallback(guard::not_found)
        .method_not_allowed_fallback(guard::method_not_allowed)
        .layer(from_fn_with_state(sidecar.clone(), guard::let_in))
        .with_state(sidecar);
    shielded(router)
}

/// The calls that work on Dagster+ or the workspace. They are bounded in number.
pub fn operations() -> OpenApiRouter<Arc<Sidecar>> {
    OpenApiRouter::new()
        .routes(routes!(branch_deployments::put, branch_deployments::list))
        .routes(routes!(branch_deployments::show, branch_deployments::delete))
        .routes(routes!(branch_deployments::name))
        .routes(routes!(locations::list))
        .routes(routes!(locations::put, locations::show, locations::delete))
        .routes(routes!(wait::wait))
        .routes(routes!(deploy::deploy))
        .routes(routes!(close::close))
        .routes(routes!(notify::notify))
        .routes(routes!(context::read))
        .routes(routes!(doctor::look))
}

/// The calls about the sidecar itself, which are answered however much runs.
pub fn own_calls() -> OpenApiRouter<Arc<Sidecar>> {
    OpenApiRouter::new()
        .routes(routes!(own::health))
        .routes(routes!(own::ready))
        .routes(routes!(own::stop))
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
