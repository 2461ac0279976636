//! The real `dagster-cloud` CLI, at the version that `tests/requirements.txt` pins.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Condvar, Mutex, OnceLock},
};

use serde_json::{Value as Json, json};

use crate::{
    process::{Invocation, Outcome},
    root,
};

/// How many of its commands run at a time.
const INTERPRETERS: usize = 2;

/// Runs the real CLI, in a child of a warm interpreter: see `tests/scripts/official.py`.
pub fn run(invocation: &Invocation) -> Outcome {
    let (idle, returned) = pool();
    let mut interpreters = idle.lock().expect("no other test broke it");
    let mut interpreter = loop {
        match interpreters.pop() {
            Some(interpreter) => break interpreter,
            None => interpreters = returned.wait(interpreters).expect("no other test broke it"),
        }
    };
    drop(interpreters);
    let outcome = interpreter.run(invocation);
    idle.lock().expect("no other test broke it").push(interpreter);
    returned.notify_one();
    outcome
}

/// Runs the real CLI as a process of its own. It takes four times as long, and says whether [`run`] is right.
pub fn run_alone(invocation: &Invocation) -> Outcome {
    invocation.run(installed("dagster-cloud"))
}

/// A program of the virtual environment that `tests/setup.sh` makes.
fn installed(name: &str) -> PathBuf {
    let path = root().join(".venv/bin").join(name);
    assert!(path.exists(), "the official dagster-cloud CLI is not installed: run tests/setup.sh");
    path
}

fn pool() -> &'static (Mutex<Vec<Interpreter>>, Condvar) {
    static POOL: OnceLock<(Mutex<Vec<Interpreter>>, Condvar)> = OnceLock::new();
    POOL.get_or_init(|| {
        (Mutex::new((0..INTERPRETERS).map(|_| Interpreter::start()).collect()), Condvar::new())
    })
}

/// A Python process that has loaded what the CLI needs. It ends when this process does, at the end of its stdin.
struct Interpreter {
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    _child: Child,
}

impl Interpreter {
    fn start() -> Self {
        let mut child = Command::new(installed("python"))
            .arg(root().join("tests/scripts/official.py"))
            .env_clear()
            .env("PATH", std::env::var("PATH").expect("there is a PATH"))
            .env("HOME", "/nonexistent")
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the virtual environment's Python starts");
        let commands = child.stdin.take().expect("its stdin is a pipe");
        let answers = BufReader::new(child.stdout.take().expect("its stdout is a pipe"));
        Self { commands, answers, _child: child }
    }

    fn run(&mut self, invocation: &Invocation) -> Outcome {
        let output = tempfile::tempdir().expect("there is room for files");
        let (stdout, stderr) = (output.path().join("stdout"), output.path().join("stderr"));
        let environment = invocation
            .whole_environment()
            .into_iter()
            .map(|(name, value)| (name, Json::String(value)));
        let command = json!({
            "args": invocation.arguments,
            "env": Json::Object(environment.collect()),
            "cwd": invocation.directory,
            "stdout": stdout,
            "stderr": stderr,
        });
        writeln!(self.commands, "{command}").expect("the interpreter listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the interpreter answers");
        let answer: Json = serde_json::from_str(&answer)
            .unwrap_or_else(|_| panic!("the interpreter ended: {invocation:?}"));
        let code =
            answer.get("code").and_then(Json::as_i64).and_then(|code| i32::try_from(code).ok());
        let read = |path| std::fs::read_to_string(path).expect("the CLI writes UTF-8");
        Outcome {
            code: code.expect("the interpreter answers with an exit code"),
            stdout: read(&stdout),
            stderr: read(&stderr),
            requests: Vec::new(),
        }
    }
}
