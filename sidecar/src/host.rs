//! The host of all that the binary does. Commands may block and requests may not, but both have one type: each
//! operation is then in the binary once.

use http::{Request, Response};
use offshoot_core::{
    env::Env,
    ports::{Events, Http, Limits, SendError},
    registry::{Credential, Keychain},
};
use offshoot_native::{
    BlockingHttp, DockerConfig, NativeHost, SystemClock, TokioDockerConfig, TokioHttp,
};

use crate::serve::SharedReads;

/// The ports of the operations.
pub type Host = NativeHost<Network, SystemClock, Box<dyn Events>>;

/// The host of one command: no runtime, no threads.
pub fn of_command(env: Env, events: impl Events + 'static) -> Host {
    let network = Network::Blocking(BlockingHttp::new(env));
    NativeHost::new(network, SystemClock::Blocking, Box::new(events))
}

/// The host of one request, which shares its reads with the others.
pub fn of_request(reads: SharedReads<TokioHttp>, events: impl Events + 'static) -> Host {
    NativeHost::new(Network::Shared(reads), SystemClock::Tokio, Box::new(events))
}

/// The network of a [`Host`].
pub enum Network {
    /// Blocks the thread.
    Blocking(BlockingHttp),
    /// Holds no thread of the runtime, and sends equal queries once.
    Shared(SharedReads<TokioHttp>),
}

impl Http for Network {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        limits: Limits,
    ) -> Result<Response<Vec<u8>>, SendError> {
        match self {
            Self::Blocking(http) => http.send(request, limits).await,
            Self::Shared(http) => http.send(request, limits).await,
        }
    }
}

/// Docker's credentials, beside a [`Host`].
pub enum DockerKeychain {
    /// Blocks the thread.
    Blocking(DockerConfig),
    /// Holds no thread of the runtime.
    Tokio(TokioDockerConfig),
}

impl Keychain for DockerKeychain {
    async fn credential(&self, registry: &str) -> Result<Option<Credential>, String> {
        match self {
            Self::Blocking(config) => config.credential(registry).await,
            Self::Tokio(config) => config.credential(registry).await,
        }
    }
}
