"""The real `bao` command line, run as a person would run it."""

import base64
import json
import re
import time

import pytest

import harness


@pytest.fixture
def bao(server):
    """Runs one `bao` command with the root token; the exit code must be 0 unless said otherwise."""

    def run(*arguments, check=0, **options):
        return server.bao(*arguments, check=check, **options).stdout

    return run


@pytest.fixture
def bao_json(bao):
    """The same with `-format=json`, decoded."""

    def run(*arguments, **options):
        groups = ("kv", "token", "policy", "secrets", "auth", "audit", "operator", "lease", "plugin")
        verb = 2 if arguments[0] in groups else 1
        if arguments[:2] == ("kv", "metadata"):
            verb = 3
        return json.loads(bao(*arguments[:verb], "-format=json", *arguments[verb:], **options) or "null")

    return run


@pytest.fixture
def fails(server):
    """Runs one `bao` command that must end with code 2; gives its error text."""

    def run(*arguments, **options):
        return server.bao(*arguments, check=2, **options).stderr

    return run


# -- life of a server ---------------------------------------------------------------------------


def test_a_server_from_birth_to_use(new_server):
    server = new_server(tls=True)
    assert server.bao("status", token=None).returncode == 2
    done = server.bao("operator", "init", "-status", token=None)
    assert done.returncode == 2 and "not initialized" in done.stdout
    answer = json.loads(server.bao("operator", "init", "-format=json", token=None, check=0).stdout)
    keys = answer["unseal_keys_b64"]
    assert (len(keys), answer["unseal_shares"], answer["unseal_threshold"]) == (5, 5, 3)
    assert [base64.b64decode(key).hex() for key in keys] == answer["unseal_keys_hex"]
    server.root_token = answer["root_token"]
    assert server.bao("operator", "init", "-status", token=None).returncode == 0

    status = server.bao("status", "-format=json", token=None, check=2).stdout
    assert json.loads(status)["sealed"] is True
    for key in keys[:3]:
        done = server.bao("operator", "unseal", key, token=None, check=0)
    assert re.search(r"Sealed\s+false", done.stdout)
    server.wait_active()
    status = server.bao("status", check=0).stdout
    assert re.search(r"Total Shares\s+5", status) and re.search(r"Threshold\s+3", status)
    done = server.bao("login", server.root_token, token=None, check=0)
    assert "You are now authenticated" in done.stdout + done.stderr or "Success" in done.stdout + done.stderr
    server.bao("token", "lookup", token=None, check=0)

    assert "Success! " in server.bao("operator", "seal", check=0).stdout
    assert server.bao("status", token=None).returncode == 2
    done = server.bao("kv", "get", "-mount=secret", "x")
    assert done.returncode == 2 and "sealed" in done.stderr


def test_initialise_with_chosen_shares(new_server):
    server = new_server()
    answer = server.bao("operator", "init", "-key-shares=1", "-key-threshold=1", token=None, check=0).stdout
    key = re.search(r"Unseal Key 1: (\S+)", answer).group(1)
    server.root_token = re.search(r"Initial Root Token: (\S+)", answer).group(1)
    server.bao("operator", "unseal", key, token=None, check=0)
    server.wait_active()
    server.bao("secrets", "list", check=0)


def test_generate_root_from_start_to_end(new_server):
    server = new_server()
    server.initialise(3, 2)
    server.unseal()
    started = json.loads(server.bao("operator", "generate-root", "-init", "-format=json", check=0).stdout)
    otp, nonce = started["otp"], started["nonce"]
    for key in server.keys[:2]:
        done = json.loads(
            server.bao("operator", "generate-root", f"-nonce={nonce}", "-format=json", key, check=0).stdout
        )
    assert done["complete"] is True
    decoded = server.bao("operator", "generate-root", f"-decode={done['encoded_token']}", f"-otp={otp}", check=0)
    token = decoded.stdout.strip().split()[-1]
    assert server.client(token).auth.token.lookup_self()["data"]["policies"] == ["root"]


