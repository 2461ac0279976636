//! What a system says, and what follows from it.

use serde::Serialize;

use super::{Detected, Found, Hosting, refs::Ref};
use crate::git::{self, Slug};

/// What is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum BuildKind {
    /// A branch, for its own sake.
    Branch,
    /// A pull request, or a queue in front of a branch.
    PullRequest,
    /// A tag.
    Tag,
    /// Something else happened, such as a comment: what is checked out is no sign of what is meant.
    Other,
}

/// The state of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CiPullRequestStatus))]
#[serde(rename_all = "UPPERCASE")]
pub enum PullRequestStatus {
    /// Under review.
    Open,
    /// Closed without a merge, or it is not known whether it was merged.
    Closed,
    /// Merged.
    Merged,
}

impl PullRequestStatus {
    /// The status after an event or in a state of this name, in the words of any hosting service.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        match word.strip_prefix("pull_request_").unwrap_or(&word) {
            "open" | "opened" | "reopened" | "created" | "edited" | "updated" | "sync"
            | "synchronize" => Some(Self::Open),
            "closed" | "close" => Some(Self::Closed),
            "merged" => Some(Self::Merged),
            _ => None,
        }
    }
}

/// What a system says. The names are those of [`Detected`].
#[derive(Default)]
pub(super) struct Fields {
    /// What is built, as far as the other fields do not show it.
    pub(super) kind: Option<Found<BuildKind>>,
    /// What may be the branch, in order. A tag or a pull request among them counts as such.
    pub(super) refs: Vec<Found<Ref>>,
    pub(super) commit: Option<Found<String>>,
    pub(super) merge: Option<Found<String>>,
    pub(super) pull_request: Option<Found<u64>>,
    pub(super) pull_request_url: Option<Found<String>>,
    pub(super) pull_request_status: Option<Found<PullRequestStatus>>,
    pub(super) target_branch: Option<Found<String>>,
    pub(super) repository: Option<Found<Slug>>,
    pub(super) clone_url: Option<Found<String>>,
    pub(super) build_url: Option<Found<String>>,
    pub(super) job_id: Option<Found<String>>,
    pub(super) tag: Option<Found<String>>,
    pub(super) fork: Option<Found<bool>>,
    pub(super) default_branch: Option<Found<String>>,
    /// Whether the pull request is of another hosting service than `clone_url`.
    pub(super) mirrored: bool,
    /// Whether the branch is the default branch, where the system does not tell which that is.
    pub(super) branch_is_default: Option<Found<bool>>,
}

impl Fields {
    /// Each field of `self`, or else that of `other`.
    pub(super) fn or(self, other: Self) -> Self {
        // A sign of a pull request is never overridden.
        let (kind, weaker) = match &other.kind {
            Some(kind) if kind.value == BuildKind::PullRequest => (other.kind, self.kind),
            _ => (self.kind, other.kind),
        };
        // Whether its branch is the default branch was said of that branch alone.
        let primary = other.branch_is_default.as_ref().filter(|it| it.value);
        let primary = primary.and_then(|primary| {
            Some(Found::new(branch(&other.refs)?.value, primary.source.clone()))
        });
        let same_branch = self.refs.is_empty();
        Self {
            kind: kind.or(weaker),
            refs: self.refs.into_iter().chain(other.refs).collect(),
            commit: self.commit.or(other.commit),
            merge: self.merge.or(other.merge),
            pull_request: self.pull_request.or(other.pull_request),
            pull_request_url: self.pull_request_url.or(other.pull_request_url),
            pull_request_status: self.pull_request_status.or(other.pull_request_status),
            target_branch: self.target_branch.or(other.target_branch),
            repository: self.repository.or(other.repository),
            clone_url: self.clone_url.or(other.clone_url),
            build_url: self.build_url.or(other.build_url),
            job_id: self.job_id.or(other.job_id),
            tag: self.tag.or(other.tag),
            fork: self.fork.or(other.fork),
            default_branch: self.default_branch.or(other.default_branch).or(primary),
            mirrored: self.mirrored || other.mirrored,
            branch_is_default: self
                .branch_is_default
                .or(other.branch_is_default.filter(|_| same_branch)),
        }
    }

