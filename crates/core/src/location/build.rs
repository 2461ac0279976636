//! The locations that a build deploys, from a `dagster_cloud.yaml` or a `build.yaml`.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::{
    Document, LocationError, LocationFlags, Place, SourceFile,
    document::{finish, json_object, shown},
    merge::with_defaults,
    yaml::{self, Node, Value},
};

/// What may stand in `defaults`, as the official client has it.
const DEFAULTS: [&str; 6] =
    ["build", "working_directory", "image", "executable_path", "container_context", "agent_queue"];

/// A location that a build deploys: its document, and what its image follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buildable {
    /// Its name.
    pub name: String,
    /// Where its images are pushed to: `build.registry`. That is for those who build, and never sent.
    pub registry: Option<String>,
    /// The image that the file itself names.
    pub image: Option<String>,
    /// Where it stands.
    pub at: Place,
    /// The path of its components, for those who edit them on its page: only of a dg project that is deployed alone.
    pub components: Option<String>,
    /// All that is sent of it.
    pub(super) document: Map<String, Json>,
}

impl Buildable {
    /// Its document, with what `flags` say over what the file says.
    ///
    /// # Errors
    /// As [`super::single`].
    pub fn document(self, flags: &LocationFlags) -> Result<Document, LocationError> {
        let flags = LocationFlags { location_name: Some(self.name), ..flags.clone() };
        finish(self.document, Some(self.at), &flags)
    }
}

/// The locations in `file`, or those with the names in `chosen`.
///
/// The file lists them under `locations`, with `defaults` for all of them if it has any, or it is one location. The
/// `build.yaml` of a project is none and has only a `registry`, so that its name is the one in `chosen`.
///
/// # Errors
/// As [`super::single`]; also if two locations have one name, if a chosen one is missing, or if the defaults are not such,
/// or do not fit a location.
pub fn build_file(
    file: SourceFile<'_>,
    chosen: &[String],
) -> Result<Vec<Buildable>, LocationError> {
    let root = yaml::load(file.text).map_err(|error| file.syntax(error))?;
    let (buildables, at) = read(file, root, chosen)?;
    select(buildables, chosen, at)
}

/// Whether the text is that of a `build.yaml` that says nothing of locations: the one of a project, or of a workspace.
pub(super) fn is_of_project(file: SourceFile<'_>) -> Result<bool, LocationError> {
    let root = yaml::load(file.text).map_err(|error| file.syntax(error))?;
    let says = |key| root.value.get(key).is_some();
    Ok(!says("locations") && !says("location_name"))
}

/// Those of `buildables` with the names in `chosen`, which stand `at` a place.
pub(super) fn select(
    mut buildables: Vec<Buildable>,
    chosen: &[String],
    at: Place,
) -> Result<Vec<Buildable>, LocationError> {
    let mut seen = BTreeSet::new();
    for Buildable { name, at, .. } in &buildables {
        if !seen.insert(name.clone()) {
            return Err(LocationError::Twice { at: at.clone(), name: name.clone() });
        }
    }
    if let Some(wanted) = chosen.iter().find(|name| !seen.contains(*name)) {
        let known = seen.into_iter().collect();
        return Err(LocationError::Unknown { at, wanted: wanted.clone(), known });
    }
    buildables.retain(|buildable| chosen.is_empty() || chosen.contains(&buildable.name));
    Ok(buildables)
}

/// The text under `key`, if it is there.
pub(super) fn text(
    file: SourceFile<'_>,
    node: &Node,
    key: &str,
    what: &'static str,
) -> Result<Option<String>, LocationError> {
    match node.value.get(key) {
        None | Some(Node { value: Value::Null, .. }) => Ok(None),
        Some(Node { value: Value::Str(text), .. }) => Ok(Some(text.clone())),
        Some(other) => Err(file.shape(other, what, "a string")),
    }
}

/// All locations of the file, and where it tells of them.
fn read(
    file: SourceFile<'_>,
    root: Node,
    chosen: &[String],
) -> Result<(Vec<Buildable>, Place), LocationError> {
    if !matches!(root.value, Value::Map(_)) {
        return Err(file.shape(&root, "the location file", "a mapping"));
    }
    let defaults = root.value.entry("defaults").filter(|(_, node)| node.value != Value::Null);
    let Some(locations) = root.value.get("locations") else {
        if let Some((key, _)) = defaults {
            return Err(LocationError::Defaults { at: file.place(key.span.start) });
        }
        let at = file.place(root.span.start);
        return Ok((vec![only(file, root, chosen)?], at));
    };
    let defaults = defaults.map(|(_, node)| node);
    if let Some(node) = defaults {
        check_defaults(file, node)?;
    }
    let Value::List(listed) = &locations.value else {
        return Err(file.shape(locations, "`locations`", "a list"));
    };
    let entry = |entry: &Node| {
        if !matches!(entry.value, Value::Map(_)) {
            return Err(file.shape(entry, "an entry of `locations`", "a mapping"));
        }
        let entry = match defaults {
            Some(defaults) => with_defaults(file, defaults, entry)?,
            None => entry.clone(),
        };
        let Some(name) = entry.value.get("location_name") else {
            return Err(LocationError::NamelessEntry { at: file.place(entry.span.start) });
        };
        let (name, at) = (shown(name), file.place(name.span.start));
        Ok(Buildable { at, ..buildable(file, name, entry)? })
    };
    let buildables = listed.iter().map(entry).collect::<Result<_, _>>()?;
    Ok((buildables, file.place(locations.span.start)))
}

/// The one location that the file is, or is about.
fn only(file: SourceFile<'_>, root: Node, chosen: &[String]) -> Result<Buildable, LocationError> {
    match (root.value.get("location_name").map(|name| (shown(name), name.span.start)), chosen) {
        (Some((name, _)), []) => buildable(file, name, root),
        (Some((name, _)), [wanted]) if name == *wanted => buildable(file, name, root),
        (Some((found, at)), wanted) => {
            Err(LocationError::Differs { at: file.place(at), wanted: wanted.join(", "), found })
        }
        (None, [name]) if root.value.get("registry").is_some() => Ok(Buildable {
            name: name.clone(),
            registry: text(file, &root, "registry", "`registry`")?,
            image: None,
            at: file.place(root.span.start),
            components: None,
            document: Map::new(),
        }),
        (None, _) => Err(LocationError::NoBuild { at: file.place(root.span.start) }),
    }
}

fn buildable(
    file: SourceFile<'_>,
    name: String,
    mut node: Node,
) -> Result<Buildable, LocationError> {
    let registry = match node.value.get("build") {
        Some(build) => text(file, build, "registry", "`build.registry`")?,
        None => None,
    };
    let image = text(file, &node, "image", "`image`")?;
    node.value.remove("build");
    let document = json_object(file, &node)?;
    let at = file.place(node.span.start);
    Ok(Buildable { name, registry, image, at, components: None, document })
}

fn check_defaults(file: SourceFile<'_>, defaults: &Node) -> Result<(), LocationError> {
    let Value::Map(pairs) = &defaults.value else {
        return Err(file.shape(defaults, "`defaults`", "a mapping"));
    };
    let is_known =
        |key: &Node| matches!(&key.value, Value::Str(key) if DEFAULTS.contains(&key.as_str()));
    match pairs.iter().find(|(key, _)| !is_known(key)) {
        Some((key, _)) => Err(LocationError::NoDefault {
            at: file.place(key.span.start),
            key: shown(key),
            known: DEFAULTS.map(str::to_owned).to_vec(),
        }),
        None => Ok(()),
    }
}
