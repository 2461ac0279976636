// The functions of the package against the stand-in for Dagster+.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import * as offshoot from "../../dist/index.mjs";
import { checkout, git, recorder, sandbox, temporary } from "./support.mjs";

const { OffshootError } = offshoot;
const TOKEN = "user:acme:s3cr3t-token";
const FIELDS = { git_repo_name: "shop", branch_name: "feature/a", commit_hash: "a".repeat(40), timestamp: 1700000000 };

/** The error of a call that is to fail. */
async function failureOf(promise) {
  const error = await promise.then(() => assert.fail("it succeeded"), (error) => error);
  assert.ok(error instanceof OffshootError, inspect(error));
  return error;
}

test("a branch deployment from its creation to its end", async () => {
  const env = await sandbox("--load-after", "0");
  const cwd = checkout();
  const events = [];
  const created = await offshoot.createOrUpdateBranchDeployment({ env, cwd, read_git_state: true, onEvent: (event) => events.push(event) });
  assert.deepEqual(events, [{ event: "branch-deployment-ready", deployment: created.name, message: `branch deployment ${created.name} is up to date` }]);
  assert.equal(created.url, `${env.DAGSTER_CLOUD_URL}/${created.name}`);
  const named = await offshoot.branchDeploymentName({ env, git_repo_name: "acme/shop", branch_name: "feature/cart" });
  assert.equal(named.name, created.name);
  const [listed] = await offshoot.listBranchDeployments({ env, limit: 5 });
  assert.equal(listed.latest_commit.commit_hash, git(cwd, "rev-parse", "HEAD"));
  assert.equal(listed.latest_commit.commit_message, "first: ünïcode");

  const deployment = { env, deployment: created.name };
  const added = await offshoot.addLocation({ ...deployment, location_name: "etl", module_name: "etl.defs", image: "etl:1" });
  assert.deepEqual([added.locations, added.loaded], [["etl"], true]);
  assert.deepEqual(await offshoot.waitForLocations({ ...deployment, locations: ["etl"] }), { loaded: ["etl"] });
  assert.equal((await offshoot.listLocations(deployment))[0].image, "etl:1");
  assert.equal((await offshoot.pullLocations(deployment)).locations[0].location_name, "etl");
  writeFileSync(join(cwd, "workspace.yaml"), "locations:\n  - location_name: ml\n    image: ml:1\n    code_source: {module_name: ml}\n");
  assert.deepEqual((await offshoot.syncLocations({ ...deployment, cwd })).locations, ["ml"]);
  const plan = await offshoot.deleteLocation({ ...deployment, location_name: "ml", dry_run: true });
  assert.equal(plan.calls[0].variables.locationName, "ml");
  assert.deepEqual(await offshoot.deleteLocation({ ...deployment, location_name: "ml" }), { deleted: "ml" });
  assert.deepEqual(await offshoot.deleteBranchDeployment(deployment), { deleted: created.name });
  assert.equal((await failureOf(offshoot.deleteBranchDeployment(deployment))).code, "plus.not-found");
});

/** A build of a pull request on Buildkite. */
const BUILD = {
  BUILDKITE: "true",
  BUILDKITE_BRANCH: "feature/cart",
  BUILDKITE_COMMIT: "c".repeat(40),
  BUILDKITE_PULL_REQUEST: "7",
  BUILDKITE_PULL_REQUEST_BASE_BRANCH: "main",
  BUILDKITE_PIPELINE_DEFAULT_BRANCH: "main",
  BUILDKITE_REPO: "git@github.com:acme/shop.git",
};

test("the context of a build: CI before Git, each value with its source", async () => {
  const cwd = checkout();
  const context = await offshoot.detectContext({ env: BUILD, cwd });
  assert.deepEqual(context.branch_name, { value: "feature/cart", source: "BUILDKITE_BRANCH" });
  assert.deepEqual([context.ci.value, context.pull_request.value, context.commit_hash.value], ["buildkite", 7, "c".repeat(40)]);
  assert.equal(context.conflicts[0].other.value, git(cwd, "rev-parse", "HEAD"));
  assert.equal((await failureOf(offshoot.detectContext({ env: {}, cwd: temporary() }))).code, "git.not-found");
});

