"""The `sys/` backend through hvac: mounts, policies, capabilities, keys, wrapping, tools."""

import base64
import hashlib
import re
import time

import hvac.exceptions
import pytest

import harness

REFUSED = hvac.exceptions.InvalidRequest


# -- status of an unsealed server ---------------------------------------------------------------


def test_health_of_an_active_server(server, root):
    assert root.sys.read_health_status(method="HEAD").status_code == 200
    body = root.sys.read_health_status(method="GET")
    assert (body["initialized"], body["sealed"], body["standby"]) == (True, False, False)
    assert abs(body["server_time_utc"] - time.time()) < 30
    assert re.match(r"\d+\.\d+\.\d+$", body["version"])
    assert body["cluster_name"] and body["cluster_id"]
    for method in ("HEAD", "GET"):
        assert server.call(method, "/v1/sys/health?activecode=299").status == 299
        assert server.call(method, "/v1/sys/health?activecode=many").status == 400


def test_seal_status_of_an_active_server(root):
    status = root.sys.read_seal_status()
    assert (status["type"], status["initialized"], status["sealed"]) == ("shamir", True, False)
    assert (status["t"], status["n"], status["progress"], status["nonce"]) == (3, 5, 0, "")
    assert status["version"] == root.sys.read_health_status(method="GET")["version"]
    assert status["migration"] is False and status["recovery_seal"] is False
    assert status["storage_type"]


def test_leader_and_ha_status(root):
    assert root.ha_status["ha_enabled"] is False
    assert root.sys.read_leader_status()["ha_enabled"] is False


# -- mounts -------------------------------------------------------------------------------------


def test_the_built_in_mounts_are_there(root):
    answer = root.sys.list_mounted_secrets_engines()
    for path, kind in (("sys/", "system"), ("cubbyhole/", "cubbyhole"), ("identity/", "identity")):
        assert answer["data"][path]["type"] == kind
        assert answer[path] == answer["data"][path]
    assert answer["data"]["cubbyhole/"]["local"] is True


def test_a_mount_is_listed_as_it_was_made(root, unique):
    answer = root.sys.enable_secrets_engine(
        "kv",
        path=f"{unique}/inner path",
        description="a test",
        options={"version": "2"},
        config={"default_lease_ttl": "1h", "max_lease_ttl": 7200},
        local=True,
    )
    assert answer.status_code == 204
    info = root.sys.list_mounted_secrets_engines()["data"][f"{unique}/inner path/"]
    assert (info["type"], info["description"], info["options"]) == ("kv", "a test", {"version": "2"})
    assert (info["config"]["default_lease_ttl"], info["config"]["max_lease_ttl"]) == (3600, 7200)
    assert (info["local"], info["seal_wrap"]) == (True, False)
    assert re.fullmatch(r"kv_[0-9a-f]{8}", info["accessor"])
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", info["uuid"])
    assert root.sys.disable_secrets_engine(f"{unique}/inner path").status_code == 204


@pytest.mark.parametrize(
    ("kind", "options", "version"),
    [
        ("kv", None, None),
        ("kv", {"version": "1"}, "1"),
        ("kv", {"version": "2"}, "2"),
        ("kv-v2", None, "2"),
        ("kv-v1", None, "1"),
    ],
)
def test_kinds_of_kv(root, unique, kind, options, version):
    root.sys.enable_secrets_engine(kind, path=unique, options=options)
    info = root.sys.list_mounted_secrets_engines()["data"][f"{unique}/"]
    assert info["type"] == "kv"
    if version:
        assert info["options"]["version"] == version
    if version == "2":
        root.secrets.kv.v2.create_or_update_secret("x", {"a": "b"}, mount_point=unique)
    else:
        root.secrets.kv.v1.create_or_update_secret("x", {"a": "b"}, method="POST", mount_point=unique)
        assert root.secrets.kv.v1.read_secret("x", mount_point=unique)["data"] == {"a": "b"}


