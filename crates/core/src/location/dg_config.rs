//! What dg says of a folder: `dg.toml`, or else `tool.dg` in `pyproject.toml`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{LocationError, Place, SourceFile, read::read_optional, yaml::Position};
use crate::ports::Files;

/// The files, and where in them dg's own part is. The first that has one counts.
const FILES: [(&str, &[&str]); 2] = [("dg.toml", &[]), ("pyproject.toml", &["tool", "dg"])];

/// What a folder is to dg.
pub(super) enum Config {
    /// A project, which is one location.
    Project(Project),
    /// A workspace.
    Workspace {
        /// The paths of its projects, and where they stand.
        projects: Vec<(String, Place)>,
        /// Where it tells of them.
        at: Place,
    },
}

/// A project.
pub(super) struct Project {
    /// What its location is called, if not as its folder.
    pub(super) name: Option<String>,
    /// The Python module with its definitions.
    pub(super) module: String,
    /// The Python modules that may hold its components, in the order in which they count.
    pub(super) components: Vec<String>,
    /// The queue of the agents that may load it.
    pub(super) agent_queue: Option<String>,
    /// Its image.
    pub(super) image: Option<String>,
    /// Where it tells of itself.
    pub(super) at: Place,
}

/// What the folder `folder` is; `None` if dg does not know it.
///
/// # Errors
/// If a file is no TOML, or says something else than dg takes.
pub(super) fn read<F: Files>(files: &F, folder: &str) -> Result<Option<Config>, LocationError> {
    for (name, keys) in FILES {
        let path = format!("{folder}/{name}");
        let Some(text) = read_optional(files, &path)? else { continue };
        let file = SourceFile { name: &path, text: &text };
        let root = DeTable::parse(&text).map_err(|error| LocationError::Toml {
            at: place(file, error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
        })?;
        let span = root.span();
        let root = Spanned::new(span, DeValue::Table(root.into_inner()));
        let part = keys.iter().try_fold(&root, |node, key| node.get_ref().get(*key));
        if let Some(part) = part {
            return config(file, part).map(Some);
        }
    }
    Ok(None)
}

type Node<'a> = Spanned<DeValue<'a>>;

fn config(file: SourceFile<'_>, part: &Node<'_>) -> Result<Config, LocationError> {
    const KINDS: &str = "`project` or `workspace`";
    let kind = member(file, part, "directory_type")?;
    match kind.get_ref().as_str() {
        Some("project") => project(file, member(file, part, "project")?).map(Config::Project),
        Some("workspace") => workspace(file, member(file, part, "workspace")?),
        _ => Err(shape(file, kind, "`directory_type`", KINDS)),
    }
}

fn project(file: SourceFile<'_>, node: &Node<'_>) -> Result<Project, LocationError> {
    let text = |key| node.get_ref().get(key).map(|value| string(file, value, "it")).transpose();
    let root_module = string(file, member(file, node, "root_module")?, "`root_module`")?;
    let is_given = |text: &String| !text.is_empty();
    // A path is found for the project's own modules only.
    let is_own = |module: &String| module.starts_with(&root_module);
    let components = match text("defs_module")?.filter(is_given) {
        Some(module) => Some(module).filter(is_own).into_iter().collect(),
        None => ["defs", "definitions"].map(|name| format!("{root_module}.{name}")).to_vec(),
    };
    Ok(Project {
        components,
        name: text("code_location_name")?.filter(is_given),
        module: text("code_location_target_module")?
            .filter(is_given)
            .unwrap_or_else(|| format!("{root_module}.definitions")),
        agent_queue: text("agent_queue")?.filter(is_given),
        image: text("image")?.filter(is_given),
        at: place(file, node.span().start),
    })
}

fn workspace(file: SourceFile<'_>, node: &Node<'_>) -> Result<Config, LocationError> {
    let at = place(file, node.span().start);
    let Some(listed) = node.get_ref().get("projects") else {
        return Ok(Config::Workspace { projects: Vec::new(), at });
    };
    let Some(entries) = listed.get_ref().as_array() else {
        return Err(shape(file, listed, "`projects`", "a list"));
    };
    let path = |entry: &Node<'_>| {
        let path = member(file, entry, "path")?;
        Ok((string(file, path, "`path`")?, place(file, path.span().start)))
    };
    Ok(Config::Workspace { projects: entries.iter().map(path).collect::<Result<_, _>>()?, at })
}

fn member<'n, 'a>(
    file: SourceFile<'_>,
    node: &'n Node<'a>,
    key: &'static str,
) -> Result<&'n Node<'a>, LocationError> {
    if !node.get_ref().is_table() {
        return Err(shape(file, node, "the part of dg", "a mapping"));
    }
    let missing = || LocationError::Unset { at: place(file, node.span().start), key };
    node.get_ref().get(key).ok_or_else(missing)
}

fn string(
    file: SourceFile<'_>,
    node: &Node<'_>,
    what: &'static str,
) -> Result<String, LocationError> {
    let text = node.get_ref().as_str().map(str::to_owned);
    text.ok_or_else(|| shape(file, node, what, "a string"))
}

fn shape(
    file: SourceFile<'_>,
    node: &Node<'_>,
    what: &'static str,
    expected: &'static str,
) -> LocationError {
    let found = match node.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a timestamp",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a mapping",
    };
    LocationError::Shape { at: place(file, node.span().start), what, expected, found }
}

/// Where the byte `offset` stands.
fn place(file: SourceFile<'_>, offset: usize) -> Place {
    let before = file.text.get(..offset).unwrap_or(file.text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    file.place(Position { line, column })
}
