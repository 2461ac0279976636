//! A repository with a remote, in which runners run jobs, and the sandbox that the jobs deploy to.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use offshoot_tests::{
    ours,
    process::{Invocation, Outcome},
    root,
    sandbox::Sandbox,
};
use serde_json::Value as Json;
use tempfile::TempDir;

const BUILD_YAML: &str = "locations:
- location_name: etl
  code_source: {module_name: etl.definitions}
  build: {registry: registry.example/etl}
";

/// What the context of every job is judged by.
const FIELDS: [&str; 8] = [
    "ci",
    "kind",
    "git_repo_owner",
    "git_repo_name",
    "branch_name",
    "commit_hash",
    "pull_request",
    "tag",
];

/// A clone with the tag `v1` and, one commit later each, `main` and `feature`, which is the pull request 7 and checked
/// out.
pub struct Project {
    folder: TempDir,
    sandbox: Sandbox,
    /// The hashes with the names that stand for them here.
    commits: Vec<(String, &'static str)>,
}

impl Project {
    /// A project whose `origin` has the URL `origin`, with a job's files. Pushes go to a folder.
    pub fn new(origin: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("there is room for files");
        for name in ["bin", "home", "repo"] {
            fs::create_dir(folder.path().join(name)).expect("the folder is new");
        }
        symlink(ours::binary(), folder.path().join("bin/offshoot")).expect("the folder is new");
        let mut project =
            Self { folder, sandbox: Sandbox::start(&["--load-after", "0"]), commits: Vec::new() };
        project.git("init -q -b main .");
        project.git("init -q --bare -b main ../remote.git");
        project.git(&format!("remote add origin {origin}"));
        project.git("remote set-url --push origin ../remote.git");
        for (path, text) in [("build.yaml", BUILD_YAML)].iter().chain(files) {
            project.write(path, text);
        }
        project.head("TAGGED", "the first commit");
        project.git("tag v1");
        project.git("checkout -q -b feature");
        project.write("etl.py", "changed = True\n");
        project.head("FEATURE", "a feature");
        project.git("checkout -q main");
        project.write("other.py", "changed = True\n");
        project.head("MAIN", "meanwhile");
        project.git("push -q origin main feature v1 feature:refs/pull/7/head");
        project.git("checkout -q feature");
        project
    }

    /// Checks out the merge of the pull request, as it stands at `refs/pull/7/merge`: its second parent is the head.
    pub fn check_out_merge(&mut self) {
        self.git("checkout -q --detach main");
        self.git("merge -q --no-ff -m Merge feature");
        let merge = self.git("rev-parse HEAD");
        self.commits.push((merge, "MERGE"));
    }

    pub fn git(&self, command: &str) -> String {
        let outcome = self.run("git", command, &[]);
        assert_eq!(outcome.code, 0, "git {command}: {}", outcome.stderr);
        outcome.stdout.trim().to_owned()
    }

    /// The hash that one of `TAGGED`, `FEATURE`, `MAIN` and `MERGE` stands for.
    pub fn hash(&self, name: &str) -> &str {
        let found = self.commits.iter().find(|(_, stands)| *stands == name);
        found.map(|(hash, _)| hash.as_str()).expect("it is committed")
    }

    /// The folder `name`, beside the checkout.
    pub fn beside(&self, name: &str) -> String {
        let path = self.folder.path().join(name);
        path.to_str().expect("temporary folders have plain names").to_owned()
    }

    /// Writes a program that jobs find.
    pub fn provide(&self, name: &str, script: &str) {
        let path = self.folder.path().join("bin").join(name);
        fs::write(&path, script).expect("there is room for files");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }

