"""A version of a secret that a share of the instances gets before all others do."""

import hashlib
import json
import signal
import uuid

import hvac
import pytest

import harness
from config_server import config, key, service  # noqa: F401 (fixtures)
from test_config_cli import cli  # noqa: F401 (fixture)

pytestmark = pytest.mark.beyond_bao(reason="OpenBao serves the newest version to everyone")


def referred(config, key, service):
    """A secret of the server of configuration that a service's value refers to."""
    mount = "v" + uuid.uuid4().hex[:12]
    assert config.server.call("POST", f"/v1/sys/mounts/{mount}", token="root", body={"type": "kv-v2"}).status == 204
    secret = Secret(config.server, mount)
    secret.write("old")
    config.declare(key)
    config.set(f"service/{service}", key, {"$secret": f"{mount}/data/app/db#password"})
    return secret


def bucket(path, version, instance):
    """The bucket of an instance, 0 to 99,999, as docs/secrets.md says it."""
    text = f"{path}:{version}".encode() + b"\0" + instance.encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=32).digest()[:8], "big") % 100_000


def someone(path, version, *, below=None, above=None):
    """An instance whose bucket lies on one side of a percentage."""
    for number in range(10_000):
        place = bucket(path, version, f"web-{number}")
        if (below is None or place < below * 1_000) and (above is None or place >= above * 1_000):
            return f"web-{number}"
    raise AssertionError("no such instance")


class Secret:
    """A secret of a server, with a stable version and a candidate unless said otherwise."""

    def __init__(self, server, mount, path="app/db"):
        self.server, self.mount, self.path = server, mount, path

    def ask(self, method, area, body=None, token="root", headers=(), query=""):
        target = f"/v1/{self.mount}/{area}/{self.path}{query}"
        return self.server.call(method, target, token=token, body=body, headers=headers)

    def data(self, method, area, body=None, **options):
        answer = self.ask(method, area, body, **options)
        assert answer.status == 200, answer.text
        return answer.json["data"]

    def write(self, password, **options):
        return self.data("POST", "data", {"data": {"password": password}, "options": options})

    def password(self, instance=None, **options):
        headers = [("X-Pulse-Instance", instance)] if instance else []
        return self.data("GET", "data", headers=headers, **options)["data"]["password"]


@pytest.fixture
def secret(plain, plain_kv2):
    secret = Secret(plain, plain_kv2)
    secret.write("old")
    secret.write("new", canary={"percent": 25})
    return secret


def test_the_share_gets_the_candidate_and_everyone_else_the_stable_version(secret):
    assert secret.password() == "old"
    for number in range(40):
        instance = f"web-{number}"
        assert secret.password(instance) == ("new" if bucket("app/db", 2, instance) < 25_000 else "old")
    assert secret.data("GET", "data", query="?version=2")["data"]["password"] == "new"


def test_unmodified_clients_get_the_stable_version(plain, secret):
    client = hvac.Client(plain.address, token=plain.root_token)
    read = client.secrets.kv.v2.read_secret_version("app/db", mount_point=secret.mount, raise_on_deleted_version=True)
    assert (read["data"]["data"]["password"], read["data"]["metadata"]["version"]) == ("old", 1)
    metadata = client.secrets.kv.v2.read_secret_metadata("app/db", mount_point=secret.mount)["data"]
    assert metadata["current_version"] == 2 and metadata["serving"]["stable"] == 1


def test_both_lanes_read_the_header(secret):
    instance = someone("app/db", 2, below=25)
    headers = [("X-Pulse-Instance", instance)]
    slow = secret.ask("GET", "data", headers=[*headers, ("Content-Length", "0")]).json["data"]
    assert slow["data"]["password"] == secret.password(instance) == "new"


@pytest.mark.parametrize("name", ["two words", "grün", "x" * 257])
def test_a_header_that_is_no_name_is_refused(secret, name):
    answer = secret.ask("GET", "data", headers=[("X-Pulse-Instance", name)])
    assert answer.status == 400
    # What is no field value at all is refused by the parser of heads, which closes the connection.
    assert name.isascii() is False or "X-Pulse-Instance" in answer.json["errors"][0]


def test_errors_take_the_candidate_back_and_it_stands_in_the_audit(with_secret):
    server = with_secret
    log = server.folder / "audit.log"
    server.client().sys.enable_audit_device("file", options={"file_path": str(log)})
    secret = Secret(server, "kv")
    secret.write("planted-old-8Kq")
    secret.write("planted-new-8Kq", canary={"percent": 100, "max_error_percent": 2})
    assert secret.password("web-1") == "planted-new-8Kq"
    secret.data("POST", "outcomes", {"version": 1, "successes": 500})
    assert secret.data("POST", "outcomes", {"version": 2, "successes": 3, "errors": 1})["candidate"] == 2
    taken = secret.data("POST", "outcomes", {"version": 2, "errors": 4})
    assert taken["candidate"] is None and taken["dropped"]["version"] == 2 and taken["dropped"]["errors"] == 5
    assert secret.password("web-1") == secret.password() == "planted-old-8Kq"
    # It is as good as written: a server that is killed knows it afterwards.
    server.stop(signal.SIGKILL)
    server.start_again()
    assert secret.password("web-1") == "planted-old-8Kq"
    assert secret.data("GET", "serving")["dropped"]["version"] == 2
    events = [json.loads(line) for line in log.read_text().splitlines()]
    told = [event for event in events if event.get("request", {}).get("path") == "kv/outcomes/app/db"]
    assert [event["type"] for event in told] == ["request", "response"] * 3
    assert "planted" not in log.read_text()


