//! Finding the locations of a build without being told a file.

use super::{
    Buildable, LocationError, SourceFile, build::is_of_project, build_file, dg, read::read_optional,
};
use crate::ports::Files;

/// The locations of the first of `folders` that has any, or those of them with the names in `chosen`; `None` if none has.
///
/// A folder has what its `build.yaml` or `dagster_cloud.yaml` lists, or else what it is as a dg project or workspace, or
/// else, for those who name it, the one location that a project's `build.yaml` is for.
///
/// # Errors
/// As [`build_file`].
pub fn discover<'a, F: Files>(
    files: &F,
    folders: impl IntoIterator<Item = &'a str>,
    chosen: &[String],
) -> Result<Option<Vec<Buildable>>, LocationError> {
    for folder in folders {
        let folder = folder.trim_end_matches('/');
        let mut of_project = None;
        for name in ["build.yaml", "dagster_cloud.yaml"] {
            let path = format!("{folder}/{name}");
            let Some(text) = read_optional(files, &path)? else { continue };
            let file = SourceFile { name: &path, text: &text };
            if name == "build.yaml" && is_of_project(file)? {
                of_project = Some((path, text));
            } else {
                return build_file(file, chosen).map(Some);
            }
        }
        if let Some(found) = dg::locations(files, folder, chosen)? {
            return Ok(Some(found));
        }
        if let Some((name, text)) = &of_project {
            return build_file(SourceFile { name, text }, chosen).map(Some);
        }
    }
    Ok(None)
}
