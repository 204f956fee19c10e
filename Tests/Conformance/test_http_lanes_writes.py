"""Short writes are answered by a shorter way than everything else; no client may notice.

A head with nothing special in it takes the shorter way. The same request with `Content-Encoding: identity`, which
changes nothing, takes the ordinary one.
"""

import concurrent.futures
import contextlib
import json
import re
import signal
import socket
import sqlite3
import threading
import time

import pytest

import wire
from test_http_lanes import comparable

TIME = re.compile(rb'"(created_time|deletion_time|updated_time)":"[^"]+"')
MERGE = ("Content-Type", "application/merge-patch+json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")


def raw(method, target, token, body=None, headers=(), *, ordinary=False):
    """The bytes of a write."""
    headers = list(headers) + ([("X-Vault-Token", token)] if token else [])
    return wire.encode(method, target, headers + ([("Content-Encoding", "identity")] if ordinary else []), body)


def both_ways(server, path, ask):
    """The answers to the same write at a path for each way, without what differs."""
    replies = []
    for ordinary in (False, True, False):
        own = f"{path}-{len(replies)}"
        with server.connect() as connection:
            connection.send(ask(own, ordinary))
            status, headers, body = comparable(connection.read())
            # The connection is good for more.
            connection.send(raw("GET", "/v1/sys/health", None))
            assert connection.read().status == 200
        if TIME.search(body):
            # Times are as long as their digits.
            headers = [header for header in headers if header[0] != "Content-Length"]
        replies.append((status, headers, TIME.sub(b"", body.replace(own.encode(), b"path"))))
    return replies


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("POST", "data/{}", {"data": {"n": 2, "text": "gr\u00fcn \u2713", "big": 12345678901234567890}}, ()),
        ("PUT", "data/{}", {"data": {"n": 2}, "options": {"cas": 1}}, ()),
        ("POST", "data/{}", {"data": {"n": 2}, "options": {"cas": 7}}, ()),
        ("POST", "data/{}", {"data": {"n": 2}, "more": 1}, ()),
        ("POST", "data/{}", {"data": "no object"}, ()),
        ("POST", "data/{}", b'{"data": {', ()),
        ("POST", "data/{}", b"[1]", ()),
        ("POST", "data/{}", b"", ()),
        ("POST", "data/{}", None, ()),
        ("POST", "data/{}?version=x", {"data": {}}, ()),
        ("POST", "data/{}?help=1", {"data": {}}, ()),
        ("POST", "data/{}", b"data=x&y=1", [FORM]),
        ("POST", "data/{}", {"data": {"large": "x" * 15_000}}, ()),
        ("POST", "data/{}", {"data": {"n": 2}}, [("X-Vault-Wrap-TTL", "x")]),
        ("PATCH", "data/{}", {"data": {"m": 1}}, [MERGE]),
        ("PATCH", "data/{}", {"data": {"m": 1}}, ()),
        ("PATCH", "data/{}-none", {"data": {"m": 1}}, [MERGE]),
        ("DELETE", "data/{}", None, ()),
        ("DELETE", "data/{}", {"versions": [1]}, ()),
        ("POST", "delete/{}", {"versions": [1]}, ()),
        ("POST", "metadata/{}", {"max_versions": 3}, ()),
        ("DELETE", "metadata/{}", None, ()),
        ("POST", "metadata/", {}, ()),
        ("POST", "none/at/all", {}, ()),
        ("DELETE", "config", None, ()),
    ],
)
@pytest.mark.parametrize("holder", ["root", "writer", "stranger", "unknown", None])
def test_both_ways_answer_a_write_with_the_same_bytes(
    plain, plain_kv2, make_plain_token, method, path, body, headers, holder
):
    token = {
        "root": lambda: plain.root_token,
        "writer": lambda: make_plain_token(f'path "{plain_kv2}/data/*" {{ capabilities = ["create", "update"] }}'),
        "stranger": lambda: make_plain_token('path "elsewhere/*" { capabilities = ["update"] }'),
        "unknown": lambda: "hvs.unknown",
        None: lambda: None,
    }[holder]()
    for number in range(3):
        present = plain.call("POST", f"/v1/{plain_kv2}/data/x-{number}", token="root", body={"data": {"n": 1}})
        assert present.status == 200
    replies = both_ways(
        plain,
        "x",
        lambda own, ordinary: raw(
            method, f"/v1/{plain_kv2}/{path.format(own)}", token, body, headers, ordinary=ordinary
        ),
    )
    assert replies[0] == replies[1] == replies[2]
    states = [plain.call("GET", f"/v1/{plain_kv2}/data/x-{number}", token="root") for number in range(3)]
    data = [(state.status, state.json.get("data") and state.json["data"]["data"]) for state in states]
    assert data[0] == data[1] == data[2]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "sys/capabilities-self", {"paths": ["sys/mounts", "x"]}),
        ("POST", "sys/tools/hash", {"input": "eA=="}),
        ("PUT", "sys/policies/acl/{}", {"policy": 'path "a" { capabilities = ["read"] }'}),
        ("PUT", "sys/policies/acl/{}", {"policy": "path {"}),
        ("DELETE", "sys/policies/acl/{}", None),
        ("POST", "sys/mounts/{}", {"type": "none"}),
        ("POST", "sys/mounts/{}", {"type": "kv"}),
        ("PUT", "sys/unseal", {"key": "AAAA"}),
        ("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1}),
        ("POST", "cubbyhole/{}", {"a": "b"}),
        ("POST", "auth/token/lookup", {"token": "hvs.nobody"}),
        ("POST", "none/at/all", {}),
        ("POST", "", {}),
    ],
)
def test_both_ways_answer_what_is_not_a_secret_with_the_same_bytes(plain, unique, method, path, body):
    replies = both_ways(
        plain,
        unique,
        lambda own, ordinary: raw(method, f"/v1/{path.format(own)}", plain.root_token, body, ordinary=ordinary),
    )
    assert replies[0] == replies[1] == replies[2]


