//! Blanks that the parser wants and PyYAML does not.
//!
//! PyYAML ignores indentation inside brackets and quotes, and people do close their lists in the first column.
//! Blanks at the beginning of such a line mean nothing, so the line is pushed to the right, parsed again, and
//! the positions are put back. Nor does PyYAML want a blank between a quote or bracket and a comment.

use std::collections::{BTreeMap, BTreeSet};

use super::{Node, Position, Value};

/// How far a line is pushed: further than any indentation that people write.
const PUSH: usize = 64;
/// How many bytes are parsed again at most, over all attempts.
const BUDGET: usize = 16 << 20;

/// Where and how the parser stopped at a line that may be pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At a token inside brackets or braces, by the index of its first character.
    Token(usize),
    /// At a tab that begins a line of a quoted scalar, by its index.
    Tab(usize),
    /// At a comment without a blank before it, by the index of its `#`.
    Comment(usize),
    /// In a quoted scalar, by the index of its opening quote.
    Quoted(usize),
}

/// The lines pushed so far.
#[derive(Default)]
pub(super) struct Reflow {
    lines: BTreeSet<usize>,
    /// Where a blank was put before a comment: the column of each line, in the text as it was given.
    comments: BTreeMap<usize, usize>,
    spent: usize,
}

impl Reflow {
    /// The text with blanks where `stop` wants them; `None` if they are there, or if it happens too often.
    ///
    /// A token stops only inside brackets that an earlier line opened, so its whole line may be pushed.
    pub(super) fn push(&mut self, text: &str, stop: Stop) -> Option<String> {
        let (Stop::Token(index) | Stop::Tab(index) | Stop::Comment(index) | Stop::Quoted(index)) =
            stop;
        let at = text.char_indices().nth(index)?.0;
        let (before, after) = text.split_at_checked(at)?;
        let line = before.matches('\n').count();
        let (first, count) = match stop {
            Stop::Token(_) => (line, lines_to_bracket(after)),
            Stop::Tab(_) => (line, 1),
            Stop::Comment(_) => (line, 0),
            Stop::Quoted(_) => (line + 1, lines_to_quote(after)),
        };
        self.spent =
            self.spent.saturating_add(text.len()).saturating_add(PUSH.saturating_mul(count));
        if self.spent > BUDGET {
            return None;
        }
        if matches!(stop, Stop::Comment(_)) {
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let Position { line, column } = self.original(Position { line: line + 1, column });
            self.comments.insert(line, column);
            return after.starts_with('#').then(|| format!("{before} {after}"));
        }
        let mut pushed = String::with_capacity(text.len() + PUSH * count);
        let mut changed = false;
        for (number, content) in text.split_inclusive('\n').enumerate() {
            let marker = content.starts_with("---") || content.starts_with("...");
            if (first..first + count).contains(&number) && !marker && self.lines.insert(number + 1)
            {
                pushed.extend(std::iter::repeat_n(' ', PUSH));
                changed = true;
            }
            pushed.push_str(content);
        }
        changed.then_some(pushed)
    }

    /// Where `position` is in the text as it was given.
    pub(super) fn original(&self, position: Position) -> Position {
        let push = if self.lines.contains(&position.line) { PUSH } else { 0 };
        let column = position.column.saturating_sub(push).max(1);
        let behind = self.comments.get(&position.line).is_some_and(|comment| column > *comment);
        Position { column: column - usize::from(behind), ..position }
    }

    /// Puts back the positions in `node`.
    pub(super) fn restore(&self, node: &mut Node) {
        if self.lines.is_empty() && self.comments.is_empty() {
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

/// How many lines there are up to the first bracket or brace that closes. All of them surely stand inside.
fn lines_to_bracket(text: &str) -> usize {
    text.split(['}', ']']).next().unwrap_or_default().matches('\n').count() + 1
}

/// How many lines the quoted scalar that `text` begins with has behind its first.
fn lines_to_quote(text: &str) -> usize {
    let mut chars = text.chars();
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
