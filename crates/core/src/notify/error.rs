//! Why reviewers could not be told.

use std::{fmt, time::Duration};

use super::{judge::Problem, token};
use crate::{
    ci::Hosting,
    error::{Code, Explain},
    ports::SendErrorKind,
};

/// Completes "could not ...".
pub(super) const SET_STATUS: &str = "set the commit status";

/// Why reviewers could not be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotifyError {
    /// Neither CI nor the host's name tells which service it is.
    #[error("it is not known which service hosts {}", host.as_ref().map_or("the repository".to_owned(), |host| format!("`{host}`")))]
    UnknownHosting {
        /// The host that the repository was cloned from.
        host: Option<String>,
    },
    /// The service is known, and not where it answers.
    #[error("the address of {hosting} is not known")]
    UnknownServer {
        /// The service.
        hosting: Hosting,
    },
    /// The given address is no address.
    #[error("`{given}` is no plain URL: {why}")]
    Url {
        /// As given, without its secrets.
        given: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Owner and name are no such.
    #[error("`{given}` is no repository with its owner")]
    Repository {
        /// As given.
        given: String,
    },
    /// A commit that is no hash.
    #[error("`{given}` is no hash of a commit")]
    Commit {
        /// As given.
        given: String,
    },
    /// The comments go on and on, and ours may be among those that were not read.
    #[error("the {pages} pages of comments that were read hold none of ours, and there are more")]
    TooManyComments {
        /// How many were read.
        pages: usize,
    },
    /// Owner and name are not known.
    #[error("the repository with its owner is not known")]
    NoRepository,
    /// There is nothing to comment on, and nothing to set a status of.
    #[error(
        "this is no build of a pull request as far as is known, and no commit status is wanted"
    )]
    NothingToTell,
    /// No token.
    #[error("there is no token for {hosting}{}", fork.as_ref().map_or(String::new(), |source| format!(": this is a pull request from a fork ({source})")))]
    NoToken {
        /// The service.
        hosting: Hosting,
        /// What says that this is a pull request from a fork, if anything does.
        fork: Option<String>,
    },
    /// The service did not do it.
    #[error(transparent)]
    Exchange(Box<ExchangeError>),
}

impl NotifyError {
    /// Whether there is no token.
    pub fn is_no_token(&self) -> bool {
        matches!(self, Self::NoToken { .. })
    }

    /// Whether nothing was sent, because something is not known or not given.
    pub fn is_for_want_of_something(&self) -> bool {
        matches!(
            self,
            Self::UnknownHosting { .. }
                | Self::UnknownServer { .. }
                | Self::NoRepository
                | Self::NothingToTell
                | Self::NoToken { .. }
        )
    }
}

/// An exchange with a hosting service that did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeError {
    /// Completes "could not ...".
    pub(super) doing: &'static str,
    pub(super) hosting: Hosting,
    pub(super) host: String,
    /// What the exchange was about.
    pub(super) about: String,
    /// What the token needs for it.
    pub(super) needs: &'static str,
    pub(super) problem: Problem,
    pub(super) attempts: u32,
    pub(super) elapsed: Duration,
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {} on {}: ", self.doing, self.hosting)?;
        match &self.problem {
            Problem::NotFound => {
                write!(f, "there is no {}, or the token may not see it (HTTP 404)", self.about)?;
            }
            problem => write!(f, "{problem}")?,
        }
        if self.attempts > 1 {
            write!(f, " ({} attempts in {} s)", self.attempts, self.elapsed.as_secs())?;
        }
        Ok(())
    }
}

/// The display holds the whole story, so there is no source to repeat it.
impl std::error::Error for ExchangeError {}

