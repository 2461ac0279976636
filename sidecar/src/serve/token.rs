//! The sidecar's own bearer token.

use offshoot_core::secret::Secret;
use subtle::ConstantTimeEq;

use crate::failure::Failure;

/// Fewer characters can be guessed.
const SHORTEST: usize = 16;
/// Of a token that is made here: 256 bits.
const RANDOM_BYTES: usize = 32;

/// What every request must show.
#[derive(Debug, Clone)]
pub struct Token(Secret);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn generate() -> Result<Self, Failure> {
        let mut bytes = [0; RANDOM_BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|error| Failure::io("make a token", &std::io::Error::from(error)))?;
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self(Secret::new(digits)))
    }

    /// One that is given.
    ///
    /// # Errors
    /// If it is too short to keep anybody out, or cannot stand in a header.
    pub fn given(secret: Secret) -> Result<Self, Failure> {
        let text = secret.expose();
        if text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(secret));
        }
        Err(Failure::usage(
            format!("the sidecar's token needs at least {SHORTEST} visible ASCII characters"),
            "for example `openssl rand -hex 32`; without one, a token is made",
        ))
    }

    /// Whether the value of an `Authorization` header shows it.
    pub fn is_shown_by(&self, authorization: &[u8]) -> bool {
        let Some((scheme, shown)) = authorization.split_at_checked(7) else { return false };
        scheme.eq_ignore_ascii_case(b"bearer ")
            && bool::from(shown.trim_ascii().ct_eq(self.0.expose().as_bytes()))
    }

    /// The text itself, for the one who started the sidecar.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_itself_is_taken() {
        let token = Token::given(Secret::new("0123456789abcdef")).unwrap();
        assert!(token.is_shown_by(b"Bearer 0123456789abcdef"));
        assert!(token.is_shown_by(b"bearer  0123456789abcdef"));
        for wrong in ["", "Bearer", "Bearer ", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0"]
        {
            assert!(!token.is_shown_by(wrong.as_bytes()), "{wrong}");
        }
        assert!(!token.is_shown_by(b"Basic 0123456789abcdef"));
    }

    #[test]
    fn weak_ones_are_refused_and_made_ones_differ() {
        for weak in ["", "short", "0123456789 abcdef", "0123456789abcdefä"] {
            assert!(Token::given(Secret::new(weak)).is_err(), "{weak}");
        }
        let made = Token::generate().unwrap();
        assert_eq!(made.expose().len(), 64);
        assert_ne!(made.expose(), Token::generate().unwrap().expose());
    }
}