def test_tune_reads_effective_values_and_keeps_what_is_set(root, kv2):
    tuned = root.sys.read_mount_configuration(kv2)
    assert (tuned["data"]["default_lease_ttl"], tuned["data"]["max_lease_ttl"]) == (2764800, 2764800)
    assert tuned["default_lease_ttl"] == 2764800
    assert tuned["data"]["options"] == {"version": "2"}
    answer = root.sys.tune_mount_configuration(
        kv2,
        default_lease_ttl="30m",
        max_lease_ttl=7200,
        description="tuned",
        listing_visibility="unauth",
        audit_non_hmac_request_keys=["a"],
        passthrough_request_headers=["X-One"],
    )
    assert answer.status_code == 204
    data = root.sys.read_mount_configuration(kv2)["data"]
    assert (data["default_lease_ttl"], data["max_lease_ttl"], data["description"]) == (1800, 7200, "tuned")
    assert (data["listing_visibility"], data["audit_non_hmac_request_keys"]) == ("unauth", ["a"])
    assert data["passthrough_request_headers"] == ["X-One"]
    # Clients that send all fields send an empty text for the ones that nobody gave.
    root.sys.tune_mount_configuration(kv2, default_lease_ttl="", max_lease_ttl="", description="again")
    data = root.sys.read_mount_configuration(kv2)["data"]
    assert (data["default_lease_ttl"], data["max_lease_ttl"], data["description"]) == (1800, 7200, "again")
    root.sys.tune_mount_configuration(kv2, default_lease_ttl="system")
    assert root.sys.read_mount_configuration(kv2)["data"]["max_lease_ttl"] == 7200


@pytest.mark.parametrize(
    "options",
    [
        {"default_lease_ttl": "2h", "max_lease_ttl": "1h"},
        {"default_lease_ttl": "x"},
        {"listing_visibility": "odd"},
        {"max_lease_ttl": "-5m"},
    ],
    ids=str,
)
def test_impossible_tuning_is_refused(root, kv2, options):
    if harness.ON_BAO and options == {"max_lease_ttl": "-5m"}:
        pytest.skip("bao: a negative max_lease_ttl is taken")
    with pytest.raises(REFUSED):
        root.sys.tune_mount_configuration(kv2, **options)
    data = root.sys.read_mount_configuration(kv2)["data"]
    assert (data["default_lease_ttl"], data["max_lease_ttl"]) == (2764800, 2764800)


def test_tuning_what_is_not_mounted_is_refused(root, unique):
    with pytest.raises(REFUSED, match="cannot fetch sysview"):
        root.sys.read_mount_configuration(unique)


def test_a_move_keeps_data_and_identity_and_is_done_when_answered(root, kv2, unique):
    root.secrets.kv.v2.create_or_update_secret("x", {"a": "b"}, mount_point=kv2)
    before = root.sys.list_mounted_secrets_engines()["data"][f"{kv2}/"]
    target = unique + "moved"
    root.sys.move_backend(kv2, target)
    if harness.ON_BAO:  # OpenBao moves in the background.
        limit = time.monotonic() + 5
        while f"{target}/" not in root.sys.list_mounted_secrets_engines()["data"] and time.monotonic() < limit:
            time.sleep(0.05)
    mounts = root.sys.list_mounted_secrets_engines()["data"]
    assert f"{kv2}/" not in mounts
    assert (mounts[f"{target}/"]["accessor"], mounts[f"{target}/"]["uuid"]) == (before["accessor"], before["uuid"])
    assert root.secrets.kv.v2.read_secret_version("x", mount_point=target)["data"]["data"] == {"a": "b"}
    with pytest.raises(hvac.exceptions.InvalidPath):
        root.secrets.kv.v2.read_secret_version("x", mount_point=kv2)


def test_impossible_moves_are_refused(root, kv1, kv2, unique):
    for source, target in [
        (unique + "none", unique + "x"),
        (kv2, kv1),
        ("sys", unique + "x"),
        (kv2, "sys/x"),
        (kv2, ""),
        (kv2, "auth/x"),
    ]:
        with pytest.raises(REFUSED):
            root.sys.move_backend(source, target)
    assert f"{kv2}/" in root.sys.list_mounted_secrets_engines()["data"]


def test_disabling_forgets_the_data(root, kv2):
    root.secrets.kv.v2.create_or_update_secret("x", {"a": "b"}, mount_point=kv2)
    assert root.sys.disable_secrets_engine(kv2).status_code == 204
    assert root.sys.disable_secrets_engine(kv2).status_code == 204
    with pytest.raises(hvac.exceptions.InvalidPath, match="no handler for route"):
        root.secrets.kv.v2.read_secret_version("x", mount_point=kv2)
    root.sys.enable_secrets_engine("kv", path=kv2, options={"version": "2"})
    with pytest.raises(hvac.exceptions.InvalidPath):
        root.secrets.kv.v2.read_secret_version("x", mount_point=kv2)


