//! The document of one location.

use serde_json::{Map, Value as Json};

use super::{
    LocationError, LocationFlags, Place, SourceFile,
    yaml::{self, Node, Value},
};
use crate::git::without_user;

/// A document as `addOrUpdateLocationFromDocument` takes it, and the location's name in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What the location is called. A name that is no string in the file is shown as JSON.
    pub location_name: String,
    /// The document.
    pub value: Json,
}

/// The document of one location: what `file` says of it, and over that what `flags` say.
///
/// The file is one location, or has a list of them under `locations`, where the name in `flags` chooses; of
/// several entries with that name the last counts. Mappings are merged deeply, anything else is replaced.
/// `build` is left out, because it is for those who build the image. Nulls in the file stay. Credentials in the link to
/// the source code go.
///
/// Unlike the official client, a mapping that the file shares by an anchor between two places of one location
/// is merged with the flags only in its own place.
///
/// # Errors
/// When the file is no such document, when no name or another name is given, or when JSON cannot say it.
pub fn single(
    file: Option<SourceFile<'_>>,
    flags: &LocationFlags,
) -> Result<Document, LocationError> {
    let Some(file) = file else {
        return match flags.location_name.as_ref().is_none_or(String::is_empty) {
            true => Err(LocationError::Nameless { at: None }),
            false => finish(Map::new(), None, flags),
        };
    };
    let root = yaml::load(file.text).map_err(|error| file.syntax(error))?;
    let mut node = choose(file, root, flags.location_name.as_deref())?;
    node.value.remove("build");
    finish(json_object(file, &node)?, Some(file.place(node.span.start)), flags)
}

/// What `document` says, which stands at `place` if it is from a file, and over that what `flags` say.
pub(super) fn finish(
    mut document: Map<String, Json>,
    place: Option<Place>,
    flags: &LocationFlags,
) -> Result<Document, LocationError> {
    merge(&mut document, flags.document());
    drop_credentials(&mut document);
    let location_name = match document.get("location_name") {
        Some(Json::String(name)) => name.clone(),
        None | Some(Json::Null) => return Err(LocationError::Nameless { at: place }),
        Some(other) => other.to_string(),
    };
    Ok(Document { location_name, value: Json::Object(document) })
}

/// Takes user and password out of the link to the source code, which everybody sees who sees the location. CI systems
/// have URLs with a token in them at hand.
pub(super) fn drop_credentials(document: &mut Map<String, Json>) {
    let url = document.get_mut("git").and_then(|git| git.get_mut("url"));
    if let Some(Json::String(url)) = url {
        *url = without_user(url);
    }
}

/// The node of the location that is meant.
fn choose(file: SourceFile<'_>, root: Node, wanted: Option<&str>) -> Result<Node, LocationError> {
    // To the official client an empty name chooses nothing, and yet it is sent.
    let wanted = wanted.filter(|name| !name.is_empty());
    if !matches!(root.value, Value::Map(_)) {
        return Err(file.shape(&root, "the location file", "a mapping"));
    }
    if let Some((_, locations)) = root.value.entry("locations") {
        return from_list(file, locations, wanted);
    }
    if let (Some(wanted), Some(named)) = (wanted, root.value.get("location_name"))
        && truthy(&named.value)
        && !is_text(&named.value, wanted)
    {
        let at = file.place(named.span.start);
        return Err(LocationError::Differs { at, wanted: wanted.to_owned(), found: shown(named) });
    }
    Ok(root)
}

fn from_list(
    file: SourceFile<'_>,
    locations: &Node,
    wanted: Option<&str>,
) -> Result<Node, LocationError> {
    let Value::List(entries) = &locations.value else {
        return Err(file.shape(locations, "`locations`", "a list"));
    };
    let mut named = Vec::with_capacity(entries.len());
    for entry in entries {
        if !matches!(entry.value, Value::Map(_)) {
            return Err(file.shape(entry, "an entry of `locations`", "a mapping"));
        }
        let Some(name) = entry.value.get("location_name") else {
            return Err(LocationError::NamelessEntry { at: file.place(entry.span.start) });
        };
        named.push((name, entry));
    }
    let known = || named.iter().map(|(name, _)| shown(name)).collect();
    let at = file.place(locations.span.start);
    let Some(wanted) = wanted else { return Err(LocationError::Unchosen { at, known: known() }) };
    match named.iter().rfind(|(name, _)| is_text(&name.value, wanted)) {
        Some((_, entry)) => Ok((*entry).clone()),
        None => Err(LocationError::Unknown { at, wanted: wanted.to_owned(), known: known() }),
    }
}

/// Adds `over` to `onto`: mappings in both are merged, anything else is replaced.
fn merge(onto: &mut Map<String, Json>, over: Map<String, Json>) {
    for (key, value) in over {
        match (onto.get_mut(&key), value) {
            (Some(Json::Object(inner)), Json::Object(value)) => merge(inner, value),
            (_, value) => {
                onto.insert(key, value);
            }
        }
    }
}

pub(super) fn json_object(
    file: SourceFile<'_>,
    node: &Node,
) -> Result<Map<String, Json>, LocationError> {
    match yaml::to_json(node).map_err(|error| file.unsendable(error))? {
        Json::Object(map) => Ok(map),
        _ => Err(file.shape(node, "the location file", "a mapping")),
    }
}

fn is_text(value: &Value, text: &str) -> bool {
    matches!(value, Value::Str(found) if found == text)
}

