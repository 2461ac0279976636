import { readFileSync } from "node:fs";
import { io } from "../internal.js";
import type { Command } from "./commands.js";

/** Whether `command` concerns Dagster+, and not the checkout alone. */
export function takesToken(command: Command): boolean {
  return "api-token-file" in command.flags;
}

/** The token in the file that a flag or `DAGSTER_CLOUD_API_TOKEN_FILE` names, where no token is given itself. */
export function withToken(options: Record<string, unknown>): Record<string, unknown> {
  const { api_token_file, ...others } = options;
  if (typeof api_token_file === "string") return { ...others, api_token: read(api_token_file) };
  const { DAGSTER_CLOUD_API_TOKEN: token, DAGSTER_CLOUD_API_TOKEN_FILE: file } = process.env;
  return "api_token" in others || token || !file ? others : { ...others, api_token: read(file) };
}

function read(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    throw io(`read the token from \`${path}\``, error);
  }
}