    /// Draws what follows from the fields together.
    pub(super) fn settle(self) -> Detected {
        let kind = self.kind();
        let pull_request = self.pull_request.or_else(|| number(&self.refs));
        let tag = self.tag.or_else(|| tag(&self.refs));
        // Many systems repeat the tag in the variable of the branch.
        let branch = branch(&self.refs)
            .filter(|branch| tag.as_ref().is_none_or(|tag| tag.value != branch.value));
        let default_branch = self.default_branch.or_else(|| {
            let is_default = self.branch_is_default.as_ref().filter(|it| it.value)?;
            Some(Found::new(branch.as_ref()?.value.clone(), is_default.source.clone()))
        });
        let repository = self
            .repository
            .or_else(|| self.clone_url.clone().and_then(|url| url.then(|url| git::slug(&url))));
        let pull_request_url = self.pull_request_url.or_else(|| {
            self.clone_url
                .as_ref()
                .filter(|_| !self.mirrored)?
                .with(pull_request.as_ref()?, |url, number| {
                    Hosting::of_url(url)?.pull_request_page(url, *number)
                })
        });
        Detected {
            kind,
            branch,
            commit: self.commit,
            merge: self.merge,
            pull_request,
            pull_request_url,
            pull_request_status: self.pull_request_status,
            target_branch: self.target_branch,
            repository,
            clone_url: self.clone_url,
            build_url: self.build_url,
            job_id: self.job_id,
            tag,
            fork: self.fork,
            default_branch,
            branch_is_default: self.branch_is_default,
            ..Detected::default()
        }
    }

    /// What is built. Any sign of a pull request outweighs everything, because full deployments hang on it; then any
    /// sign of a tag.
    fn kind(&self) -> Option<Found<BuildKind>> {
        let said = |kind| self.kind.as_ref().filter(|said| said.value == kind).map(source);
        let refs = |is: fn(&Ref) -> bool| self.refs.iter().find(|it| is(&it.value)).map(source);
        let pull_request = said(BuildKind::PullRequest)
            .or_else(|| self.pull_request.as_ref().map(source))
            .or_else(|| self.pull_request_url.as_ref().map(source))
            .or_else(|| self.pull_request_status.as_ref().map(source))
            .or_else(|| self.target_branch.as_ref().map(source))
            .or_else(|| self.fork.as_ref().filter(|fork| fork.value).map(source))
            .or_else(|| refs(Ref::is_pull_request))
            .map(|source| Found::new(BuildKind::PullRequest, source));
        let tag = || {
            said(BuildKind::Tag)
                .or_else(|| self.tag.as_ref().map(source))
                .or_else(|| refs(Ref::is_tag))
                .map(|source| Found::new(BuildKind::Tag, source))
        };
        let branch = || refs(Ref::is_branch).map(|source| Found::new(BuildKind::Branch, source));
        pull_request.or_else(tag).or_else(|| self.kind.clone()).or_else(branch)
    }
}

fn source<T>(found: &Found<T>) -> String {
    found.source.clone()
}

fn branch(refs: &[Found<Ref>]) -> Option<Found<String>> {
    refs.iter().find_map(|it| it.clone().then(Ref::branch))
}

fn tag(refs: &[Found<Ref>]) -> Option<Found<String>> {
    refs.iter().find_map(|it| {
        it.clone().then(|it| match it {
            Ref::Tag(tag) => Some(tag),
            _ => None,
        })
    })
}

fn number(refs: &[Found<Ref>]) -> Option<Found<u64>> {
    refs.iter().find_map(|it| {
        it.clone().then(|it| match it {
            Ref::PullRequest(number) => number,
            _ => None,
        })
    })
}
