//! Floats as Python's `repr` prints them.

use serde_json::Number;

/// The shortest digits that read back as the finite `value`; an exponent from 1e16 and below 1e-4.
///
/// The digits are those of serde_json, which is in every binary: what `std` formats floats with would come on top.
pub(in crate::location::yaml) fn python_float(value: f64) -> String {
    let text = Number::from_f64(value).map(|number| number.to_string()).unwrap_or_default();
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa.to_owned(), exponent.parse::<i32>().unwrap_or(0)),
        None => match fifth_decimal(&text) {
            Some(mantissa) => (mantissa, -5),
            None => return text,
        },
    };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// The mantissa of a `0.0000123`, which serde_json writes without an exponent.
fn fifth_decimal(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (first, rest) = digits.strip_prefix("0.0000")?.split_at_checked(1)?;
    let point = if rest.is_empty() { "" } else { "." };
    Some(format!("{sign}{first}{point}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The right side is what Python 3.11 prints.
    #[test]
    fn prints_as_python() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-0.0000123, "-1.23e-05"),
            (10.00001, "10.00001"),
            (0.0000012, "1.2e-06"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (12345678901234567.0, "1.2345678901234568e+16"),
            (-2.5e-7, "-2.5e-07"),
            (123_456_789.123_456_79, "123456789.12345679"),
            (9007199254740993.0, "9007199254740992.0"),
        ] {
            assert_eq!(python_float(value), expected);
        }
    }
}
