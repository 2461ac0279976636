//! The services that host repositories and their pull requests.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

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
