//! What ends the program before a command runs.

use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::failure::write_error;

/// What ends the program before a command runs.
pub enum Early {
    /// Help, the version, or wrong usage.
    Clap(Box<clap::Error>),
    /// No command was given.
    NoCommand,
}

impl From<clap::Error> for Early {
    fn from(error: clap::Error) -> Self {
        Self::Clap(Box::new(error))
    }
}

impl Early {
    /// Prints it, and gives the exit code.
    pub fn finish(self) -> ExitCode {
        let error = match self {
            Self::Clap(error) => error,
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
                let (message, hint) = in_two_lines(&error);
                write_error(&message, Some(&hint), None);
                ExitCode::from(2)
            }
        }
    }
}

/// clap's paragraphs as one line of what is wrong and one of what to do.
fn in_two_lines(error: &clap::Error) -> (String, String) {
    let text = error.render().to_string();
    let mut message = Vec::new();
    let mut tips = Vec::new();
    let mut help = "`offshoot --help` shows the commands".to_owned();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(usage) = line.strip_prefix("Usage: ") {
            let words = usage.split(' ').take_while(|word| !word.starts_with(['[', '<', '-']));
            help = format!("`{} --help` shows the flags", words.collect::<Vec<_>>().join(" "));
        } else if let Some(tip) = line.strip_prefix("tip: ") {
            tips.push(tip.to_owned());
        } else if !line.starts_with("For more information") {
            message.push(line.strip_prefix("error: ").unwrap_or(line));
        }
    }
    let message = message.join(" ").replace('\'', "`");
    tips.push(help);
    (message, tips.join("; ").replace('\'', "`"))
}
