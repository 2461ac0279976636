//! The branches of a remote repository, from the git that is installed. Nothing else of offshoot runs git.

use std::{
    io,
    process::{Command, Stdio},
};

use offshoot_core::git::without_secrets;

/// What `git ls-remote --heads` prints of `remote`: a URL, or the name of a remote of the current repository.
///
/// # Errors
/// If git is not installed, or fails: with the last line of what it says, and without a password of the URL.
pub fn list_heads(remote: &str) -> io::Result<String> {
    let output = Command::new("git")
        .args(["ls-remote", "--heads", "--", remote])
        // In CI nobody answers a question.
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| io::Error::new(error.kind(), format!("git does not start: {error}")))?;
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(io::Error::other);
    }
    let said = String::from_utf8_lossy(&output.stderr).replace(remote, &without_secrets(remote));
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("git failed");
    Err(io::Error::other(last.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_are_listed_and_failures_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let git = |args: &[&str]| {
            let made = Command::new("git").arg("-C").arg(path).args(args).output().unwrap();
            assert!(made.status.success(), "{made:?}");
        };
        git(&["init", "-q", "-b", "main"]);
        git(&[
            "-c",
            "user.name=n",
            "-c",
            "user.email=e",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "m",
        ]);
        git(&["branch", "feature/cart"]);
        git(&["tag", "v1"]);
        let listed = list_heads(path).unwrap();
        let names: Vec<_> = listed.lines().filter_map(|line| line.split('\t').nth(1)).collect();
        assert_eq!(names, ["refs/heads/feature/cart", "refs/heads/main"]);

        let secret = "http://user:hunter2@127.0.0.1:1/shop.git";
        let error = list_heads(secret).unwrap_err().to_string();
        assert!(!error.contains("hunter2") && error.contains("127.0.0.1"), "{error}");
        assert!(list_heads("--upload-pack=touch x").is_err());
    }
}
