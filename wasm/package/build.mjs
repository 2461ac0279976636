// Builds the package into `wasm/dist`: the module, its bindings, the JavaScript around it, the types.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/** The most that the packed package may have, in bytes. */
const LIMIT = 350 * 1024;

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const generated = join(here, "generated");
const dist = join(root, "wasm/dist");
const run = (program, args, options) => execFileSync(program, args, { stdio: ["ignore", "inherit", "inherit"], ...options });

// `--javascript-only` takes the module of the last build, for work on what is around it.
if (!process.argv.includes("--javascript-only")) wasmModule();
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
run(join(here, "node_modules/.bin/tsc"), ["-p", here]);
await javascript();
await types();
texts();
weigh();

/** The WASM module and its bindings. */
function wasmModule() {
  // No path of the machine that builds it stands in the messages of panics.
  const cargo = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const toolchain = execFileSync("rustc", ["--print", "sysroot"], { encoding: "utf8", cwd: root }).trim();
  const remap = { [cargo]: "cargo", [`${toolchain}/lib/rustlib/src/rust`]: "rust", [root]: "offshoot" };
const paths = Object.entries(remap).map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  const flags = [...paths, '--cfg=sha2_backend_soft="compact"'].join("\x1f");
  const args = ["build", "--quiet", "--package", "offshoot-wasm", "--target", "wasm32-unknown-unknown", "--profile", "wasm"];
  run("cargo", args, { cwd: root, env: { ...process.env, CARGO_ENCODED_RUSTFLAGS: flags } });
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const built = join(target, "wasm32-unknown-unknown/wasm/offshoot_wasm.wasm");
  run("cargo", ["run", "--quiet", "--locked", "--", built, generated], { cwd: join(root, "wasm/bindings") });
  const module = join(generated, "core.wasm");
  // Flat code is built anew; what is inlined once stays a function, and functions and locals that are much used get short
  // numbers: brotli makes 1.5 % less of it.
  const passes = ["--flatten", "--rereloop", "-Oz", "--converge", "--reorder-functions", "--reorder-locals"];
  const strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
  run(join(here, "node_modules/.bin/wasm-opt"), [module, ...passes, "--one-caller-inline-max-function-size=0", ...strip, "-o", module]);
  const wasm = readFileSync(module);
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_LGBLOCK]: 16, [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length };
  const compressed = brotliCompressSync(wasm, { params });
  writeFileSync(join(generated, "module.js"), `export default ${JSON.stringify(compressed.toString("base64"))};\n`);
  writeFileSync(join(generated, "module.d.ts"), "declare const compressed: string;\nexport default compressed;\n");
  console.log(`module: ${wasm.length} bytes, ${compressed.length} with brotli`);
}

async function javascript() {
  const options = { bundle: true, platform: "node", target: "node18", format: "cjs", minify: true, legalComments: "none" };
  // With `DEBUG` set it would print the proxy's password.
  const alias = { debug: join(here, "src/no-debug.ts") };
  const outfile = join(dist, "internal.cjs");
  await build({ ...options, alias, entryPoints: [join(here, "src/internal.ts")], outfile });
  const beside = {
    name: "beside",
    setup: ({ onResolve }) => onResolve({ filter: /\/internal\.js$/ }, () => ({ path: "./internal.cjs", external: true })),
  };
  const entry = { ...options, minify: false, plugins: [beside] };
  await build({ ...entry, minify: true, entryPoints: [join(here, "src/cli.ts")], outfile: join(dist, "cli.cjs"), banner: { js: "#!/usr/bin/env node" } });
  chmodSync(join(dist, "cli.cjs"), 0o755);
  await build({ ...entry, entryPoints: [join(here, "src/index.ts")], outfile: join(dist, "index.cjs") });
  // The same objects for `import` as for `require`: an error made by one is an instance of the class of the other.
  await build({ ...entry, format: "esm", entryPoints: [join(here, "src/index.ts")], outfile: join(dist, "index.mjs") });
}

async function types() {
  const bundle = await rollup({ input: join(here, "src/index.ts"), external: /^node:/, plugins: [dts({ tsconfig: join(here, "tsconfig.json") })] });
  const { output } = await bundle.generate({ format: "es" });
  const text = output[0].code.replace(/\/\*\*\n\s*\* ([^\n]*)\n\s*\*\//g, "/** $1 */").replace(/^ +/gm, (blanks) => " ".repeat(Math.ceil(blanks.length / 2)));
  writeFileSync(join(dist, "index.d.cts"), text);
  writeFileSync(join(dist, "index.d.mts"), 'export * from "./index.cjs";\n');
}

function texts() {
  // The text of the other licence is a hundredth of what the package may have; the README says where it is.
  copyFileSync(join(root, "LICENSE-MIT"), join(dist, "LICENSE-MIT"));
  copyFileSync(join(here, "README.md"), join(dist, "README.md"));
  const bundled = ["agent-base", "http-proxy-agent", "https-proxy-agent"];
  const licences = bundled.map((name) => `${name}\n\n${readFileSync(join(here, "node_modules", name, "LICENSE"), "utf8")}`);
  writeFileSync(join(dist, "THIRD-PARTY-LICENSES"), licences.join("\n\n"));
  const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
  const manifest = JSON.parse(readFileSync(join(here, "manifest.json"), "utf8"));
  writeFileSync(join(dist, "package.json"), `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
}

/** Packs it, prints its size, and fails if that is over the limit. */
function weigh() {
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", dist, dist], { encoding: "utf8", cwd: dist, stdio: ["ignore", "pipe", "ignore"] }));
  console.log(`package: ${packed.size} bytes packed (limit ${LIMIT}), ${packed.unpackedSize} unpacked: ${packed.filename}`);
  if (packed.size > LIMIT) throw new Error("the package is over its limit");
}
