"""Configuration as Spring Cloud Config's clients read it."""

import json

import pytest
import yaml
from config import spring
from config_server import config, key, service  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no configuration engine")

CANARY = "canary-5e20a9c1b7"


class Spring:
    """The server as a Spring client sees it."""

    def __init__(self, config):
        self.config = config
        self.server = config.server

    def ask(self, path, token="root", field="X-Config-Token", method="GET", headers=()):
        """A request below `/spring/`, whatever comes of it."""
        headers = list(headers)
        if token is not None:
            token = self.server.root_token if token == "root" else token
            headers.append((field, f"Bearer {token}" if field == "Authorization" else token))
        return self.server.call(method, f"/spring/{path}", headers=headers)

    def sources(self, path, **options):
        """The property sources of an environment: pairs of name and properties."""
        answer = self.ask(path, **options)
        assert answer.status == 200, f"{answer.status} {answer.text}"
        return [(one["name"], one["source"]) for one in answer.json["propertySources"]]


@pytest.fixture
def world(config, key, service):
    """A service with settings of its own and of its environments."""
    values = {
        "pool.size": ("integer", 10), "name": ("string", "grün"), "hosts": ("list", ["a", {"port": 1}]),
        "limits": ("object", {"cpu": 1.5, "on": True, "none": None, "empty": []}),
    }
    for name, (type, value) in values.items():
        config.declare(f"{key}.{name}", type)
        config.set(f"service/{service}", f"{key}.{name}", value)
    config.set(f"service/{service}/env/dev", f"{key}.pool.size", 1)
    config.set(f"service/{service}/env/prod", f"{key}.pool.size", 100)
    return Spring(config)


def own(source, key):
    """The properties of a test's own keys."""
    return {name.removeprefix(f"{key}."): value for name, value in source.items() if name.startswith(key)}


FLAT = {
    "name": "grün", "hosts[0]": "a", "hosts[1].port": 1, "limits.cpu": 1.5, "limits.on": True, "limits.none": "",
    "limits.empty": "",
}


def test_an_environment_is_flat_properties(world, key, service):
    answer = world.ask(f"{service}/prod").json
    assert {name: answer[name] for name in ("name", "profiles", "label", "state")} == {
        "name": service, "profiles": ["prod"], "label": None, "state": None}
    assert int(answer["version"]) > 0
    assert own(answer["propertySources"][0]["source"], key) == FLAT | {"pool.size": 100}
    assert own(world.sources(f"{service}/default")[0][1], key) == FLAT | {"pool.size": 10}


def test_the_last_profile_comes_first(world, key, service):
    sources = world.sources(f"{service}/dev,prod")
    assert [name for name, _ in sources] == [f"pulsevault:{service}/prod", f"pulsevault:{service}/dev"]
    assert [source[f"{key}.pool.size"] for _, source in sources] == [100, 1]


def test_a_label_is_a_snapshot(world, config, key, service, unique):
    config.write(f"snapshots/{unique}", {})
    config.set(f"service/{service}/env/prod", f"{key}.pool.size", 200)
    for label, size in ((unique, 100), ("main", 200), ("master", 200)):
        answer = world.ask(f"{service}/prod/{label}").json
        assert answer["label"] == label
        assert answer["propertySources"][0]["source"][f"{key}.pool.size"] == size
    assert world.ask(f"{service}/prod/no-such-snapshot").status == 404


def test_files(world, key, service):
    nested = json.loads(world.ask(f"{service}-prod.json").body)[key]
    assert nested["pool"] == {"size": 100} and nested["hosts"] == ["a", {"port": 1}]
    for ending in ("yml", "yaml"):
        reply = world.ask(f"{service}-prod.{ending}")
        assert yaml.safe_load(reply.body)[key] == nested
    assert yaml.safe_load(world.ask(f"main/{service}-default.yml").body)[key]["pool"] == {"size": 10}
    assert f"{key}.pool.size=100" in world.ask(f"{service}-prod.properties").text.splitlines()


def test_an_unmodified_client(world, key, service):
    client = spring.ConfigClient(
        address=f"{world.server.address}/spring", app_name=service, profile="prod", label="main")
    client.get_config(headers={"X-Config-Token": world.server.root_token})
    assert client.get(f"{key}.pool.size") == 100 and client.get(f"{key}.name") == "grün"
    stranger = spring.ConfigClient(address=f"{world.server.address}/spring", app_name=service, fail_fast=False)
    with pytest.raises(ConnectionError):
        stranger.get_config(headers={"X-Config-Token": "hvs.unknown"})


@pytest.mark.parametrize("field", ["X-Config-Token", "Authorization", "X-Vault-Token"])
def test_a_token_by_each_field(world, service, field):
    token = world.config.token({f"config/effective/{service}": ["read"]})
    assert world.ask(f"{service}/prod", token=token, field=field).status == 200
    assert world.ask("another/prod", token=token, field=field).status == 403


def test_strangers_hear_401_and_nothing_is_written_here(world, service):
    assert world.ask(f"{service}/prod", token=None).status == 401
    assert world.ask(f"{service}/prod", token="hvs.unknown").status == 401
    refused = world.ask(f"{service}/prod", method="POST")
    assert refused.status == 405 and refused.header("Allow") == "GET, HEAD"


def test_what_is_kept_back_is_left_out(world, config, key, service):
    config.declare(f"{key}.secret", sensitive=True)
    config.set(f"service/{service}", f"{key}.secret", CANARY)
    token = config.token({f"config/effective/{service}": ["read"]})
    for path in (f"{service}/prod", f"{service}-prod.json", f"{service}-prod.yml", f"{service}-prod.properties"):
        reply = world.ask(path, token=token)
        assert reply.status == 200 and CANARY not in reply.text
        assert CANARY in world.ask(path).text
    assert f"{key}.secret" not in world.sources(f"{service}/prod", token=token)[0][1]


def test_an_unchanged_environment_is_not_sent_again(world, config, key, service):
    tag = world.ask(f"{service}/dev,prod").header("ETag")
    assert world.ask(f"{service}/dev,prod", headers=[("If-None-Match", tag)]).status == 304
    assert world.ask(f"{service}/prod,dev", headers=[("If-None-Match", tag)]).status == 200
    config.set(f"service/{service}/env/dev", f"{key}.pool.size", 2)
    assert world.ask(f"{service}/dev,prod", headers=[("If-None-Match", tag)]).status == 200


@pytest.mark.parametrize("path, status", [
    ("", 404), ("svc", 404), ("a/b/c/d", 404), ("a%2Fb/prod", 404), ("svc/a%20b", 400), ("svc/%ff", 400),
    ("svc/" + ",".join("abcdefghijk"), 400), ("svc.json", 404), ("svc/prod%00", 400), ("../svc/prod", 400),
])
def test_what_cannot_be_asked(world, path, status):
    assert world.ask(path).status == status
