//! `branch-deployment create-or-update`, without Git.

use offshoot_tests::script::Reply;
use serde_json::{Value as Json, json};

use super::compare::conform;
use crate::case::{Case, TOKEN};

const ROOT: &str = "createOrUpdateBranchDeployment";

const PLAIN_NUMBER: &str = "a number is digits, a sign, a point and an exponent";
const ANY_CASE: &str = "names that the service writes in capitals are taken in any case";
const NO_STATUS: &str = "the service has no such status";
const NAMELESS: &str = "a branch and a repository have names";

/// The command with what it always needs, and `tail`.
fn create(name: &'static str, tail: &str) -> Case {
    bare(name, &format!("--git-repo-name repo --branch-name feature --commit-hash c0ffee {tail}"))
}

/// The command with the URL and the token only, and `tail`.
fn bare(name: &'static str, tail: &str) -> Case {
    Case::new(
        name,
        format!("branch-deployment create-or-update --url $URL --api-token {TOKEN} {tail}"),
    )
}

/// The command with these names and a commit.
fn named(name: &'static str, names: &str) -> Case {
    bare(name, &format!("--commit-hash c --timestamp 1 {names}"))
}

/// What [`create`] sends with this time and this condition.
fn at(timestamp: f64, condition: Option<&str>) -> Json {
    json!({
        "branchData": {
            "repoName": "repo", "branchName": "feature", "branchUrl": null, "pullRequestUrl": null,
            "pullRequestStatus": null, "pullRequestNumber": null,
        },
        "commit": {
            "commitHash": "c0ffee", "timestamp": timestamp, "commitMessage": null, "commitUrl": null,
            "authorName": null, "authorEmail": null, "authorAvatarUrl": null,
        },
        "baseDeploymentName": null, "snapshotBaseCondition": condition,
    })
}

/// The command that answers with another member of the result's union.
fn member(typename: &'static str, fields: Json) -> Case {
    create(typename, "--timestamp 1").answer(ROOT, Reply::member(ROOT, typename, fields))
}

#[test]
fn flags() {
    conform![
        create("minimum", "--timestamp 1700000000"),
        create(
            "every flag",
            "--timestamp 1700000000 --branch-url https://git/b --code-review-url https://git/pr/1 --code-review-id 1
             --pull-request-status OPEN --commit-message 'a message' --author-name 'A U Thor' --author-email a@b.c
             --author-avatar-url https://git/a.png --base-deployment-name prod --snapshot-base-condition on-create
             --organization acme",
        ),
        bare(
            "every alias",
            "--repo-name r --branch-name b --commit-hash c --timestamp 1 --pull-request-url https://git/pr/1
             --pull-request-id 1",
        ),
        Case::new("short flags", "branch-deployment create-or-update --url $URL -u tok -o acme --repo-name r --branch-name b --commit-hash c --timestamp 1"),
        Case::new("user token", "branch-deployment create-or-update --url $URL --user-token tok --repo-name r --branch-name b --commit-hash c --timestamp 1"),
        create("equals signs", "--timestamp=1 --commit-message=m --author-name="),
        create("the last of two", "--timestamp 1 --timestamp 2 --author-name a --author-name b"),
        create("both names of one flag", "--timestamp 1 --code-review-id 1 --pull-request-id 2"),
        create("a value like a flag", "--timestamp 1 --commit-message --hello --author-name -n"),
        create("a value that is two dashes", "--timestamp 1 --commit-message --"),
        create("options after two dashes", "--timestamp 1 -- --commit-message m"),
        create("unknown flag", "--timestamp 1 --nope"),
        create("abbreviated flag", "--timestamp 1 --commit-mess m"),
        create("flag without its value", "--timestamp 1 --commit-message"),
        create("one argument too many", "--timestamp 1 extra"),
        create("flag of another command", "--timestamp 1 --agent-timeout 0"),
        create("deployment flag", "--timestamp 1 --deployment prod"),
        bare("no repository", "--branch-name b --commit-hash c --timestamp 1"),
        bare("no branch", "--repo-name r --commit-hash c --timestamp 1"),
        bare("no commit", "--repo-name r --branch-name b --timestamp 1"),
        create("no timestamp", ""),
        Case::new("logging option before the command", format!("--log-format fluentbit branch-deployment create-or-update --url $URL -u {TOKEN} --repo-name r --branch-name b --commit-hash c --timestamp 1")),
        create("logging variable", "--timestamp 1").env("DAGSTER_LOG_FORMAT", "fluentbit"),
        create("deployment variable", "--timestamp 1").env("DAGSTER_CLOUD_DEPLOYMENT", "prod"),
    ];
}

