//! What a deployment leaves for the CI system to show.

mod junit;
mod records;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use clap::{
    Args,
    builder::{PathBufValueParser, TypedValueParser},
};
use offshoot_core::{
    error,
    ops::{Deployed, WaitError},
    report,
};

use crate::{app::App, failure::Failure};

/// Files that are written whether the deployment succeeds, fails or is skipped.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reports")]
pub struct Reports {
    /// Write the result as Markdown, for an annotation or a job summary; stdout (`-`) is not for it
    #[arg(long, value_name = "FILE", value_parser = file())]
    report_md: Option<PathBuf>,
    /// Write the result as JUnit XML, a test case for each code location; stdout (`-`) is not for it
    #[arg(long, value_name = "FILE", value_parser = file())]
    junit: Option<PathBuf>,
}

/// How a deployment ended.
#[derive(Debug, Clone, Copy)]
pub enum End<'a> {
    /// It was made.
    Deployed(&'a Deployed),
    /// It was not to be made.
    Skipped {
        /// Why.
        reason: &'a str,
    },
    /// It was made, and not all of it has loaded.
    NotLoaded(&'a WaitError),
    /// It failed before, or could not begin.
    Failed(&'a error::Report),
}

impl Reports {
    /// Writes all reports that are asked for, whatever becomes of the others. Answers with those that could not be
    /// written.
    pub fn write(&self, app: &App, end: End<'_>) -> Vec<Failure> {
        let markdown = || match end {
            End::Deployed(deployed) => report::of_deployed(deployed),
            End::Skipped { reason } => report::of_skip(reason),
            End::NotLoaded(error) => report::of_failure(&error::Report::of(error)),
            End::Failed(error) => report::of_failure(error),
        };
        let output = app.env.get("OFFSHOOT_OUTPUT_FILE").map(Path::new);
        [
            self.report_md.as_deref().map(|path| put(path, &markdown())),
            self.junit.as_deref().map(|path| put(path, &junit::report(end))),
            output.map(|path| append(path, &records::lines(end))),
        ]
        .into_iter()
        .flatten()
        .filter_map(Result::err)
        .collect()
    }
}

/// A file in a flag that never means stdout: the result of the command is there.
pub fn file() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| match path.as_os_str() == "-" {
        true => Err("stdout has the result of the command; name a file"),
        false => Ok(path),
    })
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| unwritable(path, &error))
}

fn append(path: &Path, text: &str) -> Result<(), Failure> {
    // In one piece, so that the records of several processes do not mix.
    let open = fs::OpenOptions::new().create(true).append(true).open(path);
    open.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::io(&format!("write the report `{}`", path.display()), error)
}