def test_rekey_from_start_to_end(new_server):
    server = new_server()
    server.initialise(3, 2)
    server.unseal()
    done = server.bao("operator", "rotate-keys", "-init", "-key-shares=2", "-key-threshold=2", "-format=json")
    if done.returncode != 0:
        pytest.skip("this bao has no `operator rotate-keys`")
    nonce = json.loads(done.stdout)["nonce"]
    for key in server.keys[:2]:
        done = server.bao("operator", "rotate-keys", f"-nonce={nonce}", "-format=json", key, check=0)
    answer = json.loads(done.stdout)
    keys = answer.get("keys_base64") or answer["data"]["keys_base64"]
    assert len(keys) == 2
    server.client().sys.seal()
    for key in keys:
        done = server.bao("operator", "unseal", key, token=None, check=0)
    assert re.search(r"Sealed\s+false", done.stdout)


# -- secrets engines ----------------------------------------------------------------------------


def test_secrets_engines(bao, bao_json, unique, fails):
    assert "Success! Enabled the kv secrets engine" in bao(
        "secrets", "enable", f"-path={unique}", "-description=for a test", "-version=2", "kv"
    )
    listed = bao_json("secrets", "list")
    assert listed[f"{unique}/"]["description"] == "for a test"
    assert listed[f"{unique}/"]["options"] == {"version": "2"}
    assert f"{unique}/" in bao("secrets", "list", "-detailed")
    bao("secrets", "tune", "-default-lease-ttl=30m", "-description=tuned", f"{unique}/")
    assert bao_json("secrets", "list")[f"{unique}/"]["config"]["default_lease_ttl"] == 1800
    assert "Success! " in bao("secrets", "move", f"{unique}/", f"{unique}b/")
    assert f"{unique}b/" in bao_json("secrets", "list")
    assert "Success! Disabled" in bao("secrets", "disable", f"{unique}b/")
    assert f"{unique}b/" not in bao_json("secrets", "list")
    bao("secrets", "enable", f"-path={unique}", "kv")
    assert "already in use" in fails("secrets", "enable", f"-path={unique}", "kv")


def test_auth_methods_are_listed(bao, bao_json):
    assert "token/" in bao("auth", "list")
    assert bao_json("auth", "list")["token/"]["type"] == "token"


# -- kv -----------------------------------------------------------------------------------------


def test_kv_put_get_and_the_field_of_a_secret(bao, bao_json, kv2):
    out = bao("kv", "put", f"-mount={kv2}", "app/db", "user=u", "pass=p=q")
    assert re.search(r"version\s+1", out)
    answer = bao_json("kv", "get", f"-mount={kv2}", "app/db")
    assert answer["data"]["data"] == {"user": "u", "pass": "p=q"}
    assert bao("kv", "get", f"-mount={kv2}", "-field=pass", "app/db").strip() == "p=q"
    assert bao_json("kv", "get", f"{kv2}/app/db")["data"]["data"]["user"] == "u"
    table = bao("kv", "get", f"{kv2}/app/db")
    assert re.search(r"^user\s+u$", table, re.M) and f"{kv2}/data/app/db" in table
    bao("kv", "put", f"-mount={kv2}", "app/db", "-", stdin='{"n": 12345678901234567890}')
    assert "12345678901234567890" in bao("kv", "get", f"-mount={kv2}", "-field=n", "app/db") or harness.ON_BAO


def test_kv_get_of_nothing_ends_with_2(bao, kv2, fails):
    assert "No value found at" in fails("kv", "get", f"-mount={kv2}", "none")
    assert "No value found at" in fails("kv", "list", f"-mount={kv2}")


def test_kv_list_and_scan(bao_json, bao, kv2):
    for path in ("a", "b/c", "b/d/e"):
        bao("kv", "put", f"-mount={kv2}", path, "v=1")
    assert bao_json("kv", "list", f"-mount={kv2}") == ["a", "b/"]
    assert bao_json("kv", "list", f"{kv2}/b") == ["c", "d/"]
    assert bao_json("kv", "scan", f"-mount={kv2}") == ["a", "b/c", "b/d/e"]


