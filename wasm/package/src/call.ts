import type { Core, Report } from "../generated/core.js";
import { internal, OffshootError, usage } from "./error.js";
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
  const env = options.env ?? process.env;
  const token = (request.settings as { api_token?: unknown }).api_token;
  const mask = masker([token, env.DAGSTER_CLOUD_API_TOKEN]);
  options.signal?.throwIfAborted();
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const abort = () => fail(new Ended(options.signal?.reason));
  const cwd = resolve(options.cwd ?? ".");
  const { ports, close, lastFailure } = openPorts({ ...options, env, cwd, fail: (error) => fail(new Ended(error)) });
  options.signal?.addEventListener("abort", abort);
  let core: Core | undefined;
  try {
    core = instance(fail);
    const text = JSON.stringify({ ...request, env: present(env), cwd: slashed(cwd) });
    return await Promise.race([core[operation](ports, text), failed]);
  } catch (error) {
    if (error instanceof Ended) throw error.reason;
    if (typeof error === "string") throw refusal(error, mask, told(lastFailure(), mask));
    if (error instanceof OffshootError) throw error;
    throw trap(core, error, mask);
  } finally {
    options.signal?.removeEventListener("abort", abort);
    close();
  }
}

/** An end that the caller has brought about, who is to see the reason as it is. */
class Ended {
  constructor(readonly reason: unknown) {}
}

function refusal(text: string, mask: (text: string) => string, behind: Error | undefined): OffshootError {
  const report = JSON.parse(mask(text)) as Report;
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
  const set = Object.entries(env).filter(([, value]) => value !== undefined);
  for (const [name, value] of set) {
    if (typeof value !== "string") throw usage(`the variable \`${name}\` is no string`, "`env` is an object of strings, as `process.env` is");
  }
  return Object.fromEntries(set);
}