test("a build is deployed in one step, and never to a full deployment by itself", async () => {
  const env = { ...(await sandbox("--load-after", "0")), ...BUILD };
  const options = { env, cwd: checkout(), location_name: "etl", module_name: "etl.defs", image: ["etl:1"] };
  const plan = await offshoot.deploy({ ...options, dry_run: true });
  assert.deepEqual([plan.calls.length, plan.wait_for], [2, ["etl"]]);
  const events = [];
  const done = await offshoot.deploy({ ...options, onEvent: ({ event, message }) => events.push([event, message]) });
  assert.deepEqual([done.target.type, done.target.branch.value, done.locations, done.loaded], ["branch-deployment", "feature/cart", ["etl"], true]);
  assert.match(events.find(([event]) => event === "remark")[1], /commit_hash is `c{40}` by BUILDKITE_COMMIT, but/);
  assert.ok(events.some(([, message]) => message === "this goes to the branch deployment of feature/cart (BUILDKITE_BRANCH)"));

  const cwd = checkout();
  git(cwd, "branch", "-q", "-m", "main");
  const main = { ...env, BUILDKITE_BRANCH: "main", BUILDKITE_PULL_REQUEST: "false", BUILDKITE_PULL_REQUEST_BASE_BRANCH: "" };
  assert.equal((await failureOf(offshoot.deploy({ ...options, cwd, env: main }))).code, "settings.missing");
  assert.equal((await offshoot.deploy({ ...options, cwd, env: main, deployment: "prod" })).target.deployment, "prod");
  const tag = { ...main, BUILDKITE_TAG: "v1", BUILDKITE_BRANCH: "v1" };
  assert.equal((await failureOf(offshoot.deploy({ ...options, env: tag, deployment: "prod" }))).code, "target.refused");
  const older = { ...env, BUILDKITE_COMMIT: "b".repeat(40) };
  assert.equal((await failureOf(offshoot.deploy({ ...options, env: older, timestamp: 1 }))).code, "target.older");
});