def test_kv_patch_with_both_methods(bao, bao_json, kv2, fails):
    bao("kv", "put", f"-mount={kv2}", "x", "a=1", "b=2")
    bao("kv", "patch", f"-mount={kv2}", "x", "b=3")
    bao("kv", "patch", f"-mount={kv2}", "-method=patch", "x", "c=4")
    bao("kv", "patch", f"-mount={kv2}", "-method=rw", "x", "d=5")
    bao("kv", "patch", f"-mount={kv2}", "-method=patch", "-remove-data=a", "x")
    answer = bao_json("kv", "get", f"-mount={kv2}", "x")["data"]
    assert answer["data"] == {"b": "3", "c": "4", "d": "5"}
    assert answer["metadata"]["version"] == 5
    assert "check-and-set parameter did not match" in fails("kv", "patch", f"-mount={kv2}", "-cas=1", "x", "a=2")
    fails("kv", "patch", f"-mount={kv2}", "none", "a=2")


def test_kv_cas(bao, kv2, fails):
    bao("kv", "put", f"-mount={kv2}", "-cas=0", "x", "a=1")
    assert "check-and-set parameter did not match" in fails("kv", "put", f"-mount={kv2}", "-cas=0", "x", "a=2")
    bao("kv", "put", f"-mount={kv2}", "-cas=1", "x", "a=2")


def test_kv_rollback_makes_the_old_version_the_newest(bao, bao_json, kv2, fails):
    bao("kv", "put", f"-mount={kv2}", "x", "a=old")
    bao("kv", "put", f"-mount={kv2}", "x", "a=new")
    bao("kv", "rollback", f"-mount={kv2}", "-version=1", "x")
    answer = bao_json("kv", "get", f"-mount={kv2}", "x")["data"]
    assert (answer["data"], answer["metadata"]["version"]) == ({"a": "old"}, 3)
    bao("kv", "destroy", f"-mount={kv2}", "-versions=1", "x")
    fails("kv", "rollback", f"-mount={kv2}", "-version=1", "x")


def test_kv_delete_undelete_destroy(bao, bao_json, kv2):
    for value in ("1", "2"):
        bao("kv", "put", f"-mount={kv2}", "x", f"a={value}")
    bao("kv", "delete", f"-mount={kv2}", "x")
    answer = bao_json("kv", "get", f"-mount={kv2}", "x")
    assert answer["data"]["data"] is None and answer["data"]["metadata"]["deletion_time"]
    bao("kv", "undelete", f"-mount={kv2}", "-versions=2", "x")
    assert bao_json("kv", "get", f"-mount={kv2}", "x")["data"]["data"] == {"a": "2"}
    bao("kv", "delete", f"-mount={kv2}", "-versions=1,2", "x")
    bao("kv", "destroy", f"-mount={kv2}", "-versions=1", "x")
    versions = bao_json("kv", "metadata", "get", f"-mount={kv2}", "x")["data"]["versions"]
    assert versions["1"]["destroyed"] is True
    assert versions["2"]["deletion_time"] and versions["2"]["destroyed"] is False


def test_kv_metadata(bao, bao_json, kv2, fails):
    bao(
        "kv",
        "metadata",
        "put",
        f"-mount={kv2}",
        "-custom-metadata=o=me",
        "-custom-metadata=p=q",
        "-max-versions=3",
        "x",
    )
    bao("kv", "put", f"-mount={kv2}", "x", "a=1")
    bao("kv", "metadata", "patch", f"-mount={kv2}", "-custom-metadata=o=you", "-delete-version-after=1h", "x")
    data = bao_json("kv", "metadata", "get", f"-mount={kv2}", "x")["data"]
    assert data["custom_metadata"] == {"o": "you", "p": "q"}
    assert (data["max_versions"], data["delete_version_after"], data["current_version"]) == (3, "1h0m0s", 1)
    bao("kv", "metadata", "delete", f"-mount={kv2}", "x")
    fails("kv", "metadata", "get", f"-mount={kv2}", "x")


