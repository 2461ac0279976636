// `npx offshoot` beside the binary: the same requests, the same stdout, the same exit codes.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { binary, checkout, dist, recordedSandbox, run, temporary } from "./support.mjs";

const CREATE = ["branch-deployment", "create-or-update"];
const FIELDS = ["--git-repo-name", "shop", "--branch-name", "feature/a", "--commit-hash", "a".repeat(40), "--timestamp", "1700000000"];

const CASES = [
  [...CREATE, "--read-git-state", "--organization", "acme", "--pull-request-status", "open"],
  [...CREATE, ...FIELDS, "--json"],
  [...CREATE, ...FIELDS, "--dry-run"],
  [...CREATE, ...FIELDS, "--dry-run", "--json", "--timestamp", "1700000000.25", "--base-deployment-name", "prod", "--snapshot-base-condition", "ON_UPDATE"],
  [...CREATE, ...FIELDS, "--commit-message", "- fix: `ünï` \"quoted\"", "--author-name=-A", "--code-review-id", "7", "--pull-request-url", "https://x.test/7"],
  [...CREATE, ...FIELDS, "--timestamp", "-5", "--branch-name=HEAD"],
  [...CREATE, ...FIELDS, "--timestamp", "1700000000000"],
  [...CREATE, ...FIELDS, "--timestamp", "soon"],
  [...CREATE, ...FIELDS, "--pull-request-status", "DONE", "--json"],
  [...CREATE, ...FIELDS, "--branch-url"],
  [...CREATE, ...FIELDS, "--no-such-flag"],
  [...CREATE, ...FIELDS, "extra"],
  [...CREATE, "--branch-name", "x"],
  [...CREATE, "--read-git-state", "--no-read-git-state"],
  [...CREATE, "--no-read-git-state", "--read-git-state", "--commit-hash", "b".repeat(40)],
  [...CREATE, ...FIELDS, "--api-token", "x", "--api-token-file", "y"],
  [...CREATE, ...FIELDS, "--api-token-file", "missing", "--json"],
  [...CREATE, ...FIELDS, "--api-token-file", "-"],
  [...CREATE, ...FIELDS, "--retry-budget", "-1"],
  [...CREATE, ...FIELDS, "-o", "", "--json"],
  ["context"],
  ["context", "--json"],
  ["context", "extra"],
  ["deploy", "--location-name", "etl", "--module-name", "etl.defs", "--image", "etl:4"],
  ["deploy", "--location-name=etl", "-m", "etl.defs", "--image=etl:5", "--json", "--allow-older", "--base-deployment-name", "prod"],
  ["deploy", "--location-file", "locations.yaml", "--image", "etl=r/etl:6", "--git-url", "https://x.test/7", "--dry-run"],
  ["deploy", "--location-file", "locations.yaml", "--location-name", "etl", "--location-name", "gone", "--json"],
  ["deploy", "--location-file", "locations.yaml", "--full-deployment", "prod", "--location-load-timeout", "0"],
  ["deploy", "--image-tag", "1"],
  ["deploy", "--image-tag", "a b", "--location-name", "etl", "-m", "x"],
  ["deploy", "--on-missing-token", "perhaps"],
  ["deploy", "--on-missing-token", "skip", "--organization", "acme"],
  ["branch-deployment", "name", "--repo-name", "shop", "--branch-name", "feature/a"],
  ["branch-deployment", "name", "--git-repo-name", "shop", "--branch-name", "feature/a", "--json"],
  ["branch-deployment", "list"],
  ["branch-deployment", "list", "--json", "--limit", "1"],
  ["branch-deployment", "list", "--limit", "65536"],
  ["branch-deployment", "list", "--pull-request-status", "closed"],
  ["branch-deployment", "delete", "--deployment", "prod"],
  ["branch-deployment", "delete", "-d", "no-such", "--json"],
  ["branch-deployment", "delete"],
  ["branch-deployment"],
  ["branch-deployment", "--help-me"],
  ["deployment", "add-location", "--deployment", "prod", "--location-file", "locations.yaml", "--location-name", "etl", "--image", "etl:2"],
  ["deployment", "add-location", "etl", "--deployment", "prod", "-m", "etl.defs", "-a", "defs", "--image=etl:1", "--json"],
  ["deployment", "add-location", "bad", "--deployment", "prod", "--module-name", "bad", "--image", "x"],
  ["deployment", "add-location", "x", "-d", "prod"],
  ["deployment", "add-location", "--deployment", "prod", "--location-file", "broken.yaml", "--json"],
  ["deployment", "add-location", "--deployment", "prod", "--location-file", "gone.yaml"],
  ["workspace", "update-location", "etl", "--deployment", "prod", "--python-file", "./a//b.py", "--image", "etl:3", "--location-load-timeout", "0", "--dry-run"],
  ["deployment", "list-locations", "-d=prod"],
  ["workspace", "list", "--deployment", "prod", "--json"],
  ["deployment", "pull-locations", "--deployment", "prod"],
  ["workspace", "pull", "--deployment", "prod", "--json"],
  ["wait", "etl", "--deployment", "prod"],
  ["wait", "bad", "--deployment", "prod", "--json"],
  ["wait", "--deployment", "prod", "--agent-timeout", "x"],
  ["deployment", "sync-locations", "--deployment", "prod", "-w", "locations.yaml"],
  ["deployment", "sync-locations", "--deployment", "prod"],
  ["deployment", "delete-location", "--deployment", "prod"],
  ["deployment", "delete-location", "etl", "--deployment", "prod", "--json"],
  ["deployment", "delete-location", "etl", "ml", "--deployment", "prod"],
  ["deployment", "list-locations", "--deployment", "prod", "--", "x"],
  ["deployment", "list-locations", "--deployment", "feature/x"],
  ["deployment", "list-locations", "--deployment", "prod", "--url", "ftp://x"],
  ["deployment", "list-locations", "--deployment", "prod", "--api-token", "wrong"],
  ["deploy", "--location-name", "etl", "-m", "etl.defs", "--image", "etl:4", "--timestamp", "1"],
  ["no-such-command"],
  ["--version"],
  [],
];

