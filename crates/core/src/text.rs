//! Results as text: what commands print, and what the HTTP sidecar answers to `Accept: text/plain`.

use serde::Serialize;
use serde_json::Value;

use crate::{
    git::GitState,
    location::to_yaml,
    notify::Change,
    ops::{
        BranchDeployment, Check, Closed, CodeLocation, Context, Deleted, Deployed,
        DeployedLocations, Diagnosis, LaunchedRun, ListedCodeLocation, LocationState, Notified,
        Outcome, Plan, Told, Waited,
        prune::{Candidate, Pruned},
    },
    plus::branch_deployments::Deployment,
    secret::MASK,
};

/// A result that scripts can take as it is: the one thing that they most likely ask for, or a line an item.
pub trait Text {
    /// The text, which may be empty.
    fn text(&self) -> String;

    /// The same as a command prints it, where that is for people to read.
    fn printed(&self) -> String {
        self.text()
    }
}

/// `value` as indented JSON.
pub fn to_json<T: Serialize>(value: &T) -> String {
    indented(&serde_json::to_value(value).unwrap_or_default())
}

/// Apart, so that the printer is compiled once and not for each kind of value.
fn indented(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

impl Text for BranchDeployment {
    fn text(&self) -> String {
        self.name.to_string()
    }
}

impl Text for Deployment {
    fn text(&self) -> String {
        self.deployment_name.clone()
    }
}

/// A line each: name, repository, branch, pull request status, commit, with tabs between.
impl Text for Vec<Deployment> {
    fn text(&self) -> String {
        let row = |deployment: &Deployment| {
            let git = deployment.branch_deployment_git_metadata.as_ref();
            let status = git.and_then(|git| git.pull_request_status.as_ref());
            let columns = [
                deployment.deployment_name.as_str(),
                git.map_or("-", |git| &git.repo_name),
                git.map_or("-", |git| &git.branch_name),
                status.map_or("-", |status| status.as_str()),
                deployment.latest_commit.as_ref().map_or("-", |commit| &commit.commit_hash),
            ];
            columns.map(one_line).join("\t")
        };
        self.iter().map(row).collect::<Vec<_>>().join("\n")
    }
}

/// As the official tool lists them.
impl Text for Vec<ListedCodeLocation> {
    fn text(&self) -> String {
        let row = |location: &ListedCodeLocation| {
            let source = &location.source;
            let described = [
                ("File", &source.python_file),
                ("Package", &source.package_name),
                ("Image", &source.image),
            ];
            let described = described
                .into_iter()
                .filter_map(|(label, value)| Some(format!("{label}: {}", value.as_ref()?)));
            let columns = std::iter::once(location.name.clone()).chain(described);
            columns.collect::<Vec<_>>().join("\t")
        };
        self.iter().map(row).collect::<Vec<_>>().join("\n")
    }
}

/// The page that shows them.
impl Text for DeployedLocations {
    fn text(&self) -> String {
        self.url.clone()
    }
}

/// The name, if it is there.
impl Text for Closed {
    fn text(&self) -> String {
        self.pull_request_status.as_ref().map(|_| self.name.to_string()).unwrap_or_default()
    }
}

/// The page that shows its code locations.
impl Text for Deployed {
    fn text(&self) -> String {
        self.locations.text()
    }
}

/// The state in one word.
impl Text for LocationState {
    fn text(&self) -> String {
        self.state.as_str().to_owned()
    }
}

/// As the official tool prints it.
impl Text for LaunchedRun {
    fn text(&self) -> String {
        self.run_id.clone()
    }
}

/// A line each: name, repository, branch, reasons, with tabs between.
impl Text for Pruned {
    fn text(&self) -> String {
        let row = |candidate: &Candidate| {
            let reasons: Vec<&str> =
                candidate.reasons.iter().map(|reason| reason.as_str()).collect();
            let columns = [
                candidate.name.as_str(),
                candidate.repository.as_deref().unwrap_or("-"),
                candidate.branch.as_deref().unwrap_or("-"),
                &reasons.join(", "),
            ];
            columns.map(one_line).join("\t")
        };
        self.deleted.iter().map(row).collect::<Vec<_>>().join("\n")
    }
}

/// The page of the comment; that of the deployment, if there is none; of a dry run, what would be sent.
impl Text for Told {
    fn text(&self) -> String {
        match &self.notified {
            Some(notified) if notified.dry_run => {
                let change = |change: &Change| {
                    let Change { method, url, body } = change;
                    format!("would send: {method} {url}\n{}\n", to_json(body))
                };
                notified.changes.iter().map(change).collect()
            }
            Some(Notified { comment_url: Some(url), .. }) => url.clone(),
            _ => self.deployment.url.clone(),
        }
    }
}

/// That it ended well is all there is to say.
impl Text for Waited {
    fn text(&self) -> String {
        String::new()
    }
}

/// The commit.
impl Text for GitState {
    fn text(&self) -> String {
        self.commit.as_ref().map(|commit| commit.hash.clone()).unwrap_or_default()
    }
}

impl Text for Deleted {
    fn text(&self) -> String {
        String::new()
    }
}

impl Text for CodeLocation {
    fn text(&self) -> String {
        String::new()
    }
}

/// A line a field: name, value and source, with tabs between. Control characters in a value become spaces.
impl Text for Context {
    fn text(&self) -> String {
        let fields = serde_json::to_value(self).unwrap_or_default();
        let row = |(name, found): (&String, &Value)| {
            let text = |key: &str| match found.get(key)? {
                Value::String(text) => Some(one_line(text)),
                other => Some(other.to_string()),
            };
            Some(format!("{name}\t{}\t{}", text("value")?, text("source")?))
        };
        fields.as_object().into_iter().flatten().filter_map(row).collect::<Vec<_>>().join("\n")
    }

    fn printed(&self) -> String {
        aligned(&self.text())
    }
}

/// A line a check: state, name, what was found, and what to do, with tabs between.
impl Text for Diagnosis {
    fn text(&self) -> String {
        let row = |check: &Check| {
            let fix = check.fix.as_deref().unwrap_or_default();
            let columns = [check.state.as_str(), check.name, &check.found, fix];
            columns.map(one_line).join("\t").trim_end().to_owned()
        };
        self.checks.iter().map(row).collect::<Vec<_>>().join("\n")
    }

    /// What to do is on a line of its own.
    fn printed(&self) -> String {
        let width = |text: fn(&Check) -> &'static str| {
            self.checks.iter().map(|check| text(check).len()).max().unwrap_or_default()
        };
        let (states, names) = (width(|check| check.state.as_str()), width(|check| check.name));
        let row = |check: &Check| {
            let Check { name, state, found, fix } = check;
            let found = one_line(found);
            let line = format!("{:states$}  {name:names$}  {found}", state.as_str());
            match fix {
                Some(fix) => format!("{line}\n{:1$}-> {fix}", "", states + names + 4),
                None => line,
            }
        };
        self.checks.iter().map(row).collect::<Vec<_>>().join("\n")
    }
}

