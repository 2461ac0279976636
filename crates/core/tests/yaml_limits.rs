//! Whatever the text: an answer in bounded time and space, positions that are in the text, and what is printed
//! reads back.

use offshoot_core::location::yaml::{
    MAX_DEPTH, MAX_NODES, MAX_TEXT, Node, Position, Value, load, to_json, to_yaml,
};
use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::{Map, Value as Json, json};

fn refusal(text: &str) -> Option<String> {
    load(text)
        .err()
        .map(|error| format!("{}:{} {}", error.position.line, error.position.column, error.message))
}

#[test]
fn depth_is_bounded() {
    let levels = |count: usize| format!("{}{}", "[".repeat(count), "]".repeat(count));
    assert_eq!(refusal(&levels(MAX_DEPTH)), None);
    assert_eq!(refusal(&levels(MAX_DEPTH + 1)).unwrap(), "1:101 nested deeper than 100 levels");
    for opening in ["[", "{", "- ", "? ", "- - ", "{a: ", "[{"] {
        assert!(refusal(&opening.repeat(10_000)).is_some(), "{opening}");
    }
    let blocks: String = (0..1000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert_eq!(refusal(&blocks).unwrap(), "101:101 nested deeper than 100 levels");
}

#[test]
fn depth_counts_through_aliases() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..1000 {
        text += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    assert_eq!(refusal(&text).unwrap(), "99:6 nested deeper than 100 levels");
}

#[test]
fn a_billion_laughs_are_too_many() {
    for (first, item) in [("[x, x]", "[*{}, *{}, *{}]"), ("{x: 1}", "{<<: [*{}, *{}]}")] {
        let mut text = format!("a0: &a0 {first}\n");
        for level in 1..60 {
            let items = item.replace("{}", &format!("a{}", level - 1));
            text += &format!("a{level}: &a{level} {items}\n");
        }
        let message = refusal(&text).unwrap();
        assert!(
            message.ends_with(&format!("more than {MAX_NODES} values, aliases expanded")),
            "{message}"
        );
    }
    let long = format!("a: &a {}\nb: [*a, *a, *a]\n", "x".repeat(MAX_TEXT / 2));
    assert!(
        refusal(&long)
            .unwrap()
            .ends_with(&format!("more than {MAX_TEXT} bytes of text, aliases expanded"))
    );
}

#[test]
fn one_huge_scalar_is_read_and_a_larger_text_is_not() {
    for (before, after) in [("", ""), ("\"", "\""), ("a: |\n  ", "\n")] {
        let text = format!("{before}{}{after}", "x".repeat(MAX_TEXT - before.len() - after.len()));
        assert_eq!(refusal(&text), None);
    }
    let message = refusal(&"x".repeat(MAX_TEXT + 1)).unwrap();
    assert_eq!(message, "1:1 the text has 1048577 bytes, and at most 1048576 are read");
}

#[test]
fn many_anchors_are_read() {
    let text: String = (0..20_000).map(|n| format!("- &a{n} x\n- *a{n}\n")).collect();
    assert_eq!(refusal(&text), None);
}

#[test]
fn a_message_quotes_no_more_than_a_beginning() {
    let message = refusal(&"9".repeat(100_000)).unwrap();
    assert_eq!(message, format!("1:1 `{}...` is no integer of at most 128 bits", "9".repeat(40)));
}

/// Each of these is refused by the parser at first. What is expected is PyYAML's answer.
#[test]
fn lines_in_brackets_and_quotes_may_stand_anywhere() {
    for (text, expected) in [
        ("a:\n  b: [\n1,\n  {x: 2},\n]\n", json!({"a": {"b": [1, {"x": 2}]}})),
        (
            "- - a: {\nx: 1,\ny: [2,\n3]\n}\n    b: 2\n",
            json!([[{"a": {"x": 1, "y": [2, 3]}, "b": 2}]]),
        ),
        ("a:\n  b: \"x\ny\n\n\\\"z\"\nc: 1\n", json!({"a": {"b": "x y\n\"z"}, "c": 1})),
        ("a:\n  b: [\n    x\n y,\n  ]#c\n  d: 'x'#y\n", json!({"a": {"b": ["x y"], "d": "x"}})),
        ("a:\n  b: 'it''s\n\tme'\n  c: [\n'x\ny']\n", json!({"a": {"b": "it's me", "c": ["x y"]}})),
    ] {
        assert_eq!(to_json(&load(text).unwrap()).unwrap(), expected, "{text}");
    }
    let error = load("a:\n  b: [\n1, !x 2\n]\n").unwrap_err();
    assert_eq!(error.position, Position { line: 3, column: 4 });
    assert!(refusal("a:\n  b: \"x\n---\ny\"\n").is_some());
}

/// What is expected is PyYAML's answer.
#[test]
fn block_text_ends_where_the_file_ends() {
    for (text, expected) in [
        ("a: |\n  x", "x"),
        ("a: |\n  x\n", "x\n"),
        ("a: |\n  x\n  ", "x\n"),
        ("a: |\n\n  x\n\n  ", "\nx\n"),
        ("a: |+\n  x\n\n  ", "x\n\n"),
        ("a: |-\n  x", "x"),
        ("a: >\n  x\n  y", "x y"),
        ("a: |\n  x\n# c", "x\n"),
        ("a: |", ""),
        ("a: |\n  \tx\n   \t", "\tx\n \t"),
    ] {
        assert_eq!(to_json(&load(text).unwrap()).unwrap(), json!({ "a": expected }), "{text:?}");
    }
}

#[test]
fn json_says_what_python_says_or_why_not() {
    let node = load("{1: a, true: b, ~: c, 2.0: d, 1e: e, 1.5: {no: f}}").unwrap();
    let expected = json!({"1": "b", "null": "c", "2.0": "d", "1e": "e", "1.5": {"false": "f"}});
    assert_eq!(to_json(&node).unwrap(), expected);
    let node = load("{1: a, '1': b}").unwrap();
    assert_eq!(to_json(&node).unwrap(), json!({"1": "b"}));
    for (text, expected) in [
        ("a: .nan", "1:4 infinity and not-a-number cannot be sent as JSON: use quotes for text"),
        (
            "-\n - -.inf",
            "2:4 infinity and not-a-number cannot be sent as JSON: use quotes for text",
        ),
        ("{a: !!set {x}}", "1:5 a set cannot be sent as JSON"),
        ("a: !!binary aGk=", "1:4 binary data cannot be sent as JSON"),
        ("? !!timestamp 2024-01-01\n: x", "1:3 a timestamp cannot be a key in JSON"),
        (
            "a: 18446744073709551616",
            "1:4 the integer 18446744073709551616 has more than 64 bits: put it in quotes if it is meant as text",
        ),
    ] {
        let error = to_json(&load(text).unwrap()).unwrap_err();
        assert_eq!(format!("{}:{} {error}", error.position.line, error.position.column), expected);
    }
}

/// Any text, most of it made of what YAML cares about.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "b: ",
        "- ",
        "? ",
        ": ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\n",
        "\n  ",
        "\n    ",
        "\t",
        " ",
        "'",
        "\"",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "!!str ",
        "! ",
        "#",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "<<: ",
        "1",
        "\\",
        "é",
        "\r\n",
        "\u{feff}",
        "\u{2028}",
        "~",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat()),
        any::<String>()
    ]
}

