//! The system's clock.

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use offshoot_core::ports::Clock;

/// The system's clock, by how it sleeps.
#[derive(Debug, Clone, Copy)]
pub enum SystemClock {
    /// By blocking the thread.
    Blocking,
    /// On tokio's timer.
    #[cfg(feature = "tokio")]
    Tokio,
}

impl Clock for SystemClock {
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
        match self {
            Self::Blocking => std::thread::sleep(duration),
            #[cfg(feature = "tokio")]
            Self::Tokio => tokio::time::sleep(duration).await,
        }
    }
}
