#!/usr/bin/env bash
# Runs the black-box suites of Tests/Conformance against the built server.
#
#   scripts/conformance.sh                      the whole suite, against the newest build
#   scripts/conformance.sh -n 2 -k audit        further arguments go to pytest
#   PULSEVAULT_BIN=/path/to/pulsevault scripts/conformance.sh
#   TARGET=bao scripts/conformance.sh           proves the suite against OpenBao
#
# The exit code is pytest's: 0 only when everything passed.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
suite="$root/Tests/Conformance"
venv="$root/.build/conformance-venv"

if [[ ! -x "$venv/bin/python" ]]; then
    mkdir -p "$root/.build"
    if ! python3 -m venv "$venv" 2>/dev/null; then
        rm -rf "$venv"
        if [[ "$(id -u)" == 0 ]]; then as_root=(); else as_root=(sudo); fi
        "${as_root[@]}" apt-get update -qq
        "${as_root[@]}" apt-get install -y -qq python3-venv
        python3 -m venv "$venv"
    fi
fi

wanted="$(sha256sum "$suite/requirements.txt" | cut -d' ' -f1)"
if [[ "$(cat "$venv/requirements.sha256" 2>/dev/null || true)" != "$wanted" ]]; then
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$suite/requirements.txt"
    echo "$wanted" >"$venv/requirements.sha256"
fi

"$root/scripts/install-chromium.sh"

cd "$suite"
export PYTHONDONTWRITEBYTECODE=1
exec "$venv/bin/python" -m pytest -q "$@"
