#!/usr/bin/env bash
# Measures the server against a bare SwiftNIO responder and OpenBao; writes docs/performance.md.
#
#   scripts/bench.sh                                     about eight minutes after the builds
#   ROUNDS=1 SECONDS_EACH=2 SECRETS=500 MANY_FLAGS=500 scripts/bench.sh   a quick look
#   DOCUMENT=/dev/null scripts/bench.sh                  a look that leaves the document as it is
#   PARTS=configuration scripts/bench.sh                 secrets, flags or configuration alone; prints only
#   PULSEVAULT_BIN=/path/to/pulsevault scripts/bench.sh  another server binary
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

if ! command -v wrk >/dev/null; then
    if [[ "$(id -u)" == 0 ]]; then as_root=(); else as_root=(sudo); fi
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq wrk
fi
# The suites' environment holds OpenBao.
scripts/conformance.sh --version >/dev/null

# As `make run` builds.
release=(-c release --static-swift-stdlib)
products=(Ceiling)
if [[ "${PARTS:-flags}" == *flags* ]]; then products+=(EvaluationTimes); fi
for product in "${products[@]}"; do
    swift build "${release[@]}" --package-path Benchmarks --scratch-path .build/benchmarks --product "$product"
done
export CEILING_BIN="$root/.build/benchmarks/release/Ceiling"
export EVALUATION_BIN="$root/.build/benchmarks/release/EvaluationTimes"
if [[ -z "${PULSEVAULT_BIN:-}" ]]; then
    swift build "${release[@]}" --product pulsevault
    export PULSEVAULT_BIN="$root/.build/release/pulsevault"
fi

export PYTHONDONTWRITEBYTECODE=1
exec .build/conformance-venv/bin/python Benchmarks/bench.py
