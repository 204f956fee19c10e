"""Configuration that not everybody may see: sensitive values and references to secrets."""

import pytest
from config_server import config, key, service  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no configuration engine")

CANARY = "canary-4d1f0c77e2"


@pytest.fixture
def secret(config, unique):
    """A secret in a KV v2 mount of its own: the path of its data."""
    config.server.call("POST", f"/v1/sys/mounts/{unique}", token="root", body={"type": "kv-v2"})
    config.server.call(
        "POST", f"/v1/{unique}/data/db", token="root", body={"data": {"password": CANARY, "user": "app"}})
    return f"{unique}/data/db"


def test_a_sensitive_value_is_shown_by_reveal_only(config, key, service):
    config.declare(key, sensitive=True)
    config.set("global", key, CANARY)
    config.set("global", key, CANARY + "-2")
    reader = config.token({"config/*": ["read", "list"]})
    for path in (f"data/global/{key}", f"history/global/{key}", f"diff/global/{key}", f"effective/{service}",
                 f"effective/{service}?explain=true", f"effective/{service}?as_of=1000000", f"keys/{key}"):
        answer = config.ask("GET", path, token=reader)
        assert CANARY not in answer.text, path
    shown = config.read(f"data/global/{key}")
    assert shown["value"] is None and shown["redacted"] and len(shown["hmac"]) == 64
    changes = config.read(f"history/global/{key}")["versions"][0]
    assert changes["hmac_from"] != changes["hmac_to"] == shown["hmac"]
    assert config.ask("POST", f"reveal/global/{key}", token=reader).status == 403
    assert config.write(f"reveal/global/{key}")["value"] == CANARY + "-2"


def test_a_service_gets_sensitive_values_by_the_right_to_reveal_them(config, key, service):
    config.declare(key, sensitive=True)
    config.set(f"service/{service}", key, CANARY)
    plain = config.token({"config/effective/*": ["read"]})
    trusted = config.token({"config/effective/*": ["read"], f"config/reveal/service/{service}/*": ["update"]})
    document = config.effective(service, token=plain, explain="true")
    assert document["values"][key] == {"$redacted": True} and document["sources"][key]["redacted"]
    assert config.effective(service, token=trusted)["values"][key] == CANARY
    tags = {config.ask("GET", f"effective/{service}", token=token).header("ETag") for token in (plain, trusted)}
    assert len(tags) == 2


def test_a_key_that_becomes_sensitive_hides_what_was_there(config, key, service):
    config.declare(key)
    config.set("global", key, CANARY)
    config.write(f"keys/{key}", {"sensitive": True}, method="PATCH")
    reader = config.token({"config/*": ["read"]})
    for path in (f"effective/{service}", f"history/global/{key}", f"data/global/{key}?version=1"):
        assert CANARY not in config.ask("GET", path, token=reader).text


def test_showing_what_was_sensitive_asks_for_sudo(config, key):
    config.declare(key, sensitive=True)
    config.set("global", key, CANARY)
    editor = config.token({"config/*": ["create", "read", "update", "patch", "delete"]})
    config.refused(f"keys/{key}", {"sensitive": False}, method="PATCH", status=403, token=editor)
    # Nor by taking the key away and declaring it anew.
    config.write(f"data/global/{key}", method="DELETE", token=editor)
    config.write(f"keys/{key}", method="DELETE", token=editor)
    config.refused(f"keys/{key}", {"type": "string"}, status=403, token=editor)
    config.write(f"keys/{key}", {"type": "string"})


def test_references_are_resolved_with_the_readers_own_rights(config, key, service, secret):
    config.declare(key, "secret")
    config.set("global", key, {"$secret": f"{secret}#password"})
    plain = config.token({"config/effective/*": ["read"]})
    trusted = config.token({"config/effective/*": ["read"], secret: ["read"]})
    assert config.effective(service, token=trusted)["values"][key] == CANARY
    document = config.effective(service, token=plain, explain="true")
    assert document["values"][key] == {"$redacted": True} and document["sources"][key]["error"]
    # What is stored is the reference.
    assert config.read(f"data/global/{key}")["value"] == {"$secret": f"{secret}#password"}


def test_references_stand_anywhere_in_a_value(config, key, service, secret):
    config.declare(key, "object")
    config.set("global", key, {"host": "db", "auth": [{"$secret": f"{secret}#user"}, {"$secret": f"{secret}#password"}]})
    assert config.values(service)[key] == {"host": "db", "auth": ["app", CANARY]}


