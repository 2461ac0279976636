//! URLs of remotes: without their secrets, and as owner and name of a repository.
//!
//! A secret must not come out of a URL that no parser understands either, so this cuts text instead of
//! parsing it and printing it again.

use percent_encoding::percent_decode_str;
use serde::Serialize;

use super::path;

/// A repository as its hosting service names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Slug {
    /// The organization or user, then any groups or the project, with `/` between them; `None` for a repository that is
    /// only a directory.
    pub owner: Option<String>,
    /// The repository, without `.git`.
    pub name: String,
}

/// `url` without password, token, query and fragment. The user of an ssh URL stays: most often it is `git`.
pub fn without_secrets(url: &str) -> String {
    match split(url) {
        Remote::Local { .. } => url.to_owned(),
        Remote::Host { scheme, user, host, path } => {
            let user = user
                .split(':')
                .next()
                .filter(|user| !user.is_empty() && (scheme.is_empty() || scheme.contains("ssh")));
            let user = user.map(|user| format!("{user}@")).unwrap_or_default();
            format!("{scheme}{user}{host}{path}")
        }
    }
}

/// `url` without password, token and whatever else stands before its host; a URL that has nothing there stays as it is,
/// query and fragment included, since those of a link tell what is shown.
pub(crate) fn without_user(url: &str) -> String {
    match split(url) {
        Remote::Host { user, .. } if !user.is_empty() => without_secrets(url),
        _ => url.to_owned(),
    }
}

/// The repository that `url` is of; `None` if it names none.
pub fn slug(url: &str) -> Option<Slug> {
    let (host, path) = match split(url) {
        Remote::Local { path } => ("", path),
        Remote::Host { host, path, .. } => (host, path),
    };
    let path = if host.is_empty() {
        path::forward_slashes(path)
    } else {
        path.trim_start_matches(':').to_owned()
    };
    let mut names: Vec<String> = path
        .split('/')
        .filter(|name| !name.is_empty())
        .map(|name| percent_decode_str(name).decode_utf8_lossy().into_owned())
        .collect();
    // `/srv/proj/.git` is the repository of `/srv/proj`.
    names.pop_if(|name| name == ".git");
    let last = names.pop()?;
    let name = last.strip_suffix(".git").unwrap_or(&last).to_owned();
    if matches!(name.as_str(), "" | "." | ".." | "~") || path::is_absolute(&format!("{name}/")) {
        return None;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let owner = if host.is_empty() { String::new() } else { owner(host, &names) };
    Some(Slug { owner: Some(owner).filter(|owner| !owner.is_empty()), name })
}

/// The page of the repository that `url` is cloned from; `None` if it is on no host. The port of an ssh URL is not
/// that of the pages.
pub(crate) fn web_page(url: &str) -> Option<String> {
    let Remote::Host { scheme, host, path, .. } = split(url) else { return None };
    let path = path.trim_start_matches(['/', ':']).trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    if scheme.starts_with("http") {
        return Some(format!("{scheme}{host}/{path}"));
    }
    let host = host.split(':').next().unwrap_or_default();
    match (host, path.split('/').collect::<Vec<_>>().as_slice()) {
        ("", _) | (_, [""]) => None,
        ("ssh.dev.azure.com", ["v3", organization, project, name]) => {
            Some(format!("https://dev.azure.com/{organization}/{project}/_git/{name}"))
        }
        _ => Some(format!("https://{host}/{path}")),
    }
}

/// The owner, of the names before the repository's own.
fn owner(host: &str, names: &[&str]) -> String {
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    match (host.as_str(), names) {
        // Azure DevOps, by ssh and by https. Its older hosts hold the organization.
        ("ssh.dev.azure.com" | "vs-ssh.visualstudio.com", ["v3", owner @ ..]) => owner.join("/"),
        (_, [owner @ .., "_git"]) => match (host.strip_suffix(".visualstudio.com"), owner) {
            (Some(organization), ["DefaultCollection", project @ ..] | project) => {
                [&[organization], project].concat().join("/")
            }
            (None, owner) => owner.join("/"),
        },
        // AWS CodeCommit knows no owners.
        (_, ["v1", "repos"]) => String::new(),
        // Bitbucket Data Center, by https.
        (_, ["scm", owner @ ..]) if !owner.is_empty() => owner.join("/"),
        _ => names.join("/"),
    }
}

/// What a URL leads to.
enum Remote<'u> {
    /// A directory, or a name that only a helper of git understands.
    Local { path: &'u str },
    /// Something on another machine.
    Host {
        /// Up to and with `://`; empty for `host:path`.
        scheme: &'u str,
        /// What stands before the `@`, with its password.
        user: &'u str,
        /// With its port.
        host: &'u str,
        /// With the `/` or `:` that it begins with.
        path: &'u str,
    },
}

fn split(url: &str) -> Remote<'_> {
    let Some((protocol, rest)) = url.split_once("://") else { return split_without_scheme(url) };
    if protocol.eq_ignore_ascii_case("file") {
        return Remote::Local { path: rest };
    }
    if protocol.starts_with("codecommit") {
        return Remote::Local { path: rest.rsplit('@').next().unwrap_or(rest) };
    }
    let scheme = url.strip_suffix(rest).unwrap_or_default();
    let (authority, _) = cut_before(rest, rest.find('/'));
    // A password with a `/` in it looks like a port that is no number.
    let port = authority.rsplit_once([':', ']']).map(|(_, port)| port).unwrap_or_default();
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
    let at = authority.rfind('@').or_else(|| rest.rfind('@').filter(|_| !is_port));
    let (user, rest) = match at.and_then(|at| rest.split_at_checked(at)) {
        Some((user, after)) => (user, after.trim_start_matches('@')),
        None => ("", rest),
    };
    // Only here: a password may have these characters in it too.
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = cut_before(rest, rest.find('/'));
    Remote::Host { scheme, user, host, path }
}

