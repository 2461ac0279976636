import type { Event, Settings, Sources, WaitSettings } from "../generated/core.js";
import { usage } from "./error.js";
import type { Authorities } from "./ports/authorities.js";

/** Environment variables: `process.env`, or what stands for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What happens during a call, and the same in words. */
export type Progress = Event & { message: string };

/** What every function takes beside its own options. */
export interface CallOptions {
  /** Ends the call at once: its promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Hears of progress: retries, the wait for code locations. What it throws ends the call. */
  onEvent?: ((event: Progress) => void) | undefined;
  /** The variables of settings, Git and proxies. Default: `process.env`. */
  env?: Environment | undefined;
  /** The directory that relative paths start from, and whose checkout is read. Default: the current one. */
  cwd?: string | undefined;
  /** Certificate authorities to trust beside Node's own, as PEM. Default: what `SSL_CERT_FILE` names, if set. */
  ca?: Authorities | undefined;
  /** Sends the requests in place of `node:http`; proxies and authorities are its own affair then. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** Settings of calls that concern the organization. What is not given is taken from the variables. */
export type OrganizationSettings = Omit<Settings, "deployment">;

/** The names of the settings. The type makes the compiler miss one that the core has and this list has not. */
const SETTINGS: Record<keyof Settings, "organization" | "deployment"> = {
  organization: "organization",
  api_token: "organization",
  url: "organization",
  dagster_env: "organization",
  retry_budget: "organization",
  deployment: "deployment",
};

/** As {@link SETTINGS}. */
const WAIT: Record<keyof WaitSettings, true> = {
  location_load_timeout: true,
  agent_heartbeat_timeout: true,
  agent_timeout: true,
};

/** As {@link SETTINGS}. */
const SOURCES: Record<keyof Sources, true> = {
  location_file: true,
  location_name: true,
  image_tag: true,
  image: true,
  module_name: true,
  package_name: true,
  python_file: true,
  working_directory: true,
  git_url: true,
};

/** As {@link SETTINGS}. */
const CALL: Record<keyof CallOptions, true> = { signal: true, onEvent: true, env: true, cwd: true, ca: true, fetch: true };

/** Options in the parts that the core takes. What is none of ours is in `input`: the core refuses what it does not know. */
export interface Parts {
  settings: Record<string, unknown>;
  wait: Record<string, unknown>;
  input: Record<string, unknown>;
}

/** Parts `options`. For the organization `deployment` is no setting, but a mistake for the core to name. */
export function part(options: object, scope: "organization" | "deployment"): Parts {
  const parts: Parts = { settings: {}, wait: {}, input: {} };
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(CALL, name)) continue;
    if (/^(function|symbol|bigint)$/.test(typeof value) || (typeof value === "number" && !Number.isFinite(value))) {
      throw usage(`the option \`${name}\` has a value that cannot be used: ${String(value).slice(0, 40)}`, "the types of the package list the options");
    }
    // What it is must not be shown.
    if (name === "api_token" && typeof value !== "string") throw usage("the option `api_token` is no text", "pass the token as a string");
    const isSetting = Object.hasOwn(SETTINGS, name) && (scope === "deployment" || SETTINGS[name as keyof Settings] === scope);
    const target = isSetting ? parts.settings : Object.hasOwn(WAIT, name) ? parts.wait : parts.input;
    target[name] = value;
  }
  return parts;
}

/** What is deployed, and how: the parts of `input` that a deployment has. */
export function sources(input: Record<string, unknown>): { sources: object; how: object } {
  const entries = Object.entries(input);
  const isSource = ([name]: [string, unknown]) => Object.hasOwn(SOURCES, name);
  return {
    sources: Object.fromEntries(entries.filter(isSource)),
    how: Object.fromEntries(entries.filter((entry) => !isSource(entry))),
  };
}

/** `options`, if they are an object of their own: what a prototype or a class holds would be taken here and missed there. */
export function plain<Options extends object>(options: Options): Options {
  const prototype: unknown = typeof options === "object" && options !== null ? Object.getPrototypeOf(options) : undefined;
  const isPlain = prototype === null || (prototype !== undefined && Object.getPrototypeOf(prototype) === null);
  if (!isPlain) throw usage("the options are no plain object", "pass them as `{ name: value }`");
  return options;
}

/** Options as programs have them, which often are `process.env.NAME`: what is undefined is not given. */
export type Given<Input> = { [Name in keyof Input]: object extends Pick<Input, Name> ? Input[Name] | undefined : Input[Name] };
