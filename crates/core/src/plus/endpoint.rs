//! Where the API of an organization and of its deployments answers.

use std::fmt;

use http::Uri;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Explain};

/// The hosts whose first path segment is the organization, as older scaffolds set `DAGSTER_CLOUD_URL`.
const SHARED_HOSTS: &[&str] = &["dagster.cloud", "dagster.plus"];

/// Parent domains of hosts that already name the organization: `acme.dagster.cloud`, `acme.eu.dagster.plus`.
const ORGANIZATION_DOMAINS: &[&str] = &[".dagster.cloud", ".dagster.plus"];

/// The regions that organizations are known to be in, as they stand in hosts.
const REGIONS: &[Option<&str>] = &[None, Some("eu")];

/// What a command looks for in a URL.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// The organization; whether a deployment follows does not matter.
    Organization,
    /// A deployment, whichever the URL names.
    AnyDeployment,
    /// This deployment, named elsewhere.
    Deployment(&'a DeploymentName),
}

/// The API of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme, host and leading path, without a trailing slash.
    base: String,
    /// The deployment that the URL ended in, if it did.
    deployment: Option<DeploymentName>,
}

impl Endpoint {
    /// The endpoint of `organization` in `region` (`DAGSTER_CLOUD_ENV`, for example `eu`).
    ///
    /// # Errors
    /// If either cannot be part of a host name.
    pub fn of_organization(
        organization: &str,
        region: Option<&str>,
    ) -> Result<Self, EndpointError> {
        let is_label = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if !is_label(organization) {
            return Err(EndpointError::Organization { given: organization.to_owned() });
        }
        let region = match region {
            Some(region) if !is_label(region) => {
                return Err(EndpointError::Region { given: region.to_owned() });
            }
            Some(region) => format!(".{region}"),
            None => String::new(),
        };
        Ok(Self { base: format!("https://{organization}{region}.dagster.cloud"), deployment: None })
    }

