//! The branch deployment of a build's branch.

use super::DeployInput;
use crate::{
    ci,
    ops::{
        BranchDeploymentInput, Error,
        branch_deployment::{named_by_service, variables},
        context::Build,
    },
    plus::{
        Client, DeploymentName,
        branch_deployments::{
            self, CreateOrUpdateVariables, Deployment, DeploymentType, PullRequestStatus,
        },
    },
    ports::Host,
};

/// What tells a branch deployment from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ops) struct Branch {
    pub(in crate::ops) repository: String,
    pub(in crate::ops) name: String,
}

/// The branch deployment `name`, if it is there.
pub(super) async fn find<H: Host>(
    client: &Client<'_, H>,
    name: &DeploymentName,
) -> Result<Option<Deployment>, Error> {
    match client.send(&branch_deployments::by_name(name)).await {
        Ok(there) if there.deployment_type == DeploymentType::Branch => Ok(Some(there)),
        Ok(_) => Err(Error::input(
            format!("Dagster+ named the branch deployment `{name}`, which is a full deployment"),
            "report this; nothing was changed",
        )),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Branch {
    /// The branch `name` of the build's repository.
    pub(in crate::ops) fn of(build: &Build, name: &str) -> Result<Self, Error> {
        let repository = build.repository().ok_or_else(|| {
            Error::input(
                "the repository is not known",
                "set `OFFSHOOT_REPOSITORY` to `owner/name`; `offshoot context` shows what is known",
            )
        })?;
        Ok(Self { repository, name: name.to_owned() })
    }

    /// The name of its branch deployment, and the branch deployment itself if it is there.
    pub(in crate::ops) async fn look_up<H: Host>(
        &self,
        client: &Client<'_, H>,
    ) -> Result<(DeploymentName, Option<Deployment>), Error> {
        let call = branch_deployments::name(&self.repository, &self.name);
        let name = named_by_service(&client.send(&call).await?)?;
        let there = find(client, &name).await?;
        Ok((name, there))
    }

    /// What brings its branch deployment up to date with the build. `status` counts if CI does not say another.
    pub(in crate::ops) fn update(
        &self,
        build: &Build,
        input: &DeployInput,
        status: PullRequestStatus,
    ) -> Result<CreateOrUpdateVariables, Error> {
        let context = &build.context;
        let commit_hash = context.commit_hash.as_ref().ok_or_else(|| {
            Error::input(
                "the commit is not known",
                "set `OFFSHOOT_COMMIT` to its full hash; `offshoot context` shows what is known",
            )
        })?;
        #[expect(clippy::cast_precision_loss, reason = "seconds stay exact for 285 million years")]
        let read = context.timestamp.as_ref().map(|found| found.value as f64);
        if let Some(given) = input.timestamp.filter(|given| *given < 0.0) {
            return Err(Error::input(
                format!("the timestamp `{given}` is no time of a commit: it is before 1970"),
                "--timestamp takes seconds since the Unix epoch: `git log -1 --format=%ct`",
            ));
        }
        let timestamp = input.timestamp.or(read).ok_or_else(|| {
            Error::input(
                "the time of the commit is not known: there is no checkout to read it from",
                "run this in the checkout, or pass --timestamp in seconds since the Unix epoch",
            )
        })?;
        let text = |found: &Option<ci::Found<String>>| found.as_ref().map(|it| it.value.clone());
        let said = context.pull_request_status.as_ref().map(|found| match found.value {
            ci::PullRequestStatus::Open => PullRequestStatus::Open,
            ci::PullRequestStatus::Closed => PullRequestStatus::Closed,
            ci::PullRequestStatus::Merged => PullRequestStatus::Merged,
        });
        let input = BranchDeploymentInput {
            git_repo_name: Some(self.repository.clone()),
            branch_name: Some(self.name.clone()),
            commit_hash: Some(commit_hash.value.clone()),
            timestamp: Some(timestamp),
            branch_url: text(&context.branch_url),
            code_review_url: text(&context.pull_request_url),
            code_review_id: context.pull_request.as_ref().map(|found| found.value.to_string()),
            pull_request_status: Some(said.unwrap_or(status)),
            commit_message: text(&context.commit_message),
            commit_url: text(&context.commit_url),
            author_name: text(&context.author_name),
            author_email: text(&context.author_email),
            base_deployment_name: input.base_deployment_name.clone(),
            snapshot_base_condition: input.snapshot_base_condition,
            ..BranchDeploymentInput::default()
        };
        variables(input, None)
    }
}
