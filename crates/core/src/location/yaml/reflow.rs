//! Lines inside brackets and quotes that stand further left than YAML 1.2 allows.
//!
//! PyYAML ignores indentation there, people close their lists in the first column, and the parser refuses
//! both. Blanks at the beginning of such a line mean nothing, so the line is pushed to the right, parsed
//! again, and the positions are put back.

use std::collections::BTreeSet;

use super::{Node, Position, Value};

/// How far a line is pushed: further than any indentation that people write.
const PUSH: usize = 256;
/// How many bytes are parsed again at most, over all attempts.
const BUDGET: usize = 32 << 20;

/// Where and how the parser stopped at a line that may be pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At a token, by the index of its character.
    Token(usize),
    /// In a quoted scalar, by the index of its opening quote.
    Quoted(usize),
}

/// The lines pushed so far.
#[derive(Default)]
pub(super) struct Reflow {
    lines: BTreeSet<usize>,
    spent: usize,
}

impl Reflow {
    /// The text with the lines of `stop` pushed; `None` if that was done before, or too often.
    pub(super) fn push(&mut self, text: &str, stop: Stop) -> Option<String> {
        self.spent = self.spent.saturating_add(text.len());
        let (index, continued) = match stop {
            Stop::Token(index) => (index, 1),
            Stop::Quoted(index) => (index, continuation_lines(text.chars().skip(index))),
        };
        let line = text.chars().take(index).filter(|&c| c == '\n').count();
        let first = if matches!(stop, Stop::Quoted(_)) { line + 1 } else { line };
        let mut pushed = String::with_capacity(text.len() + PUSH * continued);
        let mut changed = false;
        for (number, content) in text.split_inclusive('\n').enumerate() {
            let marker = content.starts_with("---") || content.starts_with("...");
            if (first..first + continued).contains(&number)
                && !marker
                && self.lines.insert(number + 1)
            {
                pushed.extend(std::iter::repeat_n(' ', PUSH));
                changed = true;
            }
            pushed.push_str(content);
        }
        (changed && self.spent < BUDGET).then_some(pushed)
    }

    /// Where `position` is in the text as it was given.
    pub(super) fn original(&self, position: Position) -> Position {
        let push = if self.lines.contains(&position.line) { PUSH } else { 0 };
        Position { column: position.column.saturating_sub(push).max(1), ..position }
    }

    /// Puts back the positions in `node`.
    pub(super) fn restore(&self, node: &mut Node) {
        if self.lines.is_empty() {
            return;
        }
        node.span.start = self.original(node.span.start);
        node.span.end = self.original(node.span.end);
        match &mut node.value {
            Value::List(items) | Value::Set(items) => {
                items.iter_mut().for_each(|item| self.restore(item))
            }
            Value::Pair(pair) => {
                self.restore(&mut pair.0);
                self.restore(&mut pair.1);
            }
            Value::Map(pairs) => {
                for (key, value) in pairs {
                    self.restore(key);
                    self.restore(value);
                }
            }
            _ => {}
        }
    }
}

/// How many line breaks there are before the closing quote of the scalar that `chars` begins with.
fn continuation_lines(mut chars: impl Iterator<Item = char>) -> usize {
    let quote = chars.next();
    let mut chars = chars.peekable();
    let mut lines = 0;
    while let Some(c) = chars.next() {
        if c == '\n' {
            lines += 1;
        } else if c == '\\' && quote == Some('"') {
            lines += usize::from(chars.next() == Some('\n'));
        } else if Some(c) == quote && (c == '"' || chars.next_if_eq(&'\'').is_none()) {
            break;
        }
    }
    lines
}
