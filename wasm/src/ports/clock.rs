//! Time and randomness.

use std::time::Duration;

use offshoot_core::ports::Clock;

use super::Ports;

impl Clock for Ports {
    fn now(&self) -> Duration {
        of_milliseconds(Self::now(self))
    }

    fn monotonic(&self) -> Duration {
        of_milliseconds(Self::monotonic(self))
    }

    fn random(&self) -> u64 {
        Self::random(self)
    }

    async fn sleep(&self, duration: Duration) {
        Self::sleep(self, duration.as_secs_f64() * 1000.0).await;
    }
}

fn of_milliseconds(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or_default()
}
