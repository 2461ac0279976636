//! Getting the text of a location file.

use super::{
    LocationError, Unreadable,
    yaml::{MAX_TEXT, Position},
};
use crate::ports::{Files, ReadAt};

/// The text of the file at `path`.
///
/// # Errors
/// [`LocationError::Unreadable`] if it is missing, larger than [`MAX_TEXT`], not UTF-8, or refused by the system.
pub fn read(files: &impl Files, path: &str) -> Result<String, LocationError> {
    text(files, path).map_err(|reason| LocationError::Unreadable { file: path.to_owned(), reason })
}

/// As [`read`], but `None` if there is no file.
pub(super) fn read_optional(
    files: &impl Files,
    path: &str,
) -> Result<Option<String>, LocationError> {
    match read(files, path) {
        Err(LocationError::Unreadable { reason: Unreadable::Missing, .. }) => Ok(None),
        other => other.map(Some),
    }
}

fn text(files: &impl Files, path: &str) -> Result<String, Unreadable> {
    let system = |error: std::io::Error| Unreadable::System(error.to_string());
    let Some(file) = files.open(path).map_err(system)? else {
        let is_dir = files.is_dir(path).map_err(system)?;
        return Err(if is_dir { Unreadable::Directory } else { Unreadable::Missing });
    };
    let length = usize::try_from(file.len()).ok().filter(|length| *length <= MAX_TEXT);
    let mut bytes = vec![0; length.ok_or(Unreadable::TooLarge(file.len()))?];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(filled as u64, rest).map_err(system)? {
            0 => break,
            count => filled += count,
        }
    }
    bytes.truncate(filled);
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before =
            String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default()).into_owned();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Unreadable::NotUtf8(Position { line, column })
    })
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::error::Explain;

    struct OneFile(&'static [u8]);

    impl Files for OneFile {
        type File = Self;

        fn open(&self, path: &str) -> io::Result<Option<Self>> {
            match path {
                "here.yaml" => Ok(Some(Self(self.0))),
                "locked.yaml" => {
                    Err(io::Error::new(io::ErrorKind::PermissionDenied, "permission denied"))
                }
                _ => Ok(None),
            }
        }

        fn list_dir(&self, _: &str) -> io::Result<Option<Vec<String>>> {
            Ok(None)
        }

        fn is_dir(&self, path: &str) -> io::Result<bool> {
            Ok(path == "folder")
        }

        fn read_link(&self, _: &str) -> io::Result<Option<String>> {
            Ok(None)
        }
    }

    impl ReadAt for OneFile {
        fn len(&self) -> u64 {
            self.0.len() as u64
        }

        /// At most three bytes at a time.
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            let rest = &self.0[offset as usize..];
            let count = rest.len().min(buf.len()).min(3);
            buf[..count].copy_from_slice(&rest[..count]);
            Ok(count)
        }
    }

    #[test]
    fn reads_in_pieces() {
        assert_eq!(read(&OneFile("a: 'ünß'\n".as_bytes()), "here.yaml").unwrap(), "a: 'ünß'\n");
    }

    #[test]
    fn says_why_not() {
        for (file, path, message) in [
            (
                &b""[..],
                "gone.yaml",
                "cannot read the location file `gone.yaml`: there is no such file",
            ),
            (b"", "folder", "cannot read the location file `folder`: it is a directory"),
            (b"", "locked.yaml", "cannot read the location file `locked.yaml`: permission denied"),
            (
                b"a: 1\nb: \xc3\xa4\xff",
                "here.yaml",
                "cannot read the location file `here.yaml`: it is not UTF-8 at line 2, column 5",
            ),
        ] {
            let error = read(&OneFile(file), path).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!(error.code().as_str(), "location.unreadable");
        }
    }

    #[test]
    fn does_not_take_a_huge_file() {
        let error = read(&OneFile(&[b' '; MAX_TEXT + 1]), "here.yaml").unwrap_err();
        assert!(error.to_string().contains("at most 1048576 are read"), "{error}");
    }
}
