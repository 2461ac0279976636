import { COMMANDS } from "./commands.js";

/** The help for the command `path`, for a group of commands, or for all. */
export function helpText(path: string): string {
  const command = COMMANDS.find(({ paths }) => paths.includes(path));
  if (!command) {
    const shown = COMMANDS.flatMap(({ paths, help }) => paths.map((name) => [name, help] as const));
    const below = shown.filter(([name]) => (path ? name.startsWith(`${path} `) : !name.startsWith("workspace ")));
    return `Dagster+ branch deployments from any CI\n\nUsage: offshoot ${path ? `${path} ` : ""}<COMMAND>\n\nCommands:\n${table(below)}`;
  }
  const flags = Object.entries(command.flags).filter(([, flag]) => !flag.hidden);
  const rows = flags.map(([name, { kind, short, help }]) => [`${short ? `-${short}, ` : "    "}--${name}${kind === "on" ? "" : " <VALUE>"}`, help] as const);
  const word = command.words ? (command.words.most > 1 ? " [LOCATION]..." : command.words.least ? " <LOCATION>" : " [LOCATION]") : "";
  return `${command.help}\n\nUsage: offshoot ${path}${word} [OPTIONS]\n\nOptions:\n${table(rows)}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}\n`).join("");
}
