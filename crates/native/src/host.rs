//! The bundle of native ports.

use offshoot_core::ports::{Clock, Events, Host, Http};

use crate::{charset::EncodingRs, files::OsFiles};

/// The native files and character sets, with the network, clock and listener that its user chooses.
#[derive(Debug, Clone)]
pub struct NativeHost<N, C, E> {
    files: OsFiles,
    charset: EncodingRs,
    http: N,
    clock: C,
    events: E,
}

impl<N, C, E> NativeHost<N, C, E> {
    /// Bundles `http`, `clock` and `events`.
    pub fn new(http: N, clock: C, events: E) -> Self {
        Self { files: OsFiles, charset: EncodingRs, http, clock, events }
    }
}

impl<N: Http, C: Clock, E: Events> Host for NativeHost<N, C, E> {
    type Files = OsFiles;
    type Http = N;
    type Clock = C;
    type Charset = EncodingRs;
    type Events = E;

    fn files(&self) -> &OsFiles {
        &self.files
    }

    fn http(&self) -> &N {
        &self.http
    }

    fn clock(&self) -> &C {
        &self.clock
    }

    fn charset(&self) -> &EncodingRs {
        &self.charset
    }

    fn events(&self) -> &E {
        &self.events
    }
}
