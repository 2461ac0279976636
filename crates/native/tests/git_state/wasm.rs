//! The third reader of every repository: the WASM module in Node.
//!
//! `wasm/test.sh` names its program in `OFFSHOOT_WASM_READER`; without that there are two readers, git and ours.

use std::{
    cell::RefCell,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use offshoot_core::{
    error::Report,
    git::{GitError, GitState},
};
use serde_json::{Value, json};

thread_local! {
    /// One process for each thread of tests, because each asks in its own order.
    static READER: RefCell<Option<Reader>> = RefCell::new(Reader::start());
}

/// Panics if the WASM module says anything else of `dir` than `native`, which may be an error.
pub fn compare(dir: &Path, env: &[(&str, &str)], native: &Result<GitState, GitError>) {
    READER.with_borrow_mut(|reader| {
        let Some(reader) = reader else { return };
        let native = match native {
            Ok(state) => json!(state),
            Err(error) => json!({ "error": Report::of(error) }),
        };
        assert_eq!(reader.ask(dir, env), native, "WASM and native differ for {}", dir.display());
    });
}

/// A process that answers each line with a line.
struct Reader {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Reader {
    fn start() -> Option<Self> {
        let program = std::env::var_os("OFFSHOOT_WASM_READER")?;
        let mut process = Command::new("node")
            .arg(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is installed");
        let questions = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Some(Self { process, questions, answers })
    }

    fn ask(&mut self, dir: &Path, env: &[(&str, &str)]) -> Value {
        let env: serde_json::Map<_, _> =
            env.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        writeln!(self.questions, "{}", json!({ "path": dir.to_str().unwrap(), "env": env }))
            .unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
