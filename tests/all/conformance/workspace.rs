//! `delete-location`, `list`, `pull`.

use offshoot_tests::script::{Reply, workspace_entry};
use serde_json::{Value as Json, json};

use super::compare::conform;
use crate::case::{Case, TOKEN};

const TWO_DEPLOYMENTS: &str = "on a host that is not Dagster's own nobody knows what the path means; a 404 is better than a guess";

fn at(name: &'static str, command: &str, tail: &str) -> Case {
    Case::new(name, format!("{command} --url $URL/prod --api-token {TOKEN} {tail}"))
}

fn delete_member(typename: &'static str) -> Case {
    let reply = Reply::member("deleteLocation", typename, json!({"message": "boom", "stack": []}));
    at(typename, "deployment delete-location", "x").answer("deleteLocation", reply)
}

#[test]
fn delete_location() {
    conform![
        at("by name", "deployment delete-location", "x"),
        at("in a workspace", "workspace delete-location", "x"),
        at("in a deployment", "deployment delete-location", "x --deployment other")
            .ours_appends(TWO_DEPLOYMENTS),
        at("short flag", "deployment delete-location", "x -d other").ours_appends(TWO_DEPLOYMENTS),
        at("Unicode", "deployment delete-location", "'caf\u{e9} \u{1f680}'"),
        at("no name", "deployment delete-location", ""),
        at("empty name", "deployment delete-location", "''")
            .ours_refuses("nothing is deleted without a name"),
        delete_member("PythonError"),
        delete_member("UnauthorizedError"),
        delete_member("SomethingNewError"),
        at("errors", "deployment delete-location", "x")
            .answer("deleteLocation", Reply::errors("boom")),
    ];
}

#[test]
fn list() {
    let listing = |name, entries: Json| {
        at(name, "deployment list-locations", "")
            .answer("workspace", Reply::data("workspace", json!({"workspaceEntries": entries})))
    };
    conform![
        at("none", "deployment list-locations", ""),
        at("in a workspace", "workspace list", ""),
        listing("two", json!([workspace_entry("x".into()), workspace_entry("y".into())])),
        at("of a deployment", "deployment list-locations", "-d other")
            .ours_appends(TWO_DEPLOYMENTS),
        at("errors", "deployment list-locations", "").answer("workspace", Reply::errors("boom")),
        at("null", "deployment list-locations", "")
            .answer("workspace", Reply::data("workspace", json!(null))),
    ];
}

#[test]
fn pull() {
    let pulling = |name, document: Json| {
        let reply = Reply::data(
            "locationsAsDocument",
            json!({"__typename": "LocationsAsDocument", "document": document}),
        );
        at(name, "deployment pull-locations", "").answer("locationsAsDocument", reply)
    };
    conform![
        at("none", "deployment pull-locations", ""),
        at("in a workspace", "workspace pull", ""),
        pulling("no document", json!(null)),
        pulling("an empty document", json!({})),
        pulling(
            "a location",
            json!({"locations": [{"location_name": "x", "code_source": {"python_file": "a.py"}, "image": "r:1"}]})
        ),
        pulling(
            "types",
            json!({"b": true, "a": null, "i": 12, "f": 1.5, "e": {}, "l": [], "n": [[1, 2], {"k": "v"}]})
        ),
        pulling(
            "texts that look like others",
            json!({"t": ["yes", "012", "1e3", "~", "", "null", "1.0", "2024-01-02", "12:30", "=", "<<", "- a", "a: b", "a #b", "#a", "@a", "%a", "!a", "&a", "*a", "'a", "\"a", "a'b", "[a", "{a", "a,b", "?", "-", "a ", " a"]})
        ),
        pulling(
            "long and odd texts",
            json!({"long": "word ".repeat(40), "lines": "one\ntwo\n", "tab": "a\tb", "unicode": "caf\u{e9} \u{1f680}", "control": "\u{1b}[0m", "nbsp": "a\u{a0}b", "blank": "   ", "newline": "\n"})
        ),
        pulling("keys", json!({"yes": 1, "12": 2, "": 3, "a b": 4, "a: b": 5, "caf\u{e9}": 6})),
        at("errors", "deployment pull-locations", "")
            .answer("locationsAsDocument", Reply::errors("boom")),
    ];
}
