//! The organization: its settings, tokens, registry and usage events.

use async_graphql::{Enum, InputObject, SimpleObject, Union};

use super::GenericScalar;
use super::errors::{PythonError, UnauthorizedError, refusals};
use crate::permission::{Action, Permission};
use crate::state::IssuedToken;
use crate::state::organization::Organization;

/// Who asks.
#[derive(SimpleObject)]
pub(crate) struct DagsterCloudIdentity {
    permissions: Vec<DagsterCloudPermission>,
}

#[derive(SimpleObject)]
struct DagsterCloudPermission {
    permission: &'static str,
    value: bool,
    disabled_reason: Option<&'static str>,
}

impl DagsterCloudIdentity {
    /// The service's names of permissions are not public: these are guesses.
    pub(crate) fn of(permission: Permission) -> Self {
        let named = [
            ("manage_branch_deployments", Action::ChangeBranchDeployment),
            ("edit_code_locations", Action::ChangeFullDeployment),
            ("manage_full_deployments", Action::Administer),
        ];
        let one = |(name, action)| {
            let value = permission.allows(action);
            let disabled_reason = (!value).then_some("the token does not have permission for this");
            DagsterCloudPermission { permission: name, value, disabled_reason }
        };
        Self { permissions: named.map(one).into() }
    }
}

#[derive(SimpleObject)]
pub(crate) struct DagsterCloudOrganization {
    id: i32,
    public_id: String,
    name: String,
    status: OrganizationStatus,
}

impl From<Organization> for DagsterCloudOrganization {
    fn from(organization: Organization) -> Self {
        Self {
            id: organization.id,
            public_id: format!("sandbox-{}", organization.id),
            name: organization.name,
            status: OrganizationStatus::Active,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum OrganizationStatus {
    Active,
    ReadOnly,
    Suspended,
    PendingDeletion,
}

#[derive(SimpleObject)]
pub(crate) struct DeploymentSettings {
    pub(crate) settings: Option<GenericScalar>,
}

#[derive(InputObject)]
pub(crate) struct DeploymentSettingsInput {
    pub(crate) settings: Option<GenericScalar>,
}

#[derive(SimpleObject)]
pub(crate) struct OrganizationSettings {
    pub(crate) settings: Option<GenericScalar>,
}

#[derive(Union)]
pub(crate) enum CreateAgentTokenResult {
    Token(DagsterCloudAgentToken),
    Unauthorized(UnauthorizedError),
    Python(PythonError),
}
refusals!(CreateAgentTokenResult: Unauthorized);

#[derive(SimpleObject)]
pub(crate) struct DagsterCloudAgentToken {
    id: i32,
    token: String,
    create_timestamp: Option<f64>,
    revoked: bool,
    description: Option<String>,
}

impl DagsterCloudAgentToken {
    pub(crate) fn new(issued: IssuedToken, description: Option<String>) -> Self {
        Self {
            id: i32::try_from(issued.number).unwrap_or(i32::MAX),
            token: issued.value,
            create_timestamp: Some(issued.created_at.as_secs_f64()),
            revoked: false,
            description,
        }
    }
}

/// The image registry of Serverless, which the sandbox does not have.
#[derive(SimpleObject)]
pub(crate) struct Serverless {
    id: String,
    registry_url: Option<String>,
    registry_allow_custom_base: Option<bool>,
    aws_auth_token: Option<String>,
    aws_region: String,
    registry_is_harbor: Option<bool>,
}

impl Serverless {
    pub(crate) fn without_registry() -> Self {
        Self {
            id: "Serverless".to_owned(),
            registry_url: None,
            registry_allow_custom_base: Some(false),
            aws_auth_token: None,
            aws_region: "us-west-2".to_owned(),
            registry_is_harbor: Some(false),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum CliEventType {
    Deploy,
    Upload,
    Build,
}
