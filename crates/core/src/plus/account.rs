//! The organization, and what the token may do in it.

use super::{Call, Scope, agents::AgentType, call::operation, schema};

/// The organization that the token belongs to: the smallest call that needs a valid token.
pub fn organization() -> Call<Organization> {
    Call::new::<OrganizationQuery>("ask for the organization", Scope::Organization, (), |data| {
        Ok(data.organization)
    })
}

/// What the token may do in the organization. The names of permissions are the service's own, and not documented.
pub fn permissions() -> Call<Vec<Permission>> {
    Call::new::<IdentityQuery>("ask what the token may do", Scope::Organization, (), |data| {
        Ok(data.identity.permissions)
    })
}

/// The full deployments of the organization.
pub fn full_deployments() -> Call<Vec<FullDeployment>> {
    Call::new::<FullDeploymentsQuery>(
        "list the full deployments",
        Scope::Organization,
        (),
        |data| Ok(data.full_deployments),
    )
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(graphql_type = "DagsterCloudOrganization")]
pub struct Organization {
    /// Its name, which is the first part of its host.
    pub name: String,
    /// Whether it can be used.
    pub status: OrganizationStatus,
}

/// Whether an organization can be used.
#[derive(Debug, Clone, PartialEq, Eq, cynic::Enum)]
pub enum OrganizationStatus {
    /// It can.
    Active,
    /// It can be looked at.
    ReadOnly,
    /// It is closed for a time.
    Suspended,
    /// It will be gone.
    PendingDeletion,
    /// One that the schema did not have when offshoot was built.
    #[cynic(fallback)]
    Other(String),
}

/// Something that a token may do, or not.
#[derive(Debug, Clone, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(graphql_type = "DagsterCloudPermission")]
pub struct Permission {
    /// The service's name for it.
    pub permission: String,
    /// Whether the token may.
    pub value: bool,
    /// Why not, in words.
    pub disabled_reason: Option<String>,
}

/// A full deployment.
#[derive(Debug, Clone, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(graphql_type = "DagsterCloudDeployment")]
pub struct FullDeployment {
    /// Its name.
    pub deployment_name: String,
    /// Who runs its agents.
    pub agent_type: AgentType,
    /// Whether it can be the base of branch deployments.
    pub can_have_branch_deployments: bool,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery")]
struct OrganizationQuery {
    organization: Organization,
}

operation!(query OrganizationQuery(()));

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery")]
struct IdentityQuery {
    identity: Identity,
}

operation!(query IdentityQuery(()));

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "DagsterCloudIdentity")]
struct Identity {
    permissions: Vec<Permission>,
}

#[derive(Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "CloudQuery")]
struct FullDeploymentsQuery {
    full_deployments: Vec<FullDeployment>,
}

operation!(query FullDeploymentsQuery(()));
