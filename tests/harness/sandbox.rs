//! Our sandbox, as a process of its own.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use crate::ours;

/// The token that a sandbox accepts unless told otherwise.
pub const TOKEN: &str = "user:acme:sandbox";

/// A sandbox that serves until it is dropped.
pub struct Sandbox {
    child: Child,
    url: String,
}

impl Sandbox {
    /// Starts `offshoot sandbox` with `arguments`, on a free port.
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(ours::binary())
            .args(["sandbox", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("our binary starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its stdout is a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it is");
        let (_, url) = line.trim().split_once('=').expect("it exports its URL");
        Self { url: url.to_owned(), child }
    }

    /// The URL of its organization.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
