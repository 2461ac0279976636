//! Annotations of a Buildkite build, by the agent that runs it: it alone has the token for them.

use std::{
    io::{self, Write},
    process::{Command, Stdio},
};

/// Shows `body`, Markdown, on the page of the build, in the place of an earlier annotation with the same `context`.
/// `style` is `success`, `info`, `warning` or `error`.
///
/// # Errors
/// If the agent's program is not installed, or fails: with the last line of what it says.
pub fn annotate(context: &str, style: &str, body: &str) -> io::Result<()> {
    let mut child = Command::new("buildkite-agent")
        .args(["annotate", "--context", context, "--style", style])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            io::Error::new(error.kind(), format!("buildkite-agent does not start: {error}"))
        })?;
    let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(body.as_bytes()));
    let output = child.wait_with_output()?;
    if output.status.success() {
        return written;
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
    Err(io::Error::other(last.trim().to_owned()))
}
