//! Branch deployments: create or update, name, list, show, delete.

use std::str::FromStr;

use serde::Serialize;

use super::{
    Call, DeploymentName, Refusal, Scope, Timestamp,
    call::operation,
    fragments::{
        DeleteFinalDeploymentError, DeploymentLimitError, DeploymentNotFoundError,
        DuplicateDeploymentError, PythonError, UnauthorizedError,
    },
    schema,
};

/// Creates the branch deployment of a repository's branch, or brings it up to date. Answers with its name.
pub fn create_or_update(variables: CreateOrUpdateVariables) -> Call<String> {
    Call::new::<CreateOrUpdateBranchDeployment>(
        "create or update the branch deployment",
        Scope::Organization,
        variables,
        |data| match data.create_or_update_branch_deployment {
            CreateDeploymentResult::DagsterCloudDeployment(deployment) => {
                Ok(deployment.deployment_name)
            }
            CreateDeploymentResult::DeploymentNotFoundError(error) => Err(error.into()),
            CreateDeploymentResult::UnauthorizedError(error) => Err(error.into()),
            CreateDeploymentResult::PythonError(error) => Err(error.into()),
            CreateDeploymentResult::DuplicateDeploymentError(error) => Err(error.into()),
            CreateDeploymentResult::DeploymentLimitError(error) => Err(error.into()),
            CreateDeploymentResult::Unknown(kind) => Err(Refusal::Unknown(kind)),
        },
    )
}

/// The name that the branch deployment of `branch` in `repository` has, or would have.
pub fn name(repository: &str, branch: &str) -> Call<String> {
    Call::new::<BranchDeploymentName>(
        "look up the branch deployment's name",
        Scope::Organization,
        NameVariables { repo_name: repository.to_owned(), branch_name: branch.to_owned() },
        |data| Ok(data.get_branch_deployment_name),
    )
}

/// At most `limit` branch deployments, of one pull request status or of all.
pub fn list(limit: i32, pull_request_status: Option<PullRequestStatus>) -> Call<Vec<Deployment>> {
    Call::new::<BranchDeployments>(
        "list the branch deployments",
        Scope::Organization,
        ListVariables { limit, pull_request_status },
        |data| Ok(data.branch_deployments.nodes),
    )
}

/// The deployment of that name, full or branch.
pub fn by_name(name: &DeploymentName) -> Call<Deployment> {
    Call::new::<DeploymentByName>(
        "look up the deployment",
        Scope::Organization,
        ByNameVariables { name: name.to_string() },
        |data| match data.deployment_by_name {
            DeploymentOrError::DagsterCloudDeployment(deployment) => Ok(*deployment),
            DeploymentOrError::DeploymentNotFoundError(error) => Err(error.into()),
            DeploymentOrError::PythonError(error) => Err(error.into()),
            DeploymentOrError::UnauthorizedError(error) => Err(error.into()),
            DeploymentOrError::Unknown(kind) => Err(Refusal::Unknown(kind)),
        },
    )
}

/// The deletion of a branch deployment, which answers with its identifier. There is no call that deletes a full one: that is not for a build.
///
/// # Errors
/// If `deployment` is no branch deployment.
pub fn delete(deployment: &Deployment) -> Result<Call<i32>, Refusal> {
    if deployment.deployment_type != DeploymentType::Branch {
        return Err(Refusal::NotABranch(deployment.deployment_name.clone()));
    }
    Ok(Call::new::<DeleteDeployment>(
        "delete the branch deployment",
        Scope::Organization,
        DeleteVariables { deployment_id: deployment.deployment_id },
        |data| match data.delete_deployment {
            DeleteDeploymentResult::DagsterCloudDeployment(deployment) => {
                Ok(deployment.deployment_id)
            }
            DeleteDeploymentResult::DeploymentNotFoundError(error) => Err(error.into()),
            DeleteDeploymentResult::DeleteFinalDeploymentError(error) => Err(error.into()),
            DeleteDeploymentResult::UnauthorizedError(error) => Err(error.into()),
            DeleteDeploymentResult::PythonError(error) => Err(error.into()),
            DeleteDeploymentResult::Unknown(kind) => Err(Refusal::Unknown(kind)),
        },
    ))
}

/// The variables of [`create_or_update`]: every key is sent, unset ones as null.
#[derive(Debug, Clone, cynic::QueryVariables)]
pub struct CreateOrUpdateVariables {
    /// The branch and its pull request.
    pub branch_data: CreateOrUpdateBranchDeploymentInput,
    /// The branch's latest commit.
    pub commit: DeploymentCommitInput,
    /// The full deployment to compare with; the service takes the default one if unset.
    pub base_deployment_name: Option<String>,
    /// When the base deployment's definitions are put aside to compare with.
    pub snapshot_base_condition: Option<SnapshotBaseDeploymentCondition>,
}

