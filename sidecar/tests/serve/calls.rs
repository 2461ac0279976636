//! Every call, as form and as JSON, with JSON and text for an answer.

use serde_json::json;

use crate::support::{Served, Upstream, commit_in};

const TEXT: &[&str] = &["-H", "Accept: text/plain"];

fn with<'a>(args: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [args, more].concat()
}

#[test]
fn a_branch_deployment_from_form_to_deletion() {
    let served = Served::start(Upstream::quick());
    let form = [
        "-X",
        "PUT",
        "-d",
        "git_repo_name=shop",
        "--data-urlencode",
        "branch_name=it's \"a & b\"",
        "-d",
        "commit_hash=abc",
        "-d",
        "timestamp=1700000000.5",
        "-d",
        "pull_request_status=open",
    ];
    let put = served.curl("/v1/branch-deployments", &form);
    assert_eq!(put.status, 200, "{put:?}");
    assert_eq!(put.header("content-type"), Some("application/json"));
    let name = put.json()["name"].as_str().unwrap().to_owned();
    assert_eq!(put.json()["url"], format!("{}/{name}", served.upstream.url));

    let object = json!({
        "git_repo_name": "shop", "branch_name": "it's \"a & b\"", "commit_hash": "abd",
        "timestamp": 1_700_000_001, "pull_request_status": "OPEN",
    });
    let object = object.to_string();
    let args = ["-X", "PUT", "--json", &object, "-H", "Accept: text/plain"];
    let again = served.curl("/v1/branch-deployments", &args);
    assert_eq!((again.status, again.body), (200, format!("{name}\n")));
    assert_eq!(again.headers.matches("content-type: text/plain").count(), 1);
    let made = served.upstream.inspect.branch_deployments();
    let branch = made[0].branch.as_ref().unwrap();
    assert_eq!(made.len(), 1);
    assert_eq!(branch.metadata.branch_name, "it's \"a & b\"");

    let query = "/v1/branch-deployment-name?git_repo_name=shop&branch_name=it%27s%20%22a+%26+b%22";
    assert_eq!(served.curl(query, TEXT).body, format!("{name}\n"));

    let listed = served.curl("/v1/branch-deployments?pull_request_status=OPEN&limit=5", &[]);
    assert_eq!(listed.json()[0]["deployment_name"], *name, "{listed:?}");
    let listed = served.curl("/v1/branch-deployments", TEXT);
    assert_eq!(listed.body, format!("{name}\tshop\tit's \"a & b\"\tOPEN\tabd\n"));
    let merged = served.curl("/v1/branch-deployments?pull_request_status=merged", TEXT);
    assert_eq!((merged.status, merged.body.as_str()), (200, ""));

    let path = format!("/v1/branch-deployments/{name}");
    assert_eq!(served.curl(&path, &[]).json()["latest_commit"]["commit_hash"], "abd");
    assert_eq!(served.curl(&path, TEXT).body, format!("{name}\n"));
    let planned = served.curl(&format!("{path}?dry_run=true"), &["-X", "DELETE"]);
    assert_eq!(planned.json()["calls"][0]["method"], "POST", "{planned:?}");
    assert_eq!(served.upstream.inspect.branch_deployments().len(), 1);
    let deleted = served.curl(&path, &["-X", "DELETE"]);
    assert_eq!((deleted.status, deleted.json()["deleted"].as_str()), (200, Some(&*name)));
    assert!(served.upstream.inspect.branch_deployments().is_empty());
    assert_eq!(served.curl(&path, &[]).problem(), "plus.not-found");
}

#[test]
fn a_dry_run_sends_nothing_and_shows_no_token() {
    let served = Served::start(Upstream::quick());
    let form = [
        "-X",
        "PUT",
        "-d",
        "git_repo_name=shop",
        "-d",
        "branch_name=b",
        "-d",
        "commit_hash=abc",
        "-d",
        "timestamp=1",
        "-d",
        "dry_run=on",
    ];
    for (args, expected) in [(&[][..], "\"method\": \"POST\""), (TEXT, "would send: POST ")] {
        let planned = served.curl("/v1/branch-deployments", &with(&form, args));
        assert_eq!(planned.status, 200);
        assert!(planned.body.contains(expected), "{planned:?}");
        assert!(!planned.body.contains(offshoot_sandbox::DEFAULT_TOKEN), "{planned:?}");
    }
    assert!(served.upstream.inspect.requests().is_empty());
}

#[test]
fn git_state_is_read_from_the_workspace() {
    let served = Served::start(Upstream::quick());
    let checkout = served.workspace.path().join("sub dir");
    std::fs::create_dir(&checkout).unwrap();
    let hash = commit_in(&checkout);
    let form = ["-X", "PUT", "-d", "read_git_state=true", "--data-urlencode", "path=sub dir"];
    let put = served.curl("/v1/branch-deployments", &form);
    assert_eq!(put.status, 200, "{put:?}");
    let made = served.upstream.inspect.branch_deployments();
    let branch = made[0].branch.as_ref().unwrap();
    assert_eq!(branch.metadata.repo_name, "acme/shop");
    assert_eq!(branch.metadata.branch_name, "feature/cart");
    assert_eq!(branch.commits.last().unwrap().commit_hash, hash);

    let context = served.curl("/v1/context?path=sub%20dir", &[]);
    let field = |value: &str, source: &str| json!({ "value": value, "source": source });
    assert_eq!(context.json()["commit_hash"], field(&hash, "git: HEAD"), "{context:?}");
    assert_eq!(context.json()["branch_name"], field("feature/cart", "git: HEAD"));
    let message = field("Add a \"cart\" & more", "git: commit");
    assert_eq!(context.json()["commit_message"], message);
    assert!(!context.body.contains("hunter2"), "{context:?}");
    let deploy = [
        "-d",
        "path=sub dir",
        "-d",
        "location_name=etl",
        "-d",
        "module_name=m",
        "-d",
        "dry_run=true",
    ];
    let planned = served.curl("/v1/deploy", &deploy);
    assert_eq!(planned.json()["wait_for"], json!(["etl"]), "{planned:?}");
    assert_eq!(planned.json()["calls"][0]["variables"]["branchData"]["branchName"], "feature/cart");
    let text = served.curl("/v1/context?path=sub+dir", TEXT).body;
    assert!(text.lines().any(|line| line == "git_repo_owner\tacme\tgit: remote origin"), "{text}");
    assert_eq!(served.curl("/v1/context", &[]).problem(), "git.not-found");
}