def test_who_may_read_may_not_say_what_is_served(plain, secret, make_plain_token):
    token = make_plain_token(f'path "{secret.mount}/data/*" {{ capabilities = ["read"] }}')
    assert secret.password(token=token) == "old"
    assert secret.ask("POST", "serving", {"percent": 100}, token=token).status == 403
    assert secret.ask("POST", "outcomes", {"version": 2, "errors": 9}, token=token).status == 403
    assert secret.ask("DELETE", "serving", token=token).status == 403
    reporter = make_plain_token(f'path "{secret.mount}/outcomes/*" {{ capabilities = ["update"] }}')
    assert secret.ask("POST", "outcomes", {"version": 2, "successes": 1}, token=reporter).status == 200


def test_references_in_configuration_follow_it_and_watchers_hear(config, key, service):
    secret = referred(config, key, service)
    before = config.effective(service)["revision"]

    def is_noticed():
        # What is referred to is looked at once before a change of it can be told.
        secret.write("other")
        return config.effective(service)["revision"] > before

    harness.eventually(is_noticed)
    with config.watch(service) as watch:
        version = secret.write("new", canary={"percent": 25})["version"]
        assert watch.next()["data"]["keys"] == [key]
    chosen, other = someone("app/db", version, below=25), someone("app/db", version, above=25)
    assert config.values(service, instance=chosen)[key] == "new"
    assert config.values(service, instance=other)[key] == config.values(service)[key] == "other"
    tags = {config.ask("GET", f"effective/{service}?instance={name}").header("ETag") for name in (chosen, other)}
    assert len(tags) == 2


def test_a_canary_from_beginning_to_end_with_the_tool(cli, plain, plain_kv2):
    path = f"{plain_kv2}/app/db"
    cli("kv", "put", path, "password=old")
    cli("kv", "put", "-canary=25", path, "password=new")
    chosen = someone("app/db", 2, below=25)
    assert cli("kv", "get", "-field=password", path).stdout == "old"
    assert cli("kv", "get", "-field=password", f"-instance={chosen}", path).stdout == "new"
    seen = cli("run", f"-instance={chosen}", "-no-mask", "-secret", f"P={path}#password", "--", "printenv", "P")
    assert seen.stdout == "new\n"
    cli("kv", "canary", "report", "-version=2", "-successes=20", path)
    status = cli("kv", "canary", "status", path).stdout
    assert "20 worked, 0 did not" in status and "candidate" in status
    cli("kv", "canary", "set", "-percent=50.5", path)
    assert cli("kv", "canary", "status", "-field=percent", path).stdout == "50.5"
    cli("kv", "canary", "promote", path)
    assert cli("kv", "get", "-field=password", path).stdout == "new"
    assert "Everyone gets the current version" in cli("kv", "canary", "status", path, check=2).stderr


def test_a_promoted_candidate_lets_nothing_newer_loose(cli, plain, plain_kv2):
    path = f"{plain_kv2}/app/db"
    cli("kv", "put", path, "password=old")
    cli("kv", "put", "-canary=25", path, "password=new")
    cli("kv", "put", path, "password=newer")
    cli("kv", "canary", "promote", path)
    assert cli("kv", "get", "-field=password", path).stdout == "new"
    cli("kv", "canary", "end", "-version=2", path, check=2)
    cli("kv", "canary", "end", "-version=3", path)
    assert cli("kv", "get", "-field=password", path).stdout == "newer"


def test_a_dropped_candidate_is_for_nobody(cli, plain, plain_kv2):
    path = f"{plain_kv2}/app/db"
    cli("kv", "put", path, "password=old")
    cli("kv", "put", "-canary=100", path, "password=new")
    cli("kv", "canary", "drop", path)
    assert cli("kv", "get", "-field=password", "-instance=web-1", path).stdout == "old"
    # Commands that change the newest version do so whatever readers get.
    cli("kv", "patch", "-method=rw", "-cas=2", path, "user=app")
    assert json.loads(cli("kv", "get", "-version=3", "-format=json", path).stdout)["data"]["data"] == {
        "password": "new", "user": "app",
    }
    assert "user" in cli("kv", "diff", path).stdout
    assert "readers get version 1" in cli("kv", "rollback", "-version=2", path).stderr
    assert "another version" in cli("kv", "copy", path, path + "-copy", check=2).stderr
    cli("kv", "canary", "promote", path, check=2)


def test_who_writes_values_only_may_begin_a_canary_and_not_change_one(plain, secret, make_plain_token):
    writer = make_plain_token(f'path "{secret.mount}/data/*" {{ capabilities = ["create", "update"] }}')
    canary = {"data": {"password": "newer"}, "options": {"canary": {"percent": 100}}}
    assert secret.ask("POST", "data", canary, token=writer).status == 403
    assert secret.data("GET", "metadata")["current_version"] == 2
    secret.data("POST", "data", {"data": {"password": "newer"}}, token=writer)
    assert secret.password() == "old"
    other = Secret(plain, secret.mount, "app/other")
    other.write("old")
    other.data("POST", "data", canary, token=writer)
    assert (other.password(), other.password("web-1")) == ("old", "newer")


def test_as_of_now_is_what_is_served_now(config, key, service):
    secret = referred(config, key, service)
    secret.write("new", canary={"percent": 100})
    now = secret.data("GET", "serving")["since"]
    assert config.values(service, as_of=now)[key] == "old"
    assert config.values(service, as_of=now, instance="web-1")[key] == "new"
