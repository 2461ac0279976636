//! What every command works with: the variables, the host, and the two outputs.

use std::io::{self, IsTerminal, Write};

use offshoot_core::{
    env::Env,
    ops::{Outcome, Plan},
};
use offshoot_native::{BlockingClock, BlockingHttp, NativeHost};
use serde::Serialize;

use crate::{failure::Failure, progress::Progress};

/// The host of one-shot commands: no runtime, no threads.
pub type OneShot = NativeHost<BlockingHttp, BlockingClock, Progress>;

/// What every command works with.
pub struct App {
    /// The process's variables. What is not UTF-8 is left out: no setting of ours can be.
    pub env: Env,
    /// The ports.
    pub host: OneShot,
}

impl App {
    /// Takes the variables and outputs of this process.
    pub fn from_process() -> Self {
        let variables = std::env::vars_os();
        let env: Env = variables
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let progress = Progress::new(io::stderr().is_terminal());
        let host = NativeHost::new(BlockingHttp::new(env.clone()), BlockingClock, progress);
        Self { env, host }
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

    /// Prints `value` as JSON if `json`, else as `text` puts it.
    ///
    /// # Errors
    /// As [`App::print`].
    pub fn answer<T: Serialize>(
        &self,
        json: bool,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if json { self.print(&to_json(value)) } else { self.print(&text(value)) }
    }

    /// As [`App::answer`], for operations that have a dry run.
    ///
    /// # Errors
    /// As [`App::print`].
    pub fn outcome<T: Serialize>(
        &self,
        json: bool,
        outcome: &Outcome<T>,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        self.answer(json, outcome, |outcome| match outcome {
            Outcome::Done(value) => text(value),
            Outcome::Planned(plan) => plan_text(plan),
        })
    }
}

/// `value` as indented JSON.
pub fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn plan_text(plan: &Plan) -> String {
    let mut text = String::new();
    for call in &plan.calls {
        text.push_str(&format!("would send: {} {}\n", call.method, call.url));
        text.push_str("Dagster-Cloud-Api-Token: ******\n");
        if let Some(deployment) = &call.deployment {
            text.push_str(&format!("Dagster-Cloud-Deployment: {deployment}\n"));
        }
        text.push_str(&format!(
            "{}\nvariables: {}\n",
            call.query.trim_end(),
            to_json(&call.variables)
        ));
    }
    if !plan.wait_for.is_empty() {
        text.push_str(&format!("then would wait for: {}\n", plan.wait_for.join(", ")));
    }
    text
}
