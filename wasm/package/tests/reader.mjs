// Answers each line `{ "path", "env" }` with what the package says of that checkout, for the tests of the Git state
// in `crates/native`: there the same repositories are read by git, by the native core and by this.
import { createInterface } from "node:readline";
import { OffshootError, readGitState } from "../../dist/index.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  const { path, env } = JSON.parse(line);
  const answer = await readGitState(path, { env }).catch((error) => {
    if (error instanceof OffshootError) return { error };
    throw error;
  });
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
