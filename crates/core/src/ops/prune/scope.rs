//! Whose branch deployments are looked at.

use crate::{
    env::Env,
    git,
    ops::{Error, context::Build, repository::Repository},
    ports::Host,
};

/// Whose branch deployments are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Those that are stored under this name of a repository, and no other.
    Named(String),
    /// Those of the repository of this remote: a URL, or the name that the checkout has for it.
    OfRemote(String),
    /// Those of all repositories.
    OfAll,
    /// Those of the repository of the build or the checkout.
    #[default]
    OfBuild,
}

/// Whose branch deployments are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Those of this repository.
    One(Repository),
    /// Those of all repositories, because that was asked for.
    All,
    /// Those of all repositories, because nothing tells which it is about. None of them is deleted.
    Unknown,
}

impl Scope {
    /// What `wanted` comes to in the checkout at `path`, an absolute path, with the variables of the build.
    ///
    /// # Errors
    /// If a name is empty, or if a remote does not tell the name of its repository.
    pub fn find<H: Host>(
        host: &H,
        (path, env): (&str, &Env),
        wanted: Wanted,
    ) -> Result<Self, Error> {
        match wanted {
            Wanted::Named(name) if name.trim().is_empty() => Err(Error::input(
                "the name of the repository is empty",
                "is the variable in --git-repo-name set? Without the flag it is the repository of the build",
            )),
            Wanted::Named(name) => Ok(Self::One(Repository::Named(name))),
            Wanted::OfRemote(remote) => {
                // In git, too, a name of a remote goes before a path.
                let named = git::remote_url(host.files(), env, path, &remote);
                let url = named.or_else(|| is_url_or_path(&remote).then(|| remote.clone()));
                let slug = url.and_then(|url| git::slug(&url)).ok_or_else(|| {
                    Error::input(
                        format!(
                            "the remote `{}` does not tell the name of its repository",
                            git::without_secrets(&remote)
                        ),
                        "pass --git-repo-name, as `offshoot branch-deployment list` shows it, or the remote's URL",
                    )
                })?;
                Ok(Self::One(Repository::Known(slug)))
            }
            Wanted::OfAll => Ok(Self::All),
            Wanted::OfBuild => {
                // Whatever is wrong with the checkout, nothing is deleted then.
                let build = Build::read(host, env, path).ok();
                let slug = build.and_then(|build| build.slug());
                Ok(slug.map_or(Self::Unknown, |slug| Self::One(Repository::Known(slug))))
            }
        }
    }

    /// The repository, if it is one.
    pub fn repository(&self) -> Option<&Repository> {
        match self {
            Self::One(repository) => Some(repository),
            Self::All | Self::Unknown => None,
        }
    }
}

fn is_url_or_path(remote: &str) -> bool {
    remote.contains(['/', '\\', ':'])
}
