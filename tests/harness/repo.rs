//! Git repositories of every shape, made by the real `git`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What a checkout can look like in CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A branch with one commit.
    Plain,
    /// Everything in packs, references too.
    Packed,
    /// `HEAD` is a commit, as most CI systems leave it.
    Detached,
    /// A second worktree of a repository.
    Worktree,
    /// Object names of SHA-256.
    Sha256,
    /// A clone of depth 1.
    Shallow,
    /// A folder inside the working tree.
    Subdirectory,
    /// The checked-out merge of a pull request.
    Merge,
    /// No commit yet.
    Unborn,
    /// A commit in Latin-1 that says so, with an accented author.
    Latin1,
    /// An author name and a message with quotes, tabs and characters beyond the basic plane.
    Unicode,
    /// A message whose subject runs over two lines, with a body.
    LongMessage,
    /// A commit without a message.
    NoMessage,
    /// No repository at all.
    None,
}

impl Shape {
    /// Makes such a checkout under `parent` and returns the folder to run in.
    pub fn build(self, parent: &Path) -> PathBuf {
        let at = parent.join("repo");
        fs::create_dir(&at).expect("the folder is new");
        let git = Git { at: at.clone() };
        if self == Self::None {
            return at;
        }
        git.run(if self == Self::Sha256 {
            &["init", "-q", "--object-format=sha256"]
        } else {
            &["init", "-q"]
        });
        if self == Self::Unborn {
            return at;
        }
        git.commit(self.message(), self);
        match self {
            Self::Packed => {
                git.run(&["gc", "-q"]);
                git.run(&["pack-refs", "--all"]);
            }
            Self::Detached => git.run(&["checkout", "-q", "--detach"]),
            Self::Worktree => {
                git.run(&["worktree", "add", "-q", "-b", "second", "../second"]);
                return parent.join("second");
            }
            Self::Shallow => {
                git.commit("the tip", self);
                let source = format!("file://{}", at.display());
                git.run(&["clone", "-q", "--depth=1", &source, "../shallow"]);
                return parent.join("shallow");
            }
            Self::Subdirectory => {
                let inner = at.join("src/deep");
                fs::create_dir_all(&inner).expect("the folder is new");
                return inner;
            }
            Self::Merge => {
                git.run(&["checkout", "-q", "-b", "feature"]);
                git.commit("on the feature", self);
                git.run(&["checkout", "-q", "--detach", "main"]);
                git.commit("on main", self);
                git.run(&["merge", "-q", "--no-ff", "-m", "Merge feature into main", "feature"]);
            }
            _ => {}
        }
        at
    }

    fn message(self) -> &'static str {
        match self {
            Self::Latin1 => "caf\u{e9}",
            Self::Unicode => "say \"hi\" it's a\ttab \u{1f680} \u{65e5}\u{672c}",
            Self::LongMessage => "first line\nsecond line\n\nThe body.\n",
            Self::NoMessage => "",
            _ => "the first commit",
        }
    }
}

/// The real `git` in one folder, without the machine's or the user's settings.
struct Git {
    at: PathBuf,
}

impl Git {
    fn run(&self, arguments: &[&str]) {
        self.run_with(
            arguments,
            &[("GIT_AUTHOR_NAME", "A U Thor"), ("GIT_AUTHOR_EMAIL", "author@example.com")],
        );
    }

    fn commit(&self, message: &str, shape: Shape) {
        let message_file = self.at.join("../message");
        let name = match shape {
            Shape::Latin1 => "Jos\u{e9}",
            Shape::Unicode => "\u{5c71}\u{7530} \"T\" \u{1f431}",
            _ => "A U Thor",
        };
        if shape == Shape::Latin1 {
            fs::write(&message_file, latin1(message)).expect("there is room");
            // Only the author is given in bytes that are not UTF-8, and `git` takes those from its configuration.
            let config = self.at.join(".git/config");
            let mut text = fs::read(&config).expect("a repository has a configuration");
            text.extend(b"[i18n]\n\tcommitEncoding = ISO-8859-1\n[user]\n\temail = jose@example.com\n\tname = ");
            text.extend(latin1(name));
            text.push(b'\n');
            fs::write(&config, text).expect("there is room");
        } else {
            fs::write(&message_file, message).expect("there is room");
        }
        let file = message_file.to_str().expect("temporary folders have plain names");
        let mut arguments =
            vec!["commit", "-q", "--allow-empty", "--allow-empty-message", "-F", file];
        if shape == Shape::NoMessage {
            arguments.push("--cleanup=verbatim");
        }
        let author = [("GIT_AUTHOR_NAME", name), ("GIT_AUTHOR_EMAIL", "author@example.com")];
        self.run_with(&arguments, if shape == Shape::Latin1 { &[] } else { &author });
        if shape == Shape::Latin1 {
            // It also sets the encoding of git's output; a checkout in CI does not have it.
            self.run(&["config", "--unset", "i18n.commitEncoding"]);
        }
    }

    fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) {
        let output = Command::new("git")
            .args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"])
            .args(arguments)
            .current_dir(&self.at)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("there is a PATH"))
            .envs([
                ("GIT_CONFIG_NOSYSTEM", "1"),
                ("GIT_CONFIG_GLOBAL", "/dev/null"),
                ("HOME", "/nonexistent"),
            ])
            .envs([
                ("GIT_AUTHOR_DATE", "1700000000 +0200"),
                ("GIT_COMMITTER_DATE", "1700000777 -0330"),
            ])
            .envs([
                ("GIT_COMMITTER_NAME", "C O Mitter"),
                ("GIT_COMMITTER_EMAIL", "committer@example.com"),
            ])
            .envs(environment.iter().copied())
            .output()
            .expect("git is installed");
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).expect("the text is within Latin-1")).collect()
}
