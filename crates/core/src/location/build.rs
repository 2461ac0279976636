//! The documents of the locations of a `build.yaml` or `dagster_cloud.yaml`.

use std::collections::BTreeSet;

use super::{
    Document, LocationError, LocationFlags, Place, SourceFile,
    document::{finish, shown},
    yaml::{self, Node, Value},
};

/// A location of a build file, as far as its image follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buildable {
    /// Its name.
    pub name: String,
    /// Where its images are pushed to: `build.registry`.
    pub registry: Option<String>,
    /// The image that the file itself names.
    pub image: Option<String>,
    /// Where it stands.
    pub at: Place,
}

/// The documents of the locations in `file`, or of those with the names in `chosen`, each with what `complete` says of it.
///
/// The file lists them under `locations`, or is one location; the `build.yaml` of a single project is none and has only
/// a `registry`, so that its name is the one in `chosen`. `build` itself is never sent.
///
/// # Errors
/// As [`super::single`]; also if two locations have one name, if a chosen one is missing, if the file has `defaults`, and
/// what `complete` fails with.
pub fn build_file<E: From<LocationError>>(
    file: SourceFile<'_>,
    chosen: &[String],
    complete: impl Fn(&Buildable) -> Result<LocationFlags, E>,
) -> Result<Vec<Document>, E> {
    let root = yaml::load(file.text).map_err(|error| file.syntax(error))?;
    let mut documents = Vec::new();
    for (name, node) in entries(file, &root, chosen)? {
        let build = node.value.get("build").unwrap_or(node);
        let buildable = Buildable {
            registry: text(file, build, "registry")?,
            image: text(file, node, "image")?,
            at: file.place(node.span.start),
            name,
        };
        let flags = complete(&buildable)?;
        let flags = LocationFlags { location_name: Some(buildable.name), ..flags };
        documents.push(finish(Some((file, node.clone())), &flags)?);
    }
    Ok(documents)
}

fn entries<'n>(
    file: SourceFile<'_>,
    root: &'n Node,
    chosen: &[String],
) -> Result<Vec<(String, &'n Node)>, LocationError> {
    if !matches!(root.value, Value::Map(_)) {
        return Err(file.shape(root, "the location file", "a mapping"));
    }
    if let Some((key, defaults)) = root.value.entry("defaults")
        && defaults.value != Value::Null
    {
        return Err(LocationError::Defaults { at: file.place(key.span.start) });
    }
    let Some(locations) = root.value.get("locations") else {
        return match (root.value.get("location_name"), chosen) {
            (Some(name), []) => Ok(vec![(shown(name), root)]),
            (Some(name), [wanted]) if shown(name) == *wanted => Ok(vec![(shown(name), root)]),
            (None, [name]) if root.value.get("registry").is_some() => {
                Ok(vec![(name.clone(), root)])
            }
            (Some(name), wanted) => Err(LocationError::Differs {
                at: file.place(name.span.start),
                wanted: wanted.join(", "),
                found: shown(name),
            }),
            (None, _) => Err(LocationError::NoBuild { at: file.place(root.span.start) }),
        };
    };
    let Value::List(listed) = &locations.value else {
        return Err(file.shape(locations, "`locations`", "a list"));
    };
    let mut named = Vec::with_capacity(listed.len());
    let mut seen = BTreeSet::new();
    for entry in listed {
        if !matches!(entry.value, Value::Map(_)) {
            return Err(file.shape(entry, "an entry of `locations`", "a mapping"));
        }
        let Some(name) = entry.value.get("location_name") else {
            return Err(LocationError::NamelessEntry { at: file.place(entry.span.start) });
        };
        let at = name.span.start;
        let name = shown(name);
        if !seen.insert(name.clone()) {
            return Err(LocationError::Twice { at: file.place(at), name });
        }
        named.push((name, entry));
    }
    for wanted in chosen {
        if !seen.contains(wanted) {
            return Err(LocationError::Unknown {
                at: file.place(locations.span.start),
                wanted: wanted.clone(),
                known: seen.into_iter().collect(),
            });
        }
    }
    if !chosen.is_empty() {
        named.retain(|(name, _)| chosen.contains(name));
    }
    Ok(named)
}

/// The text under `key`, if it is there.
fn text(file: SourceFile<'_>, node: &Node, key: &str) -> Result<Option<String>, LocationError> {
    let what = if key == "image" { "`image`" } else { "`build.registry`" };
    match node.value.get(key) {
        None => Ok(None),
        Some(Node { value: Value::Null, .. }) => Ok(None),
        Some(Node { value: Value::Str(text), .. }) => Ok(Some(text.clone())),
        Some(other) => Err(file.shape(other, what, "a string")),
    }
}
