//! The document of a whole workspace file.

use serde_json::{Map, Value as Json};

use super::{
    LocationError, SourceFile,
    document::{drop_credentials, json_object},
    yaml::{self, Node, Value},
};

/// The keys of the old form that moved into `code_source`.
const CODE_SOURCE: [&str; 4] =
    ["python_file", "package_name", "module_name", "autoload_defs_module_name"];

/// The document of `file` as `reconcileLocationsFromDocument` takes it: the file as it is, `build` included, but for
/// credentials in links to the source code.
///
/// The old form, where `locations` is a mapping by name, becomes the list of today.
///
/// # Errors
/// When the file is no such document, or when JSON cannot say it.
pub fn reconcile(file: SourceFile<'_>) -> Result<Json, LocationError> {
    let root = yaml::load(file.text).map_err(|error| file.syntax(error))?;
    if !matches!(root.value, Value::Map(_)) {
        return Err(file.shape(&root, "the workspace file", "a mapping"));
    }
    let mut document = match root.value.get("locations") {
        Some(locations) => match &locations.value {
            Value::List(_) => Ok(Json::Object(json_object(file, &root)?)),
            Value::Map(entries) => migrate(file, entries),
            _ => Err(file.shape(locations, "`locations`", "a list")),
        },
        None => Err(LocationError::WithoutLocations { at: file.place(root.span.start) }),
    }?;
    let locations = document.get_mut("locations").and_then(Json::as_array_mut);
    let locations = locations.into_iter().flatten().filter_map(Json::as_object_mut);
    locations.for_each(drop_credentials);
    Ok(document)
}

fn migrate(file: SourceFile<'_>, entries: &[(Node, Node)]) -> Result<Json, LocationError> {
    let mut locations = Vec::with_capacity(entries.len());
    for (name, entry) in entries {
        if !matches!(entry.value, Value::Map(_)) {
            return Err(file.shape(entry, "a location", "a mapping"));
        }
        let mut location = json_object(file, entry)?;
        let mut code_source = Map::new();
        for key in CODE_SOURCE {
            if let Some(value) = location.shift_remove(key) {
                code_source.insert(key.to_owned(), value);
            }
        }
        location.insert("code_source".to_owned(), Json::Object(code_source));
        let name = yaml::to_json(name).map_err(|error| file.unsendable(error))?;
        location.insert("location_name".to_owned(), name);
        locations.push(Json::Object(location));
    }
    Ok(Json::Object(Map::from_iter([("locations".to_owned(), Json::Array(locations))])))
}
