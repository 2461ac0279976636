//! `deployment ...` and `workspace ...`

use clap::Args;
use offshoot_core::{
    location::LocationFlags,
    ops::{self, LocationInput},
};
use pollster::block_on;

use super::{
    shared::{Connect, Deployment, Output, OutputOrPlan, Waiting},
    tree::Verb,
};
use crate::{app::App, failure::Failure};

/// `deployment add-location` and `update-location`
#[derive(Debug, Args)]
pub struct Add {
    /// Name of the code location
    #[arg(value_name = "LOCATION")]
    location: Option<String>,
    /// YAML file that describes the location, or several of them
    #[arg(long, alias = "from", value_name = "FILE")]
    location_file: Option<String>,
    /// Name of the code location
    #[arg(long, value_name = "NAME")]
    location_name: Option<String>,
    /// Image that holds the code
    #[arg(long, value_name = "REFERENCE")]
    image: Option<String>,
    /// Python file that holds the definitions
    #[arg(long, short = 'f', value_name = "FILE")]
    python_file: Option<String>,
    /// Python package that holds the definitions
    #[arg(long, short, value_name = "NAME")]
    package_name: Option<String>,
    /// Python module that holds the definitions
    #[arg(long, short, value_name = "NAME")]
    module_name: Option<String>,
    /// Python module below which definitions are looked for
    #[arg(long, value_name = "NAME")]
    autoload_defs_module_name: Option<String>,
    /// Directory that imports are relative to
    #[arg(long, value_name = "DIR")]
    working_directory: Option<String>,
    /// Python executable that loads the code
    #[arg(long, value_name = "PATH")]
    executable_path: Option<String>,
    /// Attribute that is the definitions, or a function that returns them
    #[arg(long, short, value_name = "NAME")]
    attribute: Option<String>,
    /// Commit that the code is from
    #[arg(long, value_name = "HASH")]
    commit_hash: Option<String>,
    /// Page that shows the code
    #[arg(long, value_name = "URL")]
    git_url: Option<String>,
    /// Deployment [env: DAGSTER_CLOUD_DEPLOYMENT]
    #[arg(long, value_name = "NAME")]
    deployment: Option<String>,
    /// Refused: in the official tool this is the working directory here, and the deployment everywhere else.
    #[arg(short = 'd', hide = true, value_name = "NAME", value_parser = ambiguous)]
    ambiguous: Option<String>,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    output: OutputOrPlan,
}

impl Verb for Add {
    const EXAMPLES: &'static str = "Flags win over the file. Prints the page of the code locations once the location has loaded.

Examples:
  offshoot deployment add-location --deployment \"$NAME\" --location-file locations.yaml \\
      --location-name etl --image \"$REGISTRY/etl:$TAG\"
  offshoot deployment add-location etl --deployment \"$NAME\" -m etl.definitions --image \"$IMAGE\"";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let OutputOrPlan { json, dry_run } = self.output;
        let input = LocationInput {
            file: self.location_file,
            flags: LocationFlags {
                location_name: self.location.or(self.location_name),
                python_file: self.python_file,
                module_name: self.module_name,
                package_name: self.package_name,
                autoload_defs_module_name: self.autoload_defs_module_name,
                working_directory: self.working_directory,
                image: self.image,
                executable_path: self.executable_path,
                attribute: self.attribute,
                commit_hash: self.commit_hash,
                git_url: self.git_url,
                ..LocationFlags::default()
            },
        };
        let (connection, deployment) = self.connect.deployment(app, self.deployment)?;
        let limits = self.waiting.limits(app)?;
        let call = ops::add_or_update_location(
            &app.host,
            &connection,
            &deployment,
            &input,
            limits,
            dry_run,
        );
        let outcome = block_on(call)?;
        app.answer(json, &outcome)
    }
}

/// `deployment delete-location`
#[derive(Debug, Args)]
pub struct Delete {
    /// Name of the code location
    #[arg(value_name = "LOCATION")]
    location: String,
    #[command(flatten)]
    deployment: Deployment,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: OutputOrPlan,
}

impl Verb for Delete {
    const EXAMPLES: &'static str = "Example:
  offshoot deployment delete-location etl --deployment \"$NAME\"";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let OutputOrPlan { json, dry_run } = self.output;
        let (connection, deployment) = self.connect.deployment(app, self.deployment.deployment)?;
        let call =
            ops::delete_location(&app.host, &connection, &deployment, &self.location, dry_run);
        let outcome = block_on(call)?;
        app.answer(json, &outcome)
    }
}

/// `deployment list-locations`
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    deployment: Deployment,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: Output,
}

impl Verb for List {
    const EXAMPLES: &'static str = "Example:
  offshoot deployment list-locations --deployment prod";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.output.json;
        let (connection, deployment) = self.connect.deployment(app, self.deployment.deployment)?;
        let listed = block_on(ops::list_locations(&app.host, &connection, &deployment))?;
        app.answer(json, &listed)
    }
}

/// `deployment pull-locations`
#[derive(Debug, Args)]
pub struct Pull {
    #[command(flatten)]
    deployment: Deployment,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: Output,
}

impl Verb for Pull {
    const EXAMPLES: &'static str = "Example:
  offshoot deployment pull-locations --deployment prod > workspace.yaml";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.output.json;
        let (connection, deployment) = self.connect.deployment(app, self.deployment.deployment)?;
        let document = block_on(ops::pull_locations(&app.host, &connection, &deployment))?;
        app.answer(json, &document)
    }
}

/// `deployment sync-locations`
#[derive(Debug, Args)]
pub struct Sync {
    /// YAML file with all code locations; others are removed
    #[arg(long, short, value_name = "FILE", default_value = "workspace.yaml")]
    workspace: String,
    #[command(flatten)]
    deployment: Deployment,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    output: OutputOrPlan,
}

impl Verb for Sync {
    const EXAMPLES: &'static str = "Example:
  offshoot deployment sync-locations --deployment \"$NAME\" --workspace workspace.yaml";

    fn json(&self) -> bool {
        self.output.json
    }

    fn run(self, app: &App) -> Result<(), Failure> {
        let OutputOrPlan { json, dry_run } = self.output;
        let (connection, deployment) = self.connect.deployment(app, self.deployment.deployment)?;
        let limits = self.waiting.limits(app)?;
        let call = ops::sync_locations(
            &app.host,
            &connection,
            &deployment,
            &self.workspace,
            limits,
            dry_run,
        );
        let outcome = block_on(call)?;
        app.answer(json, &outcome)
    }
}

fn ambiguous(_: &str) -> Result<String, &'static str> {
    Err("write --deployment or --working-directory; in the official tool -d is the latter here")
}
