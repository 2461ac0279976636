//! The flags that describe a location, apart from any file.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::written;

/// What flags, HTTP fields or a build session say of a location. Names are those of the official options.
///
/// An empty text is a value like any other, as it is to the official client.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(default, deny_unknown_fields)]
pub struct LocationFlags {
    /// The name: which location of a file is meant, and what it is called without one.
    pub location_name: Option<String>,
    /// The Python file with the definitions. Normalised as `pathlib.PurePosixPath` does.
    pub python_file: Option<String>,
    /// The Python module with the definitions.
    pub module_name: Option<String>,
    /// The installed Python package with the definitions.
    pub package_name: Option<String>,
    /// The Python module below which definitions are searched and loaded.
    pub autoload_defs_module_name: Option<String>,
    /// The directory for local imports.
    pub working_directory: Option<String>,
    /// The Docker image.
    pub image: Option<String>,
    /// The Python executable.
    pub executable_path: Option<String>,
    /// The attribute that is the repository, or a function that returns it.
    pub attribute: Option<String>,
    /// The commit that the code is from.
    pub commit_hash: Option<String>,
    /// A link to the source code.
    pub git_url: Option<String>,
    /// Where the repository is hosted, for example `github`.
    pub git_provider: Option<String>,
    /// The repository's owner.
    pub repo_owner: Option<String>,
    /// The repository's name, without its owner.
    pub repo_name: Option<String>,
    /// The branch that the location's components are edited on.
    pub base_branch: Option<String>,
    /// The directory of the location's components in the repository.
    pub defs_base_path: Option<String>,
    /// The uploaded PEX files, of a serverless build.
    pub pex_tag: Option<String>,
    /// The Python version of [`Self::pex_tag`], which it is sent with.
    pub python_version: Option<String>,
    /// Set if the image was made of a PEX build.
    #[serde(deserialize_with = "written::optional_flag")]
    pub pex_bundle: Option<bool>,
    /// The versions of state-backed components, passed on as they are.
    #[serde(deserialize_with = "written::json")]
    #[cfg_attr(feature = "typescript", tsify(type = "unknown"))]
    pub defs_state_info: Option<Value>,
}

impl LocationFlags {
    /// The flags as a document. Absent ones are left out; `code_source` and `git` are there even when empty.
    pub(super) fn document(&self) -> Map<String, Value> {
        let code_source = [
            ("python_file", &self.python_file.as_deref().map(normalise_path)),
            ("module_name", &self.module_name),
            ("package_name", &self.package_name),
            ("autoload_defs_module_name", &self.autoload_defs_module_name),
        ];
        let git = [
            ("commit_hash", &self.commit_hash),
            ("url", &self.git_url),
            ("provider", &self.git_provider),
            ("repo_owner", &self.repo_owner),
            ("repo_name", &self.repo_name),
            ("base_branch", &self.base_branch),
            ("defs_base_path", &self.defs_base_path),
        ];
        let mut document = texts([("location_name", &self.location_name)]);
        document.insert("code_source".to_owned(), Value::Object(texts(code_source)));
        document.extend(texts([
            ("working_directory", &self.working_directory),
            ("image", &self.image),
            ("executable_path", &self.executable_path),
            ("attribute", &self.attribute),
        ]));
        document.insert("git".to_owned(), Value::Object(texts(git)));
        if self.pex_tag.as_ref().is_some_and(|tag| !tag.is_empty()) {
            let pex = texts([("pex_tag", &self.pex_tag), ("python_version", &self.python_version)]);
            document.insert("pex_metadata".to_owned(), Value::Object(pex));
        }
        if let Some(bundle) = self.pex_bundle {
            document.insert("pex_bundle".to_owned(), Value::Bool(bundle));
        }
        if let Some(state) = self.defs_state_info.as_ref().and_then(without_nulls) {
            document.insert("defs_state_info".to_owned(), state);
        }
        document
    }
}

fn texts<'a>(
    fields: impl IntoIterator<Item = (&'a str, &'a Option<String>)>,
) -> Map<String, Value> {
    fields
        .into_iter()
        .filter_map(|(key, text)| Some((key.to_owned(), Value::String(text.clone()?))))
        .collect()
}

/// The value without nulls at any depth.
fn without_nulls(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(items) => Some(items.iter().filter_map(without_nulls).collect()),
        Value::Object(map) => {
            let kept =
                map.iter().filter_map(|(key, value)| Some((key.clone(), without_nulls(value)?)));
            Some(Value::Object(kept.collect()))
        }
        other => Some(other.clone()),
    }
}

/// `str(PurePosixPath(path))`: repeated slashes and `.` go, `..` stays, two leading slashes stay two.
fn normalise_path(path: &str) -> String {
    let root = match path.len() - path.trim_start_matches('/').len() {
        0 => "",
        2 => "//",
        _ => "/",
    };
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    match format!("{root}{}", parts.join("/")) {
        empty if empty.is_empty() => ".".to_owned(),
        normal => normal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The right side is what Python 3.11 prints.
    #[test]
    fn paths_are_normalised_as_by_pathlib() {
        for (given, expected) in [
            ("", "."),
            (".", "."),
            ("./a//b.py", "a/b.py"),
            ("a/./b/", "a/b"),
            ("../a/../b.py", "../a/../b.py"),
            ("/a", "/a"),
            ("//a/b", "//a/b"),
            ("///a", "/a"),
            ("/", "/"),
            ("a b/.c", "a b/.c"),
        ] {
            assert_eq!(normalise_path(given), expected, "{given:?}");
        }
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let error = serde_json::from_str::<LocationFlags>(r#"{"imge": "x"}"#).unwrap_err();
        assert!(error.to_string().contains("unknown field `imge`"), "{error}");
    }
}
