//! A command line with everything around it, and running it.

use std::{fs, path::Path};

use offshoot_tests::{
    process::{Invocation, Outcome},
    recorder::Recorder,
    repo::Shape,
    script::{Reply, Script},
};
use serde_json::Value as Json;

/// The token of every case that does not say otherwise.
pub const TOKEN: &str = "agent:acme:0123456789abcdef";

/// One line of a table.
pub struct Case {
    pub name: String,
    /// As one would write it in a shell; `$URL` is the recorder, `$HOME` and `$PWD` are folders of this case.
    pub command: String,
    pub ours: Ours,
    environment: Vec<(&'static str, &'static str)>,
    files: Vec<(&'static str, Vec<u8>)>,
    shape: Shape,
    script: Script,
}

/// What ours must do beside theirs.
pub enum Ours {
    /// The same.
    Same,
    /// The same calls after this change to the arguments of theirs, for this reason.
    Sends(&'static str, fn(&mut Json)),
    /// The same calls, with the deployment behind a path of the URL that theirs takes for one, for this reason.
    Appends(&'static str),
    /// The same calls to another deployment, for this reason.
    SendsTo(&'static str, &'static str),
    /// An error where theirs sends something, for this reason.
    Refuses(&'static str),
    /// The same calls, and then an error where theirs succeeds, for this reason.
    Fails(&'static str),
    /// This call (root field, arguments) where theirs fails, for this reason.
    Accepts(&'static str, &'static str, Json),
}

impl Case {
    pub fn new(name: impl Into<String>, command: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            command: command.into(),
            ours: Ours::Same,
            environment: Vec::new(),
            files: Vec::new(),
            shape: Shape::None,
            script: Script::success(),
        }
    }

    pub fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    /// A file in the working directory, or in the home directory if it begins with `~/`.
    pub fn file(mut self, path: &'static str, text: impl AsRef<[u8]>) -> Self {
        self.files.push((path, text.as_ref().to_owned()));
        self
    }

    pub fn repo(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    pub fn answer(mut self, root: &str, reply: Reply) -> Self {
        self.script = self.script.on(root, reply);
        self
    }

    pub fn script(mut self, script: Script) -> Self {
        self.script = script;
        self
    }

    pub fn ours_sends(mut self, reason: &'static str, change: fn(&mut Json)) -> Self {
        self.ours = Ours::Sends(reason, change);
        self
    }

    pub fn ours_sends_to(mut self, reason: &'static str, deployment: &'static str) -> Self {
        self.ours = Ours::SendsTo(reason, deployment);
        self
    }

    pub fn ours_appends(mut self, reason: &'static str) -> Self {
        self.ours = Ours::Appends(reason);
        self
    }

    pub fn ours_refuses(mut self, reason: &'static str) -> Self {
        self.ours = Ours::Refuses(reason);
        self
    }

    pub fn ours_fails(mut self, reason: &'static str) -> Self {
        self.ours = Ours::Fails(reason);
        self
    }

    pub fn ours_accepts(
        mut self,
        reason: &'static str,
        root: &'static str,
        arguments: Json,
    ) -> Self {
        self.ours = Ours::Accepts(reason, root, arguments);
        self
    }

    /// The environment and the files, a line each.
    pub fn surroundings(&self) -> String {
        let variables = self.environment.iter().map(|(name, value)| format!("# {name}={value}\n"));
        let files = self
            .files
            .iter()
            .map(|(path, text)| format!("# {path}: {:?}\n", String::from_utf8_lossy(text)));
        variables.chain(files).collect()
    }

    /// Runs it with `program`, in a folder and against a recorder of its own.
    pub fn run(&self, program: fn(&Invocation) -> Outcome) -> Outcome {
        let folder = tempfile::tempdir().expect("there is room for files");
        let home = folder.path().join("home");
        fs::create_dir(&home).expect("the folder is new");
        let directory = self.shape.build(folder.path());
        let recorder = Recorder::start(self.script.clone());
        let (url, here) = (recorder.url(), directory.display().to_string());
        let fill = |text: &str| {
            text.replace("$URL", &url)
                .replace("$HOME", &home.display().to_string())
                .replace("$PWD", &here)
        };
        for (path, content) in &self.files {
            let path = match path.strip_prefix("~/") {
                Some(rest) => home.join(rest),
                None => directory.join(path),
            };
            write(&path, content, fill);
        }
        let invocation = Invocation::new(&fill(&self.command), &directory)
            .with([("HOME", home.display().to_string())])
            .with(self.environment.iter().map(|(name, value)| (*name, fill(value))));
        let outcome = program(&invocation);
        Outcome { requests: recorder.requests(), ..outcome }
    }
}

fn write(path: &Path, content: &[u8], fill: impl Fn(&str) -> String) {
    fs::create_dir_all(path.parent().expect("a file lies in a folder"))
        .expect("there is room for files");
    match std::str::from_utf8(content) {
        Ok(text) => fs::write(path, fill(text)),
        Err(_) => fs::write(path, content),
    }
    .expect("there is room for files");
}
