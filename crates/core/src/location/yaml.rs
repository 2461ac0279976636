//! YAML 1.1 as Dagster's own loader reads it: PyYAML's `SafeLoader` without implicit timestamps.
//!
//! `saphyr-parser` turns text into events. What makes it YAML 1.1 happens here: `compose` builds nodes with
//! their positions within fixed budgets, `resolve` gives plain scalars their types, `construct` makes values of
//! them (merge keys, repeated keys where the last wins), and `json` is what `json.dumps` would send. `strict`
//! refuses what the newer grammar accepts and PyYAML does not, `reflow` helps the parser over the opposite, and
//! `emit` goes the other way. What still differs is listed in the test over PyYAML's own answers.

mod compose;
mod construct;
mod emit;
mod json;
mod reflow;
mod resolve;
mod scalar;
mod strict;
mod timestamp;

pub use emit::to_yaml;
pub use json::to_json;

use reflow::Reflow;
use strict::normalise;

/// The largest text taken, in bytes; also the largest sum of scalars once aliases are expanded.
pub const MAX_TEXT: usize = 1 << 20;
/// The deepest nesting, aliases expanded.
pub const MAX_DEPTH: usize = 100;
/// The most nodes, aliases expanded.
pub const MAX_NODES: usize = 100_000;

/// A place in a text. Both count from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    /// The very beginning.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// Where a node stands, anchors and tags included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first character.
    pub start: Position,
    /// Just behind the last character. A block collection is taken to end where it starts.
    pub end: Position,
}

/// A value and where it stands. A value that came through an alias stands where its anchor is.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where.
    pub span: Span,
    /// What.
    pub value: Value,
}

/// What Python's objects are, as far as the loader makes them.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `None`.
    Null,
    /// `bool`.
    Bool(bool),
    /// `int`; those beyond 128 bits are refused.
    Int(i128),
    /// `float`.
    Float(f64),
    /// `str`.
    Str(String),
    /// `bytes`, of `!!binary`, still in base64 and without its white space.
    Binary(String),
    /// `date` or `datetime`, of an explicit `!!timestamp`, in ISO 8601.
    Timestamp(String),
    /// `list`.
    List(Vec<Node>),
    /// `tuple`: an entry of `!!omap` or `!!pairs`.
    Pair(Box<(Node, Node)>),
    /// `set`.
    Set(Vec<Node>),
    /// `dict`: keys are distinct, in the order of their first appearance.
    Map(Vec<(Node, Node)>),
}

impl Value {
    /// What it is called in messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Str(_) => "a string",
            Self::Binary(_) => "binary data",
            Self::Timestamp(_) => "a timestamp",
            Self::List(_) => "a list",
            Self::Pair(_) => "a pair",
            Self::Set(_) => "a set",
            Self::Map(_) => "a mapping",
        }
    }

    /// The value under the string `key`, with the key's own node; `None` also if this is no mapping.
    pub fn entry(&self, key: &str) -> Option<(&Node, &Node)> {
        let Self::Map(pairs) = self else { return None };
        pairs
            .iter()
            .find_map(|(k, v)| matches!(&k.value, Self::Str(text) if text == key).then_some((k, v)))
    }

    /// Takes out the entry of the string `key`, if there is one.
    pub fn remove(&mut self, key: &str) {
        if let Self::Map(pairs) = self {
            pairs.retain(|(k, _)| !matches!(&k.value, Self::Str(text) if text == key));
        }
    }

    /// The value under the string `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }
}

/// Why a text cannot be read, or its value not be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// Where.
    pub position: Position,
    /// What, as a lowercase fragment.
    pub message: String,
}

impl YamlError {
    fn new(position: Position, message: impl Into<String>) -> Self {
        Self { position, message: message.into() }
    }
}

/// Reads the one document of `text`; an empty text is [`Value::Null`].
///
/// # Errors
/// Whatever PyYAML refuses, and what is beyond [`MAX_TEXT`], [`MAX_DEPTH`] or [`MAX_NODES`].
pub fn load(text: &str) -> Result<Node, YamlError> {
    if text.len() > MAX_TEXT {
        let message = format!("the text has {} bytes, and at most {MAX_TEXT} are read", text.len());
        return Err(YamlError::new(Position::START, message));
    }
    let mut text = normalise(text)?;
    let mut reflow = Reflow::default();
    let built = loop {
        match compose::compose(&text) {
            Ok(root) => break root.map(|root| construct::construct(&root)).transpose(),
            Err(failure) => match failure.stop.and_then(|stop| reflow.push(&text, stop)) {
                Some(pushed) => text = pushed.into(),
                None => break Err(failure.error),
            },
        }
    };
    match built {
        Ok(Some(mut node)) => {
            reflow.restore(&mut node);
            Ok(node)
        }
        Ok(None) => Ok(Node {
            span: Span { start: Position::START, end: Position::START },
            value: Value::Null,
        }),
        Err(error) => Err(YamlError { position: reflow.original(error.position), ..error }),
    }
}
