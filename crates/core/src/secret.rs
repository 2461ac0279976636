//! Text that must not be seen.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// What a secret is shown as.
pub const MASK: &str = "******";

/// Shorter than any token that a service gives out. Masking so short a text in an answer would hide parts of it
/// that only look alike, and break the answer.
const SHORTEST: usize = 12;

/// A token or password. `Debug`, `Display` and `Serialize` show [`MASK`]; only [`Secret::expose`] does not.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(from = "String")]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`, without the white space that copying and `$(cat file)` leave around it.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().trim().to_owned())
    }

    /// The text itself, for the one header that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` with every occurrence of this secret masked: for words that come from elsewhere. A secret of less
    /// than 12 bytes is none, and is not looked for.
    pub fn mask_in(&self, text: &str) -> String {
        if self.0.len() < SHORTEST {
            return text.to_owned();
        }
        let masked = text.replace(&self.0, MASK);
        // As it stands in JSON, if that is another way.
        let quoted = Value::from(self.0.as_str()).to_string();
        match quoted.get(1..quoted.len() - 1) {
            Some(written) if written != self.0 => masked.replace(written, MASK),
            _ => masked,
        }
    }

    /// Masks this secret in every text of `value`, however that was written in JSON.
    pub fn mask_values(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.mask_in(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.mask_values(value)),
            Value::Object(members) => {
                members.values_mut().for_each(|value| self.mask_values(value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_way_of_printing_shows_it() {
        let secret = Secret::new(" agent:acme:s3cr3t\n");
        let shown = format!("{secret} {secret:?} {}", serde_json::to_string(&secret).unwrap());
        assert!(!shown.contains("s3cr3t"), "{shown}");
        assert_eq!(secret.expose(), "agent:acme:s3cr3t");
        let read: Secret = serde_json::from_str(r#"" agent:acme:s3cr3t\n""#).unwrap();
        assert_eq!(read, secret);
    }

    #[test]
    fn masks_itself_in_the_words_of_others() {
        let secret = Secret::new("0123456789ab");
        assert_eq!(secret.mask_in("bad token 0123456789ab!"), "bad token ******!");
        assert_eq!(Secret::new("").mask_in("unchanged"), "unchanged");
        let quoted = Secret::new(r#"abc"quoted"\token"#);
        assert_eq!(
            quoted.mask_in(r#"{"said":"no abc\"quoted\"\\token"}"#),
            r#"{"said":"no ******"}"#
        );
        let mut value = serde_json::from_str(r#"{"a":["\u00300123456789ab"]}"#).unwrap();
        Secret::new("00123456789ab").mask_values(&mut value);
        assert_eq!(value.to_string(), r#"{"a":["******"]}"#);
        assert_eq!(Secret::new("data").mask_in(r#"{"data":{}}"#), r#"{"data":{}}"#);
    }
}
