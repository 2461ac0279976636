//! What a branch deployment knows of Git and of the code review.

use async_graphql::{Enum, InputObject, SimpleObject};

/// A commit, as a client gives it and as it is answered: the two GraphQL types have the same fields.
#[derive(Debug, Clone, PartialEq, SimpleObject, InputObject)]
#[graphql(name = "DeploymentCommit", input_name = "DeploymentCommitInput")]
pub struct Commit {
    /// The committer timestamp in seconds since the Unix epoch.
    pub timestamp: f64,
    /// The full hash.
    pub commit_hash: String,
    /// The subject or the whole message, as the client chose.
    pub commit_message: Option<String>,
    /// Where to look at the commit.
    pub commit_url: Option<String>,
    /// The author's name.
    pub author_name: Option<String>,
    /// The author's e-mail address.
    pub author_email: Option<String>,
    /// A picture of the author.
    pub author_avatar_url: Option<String>,
}

/// The branch and its pull request, as a client gives them and as they are answered.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject, InputObject)]
#[graphql(name = "BranchDeploymentGitMetadata", input_name = "CreateOrUpdateBranchDeploymentInput")]
pub struct BranchMetadata {
    /// The branch.
    pub branch_name: String,
    /// The repository.
    pub repo_name: String,
    /// Where to look at the branch.
    pub branch_url: Option<String>,
    /// Where the review takes place.
    pub pull_request_url: Option<String>,
    /// The state of the review.
    pub pull_request_status: Option<PullRequestStatus>,
    /// The number of the review, as text.
    pub pull_request_number: Option<String>,
}

/// The state of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PullRequestStatus {
    /// Under review.
    Open,
    /// Closed without a merge.
    Closed,
    /// Merged.
    Merged,
}

impl BranchMetadata {
    /// Takes over what `new` says. What it leaves null keeps its old value (a guess).
    pub(crate) fn update(&mut self, new: Self) {
        self.branch_url = new.branch_url.or_else(|| self.branch_url.take());
        self.pull_request_url = new.pull_request_url.or_else(|| self.pull_request_url.take());
        self.pull_request_status = new.pull_request_status.or(self.pull_request_status);
        self.pull_request_number =
            new.pull_request_number.or_else(|| self.pull_request_number.take());
    }
}