#[test]
fn values() {
    conform![
        create("fraction of a second", "--timestamp 1700000000.25"),
        create("microseconds", "--timestamp 1700000000.123456"),
        create("exponent", "--timestamp 1.7e9"),
        create("before 1970", "--timestamp -1"),
        create("zero", "--timestamp 0").ours_accepts("1970-01-01 is a time", ROOT, at(0.0, None)),
        create("not a number", "--timestamp yesterday"),
        create("a date", "--timestamp 2023-11-14T22:13:20Z"),
        create("blanks around", "--timestamp ' 17 '").ours_refuses(PLAIN_NUMBER),
        create("underscores", "--timestamp 1_700").ours_refuses(PLAIN_NUMBER),
        create("plus sign", "--timestamp +17"),
        create("NaN", "--timestamp nan"),
        create("infinity", "--timestamp inf"),
        create("empty timestamp", "--timestamp ''"),
        create("on update", "--timestamp 1 --snapshot-base-condition on-update"),
        create("name of the constant", "--timestamp 1 --snapshot-base-condition ON_UPDATE").ours_accepts(ANY_CASE, ROOT, at(1.0, Some("ON_UPDATE"))),
        create("other case", "--timestamp 1 --snapshot-base-condition On-Update").ours_accepts(ANY_CASE, ROOT, at(1.0, Some("ON_UPDATE"))),
        create("unknown condition", "--timestamp 1 --snapshot-base-condition always"),
        create("empty condition", "--timestamp 1 --snapshot-base-condition ''"),
        create("closed", "--timestamp 1 --pull-request-status CLOSED"),
        create("merged", "--timestamp 1 --pull-request-status MERGED"),
        create("lower case", "--timestamp 1 --pull-request-status open").ours_sends(ANY_CASE, |arguments| arguments["branchData"]["pullRequestStatus"] = json!("OPEN")),
        create("unknown status", "--timestamp 1 --pull-request-status DRAFT").ours_refuses(NO_STATUS),
        create("empty status", "--timestamp 1 --pull-request-status ''").ours_refuses(NO_STATUS),
        create(
            "empty strings",
            "--timestamp 1 --branch-url '' --code-review-url '' --code-review-id '' --commit-message '' --author-name ''
             --author-email '' --author-avatar-url '' --base-deployment-name ''",
        ),
        bare("empty commit", "--repo-name r --branch-name b --timestamp 1 --commit-hash ''"),
        named("empty branch", "--repo-name r --branch-name ''").ours_refuses(NAMELESS),
        named("empty repository", "--repo-name '' --branch-name b").ours_refuses(NAMELESS),
        named("blank branch", "--repo-name r --branch-name ' '").ours_refuses(NAMELESS),
        create("quotes", r#"--timestamp 1 --commit-message 'say "hi"' --author-name "it's""#),
        create("backslashes", r"--timestamp 1 --commit-message 'C:\new\table'"),
        create("new lines and tabs", "--timestamp 1 --commit-message 'one\ntwo\r\n\tthree\n'"),
        create("control characters", "--timestamp 1 --commit-message '\u{1b}[31mred\u{7f}\u{1}'"),
        create("emoji", "--timestamp 1 --commit-message '\u{1f680}\u{1f468}\u{200d}\u{1f469}' --author-name '\u{5c71}\u{7530}'"),
        create("separators", "--timestamp 1 --commit-message '\u{2028}\u{2029}\u{feff}\u{a0}'"),
        named("slashes in names", "--branch-name feature/a#1 --git-repo-name acme/repo"),
        named("a branch called HEAD", "--repo-name r --branch-name HEAD").ours_refuses("`HEAD` is never a branch name"),
        create("a long message", &format!("--timestamp 1 --commit-message '{}'", "m".repeat(100_000))),
        bare("a hash that is none", "--repo-name r --branch-name b --timestamp 1 --commit-hash main"),
        named("a name with blanks around", "--repo-name r --branch-name ' b '"),
        create("a number that is a word", "--timestamp 1 --code-review-id PR-7"),
    ];
}

#[test]
fn urls() {
    let tail = "--api-token tok --repo-name r --branch-name b --commit-hash c --timestamp 1";
    let at = |name, url: &str| {
        Case::new(name, format!("branch-deployment create-or-update {url} {tail}"))
    };
    conform![
        at("trailing slash", "--url $URL/"),
        at("many slashes", "--url $URL///"),
        at("a deployment in the path", "--url $URL/prod"),
        at("an escape in the path", "--url $URL/a%20b"),
        at("a deployment in the path, and a slash", "--url $URL/prod/"),
        at("organization beside it", "--url $URL --organization other"),
        at("no URL and no organization", ""),
        at("empty URL and no organization", "--url ''"),
        at("not a URL", "--url 'not a url'"),
        at("a scheme of its own", "--url ftp://127.0.0.1/"),
        at("a port of its own", "--url http://127.0.0.1:99999"),
    ];
}

#[test]
fn answers() {
    conform![
        member("PythonError", json!({"message": "boom", "stack": ["line\n"]})),
        member("UnauthorizedError", json!({"message": "no"})),
        member("DeploymentNotFoundError", json!({"message": "no base"})),
        member("DeploymentLimitError", json!({"message": "too many"})),
        member("DuplicateDeploymentError", json!({"message": "twice"})),
        member("SomethingNewError", json!({"message": "new"})),
        create("no name", "--timestamp 1").answer(
            ROOT,
            Reply::member(ROOT, "DagsterCloudDeployment", json!({"deploymentName": null}))
        ),
        create("errors", "--timestamp 1").answer(ROOT, Reply::errors("boom")),
        create("null", "--timestamp 1").answer(ROOT, Reply::data(ROOT, json!(null))),
        create("no data", "--timestamp 1").answer(ROOT, Reply::json(&json!({"data": null}))),
        create("a list", "--timestamp 1").answer(ROOT, Reply::json(&json!([]))),
        create("empty object", "--timestamp 1").answer(ROOT, Reply::json(&json!({}))),
        create("a page", "--timestamp 1")
            .answer(ROOT, Reply::text(200, "text/html", "<html>hello</html>")),
        create("not authorized", "--timestamp 1")
            .answer(ROOT, Reply::text(401, "text/plain", "no")),
        create("not found", "--timestamp 1")
            .answer(ROOT, Reply::text(404, "text/html", "<html>404</html>")),
    ];
}
