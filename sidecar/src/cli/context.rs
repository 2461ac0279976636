//! `context`

use clap::Args;
use offshoot_core::{
    ops,
    text::{Text, to_json},
};

use super::{shared::Output, tree::Verb};
use crate::{app::App, failure::Failure};

/// `context`
#[derive(Debug, Args)]
pub struct Context {
    #[command(flatten)]
    output: Output,
}

impl Verb for Context {
    const EXAMPLES: &'static str = "Columns: field, value, where it is from. CI counts before Git; OFFSHOOT_BRANCH, OFFSHOOT_COMMIT,
OFFSHOOT_PULL_REQUEST and so on count before CI. Nothing is sent.

Examples:
  offshoot context
  offshoot context --json | jq -r .branch_name.value";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.output.json;
        let context = ops::read_context(&app.host, &app.env, &app.current_dir()?)?;
        if json {
            return app.print(&to_json(&context));
        }
        app.print(&aligned(&context.text()))?;
        for line in context.remarks() {
            app.note(&line);
        }
        Ok(())
    }
}

/// `text`, whose lines have tabs between their columns, with spaces instead.
fn aligned(text: &str) -> String {
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..3).map(width).collect();
    let line = |row: &Vec<&str>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
