import { parseArgs } from "node:util";
import { usage } from "../internal.js";
import { COMMANDS, type Command, type Flag, type Flags } from "./commands.js";

/** What the arguments ask for. */
export type Parsed =
  | { kind: "version" }
  | { kind: "help"; path: string; asked: boolean }
  | { kind: "run"; command: Command; options: Record<string, unknown>; json: boolean };

/** Verbs that only the binary has. */
const BINARY_ONLY = new Set(["ci", "close", "completions", "demo", "doctor", "job", "notify", "prune", "run", "sandbox", "serve", "stop"]);

/**
 * Reads the arguments as the binary does.
 *
 * @throws {OffshootError} `usage.invalid`
 */
export function parse(given: readonly string[]): Parsed {
  const args = withoutLogging(given);
  const [first = "", second = ""] = args;
  if (first === "--version" || first === "-V") return { kind: "version" };
  const words = isGroup(first) ? 2 : 1;
  const path = args.slice(0, words).join(" ");
  const command = COMMANDS.find(({ paths }) => paths.includes(path));
  if (!command) return withoutCommand(first, second);
  const rest = args.slice(words);
  const end = rest.indexOf("--");
  if (rest.slice(0, end < 0 ? undefined : end).some((arg) => arg === "--help" || arg === "-h")) return { kind: "help", path, asked: true };
  try {
    return { kind: "run", command, ...read(command, rest) };
  } catch (error) {
    throw usage(told(error), `\`offshoot ${path} --help\` shows how`);
  }
}

/** The official tool takes options of its logging before the command; they are taken and ignored. */
function withoutLogging(args: readonly string[]): readonly string[] {
  const [, flag, value] = /^(--log-(?:format|level))(=.*)?$/.exec(args[0] ?? "") ?? [];
  return flag ? withoutLogging(args.slice(value === undefined ? 2 : 1)) : args;
}

function isGroup(word: string): boolean {
  return COMMANDS.some(({ paths }) => paths.some((path) => path.startsWith(`${word} `)));
}

function withoutCommand(first: string, second: string): Parsed {
  const help = (word: string) => word === "--help" || word === "-h";
  if (first === "" || help(first)) return { kind: "help", path: "", asked: first !== "" };
  if (isGroup(first) && (second === "" || help(second))) return { kind: "help", path: first, asked: second !== "" };
  const unknown = isGroup(first) ? `${first} ${second}` : first;
  const hint = BINARY_ONLY.has(first) ? "only the binary has this command" : "`offshoot --help` shows the commands";
  throw usage(`unrecognized command \`${unknown}\``, hint);
}

function read(command: Command, args: readonly string[]): { options: Record<string, unknown>; json: boolean } {
  const config: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  const named = new Map<string, [string, Flag]>();
  for (const [name, flag] of Object.entries(command.flags)) {
    for (const alias of [name, ...(flag.aliases ?? [])]) {
      named.set(alias, [name, flag]);
      config[alias] = { type: flag.kind === "on" ? "boolean" : "string", ...(alias === name && flag.short && { short: flag.short }) };
    }
  }
  const { tokens } = parseArgs({ args: joined(args, command.flags), options: config, allowPositionals: true, strict: true, tokens: true });
  const given = new Map<string, unknown>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const [name, flag] = named.get(token.name) as [string, Flag];
    // `-o=acme` is `-o acme`. The last of several wins, as in the official tool.
    const value = token.inlineValue && !token.rawName.startsWith("--") ? token.value?.replace(/^=/, "") : token.value;
    const before = flag.kind === "texts" ? ((given.get(name) as unknown[] | undefined) ?? []) : [];
    const read = valueOf(name, flag, value);
    given.delete(name);
    given.set(name, flag.kind === "texts" ? [...before, read] : read);
  }
  return settled(command, given, words);
}

/** The options of what is `given`, after what binds them together has been looked at. */
function settled(command: Command, given: Map<string, unknown>, words: string[]): { options: Record<string, unknown>; json: boolean } {
  const order = [...given.keys()];
  if (order.indexOf("no-read-git-state") > order.indexOf("read-git-state")) given.delete("read-git-state");
  given.delete("no-read-git-state");
  if (given.has("api-token") && given.has("api-token-file")) throw new Error("the argument `--api-token` cannot be used with `--api-token-file`");
  const { flags = [], unless } = command.required ?? {};
  const missing = unless && given.has(unless) ? [] : flags.filter((flag) => !given.has(flag));
  if (missing.length) throw new Error(`required arguments are missing: ${missing.map((flag) => `--${flag}`).join(" ")}`);
  const { least, most, option } = command.words ?? { least: 0, most: 0, option: "" };
  if (words.length < least) throw new Error("a required argument is missing: <LOCATION>");
  if (words.length > most) throw new Error(`unexpected argument \`${words[most]}\``);
  const json = given.delete("json");
  const options = Object.fromEntries([...given].map(([name, value]) => [name.replace(/-/g, "_"), value]));
  if (words.length) options[option] = most > 1 ? words : words[0];
  return { options, json };
}

/** Joins flags to values that begin with a dash, which `parseArgs` takes only joined. */
function joined(args: readonly string[], flags: Flags): string[] {
  const result: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--") return [...result, arg, ...rest];
    const kind = flags[arg.slice(2)]?.kind;
    const value = rest[0];
    const joins = value?.startsWith("-") && (kind === "dashed-text" || (/^-[\d.]/.test(value) && (kind === "number" || kind === "seconds")));
    result.push(arg.startsWith("--") && joins ? `${arg}=${rest.shift()}` : arg);
  }
  return result;
}

const NUMBER = /^[+-]?(\d+\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?|inf|infinity|nan)$/i;

function valueOf(name: string, flag: Flag, value: string | undefined): unknown {
  const shown = flag.kind === "refused" && flag.short ? `-${flag.short}` : `--${name}`;
  const invalid = (why: string) => new Error(`invalid value \`${value}\` for \`${shown}\`: ${why}`);
  switch (flag.kind) {
    case "text":
    case "texts":
    case "dashed-text":
      return value;
    case "on":
      return true;
    case "seconds":
      if (!/^\+?\d+$/.test(value ?? "")) throw invalid("it is no number of seconds");
      return Number(value);
    case "count":
      if (!/^\+?\d+$/.test(value ?? "") || Number(value) > 0xffff) throw invalid("it is no number from 0 to 65535");
      return Number(value);
    case "number":
      if (!NUMBER.test(value ?? "")) throw invalid("it is no number of seconds");
      // What JSON has no number for is for the core to refuse.
      return Number.isFinite(Number(value)) ? Number(value) : value;
    case "status":
      if (!/^(OPEN|CLOSED|MERGED)$/i.test(value ?? "")) throw invalid("it is no pull request status: OPEN, CLOSED or MERGED");
      return value;
    case "condition":
      if (!/^on[-_](create|update)$/i.test(value ?? "")) throw invalid("it is no snapshot condition: on-create or on-update");
      return value;
    case "fail-or-skip":
      if (!/^(fail|skip)$/.test(value ?? "")) throw invalid("it is neither fail nor skip");
      return value;
    case "refused":
      throw invalid(flag.help);
  }
}

/** What is wrong with the arguments, where Node's parser says it in its own way. */
function told(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const [option = ""] = /(?<=')-[^' ]*/.exec(message) ?? [];
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") return `unexpected argument \`${option}\``;
  if (code !== "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") return message;
  return / does not take /.test(message) ? `the argument \`${option}\` takes no value` : `a value is required for \`${option.replace(",", "")}\``;
}
