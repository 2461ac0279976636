//! The services that host repositories and their pull requests, and the pages that they have there.

use std::{fmt, str::FromStr};

use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde::{Serialize, Serializer};

use super::web;
use crate::git;

/// What the names of branches cannot hold in the path of a page; the `/` in them can stay.
const REF: &AsciiSet = &web::SEGMENT.remove(b'/');

/// A service that hosts repositories, on its own hosts or on those of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosting {
    /// GitHub, and GitHub Enterprise.
    GitHub,
    /// GitLab.
    GitLab,
    /// Bitbucket Cloud. Bitbucket Data Center is another product with another API.
    Bitbucket,
    /// The repositories of Azure DevOps.
    AzureDevOps,
    /// Gitea, and Forgejo, which has its API.
    Gitea,
}

impl Hosting {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::GitHub, Self::GitLab, Self::Bitbucket, Self::AzureDevOps, Self::Gitea];

    /// Its id, for flags and fields.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Bitbucket => "bitbucket",
            Self::AzureDevOps => "azure-devops",
            Self::Gitea => "gitea",
        }
    }

    /// The service that the repository at `clone_url` is on, by its host's name; `None` if that does not tell.
    pub fn of_url(clone_url: &str) -> Option<Self> {
        let page = git::web_page(clone_url)?;
        Self::of_host(page.split('/').nth(2)?.split(':').next()?)
    }

    /// The service at `host`, as far as the name tells: companies mostly call theirs `gitlab.acme.com`.
    pub(crate) fn of_host(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let labels: Vec<&str> = host.split('.').collect();
        Some(match labels.as_slice() {
            ["dev", "azure", "com"] | ["ssh", "dev", "azure", "com"] => Self::AzureDevOps,
            [.., "visualstudio", "com"] => Self::AzureDevOps,
            ["bitbucket", "org"] => Self::Bitbucket,
            ["codeberg", "org"] => Self::Gitea,
            [_, "ghe", "com"] => Self::GitHub,
            labels if labels.iter().any(|label| matches!(*label, "gitea" | "forgejo")) => {
                Self::Gitea
            }
            labels if labels.contains(&"gitlab") => Self::GitLab,
            labels if labels.contains(&"github") => Self::GitHub,
            _ => return None,
        })
    }

    /// The service that the CI system with the id `system` is a part of; `None` if it builds repositories of several.
    pub(crate) fn of_system(system: &str) -> Option<Self> {
        match system {
            "github-actions" => Some(Self::GitHub),
            "gitlab-ci" => Some(Self::GitLab),
            "gitea-actions" => Some(Self::Gitea),
            "bitbucket" => Some(Self::Bitbucket),
            _ => None,
        }
    }

    /// What Dagster+ calls it; `None` for those that it does not know.
    pub fn provider(self) -> Option<&'static str> {
        match self {
            Self::GitHub => Some("github"),
            Self::GitLab => Some("gitlab"),
            Self::Bitbucket | Self::AzureDevOps | Self::Gitea => None,
        }
    }

    /// The page of the branch `name`.
    pub fn branch_page(self, clone_url: &str, name: &str) -> Option<String> {
        let name = utf8_percent_encode(name, REF);
        page(
            clone_url,
            &match self {
                Self::GitHub => format!("/tree/{name}"),
                Self::GitLab => format!("/-/tree/{name}"),
                Self::Bitbucket => format!("/branch/{name}"),
                Self::AzureDevOps => format!("?version=GB{name}"),
                Self::Gitea => format!("/src/branch/{name}"),
            },
        )
    }

    /// The page of the files as they are at the commit `hash`, which is what the official client links to.
    pub fn commit_page(self, clone_url: &str, hash: &str) -> Option<String> {
        let hash = web::segment(hash);
        page(
            clone_url,
            &match self {
                Self::GitHub => format!("/tree/{hash}"),
                Self::GitLab => format!("/-/tree/{hash}"),
                Self::Bitbucket => format!("/src/{hash}"),
                Self::AzureDevOps => format!("?version=GC{hash}"),
                Self::Gitea => format!("/src/commit/{hash}"),
            },
        )
    }

    /// The page of pull request `number`.
    pub(super) fn pull_request_page(self, clone_url: &str, number: u64) -> Option<String> {
        let path = match self {
            Self::GitHub => "pull",
            Self::GitLab => "-/merge_requests",
            Self::Bitbucket => "pull-requests",
            Self::AzureDevOps => "pullrequest",
            Self::Gitea => "pulls",
        };
        page(clone_url, &format!("/{path}/{number}"))
    }
}