/// `text` without what ends a line or a column, and without what steers a terminal: control characters become spaces.
pub fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// A document as YAML, with the empty line at its end that the official tool prints as well.
impl Text for Value {
    fn text(&self) -> String {
        format!("{}\n", to_yaml(self))
    }
}

impl<T: Text> Text for Outcome<T> {
    fn text(&self) -> String {
        match self {
            Self::Done(value) => value.text(),
            Self::Planned(plan) => plan.text(),
        }
    }

    fn printed(&self) -> String {
        match self {
            Self::Done(value) => value.printed(),
            Self::Planned(plan) => plan.printed(),
        }
    }
}

/// Nothing, if there was nothing to be done.
impl<T: Text> Text for Option<T> {
    fn text(&self) -> String {
        self.as_ref().map(Text::text).unwrap_or_default()
    }

    fn printed(&self) -> String {
        self.as_ref().map(Text::printed).unwrap_or_default()
    }
}

impl Text for Plan {
    fn text(&self) -> String {
        let mut text = String::new();
        for call in &self.calls {
            text.push_str(&format!("would send: {} {}\n", call.method, call.url));
            text.push_str(&format!("Dagster-Cloud-Api-Token: {MASK}\n"));
            if let Some(deployment) = &call.deployment {
                text.push_str(&format!("Dagster-Cloud-Deployment: {deployment}\n"));
            }
            if let Some(key) = &call.idempotency_key {
                text.push_str(&format!("Idempotency-Key: {key}\n"));
            }
            text.push_str(&format!(
                "{}\nvariables: {}\n",
                call.query.trim_end(),
                to_json(&call.variables)
            ));
        }
        if !self.wait_for.is_empty() {
            text.push_str(&format!("then would wait for: {}\n", self.wait_for.join(", ")));
        }
        text
    }
}

/// The widest that a column is made, in characters. What is longer pushes the rest of its line aside.
const WIDEST: usize = 100;

/// `text`, whose lines have tabs between their columns, with spaces instead.
fn aligned(text: &str) -> String {
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default().min(WIDEST)
    };
    let widths: Vec<usize> = (0..3).map(width).collect();
    let line = |row: &Vec<&str>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plus::branch_deployments::{DeploymentType, GitMetadata};

    #[test]
    fn a_branch_of_any_name_stays_in_its_row_and_column() {
        let listed: Vec<Deployment> = vec![Deployment {
            deployment_id: 1,
            deployment_name: "b1".into(),
            deployment_type: DeploymentType::Branch,
            branch_deployment_git_metadata: Some(GitMetadata {
                branch_name: "nl\nshop\tmain\u{1b}[2J\u{9b}\u{7f}".into(),
                repo_name: "shop".into(),
                branch_url: None,
                pull_request_url: None,
                pull_request_status: None,
                pull_request_number: None,
            }),
            latest_commit: None,
        }];
        assert_eq!(listed.text(), "b1\tshop\tnl shop main [2J  \t-\t-");
    }

    #[test]
    fn a_cell_of_any_length_leaves_the_others_readable() {
        let long = "x".repeat(70_000);
        let table = aligned(&format!("ci\tGitHub\tvariable\nbranch\t{long}\tHEAD"));
        let (short, _) = table.split_once('\n').unwrap();
        assert_eq!(short, format!("ci      {:100}  variable", "GitHub"));
        assert!(table.ends_with(&format!("branch  {long}  HEAD")));
    }
}
