//! Repositories of every shape: plans, carried out by git.

use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use crate::{
    git::{git, try_git},
    plan::{Head, History, Layout, Plan, Remote, Start, Storage},
};

impl Plan {
    /// Makes the repository below `dir`, and returns where the search for it is to begin.
    pub fn carry_out(&self, dir: &Path) -> PathBuf {
        let top = self.lay_out(dir);
        self.set_head(&top);
        self.set_remote(&top);
        if self.replaced {
            // Not possible where there is no commit to replace.
            let _ = try_git(&top, &["replace", "HEAD", "HEAD~1"], &[], b"");
        }
        if self.packed_refs {
            git(&top, &["pack-refs", "--all"]);
        }
        match self.start {
            Start::Top => top,
            Start::Below => {
                let below = top.join("d/e");
                fs::create_dir_all(&below).unwrap();
                below
            }
            Start::ThroughLink => {
                fs::create_dir_all(top.join("d")).unwrap();
                symlink(top.join("d"), dir.join("link")).unwrap();
                dir.join("link")
            }
            Start::InsideGitDir => PathBuf::from(git(&top, &["rev-parse", "--absolute-git-dir"])),
        }
    }

    /// Whether HEAD names its branch by a link or through another name, which gix does not follow to the branch.
    pub fn head_leads_on(&self) -> bool {
        matches!(self.head, Head::SymbolicLink | Head::AnotherName)
    }

    fn lay_out(&self, dir: &Path) -> PathBuf {
        let origin = dir.join("origin");
        let copy = dir.join("copy");
        match self.layout {
            Layout::Bare => self.make(&origin, &["--bare"]),
            Layout::SeparateGitDir => self.make(&origin, &["--separate-git-dir=git-dir"]),
            _ => self.make(&origin, &[]),
        }
        match self.layout {
            Layout::Plain | Layout::Bare | Layout::SeparateGitDir => return origin,
            Layout::LinkedGitDir => {
                fs::rename(origin.join(".git"), dir.join("git-dir")).unwrap();
                symlink("../git-dir", origin.join(".git")).unwrap();
                return origin;
            }
            Layout::CoreWorktree => {
                fs::create_dir(dir.join("elsewhere")).unwrap();
                git(&origin, &["config", "core.worktree", "../../elsewhere"]);
                return origin;
            }
            Layout::LinkedWorktree => {
                git(&origin, &["worktree", "add", "-q", "--no-checkout", "-b", "linked", "../copy"])
            }
            Layout::WorktreeConfig => {
                git(&origin, &["worktree", "add", "-q", "--no-checkout", "--detach", "../copy"]);
                git(&origin, &["config", "core.repositoryFormatVersion", "1"]);
                git(&origin, &["config", "extensions.worktreeConfig", "true"]);
                git(&copy, &["config", "--worktree", "remote.origin.url", "/worktree.git"])
            }
            Layout::Submodule => {
                let format = self.object_format();
                git(dir, &["init", "-q", &format, "super"]);
                git(dir.join("super"), &["submodule", "add", "-q", "../origin", "deep/sub"]);
                return dir.join("super/deep/sub");
            }
            Layout::Clone(options) => git(
                dir,
                &[&["clone", "-q", "--no-checkout"], options, &["origin", "copy"]].concat(),
            ),
            Layout::Shallow => {
                let url = format!("file://{}", origin.display());
                git(dir, &["clone", "-q", "--no-checkout", "--depth=1", &url, "copy"])
            }
            Layout::SharedTwice => {
                git(dir, &["clone", "-q", "--shared", "--bare", "origin", "be\ttween"]);
                git(dir, &["clone", "-q", "--shared", "--no-checkout", "be\ttween", "copy"])
            }
            Layout::RelativeAlternate => {
                git(dir, &["clone", "-q", "--shared", "--no-checkout", "origin", "copy"]);
                let alternates = "# where we borrow\n\n\"../../../ori\\147in/.git/objects\"\n";
                fs::write(copy.join(".git/objects/info/alternates"), alternates).unwrap();
                String::new()
            }
        };
        copy
    }

    fn object_format(&self) -> String {
        format!("--object-format={}", if self.sha256 { "sha256" } else { "sha1" })
    }

    /// A repository with history at `path`.
    fn make(&self, path: &Path, options: &[&str]) {
        let branch = format!("--initial-branch={}", self.history.branch);
        let format = self.object_format();
        let parent = path.parent().unwrap();
        git(
            parent,
            &[&["init", "-q", &branch, &format], options, &[path.to_str().unwrap()]].concat(),
        );
        let half = match self.storage {
            Storage::TwoPacks => self.history.commits / 2,
            _ => 0,
        };
        if half > 0 {
            self.history.import(path, 0..half);
            git(path, &["repack", "-dq"]);
        }
        self.history.import(path, half..self.history.commits);
        self.storage.apply(path);
    }

