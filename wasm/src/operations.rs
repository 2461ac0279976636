//! The operations of the core, each under the name that it has in JavaScript.

use offshoot_core::{
    git,
    location::{self, LocationFlags},
    ops::{
        self, BranchDeploymentInput, BranchName, BuildPlace, DeployInput, ListFilter,
        LocationInput, Sources,
    },
    settings::WaitSettings,
};
use serde::Deserialize;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{json::answer, ports::Ports};

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
    sources: Sources,
    wait: WaitSettings,
    how: DeployInput,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddLocation {
    location_file: Option<String>,
    flags: LocationFlags,
    wait: WaitSettings,
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
    wait: WaitSettings,
    dry_run: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitForLocations {
    locations: Vec<String>,
    wait: WaitSettings,
}

#[wasm_bindgen(js_name = readGitState)]
pub async fn read_git_state(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, Nothing {}| {
        Ok(git::read(&ports, &ports, &request.env, &request.cwd)?)
    })
    .await
}

#[wasm_bindgen(js_name = detectContext)]
pub async fn detect_context(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, Nothing {}| {
        ops::read_context(&ports, &request.env, &request.cwd)
    })
    .await
}

#[wasm_bindgen]
pub async fn deploy(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, Deploy { sources, wait, how }| {
        let resolver = request.resolver(&ports);
        let limits = resolver.wait_limits(&wait)?;
        let (connection, full) = resolver.build()?;
        let place = BuildPlace { path: &request.cwd, env: &request.env, full: full.as_ref() };
        ops::deploy(&ports, &connection, place, how, &sources, limits).await
    })
    .await
}

#[wasm_bindgen(js_name = createOrUpdateBranchDeployment)]
pub async fn create_or_update_branch_deployment(
    ports: Ports,
    request: String,
) -> Result<String, JsValue> {
    answer(&request, async |request, input: BranchDeploymentInput| {
        let connection = request.organization(&ports)?;
        let checkout = (request.cwd.as_str(), &request.env);
        ops::create_or_update_branch_deployment(&ports, &connection, input, checkout).await
    })
    .await
}

#[wasm_bindgen(js_name = deleteBranchDeployment)]
pub async fn delete_branch_deployment(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, input: DryRun| {
        let (connection, name) = request.deployment(&ports)?;
        ops::delete_branch_deployment(&ports, &connection, &name, input.dry_run).await
    })
    .await
}

#[wasm_bindgen(js_name = branchDeploymentName)]
pub async fn branch_deployment_name(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, input: BranchName| {
        let connection = request.organization(&ports)?;
        ops::name_branch_deployment(&ports, &connection, &input).await
    })
    .await
}

#[wasm_bindgen(js_name = listBranchDeployments)]
pub async fn list_branch_deployments(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, input: ListFilter| {
        let connection = request.organization(&ports)?;
        ops::list_branch_deployments(&ports, &connection, &input).await
    })
    .await
}

#[wasm_bindgen(js_name = addLocation)]
pub async fn add_location(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, input: AddLocation| {
        let (connection, deployment) = request.deployment(&ports)?;
        let limits = request.resolver(&ports).wait_limits(&input.wait)?;
        let AddLocation { location_file: file, flags, dry_run, .. } = input;
        let input = LocationInput { file, flags };
        ops::add_or_update_location(&ports, &connection, &deployment, &input, limits, dry_run).await
    })
    .await
}

#[wasm_bindgen(js_name = deleteLocation)]
pub async fn delete_location(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, input: DeleteLocation| {
        let (connection, deployment) = request.deployment(&ports)?;
        let DeleteLocation { location_name, dry_run } = input;
        ops::delete_location(&ports, &connection, &deployment, &location_name, dry_run).await
    })
    .await
}

#[wasm_bindgen(js_name = listLocations)]
pub async fn list_locations(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, Nothing {}| {
        let (connection, deployment) = request.deployment(&ports)?;
        ops::list_locations(&ports, &connection, &deployment).await
    })
    .await
}

#[wasm_bindgen(js_name = pullLocations)]
pub async fn pull_locations(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, Nothing {}| {
        let (connection, deployment) = request.deployment(&ports)?;
        ops::pull_locations(&ports, &connection, &deployment).await
    })
    .await
}

#[wasm_bindgen(js_name = syncLocations)]
pub async fn sync_locations(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, input: SyncLocations| {
        let (connection, deployment) = request.deployment(&ports)?;
        let limits = request.resolver(&ports).wait_limits(&input.wait)?;
        let SyncLocations { workspace, dry_run, .. } = input;
        ops::sync_locations(&ports, &connection, &deployment, &workspace, limits, dry_run).await
    })
    .await
}

#[wasm_bindgen(js_name = waitForLocations)]
pub async fn wait_for_locations(ports: Ports, request: String) -> Result<String, JsValue> {
    answer(&request, async |request, input: WaitForLocations| {
        let (connection, deployment) = request.deployment(&ports)?;
        let limits = request.resolver(&ports).wait_limits(&input.wait)?;
        let locations = &input.locations;
        ops::wait_for_locations(&ports, &connection, &deployment, locations, limits).await
    })
    .await
}

/// The YAML of a JSON document, as the command line prints it.
#[wasm_bindgen(js_name = toYaml)]
pub fn to_yaml(document: &str) -> String {
    serde_json::from_str(document).map(|value| location::to_yaml(&value)).unwrap_or_default()
}
