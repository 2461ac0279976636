import type {
  BranchDeployment,
  BranchDeploymentInput,
  BranchName,
  CodeLocation,
  Context,
  Deleted,
  Deployed,
  DeployedLocations,
  DeployInput,
  Deployment,
  GitState,
  ListedCodeLocation,
  ListFilter,
  LocationFlags,
  OnMissingToken,
  Plan,
  Settings,
  Sources,
  Waited,
  WaitSettings,
} from "../generated/core.js";
import { call, type Operation, type Request } from "./call.js";
import { part, plain, sources, type CallOptions, type Given, type OrganizationSettings } from "./options.js";
import { resolve } from "node:path";
import { usage } from "./error.js";

/** Whether the option `Name` can be `Value` in what was written down. */
type May<Options, Name extends string, Value> = Name extends keyof Options ? (Value extends Options[Name] ? true : false) : false;

/** What a call answers with: the plan if `dry_run` is set, what was done if it is not, and either if that is not known. */
export type Done<Result, Options> = Options extends { dry_run: true } ? Plan : May<Options, "dry_run", true> extends true ? Plan | Result : Result;

/** Null, if the call may be skipped. */
export type Skipped<Options> = May<Options, "on_missing_token", "skip"> extends true ? null : never;

/** Options of {@link readGitState}. */
export type ReadGitStateOptions = Pick<CallOptions, "env" | "cwd" | "signal">;
/** Options of {@link detectContext}. */
export type DetectContextOptions = Pick<CallOptions, "env" | "cwd" | "signal">;
/** Options of {@link deploy}. The deployment that they may name is for builds of the default branch. */
export interface DeployOptions extends Given<DeployInput & Sources & WaitSettings & Settings>, CallOptions {
  /** `skip` answers with null where there is no API token, as in pull requests from forks. Default: `fail`. */
  on_missing_token?: OnMissingToken | undefined;
}
/** Options of {@link createOrUpdateBranchDeployment}. */
export interface BranchDeploymentOptions extends Given<BranchDeploymentInput & OrganizationSettings>, CallOptions {}
/** Options of {@link deleteBranchDeployment}. */
export interface DeleteBranchDeploymentOptions extends Given<Settings>, CallOptions {
  /** Answers with the plan, and deletes nothing. */
  dry_run?: boolean | undefined;
}
/** Options of {@link branchDeploymentName}. */
export interface BranchDeploymentNameOptions extends Given<BranchName & OrganizationSettings>, CallOptions {}
/** Options of {@link listBranchDeployments}. */
export interface ListBranchDeploymentsOptions extends Given<ListFilter & OrganizationSettings>, CallOptions {}
/** Options of {@link addLocation}. */
export interface AddLocationOptions extends Given<LocationFlags & WaitSettings & Settings>, CallOptions {
  /** The path of the YAML file that describes the location, or several of them. Options win over it. */
  location_file?: string | undefined;
  /** Answers with the plan, and sends nothing. */
  dry_run?: boolean | undefined;
}
/** Options of {@link deleteLocation}. */
export interface DeleteLocationOptions extends Given<Settings>, CallOptions {
  /** The name of the code location. */
  location_name: string;
  /** Answers with the plan, and deletes nothing. */
  dry_run?: boolean | undefined;
}
/** Options of {@link listLocations} and {@link pullLocations}. */
export interface DeploymentOptions extends Given<Settings>, CallOptions {}
/** Options of {@link syncLocations}. */
export interface SyncLocationsOptions extends Given<WaitSettings & Settings>, CallOptions {
  /** The path of the YAML file with all code locations. Default: `workspace.yaml`. */
  workspace?: string | undefined;
  /** Answers with the plan, and sends nothing. */
  dry_run?: boolean | undefined;
}
/** Options of {@link waitForLocations}. */
export interface WaitOptions extends Given<WaitSettings & Settings>, CallOptions {
  /** The names of the code locations. Default: all of the deployment. */
  locations?: readonly string[] | undefined;
}

