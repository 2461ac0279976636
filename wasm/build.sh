#!/usr/bin/env bash
# The npm package, into wasm/dist, with what its build needs.
set -euo pipefail
cd "$(dirname "$0")/.."

# Not `npm ci`: it takes a lock file without addresses for one that lacks other systems' optional packages.
npm install --no-save --prefix wasm/package --no-fund --no-audit --loglevel=error
node wasm/package/build.mjs
