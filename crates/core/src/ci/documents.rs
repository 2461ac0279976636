//! What systems leave in files instead of variables. Here they are parsed only; [`crate::ci_files`] reads them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::{Found, refs};

/// The documents of the systems that have some.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    /// The event that started a build of GitHub or Gitea Actions.
    pub github_event: Option<GithubEvent>,
    /// The properties of a TeamCity build.
    pub teamcity: BTreeMap<String, String>,
    /// Why a document that is there cannot be used. One sentence each, without period.
    pub problems: Vec<String>,
}

impl Documents {
    /// The value of a TeamCity property that `parse` takes.
    pub(super) fn property<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Found<T>> {
        Some(Found::new(parse(self.teamcity.get(name)?)?, name))
    }
}

/// As much of a webhook's payload as is of use. Members that are not there, or null, are `None`.
///
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads>
#[derive(Debug, Clone, Default, Deserialize)]
pub struct GithubEvent {
    pub(super) pull_request: Option<PullRequest>,
    pub(super) issue: Option<Issue>,
    pub(super) workflow_run: Option<WorkflowRun>,
    pub(super) repository: Option<Repository>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct PullRequest {
    #[serde(default, deserialize_with = "number")]
    pub(super) number: Option<u64>,
    pub(super) html_url: Option<String>,
    pub(super) state: Option<String>,
    pub(super) merged: Option<bool>,
    pub(super) head: Option<Side>,
    pub(super) base: Option<Side>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Side {
    #[serde(rename = "ref")]
    pub(super) name: Option<String>,
    pub(super) sha: Option<String>,
    /// Null once a fork is deleted.
    pub(super) repo: Option<Repository>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Issue {
    #[serde(default, deserialize_with = "number")]
    pub(super) number: Option<u64>,
    /// Only there if the issue is a pull request.
    pub(super) pull_request: Option<IssuePullRequest>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct IssuePullRequest {
    pub(super) html_url: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct WorkflowRun {
    pub(super) event: Option<String>,
    pub(super) head_branch: Option<String>,
    pub(super) head_sha: Option<String>,
    pub(super) head_repository: Option<Repository>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Repository {
    pub(super) full_name: Option<String>,
    pub(super) clone_url: Option<String>,
    pub(super) default_branch: Option<String>,
}

/// A number, also as text: what runs workflows on a laptop takes events that people wrote.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Number(u64),
        Text(String),
    }
    Ok(match Option::deserialize(deserializer)? {
        Some(Number::Number(number)) => Some(number).filter(|&number| number > 0),
        Some(Number::Text(text)) => refs::number(&text),
        None => None,
    })
}

/// The pairs of a Java properties file, as far as TeamCity writes them: one pair a line, `\` before special
/// characters.
pub fn properties(text: &str) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', '!'])) {
        if let Some((name, value)) = line.split_once('=') {
            pairs.insert(unescaped(name.trim_end()), unescaped(value.trim_start()));
        }
    }
    pairs
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        plain.extend(if char == '\\' { chars.next() } else { Some(char) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_as_teamcity_writes_them() {
        let read = properties(concat!(
            "#Mon Nov 02\n\nteamcity.build.branch=feature/x\n",
            "vcsroot.url=https\\://github.com/acme/proj.git\r\n",
            "teamcity.build.workingDir = C\\:\\\\work\nno pair\nend=\\",
        ));
        let read: Vec<_> =
            read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            read,
            [
                ("end", ""),
                ("teamcity.build.branch", "feature/x"),
                ("teamcity.build.workingDir", "C:\\work"),
                ("vcsroot.url", "https://github.com/acme/proj.git"),
            ]
        );
    }
}
