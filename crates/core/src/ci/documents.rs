//! What systems leave in files instead of variables. Here they are parsed only; [`crate::ci_files`] reads them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

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

/// A webhook's payload. Each of its members may be missing or null, and people write some of their own.
///
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads>
#[derive(Debug, Clone, Default, Deserialize)]
pub struct GithubEvent(Map<String, Value>);

impl GithubEvent {
    /// The member at `path`, whose keys have dots between them.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        let mut keys = path.split('.');
        let first = self.0.get(keys.next()?)?;
        keys.try_fold(first, |member, key| member.get(key)).filter(|member| !member.is_null())
    }

    /// The text at `path`.
    pub(super) fn str(&self, path: &str) -> Option<&str> {
        self.get(path)?.as_str()
    }

    /// What `parse` makes of the text at `path`.
    pub(super) fn text<T>(
        &self,
        path: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Found<T>> {
        Some(Self::found(path, parse(self.str(path)?)?))
    }

    /// The number at `path`, also as text: what runs workflows on a laptop takes events that people wrote.
    pub(super) fn number(&self, path: &str) -> Option<Found<u64>> {
        let number = match self.get(path)? {
            Value::String(text) => refs::number(text)?,
            other => other.as_u64().filter(|&number| number > 0)?,
        };
        Some(Self::found(path, number))
    }

    /// `value`, which follows from the member at `path`.
    pub(super) fn found<T>(path: &str, value: T) -> Found<T> {
        Found::new(value, format!("GITHUB_EVENT_PATH: {path}"))
    }
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
