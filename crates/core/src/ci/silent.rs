//! Systems that expose nothing of Git to a task: Concourse, Argo Workflows and Tekton.
//!
//! Of these only Argo can be told by its variables; the others are named by `OFFSHOOT_CI`, and nothing is lost if they
//! are not.

use super::{fields::Fields, system::System, vars::Vars};

pub(super) fn argo_present(vars: Vars<'_>) -> bool {
    vars.any(&["ARGO_TEMPLATE", "ARGO_NODE_ID"])
}

pub(super) fn read_argo(vars: Vars<'_>) -> Fields {
    Fields { job_id: vars.text(&["ARGO_NODE_ID"]), ..Fields::default() }
}

/// What a person is told who asks for the context on `system`.
pub(super) fn problem(system: System) -> Option<String> {
    let from = match system.id {
        "concourse" => "`params` of the task, or from the pull request resource by `load_var`",
        "argo-workflows" => "`{{workflow.parameters...}}`",
        "tekton" => {
            "`$(params...)`, or with Pipelines-as-Code from `{{ source_branch }}` and the like"
        }
        _ => return None,
    };
    let name = system.name;
    Some(format!(
        "{name} tells a task nothing of Git: set `OFFSHOOT_BRANCH`, `OFFSHOOT_COMMIT`, `OFFSHOOT_PULL_REQUEST`, \
         `OFFSHOOT_REPOSITORY` and `OFFSHOOT_DEFAULT_BRANCH` from {from}"
    ))
}
