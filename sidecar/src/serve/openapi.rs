//! The OpenAPI document, made of the calls and their types. It is a file of the repository, which the binary serves.

use std::{env, fs, path::Path};

use offshoot_core::text::to_json;
use utoipa::{
    OpenApi, PartialSchema,
    openapi::{
        self, Components, Content, ContentBuilder, Info, RefOr, Schema, SecurityRequirement,
        path::Operation,
        response::ResponseBuilder,
        schema::{Object, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{
    problem::ProblemDocument,
    router::{DescribedOperations, DescribedOwnCalls},
};

/// The name of the bearer token in the document.
const TOKEN: &str = "token";

/// `just generate` brings the file up to date.
#[test]
fn the_document_is_the_one_on_record() {
    let calls = DescribedOperations::openapi().merge_from(DescribedOwnCalls::openapi());
    let document = format!("{}\n", to_json(&complete(calls)));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, &document).unwrap();
    }
    assert!(fs::read_to_string(path).unwrap() == document, "run `just generate`");
}

/// `document` with what all calls have in common: the token, forms beside JSON, text answers, and problems.
fn complete(mut document: openapi::OpenApi) -> openapi::OpenApi {
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
        .schema(Some(RefOr::Ref(openapi::Ref::from_schema_name("Problem"))))
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
