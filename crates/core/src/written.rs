//! Fields as people write them: forms, queries and variables carry text only, so what JSON writes as itself may
//! come as text too.

use std::str::FromStr;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error, value::MapDeserializer},
};
use serde_json::{Map, Number, Value};

/// A `T` whose fields come by their names only. By what serde derives, a list can be a `T` as well, its fields in the order
/// of the declaration: that is as much code again for each type, and a second way to write one.
///
/// # Errors
/// As `T` has them.
// Not inlined: it is the better part of what reads a type, and npm pays for each copy.
#[inline(never)]
pub fn of_fields<T: DeserializeOwned>(fields: Map<String, Value>) -> serde_json::Result<T> {
    T::deserialize(MapDeserializer::new(fields.into_iter()))
}

/// A number that may be missing.
pub fn number<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)?.map(number_of).transpose()
}

/// A number.
pub fn required<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    number_of(Value::deserialize(deserializer)?)
}

/// As HTML forms and CI variables write it: `on` and `1` are true as well.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    flag_of(Value::deserialize(deserializer)?)
}

/// As [`flag`], where it makes a difference whether it is there.
pub fn optional_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Option::deserialize(deserializer)?.map(flag_of).transpose()
}

/// A word of a set.
pub fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err = String>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(Error::custom),
    }
}

/// Several texts, or a single one.
pub fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let text = |value| match value {
        Value::String(text) => Ok(text),
        _ => Err(D::Error::custom("expected texts")),
    };
    match Value::deserialize(deserializer)? {
        Value::Array(values) => values.into_iter().map(text).collect(),
        value => Ok(vec![text(value)?]),
    }
}

/// JSON, or JSON in a text.
pub fn json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    match Option::deserialize(deserializer)? {
        Some(Value::String(text)) => serde_json::from_str(&text).map(Some).map_err(Error::custom),
        other => Ok(other),
    }
}

fn number_of<T: DeserializeOwned, E: Error>(value: Value) -> Result<T, E> {
    let (text, number) = match value {
        Value::Number(number) => (number.to_string(), Some(number)),
        Value::String(text) => (text.trim().to_owned(), text.trim().parse::<Number>().ok()),
        _ => return Err(E::custom("expected a number")),
    };
    number
        .and_then(|number| T::deserialize(number).ok())
        .ok_or_else(|| E::custom(format!("`{text}` is no number that fits here")))
}

fn flag_of<E: Error>(value: Value) -> Result<bool, E> {
    match value {
        Value::Bool(flag) => Ok(flag),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "on" | "yes" => Ok(true),
            "false" | "0" | "off" | "no" | "" => Ok(false),
            _ => Err(E::custom(format!("`{text}` is neither true nor false"))),
        },
        _ => Err(E::custom("expected true or false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Fields {
        #[serde(deserialize_with = "flag")]
        flag: bool,
        #[serde(deserialize_with = "optional_flag")]
        optional_flag: Option<bool>,
        #[serde(deserialize_with = "number")]
        number: Option<u16>,
        #[serde(deserialize_with = "number")]
        fraction: Option<f64>,
        #[serde(deserialize_with = "texts")]
        texts: Vec<String>,
        #[serde(deserialize_with = "json")]
        json: Option<Value>,
    }

    fn read(text: &str) -> Result<Fields, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn text_means_what_json_means() {
        let text = r#"{"flag":"on","optional_flag":"0","number":" 7","fraction":"1.5","texts":"a","json":"[1]"}"#;
        let json = r#"{"flag":true,"optional_flag":false,"number":7,"fraction":1.5,"texts":["a"],"json":[1]}"#;
        assert_eq!(read(text).unwrap(), read(json).unwrap());
        assert_eq!(read(r#"{"optional_flag":null,"number":null}"#).unwrap(), Fields::default());
    }

    #[test]
    fn what_is_neither_is_refused() {
        for (wrong, said) in [
            (r#"{"flag":"maybe"}"#, "`maybe` is neither true nor false"),
            (r#"{"flag":1}"#, "expected true or false"),
            (r#"{"number":"-1"}"#, "`-1` is no number that fits here"),
            (r#"{"number":70000}"#, "`70000` is no number that fits here"),
            (r#"{"number":7.5}"#, "`7.5` is no number that fits here"),
            (r#"{"fraction":"1,5"}"#, "`1,5` is no number that fits here"),
            (r#"{"number":true}"#, "expected a number"),
            (r#"{"json":"{"}"#, "EOF"),
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.contains(said), "{wrong}: {error}");
        }
    }
}