def test_writes_are_done_in_the_order_of_the_requests(plain, plain_kv2):
    path = f"/v1/{plain_kv2}/data/x"
    headers = [("X-Vault-Token", plain.root_token)]
    with plain.connect() as connection:
        for number in range(60):
            way = [("Content-Encoding", "identity")] if number % 7 == 3 else []
            connection.send(
                wire.encode("POST", path, headers + way, {"data": {"n": number}}) + wire.encode("GET", path, headers)
            )
        for number in range(60):
            assert connection.read().json["data"]["version"] == number + 1
            assert connection.read().json["data"]["data"] == {"n": number}


def test_a_body_that_comes_in_pieces_is_put_together(plain, plain_kv2):
    request = raw("POST", f"/v1/{plain_kv2}/data/x", plain.root_token, {"data": {"text": "x" * 3000}})
    with plain.connect() as connection:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(request), 250):
            connection.send(request[start : start + 250])
        assert connection.read().status == 200
    read = plain.call("GET", f"/v1/{plain_kv2}/data/x", token="root").json
    assert read["data"]["data"] == {"text": "x" * 3000}


def test_a_client_that_has_no_more_to_ask_hears_of_all_its_writes(plain, plain_kv2):
    with plain.connect() as connection:
        connection.send(raw("POST", f"/v1/{plain_kv2}/data/x", plain.root_token, {"data": {}}) * 20)
        connection.socket.shutdown(socket.SHUT_WR)
        assert [connection.read().json["data"]["version"] for _ in range(20)] == list(range(1, 21))
        assert connection.closed_by_server()


def test_a_client_that_goes_leaves_whole_writes_behind(plain, plain_kv2):
    path = f"/v1/{plain_kv2}/data/x"
    for number in range(20):
        with plain.connect() as connection:
            connection.send(raw("POST", path, plain.root_token, {"data": {"a": number, "b": number}}))
    # Whatever is still under way is behind this one in no way that matters: it is whole as well.
    assert plain.call("POST", path, token="root", body={"data": {"a": 99, "b": 99}}).status == 200
    for version in range(1, plain.call("GET", path, token="root").json["data"]["metadata"]["version"] + 1):
        reply = plain.call("GET", f"{path}?version={version}", token="root")
        if reply.status == 200:
            assert reply.json["data"]["data"]["a"] == reply.json["data"]["data"]["b"]


def test_both_ways_leave_the_same_records_of_a_write(with_secret):
    file = with_secret.folder / "writes.log"
    with_secret.client().sys.enable_audit_device("file", path="writes", options={"path": str(file)})
    with with_secret.connect() as connection:
        for ordinary in (False, True):
            body = {"data": {"password": "planted-too"}, "options": {"cas": 1 + ordinary}}
            connection.send(raw("POST", "/v1/kv/data/x", with_secret.root_token, body, ordinary=ordinary))
            assert connection.read().status == 200
    entries = [json.loads(line) for line in file.read_text().splitlines()]
    entries = [entry for entry in entries if entry.get("request", {}).get("path") == "kv/data/x"]
    assert [entry["type"] for entry in entries] == ["request", "response"] * 2
    assert entries[0]["request"]["id"] == entries[1]["request"]["id"] != entries[2]["request"]["id"]
    texts = []
    for entry in entries:
        for name in ("time", "chain"):
            entry.pop(name, None)
        entry["request"].pop("id")
        # What differs between the two writes is hashed or a number of the write's own.
        texts.append(re.sub(r'hmac-sha256:[0-9a-f]+|"(cas|version)": \d+', "", json.dumps(entry)))
    assert texts[:2] == texts[2:]
    assert "planted" not in file.read_text()


