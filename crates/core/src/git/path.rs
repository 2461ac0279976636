//! Paths as text with `/` between their parts, on every system: `std::path` does not take `/foo` for
//! absolute on wasm32.

use super::error::GitError;
use crate::ports::Files;

/// The symbolic links followed on the way to one file, as Linux has it.
const MAX_LINKS: usize = 40;

/// Whether `path` starts at a root: `/`, `//server` or a drive such as `C:/`.
pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || has_drive(path)
}

/// Whether `path` starts with a drive letter, which only Windows has.
pub(super) fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

/// `path` with `/` for the `\` of Windows. On other systems `\` is a letter like any other, so only paths
/// that start as none does there are changed.
pub(super) fn forward_slashes(path: &str) -> String {
    if has_drive(path) || path.starts_with(r"\\") {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    }
}

/// `path` as seen from `base`; `path` alone if it is absolute.
pub(super) fn join(base: &str, path: &str) -> String {
    let path = forward_slashes(path);
    if is_absolute(&path) || base.is_empty() {
        path
    } else if base.ends_with('/') {
        format!("{base}{path}")
    } else {
        format!("{base}/{path}")
    }
}

/// What separates the directories of a list in a variable: `;` on Windows, where `:` follows a drive.
pub(super) fn list_separator(start: &str) -> char {
    if has_drive(start) || start.starts_with("//") { ';' } else { ':' }
}

/// The directory that holds `path`, which is absolute and without `.` and `..`; `None` at a root.
pub(super) fn parent(path: &str) -> Option<&str> {
    let root = root_len(path);
    let slash = path.rfind('/')?;
    if path.len() <= root { None } else { path.get(..slash.max(root)) }
}

/// `path`, which is absolute, without `.`, `..`, doubled slashes and symbolic links.
///
/// What does not exist counts as no link, so the result may name nothing.
pub(super) fn real<F: Files>(files: &F, path: &str) -> Result<String, GitError> {
    let path = forward_slashes(path);
    let (root, rest) = path.split_at_checked(root_len(&path)).unwrap_or((&path, ""));
    let mut done = root.to_owned();
    let mut todo: Vec<String> = rest.rsplit('/').map(str::to_owned).collect();
    let mut links = 0;
    while let Some(name) = todo.pop() {
        match name.as_str() {
            "" | "." => {}
            ".." => done = parent(&done).unwrap_or(root).to_owned(),
            name => {
                let next = join(&done, name);
                match files
                    .read_link(&next)
                    .map_err(|source| GitError::unreadable(&next, source))?
                {
                    None => done = next,
                    Some(_) if links == MAX_LINKS => {
                        return Err(GitError::damaged(&path, "its symbolic links run in a circle"));
                    }
                    Some(target) => {
                        links += 1;
                        let target = forward_slashes(&target);
                        if is_absolute(&target) {
                            done = target.get(..root_len(&target)).unwrap_or(root).to_owned();
                        }
                        let below = target.get(root_len(&target)..).unwrap_or_default();
                        todo.extend(below.rsplit('/').map(str::to_owned));
                    }
                }
            }
        }
    }
    Ok(done)
}

/// The length of `/`, of `C:/`, or of nothing at the start of `path`. Of `//server/share`, the first two slashes.
fn root_len(path: &str) -> usize {
    match path.as_bytes() {
        [b'/', b'/', next, ..] if *next != b'/' => 2,
        [b'/', ..] => 1,
        _ if has_drive(path) => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::MemoryFiles;

    #[test]
    fn parents_end_at_the_root() {
        assert_eq!(parent("/a/b"), Some("/a"));
        assert_eq!(parent("/a"), Some("/"));
        assert_eq!(parent("/"), None);
        assert_eq!(parent("C:/a"), Some("C:/"));
        assert_eq!(parent("C:/"), None);
        assert_eq!(parent("//server/share"), Some("//server"));
        assert_eq!(parent("//server"), Some("//"));
    }

    #[test]
    fn joins_relative_absolute_and_windows_paths() {
        assert_eq!(join("/a", "b/c"), "/a/b/c");
        assert_eq!(join("/", "b"), "/b");
        assert_eq!(join("/a", "/b"), "/b");
        assert_eq!(join("/a", r"C:\b\c"), "C:/b/c");
        assert_eq!(join("/a", r"b\c"), r"/a/b\c");
        assert!(!is_absolute("C:b"));
    }

    #[test]
    fn follows_links_and_dots_as_the_system_does() {
        let files = MemoryFiles::default()
            .link("/a/link", "../b/c")
            .link("/abs", "/a/link")
            .link("/loop", "loop");
        assert_eq!(real(&files, "/a/./link/../d//e/").unwrap(), "/b/d/e");
        assert_eq!(real(&files, "/abs/x").unwrap(), "/b/c/x");
        assert_eq!(real(&files, "/../x").unwrap(), "/x");
        assert_eq!(real(&files, r"C:\x\..\y").unwrap(), "C:/y");
        assert_eq!(real(&files, r"\\server\share\.").unwrap(), "//server/share");
        assert!(real(&files, "/loop/x").is_err());
    }
}
