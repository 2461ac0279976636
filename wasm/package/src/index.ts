/**
 * Dagster+ branch deployments from any CI.
 *
 * Options and answers have the names that the command line, its `--json` and the HTTP sidecar have. Settings that
 * are not given come from the variables (`DAGSTER_CLOUD_ORGANIZATION`, `DAGSTER_CLOUD_API_TOKEN`, ...) and the
 * configuration files, as for the command line.
 *
 * @packageDocumentation
 */
export {
  addLocation,
  branchDeploymentName,
  createOrUpdateBranchDeployment,
  deleteBranchDeployment,
  deleteLocation,
  listBranchDeployments,
  listLocations,
  OffshootError,
  pullLocations,
  readGitState,
  syncLocations,
  waitForLocations,
} from "./internal.js";
export type {
  AddLocationOptions,
  BranchDeploymentNameOptions,
  BranchDeploymentOptions,
  DeleteBranchDeploymentOptions,
  DeleteLocationOptions,
  DeploymentOptions,
  Done,
  ListBranchDeploymentsOptions,
  ReadGitStateOptions,
  SyncLocationsOptions,
  WaitOptions,
} from "./api.js";
export type { CallOptions, Environment, OrganizationSettings, Progress } from "./options.js";
export type { Authorities } from "./ports/authorities.js";
export type {
  BranchDeployment,
  BranchDeploymentInput,
  BranchName,
  Code,
  CodeLocation,
  CodeSource,
  Commit,
  Deleted,
  DeployedLocations,
  Deployment,
  DeploymentCommit,
  Event,
  GitMetadata,
  GitState,
  ListedCodeLocation,
  ListFilter,
  LocationFlags,
  Plan,
  PlannedCall,
  PullRequestStatus,
  Settings,
  Slug,
  SnapshotBaseDeploymentCondition,
  Waited,
  WaitSettings,
} from "../generated/core.js";
