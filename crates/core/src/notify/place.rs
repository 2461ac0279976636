//! Which repository and pull request a build is of, and where the API of its hosting service answers.

use std::ops::RangeInclusive;

use http::Uri;

use super::NotifyError;
use crate::{
    ci::{Hosting, segment},
    env::Env,
    git,
    ops::{Context, NotifyInput, ProviderAccess},
};

/// The variable with the address of the service.
const URL: &str = "OFFSHOOT_NOTIFY_URL";

/// The digits of a hash: from what git shortens it to, to the whole of SHA-256.
const HASH: RangeInclusive<usize> = 7..=64;

/// The pull request and the commit that reviewers look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The service.
    pub hosting: Hosting,
    /// Where its API answers, without a slash at the end.
    pub api: String,
    /// What stands before the repository's name: an organization, groups, a project; with `/` between.
    pub owner: String,
    /// The repository.
    pub name: String,
    /// The number of the pull request.
    pub pull_request: Option<u64>,
    /// Its page.
    pub pull_request_url: Option<String>,
    /// The hash of the commit, if a status of it is wanted.
    pub commit: Option<String>,
}

impl Place {
    /// Owner and name as the path of a URL.
    pub(super) fn path(&self) -> String {
        let names = self.owner.split('/').chain([self.name.as_str()]);
        names.map(segment).collect::<Vec<_>>().join("/")
    }

