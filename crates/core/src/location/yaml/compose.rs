//! From the parser's events to a tree of tagged nodes, within the budgets.
//!
//! Aliases share their nodes, so a small text can stand for a huge value. Every node therefore knows how
//! deep and how large it is once expanded, and the node that breaks a budget is an error when it is made:
//! nothing behind this module needs a guard of its own.

use std::{borrow::Cow, collections::HashMap, rc::Rc};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag as EventTag};

use super::{
    MAX_DEPTH, MAX_NODES, MAX_TEXT, Position, Span, YamlError,
    reflow::Stop,
    resolve::{Tag, implicit},
    strict::Strict,
};

/// A node before construction.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) span: Span,
    pub(super) tag: Tag,
    pub(super) content: Content,
    size: Size,
}

/// What the node holds.
#[derive(Debug)]
pub(super) enum Content {
    Scalar(String),
    Sequence(Vec<Rc<Raw>>),
    Mapping(Vec<(Rc<Raw>, Rc<Raw>)>),
}

/// Why there is no tree.
pub(super) struct Failure {
    pub(super) error: YamlError,
    /// Set if the parser misses blanks that mean nothing to PyYAML.
    pub(super) stop: Option<Stop>,
}

/// Builds the tree of the one document in `text`; `None` if there is none.
pub(super) fn compose(text: &str) -> Result<Option<Rc<Raw>>, Failure> {
    let mut composer = Composer {
        strict: Strict::new(text),
        anchors: HashMap::new(),
        frames: Vec::new(),
        root: None,
        documents: 0,
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| composer.failure(&error))?;
        composer.take(event, span).map_err(|error| Failure { error, stop: None })?;
    }
    Ok(composer.root)
}

struct Composer {
    strict: Strict,
    anchors: HashMap<usize, Rc<Raw>>,
    frames: Vec<Frame>,
    root: Option<Rc<Raw>>,
    documents: usize,
}

/// A collection whose end has not come yet.
struct Frame {
    span: Span,
    tag: Tag,
    anchor: usize,
    mapping: bool,
    flow: bool,
    children: Vec<Rc<Raw>>,
    size: Size,
}

