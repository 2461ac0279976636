//! The operations of the core, each under the name that it has in JavaScript.

use js_sys::Promise;
use offshoot_core::{
    git,
    location::LocationFlags,
    ops::{
        self, BranchDeploymentInput, BranchName, BuildPlace, DeployInput, ListFilter,
        LocationInput, OnMissingToken, SettledOrSkipped, Sources,
    },
    settings::WaitSettings,
};
use serde::Deserialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    json::{Fields, Request, answer},
    ports::Ports,
};

/// For operations that take nothing of their own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DryRun {
    dry_run: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deploy {
    sources: Fields<Sources>,
    wait: Fields<WaitSettings>,
    how: Fields<DeployInput>,
    on_missing_token: OnMissingToken,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddLocation {
    location_file: Option<String>,
    flags: Fields<LocationFlags>,
    wait: Fields<WaitSettings>,
    dry_run: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeleteLocation {
    location_name: String,
    dry_run: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SyncLocations {
    workspace: String,
    wait: Fields<WaitSettings>,
    dry_run: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitForLocations {
    locations: Vec<String>,
    wait: Fields<WaitSettings>,
}

#[wasm_bindgen(js_name = readGitState, unchecked_return_type = "Promise<string>")]
pub fn read_git_state(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, Nothing {}| {
        Ok(git::read(&ports, &ports, &request.env, &request.cwd)?)
    })
}

#[wasm_bindgen(js_name = detectContext, unchecked_return_type = "Promise<string>")]
pub fn detect_context(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, Nothing {}| {
        ops::read_context(&ports, &request.env, &request.cwd)
    })
}

#[wasm_bindgen(unchecked_return_type = "Promise<string>")]
pub fn deploy(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, input: Deploy| {
        let Deploy { sources, wait, how, on_missing_token } = input;
        let limits = request.resolver(&ports).wait_limits(&wait.0)?;
        let Request { settings, env, cwd, .. } = &request;
        let settled = ops::settle_or_skip(&ports, &settings.0, env, on_missing_token)?;
        let SettledOrSkipped::Settled(connection, full) = settled else { return Ok(None) };
        let place = BuildPlace { path: cwd, env, full: full.as_ref() };
        let deployed = ops::deploy(&ports, &connection, place, how.0, &sources.0, limits);
        deployed.await.map(Some)
    })
}

#[wasm_bindgen(js_name = createOrUpdateBranchDeployment, unchecked_return_type = "Promise<string>")]
pub fn create_or_update_branch_deployment(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, input: BranchDeploymentInput| {
        let connection = request.organization(&ports)?;
        let checkout = (request.cwd.as_str(), &request.env);
        ops::create_or_update_branch_deployment(&ports, &connection, input, checkout).await
    })
}

#[wasm_bindgen(js_name = deleteBranchDeployment, unchecked_return_type = "Promise<string>")]
pub fn delete_branch_deployment(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, input: DryRun| {
        let (connection, name) = request.deployment(&ports)?;
        ops::delete_branch_deployment(&ports, &connection, &name, input.dry_run).await
    })
}

#[wasm_bindgen(js_name = branchDeploymentName, unchecked_return_type = "Promise<string>")]
pub fn branch_deployment_name(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, input: BranchName| {
        let connection = request.organization(&ports)?;
        ops::name_branch_deployment(&ports, &connection, &input).await
    })
}

#[wasm_bindgen(js_name = listBranchDeployments, unchecked_return_type = "Promise<string>")]
pub fn list_branch_deployments(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, input: ListFilter| {
        let connection = request.organization(&ports)?;
        ops::list_branch_deployments(&ports, &connection, &input).await
    })
}

#[wasm_bindgen(js_name = addLocation, unchecked_return_type = "Promise<string>")]
pub fn add_location(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, input: AddLocation| {
        let (connection, deployment) = request.deployment(&ports)?;
        let limits = request.resolver(&ports).wait_limits(&input.wait.0)?;
        let AddLocation { location_file: file, flags: Fields(flags), dry_run, .. } = input;
        let input = LocationInput { file, flags };
        ops::add_or_update_location(&ports, &connection, &deployment, &input, limits, dry_run).await
    })
}

#[wasm_bindgen(js_name = deleteLocation, unchecked_return_type = "Promise<string>")]
pub fn delete_location(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, input: DeleteLocation| {
        let (connection, deployment) = request.deployment(&ports)?;
        let DeleteLocation { location_name, dry_run } = input;
        ops::delete_location(&ports, &connection, &deployment, &location_name, dry_run).await
    })
}

#[wasm_bindgen(js_name = listLocations, unchecked_return_type = "Promise<string>")]
pub fn list_locations(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, Nothing {}| {
        let (connection, deployment) = request.deployment(&ports)?;
        ops::list_locations(&ports, &connection, &deployment).await
    })
}

#[wasm_bindgen(js_name = pullLocations, unchecked_return_type = "Promise<string>")]
pub fn pull_locations(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, Nothing {}| {
        let (connection, deployment) = request.deployment(&ports)?;
        ops::pull_locations(&ports, &connection, &deployment).await
    })
}

#[wasm_bindgen(js_name = syncLocations, unchecked_return_type = "Promise<string>")]
pub fn sync_locations(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, input: SyncLocations| {
        let (connection, deployment) = request.deployment(&ports)?;
        let limits = request.resolver(&ports).wait_limits(&input.wait.0)?;
        let SyncLocations { workspace, dry_run, .. } = input;
        ops::sync_locations(&ports, &connection, &deployment, &workspace, limits, dry_run).await
    })
}

#[wasm_bindgen(js_name = waitForLocations, unchecked_return_type = "Promise<string>")]
pub fn wait_for_locations(ports: Ports, request: String) -> Promise {
    answer(request, async move |request, input: WaitForLocations| {
        let (connection, deployment) = request.deployment(&ports)?;
        let limits = request.resolver(&ports).wait_limits(&input.wait.0)?;
        let locations = &input.locations;
        ops::wait_for_locations(&ports, &connection, &deployment, locations, limits).await
    })
}
