#!/usr/bin/env bash
# All tests, with all their set-up. A part that cannot run fails and says what it lacks.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

step "set-up"
bash tests/setup.sh

step "lint"
bash tests/lint.sh

step "the core without a system"
cargo check --quiet -p offshoot-core -p offshoot-wasm --target wasm32-unknown-unknown

step "tests"
cargo test --workspace

step "the npm package"
bash wasm/test.sh
