//! Tags, and which tag a plain scalar gets: the regular expressions of PyYAML's resolver, written out.

/// A tag that the loader knows, or the name of one that it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tag {
    Null,
    Bool,
    Int,
    Float,
    Str,
    Binary,
    Timestamp,
    Seq,
    Map,
    Set,
    Omap,
    Pairs,
    /// A plain `<<`.
    Merge,
    /// A plain `=`.
    Default,
    Unknown(String),
}

impl Tag {
    /// The tag of that full name, for example `tag:yaml.org,2002:int`.
    pub(super) fn named(name: String) -> Self {
        match name.strip_prefix("tag:yaml.org,2002:") {
            Some("null") => Self::Null,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some("str") => Self::Str,
            Some("binary") => Self::Binary,
            Some("timestamp") => Self::Timestamp,
            Some("seq") => Self::Seq,
            Some("map") => Self::Map,
            Some("set") => Self::Set,
            Some("omap") => Self::Omap,
            Some("pairs") => Self::Pairs,
            Some("merge") => Self::Merge,
            Some("value") => Self::Default,
            _ => Self::Unknown(name),
        }
    }

    /// The tag as people write it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Unknown(name) => match name.strip_prefix("tag:yaml.org,2002:") {
                Some(short) => format!("!!{short}"),
                None => name.clone(),
            },
            Self::Merge => "<<".to_owned(),
            Self::Default => "=".to_owned(),
            known => format!("!!{known:?}").to_ascii_lowercase(),
        }
    }
}

/// The tag of a plain scalar without one.
pub(super) fn implicit(text: &str) -> Tag {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Tag::Null,
        "<<" => Tag::Merge,
        "=" => Tag::Default,
        "yes" | "Yes" | "YES" | "no" | "No" | "NO" | "true" | "True" | "TRUE" | "false"
        | "False" | "FALSE" | "on" | "On" | "ON" | "off" | "Off" | "OFF" => Tag::Bool,
        _ if is_float(text) => Tag::Float,
        _ if is_int(text) => Tag::Int,
        _ => Tag::Str,
    }
}

fn is_int(text: &str) -> bool {
    let text = unsigned(text);
    if let Some(bits) = text.strip_prefix("0b") {
        return all(bits, |c| matches!(c, '0' | '1' | '_'));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return all(digits, |c| c.is_ascii_hexdigit() || c == '_');
    }
    if let Some(digits) = text.strip_prefix('0') {
        return digits.is_empty() || all(digits, |c| matches!(c, '0'..='7' | '_'));
    }
    let mut parts = text.split(':');
    parts.next().is_some_and(is_digits) && parts.all(is_sixtieth)
}

fn is_float(text: &str) -> bool {
    let (number, signed) = (unsigned(text), text.starts_with(['-', '+']));
    if matches!(number, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let Some((whole, fraction)) = number.split_once('.') else { return false };
    if whole.is_empty() {
        // Only this form takes no sign, and wants a digit behind the point.
        return !signed
            && fraction.starts_with(|c: char| c.is_ascii_digit())
            && is_fraction(fraction);
    }
    match whole.split_once(':') {
        Some((first, rest)) => {
            is_digits(first)
                && rest.split(':').all(is_sixtieth)
                && fraction.chars().all(is_digit_or_underscore)
        }
        None => is_digits(whole) && is_fraction(fraction),
    }
}

/// `[0-9_]*([eE][-+][0-9]+)?`: an exponent without a sign makes it a string.
fn is_fraction(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else {
        return text.chars().all(is_digit_or_underscore);
    };
    digits.chars().all(is_digit_or_underscore)
        && exponent
            .strip_prefix(['-', '+'])
            .is_some_and(|digits| all(digits, |c| c.is_ascii_digit()))
}

/// `[0-9][0-9_]*`.
fn is_digits(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_digit_or_underscore)
}

/// `[0-5]?[0-9]`.
fn is_sixtieth(text: &str) -> bool {
    let units = text
        .strip_prefix(['0', '1', '2', '3', '4', '5'])
        .filter(|rest| !rest.is_empty())
        .unwrap_or(text);
    units.len() == 1 && units.starts_with(|c: char| c.is_ascii_digit())
}

fn is_digit_or_underscore(c: char) -> bool {
    c.is_ascii_digit() || c == '_'
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

/// Whether `text` is not empty and all of its characters pass.
fn all(text: &str, pass: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(pass)
}
