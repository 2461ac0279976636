//! When a call is sent again, and for how long in all.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use http::{HeaderMap, header::RETRY_AFTER};

use crate::{
    ops::Event,
    ports::{Clock, Events, Host},
};

/// How long a server that has never been reached is tried: a wrong name should not cost the whole budget.
const UNREACHED: Duration = Duration::from_secs(30);

/// The wall-clock time that one command may spend on its calls, waits for retries included. Beyond it no call is sent
/// a second time.
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

/// The attempts at one thing, within the budget of a command.
pub(crate) struct Attempts<'a, H> {
    host: &'a H,
    budget: Budget,
    started: Duration,
    delays: ExponentialBackoff,
    reached: bool,
    count: u32,
}

impl<'a, H: Host> Attempts<'a, H> {
    /// None so far, by a command whose budget began at `started` of the monotonic clock.
    pub(crate) fn new(host: &'a H, budget: Budget, started: Duration) -> Self {
        let delays = delays(host.clock());
        Self { host, budget, started, delays, reached: false, count: 0 }
    }

    /// How many have failed.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// The most that the next one may take. The first is no retry, so that it has time whatever is left of the budget.
    pub(crate) fn time_left(&self) -> Duration {
        let least = if self.count == 0 { UNREACHED } else { Duration::ZERO };
        self.left().max(least).min(self.budget.per_exchange)
    }

    /// Since the budget began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.host.clock().monotonic().saturating_sub(self.started)
    }

    /// Takes note of one that failed, and of whether it came as far as a server.
    pub(crate) fn failed(&mut self, reached: bool) {
        self.count += 1;
        self.reached |= reached;
    }

    /// Returns when it is time for another: true, or false at once if there is none to be.
    pub(crate) async fn pause(
        &mut self,
        doing: &'static str,
        reason: String,
        asked_delay: Option<Duration>,
    ) -> bool {
        // Retry-After is a least, the backoff's own delay spreads the callers.
        let delay = self.delays.next().unwrap_or_default().max(asked_delay.unwrap_or_default());
        if delay >= self.left() {
            return false;
        }
        let delay_seconds = delay.as_secs_f64();
        self.host.events().emit(Event::Retrying { doing, reason, delay_seconds });
        self.host.clock().sleep(delay).await;
        true
    }

    /// What is left of the budget; less while the server has not been reached at all.
    fn left(&self) -> Duration {
        let total = self.budget.total;
        let patience = if self.reached { total } else { total.min(UNREACHED) };
        patience.saturating_sub(self.elapsed())
    }
}

/// Delays of half a second, doubled up to 20 s, each with up to as much again at random.
///
/// The jitter keeps the builds of one push, which start and fail together, from coming back together.
fn delays(clock: &impl Clock) -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(Duration::from_secs(20))
        .without_max_times()
        .with_jitter()
        .with_jitter_seed(clock.random())
        .build()
}

/// Whether the same may succeed a little later, by the HTTP status of the answer.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500 | 502..=504)
}

/// How long the service asks to be left alone: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
/// A date in the past and anything unreadable ask for nothing.
pub(crate) fn retry_after(headers: &HeaderMap, now: Duration) -> Option<Duration> {
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
