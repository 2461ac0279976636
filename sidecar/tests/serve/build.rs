//! The calls about the build as a whole: `/v1/deploy` and `/v1/close`.

use serde_json::json;

use crate::support::{Served, Upstream, commit_in};

const POST: &[&str] = &["-X", "POST"];

#[test]
fn a_build_is_deployed_and_closed() {
    let served = Served::start(Upstream::quick());
    let hash = commit_in(served.workspace.path());
    served.write(
        "pyproject.toml",
        "[tool.dg]\ndirectory_type = 'project'\n[tool.dg.project]\nroot_module = 'etl'\ncode_location_name = 'etl'\n",
    );
    served.write("build.yaml", "registry: r.example/etl\ndirectory: .\n");

    let nothing = served.curl("/v1/close", POST);
    assert_eq!(nothing.status, 200, "{nothing:?}");
    assert_eq!(nothing.json()["pull_request_status"], json!(null));
    assert_eq!(nothing.json()["changed"], false);

    let deployed = served.curl("/v1/deploy", &["-X", "POST", "-d", "image_tag=v1", "-d", "path=."]);
    assert_eq!(deployed.status, 200, "{deployed:?}");
    assert_eq!(deployed.json()["commit_hash"], hash);
    assert_eq!(deployed.json()["locations"], json!(["etl"]));
    let status = || {
        let made = served.upstream.inspect.branch_deployments();
        let metadata = made[0].branch.as_ref().unwrap().metadata.clone();
        format!("{:?}", metadata.pull_request_status)
    };
    let open = status();

    let name = nothing.json()["name"].as_str().unwrap().to_owned();
    let planned = served.curl("/v1/close", &["-X", "POST", "--json", r#"{"dry_run": true}"#]);
    assert_eq!(
        planned.json()["calls"][0]["variables"]["branchData"]["pullRequestStatus"],
        "CLOSED"
    );
    assert_eq!(status(), open);
    let form = ["-X", "POST", "-d", "pull_request_status=merged", "-H", "Accept: text/plain"];
    let closed = served.curl("/v1/close", &form);
    assert_eq!((closed.status, closed.body), (200, format!("{name}\n")));
    assert_ne!(status(), open);
    let again = served.curl("/v1/close", &form[..4]);
    assert_eq!(
        again.json(),
        json!({"name": name, "pull_request_status": "MERGED", "changed": false})
    );
}

#[test]
fn closing_says_what_it_cannot_take() {
    let served = Served::start(Upstream::quick());
    let no_build = served.curl("/v1/close", POST);
    assert_eq!((no_build.status, no_build.problem()), (400, "git.not-found".to_owned()));
    commit_in(served.workspace.path());
    for field in ["pull_request_status=open", "pull_request_status=gone", "branch=x", "path=.."] {
        let refused = served.curl("/v1/close", &["-X", "POST", "-d", field]);
        assert!((400..404).contains(&refused.status), "{field}: {refused:?}");
    }
    assert_eq!(served.upstream.asked("createOrUpdateBranchDeployment"), 0);
}
