//! `add-location --location-file`: each form of a location file.

use super::{add_location::NO_WAIT, compare::conform};
use crate::case::{Case, TOKEN};

/// The command with this file as `l.yaml`.
fn from(name: &'static str, tail: &str, yaml: impl AsRef<[u8]>) -> Case {
    Case::new(name, format!("deployment add-location --url $URL/prod --api-token {TOKEN} {NO_WAIT} --from l.yaml {tail}"))
        .file("l.yaml", yaml)
}

/// A file whose only interesting part is the value under `container_context`.
fn value(name: &'static str, yaml: &str) -> Case {
    from(name, "", format!("location_name: x\ncontainer_context:\n  v: {yaml}\n"))
}

#[test]
fn forms() {
    let two =
        "locations:\n  - location_name: x\n    image: i\n  - location_name: y\n    image: j\n";
    conform![
        from("one location", "", "location_name: x\ncode_source:\n  python_file: a.py\n"),
        from("one location with its name", "x", "location_name: x\nimage: i\n"),
        from("one location with another name", "y", "location_name: x\nimage: i\n"),
        from("one location without a name", "x", "image: i\n"),
        from("no name anywhere", "", "image: i\n").ours_refuses("nothing is sent that has no name"),
        from("one location with an empty name", "x", "location_name: ''\nimage: i\n"),
        from("one location with a null name", "x", "location_name: null\nimage: i\n"),
        from("a name that is a number", "12", "location_name: 12\n"),
        from("a name that is a number, alone", "", "location_name: 12\n"),
        from("one of two", "y", two),
        from("two without a name", "", two),
        from("two and an unknown name", "z", two),
        from("twice the same name", "x", "locations:\n  - {location_name: x, image: i}\n  - {location_name: x, image: j}\n"),
        from("an empty list", "x", "locations: []\n"),
        from("a null list", "x", "locations:\n"),
        from("locations by name", "x", "locations:\n  x:\n    image: i\n"),
        from("a list entry without a name", "x", "locations:\n  - image: i\n"),
        from("beside the list", "x", "defaults: {image: i}\nlocations:\n  - location_name: x\n"),
        from("flags win", "--image mine --working-directory w", "location_name: x\nimage: theirs\nworking_directory: v\n"),
        from("flags beside the file's code source", "-m m", "location_name: x\ncode_source:\n  python_file: a.py\n"),
        from("flags beside the file's Git", "--commit-hash c", "location_name: x\ngit:\n  url: g\n  commit_hash: d\n"),
        from("flags over a null", "-m m --commit-hash c", "location_name: x\ncode_source:\ngit:\n"),
        from("flags over a text", "-m m", "location_name: x\ncode_source: text\n"),
        from("build is left out", "", "location_name: x\nbuild:\n  directory: .\n  registry: r\n"),
        from("build of one of two", "x", "locations:\n  - location_name: x\n    build: {directory: .}\n"),
        from("build inside", "", "location_name: x\ncontainer_context: {build: 1}\n"),
        from("nulls stay", "", "location_name: x\nimage: null\nworking_directory: ~\nattribute:\n"),
        from("unknown keys stay", "", "location_name: x\nsurprise: {deep: [1, {a: b}]}\n"),
        from("a whole one", "--image r:1", "location_name: x\ncode_source: {package_name: p}\nworking_directory: w\nexecutable_path: /bin/python\nattribute: repo\nagent_queue: q\ngit: {url: g, commit_hash: c}\ncontainer_context:\n  k8s:\n    env_vars: [A=1, B]\n    resources: {limits: {cpu: 500m, memory: 2560Mi}}\n  ecs: {run_resources: {cpu: '256'}}\n"),
        from("an empty file", "x", ""),
        from("only a comment", "x", "# nothing\n"),
        from("a text", "x", "hello\n"),
        from("a list", "x", "- location_name: x\n"),
        from("an empty map", "x", "{}\n"),
        from("JSON", "", r#"{"location_name": "x", "image": "i"}"#),
        from("two documents", "", "location_name: x\n---\nlocation_name: y\n"),
        from("a document with its marks", "", "---\nlocation_name: x\n...\n"),
        from("a mark of the byte order", "", "\u{feff}location_name: x\n"),
        from("line ends of Windows", "", "location_name: x\r\nimage: i\r\n"),
        from("not YAML", "", "location_name: [x\n"),
        from("tabs", "", "location_name: x\ncode_source:\n\tpython_file: a\n"),
        from("not UTF-8", "", b"location_name: caf\xe9\n"),
        from("Unicode", "", "location_name: 'caf\u{e9} \u{1f680}'\n"),
        Case::new("a file that is not there", format!("deployment add-location --url $URL/prod --api-token {TOKEN} {NO_WAIT} --from nothing.yaml x")),
        Case::new("a folder", format!("deployment add-location --url $URL/prod --api-token {TOKEN} {NO_WAIT} --from sub x")).file("sub/l.yaml", ""),
        Case::new("the long flag", format!("workspace update-location --url $URL/prod --api-token {TOKEN} {NO_WAIT} --location-file a/l.yaml")).file("a/l.yaml", "location_name: x\n"),
    ];
}

#[test]
fn scalars() {
    conform![
        value("booleans", "[yes, No, on, OFF, true, False, y, n]"),
        value("octal, hexadecimal, binary", "[012, 0o12, 0x1F, 0b101, 08, -0x1]"),
        value("sixties", "['12:30:45', 12:30:45, 1:30, 01:30, 1:30.5]"),
        value("underscores", "[1_000, 1_0.5, _1]"),
        value("floats", "[1.5, 1., .5, 1e3, 1.0e3, 1.0e+3, -.5]"),
        value("infinity", ".inf"),
        value("not a number", ".nan"),
        value("large whole numbers", "[9223372036854775807, 18446744073709551615]"),
        value("larger than 128 bits", "340282366920938463463374607431768211456")
            .ours_refuses("no reader of JSON keeps such a number"),
        value("dates", "[2024-01-02, 2024-01-02T03:04:05Z]"),
        value("nulls", "[~, null, Null, NULL, ]"),
        value("texts", "['yes', \"012\", !!str 12, 1.2.3, v1, '']"),
        value("tags", "[!!int '12', !!float 1, !!bool 'yes']"),
        value("bytes", "!!binary aGk="),
        value("a set", "!!set {a, b}"),
        value("pairs", "!!omap [a: 1]"),
        value("an unknown tag", "!mine x"),
        value("keys that are no texts", "{1: a, true: b, null: c, 1.5: d}"),
        value("a key that is a list", "{[1]: a}"),
        value("the same key twice", "{a: 1, a: 2}"),
        value("a literal", "|\n    one\n     two\n"),
        value("a folded text", ">-\n    one\n    two\n"),
        value("an equals sign", "="),
        value("an anchor", "[&a {b: 1}, *a]"),
        value("an unknown anchor", "*a"),
        from(
            "merge keys",
            "",
            "base: &b {image: i, git: {url: g}}\nlocation_name: x\n<<: *b\nimage: mine\n"
        ),
        from(
            "merge of two",
            "",
            "a: &a {k: 1, l: 1}\nb: &b {k: 2, m: 2}\nlocation_name: x\ncontainer_context: {<<: [*a, *b], l: 3}\n"
        ),
        from(
            "merge in a list",
            "y",
            "locations:\n  - &x {location_name: x, image: i}\n  - {<<: *x, location_name: y}\n"
        ),
    ];
}
