#!/usr/bin/env bash
# Makes the three flags of the demo and a token that may evaluate them and nothing else, which it prints.
#
#   export VAULT_ADDR=http://127.0.0.1:8200 VAULT_TOKEN=hvs.…    # of somebody who may write flags and policies
#   token="$(examples/web-demo/setup.sh)"
set -euo pipefail

write() { vaultcli write "flags/$1" - >/dev/null; }

vaultcli secrets list -format=json | grep -q '"flags/"' || vaultcli secrets enable -path=flags flags >/dev/null

write definitions/new-checkout <<'JSON'
{"type": "boolean", "description": "Paying with one tap", "owner": "checkout", "kind": "release", "client_visible": true}
JSON
write definitions/banner-text <<'JSON'
{"type": "string", "description": "The line above everything", "owner": "marketing", "kind": "ops", "client_visible": true,
 "variations": {"none": "", "hello": "Fresh beans have come in this morning.", "sale": "Today: a fifth off all filters."}}
JSON
write definitions/theme <<'JSON'
{"type": "string", "description": "The colours of the shop", "owner": "design", "kind": "experiment", "client_visible": true,
 "variations": {"light": "light", "dark": "dark", "harbour": "harbour"}}
JSON

write states/prod/new-checkout <<'JSON'
{"on": false, "fallthrough": {"variation": "on"}}
JSON
write states/prod/banner-text <<'JSON'
{"on": true, "off_variation": "none", "fallthrough": {"variation": "hello"}}
JSON
write states/prod/theme <<'JSON'
{"on": true, "off_variation": "light", "fallthrough": {"variation": "light"}}
JSON

vaultcli policy write web-demo - >/dev/null <<'POLICY'
path "flags/evaluate/prod"   { capabilities = ["evaluate"] }
path "flags/evaluate/prod/*" { capabilities = ["evaluate"] }
POLICY
vaultcli token create -policy=web-demo -no-default-policy -metadata=environment=prod -ttl=24h -field=token
