//! Markdown, for annotations and job summaries.

use offshoot_core::{
    error::Report,
    ops::{Deployed, Error},
};

/// The result of a deployment.
pub fn report(result: Result<&Deployed, &Error>) -> String {
    match result {
        Ok(deployed) => success(deployed),
        Err(error) => failure(&Report::of(error)),
    }
}

fn success(deployed: &Deployed) -> String {
    let locations = &deployed.locations;
    let state = if locations.loaded { "loaded" } else { "sent, not waited for" };
    let rows = locations.locations.iter().map(|name| format!("| {} | {state} |\n", cell(name)));
    let commit = deployed.commit_hash.as_ref().map(|hash| format!(" at {}", code(hash)));
    format!(
        "### Dagster+ deployment [{name}]({url})\n\nDeployed{commit}.\n\n| code location | state |\n| --- | --- |\n{rows}",
        name = locations.deployment,
        url = locations.url,
        commit = commit.unwrap_or_default(),
        rows = rows.collect::<String>(),
    )
}

fn failure(report: &Report) -> String {
    let mut text = format!("### Dagster+ deployment failed\n\n{}\n", code(&report.message));
    if let Some(hint) = &report.hint {
        text.push_str(&format!("\nNext: {}\n", code(hint)));
    }
    if let Some(detail) = &report.detail {
        let fence = "`".repeat(longest_run(detail).max(2) + 1);
        text.push_str(&format!("\n{fence}text\n{}\n{fence}\n", detail.trim_end()));
    }
    text
}

/// `text` as code, which needs no escaping: errors hold the words of others.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
