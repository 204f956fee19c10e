#!/usr/bin/env bash
# Rebuilds what a disk may hold after a power cut at random moments and checks that no acknowledged write is missing.
#
#   scripts/power-cut-drill.sh                      20 cuts, then 5 controls that ignore the latest syncs
#   scripts/power-cut-drill.sh --cuts 100 --seed 1  further arguments go to Tests/Conformance/power_cut_drill.py
#
# Needs a C compiler. The exit code is 0 only when no cut lost anything and the controls did.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
python="$root/.build/conformance-venv/bin/python"
[[ -x "$python" ]] || "$root/scripts/conformance.sh" --version >/dev/null

cd "$root/Tests/Conformance"
export PYTHONDONTWRITEBYTECODE=1
exec "$python" power_cut_drill.py "$@"
