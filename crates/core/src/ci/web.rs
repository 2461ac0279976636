//! Pages without secrets.

use http::Uri;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What cannot stand in a path segment.
pub(super) const SEGMENT: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'/').add(b'<').add(b'>').add(b'?');

/// `text` as one path segment: project names of Azure hold spaces.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// `url` without user and password; `None` if it is no http or https URL.
pub(super) fn page(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        return None;
    }
    let authority = uri.authority()?;
    let bare = authority.as_str().rsplit('@').next()?;
    let path = rest.strip_prefix(authority.as_str())?;
    let port = bare.strip_prefix(authority.host())?;
    if authority.host().is_empty() || (!port.is_empty() && authority.port_u16().is_none()) {
        return None;
    }
    // A password with a `/`, `?` or `#` in it ends the authority early and looks like a port. And a path may hold
    // another URL.
    let may_hide_a_password =
        path.rsplit_once('@').is_some_and(|(before, _)| !port.is_empty() || before.contains(':'));
    (!may_hide_a_password).then(|| format!("{scheme}://{bare}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lose_their_user() {
        for (url, shown) in [
            ("https://ci.example.com/build/1?a=b", Some("https://ci.example.com/build/1?a=b")),
            ("https://ci.example.com", Some("https://ci.example.com")),
            ("http://user:pass@ci:8080/job/a@b", None),
            ("https://org@dev.azure.com/org/x", Some("https://dev.azure.com/org/x")),
            ("https://a:b@c/job/a", Some("https://c/job/a")),
            ("https://user:1?2@host/", None),
            ("https://user:pa/ss@host/", None),
            ("https://ci/build/https://user:pass@host/", None),
            ("git@host:a/b", None),
            ("ftp://host/a", None),
            ("/var/a", None),
            ("", None),
        ] {
            assert_eq!(page(url).as_deref(), shown, "{url}");
        }
    }
}
