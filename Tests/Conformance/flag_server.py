"""Feature flags of a server under test: set up through the API, asked for as applications ask."""

import json
import time
import uuid

import pytest

import harness
import wire

EVALUATE = "/ofrep/v1/evaluate/flags"


class Flags:
    """The flags of a server, with the root token's rights; each test makes flags of its own."""

    def __init__(self, server):
        self.server = server
        answer = server.call("POST", "/v1/sys/mounts/flags", token="root", body={"type": "flags"})
        assert answer.status == 204 or "already in use" in answer.text, answer.text

    # -- as the administrator ---------------------------------------------------------------------

    def write(self, path, body=None, method="POST"):
        """A request below `flags/` that must succeed."""
        answer = self.server.call(method, f"/v1/flags/{path}", token="root", body=body)
        assert answer.status in (200, 204), f"{method} {path}: {answer.status} {answer.text}"
        return answer

    def define(self, key, type="boolean", variations=None, **more):
        """Write what a flag is."""
        more = {"type": type} | ({} if variations is None else {"variations": variations}) | more
        return self.write(f"definitions/{key}", more)

    def state(self, key, environment="prod", **state):
        """Write how a flag behaves in an environment."""
        return self.write(f"states/{environment}/{key}", state)

    def make(self, key, type="boolean", variations=None, environment="prod", **state):
        """A flag with a state: on, the first variation for all, the last one when it is off."""
        self.define(key, type, variations)
        names = list(variations or {"on": True, "off": False})
        usual = {"on": True, "off_variation": names[-1], "fallthrough": {"variation": names[0]}}
        self.state(key, environment, **(usual | state))
        return key

    def toggle(self, key, on, environment="prod"):
        """Switch a flag on or off."""
        return self.write(f"toggle/{environment}/{key}", {"on": on})

    def kill(self, key, environment="prod"):
        """Use the emergency switch."""
        return self.write(f"kill/{environment}/{key}", {"reason": "test"})

    def policy(self, rules, name=None):
        """Write a policy, a dictionary of paths and their capabilities; returns its name."""
        name = name or "p" + uuid.uuid4().hex[:12]
        text = "\n".join(f'path "{path}" {{ capabilities = {json.dumps(may)} }}' for path, may in rules.items())
        answer = self.server.call("POST", f"/v1/sys/policies/acl/{name}", token="root", body={"policy": text})
        assert answer.status == 204, answer.text
        return name

    def token(self, rules=None, policies=None, environment=None):
        """A token with the rights given, or with those of an application; `environment` stands in its metadata."""
        names = policies or [self.policy(rules or {"flags/evaluate/*": ["evaluate"]})]
        body = {"policies": names, "no_default_policy": True}
        if environment:
            body["meta"] = {"environment": environment}
        answer = self.server.call("POST", "/v1/auth/token/create", token="root", body=body)
        return answer.json["auth"]["client_token"]

    # -- as an application ------------------------------------------------------------------------

    def ask(self, key=None, context=None, token="root", body=None, headers=(), target=None):
        """Evaluate one flag, or all; `body` in place of what the context makes."""
        headers = [("Content-Type", "application/json"), *headers]
        if token is not None:
            headers.append(("Authorization", f"Bearer {self.server.root_token if token == 'root' else token}"))
        if body is None:
            body = {"context": {} if context is None else context}
        target = target or (EVALUATE if key is None else f"{EVALUATE}/{key}")
        return self.server.call("POST", target, body=body, headers=headers)

    def all(self, context=None, **options):
        """All flags by their keys."""
        answer = self.ask(context=context, **options)
        assert answer.status == 200, f"{answer.status} {answer.text}"
        return {flag["key"]: flag for flag in answer.json["flags"]}

    def stream_address(self, **options):
        """Where the events of the environment are, as an answer tells."""
        (stream,) = self.ask(**options).json["eventStreams"]
        assert stream["type"] == "sse"
        return stream["endpoint"]["requestUri"]

    def listen(self, target=None, headers=(), token=None):
        """An open stream of events."""
        headers = [("Accept", "text/event-stream"), *headers]
        if token is not None:
            headers.append(("X-Vault-Token", self.server.root_token if token == "root" else token))
        return EventReader(self.server, target or self.stream_address(), headers)


class EventReader:
    """A stream of server-sent events, read by the HTML standard's rules."""

    def __init__(self, server, target, headers):
        self.connection = server.connect()
        self.connection.send(wire.encode("GET", target, headers))
        self.status, self.headers = self._head()
        self.is_chunked = (self.header("Transfer-Encoding") or "").lower() == "chunked"
        self.text = b""
        self.comments = []
        self.retry = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def _head(self):
        status = int(self.connection._line().split(b" ")[1])
        headers = []
        while line := self.connection._line():
            name, _, value = line.partition(b":")
            headers.append((name.decode(), value.strip().decode()))
        return status, headers

    def header(self, name):
        """The value of a header of the answer, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def _line(self):
        while b"\n" not in self.text:
            if not self.is_chunked:
                self.connection._fill()
                self.text, self.connection.buffer = self.text + self.connection.buffer, b""
                continue
            size = int(self.connection._line().split(b";")[0], 16)
            if size == 0:
                raise wire.Closed("end of the stream")
            self.text += self.connection._exactly(size)
            self.connection._line()
        line, self.text = self.text.split(b"\n", 1)
        return line.decode()

    def next(self, timeout=5):
        """The next event as a dictionary with `id`, `event` and `data`; None when none comes in time."""
        limit = time.monotonic() + timeout
        fields = {}
        while True:
            self.connection.socket.settimeout(max(limit - time.monotonic(), 0.001))
            try:
                line = self._line()
            except TimeoutError:
                assert not fields, f"half an event: {fields}"
                return None
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if line == "":
                if "data" in fields:
                    return fields | {"data": json.loads(fields["data"])}
                fields = {}
            elif name == "":
                self.comments.append(value)
            elif name == "retry":
                self.retry = int(value)
            else:
                assert name in ("id", "event", "data"), line
                fields[name] = value

    def until(self, change, timeout=5):
        """The events up to that of a change, by the revision that the change's answer tells."""
        revision = str(change.json["data"]["revision"])
        limit = time.monotonic() + timeout
        events = []
        while not events or events[-1]["id"] != revision:
            event = self.next(max(limit - time.monotonic(), 0))
            assert event is not None, f"no event {revision} within {timeout} s, but {[one['id'] for one in events]}"
            events.append(event)
        return events

    def ends(self, timeout):
        """Whether the server ends the stream in time."""
        try:
            limit = time.monotonic() + timeout
            while time.monotonic() < limit:
                self.next(max(limit - time.monotonic(), 0.01))
        except wire.Closed:
            return True
        return False


@pytest.fixture(scope="module")
def flags():
    """The flags of a plain-HTTP server that the module's tests share."""
    try:
        server = harness.Server(tls=False).ready()
    except harness.StartFailed as failure:
        pytest.exit(str(failure), returncode=4)
    yield Flags(server)
    server.discard()


@pytest.fixture
def key():
    """A key that no other test uses."""
    return "flag-" + uuid.uuid4().hex[:12]
