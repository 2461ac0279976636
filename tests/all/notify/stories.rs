//! A build that is deployed and told of, on each service: what arrives there, as it arrives.

use std::{fs, path::Path};

use offshoot_tests::{
    ours,
    process::{Invocation, Outcome},
    recorder::Recorded,
    repo::Shape,
    sandbox::Sandbox,
};

use super::forge::{Forge, Kind, TOKEN};

const ETL: &str = "locations:
- location_name: etl
  code_source: {module_name: etl.definitions}
  image: registry.example/etl:1
";
const ML: &str = "- location_name: ml
  code_source: {module_name: ml.definitions}
  image: registry.example/ml:1
";

/// What its CI system sets in the build of a pull request; `$FORGE` is the service.
fn variables(kind: Kind) -> Vec<(&'static str, &'static str)> {
    let actions = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_HEAD_REF", "feature"),
        ("GITHUB_BASE_REF", "main"),
        ("GITHUB_REF", "refs/pull/7/merge"),
        ("GITHUB_REPOSITORY", "acme/shop"),
        ("GITHUB_SERVER_URL", "$FORGE"),
        ("GITHUB_API_URL", "$FORGE/api/v3"),
        ("GITHUB_TOKEN", TOKEN),
    ];
    match kind {
        Kind::GitHub => actions.to_vec(),
        Kind::Gitea => [&[("GITEA_ACTIONS", "true")], &actions[..]].concat(),
        Kind::GitLab => vec![
            ("GITLAB_CI", "true"),
            ("CI_API_V4_URL", "$FORGE/api/v4"),
            ("CI_PROJECT_PATH", "jane/shop"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "feature"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_PROJECT_PATH", "acme/team/shop"),
            ("CI_MERGE_REQUEST_PROJECT_URL", "https://gitlab.example/acme/team/shop"),
            ("CI_JOB_TOKEN", "never-sent-0123456789"),
            ("GITLAB_TOKEN", TOKEN),
        ],
        Kind::Bitbucket => vec![
            ("BITBUCKET_BUILD_NUMBER", "3"),
            ("BITBUCKET_BRANCH", "feature"),
            ("BITBUCKET_PR_ID", "7"),
            ("BITBUCKET_REPO_FULL_NAME", "acme/shop"),
            ("OFFSHOOT_NOTIFY_URL", "$FORGE"),
            ("BITBUCKET_TOKEN", TOKEN),
        ],
        Kind::AzureDevOps => vec![
            ("TF_BUILD", "True"),
            ("BUILD_REPOSITORY_PROVIDER", "TfsGit"),
            ("BUILD_REPOSITORY_NAME", "shop"),
            ("BUILD_REPOSITORY_URI", "https://dev.azure.com/acme/my%20project/_git/shop"),
            ("SYSTEM_COLLECTIONURI", "$FORGE/acme/"),
            ("SYSTEM_TEAMPROJECT", "my project"),
            ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7"),
            ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/feature"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
            ("SYSTEM_ACCESSTOKEN", TOKEN),
        ],
    }
}

/// A build in a checkout of its own.
struct Build {
    kind: Kind,
    forge: Forge,
    folder: tempfile::TempDir,
    /// Variables beyond those of the CI system.
    also: Vec<(String, String)>,
}

impl Build {
    fn start(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("there is room for files");
        Shape::Detached.build(folder.path());
        Self { kind, forge: Forge::start(kind), folder, also: Vec::new() }
    }

    fn run(&self, sandbox: &Sandbox, command: &str) -> Outcome {
        let checkout = self.checkout();
        let url = self.forge.recorder.url();
        let of_ci = variables(self.kind);
        let of_ci = of_ci.iter().map(|(name, value)| (*name, value.replace("$FORGE", &url)));
        let invocation = Invocation::new(command, &checkout)
            .with(of_ci)
            .with(sandbox.variables())
            .with(self.also.iter().cloned());
        let outcome = ours::run(&invocation);
        assert!(!outcome.stderr.contains(TOKEN) && !outcome.stdout.contains(TOKEN), "{outcome:?}");
        outcome
    }

