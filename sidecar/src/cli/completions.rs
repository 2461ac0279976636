//! `completions`

use clap::Args;
use clap_complete::Shell;

use super::tree::Verb;
use crate::{app::App, failure::Failure};

/// `completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// Shell to complete in
    #[arg(value_enum)]
    shell: Shell,
}

impl Verb for Completions {
    const EXAMPLES: &'static str = "Example:
  source <(offshoot completions bash)";

    fn run(self, app: &App) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "offshoot", &mut script);
        app.print(&String::from_utf8_lossy(&script))
    }
}
