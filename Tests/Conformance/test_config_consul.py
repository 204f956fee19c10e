"""Configuration as clients of Consul's key-value store read it."""

import base64
import threading
import time

import consul
import pytest
from config_server import config, key, service  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no configuration engine")

CANARY = "canary-09fb3d61e8"


class Store:
    """The server as a client of Consul sees it."""

    def __init__(self, config):
        self.config = config
        self.server = config.server

    def ask(self, path, token="root", field="X-Consul-Token", method="GET"):
        """A request below `/consul/v1/kv/`, whatever comes of it."""
        headers = []
        if token is not None:
            token = self.server.root_token if token == "root" else token
            headers.append((field, f"Bearer {token}" if field == "Authorization" else token))
        return self.server.call(method, f"/consul/v1/kv/{path}", headers=headers)

    def entries(self, path, **options):
        """The keys of an answer with their values as text."""
        answer = self.ask(path, **options)
        assert answer.status == 200, f"{answer.status} {answer.text}"
        return {one["Key"]: base64.b64decode(one["Value"]).decode() for one in answer.json}


@pytest.fixture
def store(config, key, service):
    """A store with a few keys of a service."""
    for name, type, value in (
        ("db.host", "string", "grün"), ("db.port", "integer", 5432), ("db", "object", {"pool": [1, None]}),
        ("on", "boolean", True),
    ):
        config.declare(f"{key}.{name}", type)
        config.set(f"service/{service}", f"{key}.{name}", value)
    config.set(f"service/{service}/env/prod", f"{key}.on", False)
    config.set(f"instance/{service}/i1", f"{key}.on", True)
    return Store(config)


def test_a_key_is_one_entry(store, key, service):
    answer = store.ask(f"config/{service}/{key}.db.port")
    (entry,) = answer.json
    assert entry["Key"] == f"config/{service}/{key}.db.port" and base64.b64decode(entry["Value"]) == b"5432"
    assert entry["LockIndex"] == entry["Flags"] == 0 and entry["CreateIndex"] == entry["ModifyIndex"] > 0
    assert int(answer.header("X-Consul-Index")) >= entry["ModifyIndex"]


def test_strings_are_their_bytes_and_everything_else_is_json(store, key, service):
    raw = {name: store.ask(f"config/{service}/{key}.{name}?raw").body.decode() for name in ("db.host", "db", "on")}
    assert raw == {"db.host": "grün", "db": '{"pool":[1,null]}', "on": "true"}


def test_the_place_is_a_folder(store, key, service):
    for place, value in ((service, "true"), (f"{service},prod", "false"), (f"{service},prod,i1", "true"), (f"{service},,i1", "true")):
        assert store.entries(f"config/{place}/{key}.on") == {f"config/{place}/{key}.on": value}


def test_recurse_and_keys(store, key, service):
    folder = f"config/{service}/"
    names = [f"{folder}{key}.{name}" for name in ("db", "db.host", "db.port", "on")]
    assert list(store.entries(f"{folder}?recurse")) == names
    assert list(store.entries(f"config/{service}?recurse")) == names
    assert list(store.entries(f"{folder}{key}.db.?recurse=true")) == names[1:3]
    assert store.ask(f"{folder}?keys").json == names
    assert store.ask(f"{folder}{key}.?keys&separator=.").json == [names[0], f"{folder}{key}.db.", names[3]]


def test_what_is_not_there_is_404_without_a_body(store, service):
    for path in (f"config/{service}/nothing", f"config/{service}/nothing?recurse", f"config/{service}/nothing?keys",
                 f"config/{service}/", f"config/{service}/nothing?raw"):
        answer = store.ask(path)
        assert (answer.status, answer.body) == (404, b"") and int(answer.header("X-Consul-Index")) >= 1


def test_a_read_waits_for_a_change(store, config, key, service):
    path = f"config/{service}/{key}.on"
    index = store.ask(path).header("X-Consul-Index")
    begin = time.monotonic()
    same = store.ask(f"{path}?index={index}&wait=1s")
    assert same.status == 200 and same.header("X-Consul-Index") == index and time.monotonic() - begin >= 0.9
    change = threading.Timer(0.5, config.set, (f"service/{service}", f"{key}.on", False))
    change.start()
    begin = time.monotonic()
    changed = store.ask(f"{path}?index={index}&wait=30s")
    change.join()
    assert time.monotonic() - begin < 10 and int(changed.header("X-Consul-Index")) > int(index)
    assert base64.b64decode(changed.json[0]["Value"]) == b"false"
    # An index of 0 asks for no waiting.
    begin = time.monotonic()
    assert store.ask(f"{path}?index=0&wait=30s").status == 200 and time.monotonic() - begin < 5


def test_an_unmodified_client(store, config, key, service):
    host, port = store.server.address.removeprefix("http://").split(":")
    client = consul.Consul(host=host, port=int(port), token=store.server.root_token)
    # The client has no setting for a path in front of its own.
    client.http.base_uri += "/consul"
    index, entry = client.kv.get(f"config/{service}/{key}.db.host")
    assert entry["Value"].decode() == "grün" and int(index) >= entry["ModifyIndex"]
    index, entries = client.kv.get(f"config/{service}/", recurse=True)
    assert len(entries) == 4
    _, names = client.kv.get(f"config/{service}/", keys=True)
    assert len(names) == 4
    assert client.kv.get(f"config/{service}/nothing")[1] is None
    change = threading.Timer(0.5, config.set, (f"service/{service}", f"{key}.db.host", "other"))
    change.start()
    later, entry = client.kv.get(f"config/{service}/{key}.db.host", index=index, wait="20s")
    change.join()
    assert entry["Value"] == b"other" and int(later) > int(index)
    stranger = consul.Consul(host=host, port=int(port), token="hvs.unknown")
    stranger.http.base_uri += "/consul"
    with pytest.raises(consul.ACLPermissionDenied):
        stranger.kv.get(f"config/{service}/{key}.db.host")


@pytest.mark.parametrize("field", ["X-Consul-Token", "Authorization", "X-Vault-Token"])
def test_a_token_by_each_field(store, key, service, field):
    token = store.config.token({f"config/effective/{service}": ["read"]})
    assert store.ask(f"config/{service}/{key}.on", token=token, field=field).status == 200
    assert store.ask("config/another/?recurse", token=token, field=field).status == 403
    assert store.ask(f"config/{service}/{key}.on", token=None).status == 403


def test_what_is_kept_back_is_not_there(store, config, key, service):
    config.declare(f"{key}.secret", sensitive=True)
    config.set(f"service/{service}", f"{key}.secret", CANARY)
    token = config.token({f"config/effective/{service}": ["read"]})
    assert store.ask(f"config/{service}/{key}.secret", token=token).status == 404
    assert f"{key}.secret" not in str(store.ask(f"config/{service}/?keys", token=token).json)
    assert store.ask(f"config/{service}/{key}.secret?raw").text == CANARY


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_nothing_is_written_here(store, key, service, method):
    refused = store.ask(f"config/{service}/{key}.on", method=method)
    assert refused.status == 405 and refused.header("Allow") == "GET, HEAD"


@pytest.mark.parametrize("path, status", [
    ("other/x/y", 404), ("config/", 404), ("config/a,b,c,d/x", 404), ("config/a%20b/x", 400), ("config/svc/%ff", 400),
    ("config/svc/x?index=soon", 400), ("config/svc/x?wait=soon", 400), ("config/svc,a%2Fb/x", 404),
])
def test_what_cannot_be_asked(store, path, status):
    assert store.ask(path).status == status
