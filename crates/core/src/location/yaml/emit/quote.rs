//! Which quotes a text needs, and writing it in them: PyYAML's emitter.

use std::fmt::Write as _;

use super::super::{
    resolve::{Tag, implicit},
    timestamp::looks_like_timestamp,
};

/// Lines are folded at the first blank behind this column.
const WIDTH: usize = 80;

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    /// `[]` or `{}`.
    Bracket,
}

/// How `text` has to be written so that it is read as the same string.
pub(super) fn style(text: &str, as_key: bool) -> Style {
    let multiline = text.contains('\n');
    let special = text.chars().any(|c| c != '\n' && !(' '..='~').contains(&c));
    let blank_before_break = text.contains(" \n");
    let blank_after_break = text.contains("\n ");
    if special || blank_before_break || blank_after_break || as_key && multiline {
        return Style::Double;
    }
    let edges = text.starts_with(' ') || text.ends_with(' ');
    let plain = !multiline && !edges && !has_indicators(text);
    if plain && implicit(text) == Tag::Str && !looks_like_timestamp(text) {
        Style::Plain
    } else {
        Style::Single
    }
}

/// Whether something in `text` would be read as more than text.
fn has_indicators(text: &str) -> bool {
    let mut chars = text.chars();
    let first_alone = matches!(text.chars().nth(1), None | Some(' '));
    match chars.next() {
        Some(c) if "#,[]{}&*!|>'\"%@`".contains(c) => return true,
        Some('?' | ':' | '-') if first_alone => return true,
        _ => {}
    }
    text.starts_with("---")
        || text.starts_with("...")
        || text.contains(": ")
        || text.ends_with(':')
        || text.contains(" #")
}

/// The text so far, and where its last line stands.
#[derive(Default)]
pub(super) struct Writer {
    out: String,
    column: usize,
    /// Only indicators and blanks so far in this line: what follows may stay in it.
    open: bool,
}

impl Writer {
    pub(super) fn finish(mut self) -> String {
        if !self.out.ends_with('\n') {
            self.line_break();
        }
        self.out
    }

    pub(super) fn raw(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.len();
        self.open = false;
    }

    /// Writes an indicator behind which the first entry of a collection stays in the line.
    pub(super) fn marker(&mut self, indicator: &str) {
        self.raw(indicator);
        self.open = true;
    }

    /// Writes a blank, except at the beginning of a line.
    pub(super) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
            self.raw(" ");
        }
    }

    pub(super) fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    /// Goes to column `indent`, of a new line if this one is taken.
    pub(super) fn indent(&mut self, indent: usize) {
        if self.column > 0 && !(self.open && self.column <= indent) {
            self.line_break();
        }
        while self.column < indent {
            self.out.push(' ');
            self.column += 1;
        }
    }

    /// Writes `text`, folded to `fold` if that is given.
    pub(super) fn text(&mut self, text: &str, style: Style, fold: Option<usize>) {
        self.blank();
        match style {
            Style::Plain | Style::Bracket => self.words(text, fold, false),
            Style::Single => {
                self.raw("'");
                self.words(text, fold, true);
                self.raw("'");
            }
            Style::Double => {
                self.raw("\"");
                self.escaped(text, fold);
                self.raw("\"");
            }
        }
    }

    /// Plain text, or what stands between single quotes.
    fn words(&mut self, text: &str, fold: Option<usize>, quoted: bool) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let run = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
            let (piece, behind) = rest.split_at(run);
            match (first, fold) {
                (' ', Some(indent))
                    if piece.len() == 1
                        && self.column > WIDTH
                        && rest.len() < text.len()
                        && !behind.is_empty() =>
                {
                    self.new_line(indent);
                }
                ('\n', _) => {
                    self.line_break();
                    for _ in piece.chars() {
                        self.line_break();
                    }
                    self.indent(fold.unwrap_or(0));
                }
                _ if quoted => self.raw(&piece.replace('\'', "''")),
                _ => self.raw(piece),
            }
            rest = behind;
        }
    }

    /// What stands between double quotes.
    fn escaped(&mut self, text: &str, fold: Option<usize>) {
        // Characters that need no escape are counted, but not written before a run of them ends.
        let mut run = String::new();
        let chars: Vec<char> = text.chars().collect();
        for (index, &c) in chars.iter().enumerate() {
            let plain = matches!(c, ' '..='~') && c != '"' && c != '\\';
            if !plain {
                self.raw(&std::mem::take(&mut run));
                self.raw(&escape(c));
            }
            let inside = index > 0 && index + 1 < chars.len();
            // Of an escape, its last character is not counted.
            let column =
                if plain { self.column + run.len() } else { self.column.saturating_sub(1) };
            if let Some(indent) = fold
                && inside
                && (c == ' ' || run.is_empty())
                && column > WIDTH
            {
                self.raw(&std::mem::take(&mut run));
                self.raw("\\");
                self.new_line(indent);
                let next = if plain { Some(&c) } else { chars.get(index + 1) };
                if next == Some(&' ') {
                    self.raw("\\");
                }
            }
            if plain {
                run.push(c);
            }
        }
        self.raw(&run);
    }

    fn new_line(&mut self, indent: usize) {
        self.line_break();
        self.indent(indent);
    }
}

fn kind(c: char) -> u8 {
    match c {
        ' ' => 0,
        '\n' => 1,
        _ => 2,
    }
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            let mut escaped = String::new();
            let code = u32::from(c);
            let _ = match code {
                0..=0xff => write!(escaped, "\\x{code:02X}"),
                0x100..=0xffff => write!(escaped, "\\u{code:04X}"),
                _ => write!(escaped, "\\U{code:08X}"),
            };
            return escaped;
        }
    };
    format!("\\{short}")
}