test("a build of a fork has no token, and is passed over if that is said", async () => {
  const env = { ...BUILD, BUILDKITE_PULL_REQUEST_REPO: "git://github.com/stranger/shop.git", DAGSTER_CLOUD_ORGANIZATION: "acme" };
  const options = { env, cwd: checkout(), location_name: "etl", module_name: "etl" };
  assert.match((await failureOf(offshoot.deploy(options))).message, /pull request from a fork \(BUILDKITE_PULL_REQUEST_REPO/);
  const events = [];
  assert.equal(await offshoot.deploy({ ...options, on_missing_token: "skip", onEvent: (event) => events.push(event) }), null);
  assert.match(events.at(-1).message, /^skipped: there is no API token/);
});

test("a load error comes with its code, its exit code and the Python stack", async () => {
  const env = await sandbox("--load-after", "0", "--fail", "bad=ModuleNotFoundError: No module named 'bad'");
  const error = await failureOf(offshoot.addLocation({ env, deployment: "prod", location_name: "bad", module_name: "bad", image: "x" }));
  assert.deepEqual([error.code, error.exitCode, error.name], ["load.failed", 12, "OffshootError"]);
  assert.match(error.detail, /ModuleNotFoundError: No module named 'bad'/);
  assert.match(inspect(error), /^OffshootError: code location/);
  assert.equal(JSON.parse(JSON.stringify(error)).exit_code, 12);
});

test("what is missing, unknown or of the wrong type is named before anything is sent", async () => {
  const { requests, url } = await recorder(() => ({}));
  const env = { DAGSTER_CLOUD_URL: url, DAGSTER_CLOUD_API_TOKEN: TOKEN };
  const { createOrUpdateBranchDeployment: create } = offshoot;
  assert.match((await failureOf(create({ ...FIELDS, env, brnch_url: "x" }))).message, /unknown field `brnch_url`/);
  assert.match((await failureOf(create({ ...FIELDS, env, deployment: "prod" }))).message, /unknown field `deployment`/);
  assert.match((await failureOf(create({ ...FIELDS, env, commit_hash: 5 }))).message, /expected a string/);
  assert.match((await failureOf(create({ env, branch_name: "x" }))).message, /--git-repo-name is missing/);
  assert.equal((await failureOf(create({ ...FIELDS, env: {} }))).code, "settings.missing");
  assert.equal((await failureOf(create({ ...FIELDS, env: { ...env, X: 5 } }))).code, "usage.invalid");
  assert.deepEqual(requests, []);
});

test("the token is in no error and in nothing that is printed", async () => {
  const said = `bad token ${TOKEN}`;
  const { url } = await recorder(() => ({ status: 401, body: { errors: [{ message: said }] }, headers: { "www-authenticate": said } }));
  const failures = await Promise.all([
    offshoot.listBranchDeployments({ url, api_token: TOKEN, env: {} }),
    offshoot.listBranchDeployments({ env: { DAGSTER_CLOUD_URL: url, DAGSTER_CLOUD_API_TOKEN: TOKEN } }),
    offshoot.listBranchDeployments({ url, api_token: TOKEN, env: {}, retry_budget: 0, fetch: async () => { throw new Error(said, { cause: new Error(said) }); } }),
    offshoot.listBranchDeployments({ url: `http://x:${TOKEN}@127.0.0.1:1`, api_token: TOKEN, env: {} }),
    offshoot.listBranchDeployments({ url, api_token: 12345678, env: {} }),
    offshoot.listBranchDeployments({ url, api_token: `${TOKEN}\nx`, env: {} }),
  ].map(failureOf));
  for (const error of failures) {
    const shown = inspect(error, { depth: 9, showHidden: true }) + inspect(error.cause, { depth: 9, showHidden: true }) + JSON.stringify(error) + error.stack;
    assert.doesNotMatch(shown, /s3cr3t|12345678/);
  }
});

test("a token is masked however it is written, and what looks alike is not", async () => {
  const quoted = 'abc"quoted"\\\\token-xxxx';
  const answer = (text, status = 200) => async () => new Response(text, { status, headers: { "content-type": "application/json" } });
  const escaped = [...quoted].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  for (const fetch of [
    answer(JSON.stringify({ errors: [{ message: `bad token ${quoted}` }] })),
    answer(`{"errors":[{"message":"bad token ${escaped}"}]}`),
    answer(JSON.stringify({ detail: `bad ${quoted}` }), 400),
    async (_, { headers }) => { throw new Error(JSON.stringify(headers)); },
  ]) {
    const error = await failureOf(offshoot.listBranchDeployments({ url: "https://acme.invalid", api_token: quoted, env: {}, retry_budget: 0, fetch }));
    const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error) + error.stack + inspect(error.cause, { depth: 9, showHidden: true });
    assert.doesNotMatch(shown, /quoted/);
  }
  const home = temporary();
  mkdirSync(join(home, ".dagster_cloud_cli"));
  writeFileSync(join(home, ".dagster_cloud_cli/config"), "organization: acme\nuser_token: user:secret-from-file\n");
  const thrown = await failureOf(offshoot.listBranchDeployments({ env: { HOME: home }, retry_budget: 0, fetch: async (_, { headers }) => { throw new Error(JSON.stringify(headers)); } }));
  assert.match(thrown.cause.message, /\*{6}/);
  assert.doesNotMatch(inspect(thrown.cause), /secret-from-file/);
  const short = await failureOf(offshoot.listBranchDeployments({ url: "http://127.0.0.1:1", api_token: "plus", env: {}, retry_budget: 0 }));
  assert.equal(short.code, "plus.unreachable");
});

