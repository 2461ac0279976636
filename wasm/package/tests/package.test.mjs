// The packed package, installed as users install it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, test } from "node:test";
import { checkout, dist, git, here, run, temporary } from "./support.mjs";

const tools = join(here, "../node_modules");
const require = createRequire(import.meta.url);
const project = temporary();
const repository = checkout();
const hash = git(repository, "rev-parse", "HEAD");
const tarball = join(dist, readdirSync(dist).find((name) => name.endsWith(".tgz")));

const ESM = `import { readGitState, OffshootError } from "offshoot";
console.log((await readGitState(process.argv[2])).commit.hash, new OffshootError({ message: "x" }) instanceof Error);`;
const CJS = `const { readGitState, OffshootError } = require("offshoot");
readGitState(process.argv[2]).then(({ commit }) => console.log(commit.hash, new OffshootError({ message: "x" }) instanceof Error));`;

before(() => {
  writeFileSync(join(project, "package.json"), '{ "private": true }');
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], { cwd: project, stdio: "ignore" });
  writeFileSync(join(project, "esm.mjs"), ESM);
  writeFileSync(join(project, "cjs.cjs"), CJS);
});

/** Runs a program of the project, away from what is installed beside it if `alone`. */
async function prints(file, alone) {
  let path = join(project, file);
  if (alone) copyFileSync(path, (path = join(temporary(), file.split("/").pop())));
  const { stdout, stderr } = await run(process.execPath, [path, repository]);
  assert.equal(stdout, `${hash} true\n`, stderr);
}

