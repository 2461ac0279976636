//! What a request is about: whose it is, which deployment it names, what its token may do.

use std::sync::Arc;

use async_graphql::Context;

use crate::inspect::Inspect;
use crate::permission::{Action, Permission};
use crate::refusal::Refusal;
use crate::state::Store;
use crate::state::deployment::Deployment;
use crate::state::organization::Organization;

/// The data of one request.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) store: Arc<Store>,
    pub(crate) inspect: Inspect,
    /// The organization's id.
    pub(crate) organization: i32,
    /// The id of the deployment that the URL or the header names.
    pub(crate) deployment: Option<i32>,
    pub(crate) permission: Permission,
    pub(crate) idempotency_key: Option<String>,
}

impl Scope {
    /// The scope of the request that is being answered.
    pub(crate) fn of<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Self> {
        ctx.data::<Self>()
    }

    /// Answers a field that has error members: with the refusal that a test has ordered for it, or with what `answer` says.
    pub(crate) fn answer<T, U>(
        ctx: &Context<'_>,
        answer: impl FnOnce(&Self) -> Result<T, Refusal>,
    ) -> async_graphql::Result<U>
    where
        U: From<T> + From<Refusal>,
    {
        let scope = Self::of(ctx)?;
        let result = match scope.inspect.ordered_refusal(ctx.field().name()) {
            Some(refusal) => Err(refusal),
            None => answer(scope),
        };
        Ok(result.map_or_else(U::from, U::from))
    }

    /// Refuses what the token may not do.
    pub(crate) fn permit(&self, action: Action) -> Result<(), Refusal> {
        if self.permission.allows(action) {
            return Ok(());
        }
        Err(Refusal::Unauthorized("the token does not have permission for this".to_owned()))
    }

    /// The deployment that the request is about: at organization scope the default one (a guess).
    pub(crate) fn current(&self) -> Result<Arc<Deployment>, Refusal> {
        let id = self.deployment.or_else(|| self.store.default_deployment(self.organization));
        let id = id.ok_or_else(|| {
            Refusal::DeploymentNotFound("the organization has no deployment".to_owned())
        })?;
        self.store.deployment(self.organization, id)
    }

    /// The name of the deployment that the request names.
    pub(crate) fn deployment_name(&self) -> Option<String> {
        let deployment = self.store.deployment(self.organization, self.deployment?).ok()?;
        Some(deployment.name.clone())
    }

    /// The id of [`Self::current`], if the token may change what runs there.
    pub(crate) fn current_to_change(&self) -> Result<i32, Refusal> {
        let deployment = self.current()?;
        self.permit(change(&deployment))?;
        Ok(deployment.id)
    }

    /// The organization; the scope of a request is always one that exists.
    pub(crate) fn organization(&self) -> async_graphql::Result<Organization> {
        self.store
            .organization(self.organization)
            .ok_or_else(|| async_graphql::Error::new("the organization is gone"))
    }
}

/// The right that it takes to change what runs in a deployment.
pub(crate) fn change(deployment: &Deployment) -> Action {
    if deployment.is_branch() {
        Action::ChangeBranchDeployment
    } else {
        Action::ChangeFullDeployment
    }
}
