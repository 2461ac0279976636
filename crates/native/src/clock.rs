//! The system's clock.

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use offshoot_core::ports::Clock;

/// Sleeps by blocking the thread.
#[derive(Debug, Default, Clone, Copy)]
pub struct BlockingClock;

impl Clock for BlockingClock {
    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn monotonic(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn random(&self) -> u64 {
        fastrand::u64(..)
    }

    async fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// Sleeps on tokio's timer.
#[cfg(feature = "tokio")]
#[derive(Debug, Default, Clone, Copy)]
pub struct TokioClock;

#[cfg(feature = "tokio")]
impl Clock for TokioClock {
    fn now(&self) -> Duration {
        BlockingClock.now()
    }

    fn monotonic(&self) -> Duration {
        BlockingClock.monotonic()
    }

    fn random(&self) -> u64 {
        BlockingClock.random()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
