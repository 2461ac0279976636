//! What leads to Dagster+: the settings, and the variables of proxies and certificate authorities.

use super::Check;
use crate::{
    env::Env,
    ops::Settled,
    plus::{Connection, DeploymentName, without_user_information},
    ports::Files,
};

/// As curl reads them: the names in small letters count first.
const PROXIES: [&str; 6] =
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

/// Where other tools are told of certificate authorities. Nothing here reads them.
const OF_OTHERS: [&str; 3] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];

/// What the settings lead to.
pub(super) fn settings(settled: Settled) -> (Check, Option<(Connection, Option<DeploymentName>)>) {
    match settled {
        Ok((connection, full)) => {
            let url = connection.endpoint.organization_url();
            let found = match &full {
                Some(name) => format!("{url}, with a token; full deployment `{name}`"),
                None => format!("{url}, with a token"),
            };
            (Check::ok("settings", found), Some((connection, full)))
        }
        Err(error) => (Check::failed_by("settings", &error), None),
    }
}

/// Which proxies are set.
pub(super) fn proxies(env: &Env) -> Check {
    let shown = |name: &&str| Some(format!("{name}={}", without_user_information(env.get(name)?)));
    let set: Vec<String> = PROXIES.iter().filter_map(shown).collect();
    let has_proxy = set.iter().any(|set| !set.to_ascii_lowercase().starts_with("no_proxy"));
    let for_plain = ["HTTP_PROXY", "http_proxy"].into_iter().find(|name| env.get(name).is_some());
    match for_plain {
        Some(name) if !has_proxy => Check::warning(
            "proxy",
            format!("{name} is set, and is not for https"),
            "if this machine reaches the outside through a proxy only, set HTTPS_PROXY",
        ),
        _ if set.is_empty() => Check::ok("proxy", "no variable names one"),
        _ => Check::ok("proxy", set.join(", ")),
    }
}

/// Which certificate authorities are trusted.
pub(super) fn certificates<F: Files>(files: &F, env: &Env) -> Check {
    let named = |name| env.get(name).map(|path| (name, path));
    let (file, folder) = (named("SSL_CERT_FILE"), named("SSL_CERT_DIR"));
    let is_file = |path| files.open(path).is_ok_and(|file| file.is_some());
    let is_folder = |path| files.is_dir(path).unwrap_or_default();
    let missing = file
        .filter(|(_, path)| !is_file(path))
        .or_else(|| folder.filter(|(_, path)| !is_folder(path)));
    if let Some((name, path)) = missing {
        return Check::failed(
            "certificates",
            format!("{name} names `{path}`, which is not there or cannot be read"),
            format!("correct {name}, or leave it out to trust what the system trusts"),
        );
    }
    let used: Vec<String> =
        [file, folder].into_iter().flatten().map(|(name, path)| format!("{name}={path}")).collect();
    if !used.is_empty() {
        return Check::ok("certificates", used.join(", "));
    }
    match OF_OTHERS.into_iter().find(|name| env.get(name).is_some()) {
        Some(name) => Check::warning(
            "certificates",
            format!("those of the system: {name} is set, and is not read here"),
            format!("if Dagster+ is behind that authority: export SSL_CERT_FILE=\"${name}\""),
        ),
        None => Check::ok("certificates", "those of the system"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{git::MemoryFiles, ops::CheckState};

    fn state(check: &Check) -> &'static str {
        check.state.as_str()
    }

    #[test]
    fn proxies_are_shown_without_their_passwords() {
        for proxy in ["http://user:hunter2@proxy.example:3128", "user:hunter2@proxy.example:3128"] {
            let env: Env =
                [("HTTPS_PROXY", proxy), ("no_proxy", "localhost")].into_iter().collect();
            let check = proxies(&env);
            assert_eq!(check.state, CheckState::Ok);
            assert!(check.found.contains("proxy.example:3128, no_proxy=localhost"), "{check:?}");
            assert!(!check.found.contains("hunter2"), "{check:?}");
        }
    }

    #[test]
    fn a_proxy_for_plain_http_alone_is_a_warning() {
        let of = |pairs: &[(&str, &str)]| state(&proxies(&pairs.iter().copied().collect()));
        assert_eq!(of(&[]), "ok");
        assert_eq!(of(&[("NO_PROXY", "x")]), "ok");
        assert_eq!(of(&[("HTTP_PROXY", "http://p")]), "warning");
        assert_eq!(of(&[("http_proxy", "http://p"), ("NO_PROXY", "x")]), "warning");
        assert_eq!(of(&[("http_proxy", "http://p"), ("ALL_PROXY", "http://p")]), "ok");
    }

    #[test]
    fn certificates_that_are_named_must_be_there() {
        let files = MemoryFiles::default().file("/etc/ca/own.pem", "");
        let of =
            |name: &str, path: &str| certificates(&files, &[(name, path)].into_iter().collect());
        assert_eq!(state(&of("SSL_CERT_FILE", "/etc/ca/own.pem")), "ok");
        assert_eq!(state(&of("SSL_CERT_DIR", "/etc/ca")), "ok");
        assert_eq!(state(&of("SSL_CERT_FILE", "")), "ok");
        assert_eq!(state(&of("SSL_CERT_FILE", "/etc/ca/other.pem")), "failed");
        assert_eq!(state(&of("SSL_CERT_DIR", "/etc/ca/own.pem")), "failed");
        let others = of("REQUESTS_CA_BUNDLE", "/etc/ca/own.pem");
        assert_eq!(state(&others), "warning");
        assert!(others.fix.unwrap().contains("SSL_CERT_FILE=\"$REQUESTS_CA_BUNDLE\""));
    }
}
