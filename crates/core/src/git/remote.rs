//! What a repository knows of a remote.

use super::{config::Config, error::GitError, refs::Refs};
use crate::ports::Files;

/// The first URL of the remote `name`, as `git remote get-url` prints it: rewritten by the longest `url.*.insteadOf`
/// that it begins with.
pub(super) fn url(config: &Config, name: &str) -> Option<String> {
    let mut urls = Vec::new();
    for url in config.all("remote", name, "url") {
        // Since git 2.46, an empty URL takes back those before it.
        if url.is_empty() { urls.clear() } else { urls.push(url) }
    }
    let url = *urls.first()?;
    let rewritten = config
        .subsections("url")
        .filter(|(_, name, _)| *name == "insteadof")
        .filter_map(|(base, _, start)| {
            Some((start.len(), format!("{base}{}", url.strip_prefix(start)?)))
        })
        // Of several that are as long, the first.
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    Some(rewritten.map_or_else(|| url.to_owned(), |(_, rewritten)| rewritten))
}

/// The branch that `refs/remotes/NAME/HEAD` leads to. It is a convenience of git's, so that a damaged one is as good as none.
pub(super) fn default_branch<F: Files>(
    refs: &Refs<'_, F>,
    name: &str,
) -> Result<Option<String>, GitError> {
    let start = format!("refs/remotes/{name}/");
    let head = format!("{start}HEAD");
    match refs.resolve(&head) {
        Ok(found) => Ok(found
            .name
            .strip_prefix(&start)
            .filter(|branch| *branch != "HEAD")
            .map(str::to_owned)),
        Err(GitError::Unreadable { path, reason }) => Err(GitError::Unreadable { path, reason }),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Option<String> {
        url(&Config::parse("/c", text.as_bytes()).unwrap(), "origin")
    }

    #[test]
    fn the_first_url_counts() {
        assert_eq!(
            origin("[remote \"origin\"]\nurl = a\nurl = b\n[remote \"Origin\"]\nurl = c")
                .as_deref(),
            Some("a")
        );
        assert_eq!(origin("[remote \"origin\"]\nurl = a\nurl =\nurl = b").as_deref(), Some("b"));
        assert_eq!(origin("[remote \"other\"]\nurl = a"), None);
    }

    #[test]
    fn the_longest_rewrite_counts() {
        let text = "[remote \"origin\"]\nurl = gh:acme/x\n[url \"https://a/\"]\ninsteadOf = gh:\npushInsteadOf = gh:acme/x\n\
                    [url \"https://b/\"]\ninsteadOf = gh:acme/\ninsteadOf = other:";
        assert_eq!(origin(text).as_deref(), Some("https://b/x"));
    }
}