impl Explain for NotifyError {
    fn code(&self) -> Code {
        match self {
            Self::NoToken { .. } => Code::SettingsMissing,
            Self::Exchange(error) => error.code(),
            Self::TooManyComments { .. } => Code::NotifyFailed,
            _ => Code::UsageInvalid,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::UnknownHosting { .. } => {
                let ids: Vec<_> = Hosting::ALL.iter().map(|hosting| hosting.as_str()).collect();
                format!("pass --provider: {}", ids.join(", "))
            }
            Self::UnknownServer { .. } => "pass --provider-url, or set OFFSHOOT_NOTIFY_URL".to_owned(),
            Self::Url { .. } => "for example https://git.acme.com".to_owned(),
            Self::Repository { .. } => {
                "pass --repository as owner/name, without `.`, `..` or an empty part".to_owned()
            }
            Self::Commit { .. } => {
                "pass --commit with the hash that `git rev-parse HEAD` prints".to_owned()
            }
            Self::TooManyComments { .. } => {
                "a new comment at each run would make it worse; does the service answer every page with a next one?".to_owned()
            }
            Self::NoRepository => {
                "pass --repository as owner/name; `offshoot context` shows what is known".to_owned()
            }
            Self::NothingToTell => {
                "pass --pull-request; `offshoot context` shows what is known".to_owned()
            }
            Self::NoToken { fork: Some(_), .. } => {
                "CI keeps its secrets from forks: pass --on-missing-token skip to let such builds pass".to_owned()
            }
            Self::NoToken { hosting, fork: None } => token::advice(*hosting),
            Self::Exchange(error) => return error.hint(),
        })
    }
}

impl Explain for ExchangeError {
    fn code(&self) -> Code {
        match &self.problem {
            Problem::Unauthorized { .. }
            | Problem::Forbidden { .. }
            | Problem::OthersComment { .. } => Code::NotifyUnauthorized,
            Problem::NotFound => Code::NotifyNotFound,
            Problem::Refused { .. } | Problem::Redirect { .. } | Problem::NotTheApi { .. } => {
                Code::NotifyFailed
            }
            Problem::Send(error) if error.kind == SendErrorKind::Unusable => Code::SettingsInvalid,
            Problem::Send(_) | Problem::RateLimited { .. } | Problem::Down { .. } => {
                Code::NotifyUnreachable
            }
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = self.own_hint();
        let of_status = self.doing == SET_STATUS && self.problem.is_of_this_request();
        Some(match of_status {
            true => format!("{hint}; --no-commit-status leaves the status out"),
            false => hint,
        })
    }
}

impl ExchangeError {
    fn own_hint(&self) -> String {
        let Self { host, hosting, needs, .. } = self;
        match &self.problem {
            Problem::Unauthorized { .. } => {
                format!("is the token one for `{host}`, and neither expired nor revoked?")
            }
            Problem::Forbidden { .. } => format!("the token needs {needs}"),
            Problem::OthersComment { page, .. } => {
                let page = page.as_deref().unwrap_or("that comment");
                format!("delete {page}, or give the token of the user who wrote it")
            }
            Problem::NotFound => format!(
                "what is private is hidden from a token that may not see it; the token needs {needs}"
            ),
            Problem::RateLimited { .. } => {
                "run it again later, or with a token that nothing else uses".to_owned()
            }
            Problem::Down { .. } => "run it again; --retry-budget gives it more time".to_owned(),
            Problem::Redirect { .. } => {
                "was the repository renamed? --repository and --provider-url name another"
                    .to_owned()
            }
            Problem::Refused { .. } => "`--dry-run` prints what is sent".to_owned(),
            Problem::NotTheApi { .. } => {
                format!("is `{host}` {hosting}? --provider and --provider-url name another")
            }
            Problem::Send(error) => match error.kind {
                SendErrorKind::Tls => {
                    "name the file of your certificate authority in SSL_CERT_FILE".to_owned()
                }
                SendErrorKind::Unusable => "look at the settings that are named".to_owned(),
                _ => format!(
                    "is `{host}` reachable from here? HTTPS_PROXY and NO_PROXY name proxies, \
                     --provider-url another address"
                ),
            },
        }
    }
}
