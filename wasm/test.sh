#!/usr/bin/env bash
# The npm package: what it needs, its build, and all of its tests.
set -euo pipefail
cd "$(dirname "$0")/.."

bash wasm/build.sh
npm ci --prefix wasm/package/tests/nodes --no-fund --no-audit --loglevel=error
cargo build --quiet --package offshoot

node --test wasm/package/tests/*.test.mjs

# One corpus, three readers: every repository of the native tests is read by git, by the native core and by WASM.
OFFSHOOT_WASM_READER="$PWD/wasm/package/tests/reader.mjs" cargo test --quiet --package offshoot-native --test git_state

# The conformance cases with the real dagster-cloud, for which tests/setup.sh installs that, with npx in place of the
# binary. What is left out are cases of commands that only the binary has.
OFFSHOOT_PROGRAM="$PWD/wasm/dist/cli.cjs" cargo test --quiet --package offshoot-tests --test all conformance -- \
    --skip conformance::ci::branch_deployment --skip conformance::runs