    /// The endpoint that `url` names. It may end in `/graphql`, in slashes, and in a deployment.
    ///
    /// On Dagster's own hosts the place of the deployment in the path is known. On any other host the last
    /// segment is taken for it as `wanted` says: a segment cut off by guess could lead to another deployment
    /// than the one meant, while one kept too many ends in a plain 404.
    ///
    /// # Errors
    /// If `url` is no plain HTTP URL: user information, a query or a fragment have no place in it.
    pub fn of_url(url: &str, wanted: Wanted<'_>) -> Result<Self, EndpointError> {
        let malformed = |why| EndpointError::Url { given: without_user_information(url), why };
        let uri: Uri = url.trim().parse().map_err(|_| malformed("it cannot be parsed"))?;
        let scheme = match uri.scheme_str() {
            Some(scheme @ ("http" | "https")) => scheme,
            _ => return Err(malformed("it must start with https:// or http://")),
        };
        let authority = uri.authority().ok_or_else(|| malformed("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(malformed("user information does not belong in it"));
        }
        if uri.query().is_some() || url.contains('#') {
            return Err(malformed("a query or a fragment does not belong in it"));
        }
        let mut path: Vec<&str> =
            uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
        if path.last() == Some(&"graphql") {
            path.pop();
        }

        let host = authority.host().to_ascii_lowercase();
        let leading = if SHARED_HOSTS.contains(&host.as_str()) {
            Some(1)
        } else if ORGANIZATION_DOMAINS.iter().any(|domain| host.ends_with(domain)) {
            Some(0)
        } else {
            None
        };
        let found = match leading {
            // What follows the deployment is a page that somebody copied from the browser.
            Some(leading) => {
                let found =
                    path.get(leading).map(|name| DeploymentName::parse(name)).transpose()?;
                path.truncate(leading);
                found
            }
            None => match (path.last(), wanted) {
                (Some(last), Wanted::Deployment(name)) if *last == name.as_str() => {
                    path.pop();
                    Some(name.clone())
                }
                (Some(last), Wanted::AnyDeployment) => {
                    let found = DeploymentName::parse(last)?;
                    path.pop();
                    Some(found)
                }
                _ => None,
            },
        };
        let mut base = format!("{scheme}://{authority}");
        for segment in path {
            base.push('/');
            base.push_str(segment);
        }
        Ok(Self { base, deployment: found })
    }

    /// The organization, where the URL shows it: on Dagster's own hosts.
    pub fn organization(&self) -> Option<&str> {
        let (_, rest) = self.base.split_once("://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if SHARED_HOSTS.contains(&host) {
            return path.split('/').next().filter(|name| !name.is_empty());
        }
        ORGANIZATION_DOMAINS
            .iter()
            .any(|domain| host.ends_with(domain))
            .then(|| host.split('.').next())?
    }

    /// The other addresses that the same organization may have: in the other regions, on each of Dagster's own domains.
    /// None if this one is on another domain.
    pub fn elsewhere(&self) -> Vec<Self> {
        let Some(organization) = self.organization() else { return Vec::new() };
        let hosts = ORGANIZATION_DOMAINS.iter().flat_map(|domain| {
            REGIONS.iter().map(move |region| match region {
                Some(region) => format!("{organization}.{region}{domain}"),
                None => format!("{organization}{domain}"),
            })
        });
        let bases = hosts.map(|host| format!("https://{host}")).filter(|base| *base != self.base);
        bases.map(|base| Self { base, deployment: None }).collect()
    }

    /// The organization, or the address without its scheme where that does not show it.
    pub fn organization_or_address(&self) -> &str {
        let address = || self.base.split_once("://").map_or(self.base.as_str(), |(_, rest)| rest);
        self.organization().unwrap_or_else(address)
    }

    /// The URL of the organization, without a trailing slash.
    pub fn organization_url(&self) -> &str {
        &self.base
    }

    /// The URL of a deployment, without a trailing slash.
    pub fn deployment_url(&self, deployment: &DeploymentName) -> String {
        format!("{}/{deployment}", self.base)
    }

    /// The page that shows the code locations of a deployment.
    pub fn locations_page(&self, deployment: &DeploymentName) -> String {
        format!("{}/locations", self.deployment_url(deployment))
    }

    /// The page that shows a run of a deployment. `run` is an identifier of the service, which can stand in a URL.
    pub fn run_page(&self, deployment: &DeploymentName, run: &str) -> String {
        format!("{}/runs/{run}", self.deployment_url(deployment))
    }

    /// The deployment in the URL that this endpoint was read from.
    pub fn deployment(&self) -> Option<&DeploymentName> {
        self.deployment.as_ref()
    }
}

/// The name of a deployment, as it stands in URLs and headers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(try_from = "String", into = "String")]
pub struct DeploymentName(String);

impl DeploymentName {
    /// Takes a name that can stand in a path segment and in a header.
    ///
    /// # Errors
    /// If it is empty, `.` or `..`, or has any character but ASCII letters, digits, `-`, `_` and `.`.
    pub fn parse(name: &str) -> Result<Self, EndpointError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        match name {
            "" => Err(EndpointError::NoDeployment),
            "." | ".." => Err(EndpointError::Deployment { given: name.to_owned() }),
            _ if name.bytes().all(plain) => Ok(Self(name.to_owned())),
            _ => Err(EndpointError::Deployment { given: name.to_owned() }),
        }
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeploymentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for DeploymentName {
    type Error = EndpointError;

    fn try_from(name: String) -> Result<Self, EndpointError> {
        Self::parse(&name)
    }
}

impl From<DeploymentName> for String {
    fn from(name: DeploymentName) -> Self {
        name.0
    }
}

/// Why no endpoint, or no deployment, could be made of what was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not a URL of the API.
    #[error("the URL `{given}` cannot be used: {why}")]
    Url {
        /// The URL, without user information.
        given: String,
        /// In words.
        why: &'static str,
    },
    /// Not an organization name.
    #[error("`{given}` is no organization name")]
    Organization {
        /// As given.
        given: String,
    },
    /// Not a region.
    #[error("`{given}` is no region")]
    Region {
        /// As given.
        given: String,
    },
    /// Not a deployment name, most often a branch name.
    #[error("`{given}` is no deployment name")]
    Deployment {
        /// As given.
        given: String,
    },
    /// A deployment that was given, but is empty.
    #[error("the deployment name is empty")]
    NoDeployment,
}

impl Explain for EndpointError {
    fn code(&self) -> Code {
        Code::SettingsInvalid
    }

    fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::Url { .. } => "use the address of your organization, for example https://acme.dagster.cloud",
                Self::Organization { .. } => "it is the first part of your address: `acme` of acme.dagster.cloud",
                Self::Region { .. } => "it is the part between organization and domain: `eu` of acme.eu.dagster.cloud",
                Self::Deployment { .. } => {
                    "a branch deployment has a generated name: `offshoot branch-deployment name` prints it for a branch"
                }
                Self::NoDeployment => "the command that was to fill it has probably failed; look at its output",
            }
            .to_owned(),
        )
    }
}

