//! From tagged nodes to values: PyYAML's `SafeConstructor`.
//!
//! It recurses, and the composer's depth limit bounds how far.

use std::{collections::HashMap, rc::Rc};

use super::{
    Node, Value, YamlError,
    compose::{Content, Raw},
    resolve::Tag,
    scalar::{binary, boolean, float, integer},
    timestamp::timestamp,
};

type RawPair = (Rc<Raw>, Rc<Raw>);

/// The value of `raw`.
pub(super) fn construct(raw: &Raw) -> Result<Node, YamlError> {
    let value = match &raw.tag {
        Tag::Null => scalar(raw).map(|_| Value::Null),
        Tag::Bool => scalar(raw).and_then(|text| at(raw, boolean(text)).map(Value::Bool)),
        Tag::Int => scalar(raw).and_then(|text| at(raw, integer(text)).map(Value::Int)),
        Tag::Float => scalar(raw).and_then(|text| at(raw, float(text)).map(Value::Float)),
        Tag::Str => scalar(raw).map(|text| Value::Str(text.to_owned())),
        Tag::Binary => scalar(raw).and_then(|text| at(raw, binary(text)).map(Value::Binary)),
        Tag::Timestamp => {
            scalar(raw).and_then(|text| at(raw, timestamp(text)).map(Value::Timestamp))
        }
        Tag::Seq => sequence(raw)?
            .iter()
            .map(|item| construct(item))
            .collect::<Result<_, _>>()
            .map(Value::List),
        Tag::Map => mapping(raw).map(Value::Map),
        Tag::Set => {
            mapping(raw).map(|pairs| Value::Set(pairs.into_iter().map(|(key, _)| key).collect()))
        }
        Tag::Omap | Tag::Pairs => {
            sequence(raw)?.iter().map(|item| pair(item)).collect::<Result<_, _>>().map(Value::List)
        }
        Tag::Merge | Tag::Default | Tag::Unknown(_) => {
            Err(error(raw, format!("the tag `{}` makes no value", raw.tag.shown())))
        }
    }?;
    Ok(Node { span: raw.span, value })
}

/// The text of a scalar, or of a mapping's `=` entry.
fn scalar(raw: &Raw) -> Result<&str, YamlError> {
    match &raw.content {
        Content::Scalar(text) => Ok(text),
        Content::Mapping(pairs) => match pairs.iter().find(|(key, _)| key.tag == Tag::Default) {
            Some((_, value)) => scalar(value),
            None => Err(mismatch(raw, "a scalar")),
        },
        Content::Sequence(_) => Err(mismatch(raw, "a scalar")),
    }
}

fn sequence(raw: &Raw) -> Result<&[Rc<Raw>], YamlError> {
    match &raw.content {
        Content::Sequence(items) => Ok(items),
        _ => Err(mismatch(raw, "a list")),
    }
}

fn pair(raw: &Raw) -> Result<Node, YamlError> {
    let Content::Mapping(pairs) = &raw.content else {
        return Err(mismatch(raw, "a mapping of one key"));
    };
    let [(key, value)] = pairs.as_slice() else {
        return Err(error(
            raw,
            format!("expected a mapping of one key, found one of {}", pairs.len()),
        ));
    };
    Ok(Node { span: raw.span, value: Value::Pair(Box::new((construct(key)?, construct(value)?))) })
}

/// The entries, where a repeated key keeps its first place and takes its last value.
fn mapping(raw: &Raw) -> Result<Vec<(Node, Node)>, YamlError> {
    let mut entries: Vec<(Node, Node)> = Vec::new();
    let mut places = HashMap::new();
    for (key, value) in merged(raw)? {
        let key = match (&key.tag, &key.content) {
            // As a key, `=` is an ordinary string.
            (Tag::Default, Content::Scalar(text)) => {
                Node { span: key.span, value: Value::Str(text.clone()) }
            }
            _ => construct(&key)?,
        };
        let Some(identity) = Identity::of(&key.value) else {
            let message = format!("{} cannot be a key", key.value.kind());
            return Err(YamlError::new(key.span.start, message));
        };
        let value = construct(&value)?;
        match places.get(&identity).and_then(|&place: &usize| entries.get_mut(place)) {
            Some(entry) => entry.1 = value,
            None => {
                places.insert(identity, entries.len());
                entries.push((key, value));
            }
        }
    }
    Ok(entries)
}

/// The pairs with `<<` resolved: those of merged mappings come first, the earliest mapping's last.
fn merged(raw: &Raw) -> Result<Vec<RawPair>, YamlError> {
    let Content::Mapping(pairs) = &raw.content else { return Err(mismatch(raw, "a mapping")) };
    let (mut all, mut own) = (Vec::new(), Vec::new());
    for (key, value) in pairs {
        match (&key.tag, &value.content) {
            (Tag::Merge, Content::Mapping(_)) => all.extend(merged(value)?),
            (Tag::Merge, Content::Sequence(items)) => {
                for item in items.iter().rev() {
                    all.extend(merged(item)?);
                }
            }
            (Tag::Merge, Content::Scalar(_)) => {
                return Err(mismatch(value, "a mapping, or a list of mappings, to merge"));
            }
            _ => own.push((Rc::clone(key), Rc::clone(value))),
        }
    }
    all.append(&mut own);
    Ok(all)
}

/// What makes two keys the same to a Python `dict`: `1`, `1.0` and `true` are one.
#[derive(PartialEq, Eq, Hash)]
enum Identity {
    Null,
    Integer(i128),
    Float(u64),
    Str(String),
    Binary(String),
    Timestamp(String),
}

impl Identity {
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Integer(i128::from(*value)),
            Value::Int(value) => Self::Integer(*value),
            Value::Float(value) => match whole(*value) {
                Some(value) => Self::Integer(value),
                None => Self::Float(value.to_bits()),
            },
            Value::Str(text) => Self::Str(text.clone()),
            Value::Binary(text) => Self::Binary(text.clone()),
            Value::Timestamp(text) => Self::Timestamp(text.clone()),
            Value::List(_) | Value::Pair(_) | Value::Set(_) | Value::Map(_) => return None,
        })
    }
}

/// The integer that `value` exactly is, if it has at most 128 bits.
fn whole(value: f64) -> Option<i128> {
    const END: f64 = (1_u128 << 127) as f64;
    (value.fract() == 0.0 && (-END..END).contains(&value)).then_some(value as i128)
}

/// Places what is wrong with a scalar, and quotes its beginning.
fn at<T>(raw: &Raw, result: Result<T, &'static str>) -> Result<T, YamlError> {
    const QUOTED: usize = 40;
    result.map_err(|what| {
        let text = scalar(raw).unwrap_or_default();
        let more = if text.chars().nth(QUOTED).is_some() { "..." } else { "" };
        let quoted: String = text.chars().take(QUOTED).collect();
        error(raw, format!("`{quoted}{more}` is {what}"))
    })
}

fn error(raw: &Raw, message: String) -> YamlError {
    YamlError::new(raw.span.start, message)
}

fn mismatch(raw: &Raw, expected: &str) -> YamlError {
    let found = match raw.content {
        Content::Scalar(_) => "a scalar",
        Content::Sequence(_) => "a list",
        Content::Mapping(_) => "a mapping",
    };
    error(raw, format!("expected {expected}, found {found}"))
}
