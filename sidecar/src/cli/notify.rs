//! `notify`

use std::{fs, path::PathBuf, str::FromStr};

use clap::Args;
use offshoot_core::{
    ci::Hosting,
    ops::{
        self, BuildPlace, CommentChange, DeploymentState, DeploymentStatus, Notified, NotifyInput,
        ProviderAccess, SettledOrSkipped, StatusInput, Told,
    },
    plus::DeploymentName,
    report,
};
use offshoot_native::buildkite;
use pollster::block_on;

use super::{
    deploy::deployment,
    shared::{Connect, OnMissingToken, OutputOrPlan, count, read_token},
    tree::Verb,
};
use crate::{app::App, failure::Failure, report::file};

/// `notify`
#[derive(Debug, Args)]
pub struct Notify {
    /// Full deployment that the build was deployed to, as `deploy` takes it
    #[arg(long, value_name = "NAME", value_parser = deployment)]
    full_deployment: Option<DeploymentName>,
    /// Where to tell: github, gitlab, bitbucket, azure-devops, gitea (for Forgejo too), buildkite [default: where the
    /// repository is hosted, and Buildkite if that runs the build]
    #[arg(long, value_name = "NAME")]
    provider: Option<Provider>,
    /// Address of the hosting service, such as `https://git.acme.com` [default: by CI] [env: OFFSHOOT_NOTIFY_URL]
    #[arg(long, value_name = "URL")]
    provider_url: Option<String>,
    /// File that holds the token of the hosting service [default: OFFSHOOT_NOTIFY_TOKEN, or the service's own
    /// variable]
    #[arg(long, value_name = "FILE")]
    provider_token_file: Option<PathBuf>,
    /// Repository, as owner/name [default: by CI]
    #[arg(long, value_name = "NAME")]
    repository: Option<String>,
    /// Number of the pull request [default: by CI]
    #[arg(long, value_name = "NUMBER", value_parser = count::<u64>)]
    pull_request: Option<u64>,
    /// Commit whose status is set [default: by CI]
    #[arg(long, value_name = "HASH")]
    commit: Option<String>,
    /// Set no status of the commit
    #[arg(long)]
    no_commit_status: bool,
    /// Write the same as Markdown to this file; stdout (`-`) is not for it
    #[arg(long, value_name = "FILE", value_parser = file())]
    markdown_file: Option<PathBuf>,
    /// What to do without a token, as in pull requests from forks
    #[arg(long, value_name = "ACTION", value_enum, default_value = "fail")]
    on_missing_token: OnMissingToken,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: OutputOrPlan,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Provider {
    Hosting(Hosting),
    Buildkite,
}

impl FromStr for Provider {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "buildkite" => Ok(Self::Buildkite),
            other => other
                .parse()
                .map(Self::Hosting)
                .map_err(|error: String| format!("{error}, buildkite")),
        }
    }
}

impl Verb for Notify {
    const EXAMPLES: &'static str = "Tells how the deployment of this build is: by one comment on the pull request, which later calls keep up to date, \
and a status of the commit; on Buildkite by an annotation. Run it after `deploy`, whether that succeeded or not, with the same --full-deployment.
Tokens, by variable: OFFSHOOT_NOTIFY_TOKEN for any service, or GITHUB_TOKEN, GITLAB_TOKEN, BITBUCKET_TOKEN, \
SYSTEM_ACCESSTOKEN, GITEA_TOKEN. Without one nothing is sent.

Examples:
  offshoot notify
  offshoot notify --provider gitea --provider-url https://git.acme.com --pull-request \"$PR\"
  offshoot notify --provider buildkite --markdown-file deployment.md";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let OutputOrPlan { json, dry_run } = self.output;
        let path = app.current_dir()?;
        let token = self.provider_token_file.as_deref().map(read_token).transpose()?;
        let settled = self.connect.build(app, self.on_missing_token)?;
        let SettledOrSkipped::Settled(connection, full) = settled else { return Ok(()) };
        let place = BuildPlace { path: &path, env: &app.env, full: full.as_ref() };
        let which = StatusInput { full_deployment: self.full_deployment };
        let status = ops::deployment_status(&app.host, &connection, place, &which);
        let deployment = block_on(status)?;
        let markdown = report::of_status(&deployment);
        let mut told = Told { deployment, markdown, notified: None };

