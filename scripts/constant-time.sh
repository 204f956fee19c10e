#!/usr/bin/env bash
# Shows with valgrind that splitting and combining key shares neither branches on secret bytes nor uses them as an
# index (security.md C-14). The release build is looked at, because the optimiser decides what becomes a branch.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
build="$root/.build/constant-time"

if ! command -v valgrind >/dev/null || [[ ! -e /usr/include/valgrind/memcheck.h ]]; then
    if [[ "$(id -u)" == 0 ]]; then as_root=(); else as_root=(sudo); fi
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq valgrind
fi

swift build --quiet -c release --static-swift-stdlib --package-path "$root/Tests/ConstantTime" --scratch-path "$build"
# The log names the lines; the control's errors are always in it.
valgrind --log-file="$build/memcheck.log" "$build/release/ShamirUnderMemcheck" || {
    code=$?
    cat "$build/memcheck.log"
    exit "$code"
}
