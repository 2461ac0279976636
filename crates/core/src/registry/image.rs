//! Which image a reference means.

use std::net::IpAddr;

use container_image_dist_ref::ImgRef;

use crate::error::{Code, Explain};

/// Longer than any reference with a name of 255, a tag of 128 and a digest of SHA-512.
const MAX_REFERENCE: usize = 1024;

/// The registry of references that name none, and where its API answers.
const DOCKER_HUB: &str = "docker.io";
const DOCKER_HUB_API: &str = "registry-1.docker.io";
/// The name under which `docker login` stores the credential for it.
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";

/// An image in a registry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Image {
    reference: String,
    registry: String,
    repository: String,
    /// A digest, else a tag.
    version: String,
}

impl Image {
    /// Reads `reference` as Docker does: without a registry it is on Docker Hub, without a tag it is `latest`.
    ///
    /// # Errors
    /// If it is no reference.
    pub fn parse(reference: &str) -> Result<Self, ImageError> {
        let malformed = || ImageError { given: reference.chars().take(MAX_REFERENCE).collect() };
        if reference.len() > MAX_REFERENCE {
            return Err(malformed());
        }
        let parsed = ImgRef::new(reference).map_err(|_| malformed())?;
        let digest = parsed.digest().map(|digest| digest.to_str().to_owned());
        let version = digest.or_else(|| parsed.tag().map(str::to_owned));
        let name = parsed.name();
        let (registry, repository) = match name.to_str().split_once('/') {
            Some((host, path)) if is_host(host) => (host, path.to_owned()),
            Some((_, _)) => (DOCKER_HUB, name.to_str().to_owned()),
            None => (DOCKER_HUB, format!("library/{}", name.to_str())),
        };
        Ok(Self {
            reference: reference.to_owned(),
            registry: if registry == "index.docker.io" { DOCKER_HUB } else { registry }.to_owned(),
            repository,
            version: version.unwrap_or_else(|| "latest".to_owned()),
        })
    }

    /// As it was given.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The host of its registry, with its port if it has one.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// What the registry calls it, without tag and digest.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The name of its registry in `config.json` of Docker.
    pub fn keychain_name(&self) -> &str {
        if self.registry == DOCKER_HUB { DOCKER_HUB_KEY } else { &self.registry }
    }

    /// Whether the registry is on this machine: as in Docker, it then needs no TLS.
    pub(super) fn is_local(&self) -> bool {
        let host = match self.registry.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => &self.registry,
        };
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// Where its manifest is.
    pub(super) fn manifest_url(&self) -> String {
        let scheme = if self.is_local() { "http" } else { "https" };
        let host = if self.registry == DOCKER_HUB { DOCKER_HUB_API } else { &self.registry };
        format!("{scheme}://{host}/v2/{}/manifests/{}", self.repository, self.version)
    }
}

/// Whether the first part of a name is a host and no part of a path, as Docker tells them apart.
fn is_host(part: &str) -> bool {
    part == "localhost" || part.contains(['.', ':']) || part.chars().any(char::is_uppercase)
}

/// Not a reference to an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no reference to an image")]
pub struct ImageError {
    given: String,
}

impl Explain for ImageError {
    fn code(&self) -> Code {
        Code::UsageInvalid
    }

    fn hint(&self) -> Option<String> {
        Some(
            "write it as registry/name:tag, in lower case; a part that is empty comes from a step that failed"
                .to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn references_are_read_as_docker_reads_them() {
        let with_digest = format!("ghcr.io/acme/etl:v1@{DIGEST}");
        let of_digest = format!("https://ghcr.io/v2/acme/etl/manifests/{DIGEST}");
        let cases = [
            ("etl", "https://registry-1.docker.io/v2/library/etl/manifests/latest"),
            ("acme/etl:v1", "https://registry-1.docker.io/v2/acme/etl/manifests/v1"),
            ("docker.io/acme/etl:v1", "https://registry-1.docker.io/v2/acme/etl/manifests/v1"),
            (
                "index.docker.io/acme/etl",
                "https://registry-1.docker.io/v2/acme/etl/manifests/latest",
            ),
            ("registry.example/etl:v1", "https://registry.example/v2/etl/manifests/v1"),
            (
                "registry.example:5000/a/b/c:v1",
                "https://registry.example:5000/v2/a/b/c/manifests/v1",
            ),
            ("localhost:5000/etl:v1", "http://localhost:5000/v2/etl/manifests/v1"),
            ("localhost/etl:v1", "http://localhost/v2/etl/manifests/v1"),
            ("127.0.0.1:5000/etl", "http://127.0.0.1:5000/v2/etl/manifests/latest"),
            ("[::1]:5000/etl", "http://[::1]:5000/v2/etl/manifests/latest"),
            (&with_digest, &of_digest),
        ];
        for (reference, url) in cases {
            assert_eq!(Image::parse(reference).unwrap().manifest_url(), url, "{reference}");
        }
        assert_eq!(Image::parse("etl").unwrap().keychain_name(), "https://index.docker.io/v1/");
        assert_eq!(Image::parse("a.example/etl").unwrap().keychain_name(), "a.example");
    }

    #[test]
    fn what_is_no_reference_is_told() {
        let long = format!("registry.example/{}", "a/".repeat(600));
        for wrong in [
            "",
            ":v1",
            "etl:",
            "etl:v 1",
            "registry.example/Etl:v1",
            "registry.example/etl:",
            "registry.example//etl",
            "registry.example/etl@sha256:12",
            "https://registry.example/etl",
            "registry.example/../etl",
            "registry.example/etl?x=1",
            &long,
        ] {
            assert!(Image::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #![proptest_config(crate::git::seeded(512))]

        #[test]
        fn any_text_is_read_or_refused(text in "[a-zA-Z0-9./:@_\\[\\]äß -]{0,80}") {
            if let Ok(image) = Image::parse(&text) {
                prop_assert!(image.manifest_url().parse::<http::Uri>().is_ok(), "{text}");
            }
        }
    }
}