/// `url` without user and password, whether it has a scheme or not.
pub(crate) fn without_user_information(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        (None, Some((_, rest))) => rest.to_owned(),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> DeploymentName {
        DeploymentName::parse(text).unwrap()
    }

    #[test]
    fn organizations_become_hosts() {
        let base = |org, region| Endpoint::of_organization(org, region).unwrap().base;
        assert_eq!(base("acme", None), "https://acme.dagster.cloud");
        assert_eq!(base("acme", Some("eu")), "https://acme.eu.dagster.cloud");
        for wrong in ["", "a/b", "a.b", "a b", "acme@evil"] {
            assert!(Endpoint::of_organization(wrong, None).is_err(), "{wrong}");
            assert!(Endpoint::of_organization("acme", Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_url_is_read_as_its_host_means_it() {
        let any = Wanted::AnyDeployment;
        let b1 = name("b1");
        let b1 = Wanted::Deployment(&b1);
        let org = Wanted::Organization;
        let cases = [
            // URL, what is wanted, base, deployment found
            ("https://acme.dagster.cloud", any, "https://acme.dagster.cloud", None),
            ("https://acme.dagster.cloud//", any, "https://acme.dagster.cloud", None),
            ("https://acme.dagster.cloud/prod/", any, "https://acme.dagster.cloud", Some("prod")),
            ("https://acme.dagster.cloud/prod/", org, "https://acme.dagster.cloud", Some("prod")),
            ("https://acme.dagster.cloud/prod", b1, "https://acme.dagster.cloud", Some("prod")),
            (
                "https://acme.dagster.cloud/prod/locations",
                any,
                "https://acme.dagster.cloud",
                Some("prod"),
            ),
            (
                "https://acme.dagster.cloud/prod/graphql",
                any,
                "https://acme.dagster.cloud",
                Some("prod"),
            ),
            ("https://acme.eu.dagster.plus/b1", any, "https://acme.eu.dagster.plus", Some("b1")),
            ("https://dagster.cloud/acme", any, "https://dagster.cloud/acme", None),
            ("https://dagster.cloud/acme/prod", any, "https://dagster.cloud/acme", Some("prod")),
            ("http://127.0.0.1:3000/", b1, "http://127.0.0.1:3000", None),
            ("http://127.0.0.1:3000/b1", b1, "http://127.0.0.1:3000", Some("b1")),
            ("http://127.0.0.1:3000/prod", any, "http://127.0.0.1:3000", Some("prod")),
            ("http://127.0.0.1:3000/prod", org, "http://127.0.0.1:3000/prod", None),
            ("https://dagster.example.com/acme", b1, "https://dagster.example.com/acme", None),
            (
                "https://dagster.example.com/acme/b1",
                b1,
                "https://dagster.example.com/acme",
                Some("b1"),
            ),
        ];
        for (url, wanted, base, found) in cases {
            let endpoint = Endpoint::of_url(url, wanted).unwrap();
            assert_eq!(endpoint.base, base, "{url}");
            assert_eq!(endpoint.deployment().map(DeploymentName::as_str), found, "{url}");
        }
    }

    #[test]
    fn the_organization_is_read_from_dagsters_own_hosts_only() {
        let cases = [
            ("https://acme.dagster.cloud/prod", Some("acme")),
            ("https://acme.eu.dagster.plus", Some("acme")),
            ("https://dagster.cloud/acme/prod", Some("acme")),
            ("https://dagster.cloud", None),
            ("http://127.0.0.1:3000/acme", None),
        ];
        for (url, organization) in cases {
            assert_eq!(
                Endpoint::of_url(url, Wanted::AnyDeployment).unwrap().organization(),
                organization,
                "{url}"
            );
        }
    }

    #[test]
    fn an_organization_may_be_in_another_region_of_dagsters_own_hosts_only() {
        let elsewhere = |url: &str| -> Vec<String> {
            let endpoint = Endpoint::of_url(url, Wanted::Organization).unwrap();
            endpoint.elsewhere().into_iter().map(|other| other.base).collect()
        };
        assert_eq!(
            elsewhere("https://acme.dagster.cloud/prod"),
            [
                "https://acme.eu.dagster.cloud",
                "https://acme.dagster.plus",
                "https://acme.eu.dagster.plus"
            ]
        );
        assert_eq!(elsewhere("https://dagster.cloud/acme").len(), 4);
        assert_eq!(elsewhere("https://dagster.example.com/acme"), [""; 0]);
    }

    #[test]
    fn what_is_no_url_is_refused_without_showing_a_password() {
        for url in [
            "acme.dagster.cloud",
            "ftp://x",
            "https://",
            "https://u:hunter2@acme.dagster.cloud",
            "https://x/?a",
            "",
        ] {
            let error = Endpoint::of_url(url, Wanted::Organization).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_branch_name_is_no_deployment_name() {
        for wrong in ["", ".", "..", "feature/x", "a b", "a?b", "a#b", "ä", "a\nb", "$NAME"] {
            assert!(DeploymentName::parse(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(name("3f4a_B-1.2").to_string(), "3f4a_B-1.2");
    }
}
