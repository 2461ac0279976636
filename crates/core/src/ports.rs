//! What the core asks of its host: files, HTTP, a clock, character sets, and a place for progress.
//!
//! Each trait is as small as the core's need. Implementations are plain (`async fn` where the trait
//! returns a future); the core is generic over one [`Host`] that bundles them.

use std::{io, time::Duration};

/// [`Send`] where futures cross threads (native), nothing in WASM, where there is one thread and
/// JavaScript's values cannot be sent.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSend: Send {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send + ?Sized> MaybeSend for T {}

/// See the native definition.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSend {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSend for T {}

/// [`Send`] and [`Sync`] on native, nothing in WASM: see [`MaybeSend`].
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSync: Send + Sync {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send + Sync + ?Sized> MaybeSync for T {}

/// See the native definition.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSync {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSync for T {}

/// All ports in one bundle, so that an operation has one generic parameter.
pub trait Host: MaybeSync {
    /// See [`Files`].
    type Files: Files;
    /// See [`Http`].
    type Http: Http;
    /// See [`Clock`].
    type Clock: Clock;
    /// See [`Charset`].
    type Charset: Charset;
    /// See [`Events`].
    type Events: Events;

    /// The file system.
    fn files(&self) -> &Self::Files;
    /// The network.
    fn http(&self) -> &Self::Http;
    /// Time and randomness.
    fn clock(&self) -> &Self::Clock;
    /// Decoding of old commit messages.
    fn charset(&self) -> &Self::Charset;
    /// Where progress goes.
    fn events(&self) -> &Self::Events;
}

/// One object that is all ports.
impl<T: Files + Http + Clock + Charset + Events> Host for T {
    type Files = T;
    type Http = T;
    type Clock = T;
    type Charset = T;
    type Events = T;

    fn files(&self) -> &T {
        self
    }

    fn http(&self) -> &T {
        self
    }

    fn clock(&self) -> &T {
        self
    }

    fn charset(&self) -> &T {
        self
    }

    fn events(&self) -> &T {
        self
    }
}

/// A file opened for positional reads.
pub trait ReadAt {
    /// The length in bytes when the file was opened.
    fn len(&self) -> u64;

    /// Whether the file is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads at `offset` into `buf`; returns the number of bytes read, 0 only at the end.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;
}

/// Read-only access to files by path. Paths use `/` on every system.
///
/// "Not there" is an answer, not an error: `None` stands for ENOENT, ENOTDIR and EISDIR.
pub trait Files: MaybeSync {
    /// An open file; it is closed when dropped.
    type File: ReadAt;

    /// Opens a regular file, following symbolic links.
    fn open(&self, path: &str) -> io::Result<Option<Self::File>>;

    /// The names in a directory, without `.` and `..`, in no order. Names that are not UTF-8 are left out.
    fn list_dir(&self, path: &str) -> io::Result<Option<Vec<String>>>;

    /// Whether `path` is a directory, following symbolic links.
    fn is_dir(&self, path: &str) -> io::Result<bool>;

    /// The target of a symbolic link, not followed further; `None` if `path` is no link.
    fn read_link(&self, path: &str) -> io::Result<Option<String>>;
}

/// Sends one HTTP request, without retries and without following redirects: both are the core's to judge.
pub trait Http: MaybeSync {
    /// Sends `request` and reads the whole answer within `limits`.
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
        limits: Limits,
    ) -> impl Future<Output = Result<http::Response<Vec<u8>>, SendError>> + MaybeSend;
}

/// The bounds of one HTTP exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the first byte of name resolution to the last byte of the answer.
    pub timeout: Duration,
    /// The largest answer body taken, in bytes after decompression.
    pub max_body: u64,
}

/// Why an exchange brought no whole answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SendError {
    /// The sort of failure.
    pub kind: SendErrorKind,
    /// In words, lowercase, with neither URL nor secret.
    pub message: String,
}

/// The sorts of [`SendError`], as far as a retry or a hint depends on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendErrorKind {
    /// The name did not resolve. The request was not sent.
    Resolve,
    /// No connection: refused, unreachable, proxy refused. The request was not sent.
    Connect,
    /// The TLS handshake failed, most often for want of a certificate authority. The request was not sent.
    Tls,
    /// Time ran out. The request may have arrived.
    Timeout,
    /// The connection broke after the request had gone out. It may have arrived.
    Broken,
    /// The answer is larger than [`Limits::max_body`]. The request arrived.
    TooLarge,
    /// The host cannot send this at all: a malformed URL, an unreadable certificate file.
    Unusable,
}

impl SendErrorKind {
    /// Whether the request surely did not reach the server, so that sending it again cannot do it twice.
    pub fn surely_not_sent(self) -> bool {
        matches!(self, Self::Resolve | Self::Connect | Self::Tls | Self::Unusable)
    }

    /// Whether the same may succeed a little later.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Resolve | Self::Connect | Self::Timeout | Self::Broken)
    }
}

/// Time and randomness.
pub trait Clock: MaybeSync {
    /// The wall clock: time since the Unix epoch.
    fn now(&self) -> Duration;

    /// Time since any fixed point; never goes back, so that deadlines survive a corrected wall clock.
    fn monotonic(&self) -> Duration;

    /// Evenly distributed random bits, good enough for jitter.
    fn random(&self) -> u64;

    /// Returns after `duration`.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend;
}

/// Character sets other than UTF-8, as named by a commit's `encoding` header.
pub trait Charset: MaybeSync {
    /// Decodes the whole of `bytes`; `None` if the host does not know `label`, or if `bytes` are not well-formed
    /// in it: then git shows the bytes as they are, and so do we.
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String>;
}

/// Where progress goes. Events never steer anything: an operation does the same with no listener.
pub trait Events: MaybeSync {
    /// Takes note of `event`.
    fn emit(&self, event: crate::ops::Event);
}

impl<E: Events + ?Sized> Events for Box<E> {
    fn emit(&self, event: crate::ops::Event) {
        (**self).emit(event);
    }
}
