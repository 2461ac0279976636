//! The loader against PyYAML's own answers, over 467 documents.
//!
//! [`DIFFERENT`] lists every document that is read otherwise, with the reason. The list is exact: a document
//! that starts to agree fails the test as much as one that stops.

use offshoot_core::location::yaml::{Node, Value, load};
use serde_json::{Value as Json, json};

/// A document that is read otherwise, told by its beginning, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("a: &x [*x]\n", "a value within itself: JSON cannot say it, so it is refused at once"),
    ("a: &x b\n*x: c\n", "a colon belongs to an alias in YAML 1.2; `*x : c` is read alike"),
    ("{kkkkkkkkkk", "a key of more than 1024 characters in braces is taken"),
    ("{a\n : b}\n", "a key and its colon may stand in two lines of braces in YAML 1.2"),
    ("{a: -}\n", "a lone `-` in braces is refused in YAML 1.2"),
    ("a: \u{feff}x\n", "a byte order mark inside the text is refused in YAML 1.2"),
    ("a: 1\n\u{feff}b: 2\n", "a byte order mark inside the text is refused in YAML 1.2"),
    ("a: x\u{2028}b: y\n", "U+2028 and U+2029 are no line breaks in YAML 1.2"),
    ("a: x\u{2029} b\n", "U+2028 and U+2029 are no line breaks in YAML 1.2"),
    ("a: |\n  x\u{2028}  y\n", "U+2028 and U+2029 are no line breaks in YAML 1.2"),
    ("...\n", "a document end without a document is empty in YAML 1.2"),
];

/// Where the two point for an error: how many of the positions that PyYAML gives are the same.
const SAME_POSITIONS: usize = 139;

#[test]
fn values_and_errors_are_pyyamls() {
    let mut positions = 0;
    let mut wrong = Vec::new();
    for case in cases().unwrap() {
        let text = case["yaml"].as_str().unwrap();
        let expected = &case["expect"];
        let read = load(text);
        let agrees = match &read {
            Ok(node) => shape(node) == *expected,
            Err(_) => expected.get("error").is_some(),
        };
        let listed = DIFFERENT.iter().any(|(beginning, _)| text.starts_with(beginning));
        if agrees == listed {
            wrong.push(format!("{text:?}: expected {expected}, read {read:?}, listed: {listed}"));
        }
        if let Err(error) = read {
            let (line, column) = (error.position.line, error.position.column);
            positions +=
                usize::from(expected["line"] == json!(line) && expected["column"] == json!(column));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(positions, SAME_POSITIONS);
}

#[test]
fn every_listed_difference_is_one_document() {
    for (beginning, _) in DIFFERENT {
        let matching = cases()
            .unwrap()
            .iter()
            .filter(|case| case["yaml"].as_str().unwrap().starts_with(beginning))
            .count();
        assert_eq!(matching, 1, "{beginning:?}");
    }
}

fn cases() -> serde_json::Result<Vec<Json>> {
    serde_json::from_str(include_str!("../../../tests/fixtures/yaml-cases.json"))
}

/// A value in the form of the cases.
fn shape(node: &Node) -> Json {
    let shapes = |nodes: &[Node]| nodes.iter().map(shape).collect::<Vec<_>>();
    match &node.value {
        Value::Null => json!({"null": null}),
        Value::Bool(value) => json!({ "bool": value }),
        Value::Int(value) => json!({"int": value.to_string()}),
        Value::Float(value) => {
            json!({"float": format!("{value:?}").to_lowercase().replace("e308", "e+308")})
        }
        Value::Str(text) => json!({ "str": text }),
        Value::Binary(text) => json!({ "bytes": text }),
        Value::Timestamp(text) if text.contains('T') => json!({ "datetime": text }),
        Value::Timestamp(text) => json!({ "date": text }),
        Value::List(items) => json!({"seq": shapes(items)}),
        Value::Set(items) => json!({"set": shapes(items)}),
        Value::Pair(pair) => json!({"tuple": [shape(&pair.0), shape(&pair.1)]}),
        Value::Map(pairs) => {
            json!({"map": pairs.iter().map(|(key, value)| json!([shape(key), shape(value)])).collect::<Vec<_>>()})
        }
    }
}
