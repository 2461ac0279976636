//! Why there is no document.

use std::fmt;

use super::yaml::{Node, Position, YamlError};
use crate::error::{Code, Explain};

/// A location file: the name that messages call it by, and its text.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// The path as the user gave it.
    pub name: &'a str,
    /// The whole text.
    pub text: &'a str,
}

impl SourceFile<'_> {
    /// `position` in this file, with its line.
    pub(super) fn place(&self, position: Position) -> Place {
        let text = self.text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let line = text
            .split(['\n', '\r', '\u{85}'])
            .nth(position.line.saturating_sub(1))
            .unwrap_or_default();
        Place { file: self.name.to_owned(), position, line: line.to_owned() }
    }

    pub(super) fn syntax(&self, error: YamlError) -> LocationError {
        LocationError::Syntax { at: self.place(error.position), message: error.message }
    }

    pub(super) fn unsendable(&self, error: YamlError) -> LocationError {
        LocationError::Unsendable { at: self.place(error.position), message: error.message }
    }

    pub(super) fn shape(
        &self,
        node: &Node,
        what: &'static str,
        expected: &'static str,
    ) -> LocationError {
        LocationError::Shape {
            at: self.place(node.span.start),
            what,
            expected,
            found: node.value.kind(),
        }
    }
}

/// A place in a file. Shown as `locations.yaml:3:9`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path as the user gave it.
    pub file: String,
    /// Line and column.
    pub position: Position,
    /// The line's text.
    pub line: String,
}

impl Place {
    /// The line with a caret under the column. Long lines are cut around it.
    pub fn excerpt(&self) -> String {
        const BEFORE: usize = 60;
        const WIDTH: usize = 100;
        let column = self.position.column.saturating_sub(1);
        let skipped = column.saturating_sub(BEFORE);
        let shown: String = self.line.chars().skip(skipped).take(WIDTH).collect();
        // Tabs stay tabs, so that the caret stays below its character.
        let indent: String = shown
            .chars()
            .chain(std::iter::repeat(' '))
            .take(column - skipped)
            .map(|c| if c == '\t' { c } else { ' ' })
            .collect();
        let number = self.position.line.to_string();
        format!("{number} | {shown}\n{:width$} | {indent}^", "", width = number.len())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.position.line, self.position.column)
    }
}

/// Why a location file brought no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing at that path.
    #[error("there is no such file")]
    Missing,
    /// It is a directory.
    #[error("it is a directory")]
    Directory,
    /// It is larger than [`super::yaml::MAX_TEXT`].
    #[error("it has {0} bytes, and at most {max} are read", max = super::yaml::MAX_TEXT)]
    TooLarge(u64),
    /// It is not UTF-8; line and column of the first wrong byte.
    #[error("it is not UTF-8 at line {}, column {}", .0.line, .0.column)]
    NotUtf8(Position),
    /// The system's own words.
    #[error("{0}")]
    System(String),
}

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// The file brought no text.
    #[error("cannot read the location file `{file}`: {reason}")]
    Unreadable {
        /// The path as the user gave it.
        file: String,
        /// Why.
        reason: Unreadable,
    },
    /// The text is not YAML, or beyond the limits.
    #[error("{at}: {message}")]
    Syntax {
        /// Where.
        at: Place,
        /// What is wrong.
        message: String,
    },
    /// The text is not TOML.
    #[error("{at}: {message}")]
    Toml {
        /// Where.
        at: Place,
        /// What is wrong.
        message: String,
    },
    /// dg's configuration lacks what it needs.
    #[error("{at}: there is no `{key}`")]
    Unset {
        /// Where the part begins that needs it.
        at: Place,
        /// What is missing.
        key: &'static str,
    },
    /// A project of a dg workspace is none.
    #[error("{at}: there is no dg project in `{path}`")]
    NoProject {
        /// Where the workspace names it.
        at: Place,
        /// Its path.
        path: String,
    },
    /// It is YAML, but JSON cannot say it.
    #[error("{at}: {message}")]
    Unsendable {
        /// Where.
        at: Place,
        /// What is wrong.
        message: String,
    },
    /// Something else stands where a document needs a certain kind of value.
    #[error("{at}: {what}: expected {expected}, found {found}")]
    Shape {
        /// Where.
        at: Place,
        /// Of what, for example `locations`.
        what: &'static str,
        /// The kind that is needed.
        expected: &'static str,
        /// The kind that is there.
        found: &'static str,
    },
    /// Neither flags nor file name the location.
    #[error("no location name is given{}", .at.as_ref().map(|at| format!(", and {at} has none")).unwrap_or_default())]
    Nameless {
        /// The file's document, if there is a file.
        at: Option<Place>,
    },
    /// An entry of `locations` lacks its name.
    #[error("{at}: an entry of `locations` has no `location_name`")]
    NamelessEntry {
        /// Where the entry begins.
        at: Place,
    },
    /// A workspace file without its one key.
    #[error("{at}: the workspace file has no `locations`")]
    WithoutLocations {
        /// Where its mapping begins.
        at: Place,
    },
    /// Two entries of `locations` have one name.
    #[error("{at}: the file has two locations `{name}`")]
    Twice {
        /// The second of them.
        at: Place,
        /// Their name.
        name: String,
    },
    /// A build file that says of no location what it is.
    #[error("{at}: the file has no `locations`")]
    NoBuild {
        /// Where its mapping begins.
        at: Place,
    },
    /// A file that is no list of locations has defaults for them.
    #[error("{at}: `defaults` are for the entries of `locations`, and there are none")]
    Defaults {
        /// The key.
        at: Place,
    },
    /// Something that each location has to say itself stands in `defaults`.
    #[error("{at}: `{key}` cannot be in `defaults`")]
    NoDefault {
        /// The key.
        at: Place,
        /// Its name.
        key: String,
        /// What can be there.
        known: Vec<String>,
    },
    /// A list or a mapping stands where the defaults have something else.
    #[error("{at}: found {found}, where {default} has {expected}")]
    Clash {
        /// In the location.
        at: Place,
        /// The kind that is there.
        found: &'static str,
        /// In the defaults.
        default: Box<Place>,
        /// The kind that is there.
        expected: &'static str,
    },
    /// An entry of a list that is merged by a key lacks that key.
    #[error("{at}: an entry that is merged by its `{key}` has none")]
    Unkeyed {
        /// The entry.
        at: Place,
        /// The key.
        key: &'static str,
    },
    /// The file holds a list of locations, and none is chosen.
    #[error("{at}: the file holds a list of locations, and none is chosen")]
    Unchosen {
        /// The list.
        at: Place,
        /// The names that are there.
        known: Vec<String>,
    },
    /// The file is about a location of another name.
    #[error("{at}: the file describes the location `{found}`, not `{wanted}`")]
    Differs {
        /// The name in the file.
        at: Place,
        /// The name given.
        wanted: String,
        /// The name in the file.
        found: String,
    },
    /// The file has no location of that name.
    #[error("{at}: the file has no location `{wanted}`")]
    Unknown {
        /// The list.
        at: Place,
        /// The name given.
        wanted: String,
        /// The names that are there.
        known: Vec<String>,
    },
}

