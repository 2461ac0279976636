//! A sandbox, the sidecar in front of it, and curl.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use offshoot_sandbox::{DEFAULT_TOKEN, Inspect, ManualClock, Sandbox, SandboxConfig};
use serde_json::Value;
use tempfile::TempDir;

/// The binary.
pub const OFFSHOOT: &str = env!("CARGO_BIN_EXE_offshoot");
/// What every condition is given: far more than it needs.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks, so that what is waited for has the processor.
const PAUSE: Duration = Duration::from_millis(5);

/// Comes back when `condition` holds.
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::park_timeout(PAUSE);
    }
}

/// A sandbox that serves on a thread of its own until the test process ends.
pub struct Upstream {
    pub url: String,
    pub inspect: Inspect,
}

impl Upstream {
    pub fn start(config: SandboxConfig) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::bind(config)).unwrap();
        let started = Self { url: sandbox.url(), inspect: sandbox.inspect() };
        std::thread::spawn(move || {
            runtime.block_on(sandbox.serve(std::future::pending::<()>()));
        });
        started
    }

    /// One whose code locations load at once.
    pub fn quick() -> Self {
        Self::start(SandboxConfig::default().load_after(Duration::ZERO))
    }

    /// One whose time, and with it the loading, stands still until the test moves it.
    pub fn still() -> (Self, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::starting_at(Duration::from_secs(1_800_000_000)));
        let config = SandboxConfig::default().load_after(Duration::from_secs(60));
        (Self::start(config.clock(clock.clone())), clock)
    }

    /// How often the root field `field` was asked for.
    pub fn asked(&self, field: &str) -> usize {
        let requests = self.inspect.requests();
        requests.iter().filter(|request| request.fields.iter().any(|name| name == field)).count()
    }
}

/// `offshoot` with nothing in its environment but what leads to `upstream`.
pub fn offshoot(upstream: &Upstream) -> Command {
    let mut command = Command::new(OFFSHOOT);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", "/nonexistent")
        .env("DAGSTER_CLOUD_URL", &upstream.url)
        .env("DAGSTER_CLOUD_API_TOKEN", DEFAULT_TOKEN)
        // A proxy is for Dagster+ at most.
        .env("http_proxy", "http://127.0.0.1:1")
        .env("no_proxy", "127.0.0.1");
    command
}

/// A sidecar in the foreground, with a workspace of its own.
pub struct Served {
    pub upstream: Upstream,
    pub workspace: TempDir,
    pub url: String,
    pub token: String,
    child: Child,
    /// Kept open, as a shell keeps it.
    _stdout: BufReader<ChildStdout>,
}

impl Served {
    pub fn start(upstream: Upstream) -> Self {
        Self::start_with(upstream, &[])
    }

    pub fn start_with(upstream: Upstream, args: &[&str]) -> Self {
        let workspace = TempDir::new().unwrap();
        let mut child = offshoot(&upstream)
            .arg("serve")
            .args(args)
            .current_dir(workspace.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut variable = || {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            let (_, value) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
            value.split(';').next().unwrap().to_owned()
        };
        let (url, token) = (variable(), variable());
        Self { upstream, workspace, url, token, child, _stdout: stdout }
    }

    pub fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// curl of a path, with the token.
    pub fn curl(&self, path: &str, args: &[&str]) -> Answer {
        curl(&self.command(path, args))
    }

    /// As [`Served::curl`], and does not wait for the answer.
    pub fn curl_meanwhile(&self, path: &str, args: &[&str]) -> Meanwhile {
        let command = self.command(path, args);
        Meanwhile(std::thread::spawn(move || curl(&command)))
    }

    fn command(&self, path: &str, args: &[&str]) -> Vec<String> {
        let mut all = vec![
            format!("{}{path}", self.url),
            "-H".to_owned(),
            format!("Authorization: Bearer {}", self.token),
        ];
        all.extend(args.iter().map(ToString::to_string));
        all
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.workspace.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub fn terminate(&self) {
        send_signal("TERM", self.pid());
    }

    /// Its exit code and what it has written to stderr, once it has ended.
    pub fn ended(&mut self) -> (ExitStatus, String) {
        let mut stderr = String::new();
        let child = &mut self.child;
        eventually("the end of the sidecar", || child.try_wait().unwrap().is_some());
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap(), stderr)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

pub fn send_signal(signal: &str, pid: u32) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).status();
    assert!(sent.unwrap().success());
}

/// An answer that is yet to come.
pub struct Meanwhile(std::thread::JoinHandle<Answer>);

impl Meanwhile {
    pub fn answer(self) -> Answer {
        self.0.join().unwrap()
    }
}

/// What curl got.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The code of a problem document, which must be one in all that makes it one.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let document = self.json();
        assert_eq!(document["status"], self.status, "{self:?}");
        let code = document["code"].as_str().unwrap();
        assert_eq!(document["type"], format!("urn:offshoot:error:{code}"));
        for text in ["title", "detail"] {
            assert!(document[text].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        }
        assert!(document["exit_code"].is_u64(), "{self:?}");
        code.to_owned()
    }
}

/// Runs curl, with no configuration of the user's.
pub fn curl<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Answer {
    let output = Command::new("curl")
        .args(["-q", "-sS", "-i", "--noproxy", "*", "--max-time", "30"])
        .args(args)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut rest = text.as_str();
    loop {
        let (headers, body) = rest.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text}"));
        let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
        if status != 100 {
            return Answer { status, headers: headers.to_owned(), body: body.to_owned() };
        }
        rest = body;
    }
}

/// A repository with one commit on the branch `feature/cart` in `dir`.
pub fn commit_in(dir: &Path) -> String {
    let git = |args: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.com"])
            .args(args)
            .current_dir(dir)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q", "-b", "feature/cart"]);
    git(&["commit", "-q", "--allow-empty", "-m", "Add a \"cart\" & more"]);
    git(&["remote", "add", "origin", "https://x:hunter2@git.example.com/acme/shop.git"]);
    git(&["rev-parse", "HEAD"])
}
