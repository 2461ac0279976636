//! The sidecar in the background, as `ssh-agent` starts.
//!
//! The program starts itself again with the same arguments. The child leaves the session and everything it
//! inherited, says over a pipe how it is reached, and stays. Nothing secret is in arguments or in the
//! environment; the variables by which CI systems find leftovers of a job stay in it, so that the sidecar
//! ends with its job at the latest.

use std::{
    io::Read,
    process::{Command, Stdio},
};

use serde::{Deserialize, Serialize};

use super::{listen::Address, token::Token};
use crate::failure::Failure;

/// The argument that makes the second process the sidecar.
const DETACHED: &str = "--detached";
/// The child's word is far shorter.
const MAX_WORD: u64 = 64 * 1024;

/// How the sidecar is reached.
#[derive(Serialize, Deserialize)]
pub struct Reached {
    /// The beginning of every URL.
    pub url: String,
    /// The bearer token.
    pub token: String,
    /// The Unix socket, if it listens on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<String>,
    /// The process.
    pub pid: u32,
}

impl Reached {
    /// How this process is reached.
    pub fn here(address: &Address, token: &Token) -> Self {
        Self {
            url: address.url(),
            token: token.expose().to_owned(),
            socket: address.socket().map(|path| path.display().to_string()),
            pid: std::process::id(),
        }
    }

    /// As lines for the shell to evaluate.
    pub fn as_shell(&self) -> String {
        let socket = self.socket.as_ref().map(|socket| ("OFFSHOOT_SOCKET", socket));
        let variables = [("OFFSHOOT_URL", &self.url), ("OFFSHOOT_TOKEN", &self.token)];
        variables
            .into_iter()
            .chain(socket)
            .map(|(name, value)| format!("{name}={}; export {name};\n", quoted(value)))
            .collect()
    }
}

/// Starts the sidecar in the background, and returns when it takes requests.
///
/// # Errors
/// If it does not come so far. Why, it has then written to stderr itself.
pub fn start() -> Result<Reached, Failure> {
    let failed = |error| Failure::io("start the sidecar", &error);
    let mut child = Command::new(std::env::current_exe().map_err(failed)?)
        .args(std::env::args_os().skip(1))
        .arg(DETACHED)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut word = String::new();
    if let Some(pipe) = child.stdout.take() {
        pipe.take(MAX_WORD).read_to_string(&mut word).map_err(failed)?;
    }
    if let Ok(reached) = serde_json::from_str(&word) {
        return Ok(reached);
    }
    let status = child.wait().map_err(failed)?;
    Err(Failure::of_child("the sidecar has not started; why stands above", status.code()))
}

/// `text` as one word of a POSIX shell.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(unix)]
pub use unix::detach;

#[cfg(not(unix))]
pub use elsewhere::detach;

#[cfg(not(unix))]
mod elsewhere {
    //! Systems that have another way of starting services.

    use std::path::Path;

    use super::Reached;
    use crate::failure::Failure;

    /// Nothing is ever in the background.
    pub enum Detached {}

    pub fn detach(_: Option<&Path>) -> Result<Detached, Failure> {
        Err(Failure::usage(
            "--background needs a Unix system",
            "run `offshoot serve` as a service, or in a step of its own",
        ))
    }

    impl Detached {
        pub fn tell(self, _: &Reached) -> Result<(), Failure> {
            match self {}
        }
    }
}

#[cfg(unix)]
mod unix {
    //! What the child does.

    use std::{
        fs::{File, OpenOptions},
        io::{self, Write},
        os::{fd::AsFd, unix::fs::OpenOptionsExt},
        path::Path,
    };

    use nix::unistd;

    use super::Reached;
    use crate::failure::Failure;

    /// A process that has left everything it inherited, except for the pipe to its parent and for stderr.
    pub struct Detached {
        null: File,
        log: File,
    }

    /// Leaves the session and every inherited descriptor above 2: whoever waits for the other end of one
    /// would wait as long as the sidecar lives.
    pub fn detach(log: Option<&Path>) -> Result<Detached, Failure> {
        let failed = |error: io::Error| Failure::io("go to the background", &error);
        for descriptor in inherited().map_err(failed)? {
            // The listing's own descriptor is closed already.
            let _closed = unistd::close(descriptor);
        }
        unistd::setsid().map_err(|error| failed(error.into()))?;
        let null = OpenOptions::new().read(true).write(true).open("/dev/null").map_err(failed)?;
        let log = match log {
            None => null.try_clone().map_err(failed)?,
            Some(path) => OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .open(path)
                .map_err(|error| Failure::io(&format!("open `{}`", path.display()), &error))?,
        };
        Ok(Detached { null, log })
    }

    impl Detached {
        /// Tells the parent how the sidecar is reached, and lets go of what is still inherited.
        pub fn tell(self, reached: &Reached) -> Result<(), Failure> {
            let failed = |error: io::Error| Failure::io("go to the background", &error);
            let word = serde_json::to_string(reached).unwrap_or_default();
            // The pipe is closed when all is done: the parent reads to its end.
            let mut pipe = File::from(io::stdout().as_fd().try_clone_to_owned().map_err(failed)?);
            unistd::dup2_stdin(&self.null)
                .and_then(|()| unistd::dup2_stdout(&self.null))
                .and_then(|()| unistd::dup2_stderr(&self.log))
                .map_err(|error| failed(error.into()))?;
            pipe.write_all(word.as_bytes()).map_err(failed)
        }
    }

    fn inherited() -> io::Result<Vec<i32>> {
        let names = std::fs::read_dir("/dev/fd")?;
        let numbers = names.flatten().filter_map(|name| name.file_name().to_str()?.parse().ok());
        Ok(numbers.filter(|number| *number > 2).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_words_of_the_shell() {
        assert_eq!(quoted("http://127.0.0.1:80"), "http://127.0.0.1:80");
        assert_eq!(quoted("http://[::1]:80"), "'http://[::1]:80'");
        assert_eq!(quoted("/a b/it's"), r"'/a b/it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
