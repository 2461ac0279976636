import type { Core, Report } from "../generated/core.js";
import { internal, io, OffshootError, usage } from "./error.js";
import { instance } from "./instance.js";
import type { CallOptions } from "./options.js";
import { slashed } from "./ports/files.js";
import { openPorts, type Ports } from "./ports.js";
import { masker, told } from "./secrets.js";
import { resolve } from "node:path";

/** The exports of the core that are operations: a request in JSON goes in, an answer in JSON comes out. */
export type Operation = {
  [Name in keyof Core]: Core[Name] extends (ports: Ports, request: string) => Promise<string> ? Name : never;
}[keyof Core];

/** What an operation is asked. */
export interface Request {
  settings: object;
  input: object;
  /** Whether the answer is to be what the command line prints without `--json`. */
  as_text?: boolean;
}

/**
 * Runs `operation` in an instance of its own and answers with JSON, indented as the command line prints it.
 *
 * However it ends, its files, connections and timers are closed then.
 */
export async function call(operation: Operation, request: Request, options: CallOptions): Promise<string> {
  check(options);
  const env = present(options.env ?? process.env);
  const cwd = directory(options.cwd);
  const text = written({ ...request, env, cwd: slashed(cwd) });
  options.signal?.throwIfAborted();
  let reject: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, rejected) => (reject = rejected));
  const fail = (error: unknown) => {
    reject(error);
    // The core may go on for a step; nothing of that leaves the process.
    close();
  };
  const { ports, close, lastFailure, token } = openPorts({ ...options, env, cwd, fail: (error) => fail(new Ended(error)) });
  const abort = () => fail(new Ended(options.signal?.reason));
  options.signal?.addEventListener("abort", abort);
  let core: Core | undefined;
  try {
    core = instance(fail);
    return await Promise.race([core[operation](ports, text), failed]);
  } catch (error) {
    if (error instanceof Ended) throw error.reason;
    const mask = masker([(request.settings as { api_token?: unknown }).api_token, env.DAGSTER_CLOUD_API_TOKEN, token()]);
    if (typeof error === "string") throw refusal(error, mask, told(lastFailure(), mask));
    if (error instanceof OffshootError) throw error;
    throw trap(core, error, mask);
  } finally {
    options.signal?.removeEventListener("abort", abort);
    close();
  }
}

/** What this package itself takes, of the right kind. */
function check({ signal, onEvent, fetch, cwd, env, ca }: CallOptions): void {
  const wrong = (name: string, what: string) => usage(`the option \`${name}\` is no ${what}`, "the types of the package list the options");
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.throwIfAborted !== "function") throw wrong("signal", "AbortSignal");
  if (onEvent !== undefined && typeof onEvent !== "function") throw wrong("onEvent", "function");
  if (fetch !== undefined && typeof fetch !== "function") throw wrong("fetch", "function");
  if (cwd !== undefined && typeof cwd !== "string") throw wrong("cwd", "path");
  if (env !== undefined && (typeof env !== "object" || env === null || Symbol.iterator in env)) throw wrong("env", "object of variables");
  if (ca !== undefined && typeof ca !== "string" && !(ca instanceof Uint8Array) && !Array.isArray(ca)) throw wrong("ca", "certificate in PEM");
}

function directory(cwd: string | undefined): string {
  try {
    return resolve(cwd ?? ".");
  } catch (error) {
    throw error instanceof RangeError ? error : io("find the current directory", error);
  }
}

function written(request: object): string {
  try {
    return JSON.stringify(request);
  } catch (error) {
    // The stack is at its end, which says nothing of the options.
    if (error instanceof RangeError) throw error;
    throw usage("an option holds what JSON cannot", "options are texts, numbers, booleans and lists of texts");
  }
}

/** An end that the caller has brought about, who is to see the reason as it is. */
class Ended {
  constructor(readonly reason: unknown) {}
}

function refusal(text: string, mask: (text: string) => string, behind: Error | undefined): OffshootError {
  const report = JSON.parse(text) as Report;
  report.message = mask(report.message);
  if (report.hint) report.hint = mask(report.hint);
  if (report.detail) report.detail = mask(report.detail);
  return new OffshootError(report, report.code.startsWith("plus.") ? behind : undefined);
}

function trap(core: Core | undefined, error: unknown, mask: (text: string) => string): OffshootError {
  const cause = told(error, mask);
  let panic: string | undefined;
  try {
    panic = core?.panicMessage();
  } catch {
    // The instance is beyond that, and is given up anyway.
  }
  return internal(mask(panic ?? cause?.message ?? String(error)), cause);
}

/** Without what is unset. A variable that is no text is a mistake of the caller's. */
function present(env: object): Record<string, string> {
  const set: Record<string, string> = {};
  // What is inherited counts, as for all else that reads it: `Object.create(process.env)` is a common way to add some.
  for (const name in env) {
    const value: unknown = env[name as keyof typeof env];
    if (value === undefined) continue;
    if (typeof value !== "string") throw usage(`the variable \`${name}\` is no string`, "`env` is an object of strings, as `process.env` is");
    set[name] = value;
  }
  return set;
}
