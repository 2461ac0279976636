//! `sync-locations`.

use offshoot_tests::script::Reply;
use serde_json::{Value as Json, json};

use super::{add_location::NO_WAIT, compare::conform};
use crate::case::{Case, TOKEN};

const ROOT: &str = "reconcileLocationsFromDocument";
const TWO_DEPLOYMENTS: &str = "on a host that is not Dagster's own nobody knows what the path means; a 404 is better than a guess";

/// The command with this file as `workspace.yaml`, where it is looked for if nothing is said.
fn sync(name: &'static str, yaml: &str) -> Case {
    command(name, "deployment sync-locations").file("workspace.yaml", yaml)
}

fn command(name: &'static str, command: &str) -> Case {
    Case::new(name, format!("{command} --url $URL/prod --api-token {TOKEN} {NO_WAIT}"))
}

fn member(typename: &'static str, fields: Json) -> Case {
    sync(typename, "locations: []\n").answer(ROOT, Reply::member(ROOT, typename, fields))
}

#[test]
fn table() {
    let one = "locations:\n  - location_name: x\n    image: i\n";
    conform![
        sync("a list", one),
        sync("build stays", "locations:\n  - location_name: x\n    build: {directory: .}\n"),
        sync("nulls stay", "locations:\n  - location_name: x\n    image:\n"),
        sync("beside the list", "defaults: {image: i}\nlocations: []\n"),
        sync("an empty list", "locations: []\n"),
        sync(
            "by name",
            "locations:\n  x:\n    python_file: a.py\n    image: i\n  y:\n    package_name: p\n  z: {module_name: m, autoload_defs_module_name: d, build: {directory: .}}\n"
        ),
        sync(
            "by name, with a code source",
            "locations:\n  x:\n    code_source: {python_file: a.py}\n    module_name: m\n"
        ),
        sync("by name, with a name inside", "other: 1\nlocations:\n  x: {location_name: y}\n"),
        sync("by name, nothing inside", "locations:\n  x:\n"),
        sync("by name, an empty map", "locations: {}\n"),
        sync("by a name that is a number", "locations:\n  12: {image: i}\n"),
        sync("no locations", "image: i\n"),
        sync("null locations", "locations:\n"),
        sync("text as locations", "locations: x\n"),
        sync("an empty file", ""),
        sync("a text", "hello\n"),
        sync("not YAML", "locations: [\n"),
        command("in a workspace", "workspace sync -w w.yaml").file("w.yaml", one),
        command("the long flag", "workspace sync --workspace w.yaml").file("w.yaml", one),
        command("no file", "workspace sync"),
        command("a file that is not there", "workspace sync -w nothing.yaml"),
        command("in a deployment", "workspace sync -d other")
            .file("workspace.yaml", one)
            .ours_appends(TWO_DEPLOYMENTS),
        Case::new("a wait", format!("workspace sync --url $URL/prod --api-token {TOKEN}"))
            .file("workspace.yaml", one),
        member("PythonError", json!({"message": "boom", "stack": []})),
        member("UnauthorizedError", json!({"message": "no"})),
        member("InvalidLocationError", json!({"errors": ["one"]})),
        sync("errors", one).answer(ROOT, Reply::errors("boom")),
    ];
}