/** Everything that one program does with the cases, in its own Dagster+. */
async function outcomes(program, prefix, cwd) {
  const { requests, url, env } = await recordedSandbox("--fail", "bad=ModuleNotFoundError: No module named 'bad'", "--load-after", "0");
  const all = [];
  for (const args of CASES) {
    requests.length = 0;
    const input = args.includes("-") ? `${env.DAGSTER_CLOUD_API_TOKEN}\n` : undefined;
    const { code, stdout } = await run(program, [...prefix, ...args], { cwd, env: { ...env, HOME: cwd }, input });
    const sent = requests.map((request) => JSON.stringify(request));
    // How often it is looked whether a location has loaded is a matter of time.
    const distinct = sent.filter((request, index) => sent.indexOf(request) === index);
    all.push({ args: args.join(" "), code, stdout: stdout.replaceAll(url, "URL"), sent: distinct });
  }
  return all;
}

test("the binary and npx do the same", async () => {
  const cwd = checkout();
  writeFileSync(join(cwd, "locations.yaml"), "locations:\n  - location_name: etl\n    image: etl:1\n    code_source:\n      module_name: etl.defs\n");
  writeFileSync(join(cwd, "broken.yaml"), "location_name: a: b\n");
  const [binarys, ours] = await Promise.all([outcomes(binary, [], cwd), outcomes(process.execPath, [join(dist, "cli.cjs")], cwd)]);
  for (const [index, expected] of binarys.entries()) assert.deepEqual(ours[index], expected);
  assert.ok(binarys.filter(({ code, sent }) => code === 0 && sent.length).length >= 15, "the cases reach Dagster+");
  assert.deepEqual(new Set(binarys.map(({ code }) => code)), new Set([0, 1, 2, 10, 11, 12, 16]));
});

test("help names every flag and leaves stdout to what was asked for", async () => {
  const cli = join(dist, "cli.cjs");
  const asked = await run(process.execPath, [cli, "deployment", "add-location", "--help"]);
  assert.equal(asked.code, 0);
  for (const flag of ["--location-file", "--image", "--agent-heartbeat-timeout", "--dry-run", "-o, --organization"]) assert.ok(asked.stdout.includes(flag), flag);
  const unasked = await run(process.execPath, [cli]);
  assert.deepEqual([unasked.code, unasked.stdout], [2, ""]);
  assert.match(unasked.stderr, /branch-deployment create-or-update/);
});

test("verbs of the binary alone are named as such", async () => {
  const { code, stderr } = await run(process.execPath, [join(dist, "cli.cjs"), "sandbox"], { cwd: temporary() });
  assert.equal(code, 2);
  assert.match(stderr, /only the binary has this command/);
});

test("what is wrong with the arguments is said in one line, as everything else", async () => {
  const said = async (...args) => (await run(process.execPath, [join(dist, "cli.cjs"), ...args], { cwd: temporary() })).stderr.split("\n")[0];
  assert.equal(await said("deploy", "--imge", "x"), "error: unexpected argument `--imge`");
  assert.equal(await said("deploy", "-x"), "error: unexpected argument `-x`");
  assert.equal(await said("deploy", "--image"), "error: a value is required for `--image`");
  assert.equal(await said("deploy", "-m"), "error: a value is required for `-m`");
  assert.equal(await said("deploy", "--image", "--json"), "error: a value is required for `--image`");
  assert.equal(await said("deploy", "--json=yes"), "error: the argument `--json` takes no value");
  assert.equal(await said("deploy", "here"), "error: unexpected argument `here`");
  assert.equal(await said("deploy", "--junit", "x.xml"), "error: invalid value `x.xml` for `--junit`: only the binary writes reports");
});
