//! `deploy`

use clap::Args;
use offshoot_core::{
    ops::{self, BuildPlace, DeployInput, Deployed, Outcome, SettledOrSkipped, Sources, WaitError},
    plus::{DeploymentName, branch_deployments::SnapshotBaseDeploymentCondition},
};
use pollster::block_on;

use super::{
    shared::{Connect, OnMissingToken, OutputOrPlan, Waiting, seconds},
    tree::Verb,
};
use crate::{
    app::App,
    failure::Failure,
    report::{End, Reports},
};

/// `deploy`
#[derive(Debug, Args)]
pub struct Deploy {
    /// Full deployment to go to, whatever the build is of [default: builds of the default branch alone go to
    /// DAGSTER_CLOUD_DEPLOYMENT, all others to their branch deployment]
    #[arg(long, value_name = "NAME", value_parser = deployment)]
    full_deployment: Option<DeploymentName>,
    /// Full deployment to compare with [default: that of the organization]
    #[arg(long, value_name = "NAME")]
    base_deployment_name: Option<String>,
    /// When to put the base's definitions aside to compare with: on-create or on-update [default: never]
    #[arg(long, value_name = "CONDITION")]
    snapshot_base_condition: Option<SnapshotBaseDeploymentCondition>,
    /// Time of the commit in seconds since the Unix epoch, where there is no checkout
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds::<f64>)]
    timestamp: Option<f64>,
    /// Let this commit take the place of a newer one
    #[arg(long)]
    allow_older: bool,
    /// What to do without an API token, as in pull requests from forks
    #[arg(long, value_name = "ACTION", value_enum, default_value = "fail")]
    on_missing_token: OnMissingToken,
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    output: OutputOrPlan,
}

/// What is deployed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Code locations")]
pub struct What {
    /// Location file [default: build.yaml, dagster_cloud.yaml or the dg project, here or at the top of the
    /// checkout]
    #[arg(long, value_name = "FILE")]
    location_file: Option<String>,
    /// Code location to deploy; may be given several times [default: all of the file]
    #[arg(long, value_name = "NAME", action = clap::ArgAction::Append)]
    location_name: Vec<String>,
    /// Tag of the images that were built, for `build.registry` of each location
    #[arg(long, value_name = "TAG")]
    image_tag: Option<String>,
    /// Image of a location, as LOCATION=REFERENCE; may be given several times
    #[arg(long, value_name = "REFERENCE", action = clap::ArgAction::Append)]
    image: Vec<String>,
    /// Python module that holds the definitions, of a single location
    #[arg(long, short, value_name = "NAME")]
    module_name: Option<String>,
    /// Python package that holds the definitions, of a single location
    #[arg(long, short, value_name = "NAME")]
    package_name: Option<String>,
    /// Python file that holds the definitions, of a single location
    #[arg(long, short = 'f', value_name = "FILE")]
    python_file: Option<String>,
    /// Directory that imports are relative to, of a single location
    #[arg(long, value_name = "DIR")]
    working_directory: Option<String>,
    /// Link to the source code [default: the page of the commit, where the repository's host is a known one]
    #[arg(long, value_name = "URL")]
    git_url: Option<String>,
}

impl What {
    /// The same, for the operation.
    pub fn sources(self) -> Sources {
        Sources {
            location_file: self.location_file,
            location_name: self.location_name,
            image_tag: self.image_tag,
            image: self.image,
            module_name: self.module_name,
            package_name: self.package_name,
            python_file: self.python_file,
            working_directory: self.working_directory,
            git_url: self.git_url,
        }
    }
}

impl Verb for Deploy {
    const EXAMPLES: &'static str = "Needs no argument in CI, but the images: the branch, the commit and the pull request are taken from the \
variables of the CI system, then from Git. `offshoot context` shows them.
Exit codes: 12 a location failed to load, 16 refused: the wrong target, or a newer commit is there.

Examples:
  offshoot deploy --image-tag \"$GIT_COMMIT\"
  offshoot deploy --image etl=\"$REGISTRY/etl:$TAG\" --image ml=\"$REGISTRY/ml:$TAG\" --junit deploy.xml
  offshoot deploy --image-tag \"$TAG\" --dry-run";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let (json, reports) = (self.output.json, self.reports.clone());
        let ended = self.deploy(app);
        let end = match &ended {
            // A plan leaves no report.
            Ok(Ended::Done(Outcome::Planned(_))) => None,
            Ok(Ended::Done(Outcome::Done(deployed))) => Some(End::Deployed(deployed)),
            Ok(Ended::Skipped { reason }) => Some(End::Skipped { reason }),
            Ok(Ended::NotLoaded(error)) => Some(End::NotLoaded(error)),
            Err(failure) => Some(End::Failed(failure.report())),
        };
        let mut unwritten = end.map(|end| reports.write(app, end)).unwrap_or_default();
        // The deployment's own error is what the log and the exit code end with.
        let ended = ended.and_then(Ended::outcome);
        let ended = ended.and_then(|outcome| unwritten.pop().map_or(Ok(outcome), Err));
        for failure in unwritten {
            app.note(&format!("note: {}", failure.report().message));
        }
        match ended? {
            Some(outcome) => app.answer(json, &outcome),
            None => Ok(()),
        }
    }
}

/// How a deployment ended that could begin, or was not to.
enum Ended {
    Done(Outcome<Deployed>),
    Skipped { reason: String },
    NotLoaded(WaitError),
}

impl Ended {
    /// What there is to print, if anything.
    fn outcome(self) -> Result<Option<Outcome<Deployed>>, Failure> {
        match self {
            Self::Done(outcome) => Ok(Some(outcome)),
            Self::Skipped { .. } => Ok(None),
            Self::NotLoaded(error) => Err(ops::Error::from(error).into()),
        }
    }
}

impl Deploy {
    fn deploy(self, app: &App) -> Result<Ended, Failure> {
        let path = app.current_dir()?;
        let (connection, full) = match self.connect.build(app, self.on_missing_token)? {
            SettledOrSkipped::Settled(connection, full) => (connection, full),
            SettledOrSkipped::Skipped { reason } => return Ok(Ended::Skipped { reason }),
        };
        let limits = self.waiting.limits(app)?;
        let input = DeployInput {
            full_deployment: self.full_deployment,
            base_deployment_name: self.base_deployment_name,
            snapshot_base_condition: self.snapshot_base_condition,
            timestamp: self.timestamp,
            allow_older: self.allow_older,
            dry_run: self.output.dry_run,
        };
        let sources = self.what.sources();
        let place = BuildPlace { path: &path, env: &app.env, full: full.as_ref() };
        match block_on(ops::deploy(&app.host, &connection, place, input, &sources, limits)) {
            Ok(outcome) => Ok(Ended::Done(outcome)),
            Err(ops::Error::Wait(error)) => Ok(Ended::NotLoaded(error)),
            Err(error) => Err(error.into()),
        }
    }
}

/// A deployment name in a flag.
pub fn deployment(text: &str) -> Result<DeploymentName, String> {
    DeploymentName::parse(text).map_err(|error| error.to_string())
}
