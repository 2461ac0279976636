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
  deploy,
  detectContext,
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
  DeployOptions,
  DetectContextOptions,
  Done,
  ListBranchDeploymentsOptions,
  ReadGitStateOptions,
  Skipped,
  SyncLocationsOptions,
  WaitOptions,
} from "./api.js";
export type { CallOptions, Environment, Given, OrganizationSettings, Progress } from "./options.js";
export type { Authorities } from "./ports/authorities.js";
export type {
  BranchDeployment,
  BranchDeploymentInput,
  BranchName,
  BuildKind,
  Code,
  CodeLocation,
  CodeSource,
  Commit,
  Conflict,
  Context,
  Deleted,
  Deployed,
  DeployedLocations,
  DeployInput,
  Deployment,
  DeploymentCommit,
  Event,
  Found,
  GitMetadata,
  GitState,
  ListedCodeLocation,
  ListFilter,
  LocationFlags,
  OnMissingToken,
  Plan,
  PlannedCall,
  PullRequestStatus,
  Report,
  Settings,
  Slug,
  SnapshotBaseDeploymentCondition,
  Sources,
  Target,
  Waited,
  WaitSettings,
} from "../generated/core.js";
