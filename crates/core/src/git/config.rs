//! Git's configuration files: the syntax as git reads it, without `include` and `includeIf`.
//!
//! Source: `config.c` of git, `git_parse_source` and what it calls.

use std::{iter::Peekable, slice::Iter};

use super::{error::GitError, source};
use crate::ports::Files;

/// The largest configuration file read, in bytes.
const MAX_CONFIG: u64 = 16 << 20;

/// The variables of one or more files, in their order: what comes later wins.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Config {
    variables: Vec<Variable>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    /// The file that holds it, for errors.
    path: String,
    /// In lower case.
    section: String,
    subsection: Option<String>,
    /// In lower case.
    name: String,
    /// `None` for a name without `=`, which stands for true.
    value: Option<String>,
}

impl Config {
    /// The variables of the file at `path`; none if there is no such file.
    pub(super) fn read<F: Files>(files: &F, path: &str) -> Result<Self, GitError> {
        match source::read_whole(files, path, MAX_CONFIG)? {
            Some(bytes) => Self::parse(path, &bytes),
            None => Ok(Self::default()),
        }
    }

    /// Adds the variables of `other` after its own.
    pub(super) fn extend(&mut self, other: Self) {
        self.variables.extend(other.variables);
    }

    /// The last value of a variable without subsection. Names are in lower case.
    pub(super) fn get(&self, section: &str, name: &str) -> Option<&str> {
        let found = self.find(section, None, name)?;
        Some(found.value.as_deref().unwrap_or("true"))
    }

    /// The last value of a variable that is true or false.
    ///
    /// # Errors
    ///
    /// If the value is neither.
    pub(super) fn bool(&self, section: &str, name: &str) -> Result<Option<bool>, GitError> {
        let Some(found) = self.find(section, None, name) else { return Ok(None) };
        let Some(value) = found.value.as_deref() else { return Ok(Some(true)) };
        match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Ok(Some(true)),
            "false" | "no" | "off" | "" => Ok(Some(false)),
            number => match number.parse::<i64>() {
                Ok(number) => Ok(Some(number != 0)),
                Err(_) => Err(GitError::damaged(
                    &found.path,
                    format!(
                        "`{}` of `{section}.{name}` is neither true nor false",
                        value.escape_debug()
                    ),
                )),
            },
        }
    }

    /// Every value of a variable with a subsection, in order. Names are in lower case, `subsection` as it is written.
    pub(super) fn all(
        &self,
        section: &str,
        subsection: &str,
        name: &str,
    ) -> impl Iterator<Item = &str> {
        self.variables
            .iter()
            .filter(move |v| {
                v.section == section
                    && v.subsection.as_deref() == Some(subsection)
                    && v.name == name
            })
            .filter_map(|v| v.value.as_deref())
    }

    /// Every variable of a section with any subsection, as (subsection, name, value).
    pub(super) fn subsections(&self, section: &str) -> impl Iterator<Item = (&str, &str, &str)> {
        self.variables
            .iter()
            .filter(move |v| v.section == section)
            .filter_map(|v| Some((v.subsection.as_deref()?, v.name.as_str(), v.value.as_deref()?)))
    }

    /// The names and values of a section without subsection.
    pub(super) fn section(&self, section: &str) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .filter(move |v| v.section == section && v.subsection.is_none())
            .map(|v| (v.name.as_str(), v.value.as_deref().unwrap_or("true")))
    }

    fn find(&self, section: &str, subsection: Option<&str>, name: &str) -> Option<&Variable> {
        self.variables.iter().rev().find(|v| {
            v.section == section && v.subsection.as_deref() == subsection && v.name == name
        })
    }

    /// The variables in `bytes`, the content of the file at `path`.
    pub(super) fn parse(path: &str, bytes: &[u8]) -> Result<Self, GitError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut parser = Parser { bytes: bytes.iter().peekable(), line: 1 };
        parser
            .variables(path)
            .ok_or_else(|| GitError::damaged(path, format!("bad syntax in line {}", parser.line)))
    }
}

/// Reads byte by byte; `None` from any part of it is a syntax error in the present line.
struct Parser<'a> {
    bytes: Peekable<Iter<'a, u8>>,
    line: usize,
}

