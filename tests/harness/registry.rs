//! A real image registry: Debian's `docker-registry`, on loopback.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::process::Invocation;

/// The user of a registry that wants one, and the password.
pub const USER: &str = "robot:hunter2hunter2";

/// The same for the registry: bcrypt with the least work that it takes.
const HTPASSWD: &str = "robot:$2b$04$c7oNnVEa46mj0dyUCys3Qed/Qxi/e5w1UXaQNU0NZDW7nTXWaegPG\n";

/// The smallest manifest that there is.
const MANIFEST: &str =
    r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;

/// The digest of every image that is pushed here.
pub const DIGEST: &str = "sha256:dff9de10919148711140d349bf03f1a99eb06f94b03e51715ccebfa7cdc518e2";

/// A registry that serves until it is dropped.
pub struct Registry {
    child: Child,
    folder: TempDir,
    host: String,
}

impl Registry {
    /// One that lets everybody in.
    pub fn open() -> Self {
        Self::start("")
    }

    /// One that lets [`USER`] in.
    pub fn closed() -> Self {
        Self::start("auth: {htpasswd: {realm: Registry, path: htpasswd}}\n")
    }

    fn start(auth: &str) -> Self {
        let folder = tempfile::tempdir().expect("there is room for files");
        let config = format!(
            "version: 0.1\nlog: {{level: info}}\nhttp: {{addr: '127.0.0.1:0'}}\n{auth}\
             storage: {{filesystem: {{rootdirectory: data}}}}\n"
        );
        fs::write(folder.path().join("config.yml"), config).expect("the folder is new");
        fs::write(folder.path().join("htpasswd"), HTPASSWD).expect("the folder is new");
        let mut child = Command::new("docker-registry")
            .args(["serve", "config.yml"])
            .current_dir(folder.path())
            .env("OTEL_TRACES_EXPORTER", "none")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("docker-registry is installed: `bash tests/setup.sh` does it");
        let mut log = BufReader::new(child.stderr.take().expect("its stderr is a pipe")).lines();
        let host = loop {
            let line = log.next().expect("it says where it is").expect("its log is text");
            if let Some((_, host)) = line.split_once("listening on ") {
                break host.split(['"', ' ']).next().expect("there is a first part").to_owned();
            }
        };
        // It must not stand still with a full pipe.
        std::thread::spawn(move || log.map_while(Result::ok).for_each(drop));
        Self { child, folder, host }
    }

    /// Its address with its port, as it stands before the name of an image.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Puts an image there; its digest is [`DIGEST`].
    pub fn push(&self, repository: &str, tag: &str) {
        fs::write(self.folder.path().join("manifest"), MANIFEST).expect("there is room for files");
        let command = format!(
            "-fsS --noproxy '*' -u {USER} -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
             --data-binary @manifest http://{}/v2/{repository}/manifests/{tag}",
            self.host
        );
        let pushed = Invocation::new(&command, self.folder.path()).run("curl");
        assert_eq!(pushed.code, 0, "{pushed:?}");
    }

    /// Writes the `config.json` of somebody who has logged in here with `user`, in base64, into `folder`.
    pub fn log_in(&self, user: &str, folder: &Path) {
        let config = format!(r#"{{"auths": {{"{}": {{"auth": "{user}"}}}}}}"#, self.host);
        fs::write(folder.join("config.json"), config).expect("there is room for files");
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
