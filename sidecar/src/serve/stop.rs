//! Why the sidecar ends.

use std::{fmt, time::Duration};

use super::sidecar::Sidecar;
use crate::failure::Failure;

/// Why the sidecar ends.
pub enum Why {
    /// SIGTERM, SIGINT, or the like.
    Signal,
    /// `offshoot stop`.
    Call,
    /// Nobody asked for anything for so long.
    Idle(Duration),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal => f.write_str("a signal came"),
            Self::Call => f.write_str("`offshoot stop` was called"),
            Self::Idle(idle) => write!(f, "no request came for {} s", idle.as_secs()),
        }
    }
}

/// Done when the sidecar is to end.
pub async fn wait(signals: Signals, sidecar: &Sidecar, idle: Option<Duration>) -> Why {
    tokio::select! {
        () = signals.come() => Why::Signal,
        () = sidecar.stop_called() => Why::Call,
        () = sidecar.is_idle_for(idle.unwrap_or_default()), if idle.is_some() => {
            Why::Idle(idle.unwrap_or_default())
        }
    }
}

/// The signals that end the sidecar, which are listened for from now on.
#[cfg(unix)]
pub struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Listens for them.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let failed = |error| Failure::io("listen for signals", &error);
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
        })
    }

    async fn come(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Control-C.
#[cfg(not(unix))]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// As on Unix.
    pub fn listen() -> Result<Self, Failure> {
        Ok(Self)
    }

    async fn come(self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
