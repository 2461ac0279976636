//! Values that count for several locations, and what a location says over them: by the rules of the official client's
//! `DagsterCloudConfigDefaultsMerger`, which `ci template` and `dg plus deploy` go by.
//!
//! Mappings are merged deeply, scalars are replaced, lists are joined: how, depends on what they are for.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    LocationError, SourceFile,
    document::shown,
    yaml::{self, Node, Value, to_yaml},
};

/// A mapping and the file that it stands in.
pub(super) type Source<'a> = (SourceFile<'a>, Node);

/// What `location` says, over what `defaults` say. Nulls in either say nothing.
///
/// # Errors
/// As [`merge`].
pub(super) fn with_defaults(
    file: SourceFile<'_>,
    defaults: &Node,
    location: &Node,
) -> Result<Node, LocationError> {
    let said = |node: &Node| (file, without_nulls(node.clone()));
    merge("", said(defaults), said(location))
}

/// What `over` says, over what `onto` says. `path` is where both stand in a document.
///
/// # Errors
/// If a list or a mapping stands where the other has something else, or if a list has an entry that cannot be merged.
pub(super) fn merge(path: &str, onto: Source<'_>, over: Source<'_>) -> Result<Node, LocationError> {
    let merge = Merge { onto: onto.0, over: over.0 };
    merge.node(path, onto.1, over.1)
}

/// The files of the two sides.
struct Merge<'a> {
    onto: SourceFile<'a>,
    over: SourceFile<'a>,
}

impl Merge<'_> {
    fn node(&self, path: &str, onto: Node, over: Node) -> Result<Node, LocationError> {
        let value = match (onto.value, over.value) {
            (Value::Map(onto), Value::Map(over)) => Value::Map(self.maps(path, onto, over)?),
            (Value::List(onto), Value::List(over)) => Value::List(self.lists(path, onto, over)?),
            (Value::Null, value) => value,
            (other, value @ (Value::Map(_) | Value::List(_))) => {
                return Err(LocationError::Clash {
                    at: self.over.place(over.span.start),
                    found: value.kind(),
                    default: Box::new(self.onto.place(onto.span.start)),
                    expected: other.kind(),
                });
            }
            (_, scalar) => scalar,
        };
        Ok(Node { span: over.span, value })
    }

    fn maps(&self, path: &str, mut onto: Pairs, over: Pairs) -> Result<Pairs, LocationError> {
        for (key, value) in over {
            let there = onto.iter().position(|(other, _)| other.value == key.value);
            let value = match there.map(|index| onto.remove(index)) {
                Some((_, before)) => self.node(&below(path, &key), before, value)?,
                None => value,
            };
            onto.push((key, value));
        }
        Ok(onto)
    }

    fn lists(&self, path: &str, onto: Nodes, over: Nodes) -> Result<Nodes, LocationError> {
        let key: fn(&SourceFile<'_>, &Node) -> Result<String, LocationError> = match rule(path) {
            Rule::Replace => return Ok(over),
            Rule::Join => return Ok(distinct(onto.into_iter().chain(over))),
            Rule::Variables => variable,
            Rule::Named => |file, node| member(file, node, "name"),
            Rule::Keyed => |file, node| member(file, node, "key"),
        };
        let keyed = |file: &SourceFile<'_>, nodes: Nodes| {
            nodes
                .into_iter()
                .map(|node| Ok((key(file, &node)?, node)))
                .collect::<Result<Vec<_>, _>>()
        };
        let (mut all, over) = (keyed(&self.onto, onto)?, keyed(&self.over, over)?);
        let mut given = BTreeSet::new();
        given.extend(over.iter().map(|(key, _)| key.clone()));
        all.retain(|(key, _)| !given.contains(key));
        all.extend(over);
        Ok(match rule(path) {
            Rule::Variables => all.into_iter().map(|(_, node)| node).collect(),
            _ => last_of_each(all),
        })
    }
}

type Nodes = Vec<Node>;
type Pairs = Vec<(Node, Node)>;

/// How the list of a location and that of the defaults are joined.
enum Rule {
    /// Both, without what is there twice.
    Join,
    /// Environment variables: those of the location, and the others.
    Variables,
    /// Mappings that are told apart by their `name`.
    Named,
    /// Mappings that are told apart by their `key`.
    Keyed,
    /// That of the location alone.
    Replace,
}

fn rule(path: &str) -> Rule {
    let Some(path) = path.strip_prefix("container_context.") else { return Rule::Join };
    match path {
        "docker.env_vars" | "ecs.env_vars" | "k8s.env_vars" => Rule::Variables,
        "ecs.run_ecs_tags" | "ecs.server_ecs_tags" => Rule::Keyed,
        "ecs.run_sidecar_containers"
        | "ecs.server_sidecar_containers"
        | "ecs.secrets"
        | "ecs.volumes"
        | "k8s.image_pull_secrets"
        | "k8s.volumes"
        | "k8s.volume_mounts" => Rule::Named,
        "k8s.run_k8s_config.container_config.args"
        | "k8s.run_k8s_config.container_config.command"
        | "k8s.server_k8s_config.container_config.args"
        | "k8s.server_k8s_config.container_config.command" => Rule::Replace,
        _ => Rule::Join,
    }
}

