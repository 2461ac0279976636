//! `add-location` and `update-location`, from flags.

use offshoot_tests::script::Reply;
use serde_json::{Value as Json, json};

use super::compare::conform;
use crate::case::{Case, TOKEN};

const ROOT: &str = "addOrUpdateLocationFromDocument";
const TWO_DEPLOYMENTS: &str = "on a host that is not Dagster's own nobody knows what the path means; a 404 is better than a guess";
const D_IS_DEPLOYMENT: &str = "`-d` is the working directory here and the deployment everywhere else: too easily the wrong target";

/// Ends as soon as the location is put.
pub const NO_WAIT: &str = "--location-load-timeout 0 --agent-heartbeat-timeout 0";

fn add(name: &'static str, tail: &str) -> Case {
    waiting(name, &format!("{NO_WAIT} {tail}"))
}

fn waiting(name: &'static str, tail: &str) -> Case {
    Case::new(name, format!("deployment add-location --url $URL/prod --api-token {TOKEN} {tail}"))
}

fn member(typename: &'static str, fields: Json) -> Case {
    add(typename, "x -f a.py").answer(ROOT, Reply::member(ROOT, typename, fields))
}

fn entries(status: &str, location_or_error: Json) -> Reply {
    let entry = json!({
        "__typename": "WorkspaceLocationEntry", "id": "x", "name": "x", "loadStatus": status,
        "locationOrLoadError": location_or_error, "displayMetadata": [], "versionKey": "1",
        "updatedTimestamp": 4_000_000_000.0,
    });
    Reply::data(
        "workspaceOrError",
        json!({"__typename": "Workspace", "id": "1", "locationEntries": [entry]}),
    )
}

#[test]
fn flags() {
    conform![
        add("name only", "x"),
        add("name by flag", "--location-name x"),
        add("two names", "x --location-name y"),
        add("empty name", "''"),
        add("no name", "--python-file a.py"),
        add(
            "every flag",
            "x --python-file a.py --package-name p --module-name m --autoload-defs-module-name d
             --working-directory w --image i:1 --executable-path e --attribute a --commit-hash c --git-url g",
        ),
        add("short flags", "x -f a.py -p p -m m -a a"),
        add("-d", "x -f a.py -d which").ours_refuses(D_IS_DEPLOYMENT),
        add("-d with --deployment", "x -f a.py -d which --deployment prod").ours_refuses(D_IS_DEPLOYMENT),
        add("a deployment beside the URL's", "x --deployment other").ours_appends(TWO_DEPLOYMENTS),
        add("deployment by variable", "x").env("DAGSTER_CLOUD_DEPLOYMENT", "other").ours_appends(TWO_DEPLOYMENTS),
        add("flags before the name", "--image i x"),
        add("empty values", "x --image '' --module-name '' --package-name '' --working-directory '' --attribute '' --commit-hash '' --git-url ''"),
        add("empty Python file", "x --python-file ''"),
        add("a Python file's path", "x -f ./src//deep/../a.py"),
        add("a folder as a Python file", "x -f src/"),
        add("Unicode", "'caf\u{e9} \u{1f680}' --image 'r\u{e9}g/i\"q'"),
        add("an argument too many", "x y"),
        add("unknown flag", "x --nope"),
        Case::new("update", format!("deployment update-location --url $URL/prod --api-token {TOKEN} {NO_WAIT} x --image i")),
        Case::new("workspace add", format!("workspace add-location --url $URL/prod --api-token {TOKEN} {NO_WAIT} x --image i")),
        Case::new("workspace update", format!("workspace update-location --url $URL/prod --api-token {TOKEN} {NO_WAIT} x --image i")),
        Case::new("deployment by flag only", format!("deployment add-location --url $URL --deployment prod --api-token {TOKEN} {NO_WAIT} x")),
        Case::new("no deployment", format!("deployment add-location --url $URL --api-token {TOKEN} {NO_WAIT} x")).ours_refuses("a location is put into a deployment that is known"),
    ];
}

#[test]
fn waits() {
    let error = json!({"__typename": "PythonError", "message": "no module", "stack": ["  File \"a.py\"\n"], "errorChain": []});
    let location = json!({"__typename": "RepositoryLocation", "id": "x", "name": "x"});
    conform![
        waiting("loaded at once", "x"),
        waiting("one flag for both", "x --agent-timeout 0"),
        waiting("no wait for the load only", "x --location-load-timeout 0"),
        waiting("by variables", "x")
            .env("DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT", "0")
            .env("DAGSTER_CLOUD_AGENT_HEARTBEAT_TIMEOUT", "0"),
        waiting("a load time by variable", "x").env("DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT", "30"),
        waiting("a variable that is no number", "x")
            .env("DAGSTER_CLOUD_LOCATION_LOAD_TIMEOUT", "soon"),
        waiting("a flag that is no number", "x --location-load-timeout soon"),
        waiting("a flag with a fraction", "x --location-load-timeout 1.5"),
        waiting("loaded", "x").answer("workspaceOrError", entries("LOADED", location)),
        waiting("a load error", "x").answer("workspaceOrError", entries("LOADED", error)),
        waiting("a workspace error", "x").answer(
            "workspaceOrError",
            Reply::member(
                "workspaceOrError",
                "PythonError",
                json!({"message": "boom", "stack": []})
            )
        ),
        waiting("an agent error", "x").answer("agents", Reply::errors("boom")),
    ];
}

#[test]
fn answers() {
    conform![
        member("PythonError", json!({"message": "boom", "stack": []})),
        member("UnauthorizedError", json!({"message": "no"})),
        member("InvalidLocationError", json!({"errors": ["one", "two"]})),
        member("SomethingNewError", json!({"message": "new"})),
        add("errors", "x").answer(ROOT, Reply::errors("boom")),
        add("null", "x").answer(ROOT, Reply::data(ROOT, json!(null))),
        add("not authorized", "x").answer(ROOT, Reply::text(401, "text/plain", "no")),
        add("not found", "x").answer(ROOT, Reply::text(404, "text/plain", "no")),
    ];
}
