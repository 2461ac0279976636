// A real panic in the core: its module is built anew with an operation that panics.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { checkout, here, temporary } from "./support.mjs";

const root = join(here, "../../..");

/** The functions inside the package, around a core that has the operation `defect`. */
async function defective() {
  const directory = temporary();
  const run = (args, cwd) => execFileSync("cargo", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  run(["build", "--quiet", "--package", "offshoot-wasm", "--target", "wasm32-unknown-unknown", "--features", "defect"], root);
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const module = join(target, "wasm32-unknown-unknown/debug/offshoot_wasm.wasm");
  run(["run", "--quiet", "--locked", "--", module, directory], join(root, "wasm/bindings"));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 0 };
  const compressed = brotliCompressSync(readFileSync(join(directory, "core.wasm")), { params });
  writeFileSync(join(directory, "module.js"), `export default ${JSON.stringify(compressed.toString("base64"))};`);
  const generated = {
    name: "generated",
    setup: ({ onResolve }) => onResolve({ filter: /^\.\.\/generated\// }, ({ path }) => ({ path: join(directory, path.split("/").pop()) })),
  };
  const outfile = join(directory, "internal.cjs");
  await build({ entryPoints: [join(here, "../src/internal.ts")], bundle: true, platform: "node", format: "cjs", outfile, plugins: [generated], logLevel: "error" });
  return createRequire(import.meta.url)(outfile);
}

test("a panic is an error with an internal code, keeps no secret, and the next call works", async () => {
  const { call, readGitState, OffshootError } = await defective();
  const path = checkout();
  await readGitState(path);
  const open = () => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
  const before = open();
  const request = { settings: { api_token: "s3cr3t-token" }, input: {} };
  const calls = Array.from({ length: 5 }, () => call("defect", request, { env: {}, cwd: path }));
  const settled = await Promise.allSettled([...calls, readGitState(path)]);
  for (const { reason } of settled.slice(0, 5)) {
    assert.ok(reason instanceof OffshootError);
    assert.deepEqual([reason.code, reason.exitCode], ["internal", 1]);
    assert.match(reason.message, /^a defect of offshoot: panicked at .*panics\.rs:\d+:\d+: no such luck: .*"\*{6}"/);
    assert.match(reason.hint, /please report it/);
    assert.ok(reason.cause instanceof Error, "the trap");
  }
  assert.equal(settled[5].status, "fulfilled");
  assert.ok((await readGitState(path)).commit);
  assert.equal(open(), before);
});
