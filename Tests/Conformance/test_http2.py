"""The API over HTTP/2, by an unmodified client (httpx), and by frames where a client would not misbehave."""

import asyncio
import json
import socket
import ssl
import time

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import httpx
import pytest

import harness


def client(server, token="root"):
    """An HTTP/2 client of a server."""
    headers = {"X-Vault-Token": server.root_token if token == "root" else token} if token else {}
    context = ssl.create_default_context(cafile=str(server.cafile))
    return httpx.Client(http2=True, verify=context, base_url=server.address + "/v1/", headers=headers, timeout=30)


@pytest.fixture
def http2(server):
    """A client with the root token."""
    with client(server) as one:
        yield one


def test_the_whole_life_of_a_secret(http2, kv2):
    written = http2.post(f"{kv2}/data/a/b", json={"data": {"n": 1}})
    assert (written.http_version, written.status_code) == ("HTTP/2", 200)
    assert http2.get(f"{kv2}/data/a/b").json()["data"]["data"] == {"n": 1}
    patch = {"Content-Type": "application/merge-patch+json"}
    assert http2.patch(f"{kv2}/data/a/b", content=json.dumps({"data": {"m": 2}}), headers=patch).status_code == 200
    assert http2.get(f"{kv2}/data/a/b?version=2").json()["data"]["data"] == {"n": 1, "m": 2}
    assert http2.request("LIST", f"{kv2}/metadata/").json()["data"]["keys"] == ["a/"]
    assert http2.get(f"{kv2}/metadata/a/?list=true").json()["data"]["keys"] == ["b"]
    if not harness.ON_BAO:
        assert http2.request("SCAN", f"{kv2}/metadata/").json()["data"]["keys"] == ["a/b"]
    assert http2.delete(f"{kv2}/metadata/a/b").status_code == 204
    gone = http2.get(f"{kv2}/data/a/b")
    assert (gone.http_version, gone.status_code, gone.json()) == ("HTTP/2", 404, {"errors": []})


def test_head_has_no_body(http2):
    answer = http2.head("sys/seal-status")
    assert (answer.http_version, answer.content) == ("HTTP/2", b"")


@pytest.mark.parametrize("verb", ["LINK", "LOCK", "BIND", "TRACE"])
def test_verbs_that_nobody_serves_are_refused(http2, kv2, verb):
    assert http2.request(verb, f"{kv2}/metadata/").status_code == 405


def test_who_may_not_hears_the_same_as_over_http1(server, kv2):
    with client(server, "hvs.unknown") as stranger:
        answer = stranger.get(f"{kv2}/data/x")
    other = server.call("GET", f"/v1/{kv2}/data/x", token="hvs.unknown")
    assert (answer.status_code, answer.content) == (other.status, other.body)
    assert answer.headers["cache-control"] == other.header("Cache-Control") == "no-store"
    assert "connection" not in answer.headers


def test_large_values_come_back_whole(http2, kv2):
    value = {"data": {"v": "ä" * 400_000}}
    assert http2.post(f"{kv2}/data/large", json=value).status_code == 200
    assert http2.get(f"{kv2}/data/large").json()["data"]["data"] == value["data"]


def test_bodies_beyond_the_limit_are_refused(server):
    with client(server, None) as anonymous:
        answer = anonymous.put("sys/unseal", content=b"x" * (1024 * 1024 + 1))
    assert answer.status_code == 413


def test_many_requests_share_a_connection(server, http2, kv2):
    for number in range(10):
        http2.post(f"{kv2}/data/{number}", json={"data": {"n": number}})

    async def read_all():
        headers = {"X-Vault-Token": server.root_token}
        context = ssl.create_default_context(cafile=str(server.cafile))
        # Tasks, not threads: this client mixes up the order of streams that several threads open.
        async with httpx.AsyncClient(http2=True, verify=context, headers=headers, timeout=30) as many:
            await many.get(server.address + "/v1/sys/health")
            address = f"{server.address}/v1/{kv2}/data/"
            answers = await asyncio.gather(*(many.get(f"{address}{number % 10}") for number in range(400)))
        return [answer.json()["data"]["data"]["n"] for answer in answers]

    assert asyncio.run(read_all()) == [number % 10 for number in range(400)]


class Frames:
    """A connection that sends what it is told to."""

    def __init__(self, server):
        context = ssl.create_default_context(cafile=str(server.cafile))
        context.set_alpn_protocols(["h2"])
        raw = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self.socket = context.wrap_socket(raw, server_hostname="127.0.0.1")
        assert self.socket.selected_alpn_protocol() == "h2"
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.state.initiate_connection()
        self.flush()

    def flush(self):
        self.socket.sendall(self.state.data_to_send())

    def request(self, method, path, *headers, ends=True):
        """Sends the head of a request; returns its stream."""
        stream = self.state.get_next_available_stream_id()
        fields = [(":method", method), (":path", path), (":scheme", "https"), (":authority", "localhost"), *headers]
        self.state.send_headers(stream, fields, end_stream=ends)
        self.flush()
        return stream

    def wait(self, *kinds):
        """The next event of one of these kinds; None at the end of the connection."""
        while data := self.socket.recv(65536):
            try:
                events = self.state.receive_data(data)
            except h2.exceptions.ProtocolError:
                # The library takes nothing more after GOAWAY, which the server sends before it closes.
                return None
            for event in events:
                if isinstance(event, kinds):
                    return event
            self.flush()
        return None


@pytest.fixture(scope="module")
def hasty():
    """A server that waits for little."""
    if harness.ON_BAO:
        pytest.skip("the settings and their effects are PulseVault's")
    one = harness.Server(tls=True, listener={"http_read_timeout": "800ms", "http_idle_timeout": "2s"}).ready()
    yield one
    one.discard()


def test_a_body_that_does_not_end_ends_its_stream(hasty):
    frames = Frames(hasty)
    token = ("x-vault-token", hasty.root_token)
    stream = frames.request("POST", "/v1/cubbyhole/x", token, ends=False)
    frames.state.send_data(stream, b'{"a":')
    frames.flush()
    ended = frames.wait(h2.events.StreamReset, h2.events.ConnectionTerminated)
    assert isinstance(ended, h2.events.StreamReset) and ended.stream_id == stream
    frames.request("GET", "/v1/sys/health")
    answer = frames.wait(h2.events.ResponseReceived)
    assert (":status", "200") in answer.headers


def test_a_silent_connection_is_closed(hasty):
    frames = Frames(hasty)
    frames.request("GET", "/v1/sys/health")
    assert frames.wait(h2.events.StreamEnded)
    started = time.monotonic()
    frames.wait(())
    assert 0.5 < time.monotonic() - started < 10


def test_a_flood_of_resets_ends_the_connection(hasty):
    """CVE-2023-44487."""
    frames = Frames(hasty)
    frames.socket.settimeout(10)
    is_ended = False
    try:
        for _ in range(5000):
            frames.state.reset_stream(frames.request("GET", "/v1/sys/health", ends=False))
            frames.flush()
        while frames.socket.recv(65536):
            pass
        is_ended = True
    except TimeoutError:
        pass
    except OSError:
        is_ended = True
    assert is_ended
    assert hasty.call("GET", "/v1/sys/health").status == 200
