//! The GraphQL schema: the types of the service's schema that this project uses, and no field more in them.

mod account;
mod agent;
mod deployment;
mod errors;
mod location;
mod mutation;
mod query;
mod run;
mod scope;

use async_graphql::{EmptySubscription, InputValueResult, Scalar, ScalarType, Value};

pub(crate) use scope::Scope;

/// The deepest query that is answered; the usual introspection query needs 13.
const MAX_DEPTH: usize = 24;
/// How many fields a query may ask for.
const MAX_FIELDS: usize = 2_000;

/// The executable schema.
pub(crate) type Schema = async_graphql::Schema<query::Query, mutation::Mutation, EmptySubscription>;

/// Builds the schema. A [`Scope`] goes into every request's data.
pub(crate) fn build() -> Schema {
    Schema::build(query::Query, mutation::Mutation, EmptySubscription)
        .register_output_type::<errors::Error>()
        .register_output_type::<run::PipelineConfigValidationError>()
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_FIELDS)
        .finish()
}

/// The sandbox's GraphQL schema in the schema definition language.
#[must_use]
pub fn sdl() -> String {
    build().sdl()
}

/// Any JSON value.
struct GenericScalar(serde_json::Value);

#[Scalar(name = "GenericScalar")]
impl ScalarType for GenericScalar {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}
