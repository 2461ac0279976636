// What the tests share: a Dagster+ to talk to, a recorder of requests, checkouts, and programs to run.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, "../../..");
export const dist = join(root, "wasm/dist");
export const binary = process.env.OFFSHOOT_BINARY ?? join(root, "target/debug/offshoot");

/** A new directory, gone after the tests. */
export function temporary() {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "offshoot ünï-")));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

/** Runs git in `directory`, with nothing of the configuration of whoever runs the tests. */
export function git(directory, ...args) {
  const person = { GIT_AUTHOR_NAME: "Ä U Thor", GIT_AUTHOR_EMAIL: "a@example.com", GIT_COMMITTER_NAME: "C", GIT_COMMITTER_EMAIL: "c@example.com" };
  const env = { PATH: process.env.PATH, HOME: "/nonexistent", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", ...person };
  return execFileSync("git", args, { cwd: directory, env: { ...env, GIT_COMMITTER_DATE: "1700000001 +0000" }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trimEnd();
}

/** A checkout with one commit on `feature/cart`. */
export function checkout(directory = temporary()) {
  git(directory, "init", "-q", "-b", "feature/cart");
  git(directory, "remote", "add", "origin", "https://github.com/acme/shop.git");
  git(directory, "commit", "-q", "--allow-empty", "-m", "first: ünïcode");
  return directory;
}

/** Starts the stand-in for Dagster+ that the binary holds. Answers with the variables that lead to it. */
export async function sandbox(...flags) {
  const child = spawn(binary, ["sandbox", "--listen", "127.0.0.1:0", ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  const env = { PATH: process.env.PATH };
  process.setMaxListeners(0);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = /^export (\w+)=(.*)$/.exec(line);
    env[name] = value;
    if ("DAGSTER_CLOUD_API_TOKEN" in env) break;
  }
  // It keeps the tests from ending no more than the servers here.
  child.unref();
  child.stdout.unref();
  return env;
}

/** A server that keeps what it is sent, and answers by `answer(request)`: `{ status, body, headers, hang }`. */
export async function recorder(answer) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { host: _, connection: __, "content-length": ___, "user-agent": ____, accept: _____, "accept-encoding": ______, ...headers } = request.headers;
    const recorded = { method: request.method, url: request.url, headers, body: parsed(Buffer.concat(chunks).toString()) };
    requests.push(recorded);
    const { status = 200, body = {}, text = JSON.stringify(body), headers: more = {}, hang } = await answer(recorded);
    if (!hang) response.writeHead(status, { "content-type": "application/json", ...more }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return { requests, url: `http://127.0.0.1:${server.address().port}` };
}

/** Runs a program to its end. */
export async function run(program, args, { cwd = here, env = {}, input } = {}) {
  const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const result = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => (result.stdout += data));
  child.stderr.on("data", (data) => (result.stderr += data));
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return { code, ...result };
}

/** A recorder in front of a stand-in for Dagster+ of its own, and the variables that lead to it. */
export async function recordedSandbox(...flags) {
  const env = await sandbox(...flags);
  const { origin } = new URL(env.DAGSTER_CLOUD_URL);
  const forward = async ({ method, url, headers, body }) => {
    const answer = await fetch(origin + url, { method, headers, body: method === "POST" ? JSON.stringify(body) : undefined });
    return { status: answer.status, text: await answer.text(), headers: { "content-type": answer.headers.get("content-type") ?? "" } };
  };
  const { requests, url } = await recorder(forward);
  return { requests, url, env: { ...env, DAGSTER_CLOUD_URL: url } };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
