//! `prune`

use std::{path::PathBuf, time::Duration};

use clap::Args;
use offshoot_core::{
    git,
    ops::{
        self,
        prune::{MOST_LISTED, PresentBranches, Pruned, Rules},
    },
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
pub struct Prune {
    /// Only branch deployments of this repository [default with --remote: the one in its URL]
    #[arg(long, alias = "repo-name", value_name = "NAME")]
    git_repo_name: Option<String>,
    /// Delete too what is of a branch that this remote (URL or name) does not have; runs git
    #[arg(long, value_name = "URL", help_heading = "Branches that are gone")]
    remote: Option<String>,
    /// The same, with the branches in this file, `-` for standard input: names, or from `git ls-remote --heads`
    #[arg(long, value_name = "FILE", help_heading = "Branches that are gone")]
    branches_file: Option<PathBuf>,
    /// A branch that is there, beside those of the file; may be repeated
    #[arg(long = "branch", value_name = "NAME", help_heading = "Branches that are gone")]
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
deployment. The branches of forks are not among those of the remote: where forks are built, leave it to the status.
Columns: name, repository, branch, reasons.

Examples:
  offshoot prune
  offshoot prune --remote https://github.com/acme/shop.git --older-than 30d --yes
  git ls-remote --heads origin | offshoot prune --git-repo-name shop --branches-file - --yes";

    fn json(&self) -> bool {
        self.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.json;
        let (max, dry_run) = (usize::from(self.max_deletions), !self.yes);
        let rules = Rules {
            branches: self.present_branches()?,
            repository: self.repository(),
            older_than: self.older_than,
        };
        let connection = self.connect.organization(app)?;
        let pruned = block_on(ops::prune::prune(&app.host, &connection, &rules, max, dry_run))?;
        app.answer(json, &pruned)?;
        summarize(app, &pruned);
        Ok(())
    }
}

impl Prune {
    fn repository(&self) -> Option<String> {
        let in_remote = || Some(git::slug(self.remote.as_deref()?)?.name);
        self.git_repo_name.clone().or_else(in_remote)
    }

    fn present_branches(&self) -> Result<Option<PresentBranches>, Failure> {
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
        } else if self.branches_file.is_none() && texts.is_empty() {
            return Ok(None);
        }
        let repository = self.repository().ok_or_else(|| {
            Failure::usage(
                "whose branches these are is not known",
                "pass the repository's name as --git-repo-name",
            )
        })?;
        let lines = texts.iter().flat_map(|text| text.lines());
        Ok(Some(PresentBranches::read(repository, lines).map_err(ops::Error::from)?))
    }
}

/// What the lines of the result do not say.
fn summarize(app: &App, pruned: &Pruned) {
    let (deleted, kept) = (pruned.deleted.len(), pruned.kept);
    match (pruned.dry_run, deleted) {
        (true, 0) => app.note(&format!("nothing to delete; {kept} are kept")),
        (true, _) => {
            app.note(&format!("would delete {deleted} and keep {kept}; --yes deletes them"))
        }
        (false, _) => app.note(&format!("deleted {deleted}, kept {kept}")),
    }
    if !pruned.deferred.is_empty() {
        let deferred = pruned.deferred.len();
        app.note(&format!("{deferred} more are left for another run (--max-deletions)"));
    }
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
