//! The [`Files`] port on `std::fs`.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
};

use offshoot_core::ports::{Files, ReadAt};

/// The files of this system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsFiles;

/// A regular file that is open.
#[derive(Debug)]
pub struct OsFile {
    file: File,
    len: u64,
}

impl Files for OsFiles {
    type File = OsFile;

    /// What is neither a regular file nor a directory is an error, and is not opened: opening a pipe
    /// would wait for its writer.
    fn open(&self, path: &str) -> io::Result<Option<OsFile>> {
        absent_is_none((|| {
            check_regular(&fs::metadata(path)?)?;
            let file = open_without_waiting(path)?;
            // It may have been replaced since it was looked at.
            let metadata = file.metadata()?;
            check_regular(&metadata)?;
            Ok(OsFile { file, len: metadata.len() })
        })())
    }

    fn list_dir(&self, path: &str) -> io::Result<Option<Vec<String>>> {
        absent_is_none(fs::read_dir(path).and_then(|entries| {
            let names = entries.map(|entry| Ok(entry?.file_name().into_string().ok()));
            names.filter_map(Result::transpose).collect()
        }))
    }

    fn is_dir(&self, path: &str) -> io::Result<bool> {
        Ok(absent_is_none(fs::metadata(path))?.is_some_and(|metadata| metadata.is_dir()))
    }

    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        match absent_is_none(fs::read_link(path)) {
            Ok(Some(target)) => match target.into_os_string().into_string() {
                Ok(target) => Ok(Some(target)),
                Err(_) => Err(io::Error::new(
                    ErrorKind::InvalidData,
                    "the target of the link is not UTF-8",
                )),
            },
            Ok(None) => Ok(None),
            // What is there, but no link.
            Err(error) if is_no_link(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl ReadAt for OsFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match read_at(&self.file, offset, buf) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

fn absent_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) => match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => Ok(None),
            _ => Err(error),
        },
    }
}

fn check_regular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        Ok(())
    } else if metadata.is_dir() {
        Err(ErrorKind::IsADirectory.into())
    } else {
        Err(io::Error::new(ErrorKind::InvalidInput, "it is neither a file nor a directory"))
    }
}

#[cfg(unix)]
fn read_at(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, offset)
}

#[cfg(windows)]
fn read_at(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, offset)
}

/// With `O_NONBLOCK`, a pipe that took the file's place after it was looked at opens at once.
#[cfg(unix)]
fn open_without_waiting(path: &str) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &str) -> io::Result<File> {
    File::open(path)
}

/// Whether `error` is what the system says when it is asked for the target of something that is no link.
fn is_no_link(error: &io::Error) -> bool {
    /// `ERROR_NOT_A_REPARSE_POINT` of Windows.
    const NOT_A_REPARSE_POINT: i32 = 4390;
    error.kind() == ErrorKind::InvalidInput
        || (cfg!(windows) && error.raw_os_error() == Some(NOT_A_REPARSE_POINT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(dir: &tempfile::TempDir, name: &str) -> String {
        dir.path().join(name).to_str().unwrap().to_owned()
    }

    #[test]
    fn what_is_not_there_is_no_error() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(path(&dir, "file"), "text").unwrap();
        for absent in ["nothing", "file/below", ""] {
            let absent = path(&dir, absent);
            assert!(OsFiles.open(&absent).unwrap().is_none(), "{absent}");
            assert_eq!(OsFiles.read_link(&absent).unwrap(), None, "{absent}");
        }
        assert_eq!(OsFiles.list_dir(&path(&dir, "nothing")).unwrap(), None);
        assert_eq!(OsFiles.list_dir(&path(&dir, "file")).unwrap(), None);
        assert_eq!(OsFiles.list_dir(&path(&dir, "")).unwrap(), Some(vec!["file".to_owned()]));
        assert!(!OsFiles.is_dir(&path(&dir, "file/below")).unwrap());
        assert!(OsFiles.is_dir(&path(&dir, "")).unwrap());
        assert_eq!(OsFiles.read_link(&path(&dir, "file")).unwrap(), None);
    }

    #[test]
    fn reads_at_positions() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(path(&dir, "file"), "0123456789").unwrap();
        let file = OsFiles.open(&path(&dir, "file")).unwrap().unwrap();
        let mut buf = [0; 4];
        assert_eq!(
            (file.len(), file.read_at(8, &mut buf).unwrap(), &buf[..2]),
            (10, 2, b"89".as_slice())
        );
        assert_eq!(file.read_at(10, &mut buf).unwrap(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_loops_end_in_errors() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = path(&dir, "pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(
            OsFiles.open(&pipe).unwrap_err().to_string(),
            "it is neither a file nor a directory"
        );
        assert!(open_without_waiting(&pipe).is_ok(), "waits for a writer");
        std::os::unix::fs::symlink("loop", path(&dir, "loop")).unwrap();
        assert!(OsFiles.open(&path(&dir, "loop")).is_err());
        assert_eq!(OsFiles.read_link(&path(&dir, "loop")).unwrap().as_deref(), Some("loop"));
    }
}