test("options that would be passed over are refused", async () => {
  const { requests, url } = await recorder(() => ({}));
  const env = { DAGSTER_CLOUD_URL: url, DAGSTER_CLOUD_API_TOKEN: TOKEN };
  class Options { deployment = "b1"; get dry_run() { return true; } }
  const wrong = [
    [offshoot.deleteBranchDeployment, new Options()],
    [offshoot.deleteBranchDeployment, Object.assign(Object.create({ dry_run: true }), { env, deployment: "b1" })],
    [offshoot.deleteBranchDeployment, { env, deployment: "b1", dry_run: () => true }],
    [offshoot.waitForLocations, { env, deployment: "b1", location_load_timeout: NaN }],
    [offshoot.listBranchDeployments, { env, limit: 5n }],
    [offshoot.listBranchDeployments, null], [offshoot.listBranchDeployments, []], [offshoot.deploy, undefined], [offshoot.detectContext, 5],
    [offshoot.listBranchDeployments, { env, fetch: 5 }], [offshoot.listBranchDeployments, { env, onEvent: 5 }],
    [offshoot.listBranchDeployments, { env, signal: { aborted: true } }], [offshoot.detectContext, { env, cwd: 5 }],
    [offshoot.listBranchDeployments, { env: new Map(Object.entries(env)) }],
    [offshoot.readGitState, null],
  ];
  for (const [call, options] of wrong) assert.equal((await failureOf(call(options))).code, "usage.invalid", `${call.name} ${inspect(options)}`);
  assert.deepEqual(requests, []);
});

test("a fetch that misbehaves ends its call, and no more is asked of it", async () => {
  const options = { url: "https://acme.invalid", api_token: TOKEN, env: {}, retry_budget: 0 };
  const cyclic = new Error("x");
  cyclic.cause = cyclic;
  assert.equal((await failureOf(offshoot.listBranchDeployments({ ...options, fetch: async () => { throw cyclic; } }))).code, "plus.unreachable");
  for (const answer of [undefined, null, "x", { status: 200 }]) {
    assert.match((await failureOf(offshoot.listBranchDeployments({ ...options, fetch: async () => answer }))).message, /no Response/);
  }
  let pulled = 0;
  const endless = () => new Response(new ReadableStream({ pull: (controller) => { pulled += 1; controller.enqueue(new Uint8Array(1 << 20)); } }));
  assert.match((await failureOf(offshoot.listBranchDeployments({ ...options, fetch: async () => endless() }))).message, /larger than 32 MiB/);
  assert.ok(pulled < 40, `${pulled} MiB were taken`);
});

