"""The server answers hot reads by a shorter way than everything else; no client may notice.

A head with nothing special in it takes the shorter way when the read is one. The same request with
`Content-Length: 0`, which changes nothing, takes the ordinary one.
"""

import json
import re
import socket
import struct

import pytest

import wire

IDENTIFIER = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ORDINARY = ("Content-Length", "0")


def raw(target, token, *, ordinary, method="GET"):
    """The bytes of a request."""
    headers = [("X-Vault-Token", token)] if token else []
    return wire.encode(method, target, headers + ([ORDINARY] if ordinary else []))


def comparable(reply):
    """All that a reply says, without what is different in each."""
    headers = [(name, value) for name, value in reply.headers if name != "Date"]
    return reply.status, headers, IDENTIFIER.sub(b"", reply.body)


@pytest.fixture
def secret(plain, plain_kv2):
    """A secret with three versions, of which the second is deleted."""
    for number in (1, 2, 3):
        body = {"data": {"number": number, "text": "gr\u00fcn \u2713", "nested": {"big": 12345678901234567890}}}
        assert plain.call("POST", f"/v1/{plain_kv2}/data/team/app", token="root", body=body).status == 200
    plain.call("POST", f"/v1/{plain_kv2}/delete/team/app", token="root", body={"versions": [2]})
    return plain_kv2


@pytest.mark.parametrize(
    "path",
    [
        "data/team/app",
        "data/team/app?version=1",
        "data/team/app?version=2",
        "data/team/app?version=9",
        "data/team/app?version=x",
        "data/team%2Fapp",
        "data/team//app",
        "data/nothing",
        "data/",
        "metadata/team/app",
        "subkeys/team/app?depth=1",
        "config",
        "metadata/team?list=true",
        "data/team/app?help=1",
        "none/at/all",
    ],
)
@pytest.mark.parametrize("holder", ["root", "reader", "stranger", "unknown", None])
def test_both_ways_answer_with_the_same_bytes(plain, secret, make_plain_token, path, holder):
    token = {
        "root": lambda: plain.root_token,
        "reader": lambda: make_plain_token(f'path "{secret}/data/*" {{ capabilities = ["read"] }}'),
        "stranger": lambda: make_plain_token('path "elsewhere/*" { capabilities = ["read"] }'),
        "unknown": lambda: "hvs.unknown",
        None: lambda: None,
    }[holder]()
    with plain.connect() as connection:
        replies = []
        for ordinary in (False, True, False):
            connection.send(raw(f"/v1/{secret}/{path}", token, ordinary=ordinary))
            replies.append(comparable(connection.read()))
    assert replies[0] == replies[1] == replies[2]


def test_answers_come_in_the_order_of_the_requests(plain, plain_kv2):
    for number in range(8):
        plain.call("POST", f"/v1/{plain_kv2}/data/{number}", token="root", body={"data": {"n": number}})
    order = [(number % 8, number % 3 == 0, number % 5 == 0) for number in range(300)]
    requests = b"".join(
        raw(f"/v1/{plain_kv2}/metadata/", plain.root_token, ordinary=False, method="LIST")
        if lists
        else raw(f"/v1/{plain_kv2}/data/{number}", plain.root_token, ordinary=ordinary)
        for number, ordinary, lists in order
    )
    with plain.connect() as connection:
        connection.send(requests)
        for number, _, lists in order:
            data = connection.read().json["data"]
            if lists:
                assert data["keys"] == [str(one) for one in range(8)]
            else:
                assert data["data"] == {"n": number}


def test_a_write_is_seen_by_the_read_behind_it(plain, plain_kv2):
    path = f"/v1/{plain_kv2}/data/x"
    with plain.connect() as connection:
        for number in range(50):
            headers = [("X-Vault-Token", plain.root_token), ("Content-Type", "application/json")]
            connection.send(
                wire.encode("POST", path, headers, {"data": {"n": number}})
                + raw(path, plain.root_token, ordinary=False)
            )
            assert connection.read().status == 200
            assert connection.read().json["data"]["data"] == {"n": number}


def test_a_revoked_token_reads_nothing_more(plain, secret, make_plain_token):
    target = f"/v1/{secret}/data/team/app"
    with plain.connect() as connection:
        for _ in range(10):
            token = make_plain_token(f'path "{secret}/data/*" {{ capabilities = ["read"] }}')
            connection.send(raw(target, token, ordinary=False) * 2)
            assert [connection.read().status for _ in range(2)] == [200, 200]
            plain.call("POST", "/v1/auth/token/revoke", token="root", body={"token": token})
            connection.send(raw(target, token, ordinary=False))
            assert connection.read().status == 403


