//! The ports of offshoot on the standard library and ureq: blocking for one-shot commands, which start no
//! runtime, and with the feature `tokio` adapters that hold no thread while they wait.

pub mod buildkite;
pub mod charset;
mod clock;
pub mod files;
mod host;
mod http;
mod keychain;
mod proxy;
pub mod remote;
mod tls;

pub use clock::SystemClock;
pub use host::NativeHost;
pub use http::BlockingHttp;
#[cfg(feature = "tokio")]
pub use http::TokioHttp;
pub use keychain::DockerConfig;
#[cfg(feature = "tokio")]
pub use keychain::TokioDockerConfig;