        let written = write(app, self.markdown_file.as_ref(), &told.markdown, dry_run)?;
        let annotated = annotate(app, self.provider, &told, dry_run)?;
        let hosting = match self.provider {
            Some(Provider::Buildkite) => return app.answer(json, &told),
            Some(Provider::Hosting(hosting)) => Some(hosting),
            None => None,
        };
        let input = NotifyInput {
            provider: hosting,
            repository: self.repository,
            pull_request: self.pull_request,
            commit: self.commit,
            no_commit_status: self.no_commit_status,
            dry_run,
        };
        let access = ProviderAccess { url: self.provider_url, token, trusts_checkout: true };
        let budget = connection.budget;
        let notified =
            block_on(ops::notify(&app.host, budget, place, &told.deployment, access, input));
        match notified {
            Ok(notified) => {
                app.note(&describe(&notified));
                told.notified = Some(notified);
            }
            // Who was not asked for by name need not be told, if somebody else was.
            Err(ops::Error::Notify(error))
                if error.is_for_want_of_something()
                    && hosting.is_none()
                    && (written || annotated) =>
            {
                app.note(&format!("no comment: {error}"));
            }
            Err(ops::Error::Notify(error))
                if self.on_missing_token == OnMissingToken::Skip && error.is_no_token() =>
            {
                app.note(&format!("skipped: {error}"));
            }
            Err(error) => return Err(error.into()),
        }
        app.answer(json, &told)
    }
}

/// Whether there is a file to be written.
fn write(
    app: &App,
    file: Option<&PathBuf>,
    markdown: &str,
    dry_run: bool,
) -> Result<bool, Failure> {
    let Some(path) = file else { return Ok(false) };
    let name = path.display();
    if dry_run {
        app.note(&format!("would write `{name}`"));
        return Ok(true);
    }
    fs::write(path, markdown).map_err(|error| Failure::io(&format!("write `{name}`"), &error))?;
    Ok(true)
}

/// Whether the build is one of Buildkite, and its page shows the deployment.
fn annotate(
    app: &App,
    provider: Option<Provider>,
    told: &Told,
    dry_run: bool,
) -> Result<bool, Failure> {
    let is_asked = provider == Some(Provider::Buildkite);
    let is_there = provider.is_none() && app.env.get("BUILDKITE").is_some();
    if !is_asked && !is_there {
        return Ok(false);
    }
    let DeploymentStatus { organization, deployment, state, .. } = &told.deployment;
    let context = format!("offshoot/{organization}/{deployment}");
    let style = match state {
        DeploymentState::Loaded => "success",
        DeploymentState::Pending => "info",
        DeploymentState::Failed => "error",
    };
    if dry_run {
        app.note(&format!("would annotate the build: {style}, {context}"));
        return Ok(true);
    }
    match buildkite::annotate(&context, style, &told.markdown) {
        Ok(()) => {
            app.note("annotated the build");
            Ok(true)
        }
        Err(error) if is_asked => Err(Failure::io("annotate the build", &error)
            .hint("run this in a step of Buildkite, where its agent is installed")),
        Err(error) => {
            app.note(&format!("no annotation: {error}"));
            Ok(false)
        }
    }
}

fn describe(notified: &Notified) -> String {
    let would = if notified.dry_run { "would have " } else { "" };
    let comment = notified.comment.map(|change| match change {
        CommentChange::Created => "made the comment",
        CommentChange::Updated => "updated the comment",
        CommentChange::Unchanged => "found the comment up to date",
    });
    let status = notified.commit.as_ref().map(|_| "set the commit status");
    let done: Vec<&str> = comment.into_iter().chain(status).collect();
    format!("{would}{} on {}", done.join(" and "), notified.provider)
}
