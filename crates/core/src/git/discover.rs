//! Where the repository of a path is: the walk upwards, `.git` files, linked worktrees, `GIT_DIR`.
//!
//! Source: `setup.c` of git, `setup_git_directory_gently_1` and what it calls. Two of its stops are left out
//! on purpose, because nothing is executed or written here: it does not ask who owns the directory
//! (`safe.directory`), and it does not stop at the border of a file system.

use super::{
    config::Config,
    error::GitError,
    format::Format,
    path,
    refs::{self, MAX_REF},
    source,
};
use crate::{env::Env, ports::Files};

/// The largest `.git` file or `commondir` file, in bytes: git's own limit.
const MAX_GIT_FILE: u64 = 1 << 20;

/// The directories of a repository, absolute and without symbolic links.
pub(super) struct Layout {
    /// The directory with HEAD: `.git`, `.git/worktrees/x` or `.git/modules/x`.
    pub(super) git_dir: String,
    /// The directory with the branches, which linked worktrees share.
    pub(super) common_dir: String,
    /// The directory with the objects.
    pub(super) objects: String,
    /// The top of the worktree; `None` in a bare repository and inside a Git directory.
    pub(super) root: Option<String>,
    pub(super) format: Format,
    pub(super) config: Config,
}

/// Finds the repository of the directory `start`, an absolute path.
pub(super) fn discover<F: Files>(files: &F, env: &Env, start: &str) -> Result<Layout, GitError> {
    if !path::is_absolute(start) || !is_dir(files, start)? {
        return Err(GitError::NotADirectory { path: start.to_owned() });
    }
    let finder = Finder { files, env, start: path::real(files, start)? };
    let found = match env.get("GIT_DIR") {
        Some(given) => finder.explicit(given)?,
        None => finder.walk()?,
    };
    finder.layout(found)
}

struct Finder<'a, F> {
    files: &'a F,
    env: &'a Env,
    /// Where the search begins, and what relative paths in variables are relative to.
    start: String,
}

struct Found {
    git_dir: String,
    how: How,
}

/// How a Git directory was found, on which its worktree depends.
enum How {
    /// By `GIT_DIR`.
    Explicit,
    /// By a `.git` in this directory.
    DotGit(String),
    /// The search came into the Git directory itself: bare, or someone works inside `.git`.
    Inside,
}

