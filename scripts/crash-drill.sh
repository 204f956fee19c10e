#!/usr/bin/env bash
# Kills a server 50 times (SIGKILL) under eight writers and checks that no acknowledged write is missing.
#
#   scripts/crash-drill.sh                           50 cycles
#   scripts/crash-drill.sh --cycles 5 --seed 1       further arguments go to Tests/Conformance/crash_drill.py
#
# The exit code is 0 only when nothing was found.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
python="$root/.build/conformance-venv/bin/python"
[[ -x "$python" ]] || "$root/scripts/conformance.sh" --version >/dev/null

cd "$root/Tests/Conformance"
export PYTHONDONTWRITEBYTECODE=1
exec "$python" crash_drill.py "$@"
