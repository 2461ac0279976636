//! What PyYAML's scanner refuses and a YAML 1.2 parser takes.
//!
//! A file that Dagster's own tools cannot read must not pass here, because other tools of the same team read
//! it too. PyYAML takes a tab only inside quotes, block scalars and comments, knows anchors of ASCII letters
//! only and each of them once, and ends a plain scalar in flow context at a `?`.

use std::{borrow::Cow, collections::HashSet};

use saphyr_parser::{ScalarStyle, Span};

use super::{Position, YamlError};

/// The text without a byte order mark, and with every line break as `\n`: NEL is one too in YAML 1.1.
///
/// A last line of blanks that no line break ends is dropped, because the parser makes a line of block text of it.
///
/// # Errors
/// On control characters, which are not allowed even in comments.
pub(super) fn normalise(text: &str) -> Result<Cow<'_, str>, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let trimmed = text.trim_end_matches(' ');
    let text = if trimmed.ends_with(['\n', '\r', '\u{85}']) { trimmed } else { text };
    let text = if text.contains(['\r', '\u{85}']) {
        Cow::Owned(text.replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n"))
    } else {
        Cow::Borrowed(text)
    };
    if let Some(bad) = text.find(|c| !is_printable(c)) {
        let (before, after) = text.split_at(bad);
        let code = after.chars().next().map_or(0, u32::from);
        let before: Vec<char> = before.chars().collect();
        let message = format!("the character U+{code:04X} is not allowed");
        return Err(YamlError::new(position(&before, before.len()), message));
    }
    Ok(text)
}

/// Follows the events through the text. Indices count characters.
pub(super) struct Strict {
    chars: Vec<char>,
    /// Everything before this has been looked at.
    at: usize,
    anchors: HashSet<String>,
}

