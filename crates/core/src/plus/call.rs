//! One call of the API, as data.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    endpoint::{DeploymentName, Endpoint},
    error::{Fault, Problem, Refusal},
    idempotency::IdempotencyKey,
};
use crate::written;

/// Which URL and header a call goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The organization.
    Organization,
    /// One deployment of it.
    Deployment(DeploymentName),
}

impl Scope {
    /// The GraphQL URL in `endpoint`.
    pub(super) fn graphql_url(&self, endpoint: &Endpoint) -> String {
        match self {
            Self::Organization => format!("{}/graphql", endpoint.organization_url()),
            Self::Deployment(name) => format!("{}/graphql", endpoint.deployment_url(name)),
        }
    }

    pub(super) fn deployment(&self) -> Option<&DeploymentName> {
        match self {
            Self::Organization => None,
            Self::Deployment(name) => Some(name),
        }
    }
}

/// A message that is answered with a `T`.
///
/// Sending it twice does no more than sending it once, so any of them may be sent again: queries change nothing,
/// most mutations set a state, a deletion that comes second finds nothing, and what would otherwise be done anew
/// each time carries a key of its own.
pub struct Call<T> {
    pub(super) message: Message,
    decode: Decode<T>,
}

/// What a GraphQL operation is answered with.
pub(super) trait Operation: DeserializeOwned + 'static {
    /// Its variables.
    type Variables: Serialize;
    /// Its text, which follows from the type. It is written down, in `operations/`, because to make it anew for each call
    /// takes a thirtieth of the npm package.
    const TEXT: &'static str;
}

/// Makes the type `$data` an operation, and tests its text, which `just generate` writes.
macro_rules! operation {
    ($kind:ident $data:ident($variables:ty)) => {
        impl $crate::plus::call::Operation for $data {
            type Variables = $variables;
            const TEXT: &'static str =
                include_str!(concat!("operations/", stringify!($data), ".graphql"));
        }

        #[cfg(test)]
        #[test]
        #[expect(non_snake_case, reason = "it is called as what it tests")]
        fn $data() {
            let kind = stringify!($kind);
            $crate::plus::call::tests::text_is_of_type::<$data, $variables>(kind);
        }
    };
}
pub(super) use operation;

/// A GraphQL operation with its variables, ready to be sent. It is not generic: what sends it is compiled once.
pub(super) struct Message {
    /// What it does, to complete "could not ...".
    pub(super) doing: &'static str,
    pub(super) scope: Scope,
    pub(super) key: Option<IdempotencyKey>,
    query: &'static str,
    variables: Value,
}

type Decode<T> = Box<dyn Fn(Value) -> Result<T, Problem> + Send + Sync>;

impl<T> Call<T> {
    /// A call of the operation `O`, whose answer `read` turns into a `T` or a refusal.
    pub(super) fn new<O: Operation>(
        doing: &'static str,
        scope: Scope,
        variables: O::Variables,
        read: fn(O) -> Result<T, Refusal>,
    ) -> Self
    where
        T: 'static,
    {
        let variables = serde_json::to_value(variables).unwrap_or_default();
        let variables = if variables.is_null() { Value::Object(Map::new()) } else { variables };
        let message = Message { doing, scope, key: None, query: O::TEXT, variables };
        let decode = move |data: Value| {
            let malformed = |problem| Fault::Malformed { problem };
            let Value::Object(fields) = data else {
                return Err(malformed("it is no object".to_owned()).into());
            };
            let data = written::of_fields::<O>(fields);
            Ok(read(data.map_err(|error| malformed(error.to_string()))?)?)
        };
        Self { message, decode: Box::new(decode) }
    }

    /// The same call, done once however often it is sent with `key`.
    pub(super) fn once(mut self, key: IdempotencyKey) -> Self {
        self.message.key = Some(key);
        self
    }

    /// The answer that is in `data`.
    ///
    /// # Errors
    /// If it is not what the schema says, or one of the union's errors.
    pub(super) fn decode(&self, data: Value) -> Result<T, Problem> {
        (self.decode)(data)
    }

    /// The call for a dry run.
    pub fn plan(&self, endpoint: &Endpoint) -> PlannedCall {
        self.message.plan(endpoint)
    }
}

impl Message {
    /// The request body.
    pub(super) fn body(&self) -> Vec<u8> {
        serde_json::json!({ "query": self.query, "variables": self.variables })
            .to_string()
            .into_bytes()
    }

    fn plan(&self, endpoint: &Endpoint) -> PlannedCall {
        PlannedCall {
            method: "POST",
            url: self.scope.graphql_url(endpoint),
            deployment: self.scope.deployment().cloned(),
            idempotency_key: self.key.clone().map(String::from),
            query: self.query.to_owned(),
            variables: self.variables.clone(),
        }
    }
}

/// A call that a dry run would have sent. The token is not in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct PlannedCall {
    /// Always `POST`.
    pub method: &'static str,
    /// The GraphQL URL.
    pub url: String,
    /// The value of the `Dagster-Cloud-Deployment` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<DeploymentName>,
    /// The value of the `Idempotency-Key` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// The text of the operation.
    pub query: String,
    /// Its variables.
    #[cfg_attr(feature = "typescript", tsify(type = "unknown"))]
    pub variables: Value,
}

#[cfg(test)]
pub(super) mod tests {
    use std::{collections::HashSet, env, fs, path::Path};

    use cynic::{
        QueryFragment, QueryVariables,
        queries::{OperationType, build_executable_document},
    };

    use super::Operation;

    /// With `UPDATE_GENERATED=1` the text is written instead.
    #[expect(clippy::disallowed_methods, reason = "the file is part of the source")]
    pub fn text_is_of_type<O: Operation + QueryFragment, V: QueryVariables>(kind: &str) {
        let name = O::name().unwrap();
        let kind = match kind {
            "query" => OperationType::Query,
            _ => OperationType::Mutation,
        };
        let text = build_executable_document::<O, V>(kind, Some(&name), HashSet::new(), None);
        if env::var_os("UPDATE_GENERATED").is_some() {
            let file = format!("src/plus/operations/{name}.graphql");
            return fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), &text).unwrap();
        }
        assert_eq!(O::TEXT, text, "run `just generate`");
    }
}
