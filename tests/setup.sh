#!/bin/sh
# Installs what the tests judge against: the real dagster-cloud CLI, at the versions that requirements.txt
# pins, in .venv at the root of the repository. Quick when nothing has changed.
set -eu
cd "$(dirname "$0")/.."

stamp=.venv/requirements.installed
if cmp -s tests/requirements.txt "$stamp"; then
    exit 0
fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    missing=
    command -v git >/dev/null || missing="$missing git"
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3 python3-venv"
    if [ -n "$missing" ]; then
        apt-get update -qq
        # shellcheck disable=SC2086 # A list of names.
        apt-get install -y -qq --no-install-recommends $missing
    fi
fi

python3 -m venv --clear .venv
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps -r tests/requirements.txt
.venv/bin/pip check
cp tests/requirements.txt "$stamp"
