//! The OpenAPI document, made of the calls and their types.

use offshoot_core::text::to_json;
use utoipa::PartialSchema;
use utoipa::openapi::{
    Components, Content, ContentBuilder, Info, OpenApi, RefOr, Schema, SecurityRequirement,
    path::Operation,
    response::ResponseBuilder,
    schema::{Object, Type},
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{problem::ProblemDocument, router};

/// The name of the bearer token in the document.
const TOKEN: &str = "token";

/// The document.
pub fn document() -> String {
    let calls = router::operations().merge(router::own_calls());
    text(complete(calls.into_openapi()))
}

/// `document` as it is served.
pub fn text(document: OpenApi) -> String {
    format!("{}\n", to_json(&document))
}

/// `document` with what all calls have in common: the token, forms beside JSON, text answers, and problems.
pub fn complete(mut document: OpenApi) -> OpenApi {
    let mut info = Info::new("offshoot", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Branch deployments and code locations of Dagster+, for pipeline steps that have curl. \
         Bodies are forms or JSON; answers are JSON, or text with `Accept: text/plain`."
            .to_owned(),
    );
    document.info = info;
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme(TOKEN, SecurityScheme::Http(bearer));
    components.schemas.insert("Problem".to_owned(), ProblemDocument::schema());
    document.security = Some(vec![SecurityRequirement::new(TOKEN, Vec::<String>::new())]);
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            complete_operation(operation);
        }
    }
    document
}

fn complete_operation(operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &mut operation.request_body
        && let Some(json) = body.content.get("application/json").cloned()
    {
        body.content.insert("application/x-www-form-urlencoded".to_owned(), json);
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.insert("text/plain".to_owned(), RefOr::T(text_content()));
        }
    }
    let problem = ContentBuilder::new()
        .schema(Some(RefOr::Ref(utoipa::openapi::Ref::from_schema_name("Problem"))))
        .build();
    let problem = ResponseBuilder::new()
        .description("Why there is no result.")
        .content("application/problem+json", problem)
        .content("text/plain", text_content());
    operation.responses.responses.insert("default".to_owned(), problem.build().into());
}

fn text_content() -> Content {
    let text = Object::with_type(Type::String);
    ContentBuilder::new().schema(Some(RefOr::T(Schema::Object(text)))).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `offshoot serve --print-openapi > sidecar/openapi.json` brings the file up to date.
    #[test]
    fn the_document_is_the_one_on_record() {
        assert!(
            include_str!("../../openapi.json") == document(),
            "sidecar/openapi.json is not what `offshoot serve --print-openapi` prints"
        );
    }
}
