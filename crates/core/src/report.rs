//! What people read of a deployment: Markdown, for comments, annotations and job summaries.

use crate::{
    error::Report,
    ops::{Deployed, DeploymentState, DeploymentStatus, LoadState},
    plus::answer::quote,
};

/// The most of one load error that is shown, in bytes: the end of it, where Python says what it was.
const STACK: usize = 4_000;
/// The most of all of them: Bitbucket and GitHub take comments of 32 and 64 KiB.
const STACKS: usize = 20_000;

/// A deployment that was made.
pub fn of_deployed(deployed: &Deployed) -> String {
    let locations = &deployed.locations;
    let state = if locations.loaded { "loaded" } else { "sent, not waited for" };
    let rows = locations.locations.iter().map(|name| (name.clone(), state.to_owned()));
    let heading = heading(locations.deployment.as_str(), &locations.url);
    let sentence = sentence("Deployed", deployed.commit_hash.as_deref());
    format!("{heading}{sentence}{}", table(rows))
}

/// A deployment that failed, or could not begin.
pub fn of_failure(report: &Report) -> String {
    let mut text = format!("### Dagster+ deployment failed\n\n{}\n", code(&report.message));
    if let Some(hint) = &report.hint {
        text.push_str(&format!("\nNext: {}\n", code(hint)));
    }
    if let Some(detail) = &report.detail {
        text.push_str(&format!("\n{}", block(detail.trim_end())));
    }
    text
}

/// A deployment that was not to be made.
pub fn of_skip(reason: &str) -> String {
    format!("### Dagster+ deployment skipped\n\n{}\n", code(reason))
}

/// How a deployment is.
pub fn of_status(status: &DeploymentStatus) -> String {
    let did = match status.state {
        DeploymentState::Loaded => "Deployed",
        DeploymentState::Pending => "Not loaded yet",
        DeploymentState::Failed if status.problem.is_some() => "The deployment is",
        DeploymentState::Failed => "Failed to load",
    };
    let mut text = heading(status.deployment.as_str(), &status.url);
    if let Some(problem) = &status.problem {
        text.push_str(&format!("{problem}.\n\n"));
    }
    if status.problem.is_none() || status.commit_hash.is_some() {
        text.push_str(&sentence(did, status.commit_hash.as_deref()));
    }
    let row = |(name, state): (&String, &LoadState)| (name.clone(), words(state));
    let locations = || status.locations.iter().map(|location| (&location.name, &location.state));
    text.push_str(&table(locations().map(row)));
    let mut left = STACKS;
    for (name, state) in locations() {
        if let LoadState::Failed { traceback: Some(traceback), .. } = state {
            let stack = tail(traceback.trim_end(), STACK.min(left));
            left -= stack.len();
            if !stack.is_empty() {
                text.push_str(&format!("\n{} failed to load:\n{}", code(name), block(stack)));
            }
        }
    }
    text
}

fn heading(deployment: &str, url: &str) -> String {
    format!("### Dagster+ deployment [{deployment}]({url})\n\n")
}

fn sentence(did: &str, commit: Option<&str>) -> String {
    let commit = commit.map(|hash| format!(" at {}", code(hash))).unwrap_or_default();
    format!("{did}{commit}.\n")
}

/// Names and states; nothing if there are none.
fn table(rows: impl Iterator<Item = (String, String)>) -> String {
    let rows: String =
        rows.map(|(name, state)| format!("| {} | {state} |\n", cell(&name))).collect();
    match rows.is_empty() {
        true => rows,
        false => format!("\n| code location | state |\n| --- | --- |\n{rows}"),
    }
}

fn words(state: &LoadState) -> String {
    match state {
        LoadState::Outdated => "sent, not loaded yet".to_owned(),
        LoadState::Loading => "loading".to_owned(),
        LoadState::Loaded => "loaded".to_owned(),
        LoadState::Failed { headline: Some(headline), .. } => {
            format!("failed: {}", cell(&quote(headline)))
        }
        LoadState::Failed { headline: None, .. } => "failed".to_owned(),
    }
}

/// `text` as code, which needs no escaping: errors hold the words of others.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn block(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}text\n{text}\n{fence}\n")
}

fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// At most the last `length` bytes of `text`.
fn tail(text: &str, length: usize) -> &str {
    let start = text.len().saturating_sub(length);
    (start..=text.len()).find_map(|start| text.get(start..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ops::LocationStatus, plus::DeploymentName};

    fn status(locations: Vec<(&str, LoadState)>, problem: Option<&str>) -> DeploymentStatus {
        let locations = locations.into_iter();
        DeploymentStatus {
            organization: "acme".to_owned(),
            deployment: DeploymentName::parse("b7").unwrap(),
            url: "https://acme.dagster.cloud/b7/locations".to_owned(),
            commit_hash: Some("1f2e".to_owned()),
            state: DeploymentState::Failed,
            locations: locations
                .map(|(name, state)| LocationStatus { name: name.to_owned(), state })
                .collect(),
            problem: problem.map(str::to_owned),
        }
    }

    fn failed(headline: &str, traceback: String) -> LoadState {
        LoadState::Failed { headline: Some(headline.to_owned()), traceback: Some(traceback) }
    }

    #[test]
    fn what_others_wrote_stays_code() {
        let stack = "Traceback\n```\n@everyone | ModuleNotFoundError: No module named x\n";
        let locations = vec![
            ("a|`b`", LoadState::Outdated),
            ("etl", LoadState::Loaded),
            ("ml", failed("No module | named `x`", stack.to_owned())),
        ];
        insta::assert_snapshot!(of_status(&status(locations, None)));
        let other = status(Vec::new(), Some("The commit `aa` of this build is not deployed"));
        insta::assert_snapshot!(of_status(&other));
    }

    #[test]
    fn a_comment_never_gets_too_large_to_be_taken() {
        let stack = || failed("x", format!("{}the end", "ä".repeat(100_000)));
        let locations: Vec<_> = (0..50).map(|_| ("ml", stack())).collect();
        let text = of_status(&status(locations, None));
        assert!(text.len() < 30_000, "{}", text.len());
        assert!(text.contains("the end\n```"));
    }
}