test("the tarball holds what it should, and no more", () => {
  const files = execFileSync("tar", ["tzf", tarball], { encoding: "utf8" }).trim().split("\n").sort();
  assert.deepEqual(files, ["LICENSE-MIT", "README.md", "THIRD-PARTY-LICENSES", "cli.cjs", "index.cjs", "index.d.cts", "index.d.mts", "index.mjs", "internal.cjs", "package.json"].map((name) => `package/${name}`).sort());
  for (const file of files) {
    const text = execFileSync("tar", ["xzOf", tarball, file], { encoding: "utf8" });
    assert.doesNotMatch(text, /sourceMappingURL|\/\.cargo\/registry|\/root\/|\/home\//, file);
  }
  const manifest = JSON.parse(readFileSync(join(dist, "package.json"), "utf8"));
  assert.deepEqual([manifest.dependencies, manifest.scripts, manifest.optionalDependencies], [undefined, undefined, undefined]);
});

test("the module holds no path of the machine that built it", () => {
  const module = readFileSync(join(here, "../generated/core.wasm"), "latin1");
  assert.doesNotMatch(module, /\/\.cargo\/|\/rustup\/toolchains|\/root\/|\/home\//);
});

test("installing it brings nothing else", () => {
  assert.deepEqual(readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")), ["offshoot"]);
});

test("import and require, of one and the same class", async () => {
  await prints("esm.mjs");
  await prints("cjs.cjs");
  writeFileSync(join(project, "both.mjs"), `import { createRequire } from "node:module"; import { OffshootError } from "offshoot";
console.log(createRequire(import.meta.url)("offshoot").OffshootError === OffshootError);`);
  assert.equal((await run(process.execPath, [join(project, "both.mjs")])).stdout, "true\n");
});

test("npx offshoot", async () => {
  const { stdout, code } = await run("npx", ["--no-install", "offshoot", "--version"], { cwd: project });
  assert.deepEqual([stdout, code], [`offshoot ${JSON.parse(readFileSync(join(dist, "package.json"), "utf8")).version}\n`, 0]);
});

test("after esbuild, in both formats", async () => {
  const { build } = require("esbuild");
  const options = { absWorkingDir: project, bundle: true, platform: "node", logLevel: "error" };
  await build({ ...options, entryPoints: ["cjs.cjs"], outfile: "out/esbuild.cjs", format: "cjs" });
  await prints("out/esbuild.cjs", true);
  // A `require` of a builtin in ESM output is esbuild's own limit; this is its documented way out.
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  await build({ ...options, entryPoints: ["esm.mjs"], outfile: "out/esbuild.mjs", format: "esm", banner });
  await prints("out/esbuild.mjs", true);
});

test("after rollup and after ncc", async () => {
  const { rollup } = require("rollup");
  const plugins = [require("@rollup/plugin-node-resolve").default({ preferBuiltins: true }), require("@rollup/plugin-commonjs")()];
  const bundle = await rollup({ input: join(project, "esm.mjs"), plugins, external: /^(node:|https?$|net$|tls$|url$|assert$|events$|util$)/ });
  await bundle.write({ file: join(project, "out/rollup.mjs"), format: "es" });
  await prints("out/rollup.mjs", true);
  execFileSync(join(tools, ".bin/ncc"), ["build", join(project, "cjs.cjs"), "-o", join(project, "ncc"), "--quiet"], { stdio: "pipe" });
  copyFileSync(join(project, "ncc/index.cjs"), join(project, "out/ncc.cjs"));
  await prints("out/ncc.cjs", true);
});

test("in a worker thread", async () => {
  writeFileSync(join(project, "worker.cjs"), `const { Worker } = require("node:worker_threads");
new Worker(${JSON.stringify(join(project, "cjs.cjs"))}, { argv: [process.argv[2]] });`);
  await prints("worker.cjs");
});

test("publint and are-the-types-wrong find nothing", async () => {
  const { publint } = await import("publint");
  assert.deepEqual((await publint({ pkgDir: join(project, "node_modules/offshoot"), strict: true })).messages, []);
  const { stdout, code } = await run(join(tools, ".bin/attw"), [tarball, "--format", "ascii"]);
  assert.equal(code, 0, stdout);
});

test("the examples of the README compile under strict rules, as ESM and as CommonJS", async () => {
  const readme = readFileSync(join(here, "../README.md"), "utf8");
  const examples = [...readme.matchAll(/```(ts|js)\n([^]*?)```/g)].map(([, , code]) => code);
  assert.equal(examples.length, 3);
  mkdirSync(join(project, "node_modules/@types"), { recursive: true });
  symlinkSync(join(tools, "@types/node"), join(project, "node_modules/@types/node"));
  for (const [index, code] of examples.entries()) writeFileSync(join(project, `example-${index}.mts`), code);
  writeFileSync(join(project, "required.cts"), `import offshoot = require("offshoot");
const state: Promise<offshoot.GitState> = offshoot.readGitState();
async function typed() {
  const plan = await offshoot.addLocation({ location_name: "x", dry_run: true });
  const done = await offshoot.addLocation({ location_name: "x" });
  // @ts-expect-error: a plan was asked for
  plan.loaded;
  // @ts-expect-error: no such option
  await offshoot.addLocation({ location_nme: "x" });
  const declared: offshoot.DeployOptions = { dry_run: true, image_tag: process.env.TAG, image: ["a:1"] as const };
  const either = await offshoot.deploy(declared);
  // @ts-expect-error: it may be a plan
  either.url;
  const may = await offshoot.deploy({ ...(process.env.PLAN ? { dry_run: true } : {}) });
  // @ts-expect-error: it may be a plan
  may.url;
  const skipped = await offshoot.deploy({ image_tag: process.env.TAG, on_missing_token: process.env.SKIP ? "skip" : "fail" });
  // @ts-expect-error: it may be null
  skipped.url;
  const report: offshoot.Report = new Error() as never;
  return [plan.calls, done.loaded, state, skipped?.url, (await offshoot.deploy({})).url, report];
}
void typed;`);
  const options = { strict: true, exactOptionalPropertyTypes: true, module: "nodenext", target: "es2022", lib: ["es2022", "dom"], types: ["node"], noEmit: true };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["example-0.mts", "example-1.mts", "example-2.mts", "required.cts"] }));
  const { stdout, code } = await run(join(tools, ".bin/tsc"), ["-p", project]);
  assert.equal(code, 0, stdout);
});

test("the README has every error code that the types have", () => {
  const types = readFileSync(join(dist, "index.d.cts"), "utf8");
  const codes = /type Code = ([^;]+);/.exec(types)[1].match(/"([^"]+)"/g).map((code) => code.slice(1, -1));
  const readme = readFileSync(join(dist, "README.md"), "utf8");
  const ofBinary = /^(doctor|notify|run|serve)\.|^plus\.invalid-run-config$/;
  for (const code of codes.filter((code) => !ofBinary.test(code))) {
    assert.ok(readme.includes(`\`${code}\``), code);
  }
});