    /// Owner and name, to be read.
    pub(super) fn repository(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}

/// What `input` says, else what the variables of the CI system say, else what follows from the URL that the repository
/// was cloned from.
pub(crate) fn find(
    env: &Env,
    context: &Context,
    access: &ProviderAccess,
    input: &NotifyInput,
) -> Result<Place, NotifyError> {
    let ci = context.ci.as_ref().map(|ci| ci.value.as_str()).unwrap_or_default();
    let clone_url = context.origin_url.as_ref();
    let clone_url =
        clone_url.filter(|url| access.trusts_checkout || !url.source.starts_with("git: "));
    let page = clone_url.and_then(|url| git::web_page(&url.value));
    let server = page.as_deref().and_then(server);
    let said = input.provider.or_else(|| said_by(ci, env));
    let hosting = said.or_else(|| Hosting::of_host(host(server?))).ok_or_else(|| {
        NotifyError::UnknownHosting { host: server.map(|server| host(server).to_owned()) }
    })?;
    let own = said_by(ci, env) == Some(hosting);
    let api = match access.url.as_deref().or_else(|| env.get(URL)) {
        Some(url) => api_at(hosting, plain(url)?),
        None => own
            .then(|| by_variables(ci, env))
            .flatten()
            .or_else(|| Some(api_at(hosting, server?)))
            .ok_or(NotifyError::UnknownServer { hosting })?,
    };
    let (owner, name) = repository(env, context, input, own).ok_or(NotifyError::NoRepository)?;
    // No encoding keeps a server from going up the path by these.
    if owner.split('/').chain([name.as_str()]).any(|name| matches!(name, "" | "." | "..")) {
        return Err(NotifyError::Repository { given: format!("{owner}/{name}") });
    }
    let text = |found: &Option<crate::ci::Found<String>>| found.as_ref().map(|it| it.value.clone());
    let commit = input.commit.clone().or_else(|| text(&context.commit_hash));
    let number = context.pull_request.as_ref().map(|found| found.value);
    Ok(Place {
        hosting,
        api,
        owner,
        name,
        pull_request: input.pull_request.or(number),
        pull_request_url: text(&context.pull_request_url)
            .filter(|_| input.pull_request.is_none_or(|given| Some(given) == number)),
        commit: match input.no_commit_status {
            true => None,
            false => commit.map(hash).transpose()?,
        },
    })
}

/// The service that a CI system is a part of, or that it says.
fn said_by(ci: &str, env: &Env) -> Option<Hosting> {
    match ci {
        "gitlab-ci" if is_mirror(env) => Some(Hosting::GitHub),
        "azure-pipelines" => match env.get("BUILD_REPOSITORY_PROVIDER")? {
            "TfsGit" => Some(Hosting::AzureDevOps),
            "GitHub" | "GitHubEnterprise" => Some(Hosting::GitHub),
            "Bitbucket" => Some(Hosting::Bitbucket),
            _ => None,
        },
        _ => Hosting::of_system(ci),
    }
}

/// Whether GitLab builds a pull request of GitHub here.
fn is_mirror(env: &Env) -> bool {
    env.get("CI_EXTERNAL_PULL_REQUEST_IID").is_some()
}

/// Where the service that a CI system is a part of answers.
fn by_variables(ci: &str, env: &Env) -> Option<String> {
    let trimmed = |name| env.get(name).map(|url| url.trim_end_matches('/').to_owned());
    match ci {
        "github-actions" => trimmed("GITHUB_API_URL"),
        "gitea-actions" => Some(api_at(Hosting::Gitea, &trimmed("GITHUB_SERVER_URL")?)),
        "gitlab-ci" if is_mirror(env) => Some(api_at(Hosting::GitHub, "https://github.com")),
        "gitlab-ci" => trimmed("CI_API_V4_URL"),
        "azure-pipelines" if env.get("BUILD_REPOSITORY_PROVIDER") == Some("TfsGit") => {
            trimmed("SYSTEM_COLLECTIONURI")
                .or_else(|| trimmed("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"))
        }
        _ => None,
    }
}

/// The API of the service at `server`, which may be that of the API already.
fn api_at(hosting: Hosting, server: &str) -> String {
    let server = server.trim_end_matches('/');
    let version = match (hosting, host(server)) {
        (Hosting::GitHub, "github.com" | "api.github.com") => {
            return "https://api.github.com".to_owned();
        }
        // GitHub with data residency.
        (Hosting::GitHub, host) if host.ends_with(".ghe.com") => {
            return format!("https://api.{}", host.trim_start_matches("api."));
        }
        (Hosting::Bitbucket, "bitbucket.org" | "api.bitbucket.org") => {
            return "https://api.bitbucket.org/2.0".to_owned();
        }
        // The older hosts hold the organization, which is a part of the owner here.
        (Hosting::AzureDevOps, host) if host.ends_with(".visualstudio.com") => {
            return "https://dev.azure.com".to_owned();
        }
        (Hosting::AzureDevOps, _) => return server.to_owned(),
        (Hosting::GitHub, _) => "/api/v3",
        (Hosting::GitLab, _) => "/api/v4",
        (Hosting::Bitbucket, _) => "/2.0",
        (Hosting::Gitea, _) => "/api/v1",
    };
    format!("{}{version}", server.strip_suffix(version).unwrap_or(server))
}

/// Owner and name. In a merge request from a fork of GitLab the project of the build is the fork.
fn repository(
    env: &Env,
    context: &Context,
    input: &NotifyInput,
    own: bool,
) -> Option<(String, String)> {
    let pair = |text: &str| {
        let (owner, name) = text.trim_matches('/').rsplit_once('/')?;
        Some((owner.to_owned(), name.to_owned()))
    };
    if let Some(given) = &input.repository {
        return pair(given);
    }
    let reviewed = ["CI_MERGE_REQUEST_PROJECT_PATH", "CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY"];
    let reviewed = reviewed.into_iter().filter(|_| own).find_map(|name| pair(env.get(name)?));
    reviewed.or_else(|| {
        let owner = context.git_repo_owner.as_ref()?.value.clone();
        Some((owner, context.git_repo_name.as_ref()?.value.clone()))
    })
}

/// Scheme and host of a page.
fn server(page: &str) -> Option<&str> {
    let (scheme, rest) = page.split_once("://")?;
    let length = scheme.len() + "://".len() + rest.find('/').unwrap_or(rest.len());
    page.get(..length)
}

/// The host of a URL, without its port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}

/// `text`, if it can be the hash of a commit: it becomes a part of a path.
fn hash(text: String) -> Result<String, NotifyError> {
    let is_hash = HASH.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { Ok(text) } else { Err(NotifyError::Commit { given: text }) }
}

/// `url`, if a token can be sent there and nothing in it is a secret.
fn plain(url: &str) -> Result<&str, NotifyError> {
    let wrong = |why| Err(NotifyError::Url { given: git::without_secrets(url), why });
    let Ok(uri) = url.parse::<Uri>() else { return wrong("it cannot be read as a URL") };
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return wrong("it does not begin with `http://` or `https://`");
    }
    if uri.authority().is_none_or(|authority| authority.as_str().contains('@')) {
        return wrong("there is a user or a password in it");
    }
    if uri.query().is_some() || url.contains('#') {
        return wrong("there is a query or a fragment in it");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ci, ops::NotifyInput};

