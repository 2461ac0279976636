//! `prune`

use std::{path::PathBuf, time::Duration};

use clap::{ArgGroup, Args};
use offshoot_core::{
    git,
    ops::{
        self,
        prune::{MOST_LISTED, PresentBranches, Pruned, Rules, Scope, Wanted},
    },
    text::one_line,
};
use offshoot_native::remote;
use pollster::block_on;

use super::{
    shared::{Connect, read_text},
    tree::Verb,
};
use crate::{app::App, failure::Failure};

/// A file with more bytes is no list of branches.
const MAX_BRANCHES: u64 = 16 * 1024 * 1024;
/// Who writes less means another unit: `14m` are minutes.
const LEAST_AGE: Duration = Duration::from_secs(3600);

/// `prune`
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("all_branches").args(["remote", "branches_file"]).multiple(true)))]
pub struct Prune {
    /// Only branch deployments with exactly this repository name [default: of the repository of --remote, else of the build]
    #[arg(long, alias = "repo-name", value_name = "NAME")]
    git_repo_name: Option<String>,
    /// Branch deployments of every repository of the organization
    #[arg(long, conflicts_with_all = ["git_repo_name", "remote", "branches_file"])]
    all_repositories: bool,
    /// Delete too what is of a branch that this remote (URL or name) does not have; runs git
    #[arg(long, value_name = "URL", help_heading = "Branches that are gone")]
    remote: Option<String>,
    /// The same, with all branches in this file, `-` for standard input: names, or from `git ls-remote --heads`
    #[arg(long, value_name = "FILE", help_heading = "Branches that are gone")]
    branches_file: Option<PathBuf>,
    /// One more branch to keep, which is not among those of --remote or --branches-file; may be repeated
    #[arg(
        long = "branch",
        value_name = "NAME",
        requires = "all_branches",
        help_heading = "Branches that are gone"
    )]
    branches: Vec<String>,
    /// Delete too what has had no commit for this long, for example 14d or 12h
    #[arg(long, value_name = "AGE", value_parser = age)]
    older_than: Option<Duration>,
    /// The most to delete at once, the oldest first
    #[arg(long, value_name = "N", default_value_t = 20, allow_negative_numbers = true, value_parser = count)]
    max_deletions: u16,
    /// Delete; without it what would be deleted is printed
    #[arg(long, short)]
    yes: bool,
    /// Delete nothing, as without --yes
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Print the result, or the error, as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connect: Connect,
}

impl Verb for Prune {
    const EXAMPLES: &'static str = "Deletes the branch deployments whose pull request is CLOSED or MERGED, and what the flags add. Never a full \
deployment, and never those of another repository. The repository is the one that `offshoot context` shows, or that of --remote; \
branch deployments can have it as `owner/name` or as `name`, and both are its own. The branches of forks are not among those of the \
remote: where forks are built, leave it to the status.
Columns: name, repository, branch, reasons.

Examples:
  offshoot prune
  offshoot prune --remote https://github.com/acme/shop.git --older-than 30d --yes
  git ls-remote --heads origin | offshoot prune --git-repo-name acme/shop --branches-file - --yes";

    fn json(&self) -> bool {
        self.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.json;
        let (max, dry_run) = (usize::from(self.max_deletions), !self.yes);
        let scope = Scope::find(&app.host, (&app.current_dir()?, &app.env), self.wanted())?;
        let branches = self.present_branches(&scope)?;
        let rules = Rules { scope, branches, older_than: self.older_than };
        let connection = self.connect.organization(app)?;
        let pruned = block_on(ops::prune::prune(&app.host, &connection, &rules, max, dry_run))?;
        app.answer(json, &pruned)?;
        app.note(&looked_at(&rules.scope));
        summarize(app, &pruned);
        Ok(())
    }
}

impl Prune {
    fn wanted(&self) -> Wanted {
        match (&self.git_repo_name, &self.remote) {
            (Some(name), _) => Wanted::Named(name.clone()),
            (None, Some(remote)) => Wanted::OfRemote(remote.clone()),
            (None, None) if self.all_repositories => Wanted::OfAll,
            (None, None) => Wanted::OfBuild,
        }
    }

    fn present_branches(&self, scope: &Scope) -> Result<Option<PresentBranches>, Failure> {
        let mut texts = self.branches.clone();
        if let Some(path) = &self.branches_file {
            texts.push(read_text("the branches", path, MAX_BRANCHES)?);
        }
        if let Some(url) = &self.remote {
            let doing = format!("list the branches of `{}`", git::without_secrets(url));
            let listed = remote::list_heads(url).map_err(|error| {
                Failure::io(&doing, &error)
                    .hint("where git cannot reach it, pass the branches as --branches-file")
            });
            texts.push(listed?);
        } else if self.branches_file.is_none() {
            return Ok(None);
        }
        // A file does not say whose branches are in it, and the build need not be of the same repository.
        let is_said = self.git_repo_name.is_some() || self.remote.is_some();
        let repository = scope.repository().filter(|_| is_said).cloned().ok_or_else(|| {
            Failure::usage(
                "whose branches these are is not known",
                "pass the repository's name as --git-repo-name",
            )
        })?;
        let lines = texts.iter().flat_map(|text| text.lines());
        Ok(Some(PresentBranches::read(repository, lines).map_err(ops::Error::from)?))
    }
}

/// Of which repository the result is.
fn looked_at(scope: &Scope) -> String {
    match scope {
        Scope::One(repository) => {
            format!("of the repository `{}`:", one_line(&repository.to_string()))
        }
        Scope::All => "of all repositories:".to_owned(),
        Scope::Unknown => "of all repositories, because none is known here:".to_owned(),
    }
}

/// What the lines of the result do not say.
fn summarize(app: &App, pruned: &Pruned) {
    let (deleted, kept) = (pruned.deleted.len(), pruned.kept);
    let deferred = match pruned.deferred.len() {
        0 => None,
        count => Some(format!("{count} for another run (--max-deletions)")),
    };
    app.note(&match (pruned.dry_run, deleted, deferred) {
        (true, 0, None) => format!("nothing to delete; {kept} are kept"),
        (true, 0, Some(left)) => format!("would delete none, leave {left}, and keep {kept}"),
        (true, _, None) => format!("would delete {deleted} and keep {kept}; --yes deletes them"),
        (true, _, Some(left)) => {
            format!(
                "would delete {deleted}, leave {left}, and keep {kept}; --yes deletes the {deleted}"
            )
        }
        (false, _, None) => format!("deleted {deleted}, kept {kept}"),
        (false, _, Some(left)) => format!("deleted {deleted}, left {left}, kept {kept}"),
    });
    if pruned.is_list_cut {
        app.note(&format!(
            "only {MOST_LISTED} branch deployments were looked at; run it again for the others"
        ));
    }
}

fn count(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "it is no number up to 65535")
}

fn age(text: &str) -> Result<Duration, &'static str> {
    let age = humantime::parse_duration(text).map_err(|_| "it is no age, such as 14d or 12h")?;
    match age >= LEAST_AGE {
        true => Ok(age),
        false => Err("it is less than an hour; `d` stands for days, `h` for hours"),
    }
}
