import type { Operation } from "../call.js";

/** How the value of a flag is read. Texts that may begin with a dash say so; `texts` may be given several times. */
export type Kind = "text" | "texts" | "dashed-text" | "on" | "seconds" | "count" | "number" | "status" | "condition" | "fail-or-skip" | "refused";

/** A flag of a command, with the option it becomes: its own name with `_`, unless `option` says otherwise. */
export interface Flag {
  kind: Kind;
  help: string;
  short?: string;
  aliases?: readonly string[];
  option?: string;
  hidden?: boolean;
}

export type Flags = Readonly<Record<string, Flag>>;

/** A command: the words that call it, what it does, and what it takes. */
export interface Command {
  paths: readonly string[];
  operation: Operation;
  help: string;
  flags: Flags;
  /** What the words after the flags become: one option, or a list of them. */
  words?: { option: string; least: number; most: number };
  /** Flags that must be there, unless one of `unless` is. */
  required?: { flags: readonly string[]; unless?: string };
}

const text = (help: string, more: Partial<Flag> = {}): Flag => ({ kind: "text", help, ...more });

const CONNECT: Flags = {
  organization: text("organization, the `acme` of acme.dagster.cloud [DAGSTER_CLOUD_ORGANIZATION]", { short: "o" }),
  "api-token": text("API token; better given in the environment [DAGSTER_CLOUD_API_TOKEN]", { short: "u", aliases: ["user-token"] }),
  "api-token-file": text("file that holds the API token, - for standard input [DAGSTER_CLOUD_API_TOKEN_FILE]"),
  url: text("URL of the organization, for another host than dagster.cloud [DAGSTER_CLOUD_URL]"),
  "dagster-env": text("region, for example eu [DAGSTER_CLOUD_ENV]", { aliases: ["region"] }),
  "retry-budget": { kind: "seconds", help: "seconds that retries may take in all, 300 by default [OFFSHOOT_RETRY_BUDGET]" },
};

const DEPLOYMENT: Flags = { deployment: text("deployment [DAGSTER_CLOUD_DEPLOYMENT]", { short: "d" }) };

const WAITING: Flags = {
  "location-load-timeout": { kind: "seconds", help: "seconds for code locations to load, 3600 by default; 0: do not wait" },
  "agent-heartbeat-timeout": { kind: "seconds", help: "seconds for an agent's heartbeat, 60 by default" },
  "agent-timeout": { kind: "seconds", help: "both at once" },
};

const JSON_: Flags = { json: { kind: "on", help: "print the result, or the error, as JSON" } };
const OUTPUT: Flags = { ...JSON_, "dry-run": { kind: "on", help: "print the calls that would change something, and send none of them" } };

const REPOSITORY = text("name of the Git repository", { aliases: ["repo-name"] });
const BRANCH = text("branch");

const BASE: Flags = {
  "base-deployment-name": text("full deployment to compare with"),
  "snapshot-base-condition": { kind: "condition", help: "when to put the base's definitions aside to compare with: on-create or on-update" },
};

const CODE: Flags = {
  "python-file": text("Python file that holds the definitions", { short: "f" }),
  "package-name": text("Python package that holds the definitions", { short: "p" }),
  "module-name": text("Python module that holds the definitions", { short: "m" }),
  "working-directory": text("directory that imports are relative to"),
};

const REPORT: Flag = { kind: "refused", hidden: true, help: "only the binary writes reports" };

const DEPLOY: Flags = {
  "full-deployment": text("full deployment to go to, whatever the build is of"),
  ...BASE,
  timestamp: { kind: "number", help: "time of the commit in seconds since the Unix epoch, where there is no checkout" },
  "allow-older": { kind: "on", help: "let this commit take the place of a newer one" },
  "on-missing-token": { kind: "fail-or-skip", help: "what to do without an API token, as in pull requests from forks: fail or skip" },
  "location-file": text("location file; by default build.yaml, dagster_cloud.yaml or the dg project"),
  "location-name": { kind: "texts", help: "code location to deploy; may be given several times" },
  "image-tag": text("tag of the images that were built, for `build.registry` of each location"),
  image: { kind: "texts", help: "image of a location, as LOCATION=REFERENCE; may be given several times" },
  ...CODE,
  "git-url": text("page that shows the code"),
  "report-md": REPORT,
  junit: REPORT,
  ...CONNECT,
  ...WAITING,
  ...OUTPUT,
};

const ADD_LOCATION: Flags = {
  "location-file": text("YAML file that describes the location, or several of them", { aliases: ["from"] }),
  "location-name": text("name of the code location"),
  image: text("image that holds the code"),
  ...CODE,
  "autoload-defs-module-name": text("Python module below which definitions are looked for"),
  "executable-path": text("Python executable that loads the code"),
  attribute: text("attribute that is the definitions, or a function that returns them", { short: "a" }),
  "commit-hash": text("commit that the code is from"),
  "git-url": text("page that shows the code"),
  deployment: text("deployment [DAGSTER_CLOUD_DEPLOYMENT]"),
  ambiguous: { kind: "refused", short: "d", hidden: true, help: "write --deployment or --working-directory; in the official tool -d is the latter here" },
  ...CONNECT,
  ...WAITING,
  ...OUTPUT,
};

