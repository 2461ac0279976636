//! What a sandbox consists of before the first request.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::permission::{Permission, Token};

/// The organization of [`SandboxConfig::default`].
pub const DEFAULT_ORGANIZATION: &str = "acme";
/// The full deployment of an organization that names none.
pub const DEFAULT_DEPLOYMENT: &str = "prod";
/// The admin token of [`SandboxConfig::default`]. It opens nothing but a sandbox.
pub const DEFAULT_TOKEN: &str = "user:acme:sandbox";

/// How to set up a sandbox. The default is one organization `acme` with the full deployment `prod`, an admin
/// token and a running agent, on a free port of loopback.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    pub(crate) addr: SocketAddr,
    pub(crate) organizations: Vec<OrganizationConfig>,
    pub(crate) load_after: Duration,
    pub(crate) run_for: Duration,
    pub(crate) failing: BTreeMap<String, String>,
    pub(crate) agent: AgentConfig,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) requests_kept: usize,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self::new().organization(
            OrganizationConfig::new(DEFAULT_ORGANIZATION).token(DEFAULT_TOKEN, Permission::Admin),
        )
    }
}

impl SandboxConfig {
    /// A configuration without any organization: add at least one.
    #[must_use]
    pub fn new() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            organizations: Vec::new(),
            load_after: Duration::from_millis(800),
            run_for: Duration::from_secs(4),
            failing: BTreeMap::new(),
            agent: AgentConfig::Running,
            clock: Arc::new(SystemClock),
            requests_kept: 256,
        }
    }

    /// Where to listen; port 0 takes a free one.
    #[must_use]
    pub fn addr(mut self, addr: SocketAddr) -> Self {
        self.addr = addr;
        self
    }

    /// Adds an organization. The first one is the one that a request without a token, such as the page's, is for.
    #[must_use]
    pub fn organization(mut self, organization: OrganizationConfig) -> Self {
        self.organizations.push(organization);
        self
    }

    /// How long the built-in agent takes to load a location.
    #[must_use]
    pub fn load_after(mut self, load_after: Duration) -> Self {
        self.load_after = load_after;
        self
    }

    /// How long a launched run takes to succeed.
    #[must_use]
    pub fn run_for(mut self, run_for: Duration) -> Self {
        self.run_for = run_for;
        self
    }

    /// Makes every load of the location `name` fail with `message`, as if its Python code had raised it.
    #[must_use]
    pub fn fail_location(mut self, name: impl Into<String>, message: impl Into<String>) -> Self {
        self.failing.insert(name.into(), message.into());
        self
    }

    /// What the built-in agent does.
    #[must_use]
    pub fn agent(mut self, agent: AgentConfig) -> Self {
        self.agent = agent;
        self
    }

    /// Where the time comes from.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// How many of the latest requests [`crate::Inspect::requests`] can show.
    #[must_use]
    pub fn requests_kept(mut self, requests_kept: usize) -> Self {
        self.requests_kept = requests_kept;
        self
    }

    /// Refuses what could not be addressed or told apart.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.organizations.is_empty() {
            return Err(ConfigError::NoOrganization);
        }
        let mut names = BTreeSet::new();
        let mut tokens = BTreeSet::new();
        for organization in &self.organizations {
            check_name(&organization.name)?;
            if !names.insert(&organization.name) {
                return Err(ConfigError::Twice(organization.name.clone()));
            }
            let mut deployments = BTreeSet::new();
            for deployment in &organization.deployments {
                check_name(deployment)?;
                if !deployments.insert(deployment) {
                    return Err(ConfigError::Twice(deployment.clone()));
                }
            }
            for token in &organization.tokens {
                if token.value.is_empty() || !tokens.insert(&token.value) {
                    return Err(ConfigError::Token(organization.name.clone()));
                }
            }
        }
        Ok(())
    }
}

/// One organization: its name, tokens, full deployments and limits.
#[derive(Debug, Clone)]
pub struct OrganizationConfig {
    pub(crate) name: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) deployments: Vec<String>,
    pub(crate) branch_deployment_limit: Option<usize>,
    pub(crate) serverless: bool,
}

impl OrganizationConfig {
    /// An organization without a token, and with the full deployment `prod` unless others are added.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            tokens: Vec::new(),
            deployments: Vec::new(),
            branch_deployment_limit: None,
            serverless: false,
        }
    }

    /// Accepts `token`, with the rights of `permission`.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>, permission: Permission) -> Self {
        self.tokens.push(Token { value: token.into(), permission });
        self
    }

    /// Adds a full deployment. The first one is the default deployment.
    #[must_use]
    pub fn deployment(mut self, name: impl Into<String>) -> Self {
        self.deployments.push(name.into());
        self
    }

    /// At most this many branch deployments; one more is answered with a `DeploymentLimitError`.
    #[must_use]
    pub fn branch_deployment_limit(mut self, limit: usize) -> Self {
        self.branch_deployment_limit = Some(limit);
        self
    }

    /// Gives the deployments the agent type SERVERLESS instead of HYBRID.
    #[must_use]
    pub fn serverless(mut self) -> Self {
        self.serverless = true;
        self
    }
}

/// What the built-in agent does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentConfig {
    /// It runs and beats all the time.
    Running,
    /// It is known, but its last heartbeat is long past; nothing gets loaded.
    NotRunning,
    /// There is no agent at all; nothing gets loaded.
    Missing,
    /// It is known and starts to run this long after the sandbox.
    RunningAfter(Duration),
    /// It runs for full deployments; branch deployments have no agent, and nothing gets loaded there.
    FullDeploymentsOnly,
}

/// Why a configuration makes no sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No organization was added.
    #[error("a sandbox needs at least one organization")]
    NoOrganization,
    /// A name that cannot stand in a URL.
    #[error(
        "`{0}` cannot be the name of an organization or deployment: use letters, digits, `-` and `_`"
    )]
    Name(String),
    /// A name was given twice.
    #[error("`{0}` is there twice")]
    Twice(String),
    /// A token that is empty, or would belong to two organizations.
    #[error("a token of the organization `{0}` is empty or not unique")]
    Token(String),
}

/// Names go into URLs and host names as they are.
fn check_name(name: &str) -> Result<(), ConfigError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let reserved = ["graphql", "locations", "healthz"].contains(&name);
    if name.is_empty() || reserved || !name.chars().all(fits) {
        return Err(ConfigError::Name(name.to_owned()));
    }
    Ok(())
}
