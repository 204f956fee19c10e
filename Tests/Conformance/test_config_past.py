"""Configuration of earlier moments: its secrets are those of then, and what is sensitive now is so in the past."""

import pytest
from config_server import config, key, service  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no configuration engine")

CANARY = "canary-77c1e0b25d"


@pytest.fixture
def mount(config, unique):
    """A KV v2 mount of the test's own."""
    config.server.call("POST", f"/v1/sys/mounts/{unique}", token="root", body={"type": "kv-v2"})
    return unique


def _put(config, path, value):
    """A new version of a secret; when it was made."""
    answer = config.server.call("POST", f"/v1/{path}", token="root", body={"data": {"password": value}})
    return answer.json["data"]["created_time"]


@pytest.fixture
def rotated(config, key, service, mount):
    """A service with a reference to a secret that was rotated after the revision and the time given."""
    path = f"{mount}/data/db"
    created = _put(config, path, "old")
    config.declare(key, "secret")
    config.set(f"service/{service}", key, {"$secret": f"{path}#password"})
    revision = config.effective(service)["revision"]
    config.write(f"snapshots/{service}", {})
    _put(config, path, "new")
    return path, revision, created


def test_the_secrets_of_a_revision_are_those_of_then(config, key, service, rotated):
    path, revision, _ = rotated
    assert config.values(service)[key] == "new"
    # Who reads the past needs no more rights than who reads the present.
    reader = config.token({"config/effective/*": ["read"], path: ["read"]})
    for token in ("root", reader):
        past = config.effective(service, token=token, as_of=revision, explain="true")
        assert past["values"][key] == "old" and past["sources"][key]["secret_versions"] == [1]
        assert config.values(service, token=token, snapshot=service)[key] == "old"


def test_the_secrets_of_a_time_are_those_of_then(config, key, service, rotated):
    path, _, created = rotated
    config.set(f"service/{service}", key, {"$secret": f"{path}#password", "version": 2})
    reader = config.token({"config/effective/*": ["read"], path: ["read"]})
    moment = config.read(f"history/service/{service}/{key}")["versions"][-1]["updated_time"]
    assert created < moment
    for token in ("root", reader):
        assert config.values(service, token=token, as_of=moment)[key] == "old"


def test_a_pinned_service_gets_new_passwords(config, key, service, rotated):
    config.write(f"pins/{service}", {"snapshot": service})
    assert config.values(service)[key] == "new"


def test_a_revision_that_is_not_there_yet_is_refused(config, service):
    revision = config.effective(service)["revision"] + 1_000_000
    assert "future" in config.refused(f"effective/{service}?as_of={revision}", method="GET")


def test_a_key_that_becomes_sensitive_is_so_in_the_past(config, key, service):
    config.declare(key)
    revision = config.set(f"service/{service}", key, CANARY)["revision"]
    config.write(f"snapshots/{service}", {})
    reader = config.token({"config/effective/*": ["read"]})
    paths = [
        f"effective/{service}?as_of={revision}", f"effective/{service}?as_of={revision}&explain=true",
        f"effective/{service}?as_of={revision}&format=env", f"effective/{service}?snapshot={service}",
    ]
    for path in paths:
        assert CANARY in config.ask("GET", path, token=reader).text, path
    config.write(f"keys/{key}", {"sensitive": True}, method="PATCH")
    for path in paths:
        answer = config.ask("GET", path, token=reader)
        assert answer.status == 200 and CANARY not in answer.text, path
    config.write(f"pins/{service}", {"snapshot": service})
    assert CANARY not in config.ask("GET", f"effective/{service}", token=reader).text
    # Who may reveal it sees what it was.
    assert config.values(service, as_of=revision)[key] == CANARY


def test_a_secret_that_is_made_anew_is_another_answer(config, key, service, mount):
    path = f"{mount}/data/db"
    _put(config, path, "first")
    config.declare(key, "secret")
    config.set(f"service/{service}", key, {"$secret": f"{path}#password"})
    first = config.ask("GET", f"effective/{service}")
    config.server.call("DELETE", f"/v1/{mount}/metadata/db", token="root")
    _put(config, path, "second")
    again = config.ask("GET", f"effective/{service}", headers=[("If-None-Match", first.header("ETag"))])
    assert again.status == 200 and again.json["data"]["values"][key] == "second"


def test_those_who_wait_hear_of_a_secret_that_is_made_anew(config, key, service, rotated):
    path, revision, _ = rotated
    told = config.effective(service, index=revision, wait="20s")["revision"]
    config.server.call("DELETE", "/v1/" + path.replace("/data/", "/metadata/"), token="root")
    # Its newest version has the number that it had before.
    _put(config, path, "one")
    _put(config, path, "two")
    waited = config.effective(service, index=told, wait="20s")
    assert waited["revision"] > told and waited["values"][key] == "two"


def test_a_secret_of_then_that_is_gone_is_kept_back(config, key, service, rotated):
    path, revision, _ = rotated
    config.server.call("DELETE", "/v1/" + path.replace("/data/", "/metadata/"), token="root")
    _put(config, path, "another")
    past = config.effective(service, as_of=revision)
    assert past["values"][key] == {"$redacted": True} and "as it was then" in past["sources"][key]["error"]
    assert config.values(service)[key] == "another"


def test_the_rotation_of_a_secret_in_a_default_is_a_change(config, key, service, mount):
    path = f"{mount}/data/db"
    _put(config, path, "old")
    config.declare(key, "secret", default={"$secret": f"{path}#password"})
    revision = config.effective(service)["revision"]
    assert config.read(f"references?path={path}")["references"] == [{"layer": "default", "key": key, "fixed": False}]
    _put(config, path, "new")
    waited = config.effective(service, index=revision, wait="20s")
    assert waited["revision"] > revision and waited["values"][key] == "new"


def test_a_default_of_a_key_that_becomes_sensitive_is_kept_back(config, key, service):
    config.declare(key, default={"a": CANARY}, type="object")
    revision = config.set(f"service/{service}", key, {"b": 2})["revision"]
    config.write(f"keys/{key}", {"sensitive": True, "default": None}, method="PATCH")
    reader = config.token({"config/*": ["read"]})
    for path in (f"keys/{key}?version=1", f"keys/{key}?as_of={revision}", f"history/keys/{key}",
                 f"effective/{service}?as_of={revision}"):
        answer = config.ask("GET", path, token=reader)
        assert answer.status == 200 and CANARY not in answer.text, path
    assert config.values(service, as_of=revision)[key] == {"a": CANARY, "b": 2}