/// The branch and its pull request.
#[derive(Debug, Clone, cynic::InputObject)]
#[cynic(require_all_fields)]
pub struct CreateOrUpdateBranchDeploymentInput {
    /// The repository's name. Together with the branch it is the identity of the branch deployment.
    pub repo_name: String,
    /// The branch's name.
    pub branch_name: String,
    /// A page that shows the branch.
    pub branch_url: Option<String>,
    /// A page that shows the pull request.
    pub pull_request_url: Option<String>,
    /// Its status.
    pub pull_request_status: Option<PullRequestStatus>,
    /// Its number, or any identifier.
    pub pull_request_number: Option<String>,
}

/// A commit.
#[derive(Debug, Clone, cynic::InputObject)]
#[cynic(require_all_fields)]
pub struct DeploymentCommitInput {
    /// The full hash.
    pub commit_hash: String,
    /// The committer's time.
    pub timestamp: Timestamp,
    /// The subject line.
    pub commit_message: Option<String>,
    /// A page that shows the commit.
    pub commit_url: Option<String>,
    /// The author's name.
    pub author_name: Option<String>,
    /// The author's email.
    pub author_email: Option<String>,
    /// A picture of the author.
    pub author_avatar_url: Option<String>,
}

/// The state of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, cynic::Enum)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(rename_all = "UPPERCASE"))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[cfg_attr(feature = "typescript", serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum PullRequestStatus {
    /// Under review.
    Open,
    /// Closed without a merge.
    Closed,
    /// Merged.
    Merged,
}

/// When a branch deployment's base is put aside to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, cynic::Enum)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(rename_all = "kebab-case"))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[cfg_attr(feature = "typescript", serde(rename_all = "kebab-case"))]
pub enum SnapshotBaseDeploymentCondition {
    /// Once, when the branch deployment is created.
    OnCreate,
    /// At every update of it.
    OnUpdate,
}

impl PullRequestStatus {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Closed => "CLOSED",
            Self::Merged => "MERGED",
        }
    }
}

impl FromStr for PullRequestStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_uppercase().as_str() {
            "OPEN" => Ok(Self::Open),
            "CLOSED" => Ok(Self::Closed),
            "MERGED" => Ok(Self::Merged),
            _ => Err(format!("`{text}` is no pull request status: OPEN, CLOSED or MERGED")),
        }
    }
}

impl FromStr for SnapshotBaseDeploymentCondition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().replace('_', "-").as_str() {
            "on-create" => Ok(Self::OnCreate),
            "on-update" => Ok(Self::OnUpdate),
            _ => Err(format!("`{text}` is no snapshot condition: on-create or on-update")),
        }
    }
}

/// A deployment.
#[derive(Debug, Clone, PartialEq, Serialize, cynic::QueryFragment)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[cynic(graphql_type = "DagsterCloudDeployment")]
pub struct Deployment {
    /// The identifier that deletion wants.
    pub deployment_id: i32,
    /// The name that stands in URLs.
    pub deployment_name: String,
    /// Full or branch.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    #[cfg_attr(feature = "typescript", tsify(type = r#""PRODUCTION" | "BRANCH" | (string & {})"#))]
    pub deployment_type: DeploymentType,
    /// Branch and pull request, of a branch deployment.
    pub branch_deployment_git_metadata: Option<GitMetadata>,
    /// The commit it was last updated to.
    pub latest_commit: Option<DeploymentCommit>,
}

/// Full or branch.
#[derive(Debug, Clone, PartialEq, Eq, cynic::Enum)]
#[cynic(graphql_type = "DagsterCloudDeploymentType")]
pub enum DeploymentType {
    /// A full deployment. Never touched by what a branch or pull request builds.
    Production,
    /// A branch deployment.
    Branch,
    /// A kind that the schema did not have when offshoot was built.
    #[cynic(fallback)]
    Other(String),
}

/// What a branch deployment knows of its branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, cynic::QueryFragment)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[cynic(graphql_type = "BranchDeploymentGitMetadata")]
pub struct GitMetadata {
    /// The branch.
    pub branch_name: String,
    /// The repository.
    pub repo_name: String,
    /// A page that shows the branch.
    pub branch_url: Option<String>,
    /// A page that shows the pull request.
    pub pull_request_url: Option<String>,
    /// The pull request's status.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[cfg_attr(
        feature = "typescript",
        tsify(type = r#""OPEN" | "CLOSED" | "MERGED" | (string & {}) | null"#)
    )]
    pub pull_request_status: Option<ReportedStatus>,
    /// The pull request's number.
    pub pull_request_number: Option<String>,
}

