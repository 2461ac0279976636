// Beside isomorphic-git: from `require` to HEAD's fields, peak memory, bytes read. `node bench/git-state.mjs`.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const OURS = `require(${JSON.stringify(join(here, "../../dist/index.cjs"))}).readGitState(dir).then(({ commit }) => [commit.hash, commit.author_name, commit.author_email, commit.committer_time, commit.subject])`;
const THEIRS = `require(${JSON.stringify(join(here, "../node_modules/isomorphic-git"))}).log({ fs: require("node:fs"), dir, depth: 1 }).then(([{ oid, commit }]) => [oid, commit.author.name, commit.author.email, commit.committer.timestamp, commit.message.trim()])`;

/** A repository of so many commits in one pack. */
function repository(commits) {
  const directory = mkdtempSync(join(tmpdir(), "offshoot-bench-"));
  const git = (...args) => execFileSync("git", args, { cwd: directory });
  git("init", "-q", "-b", "main");
  let stream = "";
  for (let number = 1; number <= commits; number++) {
    const message = `change ${number}`;
    stream += `commit refs/heads/main\nmark :${number}\ncommitter C <c@example.com> ${1600000000 + number} +0000\ndata ${message.length}\n${message}\n${number > 1 ? `from :${number - 1}\n` : ""}M 100644 inline f${number % 1000}\ndata ${String(number).length}\n${number}\n`;
  }
  execFileSync("git", ["fast-import", "--quiet"], { cwd: directory, input: stream });
  return directory;
}

/** The median time and the peak memory of five fresh processes, and what they found. */
function measure(program, dir) {
  const script = `const dir = ${JSON.stringify(dir)}; const start = process.hrtime.bigint(); ${program}.then((found) => console.log(JSON.stringify({ found, ms: Number(process.hrtime.bigint() - start) / 1e6, mb: process.resourceUsage().maxRSS / 1024 })))`;
  const runs = Array.from({ length: 5 }, () => JSON.parse(spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout));
  return runs.sort((a, b) => a.ms - b.ms)[2];
}

/** The bytes that the package reads of the checkout. */
function bytesRead(dir) {
  const script = `const fs = require("node:fs"), read = fs.readSync; let bytes = 0; fs.readSync = (...args) => { const n = read(...args); bytes += n; return n; }; const dir = ${JSON.stringify(dir)}; const { readGitState } = require(${JSON.stringify(join(here, "../../dist/index.cjs"))}); const before = bytes; readGitState(dir).then(() => console.log(bytes - before))`;
  return Number(spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout);
}

for (const commits of [10, 200_000]) {
  const dir = repository(commits);
  const [ours, theirs] = [measure(OURS, dir), measure(THEIRS, dir)];
  if (JSON.stringify(ours.found) !== JSON.stringify(theirs.found)) throw new Error(`they differ: ${ours.found} and ${theirs.found}`);
  const bytes = bytesRead(dir);
  console.log(`${commits} commits: offshoot ${ours.ms.toFixed(1)} ms, ${ours.mb.toFixed(0)} MB, ${bytes} bytes read; isomorphic-git ${theirs.ms.toFixed(1)} ms, ${theirs.mb.toFixed(0)} MB; ${(theirs.ms / ours.ms).toFixed(1)} times faster`);
  if (bytes > 64 * 1024) throw new Error("more than 64 KB were read");
  if (commits > 1000 && theirs.ms < 20 * ours.ms) throw new Error("less than 20 times faster");
  rmSync(dir, { recursive: true });
}
