//! `doctor`

use clap::Args;
use offshoot_core::{
    error::Code,
    ops::{self, CheckState, DeployInput, Diagnosis, DoctorPlace},
    plus::DeploymentName,
};
use offshoot_native::DockerConfig;
use pollster::block_on;

use super::{
    deploy::{What, deployment},
    shared::{Connect, Output, seconds},
    tree::Verb,
};
use crate::{app::App, failure::Failure, host::DockerKeychain};

/// `doctor`
#[derive(Debug, Args)]
pub struct Doctor {
    /// Full deployment that is to be deployed to, as `deploy` takes it
    #[arg(long, value_name = "NAME", value_parser = deployment)]
    full_deployment: Option<DeploymentName>,
    /// Full deployment to compare with [default: that of the organization]
    #[arg(long, value_name = "NAME")]
    base_deployment_name: Option<String>,
    /// Time of the commit in seconds since the Unix epoch, where there is no checkout
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds::<f64>)]
    timestamp: Option<f64>,
    /// Do not mind if the branch deployment carries a newer commit
    #[arg(long)]
    allow_older: bool,
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    connect: Connect,
    #[command(flatten)]
    output: Output,
}

impl Verb for Doctor {
    const EXAMPLES: &'static str = "Give it the flags that you give to `deploy`. Nothing is changed anywhere. It shows the state of each thing, and below \
it what to do. A warning is what cannot be told from here, and no failure.
For images it takes the credentials that `docker login` has stored (DOCKER_CONFIG), if there are any.
Exit codes: 0 a deploy would work, 1 something has failed.

Examples:
  offshoot doctor --image-tag \"$GIT_COMMIT\"
  offshoot doctor --json | jq -r '.checks[] | select(.state == \"failed\") | .name'";

    fn run(self, app: &App) -> Result<(), Failure> {
        let json = self.output.json;
        let ready = self.look(app).map_err(|failure| failure.in_json(json));
        let diagnosis = ready?;
        app.answer(json, &diagnosis)?;
        let failed = diagnosis.checks.iter().filter(|check| check.state == CheckState::Failed);
        let failed: Vec<&str> = failed.map(|check| check.name).collect();
        match diagnosis.ok {
            true => Ok(()),
            // What there is to say as JSON has been said.
            false => Err(Failure::of(
                Code::DoctorFailed,
                format!("a deploy would not work: {}", failed.join(", ")),
            )
            .hint("what to do stands below each of them")),
        }
    }
}

impl Doctor {
    fn look(self, app: &App) -> Result<Diagnosis, Failure> {
        let path = app.current_dir()?;
        let settled = self.connect.settled(app)?;
        let input = DeployInput {
            full_deployment: self.full_deployment,
            base_deployment_name: self.base_deployment_name,
            timestamp: self.timestamp,
            allow_older: self.allow_older,
            ..DeployInput::default()
        };
        let sources = self.what.sources();
        let keychain = DockerKeychain::Blocking(DockerConfig::new(&app.env));
        let place = DoctorPlace { path: &path, env: &app.env, asks_other_regions: true };
        Ok(block_on(ops::doctor(&app.host, settled, place, &input, &sources, &keychain)))
    }
}
