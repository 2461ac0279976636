#!/usr/bin/env bash
# Format, lints, documents, licences, and the habits of CONTRIBUTING.md that can be counted.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
fail() { printf 'lint: %s\n' "$*" >&2; failed=1; }

cargo fmt --check || fail "run \`cargo fmt\`"
cargo clippy --quiet --workspace --all-targets -- -D warnings || fail "clippy has something to say"
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps || fail "the documents do not build"
cargo deny --log-level error check bans licenses sources || fail "cargo deny refuses something"
python3 tests/scripts/habits.py || fail "a habit is broken"

exit "$failed"