/// A pull request's status as the service reports it.
#[derive(Debug, Clone, PartialEq, Eq, cynic::Enum)]
#[cynic(graphql_type = "PullRequestStatus")]
pub enum ReportedStatus {
    /// Under review.
    Open,
    /// Closed without a merge.
    Closed,
    /// Merged.
    Merged,
    /// One that the schema did not have when offshoot was built.
    #[cynic(fallback)]
    Other(String),
}

/// A commit that a branch deployment was updated to.
#[derive(Debug, Clone, PartialEq, Serialize, cynic::QueryFragment)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[cynic(graphql_type = "DeploymentCommit")]
pub struct DeploymentCommit {
    /// The full hash.
    pub commit_hash: String,
    /// The committer's time.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    #[cfg_attr(feature = "typescript", tsify(type = "number"))]
    pub timestamp: Timestamp,
    /// The subject line.
    pub commit_message: Option<String>,
    /// The author's name.
    pub author_name: Option<String>,
}

impl ReportedStatus {
    /// As the API writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Open => "OPEN",
            Self::Closed => "CLOSED",
            Self::Merged => "MERGED",
            Self::Other(status) => status,
        }
    }
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudMutation", variables = "CreateOrUpdateVariables")]
struct CreateOrUpdateBranchDeployment {
    #[arguments(
        baseDeploymentName: $base_deployment_name,
        branchData: $branch_data,
        commit: $commit,
        snapshotBaseCondition: $snapshot_base_condition
    )]
    create_or_update_branch_deployment: CreateDeploymentResult,
}

operation!(mutation CreateOrUpdateBranchDeployment(CreateOrUpdateVariables));

#[derive(Debug, cynic::InlineFragments)]
#[cynic(exhaustive)]
enum CreateDeploymentResult {
    DagsterCloudDeployment(CreatedDeployment),
    DeploymentNotFoundError(DeploymentNotFoundError),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    DuplicateDeploymentError(DuplicateDeploymentError),
    DeploymentLimitError(DeploymentLimitError),
    #[cynic(fallback)]
    Unknown(String),
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "DagsterCloudDeployment")]
struct CreatedDeployment {
    deployment_name: String,
}

#[derive(Debug, cynic::QueryVariables)]
struct NameVariables {
    repo_name: String,
    branch_name: String,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery", variables = "NameVariables")]
struct BranchDeploymentName {
    #[arguments(repoName: $repo_name, branchName: $branch_name)]
    get_branch_deployment_name: String,
}

operation!(query BranchDeploymentName(NameVariables));

#[derive(Debug, cynic::QueryVariables)]
struct ListVariables {
    limit: i32,
    pull_request_status: Option<PullRequestStatus>,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery", variables = "ListVariables")]
struct BranchDeployments {
    #[arguments(limit: $limit, pullRequestStatus: $pull_request_status)]
    branch_deployments: BranchDeploymentsConnection,
}

operation!(query BranchDeployments(ListVariables));

#[derive(Debug, cynic::QueryFragment)]
struct BranchDeploymentsConnection {
    nodes: Vec<Deployment>,
}

#[derive(Debug, cynic::QueryVariables)]
struct ByNameVariables {
    name: String,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery", variables = "ByNameVariables")]
struct DeploymentByName {
    #[arguments(name: $name)]
    deployment_by_name: DeploymentOrError,
}

operation!(query DeploymentByName(ByNameVariables));

#[derive(Debug, cynic::InlineFragments)]
#[cynic(exhaustive)]
enum DeploymentOrError {
    DagsterCloudDeployment(Box<Deployment>),
    DeploymentNotFoundError(DeploymentNotFoundError),
    PythonError(PythonError),
    UnauthorizedError(UnauthorizedError),
    #[cynic(fallback)]
    Unknown(String),
}

#[derive(Debug, cynic::QueryVariables)]
struct DeleteVariables {
    deployment_id: i32,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudMutation", variables = "DeleteVariables")]
struct DeleteDeployment {
    #[arguments(deploymentId: $deployment_id)]
    delete_deployment: DeleteDeploymentResult,
}

operation!(mutation DeleteDeployment(DeleteVariables));

#[derive(Debug, cynic::InlineFragments)]
#[cynic(exhaustive)]
enum DeleteDeploymentResult {
    DagsterCloudDeployment(DeletedDeployment),
    DeploymentNotFoundError(DeploymentNotFoundError),
    DeleteFinalDeploymentError(DeleteFinalDeploymentError),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    #[cynic(fallback)]
    Unknown(String),
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "DagsterCloudDeployment")]
struct DeletedDeployment {
    deployment_id: i32,
}
