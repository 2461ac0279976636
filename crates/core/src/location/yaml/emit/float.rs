//! Floats as Python's `repr` prints them.

/// The shortest digits that read back as the finite `value`; an exponent from 1e16 and below 1e-4.
pub(in crate::location::yaml) fn python_float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return format!("{value:?}");
    }
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
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
            (-2.5e-7, "-2.5e-07"),
            (123_456_789.123_456_79, "123456789.12345679"),
            (9007199254740993.0, "9007199254740992.0"),
        ] {
            assert_eq!(python_float(value), expected);
        }
    }
}
