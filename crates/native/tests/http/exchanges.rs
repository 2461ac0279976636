//! What becomes of an exchange.

use std::{net::TcpListener, time::Duration};

use offshoot_core::ports::SendErrorKind;

use crate::servers::{OK, answering, send};

const LONG: Duration = Duration::from_secs(20);

fn failure(answer: &str) -> (SendErrorKind, String) {
    let (address, _heads) = answering(answer);
    let error = send(&format!("http://{address}/graphql"), &[], LONG).unwrap_err();
    (error.kind, error.message)
}

#[test]
fn an_answer_of_any_status_is_an_answer() {
    for (answer, status, body) in [
        (OK, 200, "ok"),
        ("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", 503, "busy"),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            302,
            "",
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok"),
    ] {
        let (address, heads) = answering(answer);
        let got = send(&format!("http://{address}/b1/graphql?x=1"), &[], LONG).unwrap();
        assert_eq!(got, (status, body.to_owned()));
        assert!(heads.recv().unwrap().starts_with("POST /b1/graphql?x=1 HTTP/1.1\r\n"));
    }
}

#[test]
fn nobody_listening_is_a_refused_connection() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = send(&format!("http://{address}/"), &[], LONG).unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (SendErrorKind::Connect, "connection refused")
    );
    assert!(error.kind.surely_not_sent());
}

#[test]
fn what_breaks_off_may_have_arrived() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\nContent-",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ncut",
    ] {
        let (kind, message) = failure(answer);
        assert_eq!(kind, SendErrorKind::Broken, "{answer:?}: {message}");
    }
}

#[test]
fn silence_ends_at_the_time_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let error = send(&url, &[], Duration::from_millis(150)).unwrap_err();
    assert_eq!(error.kind, SendErrorKind::Timeout, "{error}");
}

#[test]
fn an_answer_beyond_the_bound_is_refused() {
    let body = "x".repeat(1001);
    let (kind, _) = failure(&format!("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n{body}"));
    assert_eq!(kind, SendErrorKind::TooLarge);
    let (kind, _) = failure(&format!("HTTP/1.1 200 OK\r\n\r\n{body}"));
    assert_eq!(kind, SendErrorKind::TooLarge);
}

#[test]
fn no_message_shows_the_url_or_a_header() {
    for answer in ["", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"] {
        let (_, message) = failure(answer);
        assert!(!message.contains("127.0.0.1") && !message.contains("s3cret"), "{message}");
        assert!(message.chars().next().is_some_and(char::is_lowercase), "{message}");
    }
}
