//! Files by descriptor.

use std::io;

use offshoot_core::ports::{Files, ReadAt};
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};

use super::Ports;

/// An open file; it is closed when dropped.
pub struct File {
    ports: Ports,
    descriptor: u32,
    length: u64,
}

impl Files for Ports {
    type File = File;

    fn open(&self, path: &str) -> io::Result<Option<File>> {
        let Some(descriptor) = Self::open(self, path).map_err(refused)? else { return Ok(None) };
        let mut file = File {
            ports: AsRef::<JsValue>::as_ref(self).clone().unchecked_into(),
            descriptor,
            length: 0,
        };
        file.length = Self::length(self, descriptor).map_err(refused)? as u64;
        Ok(Some(file))
    }

    fn list_dir(&self, path: &str) -> io::Result<Option<Vec<String>>> {
        Self::list_dir(self, path).map_err(refused)
    }

    fn is_dir(&self, path: &str) -> io::Result<bool> {
        Self::is_dir(self, path).map_err(refused)
    }

    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        Self::read_link(self, path).map_err(refused)
    }
}

impl ReadAt for File {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        // Offsets are exact up to 8 PiB.
        let read = self.ports.read_at(self.descriptor, offset as f64, buffer).map_err(refused)?;
        Ok(read as usize)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.ports.close(self.descriptor);
    }
}

/// What the file methods of the package throw: `{"permission": true, "message": "permission denied"}` as text.
#[derive(Deserialize)]
struct Refused {
    permission: bool,
    message: String,
}

fn refused(thrown: JsValue) -> io::Error {
    let text = thrown.as_string().unwrap_or_default();
    match serde_json::from_str(&text) {
        Ok(Refused { permission: true, message }) => {
            io::Error::new(io::ErrorKind::PermissionDenied, message)
        }
        Ok(Refused { message, .. }) => io::Error::other(message),
        Err(_) => io::Error::other("the system refused it"),
    }
}
