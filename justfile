# `just --list` shows what there is. `tests/setup.sh` installs what the tests judge against.

set shell := ["bash", "-euo", "pipefail", "-c"]

# The main job on the embedded sandbox.
demo *args:
    cargo run -p offshoot -- demo {{ args }}

# Everything, with its set-up: what CI runs.
test:
    bash tests/run.sh

# Format, lints, documents, licences and the checked habits.
lint:
    bash tests/lint.sh

# The core where there is no system.
wasm-check:
    cargo check -p offshoot-core -p offshoot-wasm --target wasm32-unknown-unknown

# The npm package, into wasm/dist.
wasm:
    bash wasm/build.sh

# The binary as it is shipped: static, stripped.
release:
    cargo build --release --target x86_64-unknown-linux-musl -p offshoot

# Whole processes, memory and size, beside curl and the official client. Prints ratios.
bench: release wasm
    bash tests/setup.sh
    python3 tests/bench/bench.py
    node wasm/package/bench/git-state.mjs

# What is generated and committed.
generate:
    UPDATE_GENERATED=1 cargo test -q -p offshoot-core
    UPDATE_GENERATED=1 cargo test -q -p offshoot openapi

# Snapshots that have changed, one by one.
review:
    INSTA_UPDATE=always cargo test --workspace; git diff -- '*.snap'
