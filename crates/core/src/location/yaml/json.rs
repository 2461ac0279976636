//! Values as JSON: what Python's `json.dumps(value, allow_nan=False)` makes of them, or why it cannot.

use serde_json::{Map, Number, Value as Json};

use super::{Node, Value, YamlError, emit::python_float};

/// `node` as JSON. Keys become strings as in Python; of keys that become the same, the last wins.
///
/// # Errors
/// On what JSON cannot say: binary data, sets, timestamps, `.nan` and `.inf`, and integers beyond 64 bits,
/// which a float would silently change.
pub fn to_json(node: &Node) -> Result<Json, YamlError> {
    Ok(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Str(text) => Json::String(text.clone()),
        Value::Int(value) => Json::Number(integer(*value).ok_or_else(|| {
            let message = format!(
                "the integer {value} has more than 64 bits: put it in quotes if it is meant as text"
            );
            YamlError::new(node.span.start, message)
        })?),
        Value::Float(value) => Json::Number(Number::from_f64(*value).ok_or_else(|| {
            YamlError::new(
                node.span.start,
                "infinity and not-a-number cannot be sent as JSON: use quotes for text",
            )
        })?),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect::<Result<_, _>>()?),
        Value::Pair(pair) => Json::Array(vec![to_json(&pair.0)?, to_json(&pair.1)?]),
        Value::Map(pairs) => {
            let mut map = Map::with_capacity(pairs.len());
            for (key, value) in pairs {
                map.insert(key_text(key)?, to_json(value)?);
            }
            Json::Object(map)
        }
        Value::Binary(_) | Value::Timestamp(_) | Value::Set(_) => {
            let message = format!("{} cannot be sent as JSON", node.value.kind());
            return Err(YamlError::new(node.span.start, message));
        }
    })
}

fn integer(value: i128) -> Option<Number> {
    i64::try_from(value).map(Number::from).or_else(|_| u64::try_from(value).map(Number::from)).ok()
}

fn key_text(key: &Node) -> Result<String, YamlError> {
    match &key.value {
        Value::Str(text) => Ok(text.clone()),
        Value::Null => Ok("null".to_owned()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Int(value) => Ok(value.to_string()),
        Value::Float(value) if value.is_finite() => Ok(python_float(*value)),
        other => {
            Err(YamlError::new(key.span.start, format!("{} cannot be a key in JSON", other.kind())))
        }
    }
}