impl Explain for LocationError {
    fn code(&self) -> Code {
        match self {
            Self::Unreadable { .. } => Code::LocationUnreadable,
            Self::Syntax { .. } | Self::Toml { .. } => Code::LocationSyntax,
            Self::Unknown { .. } | Self::Differs { .. } => Code::LocationUnknown,
            _ => Code::LocationInvalid,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { reason: Unreadable::Missing, .. } => {
                Some("the path is relative to the directory that the command runs in".to_owned())
            }
            Self::Unreadable { .. } => Some("a location file is a YAML file in UTF-8".to_owned()),
            Self::Syntax { .. } => Some("it is read as YAML 1.1, as Dagster reads it".to_owned()),
            Self::Toml { .. } => Some("mend the file, or pass --location-file".to_owned()),
            Self::Unset { key, .. } => Some(format!("add a `{key}`, or pass --location-file")),
            Self::NoProject { .. } => Some(
                "it needs a `pyproject.toml` with `directory_type = \"project\"` in `tool.dg`".to_owned(),
            ),
            Self::Unsendable { .. } => {
                Some("put the value in quotes, if it is meant as a text".to_owned())
            }
            Self::Shape { what: "`locations`", found: "a mapping", .. } => {
                Some("write `locations` as a list whose entries have a `location_name`".to_owned())
            }
            Self::Shape { expected, .. } => Some(format!("write {expected} there")),
            Self::Nameless { .. } => Some(
                "pass `--location-name`, or a `--location-file` with a `location_name`".to_owned(),
            ),
            Self::WithoutLocations { .. } => {
                Some("list the locations under `locations`; an empty list removes all".to_owned())
            }
            Self::NamelessEntry { .. } => Some("add a `location_name` to this entry".to_owned()),
            Self::Twice { .. } => Some("give each location a name of its own".to_owned()),
            Self::NoBuild { .. } => Some(
                "list the locations under `locations`, or pass `--location-name` beside the `build.yaml` of a project"
                    .to_owned(),
            ),
            Self::Defaults { .. } => {
                Some("list the locations under `locations`".to_owned())
            }
            Self::NoDefault { known, .. } => {
                Some(format!("write it into each location; `defaults` can have {}", listed(known)))
            }
            Self::Clash { expected, .. } => {
                Some(format!("write {expected} there, as the defaults do, or change both"))
            }
            Self::Unkeyed { key, .. } => Some(format!("add a `{key}` to this entry")),
            Self::Unchosen { known, .. } => {
                Some(format!("pass `--location-name` with one of {}", listed(known)))
            }
            Self::Differs { found, .. } => {
                Some(format!("pass `--location-name {found}`, or leave it out"))
            }
            Self::Unknown { wanted, known, .. } => Some(match similar(wanted, known) {
                Some(name) => format!("did you mean `{name}`? the file has {}", listed(known)),
                None => format!("the file has {}", listed(known)),
            }),
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } | Self::Nameless { at: None } => None,
            Self::Syntax { at, .. }
            | Self::Toml { at, .. }
            | Self::Unset { at, .. }
            | Self::NoProject { at, .. }
            | Self::Unsendable { at, .. }
            | Self::Shape { at, .. }
            | Self::Nameless { at: Some(at) }
            | Self::NamelessEntry { at }
            | Self::WithoutLocations { at }
            | Self::Twice { at, .. }
            | Self::NoBuild { at }
            | Self::Defaults { at }
            | Self::NoDefault { at, .. }
            | Self::Clash { at, .. }
            | Self::Unkeyed { at, .. }
            | Self::Unchosen { at, .. }
            | Self::Differs { at, .. }
            | Self::Unknown { at, .. } => Some(at.excerpt()),
        }
    }
}

/// The names in backticks, at most ten of them.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let mut text =
        names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "no locations".clone_into(&mut text),
        count if count > SHOWN => text += &format!(" and {} more", count - SHOWN),
        _ => {}
    }
    text
}

/// The name that was probably meant.
fn similar<'a>(wanted: &str, names: &'a [String]) -> Option<&'a str> {
    const CLOSE: f64 = 0.8;
    names
        .iter()
        .map(|name| (strsim::jaro_winkler(wanted, name), name.as_str()))
        .filter(|(likeness, _)| *likeness >= CLOSE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}