def test_a_changed_policy_holds_for_the_next_read(plain, secret, unique, make_plain_token):
    token = make_plain_token(f'path "{secret}/data/*" {{ capabilities = ["read"] }}')
    policy = plain.client(token).auth.token.lookup_self()["data"]["policies"]
    name = next(name for name in policy if name != "default")
    target = f"/v1/{secret}/data/team/app"
    with plain.connect() as connection:
        for allowed in (True, False, True):
            capability = "read" if allowed else "deny"
            rules = f'path "{secret}/data/*" {{ capabilities = ["{capability}"] }}'
            plain.call("PUT", f"/v1/sys/policies/acl/{name}", token="root", body={"policy": rules})
            connection.send(raw(target, token, ordinary=False))
            assert connection.read().status == (200 if allowed else 403)


def test_each_use_of_a_limited_token_counts(plain, secret):
    body = {"policies": ["root"], "num_uses": 3}
    token = plain.call("POST", "/v1/auth/token/create", token="root", body=body).json["auth"]["client_token"]
    with plain.connect() as connection:
        connection.send(raw(f"/v1/{secret}/data/team/app", token, ordinary=False) * 5)
        assert [connection.read().status for _ in range(5)] == [200, 200, 200, 403, 403]


# -- with an audit device -----------------------------------------------------------------------


@pytest.fixture
def audited(with_secret):
    """A server with a secret, a file device, and a reader of the device's entries about the secret."""
    one = with_secret
    one.file = one.folder / "lanes.log"
    one.client().sys.enable_audit_device("file", path="lanes", options={"path": str(one.file)})

    def entries():
        # The last line may be under way to the file.
        whole = one.file.read_text().rpartition("\n")[0].splitlines()
        return [entry for entry in map(json.loads, whole) if entry.get("request", {}).get("path") == "kv/data/x"]

    one.entries = entries
    return one


def test_both_ways_leave_the_same_records(audited):
    with audited.connect() as connection:
        for ordinary in (False, True):
            connection.send(raw("/v1/kv/data/x", audited.root_token, ordinary=ordinary))
            assert connection.read().status == 200
    entries = audited.entries()
    assert [entry["type"] for entry in entries] == ["request", "response"] * 2
    assert entries[0]["request"]["id"] == entries[1]["request"]["id"] != entries[2]["request"]["id"]
    for entry in entries:
        for name in ("time", "chain"):
            entry.pop(name, None)
        entry["request"].pop("id")
    assert entries[:2] == entries[2:]
    assert "planted" not in audited.file.read_text()


def test_recorded_answers_come_in_order_and_after_their_records(audited):
    with audited.connect() as connection:
        connection.send(
            b"".join(raw("/v1/kv/data/x", audited.root_token, ordinary=number % 4 == 0) for number in range(200))
        )
        for _ in range(200):
            identifier = connection.read().json["request_id"]
            recorded = {(entry["request"]["id"], entry["type"]) for entry in audited.entries()}
            assert {(identifier, "request"), (identifier, "response")} <= recorded


def test_a_client_that_has_no_more_to_ask_gets_all_answers(audited):
    with audited.connect() as connection:
        connection.send(raw("/v1/kv/data/x", audited.root_token, ordinary=False) * 20)
        connection.socket.shutdown(socket.SHUT_WR)
        assert [connection.read().status for _ in range(20)] == [200] * 20
        assert connection.closed_by_server()


def test_nothing_is_answered_that_no_device_records(with_secret):
    one = with_secret
    client = one.client()
    with socket.create_server(("127.0.0.1", 0)) as collector:
        address = f"127.0.0.1:{collector.getsockname()[1]}"
        client.sys.enable_audit_device("socket", path="gone", options={"address": address, "socket_type": "tcp"})
        peer, _ = collector.accept()
        # The device's next write meets a reset, and its next connection is refused.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
    with one.connect() as connection:
        replies = []
        for ordinary in (False, True, False):
            connection.send(raw("/v1/kv/data/x", one.root_token, ordinary=ordinary))
            replies.append(comparable(connection.read()))
    assert replies[0][0] == 500 and replies[0] == replies[1] == replies[2]
    assert b"planted" not in replies[0][2]
