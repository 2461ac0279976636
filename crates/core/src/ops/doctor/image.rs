//! Whether the images are in their registries.

use std::{collections::BTreeSet, time::Duration};

use super::{Check, PER_EXCHANGE};
use crate::{
    location::Document,
    ports::{Clock, Host},
    registry::{Image, Keychain, Presence, look_up},
};

const NAME: &str = "image";

/// A check for each image that `documents` name. None begins after `deadline`, in the host's monotonic time.
pub(super) async fn checks<H: Host>(
    host: &H,
    documents: &[Document],
    keychain: &impl Keychain,
    deadline: Duration,
) -> Vec<Check> {
    let named = |document: &Document| document.value.get("image")?.as_str().map(str::to_owned);
    let references: BTreeSet<String> = documents.iter().filter_map(named).collect();
    if references.is_empty() {
        return vec![Check::nothing(NAME, "no code location has one")];
    }
    let mut checks = Vec::with_capacity(references.len());
    for reference in references {
        let left = deadline.saturating_sub(host.clock().monotonic());
        checks.push(match Image::parse(&reference) {
            Err(error) => Check::failed_by(NAME, &error),
            Ok(image) if left.is_zero() => Check::warning(
                NAME,
                format!("`{}` was not looked for: the time is used up", image.reference()),
                "raise --retry-budget",
            ),
            Ok(image) => of_image(host, &image, keychain, left.min(PER_EXCHANGE)).await,
        });
    }
    checks
}

async fn of_image<H: Host>(
    host: &H,
    image: &Image,
    keychain: &impl Keychain,
    timeout: Duration,
) -> Check {
    let (credential, trouble) = match keychain.credential(image.keychain_name()).await {
        Ok(credential) => (credential, None),
        Err(trouble) => (None, Some(trouble)),
    };
    let reference = image.reference();
    let (registry, repository) = (image.registry(), image.repository());
    let push = "push it before the deploy; --image-tag and --image decide which it is";
    let agents = "the agent pulls with a secret of its own";
    match look_up(host.http(), image, credential.as_ref(), timeout).await {
        Presence::Present { .. } => Check::ok(NAME, format!("`{reference}` is there")),
        Presence::NoRepository => {
            let found = format!("`{reference}` is not there: {registry} has no `{repository}`");
            Check::failed(NAME, found, push)
        }
        Presence::NoManifest => {
            let found = format!("`{reference}` is not there: {registry} has no such tag or digest");
            Check::failed(NAME, found, push)
        }
        Presence::CredentialRefused => Check::failed(
            NAME,
            format!(
                "`{reference}` cannot be seen: {registry} refuses the credential that is stored for it"
            ),
            format!("log in again with `docker login {registry}`: it is wrong, or has expired"),
        ),
        Presence::Forbidden => Check::warning(
            NAME,
            format!(
                "`{reference}` cannot be seen with the credential here: it is not there, or not for this user"
            ),
            format!("let the user read `{repository}`, to have it looked for; {agents}"),
        ),
        Presence::Hidden => Check::warning(
            NAME,
            match trouble {
                Some(trouble) => {
                    format!("`{reference}` cannot be seen without a credential, and {trouble}")
                }
                None => format!("`{reference}` cannot be seen without a credential for {registry}"),
            },
            format!("log in with `docker login {registry}`, to have it looked for; {agents}"),
        ),
        Presence::Unclear(why) => Check::warning(
            NAME,
            format!("`{reference}` could not be looked for at {registry}: {why}"),
            format!("is {registry} right, and reachable from here? {agents}"),
        ),
    }
}
