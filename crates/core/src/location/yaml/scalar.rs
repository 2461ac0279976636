//! Scalars by their tag, in the way of PyYAML's constructor and Python's `int()` and `float()`.
//!
//! An error says what the text is not.

use lexical_parse_float::FromLexical;

const NO_INTEGER: &str = "no integer of at most 128 bits";

/// `yes`, `on`, `true` and their opposites, in any mix of cases.
pub(super) fn boolean(text: &str) -> Result<bool, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "on" => Ok(true),
        "no" | "false" | "off" => Ok(false),
        _ => Err("no boolean"),
    }
}

/// Decimal, `0x`, `0b`, octal by a leading `0`, or base 60 by colons.
pub(super) fn integer(text: &str) -> Result<i128, &'static str> {
    let digits = text.replace('_', "");
    let (negative, digits) = sign(digits.trim());
    let value = if let Some(bits) = digits.strip_prefix("0b") {
        i128::from_str_radix(bits, 2)
    } else if let Some(hex) = digits.strip_prefix("0x") {
        i128::from_str_radix(hex, 16)
    } else if digits != "0" && digits.starts_with('0') {
        i128::from_str_radix(digits.strip_prefix("0o").unwrap_or(digits), 8)
    } else if digits.contains(':') {
        return sixty(digits).map(|value| if negative { -value } else { value }).ok_or(NO_INTEGER);
    } else {
        digits.parse()
    };
    match value {
        Ok(value) => Ok(if negative { -value } else { value }),
        Err(_) => Err(NO_INTEGER),
    }
}

/// Decimal, `.inf`, `.nan`, or base 60 by colons.
pub(super) fn float(text: &str) -> Result<f64, &'static str> {
    let digits = text.replace('_', "").to_ascii_lowercase();
    let (negative, digits) = sign(digits.trim());
    let value = match digits {
        ".inf" => Some(f64::INFINITY),
        ".nan" => Some(f64::NAN),
        _ => digits
            .split(':')
            .try_fold(0.0, |sum, part| Some(sum * 60.0 + f64::from_lexical(part.as_bytes()).ok()?)),
    };
    match value {
        Some(value) => Ok(if negative { -value } else { value }),
        None => Err("no number"),
    }
}

/// The base64 text without what Python's lenient decoder skips.
pub(super) fn binary(text: &str) -> Result<String, &'static str> {
    if !text.is_ascii() {
        return Err("no base64: it holds a character that is not ASCII");
    }
    let data: String =
        text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/')).collect();
    let missing = (4 - data.len() % 4) % 4;
    if missing == 3 || text.chars().filter(|&c| c == '=').count() < missing {
        return Err("no base64: its padding is missing");
    }
    Ok(data + "==".get(..missing).unwrap_or_default())
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn sixty(digits: &str) -> Option<i128> {
    digits
        .split(':')
        .try_fold(0_i128, |sum, part| sum.checked_mul(60)?.checked_add(part.parse().ok()?))
}