def test_impossible_mounts_are_refused(root, kv2):
    attempts = [
        ("kv", kv2, "path is already in use at"),
        ("kv", f"{kv2}/below", "existing mount at|already in use at"),
        ("kv", "sys", None),
        ("kv", "sys/below", None),
        ("kv", "auth/x", None),
        ("kv", "cubbyhole/x", None),
        ("kv", "identity", None),
        ("nonsense", kv2 + "n", None),
        ("cubbyhole", kv2 + "n", "not mountable"),
        ("identity", kv2 + "n", "not mountable"),
        ("", kv2 + "n", "backend type must be specified as a string"),
    ]
    before = set(root.sys.list_mounted_secrets_engines()["data"])
    for kind, path, text in attempts:
        with pytest.raises(REFUSED, match=text):
            root.sys.enable_secrets_engine(kind, path=path)
    assert set(root.sys.list_mounted_secrets_engines()["data"]) == before


@pytest.mark.parametrize(
    "config",
    [{"default_lease_ttl": "x"}, {"default_lease_ttl": "2h", "max_lease_ttl": "1h"}, {"default_lease_ttl": "800h"}],
    ids=str,
)
def test_impossible_lease_times_are_refused(root, unique, config):
    with pytest.raises(REFUSED):
        root.sys.enable_secrets_engine("kv", path=unique, config=config)


def test_kv_1_becomes_2_and_never_1_again(root, kv1):
    root.secrets.kv.v1.create_or_update_secret("a/b", {"x": "1"}, method="POST", mount_point=kv1)
    root.sys.tune_mount_configuration(kv1, options={"version": "2"})
    limit = time.monotonic() + 10
    while True:
        try:
            read = root.secrets.kv.v2.read_secret_version("a/b", mount_point=kv1)
            break
        except (REFUSED, hvac.exceptions.InvalidPath):
            assert time.monotonic() < limit
            time.sleep(0.05)
    assert read["data"]["data"] == {"x": "1"}
    assert read["data"]["metadata"]["version"] == 1
    with pytest.raises(REFUSED, match="cannot downgrade mount from version 2"):
        root.sys.tune_mount_configuration(kv1, options={"version": "1"})


def test_auth_mounts_are_listed_and_tuned(root):
    answer = root.sys.list_auth_methods()
    info = answer["data"]["token/"]
    assert answer["token/"] == info
    assert (info["type"], info["description"]) == ("token", "token based credentials")
    assert root.sys.read_auth_method_tuning("token")["data"]["max_lease_ttl"] == 2764800
    with pytest.raises(REFUSED):
        root.sys.disable_auth_method("token")
    with pytest.raises(REFUSED):
        root.sys.enable_auth_method("nonsense")


# -- policies -----------------------------------------------------------------------------------

RULES = 'path "a/*" {\n  # comment\n  capabilities = ["read"]\n}\n'


def test_acl_policies(server, root, unique):
    assert root.sys.create_or_update_acl_policy(unique, RULES).status_code == 204
    data = root.sys.read_acl_policy(unique)["data"]
    if harness.ON_BAO:
        assert {"name": unique, "policy": RULES}.items() <= data.items()
    else:
        assert data == {"name": unique, "policy": RULES}
    keys = root.sys.list_acl_policies()["data"]["keys"]
    assert keys[-1] == "root" and keys[:-1] == sorted(keys[:-1]) and {"default", unique} <= set(keys)
    assert root.sys.delete_acl_policy(unique).status_code == 204
    assert root.sys.delete_acl_policy(unique).status_code == 204
    with pytest.raises(hvac.exceptions.InvalidPath):
        root.sys.read_acl_policy(unique)


def test_policies_of_the_older_route(root, unique):
    assert root.sys.create_or_update_policy(unique, RULES).status_code == 204
    answer = root.sys.read_policy(unique)
    assert answer["data"]["name"] == answer["name"] == unique
    assert answer["data"]["rules"] == answer["rules"] == RULES
    listed = root.sys.list_policies()
    assert listed["keys"] == listed["policies"] == listed["data"]["keys"] == listed["data"]["policies"]
    assert listed["keys"][-1] == "root" and unique in listed["keys"]
    assert root.sys.delete_policy(unique).status_code == 204
    with pytest.raises(hvac.exceptions.InvalidPath):
        root.sys.read_policy(unique)