/// Whether Python's `if` takes the value for true.
fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::Str(text) | Value::Binary(text) => !text.is_empty(),
        Value::List(items) | Value::Set(items) => !items.is_empty(),
        Value::Map(pairs) => !pairs.is_empty(),
        Value::Pair(_) | Value::Timestamp(_) => true,
    }
}

/// A name as it is shown in messages.
pub(super) fn shown(node: &Node) -> String {
    match &node.value {
        Value::Str(text) => text.clone(),
        _ => yaml::to_json(node)
            .map_or_else(|_| node.value.kind().to_owned(), |json| json.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Code, Explain};

    const TWO: &str =
        "locations:\n  - location_name: data-eng\n    image: x\n  - location_name: ml\n";

    fn refusal(text: &str, name: Option<&str>) -> LocationError {
        let flags =
            LocationFlags { location_name: name.map(str::to_owned), ..LocationFlags::default() };
        single(Some(SourceFile { name: "locations.yaml", text }), &flags).unwrap_err()
    }

    fn assert_says(error: &LocationError, code: Code, message: &str, hint: Option<&str>) {
        assert_eq!(
            (error.code(), error.to_string().as_str(), error.hint().as_deref()),
            (code, message, hint)
        );
    }

    #[test]
    fn a_name_that_is_not_there_is_answered_with_those_that_are() {
        assert_says(
            &refusal(TWO, Some("data_eng")),
            Code::LocationUnknown,
            "locations.yaml:2:3: the file has no location `data_eng`",
            Some("did you mean `data-eng`? the file has `data-eng`, `ml`"),
        );
        assert_says(
            &refusal(TWO, Some("other")),
            Code::LocationUnknown,
            "locations.yaml:2:3: the file has no location `other`",
            Some("the file has `data-eng`, `ml`"),
        );
        assert_says(
            &refusal(TWO, None),
            Code::LocationInvalid,
            "locations.yaml:2:3: the file holds a list of locations, and none is chosen",
            Some("pass `--location-name` with one of `data-eng`, `ml`"),
        );
        assert_says(
            &refusal("# one\nlocation_name: a\n", Some("b")),
            Code::LocationUnknown,
            "locations.yaml:2:16: the file describes the location `a`, not `b`",
            Some("pass `--location-name a`, or leave it out"),
        );
    }

    #[test]
    fn no_credentials_are_sent_in_the_link_to_the_code() {
        let url = "https://bob:hunter2@git.example/acme/shop";
        let text = format!("location_name: a\ngit: {{url: '{url}'}}\n");
        let file = SourceFile { name: "locations.yaml", text: &text };
        let by_flag = LocationFlags { git_url: Some(url.to_owned()), ..LocationFlags::default() };
        let flags = LocationFlags { location_name: Some("a".to_owned()), ..by_flag };
        for document in [single(Some(file), &LocationFlags::default()), single(None, &flags)] {
            let sent = document.unwrap().value;
            assert_eq!(sent["git"]["url"], "https://git.example/acme/shop");
        }
        let workspace = format!("locations:\n- location_name: a\n  git: {{url: '{url}'}}\n");
        let file = SourceFile { name: "workspace.yaml", text: &workspace };
        let sent = super::super::reconcile(file).unwrap();
        assert_eq!(sent["locations"][0]["git"]["url"], "https://git.example/acme/shop");
    }

    #[test]
    fn a_name_is_needed() {
        let hint = Some("pass `--location-name`, or a `--location-file` with a `location_name`");
        let error = single(None, &LocationFlags::default()).unwrap_err();
        assert_says(&error, Code::LocationInvalid, "no location name is given", hint);
        let error = refusal("image: x\n", None);
        assert_says(
            &error,
            Code::LocationInvalid,
            "no location name is given, and locations.yaml:1:1 has none",
            hint,
        );
    }

    #[test]
    fn what_breaks_the_official_client_is_named() {
        for (text, message) in [
            ("", "locations.yaml:1:1: the location file: expected a mapping, found nothing"),
            ("- a\n", "locations.yaml:1:1: the location file: expected a mapping, found a list"),
            ("locations:\n", "locations.yaml:1:10: `locations`: expected a list, found nothing"),
            (
                "locations:\n  a: {}\n",
                "locations.yaml:2:3: `locations`: expected a list, found a mapping",
            ),
            (
                "locations:\n- a\n",
                "locations.yaml:2:3: an entry of `locations`: expected a mapping, found a string",
            ),
            (
                "locations:\n- image: x\n",
                "locations.yaml:2:3: an entry of `locations` has no `location_name`",
            ),
            (
                "location_name: a\nvalue: .nan\n",
                "locations.yaml:2:8: infinity and not-a-number cannot be sent as JSON: use quotes for text",
            ),
        ] {
            let error = refusal(text, Some("a"));
            assert_eq!(
                (error.code(), error.to_string().as_str()),
                (Code::LocationInvalid, message)
            );
        }
    }

    #[test]
    fn a_syntax_error_shows_its_line() {
        let error = refusal("\u{feff}locations:\r\n\r\n  - location_name: a: b\r\n", Some("a"));
        assert_eq!(error.code(), Code::LocationSyntax);
        assert!(error.to_string().starts_with("locations.yaml:3:21: "), "{error}");
        assert_eq!(
            error.detail().unwrap(),
            "3 |   - location_name: a: b\n  |                     ^"
        );
        let long = format!("a: {}\t{}", "é".repeat(200), "x".repeat(200));
        let detail = refusal(&long, None).detail().unwrap();
        assert_eq!(
            detail,
            format!("1 | {}\t{}\n  | {}^", "é".repeat(60), "x".repeat(39), " ".repeat(60))
        );
    }
}
