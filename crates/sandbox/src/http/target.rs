//! Which organization and which deployment a URL means.

use percent_encoding::percent_decode_str;

use crate::state::Store;

/// A path that the sandbox answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// What stands before the last word: nothing, a deployment or an organization, or an organization and a deployment.
    prefix: Vec<String>,
    pub(super) view: View,
}

/// What a path asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    GraphQl,
    Page,
    Health,
}

/// The ids that a URL stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) organization: i32,
    pub(super) deployment: Option<i32>,
}

impl Path {
    /// Reads a path. Empty segments count for nothing: the official CLI sends `//prod/graphql` in one place.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let mut prefix = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8().map(Into::into).ok())
            .collect::<Option<Vec<String>>>()?;
        let view = match prefix.last().map(String::as_str) {
            Some("graphql") => View::GraphQl,
            Some("locations") => View::Page,
            Some("healthz") if prefix.len() == 1 => View::Health,
            _ => return (prefix.len() <= 2).then_some(Self { prefix, view: View::Page }),
        };
        prefix.pop();
        (prefix.len() <= 2).then_some(Self { prefix, view })
    }
}

/// Finds what a path and a `Host` header name, with `fallback` as the organization if neither names one.
pub(super) fn resolve(
    store: &Store,
    path: &Path,
    host: Option<&str>,
    fallback: Option<i32>,
) -> Result<Named, &'static str> {
    const NO_ORGANIZATION: &str = "there is no such organization";
    const NO_DEPLOYMENT: &str = "there is no such deployment";
    let of_host = host_organization(store, host)?;
    let organization = of_host.or(fallback).ok_or(NO_ORGANIZATION)?;
    let by_path = |name: &str| {
        let named = store.organization_id(name);
        named.filter(|id| of_host.is_none_or(|of_host| of_host == *id))
    };
    match path.prefix.as_slice() {
        [] => Ok(Named { organization, deployment: None }),
        [name] => match (store.deployment_id(organization, name), by_path(name)) {
            (Some(id), _) => Ok(Named { organization, deployment: Some(id) }),
            (None, Some(organization)) => Ok(Named { organization, deployment: None }),
            (None, None) => Err(NO_DEPLOYMENT),
        },
        [organization, name, ..] => {
            let organization = by_path(organization).ok_or(NO_ORGANIZATION)?;
            let deployment = store.deployment_id(organization, name).ok_or(NO_DEPLOYMENT)?;
            Ok(Named { organization, deployment: Some(deployment) })
        }
    }
}

/// The organization of the first label of the host. Below `localhost` it must be one; elsewhere it may be any name.
fn host_organization(store: &Store, host: Option<&str>) -> Result<Option<i32>, &'static str> {
    let host = host.unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let Some((label, rest)) = name.split_once('.') else { return Ok(None) };
    match store.organization_id(label) {
        None if rest.eq_ignore_ascii_case("localhost") => Err("there is no such organization"),
        found => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{OrganizationConfig, SandboxConfig};

    fn store() -> Store {
        let config = SandboxConfig::new()
            .organization(OrganizationConfig::new("acme"))
            .organization(OrganizationConfig::new("other").deployment("staging"));
        Store::new(&config)
    }

    fn named(path: &str, host: &str) -> Result<(Option<String>, Option<String>), &'static str> {
        let store = store();
        let path = Path::parse(path).ok_or("no path")?;
        let named = resolve(&store, &path, Some(host), store.first_organization())?;
        let deployment = named.deployment.map(|id| store.deployment(named.organization, id));
        Ok((
            store.organization(named.organization).map(|o| o.name),
            deployment.and_then(Result::ok).map(|d| d.name.clone()),
        ))
    }

    fn some(organization: &str, deployment: Option<&str>) -> (Option<String>, Option<String>) {
        (Some(organization.to_owned()), deployment.map(str::to_owned))
    }

    #[test]
    fn both_forms_of_urls_name_the_same() {
        let local = "127.0.0.1:3000";
        assert_eq!(named("/graphql", local), Ok(some("acme", None)));
        assert_eq!(named("/prod/graphql", local), Ok(some("acme", Some("prod"))));
        assert_eq!(named("//prod//graphql", local), Ok(some("acme", Some("prod"))));
        assert_eq!(named("/acme/graphql", local), Ok(some("acme", None)));
        assert_eq!(named("/acme/prod/graphql", local), Ok(some("acme", Some("prod"))));
        assert_eq!(named("/other/staging/graphql", local), Ok(some("other", Some("staging"))));
        assert_eq!(named("/graphql", "other.localhost:3000"), Ok(some("other", None)));
        assert_eq!(named("/staging", "other.example"), Ok(some("other", Some("staging"))));
        assert_eq!(named("/pr%6fd/locations", local), Ok(some("acme", Some("prod"))));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let local = "127.0.0.1:3000";
        assert_eq!(named("/nowhere/graphql", local), Err("there is no such deployment"));
        assert_eq!(named("/acme/staging/graphql", local), Err("there is no such deployment"));
        assert_eq!(named("/nobody/prod/graphql", local), Err("there is no such organization"));
        assert_eq!(named("/graphql", "nobody.localhost"), Err("there is no such organization"));
        assert_eq!(
            named("/acme/prod/graphql", "other.localhost"),
            Err("there is no such organization")
        );
        assert_eq!(named("/a/b/c/graphql", local), Err("no path"));
        assert_eq!(named("/%ff/graphql", local), Err("no path"));
    }
}