    fn set_head(&self, top: &Path) {
        let git_dir = PathBuf::from(git(top, &["rev-parse", "--absolute-git-dir"]));
        match self.head {
            Head::AsItIs => {}
            Head::Detached => {
                let id = git(top, &["rev-parse", "HEAD"]);
                git(top, &["update-ref", "--no-deref", "HEAD", &id]);
            }
            Head::DetachedAtTag => {
                git(top, &["tag", "-a", "-m", "A tag", "v1"]);
                let id = git(top, &["rev-parse", "v1"]);
                fs::write(git_dir.join("HEAD"), format!("{id}\n")).unwrap();
            }
            Head::SymbolicLink => {
                // Git for linked worktrees is younger than this kind of HEAD, but takes it.
                if let Ok(name) = try_git(top, &["symbolic-ref", "-q", "HEAD"], &[], b"") {
                    fs::remove_file(git_dir.join("HEAD")).unwrap();
                    symlink(name, git_dir.join("HEAD")).unwrap();
                }
            }
            Head::AnotherName => {
                if let Ok(name) = try_git(top, &["symbolic-ref", "-q", "HEAD"], &[], b"") {
                    git(top, &["symbolic-ref", "refs/heads/another", &name]);
                    git(top, &["symbolic-ref", "HEAD", "refs/heads/another"]);
                }
            }
            Head::Unborn => {
                git(top, &["symbolic-ref", "HEAD", "refs/heads/not/yet"]);
            }
            Head::OutsideOfBranches => {
                git(top, &["update-ref", "refs/remotes/origin/x", "HEAD"]);
                git(top, &["symbolic-ref", "HEAD", "refs/remotes/origin/x"]);
            }
        }
    }

    fn set_remote(&self, top: &Path) {
        if matches!(self.remote, Remote::AsItIs) {
            return;
        }
        git(top, &["config", "--replace-all", "remote.origin.url", "gh:acme/proj.git"]);
        git(top, &["config", "--add", "remote.origin.url", "gh:acme/second.git"]);
        if matches!(self.remote, Remote::Rewritten) {
            git(top, &["config", "url.https://github.com/.insteadOf", "gh:"]);
            git(top, &["config", "url.ssh://git@example.com/.insteadOf", "gh:acme/"]);
        }
        if matches!(self.remote, Remote::WithDefaultBranch) {
            git(
                top,
                &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk/main"],
            );
        }
    }
}

impl History {
    fn import(&self, path: &Path, commits: std::ops::Range<usize>) {
        let mut stream = String::new();
        for number in commits.clone() {
            let body = version(number, 30);
            let message = format!("{} {number}\n\n{body}\nnumber {number}\n", self.subject);
            let (time, branch) = (1_600_000_000 + number, self.branch);
            write!(
                stream,
                "commit refs/heads/{branch}\nauthor \u{c4} {number} <a{number}@b> {time} +0200\n\
                 committer C <c@d> {time} -0130\ndata {}\n{message}\n",
                message.len()
            )
            .unwrap();
            if number > 0 && number == commits.start {
                writeln!(stream, "from refs/heads/{branch}^0").unwrap();
            }
            writeln!(stream, "M 100644 inline file\ndata 6\nv {number:>3}\n").unwrap();
        }
        try_git(path, &["fast-import", "--quiet"], &[], stream.as_bytes()).unwrap();
    }
}

impl Storage {
    fn apply(&self, path: &Path) {
        match *self {
            Self::Loose => {}
            Self::Repacked { multi_pack_index } => {
                let midx =
                    if multi_pack_index { "--write-midx" } else { "--no-write-bitmap-index" };
                git(path, &["repack", "-adfq", midx]);
            }
            Self::TwoPacks => {
                git(path, &["repack", "-dq"]);
            }
            Self::Packed { offset_deltas, depth, window, index } => {
                pack(path, offset_deltas, depth, window, index);
                git(path, &["prune-packed", "-q"]);
            }
            Self::Twice => pack(path, true, 50, 10, "2"),
        }
    }
}

/// Packs everything that is reachable.
fn pack(path: &Path, offset_deltas: bool, depth: usize, window: usize, index: &str) {
    let objects = git(path, &["rev-list", "--objects", "--all"]);
    let pack = format!("{}/objects/pack/pack", git(path, &["rev-parse", "--absolute-git-dir"]));
    let (depth, window) = (format!("--depth={depth}"), format!("--window={window}"));
    let index = format!("--index-version={index}");
    let mut args = vec!["pack-objects", "-q", &depth, &window, &index];
    if offset_deltas {
        args.push("--delta-base-offset");
    }
    args.push(&pack);
    try_git(path, &args, &[], objects.as_bytes()).unwrap();
}

/// The text of version `number` of `lines` lines: in each version one more line is another one, and shorter, so that git
/// makes a chain of deltas of the versions.
pub fn version(number: usize, lines: usize) -> String {
    let words = |seed: usize, count: usize| {
        let word = |place: usize| {
            ((seed * 64 + place) as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
        };
        (0..count).map(|place| format!("{:x} ", word(place))).collect::<String>()
    };
    let line = |line: usize| if line < number { words(line + lines, 5) } else { words(line, 6) };
    (0..lines).map(|number| line(number) + "\n").collect()
}
