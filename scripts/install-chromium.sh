#!/usr/bin/env bash
# Installs Debian's Chromium, in which Tests/Conformance/test_flags_browser.py looks at the demo, where it is missing.
#
# Without one that test is skipped; so a machine that cannot install it is no failure here.
set -euo pipefail

command -v chromium >/dev/null && exit 0

if [[ "$(id -u)" == 0 ]]; then as_root=(); else as_root=(sudo -n); fi
if ! "${as_root[@]}" apt-get update -qq ||
    ! DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends chromium >/dev/null
then
    echo "Chromium could not be installed; the tests in a browser are skipped." >&2
fi
