"""What a client may take of the server: time, connections, requests at a time. Raw bytes over plain TCP.

The settings are short here so that the tests are; the defaults are Vault's (docs/operations.md).
"""

import contextlib
import select
import socket
import time

import pytest

import harness
import wire

pytestmark = pytest.mark.skipif(harness.ON_BAO, reason="the settings and their effects are PulseVault's")


def connect(server, source="127.0.0.1"):
    """A raw connection from an address of this machine."""
    connection = wire.Connection.__new__(wire.Connection)
    connection.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20, source_address=(source, 0))
    connection.buffer = b""
    return connection


def health(connection):
    """Asks how the server is, on a connection."""
    connection.send(wire.encode("GET", "/v1/sys/health"))
    return connection.read().status


def is_closed(connection):
    """Whether the server has ended a connection or does so now."""
    try:
        return health(connection) is None
    except (wire.Closed, OSError):
        return True


@pytest.fixture(scope="module")
def hasty():
    """A server that waits for little."""
    one = harness.Server(
        tls=False,
        listener={
            "http_read_header_timeout": "400ms",
            "http_read_timeout": "800ms",
            "http_idle_timeout": "1500ms",
            "http_write_timeout": "700ms",
        },
    ).ready()
    yield one
    one.discard()


@pytest.mark.parametrize("head", [b"GET", b"GET /v1/sys/health HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_does_not_end_is_answered_408(hasty, head):
    with hasty.connect() as connection:
        connection.send(head)
        reply = connection.read()
        assert (reply.status, reply.header("Connection"), reply.body) == (408, "close", b"")
        assert connection.closed_by_server()


def test_a_head_that_drips_is_answered_408(hasty):
    """(D-08)"""
    started = time.monotonic()
    with hasty.connect() as connection:
        connection.socket.settimeout(0.05)
        with contextlib.suppress(OSError):
            connection.send(b"GET /v1/sys/health HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            while time.monotonic() - started < 10:
                connection.send(b"a")
                try:
                    connection._fill()
                    break
                except TimeoutError:
                    continue
        assert connection.buffer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - started < 5


def test_a_second_head_that_does_not_end_is_answered_408(hasty):
    with hasty.connect() as connection:
        connection.send(wire.encode("GET", "/v1/sys/health") + b"GET /v1/sys/hea")
        assert connection.read().status == 200
        assert connection.read().status == 408
        assert connection.closed_by_server()


def test_a_connection_without_any_byte_is_closed_silently(hasty):
    with hasty.connect() as connection:
        assert connection.closed_by_server()
        assert connection.buffer == b""


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked"])
def test_a_body_that_does_not_end_is_answered_408(hasty, framing):
    """(D-08)"""
    with hasty.connect() as connection:
        token = f"X-Vault-Token: {hasty.root_token}"
        start = f"POST /v1/cubbyhole/x HTTP/1.1\r\nHost: x\r\n{token}\r\n{framing}\r\n\r\n"
        connection.send(start.encode() + (b'{"a":' if "Length" in framing else b'5\r\n{"a":\r\n'))
        assert connection.read().status == 408
        assert connection.closed_by_server()
    assert hasty.call("GET", "/v1/cubbyhole/x", token="root").status == 404


def test_a_silent_connection_is_closed_and_a_busy_one_is_not(hasty):
    with hasty.connect() as silent, hasty.connect() as busy:
        assert health(silent) == 200
        ended = time.monotonic() + 3
        while time.monotonic() < ended:
            assert health(busy) == 200
            time.sleep(0.2)
        assert silent.closed_by_server() and silent.buffer == b""


def test_reads_keep_a_connection_busy(hasty):
    hasty.call("POST", "/v1/cubbyhole/busy", token="root", body={"a": "b"})
    request = wire.encode("GET", "/v1/cubbyhole/busy", [("X-Vault-Token", hasty.root_token)])
    with hasty.connect() as connection:
        ended = time.monotonic() + 3
        while time.monotonic() < ended:
            connection.send(request)
            assert connection.read().status == 200
            time.sleep(0.2)


@pytest.mark.parametrize("ordinary", [False, True])
def test_a_client_that_does_not_read_is_cut_off(hasty, ordinary):
    """(D-08)"""
    value = "x" * 900_000
    assert hasty.call("POST", "/v1/cubbyhole/large", token="root", body={"v": value}).status == 204
    headers = [("X-Vault-Token", hasty.root_token)] + ([("Content-Length", "0")] if ordinary else [])
    with hasty.connect() as connection:
        count = 60
        connection.send(wire.encode("GET", "/v1/cubbyhole/large", headers) * count)
        time.sleep(2.5)
        received = 0
        with contextlib.suppress(OSError):
            while chunk := connection.socket.recv(1 << 20):
                received += len(chunk)
        assert received < count * len(value)
    assert hasty.call("GET", "/v1/cubbyhole/large", token="root").status == 200


def test_a_client_that_reads_slowly_is_served(hasty):
    assert hasty.call("POST", "/v1/cubbyhole/slow", token="root", body={"v": "x" * 900_000}).status == 204
    with hasty.connect() as connection:
        connection.send(wire.encode("GET", "/v1/cubbyhole/slow", [("X-Vault-Token", hasty.root_token)]) * 8)
        for _ in range(8):
            time.sleep(0.3)
            assert len(connection.read().json["data"]["v"]) == 900_000


def test_an_address_has_only_so_many_connections(new_server):
    """From addresses of its own: a connection that asked whether the server is ready may not have gone yet."""
    server = new_server(listener={"max_connections_per_address": 4})
    with contextlib.ExitStack() as stack:

        def come(source="127.0.0.3"):
            return stack.enter_context(connect(server, source))

        held = [come() for _ in range(4)]
        assert [health(one) for one in held] == [501] * 4
        assert is_closed(come())
        assert health(come("127.0.0.2")) == 501
        held[0].close()
        limit = time.monotonic() + 10
        while is_closed(come()):
            assert time.monotonic() < limit
        assert health(held[1]) == 501


def test_requests_beyond_the_limit_are_turned_away_at_once(new_server):
    server = new_server()
    waiting = b"PUT /v1/sys/unseal HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n"
    with contextlib.ExitStack() as stack:

        def wait():
            connection = stack.enter_context(connect(server))
            connection.send(waiting)
            return connection

        for _ in range(256):
            wait()
        limit = time.monotonic() + 10
        while True:
            one = wait()
            if select.select([one.socket], [], [], 0.2)[0]:
                break
            assert time.monotonic() < limit
        reply = one.read()
        assert (reply.status, reply.header("Retry-After")) == (503, "1")
        assert reply.errors == ["the server is overloaded; try again"]
        one = stack.enter_context(connect(server))
        one.send(waiting.replace(b"Host: x", b"Host: x\r\nX-Vault-Token: hvs.x") + b" " * 10_000)
        assert one.read().status == 400


@pytest.mark.parametrize("length", [50, 10_000])
def test_clients_that_send_slowly_keep_nobody_from_unsealing(new_server, length):
    """(D-08)"""
    server = new_server()
    server.initialise()
    waiting = f"PUT /v1/sys/unseal HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{{".encode()
    with contextlib.ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(connect(server)).send(waiting)
        for _ in range(30):
            assert server.call("PUT", "/v1/sys/unseal", body={"key": "AAAA"}).status == 400
            one = stack.enter_context(connect(server))
            assert health(one) == 503
        server.unseal()
        assert server.call("GET", "/v1/sys/leader").status == 200


def test_a_handshake_that_does_not_end_is_cut_off(new_server):
    server = new_server(tls=True)
    with connect(server) as silent, connect(server) as started:
        begun = time.monotonic()
        started.send(bytes.fromhex("1603010200010001fc0303"))
        assert silent.closed_by_server() and started.closed_by_server()
        assert 3 < time.monotonic() - begun < 12
    assert server.call("GET", "/v1/sys/health").status == 501


def test_listener_keys_that_do_nothing_are_told(new_server):
    server = new_server(listener={"http_read_timeuot": "1s", "cluster_address": "127.0.0.1:1"})
    log = server.log_tail(1000)
    assert 'unknown listener key \\"http_read_timeuot\\"' in log or 'unknown listener key "http_read_timeuot"' in log
    assert "cluster_address" not in log