def test_a_policy_may_be_json_or_base64(root, unique):
    import json

    rules = {"path": {"x/*": {"capabilities": ["read"]}}}
    root.sys.create_or_update_policy(unique, rules)
    assert json.loads(root.sys.read_policy(unique)["rules"]) == rules
    root.sys.create_or_update_acl_policy(unique, base64.b64encode(RULES.encode()).decode())
    assert root.sys.read_acl_policy(unique)["data"]["policy"] == RULES


def test_a_policy_may_be_written_for_one_version_only(server, unique):
    def write(**more):
        answer = server.call("POST", f"/v1/sys/policies/acl/{unique}", token="root", body={"policy": RULES} | more)
        return answer.json["errors"][0] if answer.status == 400 else answer.status

    assert write(cas=-1) == 204
    assert write(cas=-1) == "check-and-set parameter set to -1 on existing entry"
    assert "did not match the current version" in write(cas=0)
    assert write(cas_required=True) == "check-and-set parameter required for this call"
    assert (write(), write(cas=2, cas_required=True)) == (204, 204)
    data = server.call("GET", f"/v1/sys/policies/acl/{unique}", token="root").json["data"]
    assert (data["version"], data["cas_required"], "expiration" in data) == (3, True, False)
    assert write() == "check-and-set parameter required for this call"


def test_a_policy_may_end_by_itself(server, root, unique):
    path = f"/v1/sys/policies/acl/{unique}"
    rules = 'path "auth/token/lookup" { capabilities = ["update"] }'
    write = lambda **more: server.call("POST", path, token="root", body={"policy": rules} | more)
    token = root.auth.token.create(policies=[unique], no_default_policy=True)["auth"]["client_token"]
    assert write(ttl="2s").status == 204
    reach = lambda: server.call("POST", "/v1/auth/token/lookup", token=token, body={"token": token}).status
    assert reach() == 200
    assert "expiration" in server.call("GET", path, token="root").json["data"]
    time.sleep(2.1)
    assert reach() == 403
    assert server.call("GET", path, token="root").status == 404
    assert write(expiration="2020-01-01T00:00:00Z").status == 400
    assert write(ttl="1h", expiration="2999-01-01T00:00:00Z").status == 400
    assert write(expiration="2999-01-01T00:00:00Z").status == 204
    assert reach() == 200


def test_policy_names_are_lower_case(root, unique):
    root.sys.create_or_update_acl_policy(unique.upper(), RULES)
    assert root.sys.read_acl_policy(unique)["data"]["name"] == unique


def test_built_in_policies_are_protected(root):
    for call in (
        lambda: root.sys.create_or_update_acl_policy("root", RULES),
        lambda: root.sys.create_or_update_policy("root", RULES),
        lambda: root.sys.delete_acl_policy("root"),
        lambda: root.sys.delete_acl_policy("default"),
        lambda: root.sys.delete_policy("default"),
        lambda: root.sys.create_or_update_acl_policy("response-wrapping", RULES),
        lambda: root.sys.create_or_update_acl_policy("ROOT", RULES),
    ):
        with pytest.raises(REFUSED):
            call()
    assert "auth/token/lookup-self" in root.sys.read_acl_policy("default")["data"]["policy"]
    assert "response-wrapping" not in root.sys.list_acl_policies()["data"]["keys"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "path {",
        'path "x" { capabilities = ["nonsense"] }',
        'path "x" { capabilities = "read" ',
        'pth "x" {}',
        "\x00",
    ],
)
def test_policies_that_do_not_parse_are_refused(root, unique, text):
    with pytest.raises(REFUSED):
        root.sys.create_or_update_acl_policy(unique, text)
    with pytest.raises(hvac.exceptions.InvalidPath):
        root.sys.read_acl_policy(unique)


def outcome(call):
    """`"yes"`, or the name of the refusal."""
    try:
        call()
        return "yes"
    except hvac.exceptions.Forbidden:
        return "no"
    except hvac.exceptions.InvalidPath:
        return "yes"