def test_rotation_is_a_change(config, key, service, secret):
    config.declare(key, "secret")
    config.set(f"service/{service}", key, {"$secret": f"{secret}#password"})
    config.declare(key + "-pinned", "secret")
    config.set(f"service/{service}", key + "-pinned", {"$secret": f"{secret}#password", "version": 1})
    tag = config.ask("GET", f"effective/{service}").header("ETag")
    config.server.call("POST", f"/v1/{secret}", token="root", body={"data": {"password": "new", "user": "app"}})
    answer = config.ask("GET", f"effective/{service}", headers=[("If-None-Match", tag)])
    assert answer.status == 200
    assert answer.json["data"]["values"][key] == "new"
    assert answer.json["data"]["values"][key + "-pinned"] == CANARY


@pytest.mark.parametrize("reference, problem", [
    ("{path}#nothing", "no such field"), ("{path}x#password", "not there"), ("{path}", "#<field>"),
    ("config/data/global/x#y", "circles"), ("config/effective/x#values", "circles"),
    ("auth/token/lookup-self#id", "of a mount of secrets"), ("sys/mounts#secret/", "of a mount of secrets"),
    ("cubbyhole/mine#a", "of a mount of secrets"), ("flags/environments/dev#type", "of a mount of secrets"),
    ("{mount}/metadata/db#versions", "of a mount of secrets"), ("{mount}/data/#x", "#<field>"),
])
def test_references_are_checked_when_they_are_written(config, key, secret, reference, problem):
    text = reference.format(path=secret, mount=secret.removesuffix("/data/db"))
    config.declare(key, "secret")
    message = config.refused(f"data/global/{key}", {"value": {"$secret": text}})
    assert problem in message
    # A default is a value as well.
    message = config.refused(f"keys/{key}-2", {"type": "secret", "default": {"$secret": text}})
    assert problem in message and message.startswith("default: ")


def test_configuration_of_another_mount_is_no_secret(config, key, unique):
    config.server.call("POST", f"/v1/sys/mounts/{unique}", token="root", body={"type": "config"})
    config.declare(key, "secret")
    message = config.refused(f"data/global/{key}", {"value": {"$secret": f"{unique}/effective/x#values"}})
    assert "circles" in message


def test_nobody_refers_to_what_they_may_not_read(config, key, secret):
    config.declare(key, "secret")
    token = config.token({"config/*": ["create", "read", "update"]})
    message = config.refused(f"data/global/{key}", {"value": {"$secret": f"{secret}#password"}}, token=token)
    assert "may not be read" in message
    default = {"type": "object", "default": {"inside": {"$secret": f"{secret}#password"}}}
    assert "may not be read" in config.refused(f"keys/{key}-2", default, token=token)
    # What somebody else has written there may stay.
    config.write(f"keys/{key}-2", default)
    config.write(f"keys/{key}-2", {"owner": "me"}, method="PATCH", token=config.token({"config/*": ["patch"]}))


def test_what_is_kept_back_is_named(config, key, service, secret):
    config.declare(key, "secret", default={"$secret": f"{secret}#password"})
    config.declare(key + "-plain", default="shown")
    document = config.effective(service, token=config.token({"config/effective/*": ["read"]}))
    assert document["values"][key] == {"$redacted": True}
    assert document["sources"][key]["redacted"] and "may not be read" in document["sources"][key]["error"]
    assert key + "-plain" not in document["sources"]
    assert key not in config.effective(service).get("sources", {})


def test_a_sensitive_value_that_is_unset_is_no_value(config, key, service):
    config.declare(key, sensitive=True)
    config.set("global", key, CANARY)
    config.write(f"data/env/prod/{key}", {"unset": True})
    reader = config.token({"config/effective/*": ["read"]})
    assert config.values(service, token=reader)[key] == {"$redacted": True}
    for token in ("root", reader):
        assert key not in config.values(service, token=token, env="prod")


def test_at_read_only_the_leaf_that_is_gone_fails(config, key, service, secret):
    config.declare(key, "secret")
    config.declare(key + "-plain")
    config.set(f"service/{service}", key, {"$secret": f"{secret}#password"})
    config.set(f"service/{service}", key + "-plain", "still here")
    config.server.call("DELETE", f"/v1/{secret}", token="root")
    document = config.effective(service, explain="true")
    assert document["values"] == document["values"] | {key: {"$redacted": True}, key + "-plain": "still here"}
    assert "not there" in document["sources"][key]["error"]
