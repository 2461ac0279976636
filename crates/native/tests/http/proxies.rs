//! Through a real CONNECT proxy.

use std::{fs, time::Duration};

use offshoot_core::ports::SendErrorKind;

use crate::servers::{Authority, OK, answering, answering_tls, proxy, send};

const LONG: Duration = Duration::from_secs(20);

#[test]
fn the_proxy_resolves_the_name_and_sees_no_content() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    fs::write(&file, authority.pem()).unwrap();
    let (server, served) = answering_tls(&authority, "acme.offshoot.test", OK);
    let (proxy, connects) = proxy(Some(server));
    let variables = [
        ("HTTPS_PROXY", &*format!("http://user:pass@{proxy}")),
        ("SSL_CERT_FILE", file.to_str().unwrap()),
    ];

    let answer = send("https://acme.offshoot.test/graphql", &variables, LONG).unwrap();

    assert_eq!(answer, (200, "ok".to_owned()));
    assert!(served.recv().unwrap().contains("host: acme.offshoot.test"));
    let connect = connects.recv().unwrap();
    assert!(connect.starts_with("CONNECT acme.offshoot.test:443 HTTP/1.1"), "{connect}");
    assert!(
        connect.to_ascii_lowercase().contains("proxy-authorization: basic dxnlcjpwyxnz"),
        "{connect}"
    );
    assert!(!connect.contains("s3cret"));
}

#[test]
fn an_exception_goes_direct() {
    let (server, served) = answering(OK);
    let variables =
        [("http_proxy", "http://127.0.0.1:1"), ("NO_PROXY", "example.com, 127.0.0.0/8")];
    assert_eq!(send(&format!("http://{server}/"), &variables, LONG).unwrap().0, 200);
    served.recv().unwrap();
}

#[test]
fn a_proxy_that_refuses_is_blamed() {
    let (refusing, _connects) = proxy(None);
    let error = send(
        "https://acme.offshoot.test/",
        &[("HTTPS_PROXY", &format!("http://u:hunter2@{refusing}"))],
        LONG,
    )
    .unwrap_err();
    assert_eq!(error.kind, SendErrorKind::Connect, "{error}");
    assert!(error.message.contains("proxy") && !error.message.contains("hunter2"), "{error}");

    let error = send("https://acme.offshoot.test/", &[("HTTPS_PROXY", "http://127.0.0.1:1")], LONG)
        .unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (SendErrorKind::Connect, "connection refused through the proxy")
    );
}
