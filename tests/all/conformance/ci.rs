//! `ci branch-deployment` on the two systems that the real CLI knows.

use offshoot_tests::repo::Shape;
use serde_json::{Value as Json, json};

use super::compare::conform;
use crate::case::{Case, TOKEN};

pub(super) const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

const MORE: &str = "a link to the commit, where theirs has none; message and author are those of the head, \
                    which theirs takes from the merge that is checked out, and are unknown in a shallow checkout";

pub(super) const EVENT: &str = r#"{
  "action": "opened",
  "repository": {"full_name": "acme/shop", "default_branch": "main", "clone_url": "https://github.com/acme/shop.git"},
  "pull_request": {
    "number": 7, "state": "open", "merged": false, "html_url": "https://github.com/acme/shop/pull/7",
    "head": {"sha": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ref": "feature/a", "repo": {"full_name": "acme/shop", "fork": false}},
    "base": {"ref": "main", "repo": {"full_name": "acme/shop"}}
  }
}"#;

/// What GitHub sets in a build of a pull request.
pub(super) const GITHUB: &[(&str, &str)] = &[
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_ACTION", "__run"),
    ("GITHUB_EVENT_NAME", "pull_request"),
    ("GITHUB_EVENT_PATH", "$HOME/event.json"),
    ("GITHUB_SERVER_URL", "https://github.com"),
    ("GITHUB_REPOSITORY", "acme/shop"),
    ("GITHUB_SHA", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"),
    ("GITHUB_REF", "refs/pull/7/merge"),
    ("GITHUB_HEAD_REF", "feature/a"),
    ("GITHUB_BASE_REF", "main"),
    ("GITHUB_RUN_ID", "1"),
    ("GITHUB_RUN_ATTEMPT", "1"),
];

/// What GitLab sets in a merge request pipeline.
pub(super) const GITLAB: &[(&str, &str)] = &[
    ("GITLAB_CI", "true"),
    ("CI_COMMIT_SHA", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    ("CI_COMMIT_REF_NAME", "feature/a"),
    ("CI_JOB_URL", "https://git.acme.com/group/shop/-/jobs/1"),
    ("CI_PROJECT_NAME", "shop"),
    ("CI_PROJECT_PATH", "group/shop"),
    ("CI_PROJECT_URL", "https://git.acme.com/group/shop"),
    ("CI_DEFAULT_BRANCH", "main"),
    ("CI_PIPELINE_SOURCE", "merge_request_event"),
    ("CI_MERGE_REQUEST_PROJECT_URL", "https://git.acme.com/group/shop"),
    ("CI_MERGE_REQUEST_IID", "7"),
    ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "feature/a"),
    ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
];

fn case(name: &'static str, variables: &[(&'static str, &'static str)], tail: &str) -> Case {
    let case = Case::new(name, format!("ci branch-deployment . {tail}"))
        .repo(Shape::Detached)
        .file("~/event.json", EVENT)
        .env("DAGSTER_CLOUD_URL", "$URL")
        .env("DAGSTER_CLOUD_API_TOKEN", TOKEN);
    variables.iter().fold(case, |case, (name, value)| case.env(name, value))
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
        case("GitHub", GITHUB, "").ours_sends(MORE, on_github),
        case("GitHub, closed", GITHUB, "--mark-closed").ours_sends(MORE, on_github),
        case("GitLab", GITLAB, "").ours_sends(MORE, on_gitlab),
        case("GitLab, closed", GITLAB, "--mark-closed").ours_sends(MORE, on_gitlab),
    ];
}