impl Composer {
    fn take(&mut self, event: Event<'_>, span: saphyr_parser::Span) -> Result<(), YamlError> {
        match event {
            Event::DocumentStart(explicit) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(YamlError::new(
                        position(span.start),
                        "a second document begins here: only one is read",
                    ));
                }
                // An implicit start has the span of the token behind it.
                if explicit { self.strict.directives(span.end.index()) } else { Ok(()) }
            }
            Event::Scalar(text, style, anchor, tag) => {
                if text.is_empty()
                    && style == ScalarStyle::Plain
                    && anchor == 0
                    && tag.is_none()
                    && self.at_key()
                {
                    self.strict.empty_key(span)?;
                }
                self.strict.scalar(span, style, text.is_empty(), anchor != 0, self.in_flow())?;
                let mut text = text.into_owned();
                if self.strict.ends_open(span, style) && text.ends_with('\n') {
                    text.pop();
                }
                self.scalar(text, style, anchor, tag, span)
            }
            Event::SequenceStart(anchor, tag) => self.open(span, anchor, tag, false),
            Event::MappingStart(anchor, tag) => self.open(span, anchor, tag, true),
            Event::SequenceEnd | Event::MappingEnd => self.close(position(span.end)),
            Event::Alias(anchor) => {
                self.strict.alias(span)?;
                let Some(node) = self.anchors.get(&anchor).map(Rc::clone) else {
                    return Err(YamlError::new(
                        position(span.start),
                        "an alias to the node that it is in",
                    ));
                };
                self.add(node, position(span.start))
            }
            Event::StreamEnd => self.strict.gap(span.end.index()),
            Event::Nothing | Event::StreamStart | Event::DocumentEnd => Ok(()),
        }
    }

    fn at_key(&self) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| frame.mapping && frame.children.len().is_multiple_of(2))
    }

    fn in_flow(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.flow)
    }

    fn scalar(
        &mut self,
        text: String,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<Cow<'_, EventTag>>,
        span: saphyr_parser::Span,
    ) -> Result<(), YamlError> {
        let tag = match tag_name(tag) {
            TagName::Given(name) => Tag::named(name),
            TagName::None if style != ScalarStyle::Plain => Tag::Str,
            TagName::None | TagName::NonSpecific => implicit(&text),
        };
        let size = Size { depth: 1, nodes: 1, bytes: text.len() };
        let node = Rc::new(Raw { span: place(span), tag, content: Content::Scalar(text), size });
        self.finish(node, anchor, position(span.start))
    }

    fn open(
        &mut self,
        span: saphyr_parser::Span,
        anchor: usize,
        tag: Option<Cow<'_, EventTag>>,
        mapping: bool,
    ) -> Result<(), YamlError> {
        if self.frames.len() >= MAX_DEPTH {
            return Err(YamlError::new(position(span.start), too_deep()));
        }
        let flow = self.strict.collection(span, anchor != 0)? || self.in_flow();
        let tag = match tag_name(tag) {
            TagName::Given(name) => Tag::named(name),
            TagName::None | TagName::NonSpecific if mapping => Tag::Map,
            TagName::None | TagName::NonSpecific => Tag::Seq,
        };
        let size = Size { depth: 1, nodes: 1, bytes: 0 };
        self.frames.push(Frame {
            span: place(span),
            tag,
            anchor,
            mapping,
            flow,
            children: Vec::new(),
            size,
        });
        Ok(())
    }

    fn close(&mut self, end: Position) -> Result<(), YamlError> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let mut span = frame.span;
        if frame.flow {
            span.end = end;
        }
        let content = if frame.mapping {
            let mut pairs = Vec::with_capacity(frame.children.len() / 2);
            let mut children = frame.children.into_iter();
            while let (Some(key), Some(value)) = (children.next(), children.next()) {
                pairs.push((key, value));
            }
            Content::Mapping(pairs)
        } else {
            Content::Sequence(frame.children)
        };
        let start = span.start;
        self.finish(
            Rc::new(Raw { span, tag: frame.tag, content, size: frame.size }),
            frame.anchor,
            start,
        )
    }

    fn finish(&mut self, node: Rc<Raw>, anchor: usize, at: Position) -> Result<(), YamlError> {
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        self.add(node, at)
    }

    fn add(&mut self, node: Rc<Raw>, at: Position) -> Result<(), YamlError> {
        match self.frames.last_mut() {
            Some(parent) => {
                parent.size.grow(node.size).map_err(|message| YamlError::new(at, message))?;
                parent.children.push(node);
            }
            None => self.root = Some(node),
        }
        Ok(())
    }

    /// The parser's error, unless PyYAML would have stumbled earlier.
    fn failure(&mut self, error: &ScanError) -> Failure {
        let (info, index) = (error.info(), error.marker().index());
        let stop = match info {
            "invalid indentation in quoted scalar" => Some(Stop::Quoted(index)),
            "invalid indentation" | "invalid indentation in flow construct" => {
                Some(Stop::Token(index))
            }
            "tab cannot be used as indentation" => Some(Stop::Tab(index)),
            "comments must be separated from other tokens by whitespace" => {
                Some(Stop::Comment(index))
            }
            _ => None,
        };
        // Of a tab the parser tells only where the scalar before it begins.
        let end = if info.contains(" tab") && stop.is_none() { usize::MAX } else { index };
        let error = match self.strict.gap(end) {
            Err(earlier) => earlier,
            Ok(()) => YamlError::new(position(*error.marker()), info),
        };
        Failure { error, stop }
    }
}

/// How large a node is with its aliases expanded.
#[derive(Debug, Clone, Copy)]
struct Size {
    depth: usize,
    nodes: usize,
    bytes: usize,
}

impl Size {
    fn grow(&mut self, child: Self) -> Result<(), String> {
        self.depth = self.depth.max(child.depth.saturating_add(1));
        self.nodes = self.nodes.saturating_add(child.nodes);
        self.bytes = self.bytes.saturating_add(child.bytes);
        if self.depth > MAX_DEPTH {
            Err(too_deep())
        } else if self.nodes > MAX_NODES {
            Err(format!("more than {MAX_NODES} values, aliases expanded"))
        } else if self.bytes > MAX_TEXT {
            Err(format!("more than {MAX_TEXT} bytes of text, aliases expanded"))
        } else {
            Ok(())
        }
    }
}

fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH} levels")
}

enum TagName {
    None,
    /// A lone `!`.
    NonSpecific,
    Given(String),
}

fn tag_name(tag: Option<Cow<'_, EventTag>>) -> TagName {
    match tag.map(|tag| format!("{}{}", tag.handle, tag.suffix)) {
        None => TagName::None,
        Some(name) if name == "!" => TagName::NonSpecific,
        Some(name) => TagName::Given(name),
    }
}

/// The parser counts lines from 1 and columns from 0.
fn position(marker: Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}

fn place(span: saphyr_parser::Span) -> Span {
    Span { start: position(span.start), end: position(span.end) }
}