/** How the options of each operation become its request. The command line goes through it too. */
export const requests = {
  readGitState: (_: ReadGitStateOptions): Request => ({ settings: {}, input: {} }),
  detectContext: (_: DetectContextOptions): Request => ({ settings: {}, input: {} }),
  deploy: (options: DeployOptions): Request => {
    const { on_missing_token = "fail", ...others } = options;
    const { settings, wait, input } = part(others, "deployment");
    return { settings, input: { on_missing_token, wait, ...sources(input) } };
  },
  createOrUpdateBranchDeployment: (options: BranchDeploymentOptions) => of(options, "organization", {}),
  deleteBranchDeployment: (options: DeleteBranchDeploymentOptions) => of(options, "deployment", { dry_run: false }),
  branchDeploymentName: (options: BranchDeploymentNameOptions) => of(options, "organization", {}),
  listBranchDeployments: (options: ListBranchDeploymentsOptions) => of(options, "organization", {}),
  addLocation: (options: AddLocationOptions): Request => {
    const { location_file, dry_run = false, ...others } = options;
    const { settings, wait, input: flags } = part(others, "deployment");
    return { settings, input: { location_file, dry_run, wait, flags } };
  },
  deleteLocation: (options: DeleteLocationOptions) => of(options, "deployment", { dry_run: false }),
  listLocations: (options: DeploymentOptions) => of(options, "deployment", {}),
  pullLocations: (options: DeploymentOptions) => of(options, "deployment", {}),
  syncLocations: (options: SyncLocationsOptions) => waiting(options, { workspace: "workspace.yaml", dry_run: false }),
  waitForLocations: (options: WaitOptions) => waiting(options, { locations: [] }),
} satisfies Record<Operation, (options: never) => Request>;

function of(options: object, scope: "organization" | "deployment", defaults: object): Request {
  const { settings, wait, input } = part(options, scope);
  return { settings, input: { ...defaults, ...wait, ...input } };
}

function waiting(options: object, defaults: object): Request {
  const { settings, wait, input } = part(options, "deployment");
  return { settings, input: { ...defaults, ...input, wait } };
}

async function run<Name extends Operation>(name: Name, options: Parameters<(typeof requests)[Name]>[0] & CallOptions): Promise<never> {
  const request = (requests[name] as (options: object) => Request)(plain(options));
  return JSON.parse(await call(name, request, options)) as never;
}

/**
 * The Git state of the checkout that the directory `path` is in: commit, branch and origin, as `git log -1` tells
 * them. No git program is needed; a few kilobytes are read, however large the repository is. `GIT_DIR` and its
 * like in `env` count as for git.
 *
 * @param path a directory in the checkout. Default: the current one.
 * @returns times are in seconds since the Unix epoch.
 * @throws {OffshootError} `git.not-found` outside of a checkout; `git.corrupt`, `git.unsupported` and
 *   `git.unreadable` for one that cannot be read.
 * @example
 * const { commit, branch } = await readGitState(".");
 * console.log(branch ?? "detached", commit?.hash, new Date((commit?.committer_time ?? 0) * 1000));
 */
export async function readGitState(path = ".", options: ReadGitStateOptions = {}): Promise<GitState> {
  const { cwd = ".", ...others } = plain(options);
  if (typeof path !== "string" || typeof cwd !== "string") throw usage("the path of the checkout is no text", "pass the path of a directory");
  return run("readGitState", { ...others, cwd: resolve(cwd, path) });
}

/**
 * What the CI system and the checkout at `cwd` tell of a build: branch, commit, pull request, repository and so on,
 * each with its value and where that is from. CI counts before Git, and `OFFSHOOT_BRANCH` and its like before CI.
 *
 * @returns fields that nothing tells are left out; times are in seconds since the Unix epoch.
 * @throws {OffshootError} `git.*` if no CI is known by its variables and there is no checkout that can be read.
 * @example
 * const { branch_name, pull_request } = await detectContext();
 * console.log(branch_name?.value, `by ${branch_name?.source}`, pull_request?.value);
 */
export async function detectContext(options: DetectContextOptions = {}): Promise<Context> {
  return run("detectContext", options);
}

/**
 * Deploys a build in one step: finds out what is built, updates its branch deployment, puts the code locations and
 * waits until they have loaded. Only builds of the default branch reach a full deployment.
 *
 * @param options Nothing is required in CI but the images. Timeouts are in seconds.
 * @throws {OffshootError} `target.*` if it is not known for sure where the build belongs, or a newer commit is there;
 *   `location.*` if the location file is wrong; otherwise as {@link addLocation}.
 * @example
 * const { url, target } = await deploy({ image_tag: process.env.GIT_COMMIT });
 */
export async function deploy<Options extends DeployOptions>(
  options: Options,
): Promise<Done<Deployed, Options> | Skipped<Options>> {
  return run("deploy", options);
}

