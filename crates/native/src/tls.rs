//! Which certificate authorities are trusted.

use std::{
    fs,
    path::{Path, PathBuf},
};

use offshoot_core::env::Env;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// What `SSL_CERT_FILE` and `SSL_CERT_DIR` name; else the system's bundle; else the roots built in, for
/// containers that hold nothing but a binary.
///
/// The bundle file alone is read, not the directory beside it with the same certificates one by one: that
/// takes 20 times as long.
pub(crate) fn config(env: &Env) -> Result<TlsConfig, String> {
    let named_file = env.get("SSL_CERT_FILE").map(PathBuf::from);
    let named_dir = env.get("SSL_CERT_DIR").map(PathBuf::from);
    let roots = match (named_file, named_dir) {
        (None, None) => match openssl_probe::probe().cert_file {
            Some(bundle) => of_files(&[bundle])?,
            None => RootCerts::WebPki,
        },
        (file, dir) => {
            let mut files: Vec<PathBuf> = file.into_iter().collect();
            if let Some(dir) = dir {
                files.extend(files_in(&dir)?);
            }
            of_files(&files)?
        }
    };
    Ok(TlsConfig::builder().root_certs(roots).build())
}

fn of_files(files: &[PathBuf]) -> Result<RootCerts, String> {
    let mut certificates: Vec<Certificate<'static>> = Vec::new();
    for file in files {
        let text = fs::read(file).map_err(|error| unreadable(file, &error))?;
        certificates.extend(parse_pem(&text).filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        }));
    }
    if certificates.is_empty() {
        let named: Vec<String> = files.iter().map(|file| format!("`{}`", file.display())).collect();
        return Err(format!("no certificate authority is in {}", named.join(", ")));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

fn files_in(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(dir).map_err(|error| unreadable(dir, &error))?;
    Ok(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect())
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("the certificate authorities in `{}` cannot be read: {error}", path.display())
}
