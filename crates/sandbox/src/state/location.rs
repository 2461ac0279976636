//! A code location: the version that was put last, and the version that is visible until that one is loaded.

use std::time::Duration;

use super::document::LocationDocument;

/// A code location of a deployment.
#[derive(Debug, Clone)]
pub struct Location {
    current: Version,
    /// The version that was loaded when the current one was put. It stays visible until the current one is loaded.
    previous: Option<Loaded>,
}

/// One put of a location.
#[derive(Debug, Clone)]
struct Version {
    document: LocationDocument,
    put_at: Duration,
    /// What becomes of it; `None` without an agent.
    load: Option<Load>,
}

/// When a load ends, and how.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    /// When the agent is done.
    pub(crate) at: Duration,
    /// The message that the Python code fails with, if it does.
    pub(crate) error: Option<String>,
}

/// A version whose load has ended.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The document that was loaded.
    pub(crate) document: LocationDocument,
    /// When the document was put, the identity of the version.
    pub(crate) put_at: Duration,
    /// When and how the load ended.
    pub(crate) load: Load,
}

impl Location {
    /// A location that is put for the first time.
    pub(crate) fn new(document: LocationDocument, put_at: Duration, load: Option<Load>) -> Self {
        Self { current: Version { document, put_at, load }, previous: None }
    }

    /// Puts another document at `now`. The put is always later than the one before it, even if the clock stands still.
    pub(crate) fn put(
        &mut self,
        document: LocationDocument,
        now: Duration,
        load: impl FnOnce(&LocationDocument, Duration) -> Option<Load>,
    ) {
        self.previous = self.visible(now);
        let put_at = now.max(self.current.put_at + Duration::from_micros(1));
        let load = load(&document, put_at);
        self.current = Version { document, put_at, load };
    }

    /// The document that was put last.
    #[must_use]
    pub fn document(&self) -> &LocationDocument {
        &self.current.document
    }

    /// When the document was put, since the Unix epoch.
    #[must_use]
    pub fn put_at(&self) -> Duration {
        self.current.put_at
    }

    /// Whether what is visible at `now` is older than what was put last.
    #[must_use]
    pub fn is_outdated(&self, now: Duration) -> bool {
        self.current.load.as_ref().is_none_or(|load| load.at > now)
    }

    /// The version that clients see at `now`; `None` while the first one is loading.
    pub(crate) fn visible(&self, now: Duration) -> Option<Loaded> {
        let Version { document, put_at, load } = &self.current;
        match load {
            Some(load) if load.at <= now => {
                Some(Loaded { document: document.clone(), put_at: *put_at, load: load.clone() })
            }
            _ => self.previous.clone(),
        }
    }
}
