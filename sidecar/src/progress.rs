//! Progress on stderr: a live line on a terminal, plain lines in a CI log.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use offshoot_core::{ops::Event, ports::Events};

/// Writes events to stderr.
#[derive(Debug)]
pub struct Progress {
    is_terminal: bool,
    /// Whether the cursor stands behind a live line that the next one replaces.
    is_live: AtomicBool,
}

impl Progress {
    /// For a terminal or for a log.
    pub fn new(is_terminal: bool) -> Self {
        Self { is_terminal, is_live: AtomicBool::new(false) }
    }

    fn write(&self, line: &str, live: bool) {
        let live = live && self.is_terminal;
        let clear = if self.is_live.swap(live, Ordering::Relaxed) { "\r\u{1b}[2K" } else { "" };
        let end = if live { "" } else { "\n" };
        // In one piece, so that lines of several processes do not mix. Progress is never worth failing for.
        let _unwritable = io::stderr().lock().write_all(format!("{clear}{line}{end}").as_bytes());
    }
}

impl Events for Progress {
    fn emit(&self, event: Event) {
        let live = matches!(
            event,
            Event::Waiting { .. } | Event::Retrying { .. } | Event::PollFailed { .. }
        );
        self.write(&event.to_string(), live);
    }
}
