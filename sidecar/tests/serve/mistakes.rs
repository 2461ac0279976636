//! What goes wrong, and how it is said.

use std::io::Write;

use offshoot_sandbox::{OrganizationConfig, Permission, SandboxConfig};

use crate::support::{Served, Upstream};

const BRANCHES: &str = "/v1/branch-deployments";

#[test]
fn a_wrong_body_is_said_in_one_line() {
    let served = Served::start(Upstream::quick());
    for (args, said) in [
        (&["-d", "imge=x"][..], "there is no field `imge` (the fields are "),
        (&["--json", r#"{"imge": 1}"#], "there is no field `imge` (the fields are "),
        (&["-d", "timestamp=soon"], "`timestamp`: `soon` is no number"),
        (&["--json", r#"{"timestamp": []}"#], "`timestamp`: expected a number"),
        (&["--json", r#"{"branch_name": 7}"#], "`branch_name`: invalid type: integer `7`"),
        (&["-d", "branch_name=a", "-d", "branch_name=b"], "`branch_name`: invalid type: sequence"),
        (&["-d", "pull_request_status=new"], "`pull_request_status`: `new` is no pull request"),
        (&["-d", "read_git_state=perhaps"], "`read_git_state`: `perhaps` is neither true nor"),
        (&["--json", "{\"a\": "], "the body is not JSON: EOF while parsing"),
        (&["--json", "[]"], "the body is no JSON object"),
        (
            &["-d", "git_repo_name=shop"],
            "branch_name is missing (pass branch_name, or read_git_state)",
        ),
        (&[], "git_repo_name is missing"),
    ] {
        let args = [&["-X", "PUT", "-H", "Accept: text/plain"], args].concat();
        let answer = served.curl(BRANCHES, &args);
        assert_eq!(answer.status, 400, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert!(answer.body.starts_with(said), "{answer:?}");
        assert_eq!(answer.body.trim_end().lines().count(), 1, "{answer:?}");
    }
    let answer = served.curl(BRANCHES, &["-X", "PUT", "-d", "imge=x"]);
    assert_eq!(answer.problem(), "usage.invalid");
    assert!(answer.json()["hint"].as_str().unwrap().contains("git_repo_name"), "{answer:?}");
    assert!(served.upstream.inspect.requests().is_empty());
}

#[test]
fn a_wrong_query_or_name_is_said() {
    let served = Served::start(Upstream::quick());
    for (path, said) in [
        ("/v1/branch-deployments?limit=many", "`limit`: `many` is no number"),
        ("/v1/branch-deployments?limit=70000", "`limit`: `70000` is no number that fits"),
        ("/v1/branch-deployments?status=OPEN", "there is no field `status`"),
        ("/v1/branch-deployment-name?git_repo_name=a", "missing field `branch_name`"),
        ("/v1/branch-deployments/feature%2Fx", "`feature/x` is no deployment name"),
        ("/v1/deployments/../locations", "`..` is no deployment name"),
        ("/v1/deployments/%2e%2e/locations", "`..` is no deployment name"),
        ("/v1/deployments/%ff/locations", "Invalid UTF-8 in `deployment`"),
    ] {
        let answer = served.curl(path, &["--path-as-is", "-H", "Accept: text/plain"]);
        assert!(matches!(answer.status, 400 | 404), "{answer:?}");
        assert!(answer.body.starts_with(said), "{path}: {answer:?}");
    }
    let other = ["-X", "PUT", "-d", "location_name=other", "-d", "image=i"];
    let answer = served.curl("/v1/deployments/prod/locations/etl", &other);
    assert_eq!((answer.status, answer.problem().as_str()), (400, "usage.invalid"));
}

#[test]
fn what_the_router_refuses_is_a_problem_too() {
    let served = Served::start(Upstream::quick());
    let mut large = tempfile::NamedTempFile::new().unwrap();
    large.write_all(&vec![b'a'; 1024 * 1024 + 1]).unwrap();
    let large = format!("@{}", large.path().display());
    let chunked = ["-X", "PUT", "-H", "Transfer-Encoding: chunked", "--data-binary", &large];
    for (path, args, status, code) in [
        ("/", &[][..], 404, "serve.not-found"),
        ("/v1/branch-deployments/", &[], 404, "serve.not-found"),
        (BRANCHES, &["-X", "POST"], 405, "serve.method"),
        (BRANCHES, &["-X", "OPTIONS"], 405, "serve.method"),
        (
            BRANCHES,
            &["-X", "PUT", "-H", "Content-Type: text/yaml", "-d", "a"],
            415,
            "serve.media-type",
        ),
        (BRANCHES, &["-X", "PUT", "-F", "a=b"], 415, "serve.media-type"),
        (BRANCHES, &["-X", "PUT", "-H", "Content-Type:", "-d", "a=b"], 415, "serve.media-type"),
        (BRANCHES, &["-X", "PUT", "--data-binary", &large], 413, "serve.too-large"),
        (BRANCHES, &chunked, 413, "serve.too-large"),
    ] {
        let answer = served.curl(path, args);
        assert_eq!((answer.status, answer.problem().as_str()), (status, code), "{args:?}");
    }
}

#[test]
fn what_dagster_refuses_keeps_its_code() {
    let viewer = OrganizationConfig::new("acme").token("another-token", Permission::Admin);
    let served = Served::start(Upstream::start(SandboxConfig::new().organization(viewer)));
    let answer = served.curl(BRANCHES, &[]);
    assert_eq!((answer.status, answer.problem().as_str()), (403, "plus.unauthorized"));
    assert_eq!(answer.json()["exit_code"], 10);
    let text = served.curl(BRANCHES, &["-H", "Accept: text/plain"]);
    assert!(text.body.starts_with("could not list the branch deployments: "), "{text:?}");
}

#[test]
fn a_full_deployment_is_not_deleted() {
    let served = Served::start(Upstream::quick());
    let answer = served.curl("/v1/branch-deployments/prod", &["-X", "DELETE"]);
    assert_eq!((answer.status, answer.problem().as_str()), (409, "target.refused"));
    assert_eq!(served.upstream.inspect.deployments().len(), 1);
}

#[test]
fn a_wrong_location_file_is_shown_with_its_place() {
    let served = Served::start(Upstream::quick());
    served.write("bad.yaml", "locations:\n- image: [\n");
    let put = |file: &str| {
        let field = format!("location_file={file}");
        served.curl("/v1/deployments/prod/locations/etl", &["-X", "PUT", "-d", &field])
    };
    let syntax = put("bad.yaml");
    assert_eq!((syntax.status, syntax.problem().as_str()), (422, "location.syntax"));
    assert_eq!(put("missing.yaml").problem(), "location.unreadable");
}
