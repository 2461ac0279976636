import type { Deployment, ListedCodeLocation, Plan } from "../../generated/core.js";
import type { Operation } from "../call.js";
import { instance } from "../internal.js";
import { COMMANDS } from "./commands.js";

/** The result of `operation`, which is JSON in `text`, as the binary prints it. */
export function resultText(operation: Operation, text: string): string {
  const value = JSON.parse(text);
  if (Array.isArray(value?.calls)) return planText(value as Plan, text);
  switch (operation) {
    case "createOrUpdateBranchDeployment":
    case "branchDeploymentName":
      return value.name;
    case "addLocation":
    case "syncLocations":
      return value.url;
    case "listBranchDeployments":
      return (value as Deployment[]).map(deploymentRow).join("\n");
    case "listLocations":
      return (value as ListedCodeLocation[]).map(locationRow).join("\n");
    case "pullLocations":
      return instance(() => {}).toYaml(text);
    default:
      return "";
  }
}

function deploymentRow(deployment: Deployment): string {
  const git = deployment.branch_deployment_git_metadata;
  const columns = [deployment.deployment_name, git?.repo_name, git?.branch_name, git?.pull_request_status, deployment.latest_commit?.commit_hash];
  return columns.map((column) => column ?? "-").join("\t");
}

function locationRow(location: ListedCodeLocation): string {
  const columns = [
    ["File", location.python_file],
    ["Package", location.package_name],
    ["Image", location.image],
  ];
  const described = columns.flatMap(([label, value]) => (value == null ? [] : [`${label}: ${value}`]));
  return [location.name, ...described].join("\t");
}

/** The variables are cut out of `text`, so that numbers look as the core has written them. */
function planText(plan: Plan, text: string): string {
  const variables = [...text.matchAll(/^ {6}"variables": ([^]*?)\n {4}\}/gm)].map(([, block = ""]) => block.replace(/\n {6}/g, "\n"));
  const calls = plan.calls.map((call, index) =>
    [
      `would send: ${call.method} ${call.url}`,
      "Dagster-Cloud-Api-Token: ******",
      ...(call.deployment ? [`Dagster-Cloud-Deployment: ${call.deployment}`] : []),
      call.query.trimEnd(),
      `variables: ${variables[index]}`,
    ].join("\n"),
  );
  const wait = plan.wait_for?.length ? [`then would wait for: ${plan.wait_for.join(", ")}`] : [];
  return [...calls, ...wait].join("\n");
}

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
