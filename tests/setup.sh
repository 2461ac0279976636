#!/usr/bin/env bash
# Installs what the tests need beyond cargo: the parts of the Rust toolchain, cargo-deny, Debian packages (as root),
# in .venv the real dagster-cloud at the versions that requirements.txt pins, in .tools and tests/runners the real CI
# runners. Quick when nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/.."

CARGO_DENY=0.20.2
ACT=github.com/nektos/act@v0.2.89
BUILDKITE_AGENT=github.com/buildkite/agent/v3@v3.78.0

fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

debian=()
command -v git >/dev/null || debian+=(git)
command -v curl >/dev/null || debian+=(curl)
command -v strace >/dev/null || debian+=(strace)
command -v docker-registry >/dev/null || debian+=(docker-registry)
command -v gcc >/dev/null || debian+=(gcc libc6-dev)
command -v rsync >/dev/null || debian+=(rsync)
command -v npm >/dev/null || debian+=(nodejs npm)
[ -x /usr/bin/time ] || debian+=(time)
python3 -c 'import ensurepip, venv' 2>/dev/null || debian+=(python3 python3-venv)
if [ "${#debian[@]}" -gt 0 ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "missing: ${debian[*]}; install them and run this again"
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${debian[@]}" >/dev/null
fi

if command -v rustup >/dev/null; then
    rustup target list --installed | grep -qx wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown
    rustup target list --installed | grep -qx x86_64-unknown-linux-musl || rustup target add x86_64-unknown-linux-musl
    for part in clippy rustfmt; do
        rustup component list --installed | grep -q "^$part" || rustup component add "$part"
    done
else
    fail "rustup is missing: it installs the targets that the tests build for"
fi

# A debug build: it takes a third of the time to make, and a second to run.
if [ "$(cargo deny --version 2>/dev/null)" != "cargo-deny $CARGO_DENY" ]; then
    CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --debug --locked "cargo-deny@$CARGO_DENY"
fi

stamp=.venv/requirements.installed
if ! cmp -s tests/requirements.txt "$stamp"; then
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check --no-deps -r tests/requirements.txt
    .venv/bin/pip check
    cp tests/requirements.txt "$stamp"
fi

# Installs the program of a Go module as .tools/bin/NAME, if it is not there at that version.
go_program() { # NAME MODULE@VERSION
    go version -m ".tools/bin/$1" 2>/dev/null | grep -qF "${2/@/$'\t'}" && return
    GOBIN="$PWD/.tools/bin" go install "$2"
    # It is named after the last part of the module's path that is no version.
    local made
    made=$(sed -E 's,@.*,,; s,/v[0-9]+$,,; s,.*/,,' <<<"$2")
    [ "$made" = "$1" ] || mv ".tools/bin/$made" ".tools/bin/$1"
}
command -v go >/dev/null || fail "go is missing: it builds act and the Buildkite agent, which the tests run jobs in"
go_program act "$ACT"
go_program buildkite-agent "$BUILDKITE_AGENT"

stamp=tests/runners/node_modules/.installed
if ! cmp -s tests/runners/package-lock.json "$stamp"; then
    npm ci --prefix tests/runners --no-fund --no-audit --loglevel=error
    cp tests/runners/package-lock.json "$stamp"
fi
