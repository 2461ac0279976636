//! The key by which the service knows a call that it has already done.

use crate::ports::Clock;

/// Far more than any generated key needs.
const MAX_LENGTH: usize = 255;

/// The value of an `Idempotency-Key` header: a second call with the same one has the result of the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// A key that no other call has. The time is part of it because `random` promises no more than jitter needs.
    pub fn fresh(clock: &impl Clock) -> Self {
        Self(format!("{:x}-{:016x}", clock.now().as_nanos(), clock.random()))
    }

    /// A key that the caller has chosen, for example the build's identifier.
    ///
    /// # Errors
    /// If no header can carry it: it is 1 to 255 visible ASCII characters.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let is_carried = text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_carried && (1..=MAX_LENGTH).contains(&text.len()) {
            return Ok(Self(text.to_owned()));
        }
        Err(BadKey)
    }

    /// As the header carries it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<IdempotencyKey> for String {
    fn from(key: IdempotencyKey) -> Self {
        key.0
    }
}

/// What cannot be an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key is 1 to {MAX_LENGTH} visible ASCII characters")]
pub struct BadKey;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_header_carries_is_a_key() {
        for wrong in ["", "a b", "a\nb", "ä", &"x".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(wrong), Err(BadKey), "{wrong:?}");
        }
        for right in ["7", "build-7/attempt:1", &"x".repeat(255)] {
            assert_eq!(IdempotencyKey::parse(right).map(String::from), Ok(right.to_owned()));
        }
    }
}
