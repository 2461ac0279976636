//! The one directory whose files requests may name.

use std::{
    io::ErrorKind,
    path::{Component, Path, PathBuf},
};

use offshoot_core::error::Code;

use super::problem::Problem;
use crate::failure::Failure;

/// The directory whose files requests may name.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Without symbolic links.
    root: PathBuf,
}

impl Workspace {
    /// The workspace at `path`.
    ///
    /// # Errors
    /// If it is no directory.
    pub fn new(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let root = path
            .canonicalize()
            .map_err(|error| Failure::io(&format!("find the workspace `{shown}`"), &error))?;
        if !root.is_dir() {
            return Err(Failure::usage(
                format!("the workspace `{shown}` is no directory"),
                "pass the directory of the checkout as --workspace",
            ));
        }
        Ok(Self { root })
    }

    /// The absolute path of `path`, which is relative to the workspace or absolute, without symbolic links.
    ///
    /// What is missing stays as it was given, so that who opens it can say so.
    ///
    /// # Errors
    /// If it is, or may lead, outside of the workspace.
    pub fn resolve(&self, path: &str) -> Result<String, Problem> {
        let joined = self.root.join(path);
        let resolved = match joined.canonicalize() {
            Ok(resolved) => resolved,
            Err(error) if error.kind() == ErrorKind::NotFound && is_plain(&joined) => joined,
            Err(_) => return Err(self.refused(path)),
        };
        if !resolved.starts_with(&self.root) {
            return Err(self.refused(path));
        }
        let text = resolved.to_str().ok_or_else(|| self.refused(path))?;
        Ok(text.replace(std::path::MAIN_SEPARATOR, "/"))
    }

    fn refused(&self, path: &str) -> Problem {
        let message = format!("`{path}` is not inside the workspace `{}`", self.root.display());
        Problem::new(Code::ServeRefused, message)
            .hint("start the sidecar with --workspace to read files elsewhere")
    }
}

/// Whether the path means what it says as long as nothing in it is a link.
fn is_plain(path: &Path) -> bool {
    !path.components().any(|part| part == Component::ParentDir)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_what_is_inside_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap().join("work");
        let outside = root.with_file_name("work-of-others");
        for made in [&root, &outside] {
            std::fs::create_dir(made).unwrap();
            std::fs::write(made.join("file"), "").unwrap();
        }
        symlink(&outside, root.join("out")).unwrap();
        symlink("file", root.join("in")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        let workspace = Workspace::new(&root).unwrap();
        let at = |name: &str| root.join(name).to_str().unwrap().to_owned();

        assert_eq!(workspace.resolve("").unwrap().trim_end_matches('/'), root.to_str().unwrap());
        assert_eq!(workspace.resolve("file").unwrap(), at("file"));
        assert_eq!(workspace.resolve("in").unwrap(), at("file"));
        assert_eq!(workspace.resolve(&at("file")).unwrap(), at("file"));
        assert_eq!(workspace.resolve("out/../work/file").unwrap(), at("file"));
        assert_eq!(workspace.resolve("missing/file").unwrap(), at("missing/file"));
        let outside = outside.to_str().unwrap();
        let refused = [
            "..",
            "../work-of-others/file",
            "out",
            "out/file",
            "out/missing/..",
            "loop",
            "a\0b",
            "missing/../../../etc/passwd",
            "/",
            "/etc/passwd",
            "/etc/missing",
            outside,
        ];
        for path in refused {
            assert!(workspace.resolve(path).is_err(), "{path}");
        }
    }
}
