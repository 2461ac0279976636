//! When a call is sent again, and for how long in all.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use http::{HeaderMap, header::RETRY_AFTER};

use crate::ports::Clock;

/// The wall-clock time that one command may spend on its calls, waits for retries included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The whole of it.
    pub total: Duration,
    /// The most that one exchange may take of it.
    pub per_exchange: Duration,
}

impl Default for Budget {
    /// Five minutes, which outlasts a deployment of the service; a minute for an exchange, as the official client.
    fn default() -> Self {
        Self { total: Duration::from_secs(300), per_exchange: Duration::from_secs(60) }
    }
}

/// Delays of half a second, doubled up to 20 s, each with up to as much again at random.
///
/// The jitter keeps the builds of one push, which start and fail together, from coming back together.
pub(super) fn delays(clock: &impl Clock) -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(Duration::from_secs(20))
        .without_max_times()
        .with_jitter()
        .with_jitter_seed(clock.random())
        .build()
}

/// How long the service asks to be left alone: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
/// A date in the past and anything unreadable ask for nothing.
pub(super) fn retry_after(headers: &HeaderMap, now: Duration) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    date.duration_since(std::time::UNIX_EPOCH).ok()?.checked_sub(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let now = Duration::from_secs(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(read(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(read("0"), Some(Duration::ZERO));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:40 GMT"), Some(Duration::from_secs(3)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:30 GMT"), None);
        assert_eq!(read("-1"), None);
        assert_eq!(read("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
