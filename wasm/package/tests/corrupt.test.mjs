// Repositories that are damaged, or made to do harm: errors, never traps, and never the memory that they ask for.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { deflateSync } from "node:zlib";
import { OffshootError, readGitState } from "../../dist/index.mjs";
import { checkout, git, temporary } from "./support.mjs";

const GIBIBYTE = 2 ** 30;

/** The error that the repository at `path` is read with. */
async function failure(path) {
  const before = process.memoryUsage().rss;
  const error = await readGitState(path, { env: {} }).then((state) => assert.fail(inspect(state)), (error) => error);
  assert.ok(error instanceof OffshootError, inspect(error));
  assert.ok(process.memoryUsage().rss - before < GIBIBYTE / 4, "it has taken a claim at its word");
  return error;
}

/** `value` as packs write sizes: seven bits at a time, the lowest first, of the first byte only `first`. */
function size(value, first = 7, head = 0) {
  const low = value % 2 ** first;
  const rest = (value - low) / 2 ** first;
  return rest ? [head | low | 0x80, ...size(rest)] : [head | low];
}

/** A repository whose HEAD is a delta in a pack, which is to make a commit out of another. */
function packed(delta) {
  const path = checkout();
  const base = Buffer.from("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n");
  const [COMMIT, OFFSET_DELTA] = [1, 6];
  const first = Buffer.concat([Buffer.from(size(base.length, 4, COMMIT << 4)), deflateSync(base)]);
  const second = Buffer.concat([Buffer.from(size(delta.length, 4, OFFSET_DELTA << 4)), Buffer.from([first.length]), deflateSync(Buffer.from(delta))]);
  assert.ok(first.length < 128, "its distance is one byte");
  const pack = summed(Buffer.concat([Buffer.from("PACK"), numbers(2, 2), first, second]));
  const ids = ["a".repeat(40), "b".repeat(40)];
  const counts = Array.from({ length: 256 }, (_, byte) => (byte < 0xaa ? 0 : byte < 0xbb ? 1 : 2));
  const index = [Buffer.from([0xff, 0x74, 0x4f, 0x63]), numbers(2, ...counts), Buffer.from(ids.join(""), "hex"), numbers(0, 0), numbers(12 + first.length, 12), pack.subarray(-20)];
  mkdirSync(join(path, ".git/objects/pack"), { recursive: true });
  writeFileSync(join(path, ".git/objects/pack/pack-1.pack"), pack);
  writeFileSync(join(path, ".git/objects/pack/pack-1.idx"), summed(Buffer.concat(index)));
  writeFileSync(join(path, ".git/HEAD"), `${ids[0]}\n`);
  return { path, base };
}

function numbers(...values) {
  const buffer = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => buffer.writeUInt32BE(value, 4 * at));
  return buffer;
}

const summed = (bytes) => Buffer.concat([bytes, createHash("sha1").update(bytes).digest()]);

test("a .git of garbage", async () => {
  const path = temporary();
  mkdirSync(join(path, ".git"));
  const garbage = Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919) % 256));
  for (const file of ["HEAD", "config", "packed-refs", "index"]) writeFileSync(join(path, ".git", file), garbage);
  assert.equal((await failure(path)).code, "git.corrupt");
});

test("a loose object that claims 4 GiB", async () => {
  const path = checkout();
  const hash = git(path, "rev-parse", "HEAD");
  const loose = join(path, ".git/objects", hash.slice(0, 2), hash.slice(2));
  chmodSync(loose, 0o644);
  writeFileSync(loose, deflateSync(Buffer.from(`commit ${4 * GIBIBYTE}\0tree `)));
  assert.equal((await failure(path)).code, "git.unsupported");
});

test("deltas that claim 4 GiB, or more than there is", async () => {
  const length = 46;
  const claims = {
    "of its result": [[...size(length), ...size(4 * GIBIBYTE), 0x90, length], "git.unsupported", /4294967296 bytes in one object/],
    "of its base": [[...size(4 * GIBIBYTE), ...size(length), 0x90, length], "git.corrupt", /another base/],
    "by copying what is not there": [[...size(length), ...size(0xffffff), 0xf0, 0xff, 0xff, 0xff], "git.corrupt", /beyond its base/],
    "in more bits than a number has": [[...Array(12).fill(0xff), 1], "git.corrupt", /more than 63 bits/],
    "of nothing": [[], "git.corrupt", /ends early/],
    "of another object": [[...size(length), ...size(length), 0x90, length], "git.corrupt", /is another object/],
  };
  for (const [name, [delta, code, words]] of Object.entries(claims)) {
    const { path, base } = packed(delta);
    assert.equal(base.length, length);
    const error = await failure(path);
    assert.equal(error.code, code, `${name}: ${error.message}`);
    assert.match(error.message, words, name);
  }
});

test("alternates that lead back", async () => {
  const path = checkout();
  mkdirSync(join(path, ".git/objects/info"), { recursive: true });
  writeFileSync(join(path, ".git/objects/info/alternates"), "../objects\n".repeat(50));
  assert.ok((await readGitState(path, { env: {} })).commit);
});