/** The paths of a command of `deployment`, which the old `workspace` has under shorter names. */
const both = (...names: string[]) => [...names.map((name) => `deployment ${name}`), ...names.map((name) => `workspace ${name.replace(/^(list|pull|sync)-locations$/, "$1")}`)];

/** All commands. */
export const COMMANDS: readonly Command[] = [
  {
    paths: ["context"],
    operation: "detectContext",
    help: "Tell what is known of this build, and from where",
    flags: JSON_,
  },
  {
    paths: ["deploy"],
    operation: "deploy",
    help: "Deploy this build in one step: branch deployment, code locations, wait",
    flags: DEPLOY,
  },
  {
    paths: ["branch-deployment create-or-update"],
    operation: "createOrUpdateBranchDeployment",
    help: "Create the branch deployment of a branch, or bring it up to date, and print its name",
    required: { flags: ["git-repo-name", "branch-name", "commit-hash", "timestamp"], unless: "read-git-state" },
    flags: {
      "git-repo-name": REPOSITORY,
      "branch-name": BRANCH,
      "commit-hash": text("hash of the branch's latest commit"),
      timestamp: { kind: "number", help: "time of the commit, in seconds since the Unix epoch" },
      "read-git-state": { kind: "on", help: "read what is not given from the Git repository here" },
      "no-read-git-state": { kind: "on", help: "do not", hidden: true },
      "branch-url": text("page that shows the branch"),
      "code-review-url": text("page that shows the pull request", { aliases: ["pull-request-url"] }),
      "code-review-id": text("number of the pull request", { aliases: ["pull-request-id"] }),
      "pull-request-status": { kind: "status", help: "status of the pull request: OPEN, CLOSED or MERGED" },
      "commit-message": { kind: "dashed-text", help: "subject line of the commit" },
      "commit-url": text("page that shows the commit"),
      "author-name": { kind: "dashed-text", help: "author of the commit" },
      "author-email": text("author's email"),
      "author-avatar-url": text("author's picture"),
      ...BASE,
      ...CONNECT,
      ...OUTPUT,
    },
  },
  {
    paths: ["branch-deployment delete"],
    operation: "deleteBranchDeployment",
    help: "Delete a branch deployment",
    flags: { ...DEPLOYMENT, ...CONNECT, ...OUTPUT },
  },
  {
    paths: ["branch-deployment list"],
    operation: "listBranchDeployments",
    help: "List branch deployments",
    flags: {
      "pull-request-status": { kind: "status", help: "only those with this pull request status" },
      limit: { kind: "count", help: "the most to list, 100 by default" },
      ...CONNECT,
      ...JSON_,
    },
  },
  {
    paths: ["branch-deployment name"],
    operation: "branchDeploymentName",
    help: "Print the name of a branch's branch deployment",
    required: { flags: ["git-repo-name", "branch-name"] },
    flags: { "git-repo-name": REPOSITORY, "branch-name": BRANCH, ...CONNECT, ...JSON_ },
  },
  {
    paths: both("add-location", "update-location"),
    operation: "addLocation",
    help: "Add or update a code location and wait until it has loaded",
    words: { option: "location_name", least: 0, most: 1 },
    flags: ADD_LOCATION,
  },
  {
    paths: both("delete-location"),
    operation: "deleteLocation",
    help: "Delete a code location",
    words: { option: "location_name", least: 1, most: 1 },
    flags: { ...DEPLOYMENT, ...CONNECT, ...OUTPUT },
  },
  {
    paths: both("list-locations"),
    operation: "listLocations",
    help: "List the code locations of a deployment",
    flags: { ...DEPLOYMENT, ...CONNECT, ...JSON_ },
  },
  {
    paths: both("pull-locations"),
    operation: "pullLocations",
    help: "Print the code locations as a workspace.yaml",
    flags: { ...DEPLOYMENT, ...CONNECT, ...JSON_ },
  },
  {
    paths: both("sync-locations"),
    operation: "syncLocations",
    help: "Make the code locations those of a workspace.yaml",
    flags: { workspace: text("YAML file with all code locations; others are removed", { short: "w" }), ...DEPLOYMENT, ...CONNECT, ...WAITING, ...OUTPUT },
  },
  {
    paths: ["wait"],
    operation: "waitForLocations",
    help: "Wait until code locations have loaded what was put last",
    words: { option: "locations", least: 0, most: Infinity },
    flags: { ...DEPLOYMENT, ...CONNECT, ...WAITING, ...JSON_ },
  },
];