def test_writes_under_way_are_answered_before_the_server_ends(new_server):
    server = new_server()
    server.initialise()
    server.unseal()
    server.client().sys.enable_secrets_engine("kv", path="kv", options={"version": "2"})
    begun = threading.Barrier(9)

    def write(own):
        acknowledged = 0
        with contextlib.suppress(OSError, wire.Closed), server.connect() as connection:
            while True:
                connection.send(raw("POST", f"/v1/kv/data/{own}", server.root_token, {"data": {"n": acknowledged + 1}}))
                assert connection.read().status == 200
                acknowledged += 1
                if acknowledged == 5:
                    begun.wait(30)
        return acknowledged

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(write, own) for own in range(8)]
        begun.wait(30)
        assert server.stop(signal.SIGTERM) == 0
        counts = [writer.result() for writer in writers]
    server.start()
    server.unseal()
    for own, count in enumerate(counts):
        kept = server.call("GET", f"/v1/kv/data/{own}", token="root").json["data"]["data"]["n"]
        # All that was answered is there, and nothing that was begun after it was lost on the way back.
        assert kept == count


def test_a_body_on_its_way_is_awaited_when_the_server_ends(with_secret):
    request = raw("POST", "/v1/kv/data/late", with_secret.root_token, {"data": {"text": "x" * 200}})
    with with_secret.connect() as connection:
        connection.send(request[:-50])
        # Both loops have been round once more, so the first part was read.
        for _ in range(8):
            assert with_secret.call("GET", "/v1/sys/health").status == 200
        with_secret.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(OSError, wire.Closed):
            while True:
                with_secret.call("GET", "/v1/sys/health")
        connection.send(request[-50:])
        assert connection.read().status == 200
    assert with_secret.process.wait(20) == 0


@contextlib.contextmanager
def storage_that_waits(server):
    """Keeps every write waiting, for less than the server's patience."""
    database = sqlite3.connect(server.folder / "data" / "vault.db", isolation_level=None)
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
    finally:
        database.close()


def test_the_next_body_has_its_whole_time_while_an_answer_is_waited_for(new_server):
    """D-08: nobody reads it meanwhile, so its client cannot be too slow."""
    server = new_server(listener={"http_read_timeout": "700ms"})
    server.initialise()
    server.unseal()
    server.client().sys.enable_secrets_engine("kv", path="kv", options={"version": "2"})
    requests = [raw("POST", f"/v1/kv/data/{name}", server.root_token, {"data": {"text": "x" * 200}}) for name in "ab"]
    with server.connect() as connection:
        with storage_that_waits(server):
            connection.send(requests[0] + requests[1][:-50])
            time.sleep(1.5)
        assert connection.read().status == 200
        connection.send(requests[1][-50:])
        assert connection.read().status == 200


def test_a_refusal_comes_after_the_answers_to_what_was_asked_before(plain, plain_kv2):
    write = raw("POST", f"/v1/{plain_kv2}/data/x", plain.root_token, {"data": {"n": 1}})
    no_host, coding = b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x\r\n\r\n"
    for refused, status in ((no_host, 400), (coding, 501)):
        for ordinary in (False, True):
            first = raw("DELETE", f"/v1/{plain_kv2}/data/x", plain.root_token, ordinary=ordinary)
            with plain.connect() as connection:
                connection.send(write + first + refused)
                assert [connection.read().status for _ in range(3)] == [200, 204, status]
                assert connection.closed_by_server()


def test_both_ways_record_the_same_header_fields(with_secret):
    for name in ("host", "x-told"):
        path = f"/v1/sys/config/auditing/request-headers/{name}"
        assert with_secret.call("PUT", path, token="root", body={"hmac": False}).status == 204
    file = with_secret.folder / "headers.log"
    with_secret.client().sys.enable_audit_device("file", path="headers", options={"path": str(file)})
    with with_secret.connect() as connection:
        for ordinary in (False, True):
            told = [("X-Told", "a \t")]
            connection.send(
                raw("POST", "/v1/kv/data/x", with_secret.root_token, {"data": {}}, told, ordinary=ordinary)
            )
            assert connection.read().status == 200
    entries = [json.loads(line) for line in file.read_text().splitlines()]
    shown = [entry["request"]["headers"] for entry in entries if entry.get("request", {}).get("path") == "kv/data/x"]
    assert shown == [{"host": ["localhost"], "x-told": ["a"]}] * 4