test("after its end a call sends nothing more, and a listener that rejects ends it", async () => {
  const env = await sandbox("--load-after", "0");
  const reason = new Error("enough");
  for (const end of [(controller) => controller.abort(reason), () => { throw reason; }, () => Promise.reject(reason)]) {
    const controller = new AbortController();
    const sent = [];
    const call = offshoot.deploy({
      env: { ...env, ...BUILD }, cwd: checkout(), location_name: "etl", module_name: "etl", image: "etl:1", signal: controller.signal,
      fetch: (url, init) => (sent.push(/"query":"\w+ (\w+)/.exec(Buffer.from(init.body))[1]), fetch(url, init)),
      onEvent: ({ event }) => (event === "branch-deployment-ready" ? end(controller) : undefined),
    });
    await assert.rejects(call, reason);
    if (!String(end).includes("Promise")) assert.ok(!sent.includes("DeployLocations"), sent.join());
  }
});

test("an AbortSignal ends a call at once, before and while it runs", async () => {
  const { requests, url } = await recorder(() => ({ hang: true }));
  const options = { url, api_token: TOKEN, env: {} };
  const reason = new Error("enough");
  await assert.rejects(offshoot.listBranchDeployments({ ...options, signal: AbortSignal.abort(reason) }), reason);
  assert.equal(requests.length, 0);
  const controller = new AbortController();
  const call = offshoot.listBranchDeployments({ ...options, signal: controller.signal });
  while (requests.length === 0) await new Promise(setImmediate);
  controller.abort(reason);
  await assert.rejects(call, reason);
  const env = await sandbox("--load-after", "3600");
  const waiting = new AbortController();
  const wait = offshoot.addLocation({
    env, deployment: "prod", location_name: "slow", module_name: "slow", image: "x", signal: waiting.signal,
    onEvent: ({ event }) => event === "wait-started" && setImmediate(() => waiting.abort(reason)),
  });
  await assert.rejects(wait, reason);
});

test("what a listener throws ends its call alone", async () => {
  const env = await sandbox("--load-after", "0");
  const mistake = new TypeError("a mistake of the listener's");
  const one = offshoot.createOrUpdateBranchDeployment({ ...FIELDS, env, onEvent: () => { throw mistake; } });
  const other = offshoot.createOrUpdateBranchDeployment({ ...FIELDS, env });
  await assert.rejects(one, mistake);
  assert.ok((await other).name);
});

test("the core retries: Retry-After, lost connections, and the answer that comes in the end", async () => {
  let attempts = 0;
  const good = { data: { branchDeployments: { nodes: [] } } };
  const { url } = await recorder(() => (++attempts === 1 ? { status: 503, headers: { "retry-after": "1" } } : { body: good }));
  const events = [];
  const found = await offshoot.listBranchDeployments({ url, api_token: TOKEN, env: {}, onEvent: (event) => events.push(event) });
  assert.deepEqual(found, []);
  assert.equal(events[0].event, "retrying");
  assert.ok(events[0].delay_seconds >= 1, "Retry-After is a least");
});

test("a fetch of the user's own is used in place of node:http", async () => {
  const seen = [];
  const fetch = async (url, init) => (seen.push([url, init.method, init.headers["dagster-cloud-api-token"]?.length ?? new Map(init.headers).get("dagster-cloud-api-token").length]),
    new Response(JSON.stringify({ data: { branchDeployments: { nodes: [] } } })));
  assert.deepEqual(await offshoot.listBranchDeployments({ url: "https://acme.invalid", api_token: TOKEN, env: {}, fetch }), []);
  assert.deepEqual(seen, [["https://acme.invalid/graphql", "POST", TOKEN.length]]);
});

test("many calls at once do not mix, and leave no file open", { skip: process.platform !== "linux" }, async () => {
  const paths = Array.from({ length: 5 }, () => checkout());
  const hashes = paths.map((path) => git(path, "rev-parse", "HEAD"));
  const open = () => readdirSync("/proc/self/fd").length;
  await offshoot.readGitState(paths[0]);
  const before = open();
  const states = await Promise.all(Array.from({ length: 50 }, (_, index) => offshoot.readGitState(paths[index % 5])));
  states.forEach(({ root, commit }, index) => assert.deepEqual([root, commit.hash], [paths[index % 5], hashes[index % 5]]));
  assert.equal(open(), before);
});

test("a stack overflow rejects its own call alone, and the next one works", { skip: process.platform !== "linux" }, async () => {
  const path = checkout();
  const open = () => readdirSync("/proc/self/fd").length;
  await offshoot.readGitState(path);
  const before = open();
  const calls = [];
  const deep = () => {
    // From near the end of the stack, where each call finds a little more of it than the one before.
    try {
      deep();
    } catch {
      // The end.
    }
    if (calls.length < 400) calls.push(offshoot.readGitState(path));
  };
  deep();
  const settled = await Promise.allSettled(calls);
  const failed = settled.filter(({ status }) => status === "rejected").map(({ reason }) => reason);
  assert.ok(failed.length > 0, "no call has overflowed the stack");
  for (const error of failed) assert.ok(error instanceof RangeError || error.code === "internal", inspect(error));
  assert.ok((await offshoot.readGitState(path)).commit);
  assert.equal(open(), before);
});