def test_kv_version_1(server, bao, bao_json, kv1, fails):
    bao("kv", "put", f"-mount={kv1}", "a/b", "x=1")
    assert bao_json("kv", "get", f"-mount={kv1}", "a/b")["data"] == {"x": "1"}
    assert bao_json("kv", "list", f"-mount={kv1}", "a") == ["b"]
    bao("kv", "delete", f"-mount={kv1}", "a/b")
    fails("kv", "get", f"-mount={kv1}", "a/b")
    bao("kv", "put", f"-mount={kv1}", "a/b", "x=1")
    bao("kv", "enable-versioning", kv1)
    limit = time.monotonic() + 10
    while server.bao("kv", "get", f"{kv1}/a/b").returncode != 0:
        assert time.monotonic() < limit, "the upgrade to version 2 did not end"
    assert bao_json("kv", "get", f"-mount={kv1}", "a/b")["data"]["data"] == {"x": "1"}


def test_plain_read_write_list_delete(bao, bao_json, kv1, fails):
    bao("write", f"{kv1}/x", "a=1")
    assert bao_json("read", f"{kv1}/x")["data"] == {"a": "1"}
    assert bao("read", "-field=a", f"{kv1}/x").strip() == "1"
    assert bao_json("list", f"{kv1}/") == ["x"]
    assert "Success! Data deleted" in bao("delete", f"{kv1}/x")
    assert "No value found at" in fails("read", f"{kv1}/x")
    assert bao_json("write", "sys/tools/random/8", "format=hex")["data"]["random_bytes"]


# -- policies, tokens, leases -------------------------------------------------------------------


def test_policies(bao, bao_json, unique, fails):
    text = 'path "a" {\n  capabilities = ["read"]\n}\n'
    assert "Success! Uploaded policy" in bao("policy", "write", unique, "-", stdin=text)
    assert bao("policy", "read", unique).strip() == text.strip()
    assert unique in bao("policy", "list").split()
    assert unique in bao_json("policy", "list")
    assert "Success! Deleted policy" in bao("policy", "delete", unique)
    fails("policy", "read", unique)
    assert "failed to parse policy" in fails("policy", "write", unique, "-", stdin="path {")


def test_tokens(server, bao, bao_json):
    made = bao_json("token", "create", "-policy=default", "-ttl=5m", "-metadata=a=b", "-display-name=cli")["auth"]
    token = made["client_token"]
    assert (made["lease_duration"], made["metadata"]) == (300, {"a": "b"})
    data = bao_json("token", "lookup", token)["data"]
    assert (data["display_name"], data["meta"]) == ("token-cli", {"a": "b"})
    assert bao_json("token", "lookup", "-accessor", made["accessor"])["data"]["id"] == ""
    assert bao_json("token", "renew", "-increment=10m", token)["auth"]["lease_duration"] == 600
    own = json.loads(server.bao("token", "lookup", "-format=json", token=token, check=0).stdout)
    assert own["data"]["id"] == token
    assert "deny" in server.bao("token", "capabilities", "sys/mounts", token=token, check=0).stdout
    assert bao("token", "capabilities", token, "auth/token/lookup-self").strip() == "read"
    assert bao("token", "capabilities", "anything").strip() == "root"
    assert bao("token", "revoke", token)
    assert server.bao("token", "lookup", token=token).returncode == 2
    made = bao_json("token", "create", "-policy=default", "-orphan", "-type=batch")["auth"]
    assert made["accessor"] == "" and made["renewable"] is False
    assert bao_json("token", "lookup", made["client_token"])["data"]["type"] == "batch"


def test_a_refusal_shows_its_frame(server, make_token):
    token = make_token('path "x" { capabilities = ["read"] }')
    done = server.bao("secrets", "list", token=token, check=2)
    assert "Code: 403. Errors:" in done.stderr and "permission denied" in done.stderr
    done = server.bao("kv", "get", "-mount=none", "x", token=token, check=2)
    assert "preflight capability check returned 403" in done.stderr