def test_policies_decide(server, root, kv1, make_token):
    for path in ("open", "shut", "deep/one/leaf", "deep/two/leaf", "glob-a"):
        root.secrets.kv.v1.create_or_update_secret(path, {"v": "1"}, method="POST", mount_point=kv1)
    client = server.client(make_token(f"""
            path "{kv1}/*" {{ capabilities = ["read", "list"] }}
            path "{kv1}/shut" {{ capabilities = ["deny"] }}
            path "{kv1}/deep/+/leaf" {{ capabilities = ["update"] }}
            path "{kv1}/glob-*" {{ capabilities = ["delete"] }}
            """))
    v1 = client.secrets.kv.v1
    read = lambda path: outcome(lambda: v1.read_secret(path, mount_point=kv1))
    write = lambda path: outcome(lambda: v1.create_or_update_secret(path, {"v": "2"}, method="POST", mount_point=kv1))
    remove = lambda path: outcome(lambda: v1.delete_secret(path, mount_point=kv1))
    assert [read(p) for p in ("open", "shut", "deep/one/leaf", "glob-a", "none")] == ["yes", "no", "no", "no", "yes"]
    assert [write(p) for p in ("open", "deep/one/leaf", "deep/two/leaf", "deep/a/b/leaf")] == ["no", "yes", "yes", "no"]
    assert [remove(p) for p in ("open", "glob-a")] == ["no", "yes"]
    assert v1.list_secrets("", mount_point=kv1)["data"]["keys"]


def test_parameters_and_wrapping_can_be_demanded(server, root, kv1, make_token):
    token = make_token(f"""
        path "{kv1}/p" {{
          capabilities = ["create", "update"]
          allowed_parameters = {{ "kind" = ["a", "b*"] "free" = [] }}
          denied_parameters = {{ "bad" = [] }}
          required_parameters = ["kind"]
        }}
        path "{kv1}/w" {{ capabilities = ["read"] min_wrapping_ttl = "10s" max_wrapping_ttl = "60s" }}
        """)
    put = lambda body: server.call("PUT", f"/v1/{kv1}/p", token=token, body=body).status
    assert put({"kind": "a"}) == 204
    assert put({"kind": "bcd", "free": 1}) == 204
    assert put({"kind": "c"}) == 403
    assert put({"free": "x"}) == 403
    assert put({"kind": "a", "bad": "x"}) == 403
    assert put({"kind": "a", "unknown": "x"}) == 403
    root.secrets.kv.v1.create_or_update_secret("w", {"v": "1"}, method="POST", mount_point=kv1)
    get = lambda *headers: server.call("GET", f"/v1/{kv1}/w", token=token, headers=headers).status
    # A minimum TTL wraps even a request that does not ask.
    assert server.call("GET", f"/v1/{kv1}/w", token=token).json.get("data") is None or get() in (400, 403)
    assert get(("X-Vault-Wrap-TTL", "30s")) == 200
    assert get(("X-Vault-Wrap-TTL", "5s")) == 403
    assert get(("X-Vault-Wrap-TTL", "90s")) == 403


def test_a_policy_change_is_seen_at_once(server, root, kv1, unique):
    root.secrets.kv.v1.create_or_update_secret("x", {"v": "1"}, method="POST", mount_point=kv1)
    token = root.auth.token.create(policies=[unique])["auth"]["client_token"]
    read = lambda: server.call("GET", f"/v1/{kv1}/x", token=token).status
    for _ in range(5):
        assert read() == 403
        root.sys.create_or_update_policy(unique, f'path "{kv1}/x" {{ capabilities = ["read"] }}')
        assert read() == 200
        root.sys.delete_policy(unique)


# -- capabilities -------------------------------------------------------------------------------


def test_capabilities_tell_what_policies_allow(server, root, make_token):
    token = make_token(
        'path "one/*" { capabilities = ["update", "read", "create"] }\n'
        'path "one/no" { capabilities = ["deny"] }\n'
        'path "two" { capabilities = ["sudo", "list"] }'
    )
    client = server.client(token)
    answer = client.sys.get_capabilities(paths=["one/x", "one/no", "two", "three"])
    expected = {
        "one/x": ["create", "read", "update"],
        "one/no": ["deny"],
        "two": ["list", "sudo"],
        "three": ["deny"],
    }
    assert {path: answer["data"][path] for path in expected} == expected
    assert {path: answer[path] for path in expected} == expected
    single = root.sys.get_capabilities(paths=["one/x"], token=token)
    assert single["capabilities"] == single["data"]["capabilities"] == ["create", "read", "update"]
    accessor = root.auth.token.lookup(token)["data"]["accessor"]
    assert root.sys.get_capabilities(paths=["two"], accessor=accessor)["data"]["two"] == ["list", "sudo"]
    assert root.sys.get_capabilities(paths=["anything"])["data"]["capabilities"] == ["root"]
    assert server.call("PUT", "/v1/sys/capabilities-self", token=token, body={"path": "one/x"}).json["data"][
        "capabilities"
    ] == ["create", "read", "update"]


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("capabilities-self", {}),
        ("capabilities", {"paths": ["x"], "token": "hvs.unknown"}),
        ("capabilities", {"paths": ["x"]}),
        ("capabilities-accessor", {"paths": ["x"], "accessor": "unknown"}),
        ("capabilities", {"token": "root"}),
    ],
    ids=str,
)
def test_capabilities_refuse_what_they_cannot_answer(server, route, body):
    # OpenBao answers 500 where a token is missing; that is still a refusal.
    allowed = (400, 500) if harness.ON_BAO else (400,)
    assert server.call("POST", f"/v1/sys/{route}", token="root", body=body).status in allowed


