//! Our sandbox, as a process of its own.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::{Value as Json, json};

use crate::{between, ours};

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

    /// The variables that lead to it.
    pub fn variables(&self) -> [(&str, &str); 2] {
        [("DAGSTER_CLOUD_URL", self.url()), ("DAGSTER_CLOUD_API_TOKEN", TOKEN)]
    }

    /// The data of a GraphQL operation, past our binary.
    pub fn ask(&self, query: &str, variables: &Json) -> Json {
        let body = json!({"query": query, "variables": variables}).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: sandbox\r\ncontent-type: application/json\r\ncontent-length: {}\r\nDagster-Cloud-Api-Token: {TOKEN}\r\n",
            body.len()
        );
        let answer = between::passed_on(self.address(), &head, body.as_bytes());
        let answer = String::from_utf8(answer.expect("it answers")).expect("in UTF-8");
        let (_, body) = answer.split_once("\r\n\r\n").expect("with a head and a body");
        let body: Json = serde_json::from_str(body).expect("of JSON");
        assert!(body.get("errors").is_none(), "{body}");
        body.get("data").expect("it has data").clone()
    }

    /// Its host and port.
    fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