impl Parser<'_> {
    fn variables(&mut self, path: &str) -> Option<Config> {
        let mut variables = Vec::new();
        let mut header: Option<(String, Option<String>)> = None;
        while let Some(byte) = self.next() {
            match byte {
                b'#' | b';' => while self.next_if(|byte| byte != b'\n').is_some() {},
                b'[' => header = Some(self.header()?),
                byte if is_space(byte) => {}
                byte if byte.is_ascii_alphabetic() => {
                    let (section, subsection) = header.clone()?;
                    let (name, value) = self.variable(byte)?;
                    variables.push(Variable {
                        path: path.to_owned(),
                        section,
                        subsection,
                        name,
                        value,
                    });
                }
                _ => return None,
            }
        }
        Some(Config { variables })
    }

    /// What follows a `[`: `section]`, `section "subsection"]` or the old `section.subsection]`.
    fn header(&mut self) -> Option<(String, Option<String>)> {
        let mut section = String::new();
        loop {
            match self.next()? {
                b']' => {
                    return Some(match section.split_once('.') {
                        Some((section, subsection)) => {
                            (section.to_owned(), Some(subsection.to_owned()))
                        }
                        None => (section, None),
                    });
                }
                b' ' | b'\t' => break,
                byte if is_name(byte) || byte == b'.' => {
                    section.push(char::from(byte.to_ascii_lowercase()))
                }
                _ => return None,
            }
        }
        while self.next_if(|byte| byte == b' ' || byte == b'\t').is_some() {}
        let mut subsection = Vec::new();
        self.next_if(|byte| byte == b'"')?;
        loop {
            match self.next_if(|byte| byte != b'\n')? {
                b'"' => break,
                b'\\' => subsection.push(self.next_if(|byte| byte != b'\n')?),
                byte => subsection.push(byte),
            }
        }
        self.next_if(|byte| byte == b']')?;
        Some((section, Some(lossy(&subsection))))
    }

    /// A name that begins with `first`, and its value.
    fn variable(&mut self, first: u8) -> Option<(String, Option<String>)> {
        let mut name = String::from(char::from(first.to_ascii_lowercase()));
        while let Some(byte) = self.next_if(is_name) {
            name.push(char::from(byte.to_ascii_lowercase()));
        }
        while self.next_if(|byte| byte == b' ' || byte == b'\t').is_some() {}
        match self.next() {
            None | Some(b'\n') => Some((name, None)),
            Some(b'=') => Some((name, Some(self.value()?))),
            Some(_) => None,
        }
    }

    /// The text after a `=`, up to the end of its line or lines.
    fn value(&mut self) -> Option<String> {
        let mut value = Vec::new();
        // White space counts once something follows it.
        let mut space = Vec::new();
        let mut quoted = false;
        loop {
            match self.next() {
                None | Some(b'\n') => return (!quoted).then(|| lossy(&value)),
                Some(byte) if is_space(byte) && !quoted => space.push(byte),
                Some(b'#' | b';') if !quoted => {
                    while self.next_if(|byte| byte != b'\n').is_some() {}
                }
                Some(byte) => {
                    let space = std::mem::take(&mut space);
                    if !value.is_empty() {
                        value.extend(space);
                    }
                    match byte {
                        b'"' => quoted = !quoted,
                        b'\\' => match self.next()? {
                            b'\n' => {}
                            b't' => value.push(b'\t'),
                            b'n' => value.push(b'\n'),
                            b'b' => value.push(8),
                            byte @ (b'\\' | b'"') => value.push(byte),
                            _ => return None,
                        },
                        byte => value.push(byte),
                    }
                }
            }
        }
    }

    /// The next byte, with a line end of Windows as one `\n`.
    fn next(&mut self) -> Option<u8> {
        let mut byte = *self.bytes.next()?;
        if byte == b'\r' && self.bytes.next_if(|&&next| next == b'\n').is_some() {
            byte = b'\n';
        }
        if byte == b'\n' {
            self.line += 1;
        }
        Some(byte)
    }

    fn next_if(&mut self, wanted: impl Fn(u8) -> bool) -> Option<u8> {
        let mut ahead = self.bytes.clone();
        let byte = match (ahead.next()?, ahead.next()) {
            (b'\r', Some(b'\n')) => b'\n',
            (byte, _) => *byte,
        };
        if wanted(byte) { self.next() } else { None }
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// What git's `isspace` takes, whatever the locale.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Config {
        Config::parse("/repo/.git/config", text.as_bytes()).unwrap()
    }

    #[test]
    fn reads_what_git_writes_and_what_people_write() {
        let config = parse(concat!(
            "\u{feff}# first\r\n[core]\r\n\tbare = false ; really\r\n\tFileMode\n[Remote \"Ori\\\"gin\"] url = \"a b\"  c \\\n  d # x\n",
            "[remote.OLD]url=x\\ty\\\\\n[remote \"Ori\\\"gin\"]\nurl = second\nempty =\n",
        ));
        assert_eq!(config.bool("core", "bare").unwrap(), Some(false));
        assert_eq!(config.bool("core", "filemode").unwrap(), Some(true));
        assert_eq!(config.bool("core", "other").unwrap(), None);
        assert_eq!(
            config.all("remote", "Ori\"gin", "url").collect::<Vec<_>>(),
            ["a b  c   d", "second"]
        );
        assert_eq!(config.all("remote", "old", "url").collect::<Vec<_>>(), ["x\ty\\"]);
        assert_eq!(config.all("remote", "Ori\"gin", "empty").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn numbers_are_booleans_too_and_the_last_one_wins() {
        assert_eq!(parse("[core]\nbare=0\nbare=2").bool("core", "bare").unwrap(), Some(true));
        let error = parse("[core]\nbare = maybe").bool("core", "bare").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`/repo/.git/config` is damaged: `maybe` of `core.bare` is neither true nor false"
        );
    }

    #[test]
    fn says_which_line_is_wrong() {
        for (text, line) in [
            ("[core]\nbare = \"x\n", 3),
            ("\n[core", 2),
            ("bare = true", 1),
            ("[core]\n1 = 2", 2),
            ("[core]\na = \\x", 2),
            ("[core \"x]\n", 1),
            ("[core]\na b = c", 2),
            ("\0\u{1}\u{2}", 1),
        ] {
            let error = Config::parse("/c", text.as_bytes()).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`/c` is damaged: bad syntax in line {line}"),
                "{text:?}"
            );
        }
    }
}
