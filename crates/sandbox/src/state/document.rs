//! Location documents: what the sandbox reads in them, and what it refuses.

use std::time::Duration;

use serde_json::{Map, Value};

/// The kinds of `code_source`, of which a document has exactly one.
pub(crate) const CODE_SOURCES: [&str; 4] =
    ["python_file", "module_name", "package_name", "autoload_defs_module_name"];
/// Keys of a document whose values are text or null.
const TEXTS: [&str; 5] =
    ["image", "working_directory", "executable_path", "attribute", "agent_queue"];
/// Keys of a document whose values are mappings or null.
const MAPPINGS: [&str; 4] = ["git", "container_context", "pex_metadata", "defs_state_info"];
/// The longest time that a document may ask the agent to take.
const LONGEST_LOAD: f64 = 86_400.0;

/// A location document that has been found valid, kept as it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationDocument {
    name: String,
    fields: Map<String, Value>,
    fail: Option<String>,
    load_time: Option<Duration>,
}

impl LocationDocument {
    /// Reads one document; the errors are sentences for `InvalidLocationError.errors`.
    pub(crate) fn parse(document: Value) -> Result<Self, Vec<String>> {
        let Value::Object(fields) = document else {
            return Err(vec!["a location document must be a mapping".to_owned()]);
        };
        let mut errors = Vec::new();
        let name = match fields.get("location_name") {
            Some(Value::String(name)) if !name.trim().is_empty() => name.clone(),
            _ => {
                errors.push("`location_name` must be a non-empty string".to_owned());
                String::new()
            }
        };
        check_code_source(fields.get("code_source"), &name, &mut errors);
        for key in TEXTS {
            if !matches!(fields.get(key), None | Some(Value::Null | Value::String(_))) {
                errors.push(format!("`{key}` of location `{name}` must be a string"));
            }
        }
        for key in MAPPINGS {
            if !matches!(fields.get(key), None | Some(Value::Null | Value::Object(_))) {
                errors.push(format!("`{key}` of location `{name}` must be a mapping"));
            }
        }
        let (fail, load_time) = directives(&fields, &name, &mut errors);
        if errors.is_empty() { Ok(Self { name, fields, fail, load_time }) } else { Err(errors) }
    }

    /// Reads `{locations: [..]}`: all documents, or the errors of all of them.
    pub(crate) fn parse_list(document: Value) -> Result<Vec<Self>, Vec<String>> {
        let Value::Object(mut fields) = document else {
            return Err(vec!["the document must be a mapping with `locations`".to_owned()]);
        };
        let Some(Value::Array(items)) = fields.remove("locations") else {
            return Err(vec!["`locations` must be a list of location documents".to_owned()]);
        };
        let mut documents: Vec<Self> = Vec::with_capacity(items.len());
        let mut names = std::collections::BTreeSet::new();
        let mut errors = Vec::new();
        for item in items {
            match Self::parse(item) {
                Ok(document) if !names.insert(document.name.clone()) => {
                    errors.push(format!("location `{}` is there twice", document.name));
                }
                Ok(document) => documents.push(document),
                Err(more) => errors.extend(more),
            }
        }
        if errors.is_empty() { Ok(documents) } else { Err(errors) }
    }

    /// The name of the location.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The document as it was given.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::Object(self.fields.clone())
    }

    /// The value at `key`, unless it is missing or null.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.fields.get(key).filter(|value| !value.is_null())
    }

    /// The text at `key`.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The value of one kind of `code_source`.
    pub(crate) fn code_source(&self, kind: &str) -> Option<&str> {
        self.get("code_source")?.get(kind)?.as_str()
    }

    /// The message that the load is to fail with, by `container_context.sandbox.fail`.
    pub(crate) fn fail(&self) -> Option<&str> {
        self.fail.as_deref()
    }

    /// How long the load is to take, by `container_context.sandbox.load_seconds`.
    pub(crate) fn load_time(&self) -> Option<Duration> {
        self.load_time
    }
}

/// Exactly one kind must be set; a kind that is null counts as not set.
fn check_code_source(source: Option<&Value>, name: &str, errors: &mut Vec<String>) {
    let Some(Value::Object(source)) = source else {
        errors.push(format!("`code_source` of location `{name}` must be a mapping"));
        return;
    };
    let set: Vec<_> = source.iter().filter(|(_, value)| !value.is_null()).collect();
    match set.as_slice() {
        [(kind, Value::String(value))] if CODE_SOURCES.contains(&kind.as_str()) => {
            if value.is_empty() {
                errors.push(format!("`{kind}` of location `{name}` must not be empty"));
            }
        }
        _ => errors.push(format!(
            "`code_source` of location `{name}` must have exactly one of {}, with a string",
            CODE_SOURCES.map(|kind| format!("`{kind}`")).join(", ")
        )),
    }
}

/// Reads the sandbox's own convention, `container_context: {sandbox: {fail: "message", load_seconds: 5}}`.
fn directives(
    fields: &Map<String, Value>,
    name: &str,
    errors: &mut Vec<String>,
) -> (Option<String>, Option<Duration>) {
    let sandbox = fields.get("container_context").and_then(|context| context.get("sandbox"));
    let directive = |key| sandbox.and_then(|sandbox| sandbox.get(key));
    let fail = match directive("fail") {
        None | Some(Value::Null) => None,
        Some(Value::String(message)) => Some(message.clone()),
        Some(_) => {
            errors.push(format!("`container_context.sandbox.fail` of `{name}` must be a string"));
            None
        }
    };
    let load_time = match directive("load_seconds") {
        None | Some(Value::Null) => None,
        Some(seconds) => match seconds.as_f64() {
            Some(seconds) if (0.0..=LONGEST_LOAD).contains(&seconds) => {
                Some(Duration::from_secs_f64(seconds))
            }
            _ => {
                errors.push(format!(
                    "`container_context.sandbox.load_seconds` of `{name}` must be a number from 0 to {LONGEST_LOAD}"
                ));
                None
            }
        },
    };
    (fail, load_time)
}