# -- barrier key --------------------------------------------------------------------------------


def test_rotation_adds_a_term_and_keeps_the_data(root, kv2):
    root.secrets.kv.v2.create_or_update_secret("x", {"a": "b"}, mount_point=kv2)
    status = root.sys.get_encryption_key_status()
    assert status["data"]["term"] == status["term"]
    assert re.match(r"\d{4}-\d\d-\d\dT", status["data"]["install_time"])
    assert root.sys.rotate_encryption_key().status_code == 204
    assert root.sys.rotate_encryption_key().status_code == 204
    assert root.sys.get_encryption_key_status()["data"]["term"] == status["data"]["term"] + 2
    assert root.secrets.kv.v2.read_secret_version("x", mount_point=kv2)["data"]["data"] == {"a": "b"}


def test_rotation_needs_sudo(server, make_token):
    token = make_token('path "sys/rotate" { capabilities = ["update"] }')
    assert server.call("PUT", "/v1/sys/rotate", token=token).status == 403
    token = make_token('path "sys/rotate" { capabilities = ["update", "sudo"] }')
    assert server.call("PUT", "/v1/sys/rotate", token=token).status == 204


def test_rotation_config(server):
    data = server.call("GET", "/v1/sys/rotate/config", token="root").json["data"]
    assert (data["max_operations"], data["enabled"], data["interval"]) == (3865470566, True, 0)
    put = lambda body: server.call("POST", "/v1/sys/rotate/config", token="root", body=body).status
    assert put({"interval": "1h"}) == 400
    assert put({"interval": "24h"}) == 204
    assert put({"interval": 0, "enabled": True}) == 204


# -- wrapping -----------------------------------------------------------------------------------


def test_a_wrapped_answer_opens_once(server, root, kv2):
    root.secrets.kv.v2.create_or_update_secret("x", {"a": "b"}, mount_point=kv2)
    wrapped = server.call("GET", f"/v1/{kv2}/data/x", token="root", headers=[("X-Vault-Wrap-TTL", "60s")]).json
    assert (wrapped["data"], wrapped["auth"], wrapped["request_id"]) == (None, None, "")
    info = wrapped["wrap_info"]
    assert (info["ttl"], info["creation_path"]) == (60, f"{kv2}/data/x")
    assert re.match(r"\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$", info["creation_time"])
    assert info["accessor"]

    looked = server.call("POST", "/v1/sys/wrapping/lookup", body={"token": info["token"]}).json["data"]
    assert (looked["creation_ttl"], looked["creation_path"]) == (60, f"{kv2}/data/x")
    assert server.call("GET", f"/v1/{kv2}/data/x", token="hvs.none").status == 403
    assert root.sys.unwrap(info["token"])["data"]["data"] == {"a": "b"}
    for call in (lambda: root.sys.unwrap(info["token"]), lambda: server.client(info["token"]).sys.unwrap()):
        with pytest.raises((REFUSED, hvac.exceptions.Forbidden)):
            call()
    reply = server.call("POST", "/v1/sys/wrapping/lookup", body={"token": info["token"]})
    assert reply.status == 400
    assert "wrapping token is not valid or does not exist" in reply.errors[0]