    /// Runs a program in the checkout, with what a job needs beside what the runner sets.
    pub fn run(
        &self,
        program: impl AsRef<Path>,
        command: &str,
        variables: &[(&str, &str)],
    ) -> Outcome {
        let path = std::env::var("PATH").expect("there is a PATH");
        let path = format!("{}:{path}", self.beside("bin"));
        let home = self.beside("home");
        let own = [
            ("PATH", path.as_str()),
            ("HOME", &home),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "A U Thor"),
            ("GIT_AUTHOR_EMAIL", "author@example.com"),
            ("GIT_COMMITTER_NAME", "C O Mitter"),
            ("GIT_COMMITTER_EMAIL", "committer@example.com"),
            ("RECORDS", &home),
        ];
        let invocation = Invocation::new(command, &self.checkout()).with(own);
        let invocation = invocation.with(self.sandbox.variables()).with(variables.iter().copied());
        invocation.run(program.as_ref())
    }

    /// What the job's `offshoot context --json` said, one line a field with its source, and the conflicts.
    pub fn context(&self) -> Vec<String> {
        let text = fs::read_to_string(self.beside("home/context.json"));
        let text = text.expect("the job wrote what it knows");
        let context: Json = serde_json::from_str(&self.named(&text)).expect("it prints JSON");
        let told = |found: &Json| {
            let value = &found["value"];
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{value} <- {}", found["source"].as_str().expect("every field has one"))
        };
        let fields = FIELDS.iter().filter(|name| context.get(**name).is_some());
        let fields = fields.map(|name| format!("{name}: {}", told(&context[*name])));
        let conflicts = context["conflicts"].as_array().into_iter().flatten();
        let conflicts = conflicts.map(|it| {
            format!("conflict of {}: {}, {}", it["field"], told(&it["used"]), told(&it["other"]))
        });
        fields.chain(conflicts).collect()
    }

    /// All that the sandbox has: the branch deployments, and the images everywhere.
    pub fn deployed(&self) -> Vec<String> {
        let images = |name: &str| {
            let listed = self.asked(&format!("deployment list-locations -d {name}"));
            listed.trim().replace('\t', " ")
        };
        let branches = self.asked("branch-deployment list --json");
        let branches: Json = serde_json::from_str(&branches).expect("it prints JSON");
        let branches = branches.as_array().expect("of a list").iter().map(|branch| {
            let (git, commit) =
                (&branch["branch_deployment_git_metadata"], &branch["latest_commit"]);
            let text = |value: &Json| value.as_str().unwrap_or("-").to_owned();
            format!(
                "{} {} {} {} at {}: {}",
                text(&git["repo_name"]),
                text(&git["branch_name"]),
                text(&git["pull_request_number"]),
                text(&git["pull_request_status"]),
                self.named(&text(&commit["commit_hash"])),
                images(&text(&branch["deployment_name"])),
            )
        });
        let prod = format!("prod: {}", images("prod"));
        std::iter::once(prod).chain(branches).collect()
    }

    fn asked(&self, command: &str) -> String {
        let outcome = self.run(ours::binary(), command, &[]);
        assert_eq!(outcome.code, 0, "{command}: {}", outcome.stderr);
        outcome.stdout
    }

    fn checkout(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.checkout().join(path);
        fs::create_dir_all(path.parent().expect("it lies in the checkout")).expect("there is room");
        fs::write(&path, text).expect("there is room for files");
        let mode = if text.starts_with("#!") { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    /// Commits everything; `name` is to stand for the hash.
    fn head(&mut self, name: &'static str, subject: &str) {
        self.git("add --all");
        self.git(&format!("commit -q -m '{subject}'"));
        let hash = self.git("rev-parse HEAD");
        self.commits.push((hash, name));
    }

    /// `text` with the names that stand for the hashes.
    fn named(&self, text: &str) -> String {
        let put = |text: String, (hash, name): &(String, &str)| text.replace(hash.as_str(), name);
        self.commits.iter().fold(text.to_owned(), put)
    }
}

/// A program that `tests/setup.sh` installs.
pub fn tool(path: &str) -> PathBuf {
    let path = root().join(path);
    assert!(path.exists(), "{} is missing; run tests/setup.sh", path.display());
    path
}
