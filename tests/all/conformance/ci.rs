//! `ci branch-deployment` on the two systems that the real CLI knows.

use offshoot_tests::repo::Shape;
use serde_json::{Value as Json, json};

use super::compare::conform;
use crate::case::{Case, TOKEN};

const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

const MORE: &str = "a link to the commit, where theirs has none; message and author are those of the head, \
                    which theirs takes from the merge that is checked out, and are unknown in a shallow checkout";

const EVENT: &str = r#"{
  "action": "opened",
  "repository": {"full_name": "acme/shop", "default_branch": "main", "clone_url": "https://github.com/acme/shop.git"},
  "pull_request": {
    "number": 7, "state": "open", "merged": false, "html_url": "https://github.com/acme/shop/pull/7",
    "head": {"sha": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ref": "feature/a", "repo": {"full_name": "acme/shop", "fork": false}},
    "base": {"ref": "main", "repo": {"full_name": "acme/shop"}}
  }
}"#;

fn github(name: &'static str, tail: &str) -> Case {
    Case::new(name, format!("ci branch-deployment . {tail}"))
        .repo(Shape::Detached)
        .file("~/event.json", EVENT)
        .env("DAGSTER_CLOUD_URL", "$URL")
        .env("DAGSTER_CLOUD_API_TOKEN", TOKEN)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_ACTION", "__run")
        .env("GITHUB_EVENT_NAME", "pull_request")
        .env("GITHUB_EVENT_PATH", "$HOME/event.json")
        .env("GITHUB_SERVER_URL", "https://github.com")
        .env("GITHUB_REPOSITORY", "acme/shop")
        .env("GITHUB_SHA", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")
        .env("GITHUB_REF", "refs/pull/7/merge")
        .env("GITHUB_HEAD_REF", "feature/a")
        .env("GITHUB_BASE_REF", "main")
        .env("GITHUB_RUN_ID", "1")
        .env("GITHUB_RUN_ATTEMPT", "1")
}

fn gitlab(name: &'static str, tail: &str) -> Case {
    Case::new(name, format!("ci branch-deployment . {tail}"))
        .repo(Shape::Detached)
        .env("DAGSTER_CLOUD_URL", "$URL")
        .env("DAGSTER_CLOUD_API_TOKEN", TOKEN)
        .env("GITLAB_CI", "true")
        .env("CI_COMMIT_SHA", HEAD)
        .env("CI_COMMIT_REF_NAME", "feature/a")
        .env("CI_JOB_URL", "https://git.acme.com/group/shop/-/jobs/1")
        .env("CI_PROJECT_NAME", "shop")
        .env("CI_PROJECT_PATH", "group/shop")
        .env("CI_PROJECT_URL", "https://git.acme.com/group/shop")
        .env("CI_DEFAULT_BRANCH", "main")
        .env("CI_PIPELINE_SOURCE", "merge_request_event")
        .env("CI_MERGE_REQUEST_PROJECT_URL", "https://git.acme.com/group/shop")
        .env("CI_MERGE_REQUEST_IID", "7")
        .env("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "feature/a")
        .env("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")
}

fn of_the_head(arguments: &mut Json, commit_page: &str) {
    let commit = &mut arguments["commit"];
    commit["commitUrl"] = json!(commit_page);
    for field in ["commitMessage", "authorName", "authorEmail"] {
        commit[field] = Json::Null;
    }
}

fn on_github(arguments: &mut Json) {
    of_the_head(arguments, &format!("https://github.com/acme/shop/tree/{HEAD}"));
}

fn on_gitlab(arguments: &mut Json) {
    of_the_head(arguments, &format!("https://git.acme.com/group/shop/-/tree/{HEAD}"));
}

#[test]
fn branch_deployment() {
    conform![
        github("GitHub", "").ours_sends(MORE, on_github),
        github("GitHub, closed", "--mark-closed").ours_sends(MORE, on_github),
        gitlab("GitLab", "").ours_sends(MORE, on_gitlab),
        gitlab("GitLab, closed", "--mark-closed").ours_sends(MORE, on_gitlab),
    ];
}
