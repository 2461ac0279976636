//! `offshoot serve`: the operations over HTTP, on loopback or a Unix socket.
//!
//! The runtime starts here and nowhere else: one-shot commands have none.

mod answer;
pub mod background;
mod calls;
mod connections;
mod fields;
mod guard;
pub mod listen;
#[cfg(test)]
mod openapi;
mod problem;
mod router;
mod shared_reads;
mod sidecar;
mod stop;
mod stream;
pub mod token;
pub mod workspace;

use std::time::Duration;

use offshoot_core::{
    env::Env,
    ops::WaitLimits,
    plus::{Connection, DeploymentName},
};
use tokio::runtime;

pub use self::{
    listen::{Address, Bind},
    shared_reads::SharedReads,
};
use self::{sidecar::Sidecar, token::Token, workspace::Workspace};
use crate::{failure::Failure, log};

/// Everything that is decided before the first request, and stays.
pub struct Options {
    /// Where to listen.
    pub bind: Bind,
    /// Dagster+, as whom, and for how long.
    pub connection: Connection,
    /// The full deployment for builds of the default branch.
    pub full: Option<DeploymentName>,
    /// How long waits take that say nothing of it.
    pub limits: WaitLimits,
    /// The variables, for the proxies and for Git.
    pub env: Env,
    /// Where files may be read.
    pub workspace: Workspace,
    /// What every request must show.
    pub token: Token,
    /// The most operations at once.
    pub max_operations: usize,
    /// How long work may go on after the end was asked for.
    pub drain_timeout: Duration,
    /// After how long without a request it ends itself.
    pub idle_timeout: Option<Duration>,
}

/// Serves until it is told to stop, or nobody asks for anything. `ready` runs when requests are taken.
///
/// # Errors
/// If the address cannot be listened on, or `ready` fails.
pub fn run(
    options: Options,
    ready: impl FnOnce(&Address) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(options.max_operations)
        .build()
        .map_err(|error| Failure::io("start the runtime", &error))?;
    let served = runtime.block_on(serve(options, ready));
    // A call to Dagster+ that nobody waits for any more must not delay the end.
    runtime.shutdown_background();
    served
}

async fn serve(
    options: Options,
    ready: impl FnOnce(&Address) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let signals = stop::Signals::listen()?;
    let listener = listen::bind(&options.bind)?;
    let address = listener.address();
    let (drain, idle) = (options.drain_timeout, options.idle_timeout);
    let max_connections = connections::MAX.max(options.max_operations.saturating_mul(2));
    let sidecar = Sidecar::new(options, &address);
    let router = router::router(sidecar.clone());
    log::line(&format!("listening on {address}"));
    ready(&address)?;
    let stop = async {
        let why = stop::wait(signals, &sidecar, idle).await;
        sidecar.begin_stop();
        log::line(&format!("stopping: {why}"));
    };
    let end = connections::End { stop, drain, cut: || sidecar.cut_work() };
    match listener {
        listen::Listener::Tcp(listener) => {
            connections::serve(listener, router, max_connections, end).await;
        }
        #[cfg(unix)]
        listen::Listener::Unix(listener) => {
            connections::serve(listener, router, max_connections, end).await;
        }
    }
    Ok(())
}
