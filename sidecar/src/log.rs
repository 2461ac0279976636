//! Lines on stderr, for people.

use std::io::{self, Write};

/// Writes a line.
pub fn line(text: &str) {
    // Nothing better can be done about a stderr that cannot be written.
    let _unwritable = io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}
