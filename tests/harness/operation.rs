//! What a GraphQL request asks for, whatever its author called the operation and its variables.

use graphql_parser::query::{
    Definition, OperationDefinition, Selection, SelectionSet, Value, parse_query,
};
use serde_json::{Map, Value as Json};

/// A root field of a GraphQL operation, with its arguments after the variables were put in.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Whether it changes anything.
    pub mutation: bool,
    /// The name of the root field, for example `addOrUpdateLocationFromDocument`.
    pub root: String,
    /// The arguments of the root field. One whose variable was not sent is not there; a null one is.
    pub arguments: Json,
}

impl Operation {
    /// The operation in a request body, if it is one with exactly one root field.
    pub fn of(body: &Json) -> Option<Self> {
        let document = parse_query::<String>(body.get("query")?.as_str()?).ok()?;
        let variables =
            body.get("variables").and_then(Json::as_object).cloned().unwrap_or_default();
        let [Definition::Operation(definition)] =
            &document.definitions.iter().filter(is_operation).collect::<Vec<_>>()[..]
        else {
            return None;
        };
        let (mutation, selection) = parts(definition)?;
        let [Selection::Field(field)] = &selection.items[..] else { return None };
        let arguments = field
            .arguments
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), resolve(value, &variables)?)))
            .collect::<Map<_, _>>();
        Some(Self { mutation, root: field.name.clone(), arguments: Json::Object(arguments) })
    }
}

fn is_operation(definition: &&Definition<'_, String>) -> bool {
    matches!(definition, Definition::Operation(_))
}

fn parts<'a, 'b>(
    definition: &'b OperationDefinition<'a, String>,
) -> Option<(bool, &'b SelectionSet<'a, String>)> {
    match definition {
        OperationDefinition::SelectionSet(set) => Some((false, set)),
        OperationDefinition::Query(query) => Some((false, &query.selection_set)),
        OperationDefinition::Mutation(mutation) => Some((true, &mutation.selection_set)),
        OperationDefinition::Subscription(_) => None,
    }
}

/// The JSON of a GraphQL value; nothing for a variable that was not sent.
fn resolve(value: &Value<'_, String>, variables: &Map<String, Json>) -> Option<Json> {
    Some(match value {
        Value::Variable(name) => variables.get(name)?.clone(),
        Value::Int(number) => number.as_i64()?.into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) | Value::Enum(text) => text.clone().into(),
        Value::Boolean(flag) => (*flag).into(),
        Value::Null => Json::Null,
        Value::List(items) => items.iter().filter_map(|item| resolve(item, variables)).collect(),
        Value::Object(fields) => fields
            .iter()
            .filter_map(|(name, field)| Some((name.clone(), resolve(field, variables)?)))
            .collect::<Map<_, _>>()
            .into(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_what_the_server_sees_and_not_how_they_were_named() {
        let theirs = json!({
            "query": "query Q($deploymentName: String!) { deploymentByName(name: $deploymentName) { __typename } }",
            "variables": {"deploymentName": "x"},
        });
        let ours = json!({
            "query": "query Other($n: String!) { deploymentByName(name: $n) { ... on PythonError { message } } }",
            "variables": {"n": "x"},
        });
        assert_eq!(Operation::of(&theirs), Operation::of(&ours));
        assert_eq!(Operation::of(&ours).unwrap().arguments, json!({"name": "x"}));
    }

    #[test]
    fn a_variable_that_is_null_differs_from_one_that_is_absent() {
        let with = |variables: Json| {
            Operation::of(
                &json!({"query": "mutation M($d: S) { m(d: $d) }", "variables": variables}),
            )
            .unwrap()
            .arguments
        };
        assert_eq!(with(json!({"d": null})), json!({"d": null}));
        assert_eq!(with(json!({})), json!({}));
    }

    #[test]
    fn several_root_fields_and_text_that_is_no_graphql_are_not_operations() {
        for query in ["{ a b }", "no graphql", "subscription { a }"] {
            assert_eq!(Operation::of(&json!({"query": query})), None, "{query}");
        }
    }
}
