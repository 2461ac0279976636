//! The text of `serializedDeploymentMetadata`, which the official CLI and agent deserialize.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::document::LocationDocument;

/// Dagster's serialized form of what is deployed: plain JSON, sorted keys, the type in `__class__`.
pub(crate) fn serialized(document: &LocationDocument) -> String {
    let empty = Value::Object(Map::new());
    let metadata = CodeDeploymentMetadata {
        class: "CodeDeploymentMetadata",
        agent_queue: document.text("agent_queue"),
        attribute: document.text("attribute"),
        autoload_defs_module_name: document.code_source("autoload_defs_module_name"),
        cloud_context_env: &empty,
        container_context: document.get("container_context").unwrap_or(&empty),
        defs_state_info: document.get("defs_state_info").map(defs_state_info),
        executable_path: document.text("executable_path"),
        git_metadata: document.get("git").and_then(GitMetadata::read),
        image: document.text("image"),
        module_name: document.code_source("module_name"),
        package_name: document.code_source("package_name"),
        pex_metadata: document.get("pex_metadata").and_then(PexMetadata::read),
        python_file: document.code_source("python_file"),
        working_directory: document.text("working_directory"),
    };
    // A struct of text and JSON values always serializes.
    serde_json::to_string(&metadata).unwrap_or_default()
}

#[derive(Serialize)]
struct CodeDeploymentMetadata<'a> {
    #[serde(rename = "__class__")]
    class: &'static str,
    agent_queue: Option<&'a str>,
    attribute: Option<&'a str>,
    autoload_defs_module_name: Option<&'a str>,
    cloud_context_env: &'a Value,
    container_context: &'a Value,
    defs_state_info: Option<Value>,
    executable_path: Option<&'a str>,
    git_metadata: Option<GitMetadata<'a>>,
    image: Option<&'a str>,
    module_name: Option<&'a str>,
    package_name: Option<&'a str>,
    pex_metadata: Option<PexMetadata<'a>>,
    python_file: Option<&'a str>,
    working_directory: Option<&'a str>,
}

/// The fields of a repository are left out when unset, as older clients do not know them.
#[derive(Serialize)]
struct GitMetadata<'a> {
    #[serde(rename = "__class__")]
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_branch: Option<&'a str>,
    commit_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    defs_base_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repo_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repo_owner: Option<&'a str>,
    url: Option<&'a str>,
}

impl<'a> GitMetadata<'a> {
    /// `git: {}` is sent even when a client knows nothing: that is no metadata at all (a guess).
    fn read(git: &'a Value) -> Option<Self> {
        let text = |key: &str| git.get(key).and_then(Value::as_str);
        let known = git.as_object().is_some_and(|git| git.values().any(|value| !value.is_null()));
        known.then(|| Self {
            class: "GitMetadata",
            base_branch: text("base_branch"),
            commit_hash: text("commit_hash"),
            defs_base_path: text("defs_base_path"),
            provider: text("provider"),
            repo_name: text("repo_name"),
            repo_owner: text("repo_owner"),
            url: text("url"),
        })
    }
}

#[derive(Serialize)]
struct PexMetadata<'a> {
    #[serde(rename = "__class__")]
    class: &'static str,
    pex_tag: &'a str,
    python_version: Option<&'a str>,
}

impl<'a> PexMetadata<'a> {
    /// Without a tag there is nothing to run, so there is no metadata.
    fn read(pex: &'a Value) -> Option<Self> {
        Some(Self {
            class: "PexMetadata",
            pex_tag: pex.get("pex_tag")?.as_str()?,
            python_version: pex.get("python_version").and_then(Value::as_str),
        })
    }
}

/// Gives the plain mapping of a document the class markers that the deserializer wants.
fn defs_state_info(info: &Value) -> Value {
    let mapping = info.get("info_mapping").and_then(Value::as_object);
    let marked: Map<String, Value> = mapping
        .into_iter()
        .flatten()
        .map(|(key, state)| {
            let state = if state.is_object() {
                json!({
                    "__class__": "DefsKeyStateInfo",
                    "create_timestamp": state.get("create_timestamp"),
                    "version": state.get("version"),
                })
            } else {
                Value::Null
            };
            (key.clone(), state)
        })
        .collect();
    json!({"__class__": "DefsStateInfo", "info_mapping": marked})
}
