//! What a ref names. CI systems put branches, tags and the merge refs of pull requests into one variable.

/// A ref, told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ref {
    /// A branch, without `refs/heads/`.
    Branch(String),
    /// A tag, without `refs/tags/`.
    Tag(String),
    /// A ref that a hosting service makes for a pull request or for a merge queue. It is no branch that
    /// anybody pushed.
    PullRequest(Option<u64>),
}

impl Ref {
    /// Tells `text` apart; `None` if it names nothing: `HEAD`, `<default>`, other `refs/`, what Git refuses.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(tag) = text.strip_prefix("refs/tags/") {
            return name(tag).map(Self::Tag);
        }
        // Only once, and only in front: a branch may be called `fix/refs/heads/x`.
        let text = text.strip_prefix("refs/heads/").unwrap_or(text);
        if let Some(number) = pull_request(text) {
            return Some(Self::PullRequest(Some(number)));
        }
        if text.starts_with("gh-readonly-queue/") {
            return Some(Self::PullRequest(None));
        }
        name(text).map(Self::Branch)
    }

    pub(super) fn is_branch(&self) -> bool {
        matches!(self, Self::Branch(_))
    }

    pub(super) fn is_tag(&self) -> bool {
        matches!(self, Self::Tag(_))
    }

    pub(super) fn is_pull_request(&self) -> bool {
        matches!(self, Self::PullRequest(_))
    }

    /// The branch, if it is one.
    pub(super) fn branch(self) -> Option<String> {
        match self {
            Self::Branch(name) => Some(name),
            _ => None,
        }
    }
}

/// A name that Git allows for a branch or tag. `HEAD` and what begins with `refs/` is none, and neither is
/// TeamCity's `<default>`.
pub(super) fn name(text: &str) -> Option<String> {
    let refused = text == "HEAD"
        || text.starts_with("refs/")
        || text.starts_with('-')
        || text.contains(['<', '>'])
        || pull_request(text).is_some();
    let full = format!("refs/heads/{text}");
    let valid = gix_validate::reference::name(full.as_str().into()).is_ok();
    (!refused && valid).then(|| text.to_owned())
}

/// The number in `refs/pull/12/merge`, `pull/12`, `merge-requests/12/head`, `pr/12/merge`, `12/merge`.
fn pull_request(text: &str) -> Option<u64> {
    let text = text.strip_prefix("refs/").unwrap_or(text);
    let parts: Vec<&str> = text.split('/').collect();
    let number = match parts.as_slice() {
        ["pull" | "merge-requests" | "pull-requests", number, ..] => number,
        ["pr", number, "merge" | "head"] | [number, "merge" | "head"] => number,
        _ => return None,
    };
    self::number(number)
}

/// The number of a pull request: digits, and not 0.
pub(super) fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|&number| digits && number > 0)
}

/// A commit: 4 hexadecimal digits, which is the least that Git takes, up to the 64 of SHA-256.
pub(super) fn commit(text: &str) -> Option<String> {
    let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hex && (4..=64).contains(&text.len())).then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refs_are_told_apart() {
        let branch = |name: &str| Some(Ref::Branch(name.to_owned()));
        let tag = |name: &str| Some(Ref::Tag(name.to_owned()));
        let pull_request = |number| Some(Ref::PullRequest(Some(number)));
        for (text, expected) in [
            ("main", branch("main")),
            ("refs/heads/feature/x", branch("feature/x")),
            ("refs/heads/fix/refs/heads/x", branch("fix/refs/heads/x")),
            ("false", branch("false")),
            ("origin/main", branch("origin/main")),
            ("pull/fix-12", branch("pull/fix-12")),
            ("PR-12", branch("PR-12")),
            ("refs/tags/v1.0", tag("v1.0")),
            ("refs/tags/release/1", tag("release/1")),
            ("refs/pull/12/merge", pull_request(12)),
            ("refs/pull/12/head", pull_request(12)),
            ("refs/merge-requests/7/train", pull_request(7)),
            ("refs/pull-requests/7/from", pull_request(7)),
            ("pull/12", pull_request(12)),
            ("12/merge", pull_request(12)),
            ("pr/12/merge", pull_request(12)),
            ("gh-readonly-queue/main/pr-12-0a1b", Some(Ref::PullRequest(None))),
            ("refs/heads/gh-readonly-queue/a/b/pr-12-0a1b", Some(Ref::PullRequest(None))),
            ("HEAD", None),
            ("refs/heads/HEAD", None),
            ("refs/heads/refs/heads/x", None),
            ("refs/remotes/origin/x", None),
            ("refs/pull/x/merge", None),
            ("<default>", None),
            ("(no branch)", None),
            ("a..b", None),
            ("-rf", None),
            ("", None),
        ] {
            assert_eq!(Ref::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn commits_are_hashes() {
        assert_eq!(commit("B5CE5CE").as_deref(), Some("b5ce5ce"));
        for text in ["", "abc", "HEAD", "origin/pr/12/merge", &"a".repeat(65)] {
            assert_eq!(commit(text), None, "{text}");
        }
    }
}
