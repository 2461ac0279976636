//! Running a program to its end, within a deadline.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use crate::{recorder::Recorded, runtime};

/// No command of these tests takes nearly as long, so that one that does is stuck.
const DEADLINE: Duration = Duration::from_secs(60);

/// A program with its arguments, in an environment of its own: `PATH`, an empty `HOME`, and what is given.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The arguments after the program's name.
    pub arguments: Vec<String>,
    environment: Vec<(String, String)>,
    /// The working directory.
    pub directory: PathBuf,
}

/// What came out of a run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The exit code; that of a signal is negative.
    pub code: i32,
    /// All of stdout.
    pub stdout: String,
    /// All of stderr.
    pub stderr: String,
    /// What arrived at the server that it was pointed at.
    pub requests: Vec<Recorded>,
}

impl Invocation {
    /// Arguments as one would write them in a shell, run in `directory`.
    pub fn new(command_line: &str, directory: &Path) -> Self {
        let arguments = shell_words::split(command_line)
            .unwrap_or_else(|error| panic!("`{command_line}` is no command line: {error}"));
        Self { arguments, environment: Vec::new(), directory: directory.to_owned() }
    }

    /// The same with `variables` beyond `PATH`, `HOME` and `LANG`; these too can be set here.
    pub fn with<N: Into<String>, V: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables = variables.into_iter();
        self.environment.extend(variables.map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// The whole environment, the same for whatever program is run.
    pub fn whole_environment(&self) -> Vec<(String, String)> {
        let path = std::env::var("PATH").expect("there is a PATH");
        let base = [("PATH", path.as_str()), ("HOME", "/nonexistent"), ("LANG", "C.UTF-8")];
        let base = base.map(|(name, value)| (name.to_owned(), value.to_owned()));
        base.into_iter().chain(self.environment.iter().cloned()).collect()
    }

    /// Runs `program` with this. The requests of the outcome are left to the caller.
    pub fn run(&self, program: impl AsRef<OsStr>) -> Outcome {
        let program = program.as_ref();
        let mut command = tokio::process::Command::new(program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.whole_environment())
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let output = runtime().block_on(async {
            let child = command
                .spawn()
                .unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
            tokio::time::timeout(DEADLINE, child.wait_with_output()).await
        });
        let output = output
            .unwrap_or_else(|_| {
                panic!("{} {:?} is still running", program.display(), self.arguments)
            })
            .expect("a child's output can be read");
        Outcome {
            code: code(output.status),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            requests: Vec::new(),
        }
    }
}

fn code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status
        .code()
        .or_else(|| status.signal().map(|signal| -signal))
        .expect("it ended in one way or the other")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("these programs write UTF-8")
}
