// Paths as people have them. Windows itself is not here: what can be told of it elsewhere is.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { test } from "node:test";
import { readGitState } from "../../dist/index.mjs";
import { checkout, git, temporary } from "./support.mjs";

const { slashed, proxyFor, decode } = createRequire(import.meta.url)("../../dist/internal.cjs");

test("blanks and other alphabets, relative paths, directories below", async () => {
  const path = join(temporary(), "日本 — ü 'quoted' \\ back");
  mkdirSync(join(path, "a b/c"), { recursive: true });
  checkout(path);
  const hash = git(path, "rev-parse", "HEAD");
  for (const start of [path, join(path, "a b/c"), relative(process.cwd(), path)]) {
    const state = await readGitState(start, { env: {} });
    assert.deepEqual([state.root, state.commit.hash], [path, hash]);
  }
  assert.equal((await readGitState("a b", { env: {}, cwd: path })).root, path);
});

test("GIT_DIR and linked worktrees", async () => {
  const main = checkout();
  const linked = join(temporary(), "linked tree");
  git(main, "worktree", "add", "-q", "-b", "other", linked);
  assert.equal((await readGitState(linked, { env: {} })).branch, "other");
  const state = await readGitState(temporary(), { env: { GIT_DIR: join(main, ".git") } });
  assert.equal(state.branch, "feature/cart");
});

test("a repository of SHA-256", async () => {
  const path = temporary();
  git(path, "init", "-q", "--object-format=sha256");
  git(path, "commit", "-q", "--allow-empty", "-m", "x");
  assert.equal((await readGitState(path, { env: {} })).commit.hash, git(path, "rev-parse", "HEAD"));
});

// The ports hand the core paths with `/`, which Node takes on Windows too; the core's own rules for drives and
// shares are tested in `crates/core/src/git/path.rs`. Reading a checkout on Windows is not tested.
test("paths of Windows reach the core with slashes, and a backslash elsewhere stays what it is", () => {
  assert.equal(slashed("C:\\Users\\ü x\\repo", "win32"), "C:/Users/ü x/repo");
  assert.equal(slashed("\\\\server\\share\\repo", "win32"), "//server/share/repo");
  assert.equal(slashed("/a\\b", "linux"), "/a\\b");
});

// The table of `crates/native/src/proxy.rs`.
test("the proxy is chosen as the binary chooses it", () => {
  const chosen = (url, env) => proxyFor(new URL(url), env);
  const both = { HTTPS_PROXY: "http://s:1", http_proxy: "http://p:2" };
  assert.equal(chosen("https://acme.dagster.cloud/", both), "http://s:1");
  assert.equal(chosen("http://acme.test/", both), "http://p:2");
  assert.equal(chosen("http://acme.test/", { HTTP_PROXY: "http://cgi", REQUEST_METHOD: "GET" }), undefined);
  assert.equal(chosen("http://acme.test/", { HTTP_PROXY: "http://p" }), "http://p");
  assert.equal(chosen("https://a.test/", { ALL_PROXY: "http://all" }), "http://all");
  assert.equal(chosen("https://a.test/", { HTTPS_PROXY: "" }), undefined);
  assert.equal(chosen("https://a.test/", { HTTPS_PROXY: "http://upper", https_proxy: "http://lower" }), "http://lower");
  assert.equal(chosen("https://a.test/", { HTTPS_PROXY: "proxy:3128" }), "http://proxy:3128");
  const direct = (url, exceptions) => chosen(url, { HTTPS_PROXY: "http://s", http_proxy: "http://s", NO_PROXY: exceptions }) === undefined;
  for (const [url, exceptions] of [
    ["https://acme.dagster.cloud/", "localhost, dagster.cloud"], ["https://acme.dagster.cloud/", ".dagster.cloud"],
    ["https://acme.dagster.cloud/", "*"], ["http://10.1.2.3:8080/", "10.0.0.0/8"], ["http://10.1.2.3:8080/", "10.1.2.3:8080"],
    ["http://[::1]:8080/", "::1"], ["https://a.test/", "x a.test"], ["https://a.test/", "A.TEST:443"], ["http://[fd00::1]/", "fd00::/8"],
  ]) assert.ok(direct(url, exceptions), `${url} ${exceptions}`);
  for (const [url, exceptions] of [
    ["http://10.1.2.3:8080/", "10.1.2.3:9090"], ["https://notdagster.cloud/", "dagster.cloud"], ["https://acme.dagster.cloud/", ""],
    ["http://10.1.2.3/", "10.0.0.0/99"], ["http://10.1.2.3/", "2.3"],
  ]) assert.ok(!direct(url, exceptions), `${url} ${exceptions}`);
});

// Those of `crates/native/src/charset.rs`.
test("old character sets are decoded as iconv does", () => {
  const bytes = (...values) => Uint8Array.from(values);
  assert.equal(decode("ISO-8859-1", bytes(0x80, 0xe9)), "\u0080é");
  assert.equal(decode("cp1252", bytes(0x80, 0xe9)), "€é");
  assert.equal(decode("ISO-8859-9", bytes(0x80, 0xfd)), "\u0080ı");
  assert.equal(decode("ISO-8859-15", bytes(0xa4)), "€");
  assert.equal(decode("SHIFT_JIS", bytes(0x93, 0xfa, 0x96, 0x7b)), "日本");
  for (const [label, ...values] of [["cp1252", 0x81], ["us-ascii", 0xe9], ["SHIFT_JIS", 0x81], ["UTF-16", 97, 98], ["klingon", 97]]) assert.equal(decode(label, bytes(...values)), undefined, label);
});