impl Strict {
    pub(super) fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), at: 0, anchors: HashSet::new() }
    }

    /// Looks at what stands between two tokens, up to `end`: indicators, blanks and comments.
    pub(super) fn gap(&mut self, end: usize) -> Result<(), YamlError> {
        let mut comment = false;
        while self.at < end {
            match self.chars.get(self.at) {
                Some('\n') => comment = false,
                Some('#') => comment = true,
                Some('\t') if !comment => return Err(self.tab(self.at)),
                Some(_) => {}
                None => break,
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Looks at the directives before an explicit document, which ends its `---` at `end`.
    pub(super) fn directives(&mut self, end: usize) -> Result<(), YamlError> {
        let text: String =
            self.chars.iter().skip(self.at).take(end.saturating_sub(self.at)).collect();
        let first = position(&self.chars, self.at).line;
        for (line, content) in text.lines().enumerate() {
            let version =
                content.strip_prefix("%YAML").and_then(|rest| rest.trim().split_once('.'));
            if let Some((major, _)) = version
                && major != "1"
            {
                let at = Position { line: first + line, column: 1 };
                return Err(YamlError::new(at, format!("YAML {major} is not known, only YAML 1")));
            }
        }
        self.at = self.at.max(end);
        Ok(())
    }

    /// Looks at a scalar, and at what stands before it.
    pub(super) fn scalar(
        &mut self,
        span: Span,
        style: ScalarStyle,
        empty: bool,
        anchored: bool,
        flow: bool,
    ) -> Result<(), YamlError> {
        let plain = style == ScalarStyle::Plain;
        if empty && plain && !anchored {
            // It stands nowhere: the parser gives it the span of a neighbour.
            return Ok(());
        }
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            self.block_header(span.start.index())?;
        } else {
            self.gap(span.start.index())?;
        }
        self.properties(anchored)?;
        if plain {
            match self.chars.get(self.at) {
                Some(c @ ('|' | '>')) => {
                    return Err(
                        self.error(self.at, &format!("`{c}` cannot be inside brackets or braces"))
                    );
                }
                Some(':') if flow => {
                    return Err(self.error(
                        self.at,
                        "a value inside brackets or braces cannot begin with `:`",
                    ));
                }
                _ => {}
            }
            for at in self.at..span.end.index() {
                match self.chars.get(at) {
                    Some('\t') => return Err(self.tab(at)),
                    Some('?') if flow => {
                        return Err(
                            self.error(at, "`?` inside brackets or braces has to stand in quotes")
                        );
                    }
                    _ => {}
                }
            }
        }
        self.at = self.at.max(span.end.index());
        Ok(())
    }

    /// Looks at an empty key, which stands nowhere: only a `?` makes one.
    pub(super) fn empty_key(&self, span: Span) -> Result<(), YamlError> {
        let end = span.start.index();
        if self.chars.get(self.at..end).unwrap_or_default().contains(&'?') {
            return Ok(());
        }
        Err(self.error(end, "a key is missing before `:`"))
    }

    /// Whether a block scalar ends with the text, in a line of its own that no line break ends. PyYAML adds none.
    pub(super) fn ends_open(&self, span: Span, style: ScalarStyle) -> bool {
        matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
            && span.end.index() >= self.chars.len()
            && self.chars.last().is_some_and(|&last| last != '\n')
    }

    /// Looks at what stands before the content of a block scalar. Where that begins, tabs are content.
    fn block_header(&mut self, content: usize) -> Result<(), YamlError> {
        let before = self.chars.get(self.at..content).unwrap_or_default();
        let blanks = before.iter().rev().take_while(|c| c.is_whitespace()).count();
        let header = content.saturating_sub(blanks);
        let line = self.chars.iter().skip(header).take_while(|&&c| c != '\n').count();
        self.gap((header + line).min(content))
    }

    /// Looks at the beginning of a collection; returns whether it is one of brackets or braces.
    pub(super) fn collection(&mut self, span: Span, anchored: bool) -> Result<bool, YamlError> {
        self.gap(span.start.index())?;
        self.properties(anchored)?;
        let last = span.end.index().checked_sub(1).and_then(|last| self.chars.get(last));
        Ok(!span.is_empty() && matches!(last, Some('[' | '{')))
    }

    /// Looks at an alias.
    pub(super) fn alias(&mut self, span: Span) -> Result<(), YamlError> {
        self.gap(span.start.index())?;
        self.at += 1;
        self.name(span.end.index()).map(drop)
    }

    /// Looks at anchor and tag, in either order, and takes note of the anchor.
    fn properties(&mut self, anchored: bool) -> Result<(), YamlError> {
        let start = self.at;
        loop {
            match self.chars.get(self.at) {
                Some('&') if anchored => {
                    self.at += 1;
                    let name = self.name(usize::MAX)?;
                    if self.anchors.contains(&name) {
                        return Err(self
                            .error(start, &format!("the anchor `{name}` is given a second time")));
                    }
                    self.anchors.insert(name);
                }
                Some('!') => {
                    while self.chars.get(self.at).is_some_and(|c| !c.is_whitespace()) {
                        self.at += 1;
                    }
                }
                _ => return Ok(()),
            }
            while self.chars.get(self.at).is_some_and(|c| matches!(c, ' ' | '\n')) {
                self.at += 1;
            }
        }
    }

    fn name(&mut self, end: usize) -> Result<String, YamlError> {
        let mut name = String::new();
        while let Some(&c) = self.chars.get(self.at).filter(|_| self.at < end) {
            match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => name.push(c),
                _ if c.is_whitespace() || ",]}".contains(c) => break,
                _ => {
                    return Err(
                        self.error(self.at, &format!("`{c}` cannot be in the name of an anchor"))
                    );
                }
            }
            self.at += 1;
        }
        Ok(name)
    }

    fn tab(&self, at: usize) -> YamlError {
        self.error(at, "a tab is only allowed in quotes, in block text and in comments")
    }

    fn error(&self, at: usize, message: &str) -> YamlError {
        YamlError::new(position(&self.chars, at), message)
    }
}

/// PyYAML's printable characters.
fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | ' '..='~' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

fn position(chars: &[char], index: usize) -> Position {
    let mut position = Position::START;
    for &c in chars.iter().take(index) {
        if c == '\n' {
            position = Position { line: position.line + 1, column: 1 };
        } else {
            position.column += 1;
        }
    }
    position
}
