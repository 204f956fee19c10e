"""What the audit says of configuration and flags: who changed what and when, and no value in the open."""

import json

import pytest
from config_server import config, key, service  # noqa: F401

from flag_server import Flags

CANARY = "canary-93e0b7fa41"

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has neither configuration nor flags")


@pytest.fixture
def record(config, unique):
    """The entries of an audit file from now on, as dictionaries and as the text that lies in the file."""
    path = config.server.folder / f"{unique}.log"
    body = {"type": "file", "options": {"file_path": str(path)}}
    assert config.server.call("PUT", f"/v1/sys/audit/{unique}", token="root", body=body).status == 204
    yield lambda: (text := path.read_text()) and ([json.loads(line) for line in text.splitlines()], text)
    config.server.call("DELETE", f"/v1/sys/audit/{unique}", token="root")


def changes(entries, path):
    """Who did what at a path, of answered requests."""
    return [
        (entry["auth"]["display_name"], entry["request"]["operation"])
        for entry in entries
        if entry["type"] == "response" and entry["request"]["path"] == path and "error" not in entry
    ]


def test_changes_of_configuration_stand_in_the_audit_without_their_values(config, key, service, record):
    config.declare(key, sensitive=True)
    config.set(f"service/{service}", key, CANARY)
    config.set(f"service/{service}", key, CANARY + "-2")
    config.write(f"rollback/service/{service}/{key}", {"version": 1})
    assert config.write(f"reveal/service/{service}/{key}")["value"] == CANARY
    assert config.values(service)[key] == CANARY
    entries, text = record()
    assert changes(entries, f"config/keys/{key}") == [("root", "create")]
    assert changes(entries, f"config/data/service/{service}/{key}") == [("root", "create"), ("root", "update")]
    assert changes(entries, f"config/rollback/service/{service}/{key}") == [("root", "update")]
    # Reading the value leaves its own record.
    assert changes(entries, f"config/reveal/service/{service}/{key}") == [("root", "update")]
    assert changes(entries, f"config/effective/{service}") == [("root", "read")]
    assert CANARY not in text


def test_changes_of_flags_stand_in_the_audit(config, key, record):
    flags = Flags(config.server)
    flags.make(key)
    flags.toggle(key, False)
    flags.kill(key)
    entries, _ = record()
    for path, operation in (("definitions", "create"), ("states/prod", "create"), ("toggle/prod", "update"),
                            ("kill/prod", "update")):
        assert changes(entries, f"flags/{path}/{key}") == [("root", operation)], path


def test_a_change_set_is_one_event_with_its_items(config, key, record):
    items = [
        {"kind": "key", "path": key, "op": "put", "body": {"type": "string", "sensitive": True}},
        {"kind": "config", "path": f"global/{key}", "op": "put", "body": {"value": CANARY}},
    ]
    call = config.server.call
    made = call("POST", "/v1/pulse/changesets", token="root", body={"message": "both", "items": items}).json["data"]
    assert call("POST", f"/v1/pulse/changesets/{made['id']}/apply", token="root", body={}).status == 200
    entries, text = record()
    assert changes(entries, f"pulse/changesets/{made['id']}/apply") == [("root", "update")]
    assert changes(entries, f"config/data/global/{key}") == changes(entries, f"config/keys/{key}") == []
    applied = [entry for entry in entries if entry["type"] == "response" and entry["request"]["path"].endswith("/apply")]
    assert len(applied[0]["response"]["data"]["items"]) == 2
    assert CANARY not in text
