//! Issuing agent tokens.

use std::time::Duration;

use super::Store;
use super::deployment::hex;
use crate::permission::{Permission, Token};
use crate::refusal::Refusal;

/// An agent token that has just been made.
#[derive(Debug)]
pub(crate) struct IssuedToken {
    pub(crate) number: usize,
    pub(crate) value: String,
    pub(crate) created_at: Duration,
}

impl Store {
    /// Makes an agent token. Its value can be guessed, which is enough for a stand-in.
    pub(crate) fn create_agent_token(&self, organization: i32) -> Result<IssuedToken, Refusal> {
        let created_at = self.now();
        let mut world = self.lock();
        let organization = world
            .organizations
            .get_mut(&organization)
            .ok_or_else(|| Refusal::Python("the organization is gone".to_owned()))?;
        let number = organization.tokens().to_string();
        let secret = hex(&["token", &number, &created_at.as_micros().to_string()]);
        let value = format!("agent:{}:{secret}", organization.name);
        let number =
            organization.accept(Token { value: value.clone(), permission: Permission::Agent });
        Ok(IssuedToken { number, value, created_at })
    }
}
