//! The names that Dagster+ knows a repository by.

use std::fmt;

use crate::{git::Slug, plus::branch_deployments::GitMetadata};

/// What tells the branch deployments of a repository from those of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repository {
    /// The repository name that was given, and no other.
    Named(String),
    /// The repository that CI, a checkout or a URL tells, by the names that its branch deployments can have.
    Known(Slug),
}

impl Repository {
    /// Whether a branch deployment that is described by `git` is of this repository.
    ///
    /// Ours and the official client store `owner/name`, on GitLab the bare name, and people's own scripts either. A name
    /// with another owner is another repository's. So is a bare name whose pages on GitLab are another project's.
    pub fn has(&self, git: &GitMetadata) -> bool {
        match self {
            Self::Named(name) => git.repo_name == *name,
            Self::Known(slug) if git.repo_name == slug.name => !is_of_another_project(git, slug),
            Self::Known(slug) => git.repo_name == with_owner(slug),
        }
    }
}

/// As one would give it.
impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Known(slug) => f.write_str(&with_owner(slug)),
        }
    }
}

/// The name that the branch deployments of a build are stored under: `owner/name`, but on GitLab the bare name, as the
/// official client has it on those systems.
pub(super) fn stored_name(slug: &Slug, is_gitlab: bool) -> String {
    match is_gitlab {
        true => slug.name.clone(),
        false => with_owner(slug),
    }
}

/// `owner/name`. Of nested groups the official client takes the innermost.
fn with_owner(Slug { owner, name }: &Slug) -> String {
    match owner.as_deref().and_then(|owner| owner.rsplit('/').next()) {
        Some(owner) => format!("{owner}/{name}"),
        None => name.clone(),
    }
}

/// GitLab's pages have the whole path of the project before `/-/`.
fn is_of_another_project(git: &GitMetadata, slug: &Slug) -> bool {
    let Some(owner) = &slug.owner else { return false };
    let own = format!("/{owner}/{}", slug.name).to_lowercase();
    let pages = [&git.branch_url, &git.pull_request_url].into_iter().flatten();
    let mut projects = pages.filter_map(|page| Some(page.split_once("/-/")?.0.to_lowercase()));
    projects.any(|project| !project.ends_with(&own))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(owner: Option<&str>, name: &str) -> Repository {
        Repository::Known(Slug { owner: owner.map(str::to_owned), name: name.to_owned() })
    }

    fn stored(repo_name: &str, branch_url: Option<&str>) -> GitMetadata {
        GitMetadata {
            branch_name: "x".into(),
            repo_name: repo_name.into(),
            branch_url: branch_url.map(str::to_owned),
            pull_request_url: None,
            pull_request_status: None,
            pull_request_number: None,
        }
    }

    #[test]
    fn both_names_of_a_repository_are_its_own_and_never_another_owner_s() {
        let shop = known(Some("acme"), "shop");
        let nested = known(Some("group/sub"), "shop");
        let local = known(None, "shop");
        let exact = Repository::Named("shop".into());
        for (repository, own, others) in [
            (&shop, &["acme/shop", "shop"][..], &["other/shop", "acme/shop2", "Acme/shop", ""][..]),
            (&nested, &["sub/shop", "shop"], &["group/shop", "other/shop"]),
            (&local, &["shop"], &["acme/shop", "/shop"]),
            (&exact, &["shop"], &["acme/shop"]),
            (&Repository::Named("acme/shop".into()), &["acme/shop"], &["shop"]),
        ] {
            for name in own {
                assert!(repository.has(&stored(name, None)), "{repository}: {name}");
            }
            for name in others {
                assert!(!repository.has(&stored(name, None)), "{repository}: {name}");
            }
        }
    }

    #[test]
    fn what_a_build_stores_is_found_by_the_repository_s_url() {
        for url in ["https://gitlab.com/group/sub/shop.git", "git@github.com:acme/shop.git"] {
            let slug = crate::git::slug(url).unwrap();
            for is_gitlab in [true, false] {
                let name = stored_name(&slug, is_gitlab);
                assert!(Repository::Known(slug.clone()).has(&stored(&name, None)), "{name}");
            }
        }
    }

    #[test]
    fn of_a_bare_name_the_page_tells_the_project() {
        let shop = known(Some("acme/data"), "shop");
        for (page, is_own) in [
            ("https://gitlab.com/acme/data/shop/-/tree/x", true),
            ("https://git.acme.com/gitlab/Acme/data/shop/-/tree/x", true),
            ("https://ci.acme.com/builds/7", true),
            ("https://gitlab.com/other/data/shop/-/tree/x", false),
            ("https://gitlab.com/acme/data/shop2/-/tree/x", false),
        ] {
            assert_eq!(shop.has(&stored("shop", Some(page))), is_own, "{page}");
        }
        let elsewhere = stored("shop", Some("https://gitlab.com/other/shop/-/tree/x"));
        assert!(Repository::Named("shop".into()).has(&elsewhere), "a name that is given counts");
    }
}
