//! What ends the program before a command runs.

use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::failure::write_error;

/// What ends the program before a command runs.
pub enum Early {
    /// Help, the version, or wrong usage of the command that is named by these words.
    Clap(Box<clap::Error>, String),
    /// No command was given.
    NoCommand,
}

impl From<clap::Error> for Early {
    fn from(error: clap::Error) -> Self {
        Self::Clap(Box::new(error), String::new())
    }
}

impl Early {
    /// The same, with the names of the command that was called.
    pub fn of_command(self, path: &[&str]) -> Self {
        match self {
            Self::Clap(error, _) => Self::Clap(error, path.join(" ")),
            Self::NoCommand => Self::NoCommand,
        }
    }

    /// Prints it, and gives the exit code.
    pub fn finish(self) -> ExitCode {
        let (error, path) = match self {
            Self::Clap(error, path) => (error, path),
            Self::NoCommand => {
                write_error("no command is given", Some("`offshoot --help` shows them"), None);
                return ExitCode::from(2);
            }
        };
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                // Nothing better can be done about a stdout that cannot be written.
                let _unwritable = error.print();
                ExitCode::SUCCESS
            }
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                let _unwritable = error.print();
                ExitCode::from(2)
            }
            _ => {
                let (message, hint) = in_two_lines(&error, &path);
                write_error(&message, Some(&hint), None);
                ExitCode::from(2)
            }
        }
    }
}

/// clap's paragraphs as one line of what is wrong and one of what to do.
fn in_two_lines(error: &clap::Error, path: &str) -> (String, String) {
    let text = error.render().to_string();
    let mut message = Vec::new();
    let mut tips = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(tip) = line.strip_prefix("tip: ") {
            tips.push(tip.to_owned());
        } else if !line.starts_with("Usage: ") && !line.starts_with("For more information") {
            message.push(line.strip_prefix("error: ").unwrap_or(line));
        }
    }
    let message = message.join(" ").replace('\'', "`");
    // A value of nothing is what an unquoted variable leaves that holds nothing.
    if error.kind() == ErrorKind::InvalidValue && text.contains("none was supplied") {
        tips.push("is a variable empty, and not in quotes?".to_owned());
    }
    tips.push(match path {
        "" => "`offshoot --help` shows the commands".to_owned(),
        path => format!("`offshoot {path} --help` shows how"),
    });
    (message, tips.join("; ").replace("?; ", "? ").replace('\'', "`"))
}
