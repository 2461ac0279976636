//! Where the URL, the organization, the token and the deployment come from.

use serde_json::json;

use super::compare::conform;
use crate::case::Case;

const COMMIT: &str = "--repo-name r --branch-name b --commit-hash c --timestamp 1";

fn create(name: &'static str, tail: &str) -> Case {
    Case::new(name, format!("branch-deployment create-or-update {COMMIT} {tail}"))
}

fn delete_location(name: &'static str, tail: &str) -> Case {
    Case::new(name, format!("deployment delete-location x {tail}"))
}

#[test]
fn variables() {
    conform![
        create("token by variable", "--url $URL").env("DAGSTER_CLOUD_API_TOKEN", "from-env"),
        create("the flag wins", "--url $URL --api-token from-flag").env("DAGSTER_CLOUD_API_TOKEN", "from-env"),
        create("an empty flag", "--url $URL --api-token ''").env("DAGSTER_CLOUD_API_TOKEN", "from-env").ours_refuses("an empty flag is a secret that is missing"),
        create("organization by variable", "--url $URL -u secret").env("DAGSTER_CLOUD_ORGANIZATION", "acme"),
        create("no token", "--url $URL").ours_refuses("a call without a token cannot succeed"),
        create("empty token variable", "--url $URL").env("DAGSTER_CLOUD_API_TOKEN", "").ours_refuses("a call without a token cannot succeed"),
        create("URL by variable", "-u secret").env("DAGSTER_CLOUD_URL", "$URL").ours_accepts(
            "the URL's variable counts for every command",
            "createOrUpdateBranchDeployment",
            json!({
                "branchData": {"repoName": "r", "branchName": "b", "branchUrl": null, "pullRequestUrl": null, "pullRequestStatus": null, "pullRequestNumber": null},
                "commit": {"commitHash": "c", "timestamp": 1.0, "commitMessage": null, "commitUrl": null, "authorName": null, "authorEmail": null, "authorAvatarUrl": null},
                "baseDeploymentName": null, "snapshotBaseCondition": null,
            }),
        ),
        delete_location("URL by variable, for a location", "-u secret").env("DAGSTER_CLOUD_URL", "$URL/prod"),
        delete_location("the URL's flag wins", "-u secret --url $URL/flag").env("DAGSTER_CLOUD_URL", "$URL/variable"),
        delete_location("all by variables", "").env("DAGSTER_CLOUD_URL", "$URL/prod").env("DAGSTER_CLOUD_API_TOKEN", "secret").env("DAGSTER_CLOUD_ORGANIZATION", "acme").env("DAGSTER_CLOUD_DEPLOYMENT", "prod"),
        delete_location("the deployment's flag wins", "-u secret --url $URL -d flag").env("DAGSTER_CLOUD_DEPLOYMENT", "variable"),
        delete_location("empty deployment variable", "-u secret --url $URL").env("DAGSTER_CLOUD_DEPLOYMENT", "").ours_refuses("a location is deleted from a deployment that is known"),
        delete_location("region beside a URL", "-u secret --url $URL/prod").env("DAGSTER_CLOUD_ENV", "eu"),
        delete_location("no token for a location", "--url $URL/prod").ours_refuses("a call without a token cannot succeed"),
        delete_location("a token that is part of the answer", "--url $URL/prod -u t"),
        delete_location("nothing", ""),
        delete_location("a token with a line's end", "--url $URL/prod -u 'secret\n'").ours_accepts("the line's end of a secret's file is not part of the secret", "deleteLocation", json!({"locationName": "x"})),
        delete_location("a deployment beyond Latin-1", "--url $URL/prod -u secret -d '\u{1f680}'"),
    ];
}

#[test]
fn files() {
    let named = |name, text: &'static str| {
        delete_location(name, "--url $URL")
            .env("DAGSTER_CLOUD_CLI_CONFIG", "$PWD/config")
            .file("config", text)
    };
    let all = "organization: acme\ndefault_deployment: from-file\nuser_token: token-from-file\n";
    let toml = "[cli.plus]\norganization = 'acme'\ndefault_deployment = 'from-toml'\nuser_token = 'token-from-toml'\n";
    conform![
        named("named by variable", all),
        named("the variable wins over the file", all).env("DAGSTER_CLOUD_API_TOKEN", "from-env"),
        named(
            "an empty variable over the file",
            "user_token: secret\ndefault_deployment: from-file\n"
        )
        .env("DAGSTER_CLOUD_DEPLOYMENT", "")
        .ours_sends_to("an empty variable is not set, as CI systems export those", "from-file"),
        named("agent timeout", "user_token: secret\ndefault_deployment: prod\nagent_timeout: 0\n"),
        named("unknown key", "user_token: secret\ndefault_deployment: prod\nsurprise: 1\n")
            .ours_accepts(
                "a newer tool may have written it",
                "deleteLocation",
                json!({"locationName": "x"})
            ),
        named("not a map", "hello\n"),
        named("not YAML", "user_token: [\n"),
        named("empty", "").ours_refuses("a call without a token cannot succeed"),
        named("a token that is a number", "user_token: 12\ndefault_deployment: prod\n")
            .ours_accepts(
                "YAML takes a token of digits for a number",
                "deleteLocation",
                json!({"locationName": "x"})
            ),
        delete_location("in the home", "--url $URL").file("~/.dagster_cloud_cli/config", all),
        delete_location("of dg, in the home", "--url $URL").file("~/.config/dg.toml", toml),
        delete_location("of dg, named by variable", "--url $URL")
            .env("DG_CLI_CONFIG", "$PWD/my.toml")
            .file("my.toml", toml),
        delete_location("of dg, in another home", "--url $URL")
            .env("XDG_CONFIG_HOME", "$PWD/conf")
            .file("conf/dg.toml", toml),
        delete_location("both files", "--url $URL")
            .file("~/.dagster_cloud_cli/config", all)
            .file("~/.config/dg.toml", toml)
            .ours_accepts(
                "the files have an order",
                "deleteLocation",
                json!({"locationName": "x"})
            ),
        delete_location("the other one of dg is empty", "--url $URL")
            .file("~/.dagster_cloud_cli/config", all)
            .file("~/.config/dg.toml", "[cli]\n"),
        create("for a branch deployment", "--url $URL").file("~/.dagster_cloud_cli/config", all),
    ];
}