impl<F: Files> Finder<'_, F> {
    fn explicit(&self, given: &str) -> Result<Found, GitError> {
        let given = path::join(&self.start, given);
        let git_dir = match self.git_file(&given)? {
            Some(target) => target,
            None => path::real(self.files, &given)?,
        };
        if self.is_git_dir(&git_dir)? {
            Ok(Found { git_dir, how: How::Explicit })
        } else {
            Err(GitError::NotARepository { path: git_dir })
        }
    }

    fn walk(&self) -> Result<Found, GitError> {
        let ceiling = self.ceiling()?;
        let mut broken = None;
        let mut next = Some(self.start.as_str());
        while let Some(dir) = next {
            let dot_git = path::join(dir, ".git");
            if let Some(git_dir) = self.git_file(&dot_git)? {
                return if self.is_git_dir(&git_dir)? {
                    Ok(Found { git_dir, how: How::DotGit(dir.to_owned()) })
                } else {
                    Err(GitError::NotARepository { path: git_dir })
                };
            }
            if self.is_git_dir(&dot_git)? {
                let git_dir = path::real(self.files, &dot_git)?;
                return Ok(Found { git_dir, how: How::DotGit(dir.to_owned()) });
            }
            if self.is_git_dir(dir)? {
                return Ok(Found { git_dir: dir.to_owned(), how: How::Inside });
            }
            if broken.is_none() && is_dir(self.files, &dot_git)? {
                broken = Some(dot_git);
            }
            next = path::parent(dir).filter(|parent| ceiling.as_deref() != Some(parent));
        }
        Err(match broken {
            Some(path) => GitError::NotARepository { path },
            None => GitError::NotFound { path: self.start.clone() },
        })
    }

    /// The nearest directory above `start` that `GIT_CEILING_DIRECTORIES` names: the search ends below it.
    /// As in git, links in the names are followed up to the first empty name.
    fn ceiling(&self) -> Result<Option<String>, GitError> {
        let start = self.start.as_str();
        let Some(list) = self.env.get("GIT_CEILING_DIRECTORIES") else { return Ok(None) };
        let mut nearest: Option<String> = None;
        let mut follow = true;
        for name in list.split(path::list_separator(start)) {
            follow &= !name.is_empty();
            if !path::is_absolute(name) {
                continue;
            }
            let dir = if follow {
                path::real(self.files, name)?
            } else {
                name.trim_end_matches('/').to_owned()
            };
            let above = start.strip_prefix(&dir).is_some_and(|rest| {
                (rest.starts_with('/') && rest.len() > 1)
                    || (dir.ends_with('/') && !rest.is_empty())
            });
            if above && nearest.as_ref().is_none_or(|nearest| nearest.len() < dir.len()) {
                nearest = Some(dir);
            }
        }
        Ok(nearest)
    }

    /// The directory that a `.git` file names; `None` if `path` is no file.
    fn git_file(&self, path: &str) -> Result<Option<String>, GitError> {
        let Some(text) = source::read_text(self.files, path, MAX_GIT_FILE)? else {
            return Ok(None);
        };
        let target =
            text.strip_prefix("gitdir: ").filter(|target| !target.is_empty()).ok_or_else(|| {
                GitError::damaged(
                    path,
                    "it is a file that does not name a Git directory with `gitdir: `",
                )
            })?;
        let holder = path::real(self.files, path)?;
        path::real(self.files, &path::join(path::parent(&holder).unwrap_or("/"), target)).map(Some)
    }

    /// Whether `dir` looks like a Git directory: a valid HEAD, `refs` and `objects`.
    fn is_git_dir(&self, dir: &str) -> Result<bool, GitError> {
        if !self.has_head(dir)? {
            return Ok(false);
        }
        let shared_dir = self.shared_dir(dir)?;
        Ok(is_dir(self.files, &path::join(&shared_dir, "refs"))?
            && is_dir(self.files, &self.objects(&shared_dir))?)
    }

    fn has_head(&self, dir: &str) -> Result<bool, GitError> {
        let path = path::join(dir, "HEAD");
        let link =
            self.files.read_link(&path).map_err(|source| GitError::unreadable(&path, source))?;
        if link.is_some_and(|target| target.starts_with("refs/")) {
            return Ok(true);
        }
        let head = match source::read_whole(self.files, &path, MAX_REF) {
            Err(GitError::Limit { .. }) => None,
            head => head?,
        };
        Ok(head.is_some_and(|head| refs::may_be_head(&head)))
    }

    /// The directory with what linked worktrees share: what the file `commondir` names, or `git_dir`.
    fn common_dir(&self, git_dir: &str) -> Result<String, GitError> {
        match source::read_text(self.files, &path::join(git_dir, "commondir"), MAX_GIT_FILE)? {
            Some(named) => path::real(self.files, &path::join(git_dir, &named)),
            None => Ok(git_dir.to_owned()),
        }
    }

    /// The directory with the configuration and the objects. `GIT_COMMON_DIR` moves these, but not the references:
    /// so it is in git, whatever its documentation says (`files_ref_store_create`).
    fn shared_dir(&self, git_dir: &str) -> Result<String, GitError> {
        match self.env.get("GIT_COMMON_DIR") {
            Some(given) => path::real(self.files, &path::join(&self.start, given)),
            None => self.common_dir(git_dir),
        }
    }

    fn objects(&self, shared_dir: &str) -> String {
        match self.env.get("GIT_OBJECT_DIRECTORY") {
            Some(given) => path::join(&self.start, given),
            None => path::join(shared_dir, "objects"),
        }
    }

    fn layout(&self, found: Found) -> Result<Layout, GitError> {
        let git_dir = found.git_dir;
        let common_dir = self.common_dir(&git_dir)?;
        let shared_dir = self.shared_dir(&git_dir)?;
        let config_path = path::join(&shared_dir, "config");
        let mut config = Config::read(self.files, &config_path)?;
        let format = Format::of(&config, &config_path, &git_dir)?;
        // As in git, what the main repository is says nothing of a linked worktree, and nothing counts without a version.
        let counts =
            common_dir == git_dir && config.get("core", "repositoryformatversion").is_some();
        let mut own = if counts { config.clone() } else { Config::default() };
        if format.worktree_config {
            let worktree = Config::read(self.files, &path::join(&git_dir, "config.worktree"))?;
            own.extend(worktree.clone());
            config.extend(worktree);
        }
        let root = self.root(&git_dir, found.how, &own)?;
        let objects = path::real(self.files, &self.objects(&shared_dir))?;
        Ok(Layout { git_dir, common_dir, objects, root, format, config })
    }

    /// The top of the worktree: `GIT_WORK_TREE`, else `core.worktree`, else where `.git` is.
    fn root(&self, git_dir: &str, how: How, config: &Config) -> Result<Option<String>, GitError> {
        let bare = config.bool("core", "bare")? == Some(true);
        if let Some(given) = self.env.get("GIT_WORK_TREE") {
            return path::real(self.files, &path::join(&self.start, given)).map(Some);
        }
        match (config.get("core", "worktree"), how) {
            _ if bare => Ok(None),
            (Some(worktree), _) => path::real(self.files, &path::join(git_dir, worktree)).map(Some),
            (None, How::Explicit) => Ok(Some(self.start.clone())),
            (None, How::DotGit(dir)) => Ok(Some(dir)),
            (None, How::Inside) => Ok(None),
        }
    }
}

fn is_dir<F: Files>(files: &F, path: &str) -> Result<bool, GitError> {
    files.is_dir(path).map_err(|source| GitError::unreadable(path, source))
}
