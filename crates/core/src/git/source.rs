//! Files that know their path, so that every error about them names it.

use super::error::GitError;
use crate::ports::{Files, ReadAt};

/// An open file of the repository.
pub(super) struct Source<F> {
    file: F,
    path: String,
}

impl<F: ReadAt> Source<F> {
    /// Opens `path`; `None` if there is no such file.
    pub(super) fn open<P: Files<File = F>>(
        files: &P,
        path: &str,
    ) -> Result<Option<Self>, GitError> {
        let file = files.open(path).map_err(|source| GitError::unreadable(path, source))?;
        Ok(file.map(|file| Self { file, path: path.to_owned() }))
    }

    /// The length in bytes.
    pub(super) fn len(&self) -> u64 {
        self.file.len()
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The error that this file is damaged.
    pub(super) fn damaged(&self, reason: &'static str) -> GitError {
        GitError::damaged(&self.path, reason)
    }

    /// Up to `size` bytes at `offset`; fewer only at the end of the file.
    pub(super) fn read(&self, offset: u64, size: usize) -> Result<Vec<u8>, GitError> {
        let left = self.len().saturating_sub(offset);
        let size = usize::try_from(left).map_or(size, |left| left.min(size));
        let mut bytes = vec![0; size];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let position = offset.saturating_add(filled as u64);
            match self
                .file
                .read_at(position, rest)
                .map_err(|source| GitError::unreadable(&self.path, source))?
            {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// Exactly `size` bytes at `offset`.
    pub(super) fn read_exact(&self, offset: u64, size: usize) -> Result<Vec<u8>, GitError> {
        let bytes = self.read(offset, size)?;
        if bytes.len() == size { Ok(bytes) } else { Err(self.damaged("it ends early")) }
    }

    /// `N` bytes at `offset`.
    pub(super) fn read_array<const N: usize>(&self, offset: u64) -> Result<[u8; N], GitError> {
        self.read_exact(offset, N)?.try_into().map_err(|_| self.damaged("it ends early"))
    }
}

/// The whole of a small file; `None` if there is no such file.
///
/// # Errors
///
/// If it is longer than `limit` bytes, or cannot be read.
pub(super) fn read_whole<F: Files>(
    files: &F,
    path: &str,
    limit: u64,
) -> Result<Option<Vec<u8>>, GitError> {
    let Some(source) = Source::open(files, path)? else { return Ok(None) };
    match usize::try_from(source.len()) {
        Ok(size) if source.len() <= limit => source.read(0, size).map(Some),
        _ => {
            Err(GitError::Limit { path: path.to_owned(), what: "bytes", size: source.len(), limit })
        }
    }
}

/// The first line-like text of a small file such as `.git` or `commondir`: without the line ends after it.
pub(super) fn read_text<F: Files>(
    files: &F,
    path: &str,
    limit: u64,
) -> Result<Option<String>, GitError> {
    let Some(bytes) = read_whole(files, path, limit)? else { return Ok(None) };
    let text = String::from_utf8(bytes)
        .map_err(|_| GitError::unsupported(path, "names a path that is not UTF-8"))?;
    Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()))
}