def test_leases(server, bao, unique, fails):
    assert bao("lease", "revoke", "-prefix", f"{unique}/x")
    fails("lease", "renew", "none")
    fails("lease", "lookup", "none")


def test_wrapping(bao, bao_json, kv2, fails):
    bao("kv", "put", f"-mount={kv2}", "x", "a=1")
    info = bao_json("kv", "get", "-wrap-ttl=60s", f"-mount={kv2}", "x")["wrap_info"]
    assert (info["ttl"], info["creation_path"]) == (60, f"{kv2}/data/x")
    answer = bao_json("unwrap", info["token"])
    assert answer["data"]["data"] == {"a": "1"}
    assert "wrapping token is not valid or does not exist" in fails("unwrap", info["token"])
    info = bao_json("token", "create", "-policy=default", "-wrap-ttl=60s")["wrap_info"]
    assert bao_json("unwrap", info["token"])["auth"]["policies"] == ["default"]


# -- audit, operator, help ----------------------------------------------------------------------


def test_audit_devices(server, bao, bao_json, unique):
    file = server.folder / f"{unique}.log"
    assert "Success! Enabled the file audit device" in bao(
        "audit", "enable", f"-path={unique}", "file", f"file_path={file}"
    )
    assert bao_json("audit", "list", "-detailed")[f"{unique}/"]["options"]["file_path"] == str(file)
    assert f"{unique}/" in bao("audit", "list")
    assert file.read_text().strip()
    assert "Success! Disabled audit device" in bao("audit", "disable", f"{unique}/")


def test_rotation(bao):
    term = int(re.search(r"Key Term\s+(\d+)", bao("operator", "key-status")).group(1))
    assert "Success! Rotated key" in bao("operator", "rotate")
    assert int(re.search(r"Key Term\s+(\d+)", bao("operator", "key-status")).group(1)) == term + 1


def test_members_and_history(server, bao):
    assert bao("operator", "members")
    version = server.client().sys.read_health_status(method="GET")["version"]
    assert version in bao("version-history")


def test_path_help(bao, kv2, kv1):
    assert "DESCRIPTION" in bao("path-help", kv2).upper()
    assert bao("path-help", "sys/mounts")
    assert bao("path-help", f"{kv1}/x")


def test_output_formats(bao, kv1):
    bao("kv", "put", f"-mount={kv1}", "x", "a=1")
    assert json.loads(bao("read", "-format=json", f"{kv1}/x"))["data"] == {"a": "1"}
    assert re.search(r"^\s+a: \"?1\"?$", bao("read", "-format=yaml", f"{kv1}/x"), re.M)
    assert json.loads(bao("read", "-format=raw", f"{kv1}/x"))["data"] == {"a": "1"}
    assert "curl" in bao("read", "-output-curl-string", f"{kv1}/x")


def test_an_unreachable_server_ends_with_1_or_2(server):
    done = server.bao("status", env={"BAO_ADDR": "https://127.0.0.1:1"})
    assert done.returncode == 1
    done = server.bao("kv", "get", "-mount=x", "y", env={"BAO_ADDR": "https://127.0.0.1:1"})
    assert done.returncode == 2


def test_the_certificate_is_checked(server):
    done = server.bao("status", env={"BAO_CACERT": ""})
    assert done.returncode == 1 and "x509" in done.stderr


def test_plugins_are_listed(bao, bao_json, fails):
    for words in (["list"], ["list", "secret"], ["list", "-detailed"]):
        lines = [line.split() for line in bao("plugin", *words).splitlines()]
        assert any(line[:1] == ["kv"] for line in lines), words
    info = bao_json("plugin", "info", "secret", "kv")
    assert (info["name"], info["builtin"], info["deprecation_status"]) == ("kv", True, "supported")
    assert info["version"].startswith("v")
    fails("plugin", "info", "secret", "none-such")
