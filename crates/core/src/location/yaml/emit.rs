//! JSON as YAML, to the byte as PyYAML's `yaml.dump` prints it by default: keys sorted, block style, lists not
//! indented below their key, folded behind column 80, ASCII only.

mod float;
mod quote;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

pub(super) use float::python_float;
use quote::{Style, Writer, style};

const INDENT: usize = 2;
/// PyYAML counts the tag `!!str` in the length of a key.
const LONGEST_KEY: usize = 122;

/// `value` as a YAML document, which the official loader reads back as an equal value.
///
/// It recurses as deep as the value is nested, which the JSON parser bounds for answers of a server.
pub fn to_yaml(value: &Json) -> String {
    let mut writer = Writer::default();
    match value {
        Json::Object(map) if !map.is_empty() => mapping(&mut writer, map, 0),
        Json::Array(items) if !items.is_empty() => sequence(&mut writer, items, 0),
        _ => {
            // A plain scalar alone needs the marker, so that a reader knows that it ends.
            let plain = scalar(&mut writer, value, INDENT) == Style::Plain;
            writer.line_break();
            if plain {
                writer.raw("...");
            }
        }
    }
    writer.finish()
}

fn mapping(writer: &mut Writer, map: &Map<String, Json>, indent: usize) {
    // Put in one by one: collecting would sort, and the code that sorts is 4 kB of the npm package.
    let mut entries = BTreeMap::new();
    entries.extend(map);
    for (key, value) in entries {
        writer.indent(indent);
        if is_simple(key) {
            writer.text(key, style(key, true), None);
            writer.raw(":");
            match value {
                Json::Array(items) if !items.is_empty() => sequence(writer, items, indent),
                _ => node(writer, value, indent),
            }
        } else {
            writer.marker("?");
            writer.text(key, style(key, false), Some(indent + INDENT));
            writer.indent(indent);
            writer.marker(":");
            node(writer, value, indent);
        }
    }
}

/// Whether `key` can stand before its colon without a `?`.
fn is_simple(key: &str) -> bool {
    !key.is_empty()
        && !key.contains(['\n', '\u{85}', '\u{2028}', '\u{2029}'])
        && key.chars().count() <= LONGEST_KEY
}

fn sequence(writer: &mut Writer, items: &[Json], indent: usize) {
    for item in items {
        writer.indent(indent);
        writer.marker("-");
        node(writer, item, indent);
    }
}

/// What stands behind an indicator at `indent`.
fn node(writer: &mut Writer, value: &Json, indent: usize) {
    match value {
        Json::Object(map) if !map.is_empty() => mapping(writer, map, indent + INDENT),
        Json::Array(items) if !items.is_empty() => sequence(writer, items, indent + INDENT),
        _ => {
            scalar(writer, value, indent + INDENT);
        }
    }
}

fn scalar(writer: &mut Writer, value: &Json, indent: usize) -> Style {
    let (text, style) = match value {
        Json::String(text) => {
            let style = style(text, false);
            writer.text(text, style, Some(indent));
            return style;
        }
        Json::Null => ("null".to_owned(), Style::Plain),
        Json::Bool(value) => (value.to_string(), Style::Plain),
        Json::Number(number) => (number_text(number), Style::Plain),
        Json::Array(_) => ("[]".to_owned(), Style::Bracket),
        Json::Object(_) => ("{}".to_owned(), Style::Bracket),
    };
    writer.blank();
    writer.raw(&text);
    style
}

fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(float) => {
            let text = python_float(float);
            // Without a point it would be read as a string.
            if text.contains('.') { text } else { text.replacen('e', ".0e", 1) }
        }
        None => number.to_string(),
    }
}
