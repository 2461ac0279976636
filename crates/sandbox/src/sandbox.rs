//! A sandbox on a socket.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::config::{ConfigError, SandboxConfig};
use crate::inspect::Inspect;
use crate::state::Store;
use crate::{http, schema};

/// A sandbox that is bound to its address, and serves once [`Sandbox::serve`] is polled.
#[derive(Debug)]
pub struct Sandbox {
    listener: TcpListener,
    addr: SocketAddr,
    router: axum::Router,
    inspect: Inspect,
}

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration makes no sandbox.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The address cannot be listened on.
    #[error("cannot listen on `{addr}`: {source}")]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

impl Sandbox {
    /// Binds the address of the configuration. Connections wait in the backlog until [`Self::serve`] runs.
    ///
    /// # Errors
    ///
    /// When the configuration is not valid or the address cannot be bound.
    pub async fn bind(config: SandboxConfig) -> Result<Self, StartError> {
        let (router, inspect) = router(&config)?;
        let failed = |source| StartError::Bind { addr: config.addr, source };
        let listener = TcpListener::bind(config.addr).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, addr, router, inspect })
    }

    /// The address, with the port that was taken.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The URL to give a client, as `DAGSTER_CLOUD_URL`: of the organization of the client's token.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// A handle to look at the state, which stays good while the sandbox serves.
    #[must_use]
    pub fn inspect(&self) -> Inspect {
        self.inspect.clone()
    }

    /// Serves until `shutdown` is done; then no connection is accepted, and requests under way are finished.
    pub async fn serve(self, shutdown: impl Future) {
        http::serve(self.listener, self.router, shutdown).await;
    }
}

/// The sandbox as an axum router, to serve in another way than [`Sandbox`] does, and the handle to its state.
///
/// # Errors
///
/// When the configuration is not valid.
pub fn router(config: &SandboxConfig) -> Result<(axum::Router, Inspect), ConfigError> {
    config.check()?;
    let store = Arc::new(Store::new(config));
    let inspect = Inspect::new(Arc::clone(&store), config.requests_kept);
    Ok((http::router(store, inspect.clone(), schema::build()), inspect))
}