def test_wrap_rewrap_and_unwrap_by_the_token_itself(server, root):
    first = root.sys.wrap(payload={"a": {"b": 1}}, ttl=120)["wrap_info"]
    assert (first["creation_path"], first["ttl"]) == ("sys/wrapping/wrap", 120)
    second = root.write_data("sys/wrapping/rewrap", data={"token": first["token"]})["wrap_info"]
    assert second["token"] != first["token"]
    assert (second["creation_path"], second["ttl"]) == ("sys/wrapping/wrap", 120)
    with pytest.raises(REFUSED):
        root.sys.unwrap(first["token"])
    assert server.client(second["token"]).sys.unwrap()["data"] == {"a": {"b": 1}}
    reply = server.call("POST", "/v1/sys/wrapping/wrap", token="root", body={"a": 1})
    assert reply.status == 400
    assert "endpoint requires response wrapping to be used" in reply.errors[0]


def test_a_wrapped_login_gives_the_token_inside(server, root):
    wrapped = root.auth.token.create(policies=["default"], wrap_ttl="60s")["wrap_info"]
    assert wrapped["wrapped_accessor"]
    assert root.auth.token.lookup_accessor(wrapped["wrapped_accessor"])["data"]["policies"] == ["default"]
    client = server.client(None)
    client.auth_cubbyhole(wrapped["token"])
    assert client.is_authenticated()
    assert client.auth.token.lookup_self()["data"]["accessor"] == wrapped["wrapped_accessor"]


def test_a_wrapping_token_does_nothing_else(server, root):
    token = root.sys.wrap(payload={"a": 1}, ttl=60)["wrap_info"]["token"]
    assert server.call("GET", "/v1/sys/mounts", token=token).status == 403
    short = root.sys.wrap(payload={"a": 1}, ttl=1)["wrap_info"]["token"]
    limit = time.monotonic() + 4
    while server.call("POST", "/v1/sys/wrapping/lookup", body={"token": short}).status == 200:
        assert time.monotonic() < limit
        time.sleep(0.05)
    with pytest.raises(REFUSED):
        root.sys.unwrap(short)


@pytest.mark.parametrize(("value", "status"), [("-5s", 400), ("x", 400), ("0", 200), ("60", 200), ("1m", 200)])
def test_wrapping_times(server, value, status):
    reply = server.call("GET", "/v1/sys/policies/acl/default", token="root", headers=[("X-Vault-Wrap-TTL", value)])
    assert reply.status == status
    if status == 200:
        assert (reply.json["wrap_info"] is None) == (value == "0")
        if value != "0":
            assert reply.json["wrap_info"]["ttl"] == 60


def test_errors_and_empty_answers_are_not_wrapped(server, kv1, root):
    wrap = [("X-Vault-Wrap-TTL", "60s")]
    assert server.call("GET", f"/v1/{kv1}/none", token="root", headers=wrap).status == 404
    reply = server.call("PUT", f"/v1/{kv1}/x", token="root", body={"a": 1}, headers=wrap)
    assert reply.status in (200, 204) and (reply.status == 204 or harness.ON_BAO)


# -- tools and the user interface's routes ------------------------------------------------------


def test_random_bytes(root):
    random = lambda path, **body: root.write_data(f"sys/tools/random{path}", data=body)["data"]["random_bytes"]
    assert len(base64.b64decode(random("/16"))) == 16
    assert re.fullmatch("[0-9a-f]{40}", random("/20", format="hex"))
    assert random("") != random("")
    for body in ({"bytes": 0}, {"bytes": 131073}, {"bytes": -1}, {"format": "octal"}, {"bytes": "many"}):
        with pytest.raises(REFUSED):
            root.write_data("sys/tools/random", data=body)


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [("sha2-224", "sha224"), ("sha2-256", "sha256"), ("sha2-384", "sha384"), ("sha2-512", "sha512")],
)
def test_hash(root, algorithm, name):
    wanted = hashlib.new(name, b"hello").digest()
    text = base64.b64encode(b"hello").decode()
    assert root.write_data(f"sys/tools/hash/{algorithm}", data={"input": text})["data"]["sum"] == wanted.hex()
    sum64 = root.write_data("sys/tools/hash", data={"algorithm": algorithm, "input": text, "format": "base64"})
    assert base64.b64decode(sum64["data"]["sum"]) == wanted


@pytest.mark.parametrize(
    "body", [{"input": "***"}, {"input": "", "algorithm": "md5"}, {"input": "", "format": "x"}], ids=str
)
def test_hash_refuses(root, body):
    with pytest.raises(REFUSED):
        root.write_data("sys/tools/hash", data=body)


