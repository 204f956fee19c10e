#!/usr/bin/env bash
# Starts a server to try out, on an embedded SQLite file that survives restarts, and unseals it.
#
# The unseal keys and the root token are kept beside the database, which defeats the seal: a convenience for trying
# out, never for data that matters. A server of your own is started with `pulsevault server -config=…` and unsealed by
# people who each hold one share; see docs/operations.md.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
state="${PULSEVAULT_STATE:-$root/.pulsevault}"
address="${PULSEVAULT_ADDRESS:-127.0.0.1:8200}"
server="$root/.build/release/pulsevault"
client="$root/.build/release/vaultcli"
keys="$state/keys.json"

umask 077
mkdir -p "$state/data"
cat >"$state/config.hcl" <<CONFIG
storage "sqlite" { path = "$state/data/vault.db" }
listener "tcp" {
  address     = "$address"
  tls_disable = true
}
api_addr = "http://$address"
audit "file" "main" { path = "$state/audit.log" }
CONFIG

"$server" server -config="$state/config.hcl" &
pid=$!
trap 'kill "$pid" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
export VAULT_ADDR="http://$address"

initialized() { curl -fsS --max-time 2 "$VAULT_ADDR/v1/sys/init" 2>/dev/null || true; }
field() { python3 -c 'import json,sys; v=json.load(open(sys.argv[1]))[sys.argv[2]]; print(v if isinstance(v,str) else "\n".join(v))' "$keys" "$1"; }

for _ in $(seq 100); do
    answer="$(initialized)"
    [[ -n "$answer" ]] && break
    kill -0 "$pid" 2>/dev/null || exit 1
    sleep 0.1
done

if [[ "$answer" == *false* ]]; then
    "$client" operator init -key-shares=5 -key-threshold=3 -format=json >"$keys.new"
    mv "$keys.new" "$keys"
    fresh=yes
fi
[[ -r "$keys" ]] || { echo "The store in $state is initialised, but $keys is missing." >&2; exit 1; }

mapfile -t shares < <(field unseal_keys_b64)
for share in "${shares[@]:0:3}"; do
    printf '%s' "$share" | "$client" operator unseal - >/dev/null
done
token="$(field root_token)"
if [[ "${fresh:-}" == yes ]]; then
    VAULT_TOKEN="$token" "$client" secrets enable -path=secret -version=2 kv >/dev/null
fi

cat <<BANNER

PulseVault is ready.

    Address      $VAULT_ADDR
    Root token   $token
    Unseal keys  $keys   (readable by you alone; kept here only because this is a trial)
    Data         $state

Try, in another shell:

    export PATH="$root/.build/release:\$PATH"
    export VAULT_ADDR=$VAULT_ADDR VAULT_TOKEN=$token
    vaultcli kv put secret/app password=correct-horse
    vaultcli kv get secret/app

Ctrl-C stops the server. The next start unseals it by itself.
BANNER
wait "$pid"
