//! How a command ends that does not succeed.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use offshoot_core::{
    error::{Code, Report},
    ops,
    settings::SettingsError,
    text::to_json,
};
use serde_json::json;

use crate::app::App;

/// A failed command: what to say, and whether it is said as JSON too.
#[derive(Debug)]
pub struct Failure {
    report: Box<Report>,
    json: bool,
}

impl Failure {
    /// A command that was not called as it should be.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Code::UsageInvalid, message.into(), Some(hint.into()))
    }

    /// A failure with what is usual for `code`.
    pub fn of(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, message.into(), None)
    }

    /// The same failure, with what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.report.hint = Some(hint.into());
        self
    }

    /// A child process that failed and has said why. It ends with the same exit code.
    pub fn of_child(message: impl Into<String>, exit_code: Option<i32>) -> Self {
        let mut failure = Self::of(Code::Io, message);
        failure.report.exit_code = exit_code.and_then(|code| code.try_into().ok()).unwrap_or(1);
        failure
    }

    /// Something local that failed, to complete "could not ...".
    pub fn io(doing: &str, error: &io::Error) -> Self {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => {
                "it, or a directory on the way to it, is not there; is the path right?"
            }
            io::ErrorKind::PermissionDenied => "look at the permissions, and as whom this runs",
            io::ErrorKind::AddrInUse => "something else listens there; choose another address",
            _ => "the system's own words say what it lacks",
        };
        Self::new(Code::Io, format!("could not {doing}: {error}"), Some(hint.to_owned()))
    }

    /// The same failure, which also appears as JSON on stdout if `json`.
    pub fn in_json(self, json: bool) -> Self {
        Self { json, ..self }
    }

    /// What there is to say.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Says it, and gives the exit code.
    pub fn finish(self, app: &App) -> ExitCode {
        if self.json {
            // Nothing better can be done about a stdout that cannot be written.
            let _unwritable = app.print(&to_json(&json!({ "error": &self.report })));
        }
        let detail =
            self.report.detail.as_deref().filter(|_| !app.host_has_shown(self.report.code));
        write_error(&self.report.message, self.report.hint.as_deref(), detail);
        ExitCode::from(self.report.exit_code)
    }

    fn new(code: Code, message: String, hint: Option<String>) -> Self {
        let report = Report {
            code,
            message,
            hint,
            detail: None,
            exit_code: code.exit_code(),
            status: code.status(),
        };
        Self { report: Box::new(report), json: false }
    }
}

/// Writes an error for people to stderr: the long text first, so that the log ends with what matters.
pub fn write_error(message: &str, hint: Option<&str>, detail: Option<&str>) {
    let mut text = String::new();
    if let Some(detail) = detail {
        text.push_str(detail.trim_end());
        text.push('\n');
    }
    text.push_str(&format!("error: {message}\n"));
    if let Some(hint) = hint {
        text.push_str(&format!("hint: {hint}\n"));
    }
    // Nothing better can be done about a stderr that cannot be written.
    let _unwritable = io::stderr().lock().write_all(text.as_bytes());
}

impl From<ops::Error> for Failure {
    fn from(error: ops::Error) -> Self {
        Self { report: Box::new(Report::of(&error)), json: false }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self { report: Box::new(Report::of(&error)), json: false }
    }
}

impl App {
    /// Load errors were shown when they came, each with its stack.
    fn host_has_shown(&self, code: Code) -> bool {
        matches!(code, Code::LoadFailed | Code::LoadTimeout)
    }
}
