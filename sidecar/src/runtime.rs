//! The tokio runtime of the commands that serve. One-shot commands never come here.

use std::io;

use crate::failure::Failure;

/// Runs `future` on one thread; blocking work goes to tokio's pool.
///
/// # Errors
/// If the runtime cannot be started, or as `future` fails.
pub fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::io("start the server", &error))?.block_on(future)
}

/// Completes on SIGINT (Ctrl-C) or SIGTERM.
pub async fn interrupted() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupt = tokio::signal::ctrl_c() => interrupt,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