impl fmt::Display for Hosting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Bitbucket => "Bitbucket",
            Self::AzureDevOps => "Azure DevOps",
            Self::Gitea => "Gitea",
        })
    }
}

impl FromStr for Hosting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.iter().find(|hosting| hosting.as_str() == text);
        named.copied().ok_or_else(|| {
            let ids: Vec<_> = Self::ALL.iter().map(|hosting| hosting.as_str()).collect();
            format!("it is none of {}", ids.join(", "))
        })
    }
}

impl Serialize for Hosting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

fn page(clone_url: &str, rest: &str) -> Option<String> {
    web::page(&format!("{}{rest}", git::web_page(clone_url)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_hosting_services() {
        let pages = |url: &str| {
            let hosting = Hosting::of_url(url)?;
            let pages = [
                hosting.pull_request_page(url, 7),
                hosting.branch_page(url, "feature/a#1"),
                hosting.commit_page(url, "c0ffee"),
            ];
            Some(pages.map(|page| page.unwrap()))
        };
        for (url, base, [pull_request, branch, commit]) in [
            (
                "git@github.com:acme/proj.git",
                "https://github.com/acme/proj",
                ["/pull/7", "/tree/feature/a%231", "/tree/c0ffee"],
            ),
            (
                "https://github.acme.com/a/b",
                "https://github.acme.com/a/b",
                ["/pull/7", "/tree/feature/a%231", "/tree/c0ffee"],
            ),
            (
                "ssh://git@gitlab.acme.com:2222/g/s/p.git",
                "https://gitlab.acme.com/g/s/p",
                ["/-/merge_requests/7", "/-/tree/feature/a%231", "/-/tree/c0ffee"],
            ),
            (
                "git@bitbucket.org:a/b.git",
                "https://bitbucket.org/a/b",
                ["/pull-requests/7", "/branch/feature/a%231", "/src/c0ffee"],
            ),
            (
                "git@ssh.dev.azure.com:v3/org/my%20project/repo",
                "https://dev.azure.com/org/my%20project/_git/repo",
                ["/pullrequest/7", "?version=GBfeature/a%231", "?version=GCc0ffee"],
            ),
            (
                "https://org@dev.azure.com/org/p/_git/r",
                "https://dev.azure.com/org/p/_git/r",
                ["/pullrequest/7", "?version=GBfeature/a%231", "?version=GCc0ffee"],
            ),
            (
                "https://codeberg.org/a/b.git",
                "https://codeberg.org/a/b",
                ["/pulls/7", "/src/branch/feature/a%231", "/src/commit/c0ffee"],
            ),
        ] {
            let expected = [pull_request, branch, commit].map(|rest| format!("{base}{rest}"));
            assert_eq!(pages(url), Some(expected), "{url}");
        }
        for url in ["https://git.acme.com/a/b.git", "/srv/github/a.git"] {
            assert_eq!(pages(url), None, "{url}");
        }
    }

    #[test]
    fn a_system_that_belongs_to_a_service_tells_it_whatever_its_host_is_called() {
        let page =
            |id| Hosting::of_system(id)?.commit_page("https://git.acme.com/a/b.git", "c0ffee");
        assert_eq!(page("gitlab-ci").unwrap(), "https://git.acme.com/a/b/-/tree/c0ffee");
        assert_eq!(page("github-actions").unwrap(), "https://git.acme.com/a/b/tree/c0ffee");
        assert_eq!(page("bitbucket").unwrap(), "https://git.acme.com/a/b/src/c0ffee");
        assert_eq!(page("buildkite"), None);
    }
}
