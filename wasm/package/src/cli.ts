import manifest from "../package.json";
import { parse, type Parsed } from "./cli/parse.js";
import { helpText } from "./cli/help.js";
import { takesToken, withToken } from "./cli/token.js";
import { call, internal, OffshootError, requests } from "./internal.js";
import type { Progress } from "./options.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Its reader has gone, and has no use for the rest.
  if (error.code !== "EPIPE") throw error;
});

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));

/** Runs the command that `args` ask for, and gives the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const parsed = parse(args);
    if (parsed.kind === "run") return await run(parsed);
    if (parsed.kind === "version") return print(`offshoot ${manifest.version}`);
    if (parsed.asked) return print(helpText(parsed.path));
    process.stderr.write(helpText(parsed.path));
    return 2;
  } catch (error) {
    return failed(error);
  }
}

async function run({ command, options, json }: Parsed & { kind: "run" }): Promise<number> {
  try {
    if (command.operation === "deploy" && process.env.OFFSHOOT_OUTPUT_FILE) process.stderr.write("note: only the binary writes OFFSHOOT_OUTPUT_FILE\n");
    const given = takesToken(command) ? withToken(options) : options;
    const request = (requests[command.operation] as (options: object) => { settings: object; input: object })(given);
    const text = await call(command.operation, { ...request, as_text: !json }, { onEvent: show });
    // A deployment that was skipped has no result.
    return print(command.operation === "deploy" && text === "null" ? "" : text);
  } catch (error) {
    if (json && error instanceof OffshootError) print(JSON.stringify({ error }, null, 2));
    return failed(error);
  }
}

/** Writes the result of a command, and nothing else, to stdout. */
function print(text: string): number {
  if (text) process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  return 0;
}

/** Whether the cursor stands behind a live line that the next one replaces. */
let live = false;

function show({ event, message }: Progress): void {
  const clear = live ? "\r\u001b[2K" : "";
  live = process.stderr.isTTY === true && /^(waiting|retrying|poll-failed)$/.test(event);
  process.stderr.write(`${clear}${message}${live ? "" : "\n"}`);
}

function failed(error: unknown): number {
  if (!(error instanceof OffshootError)) return failed(internal(String((error as Error | undefined)?.stack ?? error)));
  // Load errors were shown when they came, each with its stack.
  const shown = error.code === "load.failed" || error.code === "load.timeout";
  const detail = error.detail && !shown ? `${error.detail.trimEnd()}\n` : "";
  process.stderr.write(`${detail}error: ${error.message}\n${error.hint ? `hint: ${error.hint}\n` : ""}`);
  return error.exitCode;
}
