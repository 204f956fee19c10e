"""Configuration of a server under test: written through the API, read as services read it."""

import uuid

import pytest

import harness
from flag_server import EventReader, Flags


class Config:
    """The configuration of a server, with the root token's rights; each test has keys and services of its own."""

    def __init__(self, server):
        self.server = server
        self._rights = Flags(server)

    def ask(self, method, path, body=None, token="root", headers=(), mount="config"):
        """A request below `config/`, whatever comes of it."""
        headers = list(headers)
        if method == "PATCH":
            headers.append(("Content-Type", "application/merge-patch+json"))
        return self.server.call(method, f"/v1/{mount}/{path}", token=token, body=body, headers=headers)

    def write(self, path, body=None, method="POST", **options):
        """A request that must succeed; its `data`."""
        answer = self.ask(method, path, body, **options)
        assert answer.status in (200, 204), f"{method} {path}: {answer.status} {answer.text}"
        return answer.json["data"] if answer.status == 200 else None

    def read(self, path, **options):
        """The `data` of a read that must succeed."""
        return self.write(path, method="GET", **options)

    def refused(self, path, body=None, method="POST", status=400, **options):
        """The errors of a request that must be refused."""
        answer = self.ask(method, path, body, **options)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.text}"
        return " ".join(answer.json["errors"])

    def declare(self, key, type="string", **more):
        """Say what a key is."""
        return self.write(f"keys/{key}", {"type": type} | more)

    def set(self, layer, name, value, **more):
        """Have a layer say something of a key."""
        return self.write(f"data/{layer}/{name}", {"value": value} | more)

    def effective(self, service, token="root", **query):
        """What a place is served."""
        return self.read(f"effective/{service}{_query(query)}", token=token)

    def values(self, service, **query):
        """The values that a place is served."""
        return self.effective(service, **query)["values"]

    def token(self, rules):
        """A token with the rights given."""
        return self._rights.token(rules)

    def watch(self, service, token="root", headers=(), **query):
        """An open stream of changes."""
        token = self.server.root_token if token == "root" else token
        headers = [("Accept", "text/event-stream"), ("X-Vault-Token", token), *headers]
        return EventReader(self.server, f"/v1/config/watch/{service}{_query(query)}", headers)


def _query(query):
    return "?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""


@pytest.fixture(scope="module")
def config():
    """The configuration of a plain-HTTP server that the module's tests share."""
    try:
        server = harness.Server(tls=False).ready()
    except harness.StartFailed as failure:
        pytest.exit(str(failure), returncode=4)
    yield Config(server)
    server.discard()


@pytest.fixture
def key():
    """A key that no other test uses."""
    return "key-" + uuid.uuid4().hex[:12]


@pytest.fixture
def service():
    """A service that no other test uses."""
    return "svc-" + uuid.uuid4().hex[:12]