fn below(path: &str, key: &Node) -> String {
    let key = shown(key);
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// The name in `NAME=value`, or in `NAME` alone, which takes the value from the agent.
fn variable(file: &SourceFile<'_>, node: &Node) -> Result<String, LocationError> {
    match &node.value {
        Value::Str(text) => Ok(text.split('=').next().unwrap_or_default().to_owned()),
        _ => Err(file.shape(node, "an environment variable", "a string")),
    }
}

/// What tells a mapping from others in its list.
fn member(file: &SourceFile<'_>, node: &Node, key: &'static str) -> Result<String, LocationError> {
    if !matches!(node.value, Value::Map(_)) {
        return Err(file.shape(node, "an entry that is merged with the defaults", "a mapping"));
    }
    match node.value.get(key) {
        Some(name) => Ok(text(name)),
        None => Err(LocationError::Unkeyed { at: file.place(node.span.start), key }),
    }
}

fn distinct(nodes: impl Iterator<Item = Node>) -> Nodes {
    let mut seen = BTreeSet::new();
    nodes.filter(|node| seen.insert(text(node))).collect()
}

/// Where a key is there twice, the last one, at the place of the first.
fn last_of_each(keyed: Vec<(String, Node)>) -> Nodes {
    let mut places = BTreeMap::new();
    let mut nodes: Nodes = Vec::with_capacity(keyed.len());
    for (key, node) in keyed {
        let place = *places.entry(key).or_insert(nodes.len());
        match nodes.get_mut(place) {
            Some(before) => *before = node,
            None => nodes.push(node),
        }
    }
    nodes
}

/// Equal values have equal texts, wherever they stand. What JSON cannot say is refused when it is sent.
fn text(node: &Node) -> String {
    yaml::to_json(node).map_or_else(|_| node.value.kind().to_owned(), |json| to_yaml(&json))
}

fn without_nulls(node: Node) -> Node {
    let is_there = |node: &Node| node.value != Value::Null;
    let value = match node.value {
        Value::List(nodes) => {
            Value::List(nodes.into_iter().filter(is_there).map(without_nulls).collect())
        }
        Value::Map(pairs) => {
            let kept = pairs.into_iter().filter(|(_, value)| is_there(value));
            Value::Map(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        other => other,
    };
    Node { span: node.span, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Explain;

    fn merged(onto: &str, over: &str) -> Result<String, LocationError> {
        let source = |name, text| (SourceFile { name, text }, yaml::load(text).unwrap());
        let node = merge("", source("defaults.yaml", onto), source("location.yaml", over))?;
        let mut json = yaml::to_json(&node).unwrap();
        json.sort_all_objects();
        Ok(json.to_string())
    }

    #[test]
    fn what_both_have_is_merged_by_its_kind() {
        for (onto, over, expected) in [
            ("{a: 1, b: 2}", "{b: 3, c: 4}", r#"{"a":1,"b":3,"c":4}"#),
            ("{a: {b: {c: 1}}}", "{a: {b: {d: 2}}}", r#"{"a":{"b":{"c":1,"d":2}}}"#),
            ("{a: {b: 1}}", "{a: x}", r#"{"a":"x"}"#),
            ("{a: 1, b: null}", "{a: null, b: [2]}", r#"{"a":null,"b":[2]}"#),
            (
                "{a: [x, {k: 1, l: 2}]}",
                "{a: [{l: 2, k: 1}, y, y]}",
                r#"{"a":["x",{"k":1,"l":2},"y"]}"#,
            ),
        ] {
            assert_eq!(merged(onto, over).unwrap(), expected, "{onto} with {over}");
        }
    }

    #[test]
    fn what_cannot_be_merged_is_named_with_its_place() {
        for (onto, over, message) in [
            (
                "a:\n  b: x\n",
                "a:\n  b: [x]\n",
                "location.yaml:2:6: found a list, where defaults.yaml:2:6 has a string",
            ),
            (
                "a: [x]\n",
                "a: {b: x}\n",
                "location.yaml:1:4: found a mapping, where defaults.yaml:1:4 has a list",
            ),
            (
                "container_context: {ecs: {volumes: [{name: a}]}}\n",
                "container_context:\n  ecs:\n    volumes:\n    - nam: a\n",
                "location.yaml:4:7: an entry that is merged by its `name` has none",
            ),
            (
                "container_context: {k8s: {env_vars: [A=1, 2]}}\n",
                "container_context: {k8s: {env_vars: [A=1]}}\n",
                "defaults.yaml:1:43: an environment variable: expected a string, found a number",
            ),
            (
                "container_context: {k8s: {volumes: [{name: a}]}}\n",
                "container_context: {k8s: {volumes: [a]}}\n",
                "location.yaml:1:37: an entry that is merged with the defaults: expected a mapping, found a string",
            ),
        ] {
            let error = merged(onto, over).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert!(error.hint().is_some() && error.detail().is_some(), "{error}");
        }
    }
}