def test_the_mount_of_a_path_is_told_to_those_who_may_know(server, root, kv2, make_token):
    data = root.adapter.get(f"/v1/sys/internal/ui/mounts/{kv2}/app/x")["data"]
    assert (data["path"], data["type"], data["options"]) == (f"{kv2}/", "kv", {"version": "2"})
    holder = make_token(f'path "{kv2}/data/app/*" {{ capabilities = ["read"] }}')
    reply = server.call("GET", f"/v1/sys/internal/ui/mounts/{kv2}/app/x", token=holder)
    assert reply.json["data"]["path"] == f"{kv2}/"
    stranger = make_token('path "other/*" { capabilities = ["read"] }')
    for path in (f"{kv2}/app/x", "nothing/here"):
        for token in (stranger, None, "hvs.unknown"):
            reply = server.call("GET", f"/v1/sys/internal/ui/mounts/{path}", token=token)
            assert reply.status == 403
    assert (
        "preflight capability check returned 403"
        in server.call("GET", f"/v1/sys/internal/ui/mounts/{kv2}/app/x", token=stranger).errors[0]
    )


def test_mounts_shown_to_anyone_are_those_marked_so(server, root, kv2):
    anonymous = lambda: server.call("GET", "/v1/sys/internal/ui/mounts").json["data"]
    assert f"{kv2}/" not in anonymous()["secret"]
    root.sys.tune_mount_configuration(kv2, listing_visibility="unauth")
    shown = anonymous()["secret"][f"{kv2}/"]
    assert shown["type"] == "kv" and "accessor" not in shown
    full = server.call("GET", "/v1/sys/internal/ui/mounts", token="root").json["data"]
    assert full["secret"][f"{kv2}/"]["accessor"]
    assert full["auth"]["token/"]["type"] == "token"


def test_what_a_token_may_see_is_summed_up(server, make_token):
    assert server.call("GET", "/v1/sys/internal/ui/resultant-acl", token="root").json["data"]["root"] is True
    token = make_token('path "a/b" { capabilities = ["read"] }\npath "c/*" { capabilities = ["list"] }')
    data = server.call("GET", "/v1/sys/internal/ui/resultant-acl", token=token).json["data"]
    assert data["exact_paths"]["a/b"]["capabilities"] == ["read"]
    assert data["glob_paths"]["c/"]["capabilities"] == ["list"]


# -- leases -------------------------------------------------------------------------------------


def test_leases_refuse_the_unknown(server, root, unique):
    for route, body in [
        ("lookup", {"lease_id": "none"}),
        ("lookup", {}),
        ("renew", {"lease_id": "none"}),
        ("renew", {}),
        ("revoke", {}),
    ]:
        assert server.call("PUT", f"/v1/sys/leases/{route}", token="root", body=body).status == 400
    assert server.call("LIST", f"/v1/sys/leases/lookup/{unique}", token="root").status == 404
    assert server.call("PUT", f"/v1/sys/leases/revoke-prefix/{unique}", token="root", body={}).status == 204
    assert server.call("PUT", f"/v1/sys/leases/revoke-force/{unique}", token="root", body={}).status == 204


@pytest.mark.parametrize(
    "route", ["revoke-prefix/auth/token", "leases/revoke-prefix/auth/token", "leases/revoke-force/x", "revoke-force/x"]
)
def test_revoking_by_prefix_needs_sudo(server, make_token, route):
    token = make_token('path "sys/*" { capabilities = ["create", "read", "update", "delete", "list"] }')
    assert server.call("PUT", f"/v1/sys/{route}", token=token, body={}).status in (
        (403,) if not harness.ON_BAO else (403, 404)
    )


def test_revoking_by_prefix_takes_the_tokens_made_there(server, root, unique):
    root.auth.token.create_or_update_role(unique, allowed_policies=["default"])
    tokens = [root.auth.token.create(role_name=unique)["auth"]["client_token"] for _ in range(5)]
    other = root.auth.token.create(policies=["default"])["auth"]["client_token"]
    reply = server.call("PUT", f"/v1/sys/leases/revoke-prefix/auth/token/create/{unique}", token="root", body={})
    assert reply.status == 204
    for token in tokens:
        assert not server.client(token).is_authenticated()
    assert server.client(other).is_authenticated()


def test_version_history_lists_this_version(server, root):
    data = server.call("LIST", "/v1/sys/version-history", token="root").json["data"]
    assert data["keys"] == list(data["key_info"])
    assert root.sys.read_health_status(method="GET")["version"] in data["keys"]
    assert "timestamp_installed" in data["key_info"][data["keys"][0]]