/**
 * Creates the branch deployment of a branch, or brings it up to date.
 *
 * @param options With `read_git_state`, what is not given is read from the checkout at `cwd`.
 * @throws {OffshootError} `usage.invalid` if something is missing; `settings.*` without organization or token;
 *   `git.*` if the checkout cannot be read; `plus.*` if Dagster+ refuses or cannot be reached.
 * @example
 * const { name, url } = await createOrUpdateBranchDeployment({ read_git_state: true, branch_name: "feature/cart" });
 */
export async function createOrUpdateBranchDeployment<Options extends BranchDeploymentOptions>(
  options: Options,
): Promise<Done<BranchDeployment, Options>> {
  return run("createOrUpdateBranchDeployment", options);
}

/**
 * Deletes a branch deployment. A full deployment is refused.
 *
 * @throws {OffshootError} `plus.not-found` if there is none of that name; `target.refused` for a full deployment.
 * @example
 * await deleteBranchDeployment({ deployment: name });
 */
export async function deleteBranchDeployment<Options extends DeleteBranchDeploymentOptions>(
  options: Options,
): Promise<Done<Deleted, Options>> {
  return run("deleteBranchDeployment", options);
}

/**
 * The name that the branch deployment of a branch has, or would have.
 *
 * @throws {OffshootError} `plus.*` if Dagster+ refuses or cannot be reached.
 * @example
 * const { name } = await branchDeploymentName({ git_repo_name: "shop", branch_name: "feature/cart" });
 */
export async function branchDeploymentName(options: BranchDeploymentNameOptions): Promise<BranchDeployment> {
  return run("branchDeploymentName", options);
}

/**
 * The branch deployments of the organization, at most `limit` of them (100 by default).
 *
 * @throws {OffshootError} `plus.*` if Dagster+ refuses or cannot be reached.
 * @example
 * const open = await listBranchDeployments({ pull_request_status: "OPEN" });
 */
export async function listBranchDeployments(options: ListBranchDeploymentsOptions = {}): Promise<Deployment[]> {
  return run("listBranchDeployments", options);
}

/**
 * Adds or updates a code location and waits until it has loaded. Timeouts are in seconds; a
 * `location_load_timeout` of 0 waits not at all.
 *
 * @throws {OffshootError} `location.*` if the document is wrong; `load.failed` with the Python stack in `detail`,
 *   `load.no-agent` and `load.timeout` if it does not load; `plus.*` if Dagster+ refuses or cannot be reached.
 * @example
 * await addLocation({ deployment: name, location_name: "etl", module_name: "etl.definitions", image });
 */
export async function addLocation<Options extends AddLocationOptions>(
  options: Options,
): Promise<Done<DeployedLocations, Options>> {
  return run("addLocation", options);
}

/**
 * Deletes a code location.
 *
 * @throws {OffshootError} `plus.*` if Dagster+ refuses or cannot be reached.
 * @example
 * await deleteLocation({ deployment: name, location_name: "etl" });
 */
export async function deleteLocation<Options extends DeleteLocationOptions>(
  options: Options,
): Promise<Done<CodeLocation, Options>> {
  return run("deleteLocation", options);
}

/**
 * The code locations of a deployment, each with where its code comes from.
 *
 * @throws {OffshootError} `plus.*` if Dagster+ refuses or cannot be reached.
 */
export async function listLocations(options: DeploymentOptions = {}): Promise<ListedCodeLocation[]> {
  return run("listLocations", options);
}

/**
 * The code locations of a deployment as the document that {@link syncLocations} reads as YAML; null if there are none.
 *
 * @throws {OffshootError} `plus.*` if Dagster+ refuses or cannot be reached.
 */
export async function pullLocations(options: DeploymentOptions = {}): Promise<unknown> {
  return run("pullLocations", options);
}

/**
 * Makes the code locations of a deployment those of a file, and waits until they have loaded. Others are removed.
 *
 * @throws {OffshootError} as {@link addLocation}.
 */
export async function syncLocations<Options extends SyncLocationsOptions>(
  options: Options,
): Promise<Done<DeployedLocations, Options>> {
  return run("syncLocations", options);
}

/**
 * Waits until code locations have loaded what was put last. Timeouts are in seconds.
 *
 * @throws {OffshootError} as {@link addLocation}.
 * @example
 * await waitForLocations({ deployment: name, locations: ["etl"], location_load_timeout: 900, signal });
 */
export async function waitForLocations(options: WaitOptions = {}): Promise<Waited> {
  return run("waitForLocations", options);
}