#[test]
fn the_doctor_says_of_each_thing_how_it_is() {
    let served = Served::start(Upstream::quick());
    commit_in(served.workspace.path());
    let looked = served.curl("/v1/doctor?location_name=etl&module_name=etl", &[]);
    assert_eq!((looked.status, &looked.json()["ok"]), (200, &json!(true)), "{looked:?}");
    let checks = looked.json()["checks"].as_array().unwrap().clone();
    let token = json!({"name": "token", "state": "ok", "found": "Dagster+ accepts it"});
    assert!(checks.contains(&token), "{looked:?}");

    served.write("build.yaml", "locations: 5\n");
    let failed = served.curl("/v1/doctor", &[]);
    assert_eq!((failed.status, &failed.json()["ok"]), (200, &json!(false)), "{failed:?}");
    let text = served.curl("/v1/doctor", TEXT).body;
    let line = text.lines().find(|line| line.starts_with("failed\tlocations\t")).unwrap();
    assert_eq!(line.split('\t').count(), 4, "{line}");
    assert_eq!(served.curl("/v1/doctor?location_file=../x", &[]).status, 403);
    assert_eq!(served.curl("/v1/doctor?nonsense=1", &[]).problem(), "usage.invalid");
    assert_eq!(served.upstream.inspect.branch_deployments().len(), 0);
}

#[test]
fn a_code_location_from_file_and_fields_to_deletion() {
    let served = Served::start(Upstream::quick());
    served.write(
        "locations.yaml",
        "locations:\n- location_name: etl\n  code_source: {module_name: m}\n",
    );
    let path = "/v1/deployments/prod/locations/etl";
    let form = ["-X", "PUT", "-d", "location_file=locations.yaml", "-d", "image=registry/etl:1"];
    let sent = served.curl(path, &form);
    assert_eq!(sent.status, 202, "{sent:?}");
    assert_eq!(sent.json()["locations"], json!(["etl"]));
    assert_eq!(sent.json()["loaded"], false);

    let object = r#"{"module_name": "m", "image": "registry/etl:2", "wait": true, "location_load_timeout": 20}"#;
    let waited = served.curl(path, &["-X", "PUT", "--json", object]);
    assert_eq!((waited.status, &waited.json()["loaded"]), (200, &json!(true)), "{waited:?}");
    let form = ["-X", "PUT", "-d", "module_name=m", "-d", "image=registry/etl:2", "-d", "wait=1"];
    let waited = served.curl(path, &with(&form, TEXT));
    let page = format!("{}/prod/locations\n", served.upstream.url);
    assert_eq!((waited.status, waited.body), (200, page));

    assert_eq!(served.curl(path, &[]).json()["state"], "loaded");
    assert_eq!(served.curl(path, TEXT).body, "loaded\n");
    let list = "/v1/deployments/prod/locations";
    assert_eq!(served.curl(list, TEXT).body, "etl\tImage: registry/etl:2\n");
    assert_eq!(served.curl(list, &[]).json()[0]["module_name"], "m");

    let planned = served.curl(&format!("{path}?dry_run=1"), &["-X", "DELETE"]);
    assert!(planned.json()["calls"].is_array(), "{planned:?}");
    assert_eq!(served.curl(path, &["-X", "DELETE"]).json()["deleted"], "etl");
    assert_eq!(served.curl(list, TEXT).body, "");
    assert_eq!(served.curl(path, &[]).problem(), "plus.not-found");
}

#[test]
fn names_are_decoded_once() {
    let served = Served::start(Upstream::quick());
    let path = "/v1/deployments/prod/locations/a%2Fb%20%2541";
    let sent = served.curl(path, &["-X", "PUT", "-d", "module_name=m", "-d", "image=i"]);
    assert_eq!(sent.json()["locations"], json!(["a/b %41"]), "{sent:?}");
}

#[test]
fn the_document_describes_what_is_served() {
    let served = Served::start(Upstream::quick());
    let document = served.curl("/openapi.json", &[]);
    assert_eq!(document.status, 200);
    assert_eq!(document.body, include_str!("../../openapi.json"));
    for (path, item) in document.json()["paths"].as_object().unwrap() {
        let path = path
            .replace("{deployment}", "prod")
            .replace("{location}", "etl")
            .replace("{name}", "n");
        let undescribed = served.curl(&path, &["-X", "PATCH"]);
        assert_eq!(undescribed.problem(), "serve.method", "{path}");
        let allowed = undescribed.header("allow").unwrap().to_lowercase().replace(",head", "");
        let mut described: Vec<_> = item.as_object().unwrap().keys().map(String::as_str).collect();
        let mut allowed: Vec<_> = allowed.split(',').collect();
        allowed.sort_unstable();
        described.sort_unstable();
        assert_eq!(allowed, described, "{path}");
    }
}