    fn deploy(&self, sandbox: &Sandbox, locations: &str) -> Outcome {
        fs::write(self.checkout().join("build.yaml"), locations).expect("the folder is new");
        self.run(sandbox, "deploy")
    }

    fn notify(&self, sandbox: &Sandbox) -> Outcome {
        let outcome = self.run(sandbox, "notify");
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        outcome
    }

    /// The only comment of ours.
    fn comment(&self) -> String {
        let [comment] = &self.own_comments()[..] else { panic!("{:?}", self.own_comments()) };
        comment.clone()
    }

    /// What the status of the commit was set to at last.
    fn state(&self) -> String {
        let requests = self.arrived(0);
        let status = requests.iter().rfind(|it| it.path.contains("/statuses/"));
        status.expect("a status was set").body["state"].as_str().unwrap_or_default().to_owned()
    }

    fn checkout(&self) -> std::path::PathBuf {
        let folder: &Path = self.folder.path();
        folder.join("repo")
    }

    fn own_comments(&self) -> Vec<String> {
        let all = self.forge.comments.all();
        all.into_iter().filter(|text| text.starts_with("[offshoot]: # (")).collect()
    }

    /// What has arrived since `since` requests had.
    fn arrived(&self, since: usize) -> Vec<Recorded> {
        self.forge.recorder.requests().split_off(since)
    }
}

