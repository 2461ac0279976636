//! Which certificates are trusted.

use std::{fs, time::Duration};

use offshoot_core::ports::SendErrorKind;

use crate::servers::{Authority, OK, answering_tls, send};

const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_private_authority_is_trusted_when_it_is_named() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    fs::write(&file, authority.pem()).unwrap();

    for variable in [
        ("SSL_CERT_FILE", file.to_str().unwrap()),
        ("SSL_CERT_DIR", folder.path().to_str().unwrap()),
    ] {
        let (address, heads) = answering_tls(&authority, "localhost", OK);
        let url = format!("https://localhost:{}/graphql", address.port());
        assert_eq!(send(&url, &[variable], LONG).unwrap(), (200, "ok".to_owned()), "{variable:?}");
        assert!(heads.recv().unwrap().contains("x-token: s3cret"));
    }
}

#[test]
fn no_request_is_sent_to_whom_is_not_trusted() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    fs::write(&file, authority.pem()).unwrap();
    let cases = [
        // An empty variable counts as unset.
        ("localhost", "", "unknown authority"),
        ("elsewhere.test", file.to_str().unwrap(), "another host"),
    ];
    for (name, roots, reason) in cases {
        let (address, heads) = answering_tls(&authority, name, OK);
        let url = format!("https://localhost:{}/", address.port());
        let error = send(&url, &[("SSL_CERT_FILE", roots)], LONG).unwrap_err();
        assert_eq!(error.kind, SendErrorKind::Tls, "{error}");
        assert!(error.message.contains(reason), "{error}");
        assert!(heads.recv().is_err(), "the request went out");
    }
}

#[test]
fn a_file_that_is_no_bundle_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "not a certificate").unwrap();
    for path in [empty.to_str().unwrap(), "/nowhere/ca.pem"] {
        let error = send("https://localhost:1/", &[("SSL_CERT_FILE", path)], LONG).unwrap_err();
        assert_eq!(error.kind, SendErrorKind::Unusable);
        assert!(error.message.contains(path), "{error}");
    }
}
