//! What a deployment leaves for the CI system to show.

mod junit;
mod records;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;
use offshoot_core::{
    ops::{Deployed, Error, Outcome},
    report,
};

use crate::{app::App, failure::Failure};

/// Files that are written whether the deployment succeeds or not.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reports")]
pub struct Reports {
    /// Write the result as Markdown, for an annotation or a job summary
    #[arg(long, value_name = "FILE")]
    report_md: Option<PathBuf>,
    /// Write the result as JUnit XML, a test case for each code location
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

impl Reports {
    /// Writes the reports that are asked for. A plan leaves none.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(
        &self,
        app: &App,
        result: &Result<Outcome<Deployed>, Error>,
    ) -> Result<(), Failure> {
        let result = match result {
            Ok(Outcome::Planned(_)) => return Ok(()),
            Ok(Outcome::Done(deployed)) => Ok(deployed),
            Err(error) => Err(error),
        };
        if let Some(path) = &self.report_md {
            put(path, &report::of_result(result))?;
        }
        if let Some(path) = &self.junit {
            put(path, &junit::report(result))?;
        }
        if let Some(path) = app.env.get("OFFSHOOT_OUTPUT_FILE") {
            append(Path::new(path), &records::lines(result))?;
        }
        Ok(())
    }
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
