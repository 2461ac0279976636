//! The locations of a dg project, or of all projects of a dg workspace, as `dg plus deploy` takes them from
//! `pyproject.toml` or `dg.toml`, `build.yaml` and `container_context.yaml`.
//!
//! What a workspace says counts for its projects where they say nothing else: only if it is the workspace that is
//! deployed. A project that is deployed alone is taken for itself.

use serde_json::{Map, Value as Json, json};

use super::{
    Buildable, LocationError, SourceFile, Unreadable,
    build::{select, text},
    dg_config::{self, Config, Project},
    document::json_object,
    merge::merge,
    read::read_optional,
    yaml::{self, Node, Value},
};
use crate::ports::Files;

/// The locations of the project or the workspace whose top is `folder`, or those with the names in `chosen`; `None` if
/// it is neither.
///
/// # Errors
/// If a file is wrong, if a project of the workspace is missing, if two have one name, or if a chosen one is missing.
pub(super) fn locations<F: Files>(
    files: &F,
    folder: &str,
    chosen: &[String],
) -> Result<Option<Vec<Buildable>>, LocationError> {
    let folder = folder.trim_end_matches('/');
    let Some(config) = dg_config::read(files, folder)? else { return Ok(None) };
    let (buildables, at) = match config {
        Config::Project(project) => {
            let at = project.at.clone();
            let components = components(files, folder, &project.components)?;
            (vec![Buildable { components, ..buildable(files, folder, project, None)? }], at)
        }
        Config::Workspace { projects, at } => {
            let mut buildables = Vec::with_capacity(projects.len());
            for (path, at) in projects {
                let below = join(folder, &path);
                let Some(Config::Project(project)) = dg_config::read(files, &below)? else {
                    return Err(LocationError::NoProject { at, path });
                };
                buildables.push(buildable(files, &below, project, Some(folder))?);
            }
            (buildables, at)
        }
    };
    select(buildables, chosen, at).map(Some)
}

/// The location of `project` in `folder`, as a part of `workspace`.
fn buildable<F: Files>(
    files: &F,
    folder: &str,
    project: Project,
    workspace: Option<&str>,
) -> Result<Buildable, LocationError> {
    let Project { name, module, agent_queue, image, at, .. } = project;
    let name = name.unwrap_or_else(|| folder.rsplit('/').next().unwrap_or_default().to_owned());
    let registry = match (registry(files, folder)?, workspace) {
        (None, Some(workspace)) => registry(files, workspace)?,
        (registry, _) => registry,
    };
    let mut document = Map::new();
    document.insert("location_name".to_owned(), json!(name));
    document.insert("code_source".to_owned(), json!({ "module_name": module }));
    let container_context = container_context(files, folder, workspace)?;
    if !container_context.is_empty() {
        document.insert("container_context".to_owned(), Json::Object(container_context));
    }
    for (key, value) in [("agent_queue", agent_queue), ("image", image.clone())] {
        document.extend(value.map(|value| (key.to_owned(), Json::String(value))));
    }
    Ok(Buildable { name, registry, image, at, components: None, document })
}

/// The path of the first of `modules` that is there.
fn components<F: Files>(
    files: &F,
    folder: &str,
    modules: &[String],
) -> Result<Option<String>, LocationError> {
    let is_dir = |path: &str| {
        files.is_dir(path).map_err(|error| LocationError::Unreadable {
            file: path.to_owned(),
            reason: Unreadable::System(error.to_string()),
        })
    };
    let sources = format!("{folder}/src");
    let sources = if is_dir(&sources)? { &sources } else { folder };
    for module in modules {
        let path = format!("{sources}/{}", module.replace('.', "/"));
        let file = format!("{path}.py");
        if read_optional(files, &file)?.is_some() {
            return Ok(Some(file));
        }
        if is_dir(&path)? {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// Where the images of what is in `folder` are pushed to, by its `build.yaml`.
fn registry<F: Files>(files: &F, folder: &str) -> Result<Option<String>, LocationError> {
    let Some(build) = YamlFile::read(files, format!("{folder}/build.yaml"))? else {
        return Ok(None);
    };
    text(build.source(), &build.root, "registry", "`registry`")
}

/// That of `folder` over that of `workspace`. The paths of its lists are not those of a document here, so that all of them
/// are joined, as the official client does it.
fn container_context<F: Files>(
    files: &F,
    folder: &str,
    workspace: Option<&str>,
) -> Result<Map<String, Json>, LocationError> {
    let read = |folder: &str| YamlFile::read(files, format!("{folder}/container_context.yaml"));
    let shared = workspace.map(read).transpose()?.flatten();
    match (shared, read(folder)?) {
        (None, None) => Ok(Map::new()),
        (Some(file), None) | (None, Some(file)) => json_object(file.source(), &file.root),
        (Some(shared), Some(own)) => {
            let onto = (shared.source(), shared.root.clone());
            let merged = merge("", onto, (own.source(), own.root.clone()))?;
            json_object(own.source(), &merged)
        }
    }
}

/// A file that holds a mapping.
struct YamlFile {
    name: String,
    text: String,
    root: Node,
}

impl YamlFile {
    /// The file at `path`, unless there is none or it says nothing.
    fn read<F: Files>(files: &F, path: String) -> Result<Option<Self>, LocationError> {
        let Some(text) = read_optional(files, &path)? else { return Ok(None) };
        let file = SourceFile { name: &path, text: &text };
        let root = yaml::load(&text).map_err(|error| file.syntax(error))?;
        match root.value {
            Value::Null => Ok(None),
            Value::Map(_) => Ok(Some(Self { name: path, text, root })),
            _ => Err(file.shape(&root, "the file", "a mapping")),
        }
    }

    fn source(&self) -> SourceFile<'_> {
        SourceFile { name: &self.name, text: &self.text }
    }
}

/// `path` as seen from `folder`, without what means nothing in it.
fn join(folder: &str, path: &str) -> String {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    parts.fold(folder.to_owned(), |path, part| format!("{path}/{part}"))
}
