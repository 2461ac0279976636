//! `serve`

use std::{path::PathBuf, time::Duration};

use clap::Args;
use offshoot_core::{secret::Secret, text::to_json};

use super::{
    shared::{Connect, Waiting, read_token, seconds},
    tree::Verb,
};
use crate::{
    app::App,
    failure::Failure,
    serve::{
        self, Address, Bind, Options,
        background::{self, Reached},
        listen::Loopback,
        token::Token,
        workspace::Workspace,
    },
};

/// After how many seconds without a request a sidecar in the background ends itself.
const BACKGROUND_IDLE: u64 = 3600;

/// `serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Address of loopback to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: Loopback,
    /// Unix socket to listen on, in a directory that only you can enter
    #[arg(long, value_name = "PATH", conflicts_with = "listen")]
    unix: Option<PathBuf>,
    /// Directory whose files requests may name [default: the current one]
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// File that holds the sidecar's bearer token; without one, a token is made [env: OFFSHOOT_TOKEN]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Most operations at once; more are asked to come again later
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_operations: u32,
    /// Seconds that work may go on once the end was asked for
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = seconds::<u64>)]
    drain_timeout: u64,
    /// Seconds without a request after which it ends; 0: never [default: 3600 with --background, else 0]
    #[arg(long, value_name = "SECONDS", value_parser = seconds::<u64>)]
    idle_timeout: Option<u64>,
    /// Go to the background once requests are taken
    #[arg(long, conflicts_with = "api_token")]
    background: bool,
    /// File that the log goes to [default: nowhere]
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Print how it is reached as JSON
    #[arg(long)]
    json: bool,
    #[arg(long, hide = true, requires = "background")]
    detached: bool,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    waiting: Waiting,
}

impl Verb for Serve {
    const EXAMPLES: &'static str = "Prints how it is reached, for the shell to evaluate.

Examples:
  eval \"$(offshoot serve --background)\"
  NAME=$(curl -fsS -X PUT \"$OFFSHOOT_URL/v1/branch-deployments\" \\
      -H \"Authorization: Bearer $OFFSHOOT_TOKEN\" -H 'Accept: text/plain' \\
      -d read_git_state=true --data-urlencode branch_name=\"$CI_BRANCH\")
  offshoot stop";

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.json;
        if self.log.is_some() && !self.background {
            return Err(Failure::usage(
                "--log is for the background",
                "redirect stderr instead, or add --background",
            ));
        }
        let print = |reached: &Reached| {
            app.print(&if json { to_json(reached) } else { reached.as_shell() })
        };
        if self.background && !self.detached {
            return background::start().and_then(|reached| print(&reached));
        }
        if self.detached {
            let detached = background::detach(self.log.as_deref())?;
            return self.serve(app, |reached| detached.tell(reached));
        }
        self.serve(app, print)
    }
}

impl Serve {
    fn serve(
        self,
        app: &App,
        ready: impl FnOnce(&Reached) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let token = match (&self.token_file, app.env.get("OFFSHOOT_TOKEN")) {
            (Some(path), _) => Token::given(read_token(path)?)?,
            (None, Some(given)) => Token::given(Secret::new(given))?,
            (None, None) => Token::generate()?,
        };
        let workspace = self.workspace.unwrap_or_else(|| PathBuf::from("."));
        let default_idle = if self.background { BACKGROUND_IDLE } else { 0 };
        let idle = self.idle_timeout.unwrap_or(default_idle);
        let (connection, full) = self.connect.settled(app)??;
        let options = Options {
            bind: self.unix.map_or(Bind::Loopback(self.listen), Bind::Unix),
            limits: self.waiting.limits(app)?,
            connection,
            full,
            env: app.env.clone(),
            workspace: Workspace::new(&workspace)?,
            token: token.clone(),
            max_operations: usize::try_from(self.max_operations).unwrap_or(usize::MAX),
            drain_timeout: Duration::from_secs(self.drain_timeout),
            idle_timeout: (idle > 0).then(|| Duration::from_secs(idle)),
        };
        serve::run(options, |address: &Address| ready(&Reached::here(address, &token)))
    }
}
