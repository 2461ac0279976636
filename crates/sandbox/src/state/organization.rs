//! Organizations and their tokens.

use serde_json::{Value, json};

use crate::config::OrganizationConfig;
use crate::permission::{Permission, Token};

/// An organization. Its deployments are kept beside it, by id.
#[derive(Debug, Clone)]
pub(crate) struct Organization {
    pub(crate) id: i32,
    pub(crate) name: String,
    pub(crate) serverless: bool,
    pub(crate) branch_deployment_limit: Option<usize>,
    pub(crate) settings: Value,
    tokens: Vec<Token>,
}

impl Organization {
    /// The organization as configured.
    pub(crate) fn new(id: i32, config: &OrganizationConfig) -> Self {
        Self {
            id,
            name: config.name.clone(),
            serverless: config.serverless,
            branch_deployment_limit: config.branch_deployment_limit,
            settings: json!({}),
            tokens: config.tokens.clone(),
        }
    }

    /// The rights of `token` here, if it is one of this organization.
    pub(crate) fn permission(&self, token: &str) -> Option<Permission> {
        self.tokens.iter().find(|known| known.value == token).map(|known| known.permission)
    }

    /// Accepts another token, and answers its number.
    pub(crate) fn accept(&mut self, token: Token) -> usize {
        self.tokens.push(token);
        self.tokens.len()
    }

    /// How many tokens there are.
    pub(crate) fn tokens(&self) -> usize {
        self.tokens.len()
    }
}
