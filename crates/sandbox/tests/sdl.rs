//! The sandbox's schema against the project's copy of the service's: a client that is tested here works there.

#![expect(clippy::unwrap_used, reason = "a schema that cannot be read fails the test")]

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, TypeKind, TypeSystemDefinition};

/// The part of the service's schema that the project uses.
const SERVICE: &str = include_str!("../../core/schema.graphql");

/// Types of the service that are not in the project's copy, and that the sandbox needs as members of an interface.
const BEYOND: [&str; 1] = ["RuntimeMismatchConfigError"];

#[test]
fn the_schema_is_the_services() {
    let service = lines(SERVICE);
    let mut sandbox = lines(&offshoot_sandbox::sdl());
    assert!(service.len() > 60, "the copy of the service's schema was read");
    for name in BEYOND {
        assert!(sandbox.remove(name).is_some(), "`{name}` is no longer needed");
    }
    for (name, lines) in &service {
        assert_eq!(sandbox.get(name), Some(lines), "type `{name}`, the sandbox's to the left");
    }
    assert_eq!(sandbox.keys().collect::<Vec<_>>(), service.keys().collect::<Vec<_>>());
}

#[test]
fn a_difference_would_be_seen() {
    let changed = [
        ("registryIsHarbor: Boolean", "registryIsHarbor: Boolean!"),
        ("deleteDeployment(deploymentId: Int!)", "deleteDeployment(deploymentId: Int)"),
        ("  | DeploymentLimitError", ""),
        ("  MERGED", "  MERGED\n  DRAFT"),
        ("type UnauthorizedError implements Error", "type UnauthorizedError"),
        ("  pullRequestNumber: String\n", ""),
    ];
    let before = lines(SERVICE);
    for (from, to) in changed {
        let after = SERVICE.replace(from, to);
        assert_ne!(after, SERVICE, "`{from}` is in the schema");
        assert_ne!(lines(&after), before, "`{from}` to `{to}`");
    }
}

/// A schema as sets of lines by type name, without descriptions, default values and order.
fn lines(sdl: &str) -> BTreeMap<String, BTreeSet<String>> {
    let document = parse_schema(sdl).unwrap();
    let mut types = BTreeMap::new();
    for definition in document.definitions {
        match definition {
            TypeSystemDefinition::Schema(schema) => {
                let root = |name: Option<_>| format!("{name:?}");
                let schema = schema.node;
                let roots = [
                    format!("query {}", root(schema.query.map(|n| n.node))),
                    format!("mutation {}", root(schema.mutation.map(|n| n.node))),
                    format!("subscription {}", root(schema.subscription.map(|n| n.node))),
                ];
                types.insert("schema".to_owned(), roots.into());
            }
            TypeSystemDefinition::Type(definition) => {
                let definition = definition.node;
                let twice = types.insert(definition.name.node.to_string(), kind(definition.kind));
                assert!(twice.is_none(), "`{}` is there twice", definition.name.node);
            }
            TypeSystemDefinition::Directive(_) => {}
        }
    }
    types
}

fn kind(kind: TypeKind) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    match kind {
        TypeKind::Scalar => {
            lines.insert("scalar".to_owned());
        }
        TypeKind::Object(object) => {
            lines.insert("type".to_owned());
            lines.extend(object.implements.iter().map(|name| format!("implements {name}")));
            lines.extend(object.fields.iter().map(|f| field(&f.node)));
        }
        TypeKind::Interface(interface) => {
            lines.insert("interface".to_owned());
            lines.extend(interface.fields.iter().map(|f| field(&f.node)));
        }
        TypeKind::Union(union) => {
            lines.insert("union".to_owned());
            lines.extend(union.members.iter().map(|member| format!("| {member}")));
        }
        TypeKind::Enum(values) => {
            lines.insert("enum".to_owned());
            lines.extend(values.values.iter().map(|value| value.node.value.to_string()));
        }
        TypeKind::InputObject(input) => {
            lines.insert("input".to_owned());
            lines.extend(
                input.fields.iter().map(|f| format!("{}: {}", f.node.name.node, f.node.ty.node)),
            );
        }
    }
    lines
}

fn field(field: &FieldDefinition) -> String {
    let arguments: BTreeSet<String> = field
        .arguments
        .iter()
        .map(|a| format!("{}: {}", a.node.name.node, a.node.ty.node))
        .collect();
    format!("{}{arguments:?}: {}", field.name.node, field.ty.node)
}