    fn place(variables: &[(&str, &str)], input: &NotifyInput) -> Result<Place, NotifyError> {
        let env: Env = variables.iter().copied().collect();
        let context = Context::of_ci(&ci::detect(&env, &ci::Documents::default()));
        find(&env, &context, &ProviderAccess::default(), input)
    }

    fn found(variables: &[(&str, &str)]) -> (Hosting, String, String) {
        let place = place(variables, &NotifyInput::default()).unwrap();
        (place.hosting, place.api.clone(), place.repository())
    }

    #[test]
    fn the_variables_of_a_service_come_first() {
        let github = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_API_URL", "https://ghe.acme.com/api/v3"),
            ("GITHUB_SERVER_URL", "https://ghe.acme.com"),
            ("GITHUB_REPOSITORY", "acme/shop"),
        ];
        let shop = "acme/shop".to_owned();
        let at = |url: &str| url.to_owned();
        assert_eq!(
            found(&github),
            (Hosting::GitHub, at("https://ghe.acme.com/api/v3"), shop.clone())
        );
        // Gitea sets the same, with its own API at the end of another path.
        let gitea = [&[("GITEA_ACTIONS", "true")], &github[..]].concat();
        assert_eq!(
            found(&gitea),
            (Hosting::Gitea, at("https://ghe.acme.com/api/v1"), shop.clone())
        );
        let fork = [
            ("GITLAB_CI", "true"),
            ("CI_API_V4_URL", "https://git.acme.com/api/v4"),
            ("CI_PROJECT_PATH", "jane/shop"),
            ("CI_MERGE_REQUEST_PROJECT_PATH", "acme/team/shop"),
            ("CI_MERGE_REQUEST_IID", "7"),
        ];
        assert_eq!(
            found(&fork),
            (Hosting::GitLab, at("https://git.acme.com/api/v4"), at("acme/team/shop"))
        );
        let mirror = [
            ("GITLAB_CI", "true"),
            ("CI_API_V4_URL", "https://git.acme.com/api/v4"),
            ("CI_PROJECT_PATH", "mirrors/shop"),
            ("CI_EXTERNAL_PULL_REQUEST_IID", "7"),
            ("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY", "acme/shop"),
        ];
        assert_eq!(found(&mirror), (Hosting::GitHub, at("https://api.github.com"), shop));
        let azure = [
            ("TF_BUILD", "True"),
            ("BUILD_REPOSITORY_PROVIDER", "TfsGit"),
            ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/acme/"),
            ("SYSTEM_TEAMPROJECT", "my project"),
            ("BUILD_REPOSITORY_NAME", "shop"),
        ];
        assert_eq!(
            found(&azure),
            (Hosting::AzureDevOps, at("https://dev.azure.com/acme"), at("my project/shop"))
        );
    }

    #[test]
    fn else_the_host_that_was_cloned_from() {
        for (url, hosting, api, repository) in [
            (
                "git@github.com:acme/shop.git",
                Hosting::GitHub,
                "https://api.github.com",
                "acme/shop",
            ),
            (
                "https://github.acme.com/acme/shop",
                Hosting::GitHub,
                "https://github.acme.com/api/v3",
                "acme/shop",
            ),
            ("https://acme.ghe.com/a/b", Hosting::GitHub, "https://api.acme.ghe.com", "a/b"),
            (
                "ssh://git@gitlab.acme.com:2222/a/b/c.git",
                Hosting::GitLab,
                "https://gitlab.acme.com/api/v4",
                "a/b/c",
            ),
            (
                "git@bitbucket.org:a/b.git",
                Hosting::Bitbucket,
                "https://api.bitbucket.org/2.0",
                "a/b",
            ),
            ("https://codeberg.org/a/b", Hosting::Gitea, "https://codeberg.org/api/v1", "a/b"),
            (
                "git@ssh.dev.azure.com:v3/acme/p/shop",
                Hosting::AzureDevOps,
                "https://dev.azure.com",
                "acme/p/shop",
            ),
            (
                "https://acme.visualstudio.com/p/_git/shop",
                Hosting::AzureDevOps,
                "https://dev.azure.com",
                "acme/p/shop",
            ),
        ] {
            let variables = [("BUILDKITE", "true"), ("BUILDKITE_REPO", url)];
            let expected = (hosting, api.to_owned(), repository.to_owned());
            assert_eq!(found(&variables), expected, "{url}");
        }
    }

    #[test]
    fn what_is_said_wins() {
        let input = NotifyInput {
            provider: Some(Hosting::GitLab),
            repository: Some("a/b/c".to_owned()),
            pull_request: Some(9),
            ..NotifyInput::default()
        };
        let variables = [
            (URL, "https://git.acme.com/"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_API_URL", "https://api.github.com"),
            ("GITHUB_REPOSITORY", "acme/shop"),
            ("OFFSHOOT_PULL_REQUEST", "7"),
            ("OFFSHOOT_PULL_REQUEST_URL", "https://github.com/acme/shop/pull/7"),
        ];
        let place = place(&variables, &input).unwrap();
        assert_eq!(place.api, "https://git.acme.com/api/v4");
        assert_eq!((place.repository().as_str(), place.pull_request), ("a/b/c", Some(9)));
        assert_eq!(place.pull_request_url, None, "it is the page of another");
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        let unknown = [("BUILDKITE", "true"), ("BUILDKITE_REPO", "git@git.acme.com:acme/shop.git")];
        let error = place(&unknown, &NotifyInput::default()).unwrap_err();
        assert!(error.to_string().contains("`git.acme.com`"), "{error}");
        let input = NotifyInput { provider: Some(Hosting::Gitea), ..NotifyInput::default() };
        for (url, said) in [
            ("git.acme.com", "`git.acme.com` is no plain URL: it does not begin with"),
            ("https://a:b@host", "`https://host` is no plain URL: there is a user or a password"),
            ("https://host/?a=b", "`https://host/` is no plain URL: there is a query"),
            ("https://u:p@x/?a=1", "`https://x/` is no plain URL: there is a user or a password"),
            ("ftp://host", "`ftp://host` is no plain URL: it does not begin with"),
            ("https://h#x", "`https://h` is no plain URL: there is a query or a fragment"),
            ("https://a b", "`https://a b` is no plain URL: it cannot be read"),
        ] {
            let variables = [&[(URL, url)], &unknown[..]].concat();
            let error = place(&variables, &input).unwrap_err();
            assert!(matches!(error, NotifyError::Url { .. }), "{url}");
            assert!(error.to_string().starts_with(said), "{error}");
        }
    }

    #[test]
    fn nothing_that_is_given_leads_out_of_the_repository() {
        let variables = [("GITHUB_ACTIONS", "true"), ("GITHUB_API_URL", "https://api.github.com")];
        let at = |repository: &str, commit: &str| {
            let (repository, commit) = (Some(repository.to_owned()), Some(commit.to_owned()));
            place(&variables, &NotifyInput { repository, commit, ..NotifyInput::default() })
        };
        for commit in ["", "../../../evil?x=1#", "main", "1f2e3d", &"a".repeat(65)] {
            let error = at("acme/shop", commit).unwrap_err();
            assert!(matches!(error, NotifyError::Commit { .. }), "{error}");
        }
        for repository in ["../../evil/x", "a/..", "./x", "a/./x", "a//x", "/..//"] {
            let error = at(repository, "1f2e3d4").unwrap_err();
            let is_refused =
                matches!(error, NotifyError::Repository { .. } | NotifyError::NoRepository);
            assert!(is_refused, "{repository}: {error}");
        }
        let commit = Some("main".to_owned());
        let input = NotifyInput { commit, no_commit_status: true, ..NotifyInput::default() };
        let variables = [&variables[..], &[("GITHUB_REPOSITORY", "acme/shop")]].concat();
        assert_eq!(place(&variables, &input).unwrap().commit, None, "it goes nowhere");
        let place = at("acme/..shop", "1F2e3d4").unwrap();
        assert_eq!(
            (place.path().as_str(), place.commit.as_deref()),
            ("acme/..shop", Some("1F2e3d4"))
        );
    }

    #[test]
    fn a_checkout_leads_a_token_nowhere_unless_it_is_trusted() {
        let found = |value: &str, source: &str| {
            Some(ci::Found { value: value.to_owned(), source: source.to_owned() })
        };
        let context = Context {
            git_repo_owner: found("acme", "git: remote origin"),
            git_repo_name: found("shop", "git: remote origin"),
            origin_url: found("https://gitlab.evil.example/acme/shop", "git: remote origin"),
            ..Context::default()
        };
        let at = |trusts_checkout| {
            let access = ProviderAccess { trusts_checkout, ..ProviderAccess::default() };
            find(&Env::default(), &context, &access, &NotifyInput::default())
        };
        assert!(matches!(at(false), Err(NotifyError::UnknownHosting { host: None })));
        assert_eq!(at(true).unwrap().api, "https://gitlab.evil.example/api/v4");
    }
}