fn values() -> impl Strategy<Value = Json> {
    let text = prop_oneof!["[ -~\n]{0,12}", "[a-z' \"\\\\:#-]{60,120}", any::<String>()];
    let text = text.prop_filter("the parser takes no byte order mark", |text: &String| {
        !text.contains('\u{feff}')
    });
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        prop::num::f64::NORMAL.prop_map(Json::from),
        text.clone().prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec((text.clone(), inner), 0..6)
                .prop_map(|pairs| Json::Object(Map::from_iter(pairs))),
        ]
    })
}

fn inside(text: &str, position: Position) -> bool {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n");
    let Some(line) = text.split('\n').nth(position.line - 1) else {
        return position.line == text.split('\n').count() + 1;
    };
    (1..=line.chars().count() + 1).contains(&position.column)
}

fn nodes(node: &Node) -> Vec<&Node> {
    let mut all = vec![node];
    match &node.value {
        Value::List(items) | Value::Set(items) => all.extend(items.iter().flat_map(nodes)),
        Value::Pair(pair) => all.extend(nodes(&pair.0).into_iter().chain(nodes(&pair.1))),
        Value::Map(pairs) => {
            all.extend(pairs.iter().flat_map(|(key, value)| [nodes(key), nodes(value)].concat()))
        }
        _ => {}
    }
    all
}

#[test]
fn a_scalar_ends_before_the_comment_that_touches_it() {
    for text in ["''#", "? \n? ''#", "[a]#x", "[\n''#x\n]"] {
        for node in nodes(&load(text).unwrap()) {
            assert!(inside(text, node.span.end), "{node:?} {text:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 700, failure_persistence: None, rng_seed: RngSeed::Fixed(20_261_121), ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_an_answer_with_positions_inside(text in texts()) {
        match load(&text) {
            Ok(node) => for node in nodes(&node) {
                prop_assert!(inside(&text, node.span.start), "{:?} {text:?}", node);
                prop_assert!(inside(&text, node.span.end), "{:?} {text:?}", node);
            },
            Err(error) => prop_assert!(inside(&text, error.position), "{error:?} {text:?}"),
        }
    }

    #[test]
    fn what_is_printed_reads_back(value in values()) {
        let text = to_yaml(&value);
        let node = load(&text).map_err(|error| TestCaseError::fail(format!("{error:?}\n{text}")))?;
        prop_assert_eq!(to_json(&node).unwrap(), value, "{}", text);
    }

    #[test]
    fn a_span_holds_its_scalar(value in values()) {
        let text = to_yaml(&value);
        let lines: Vec<Vec<char>> = text.split('\n').map(|line| line.chars().collect()).collect();
        let read = load(&text).unwrap();
        for node in nodes(&read) {
            let (start, end) = (node.span.start, node.span.end);
            if start.line != end.line {
                continue;
            }
            let held: String = lines[start.line - 1][start.column - 1..end.column - 1].iter().collect();
            match &node.value {
                Value::Int(value) => prop_assert_eq!(held, value.to_string()),
                Value::Bool(value) => prop_assert_eq!(held, value.to_string()),
                Value::Str(value) => prop_assert!(held == *value || held.starts_with(['\'', '"']), "{held:?} {value:?}"),
                _ => {}
            }
        }
    }
}