fn shown(requests: &[Recorded]) -> String {
    let one = |request: &Recorded| {
        let mut text = format!("{} {}\n", request.method, request.path);
        for (name, value) in &request.headers {
            let usual = ["host", "accept-encoding", "content-length", "user-agent"];
            if !usual.contains(&name.as_str()) {
                text.push_str(&format!("{name}: {}\n", value.to_str().expect("it is ASCII")));
            }
        }
        if !request.body.is_null() {
            let body = serde_json::to_string_pretty(&request.body).expect("it was JSON");
            text.push_str(&format!("{body}\n"));
        }
        text.replace(TOKEN, "******")
    };
    requests.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// Deploys, tells, tells again, deploys more, and tells of that.
fn story(kind: Kind) -> String {
    let sandbox = Sandbox::start(&["--load-after", "0"]);
    let build = Build::start(kind);
    build.deploy(&sandbox, ETL);

    let first = build.notify(&sandbox);
    assert!(first.stderr.contains("made the comment and set the commit status"), "{first:?}");
    let made = shown(&build.arrived(0));
    let comment = build.comment();
    assert!(comment.contains("| `etl` | loaded |"), "{comment}");

    let before = build.arrived(0).len();
    let again = build.notify(&sandbox);
    assert!(again.stderr.contains("found the comment up to date"), "{again:?}");
    assert_eq!(again.stdout, first.stdout, "the page of the comment is the same");
    let writes = build.arrived(before).iter().filter(|it| it.method != "GET").count();
    assert_eq!(writes, 1, "only the status was set again");

    build.deploy(&sandbox, &format!("{ETL}{ML}"));
    let before = build.arrived(0).len();
    let updated = build.notify(&sandbox);
    assert!(updated.stderr.contains("updated the comment"), "{updated:?}");
    let comment = build.comment();
    assert!(comment.contains("| `etl` | loaded |\n| `ml` | loaded |"), "{comment}");
    let others = build.forge.comments.all();
    assert_eq!(others[..3], Forge::start(kind).comments.all()[..], "what others wrote stays");

    let before_dry = build.arrived(0).len();
    build.run(&sandbox, "notify --dry-run");
    assert!(
        build.arrived(before_dry).iter().all(|it| it.method == "GET"),
        "a dry run writes nothing"
    );

    format!(
        "{made}\n# then\n\n{}\n# {}",
        shown(&build.arrived(before)[..before_dry - before]),
        first.stdout
    )
}

macro_rules! snapshot {
    ($kind:expr) => {
        insta::with_settings!({
            omit_expression => true,
            filters => vec![
                (r"127\.0\.0\.1:\d+", "HOST"),
                (r"HOST/[0-9a-f]{40}\b", "HOST/DEPLOYMENT"),
                (r"deployment \[[0-9a-f]{40}\]", "deployment [DEPLOYMENT]"),
                (r"\b[0-9a-f]{40}\b", "COMMIT"),
            ],
        }, {
            insta::assert_snapshot!(story($kind))
        })
    };
}

#[test]
fn github() {
    snapshot!(Kind::GitHub);
}

#[test]
fn gitlab() {
    snapshot!(Kind::GitLab);
}

#[test]
fn bitbucket() {
    snapshot!(Kind::Bitbucket);
}

#[test]
fn azure_devops() {
    snapshot!(Kind::AzureDevOps);
}

#[test]
fn gitea() {
    snapshot!(Kind::Gitea);
}

#[test]
fn two_deployments_in_one_pull_request_have_a_comment_each() {
    let sandboxes =
        [Sandbox::start(&["--load-after", "0"]), Sandbox::start(&["--load-after", "0"])];
    let build = Build::start(Kind::GitHub);
    for _ in 0..2 {
        for sandbox in &sandboxes {
            build.deploy(sandbox, ETL);
            build.notify(sandbox);
        }
    }
    assert_eq!(build.own_comments().len(), 2);
    let status = |request: &Recorded| request.body["context"].as_str().map(str::to_owned);
    let mut contexts: Vec<String> = build.arrived(0).iter().filter_map(status).collect();
    contexts.sort();
    contexts.dedup();
    assert_eq!(contexts.len(), 2, "{contexts:?}");
}

#[test]
fn a_build_that_was_not_deployed_is_told_as_failed() {
    let sandbox = Sandbox::start(&["--load-after", "0"]);
    let mut build = Build::start(Kind::GitHub);
    build.notify(&sandbox);
    let comment = build.comment();
    assert!(comment.contains("There is no branch deployment of `feature` yet"), "{comment}");
    assert_eq!(build.state(), "failure");

    assert_eq!(build.deploy(&sandbox, ETL).code, 0);
    build.notify(&sandbox);
    assert!(build.comment().contains("Deployed at `"), "{}", build.comment());
    assert_eq!(build.state(), "success");

    let next = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    build.also.push(("OFFSHOOT_COMMIT".to_owned(), next.to_owned()));
    build.notify(&sandbox);
    let comment = build.comment();
    assert!(
        comment.contains(&format!("The commit `{next}` of this build is not deployed")),
        "{comment}"
    );
    assert_eq!(build.state(), "failure");
}

#[test]
fn a_full_deployment_that_was_named_is_told_of_when_named() {
    let sandbox = Sandbox::start(&["--load-after", "0"]);
    let build = Build::start(Kind::GitHub);
    fs::write(build.checkout().join("build.yaml"), ETL).expect("the folder is new");
    let deployed = build.run(&sandbox, "deploy --full-deployment prod");
    assert_eq!(deployed.code, 0, "{}", deployed.stderr);
    let told = build.run(&sandbox, "notify --full-deployment prod");
    assert_eq!(told.code, 0, "{}", told.stderr);
    let comment = build.comment();
    assert!(comment.contains("### Dagster+ deployment [prod]("), "{comment}");
    assert!(comment.contains("| `etl` | loaded |"), "{comment}");
    assert_eq!(build.state(), "success");
}

#[test]
fn a_load_error_is_shown_where_the_code_is_reviewed() {
    let error = "etl=ModuleNotFoundError: No module named x";
    let sandbox = Sandbox::start(&["--load-after", "0", "--fail", error]);
    let build = Build::start(Kind::GitHub);
    assert_eq!(build.deploy(&sandbox, ETL).code, 12);
    build.notify(&sandbox);
    let comment = build.comment();
    assert!(comment.contains("| `etl` | failed: `"), "{comment}");
    assert!(comment.contains("```text\n") && comment.contains("No module named x"), "{comment}");
    assert_eq!(build.state(), "failure");
}
