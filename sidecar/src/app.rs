//! What every command works with: the variables, the host, and the two outputs.

use std::io::{self, IsTerminal, Write};

use offshoot_core::{
    env::Env,
    text::{Text, to_json},
};
use serde::Serialize;

use crate::{
    failure::Failure,
    host::{self, Host},
    progress::Progress,
};

/// What every command works with.
pub struct App {
    /// The process's variables. What is not UTF-8 is left out: no setting of ours can be.
    pub env: Env,
    /// The ports.
    pub host: Host,
}

impl App {
    /// Takes the variables and outputs of this process.
    pub fn from_process() -> Self {
        let variables = std::env::vars_os();
        let env: Env = variables
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let progress = Progress::new(io::stderr().is_terminal());
        Self { host: host::of_command(env.clone(), progress), env }
    }

    /// The directory that the command was started in, with `/` between its parts.
    ///
    /// # Errors
    /// If it is gone, or its path is not UTF-8.
    pub fn current_dir(&self) -> Result<String, Failure> {
        let path = std::env::current_dir()
            .map_err(|error| Failure::io("find the current directory", &error))?;
        let path = path.to_str().ok_or_else(|| {
            Failure::usage("the current directory's path is not UTF-8", "move the checkout")
        })?;
        Ok(path.replace(std::path::MAIN_SEPARATOR, "/"))
    }

    /// The directory `given`, which may be relative to the current one, as [`App::current_dir`] has it.
    ///
    /// # Errors
    /// If it is not there.
    pub fn resolve(&self, given: &str) -> Result<String, Failure> {
        let path = std::path::absolute(given)
            .map_err(|error| Failure::io(&format!("find the directory `{given}`"), &error))?;
        if !path.is_dir() {
            return Err(Failure::usage(
                format!("`{given}` is no directory"),
                "pass a directory in the checkout, such as `.`",
            ));
        }
        let path = path.to_str().ok_or_else(|| {
            Failure::usage(format!("the path of `{given}` is not UTF-8"), "move the checkout")
        })?;
        Ok(path.replace(std::path::MAIN_SEPARATOR, "/"))
    }

    /// Writes the result of a command, and nothing else, to stdout.
    ///
    /// # Errors
    /// If stdout cannot be written, except when its reader has gone.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        match write!(stdout, "{text}{newline}").and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::io("write to stdout", &error))
            }
            _ => Ok(()),
        }
    }

    /// Writes a line for people to stderr.
    pub fn note(&self, text: &str) {
        // Nothing better can be done about a stderr that cannot be written.
        let _unwritable = io::stderr().lock().write_all(format!("{text}\n").as_bytes());
    }

    /// Prints `value` as JSON if `json`, else as text.
    ///
    /// # Errors
    /// As [`App::print`].
    pub fn answer<T: Serialize + Text>(&self, json: bool, value: &T) -> Result<(), Failure> {
        self.print(&if json { to_json(value) } else { value.printed() })
    }
}