/// `user@host:path`, or a directory. As in git, it is a host if there is a `:` before the first `/`.
fn split_without_scheme(url: &str) -> Remote<'_> {
    let head = url.split('/').next().unwrap_or_default();
    if path::has_drive(url) || !head.contains(':') {
        return Remote::Local { path: url };
    }
    let (user, rest) = match head.rsplit_once('@') {
        Some((user, after)) if after.contains(':') => {
            (user, url.get(user.len() + 1..).unwrap_or_default())
        }
        _ => ("", url),
    };
    // The colons of an IPv6 address are within brackets.
    let colon = rest.find("]:").map(|bracket| bracket + 1).or_else(|| rest.find(':'));
    let (host, path) = cut_before(rest, colon);
    Remote::Host { scheme: "", user, host, path }
}

fn cut_before(text: &str, position: Option<usize>) -> (&str, &str) {
    position.and_then(|position| text.split_at_checked(position)).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::git::testing::seeded;

    #[test]
    fn slugs_of_the_hosting_services() {
        for (url, owner, name) in [
            ("git@github.com:acme/proj.git", "acme", "proj"),
            ("github.com:acme/proj", "acme", "proj"),
            ("https://user:token@github.com:443/acme/proj.git/", "acme", "proj"),
            ("https://github.com/acme/acme.github.io.git", "acme", "acme.github.io"),
            ("ssh://git@gitlab.example.com:2222/group/sub/proj.git", "group/sub", "proj"),
            ("git@gitlab.com:group/sub/deep/proj.git", "group/sub/deep", "proj"),
            ("[git@host:2222]:acme/proj.git", "acme", "proj"),
            ("git@[::1]:acme/proj.git", "acme", "proj"),
            ("https://[::1]:8443/acme/proj", "acme", "proj"),
            ("https://dev.azure.com/org/my%20project/_git/repo", "org/my project", "repo"),
            ("https://org@dev.azure.com/org/project/_git/repo", "org/project", "repo"),
            ("git@ssh.dev.azure.com:v3/org/project/repo", "org/project", "repo"),
            ("org@vs-ssh.visualstudio.com:v3/org/project/repo", "org/project", "repo"),
            ("https://org.visualstudio.com/project/_git/repo", "org/project", "repo"),
            (
                "https://org.visualstudio.com/DefaultCollection/project/_git/repo",
                "org/project",
                "repo",
            ),
            ("https://bitbucket.example.com/scm/PROJ/repo.git", "PROJ", "repo"),
            ("ssh://git@bitbucket.example.com:7999/~jane/repo.git", "~jane", "repo"),
            ("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/proj", "", "proj"),
            ("codecommit::eu-west-1://profile@proj", "", "proj"),
            ("git://host/proj", "", "proj"),
            ("/srv/git/acme/proj.git", "", "proj"),
            ("/srv/proj/.git", "", "proj"),
            ("../proj", "", "proj"),
            ("file:///srv/git/proj.git/", "", "proj"),
            (r"C:\repos\proj.git", "", "proj"),
            ("C:/repos/proj", "", "proj"),
            (r"\\server\share\proj", "", "proj"),
            ("./a:b/proj", "", "proj"),
        ] {
            let expected = Slug {
                owner: Some(owner.to_owned()).filter(|owner| !owner.is_empty()),
                name: name.to_owned(),
            };
            assert_eq!(slug(url), Some(expected), "{url}");
        }
        for url in [
            "",
            "/",
            "..",
            "https://github.com",
            "https://github.com/",
            "git@github.com:",
            "C:/",
            "file:///",
            "/.git",
        ] {
            assert_eq!(slug(url), None, "{url}");
        }
    }

    #[test]
    fn only_the_secrets_go() {
        for (url, shown) in [
            ("https://github.com/acme/proj.git", "https://github.com/acme/proj.git"),
            ("https://x-access-token:ghs_1@github.com/acme/proj", "https://github.com/acme/proj"),
            ("https://ghp_1@github.com:443/acme/proj/", "https://github.com:443/acme/proj/"),
            ("https://a:b@c@github.com/acme/@scope", "https://github.com/acme/@scope"),
            ("https://github.com/acme/@scope", "https://github.com/acme/@scope"),
            ("https://user:pa/ss@github.com/acme/proj", "https://github.com/acme/proj"),
            ("https://user:pa?ss@github.com/acme/proj", "https://github.com/acme/proj"),
            ("https://user:pa#ss@github.com/acme/proj?a=b@c", "https://github.com/acme/proj"),
            ("https://github.com/acme/proj?mail=a@b", "https://github.com/acme/proj"),
            ("https://host/proj.git?private_token=1#x", "https://host/proj.git"),
            ("https://user:token@/proj", "https:///proj"),
            ("ssh://git:pass@host:22/acme/proj", "ssh://git@host:22/acme/proj"),
            ("git@host:acme/proj", "git@host:acme/proj"),
            ("git:pass@host:acme/proj", "git@host:acme/proj"),
            ("host:@scope/proj", "host:@scope/proj"),
            ("/srv/a@b:c", "/srv/a@b:c"),
            (r"C:\a@b", r"C:\a@b"),
        ] {
            assert_eq!(without_secrets(url), shown, "{url}");
        }
    }

    #[test]
    fn a_link_keeps_what_tells_what_is_shown() {
        for (url, shown) in [
            ("https://bob:hunter2@host/proj?version=1#L2", "https://host/proj"),
            ("https://host/proj?version=1#L2", "https://host/proj?version=1#L2"),
            ("https://host/proj?mail=a@b", "https://host/proj?mail=a@b"),
            ("git@host:acme/proj", "git@host:acme/proj"),
            ("", ""),
            ("any text", "any text"),
        ] {
            assert_eq!(without_user(url), shown, "{url}");
        }
    }

    proptest! {
        #![proptest_config(seeded(256))]

        #[test]
        fn a_password_never_comes_out(
            scheme in "(https|http|ssh|git\\+ssh|ftp|svn::https|ext)",
            user in "[a-z]{0,5}",
            extra in "[@:%a-z0-9]{0,4}",
            rest in "[a-z]{1,5}(:[0-9]{1,4})?/[a-z@:]{0,9}",
        ) {
            let url = format!("{scheme}://{user}:{extra}S3CRET@{rest}");
            prop_assert!(!without_secrets(&url).contains("S3CRET"), "{}", without_secrets(&url));
        }

        #[test]
        fn no_text_is_too_strange(url in "\\PC{0,40}") {
            let _ = (without_secrets(&url), slug(&url));
        }
    }
}
