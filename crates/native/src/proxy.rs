//! Which proxy a URL goes through, by the variables that people know from curl.

use hyper_util::client::proxy::matcher::Matcher;
use offshoot_core::env::Env;

/// The proxy for `url`, as `HTTPS_PROXY`, `http_proxy`, `ALL_PROXY` and `NO_PROXY` say.
///
/// As with curl, the lower-case names come first, and `HTTP_PROXY` in capitals is not read, because a CGI
/// server sets it from a request header.
pub(crate) fn proxy_for(url: &http::Uri, env: &Env) -> Option<String> {
    let of_scheme = match url.scheme_str() {
        Some("https") => env.get("https_proxy").or_else(|| env.get("HTTPS_PROXY")),
        _ => env.get("http_proxy"),
    };
    let proxy = of_scheme.or_else(|| env.get("all_proxy")).or_else(|| env.get("ALL_PROXY"))?;
    let exceptions = env.get("no_proxy").or_else(|| env.get("NO_PROXY")).unwrap_or_default();
    let exceptions = of_this_port(exceptions, url);
    let matcher = Matcher::builder().all("http://any.invalid").no(exceptions).build();
    matcher.intercept(url).map(|_| proxy.to_owned())
}

/// The exceptions without their ports, less those for other ports than that of `url`.
fn of_this_port(exceptions: &str, url: &http::Uri) -> String {
    let port = url.port_u16().unwrap_or(if url.scheme_str() == Some("https") { 443 } else { 80 });
    let without_port = |exception: &str| match exception.rsplit_once(':') {
        // A second colon is an IPv6 address.
        Some((host, digits)) if !host.contains(':') || host.ends_with(']') => {
            match digits.parse::<u16>() {
                Ok(other) => (other == port).then(|| host.to_owned()),
                Err(_) => Some(exception.to_owned()),
            }
        }
        _ => Some(exception.to_owned()),
    };
    let separated =
        exceptions.split([',', ' ']).map(str::trim).filter(|exception| !exception.is_empty());
    separated.filter_map(without_port).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(url: &str, variables: &[(&str, &str)]) -> Option<String> {
        proxy_for(&url.parse().unwrap(), &variables.iter().copied().collect())
    }

    #[test]
    fn the_scheme_chooses_the_variable() {
        let both = [("HTTPS_PROXY", "http://s:1"), ("http_proxy", "http://p:2")];
        assert_eq!(chosen("https://acme.dagster.cloud/", &both).unwrap(), "http://s:1");
        assert_eq!(chosen("http://acme.test/", &both).unwrap(), "http://p:2");
        assert_eq!(chosen("http://acme.test/", &[("HTTP_PROXY", "http://cgi")]), None);
        assert_eq!(
            chosen("https://a.test/", &[("ALL_PROXY", "http://all")]).unwrap(),
            "http://all"
        );
        assert_eq!(chosen("https://a.test/", &[("HTTPS_PROXY", "")]), None);
        let lower_first = [("HTTPS_PROXY", "http://upper"), ("https_proxy", "http://lower")];
        assert_eq!(chosen("https://a.test/", &lower_first).unwrap(), "http://lower");
    }

    #[test]
    fn exceptions_are_read_as_people_write_them() {
        let direct = |url: &str, exceptions: &str| {
            chosen(
                url,
                &[
                    ("HTTPS_PROXY", "http://s"),
                    ("http_proxy", "http://s"),
                    ("NO_PROXY", exceptions),
                ],
            )
            .is_none()
        };
        assert!(direct("https://acme.dagster.cloud/", "localhost, dagster.cloud"));
        assert!(direct("https://acme.dagster.cloud/", ".dagster.cloud"));
        assert!(direct("https://acme.dagster.cloud/", "*"));
        assert!(direct("http://10.1.2.3:8080/", "10.0.0.0/8"));
        assert!(direct("http://10.1.2.3:8080/", "10.1.2.3:8080"));
        assert!(direct("http://[::1]:8080/", "::1"));
        assert!(direct("https://a.test/", "x a.test"));
        assert!(!direct("http://10.1.2.3:8080/", "10.1.2.3:9090"));
        assert!(!direct("https://notdagster.cloud/", "dagster.cloud"));
        assert!(!direct("https://acme.dagster.cloud/", ""));
    }
}
