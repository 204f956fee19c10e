"""`Expect: 100-continue` (RFC 9110, section 10.1.1): who waits for the word before the body hears it, or the answer."""

import json
import select
import shutil
import subprocess
import time

import pytest

import wire

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
EXPECTS = ("Expect", "100-continue")


def head(target, token, length, *more, method="PUT", version="1.1"):
    """The head of a request whose body comes later."""
    lines = [f"{method} {target} HTTP/{version}", "Host: h", f"X-Vault-Token: {token}"]
    lines += [f"{name}: {value}" for name, value in more]
    lines.append("Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def heard(connection, data):
    """Takes exactly these bytes from the connection; fails when others come."""
    assert connection._exactly(len(data)) == data


def is_silent(connection, seconds=0.3):
    """Whether nothing comes from the server for a while."""
    return not connection.buffer and not select.select([connection.socket], [], [], seconds)[0]


@pytest.mark.parametrize("expectation", ["100-continue", "100-Continue"])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_the_word_comes_before_the_body_and_the_answer_after_it(plain, plain_kv1, chunked, expectation):
    body = b'{"a":1}'
    with plain.connect() as connection:
        for _ in range(2):
            length = None if chunked else len(body)
            connection.send(head(f"/v1/{plain_kv1}/x", plain.root_token, length, ("Expect", expectation)))
            heard(connection, CONTINUE)
            assert is_silent(connection)
            connection.send(b"7\r\n" + body + b"\r\n0\r\n\r\n" if chunked else body)
            assert connection.read().status == 204
    assert plain.call("GET", f"/v1/{plain_kv1}/x", "root").json["data"] == {"a": 1}


def test_who_does_not_wait_is_answered(plain, plain_kv1):
    token = ("X-Vault-Token", plain.root_token)
    with plain.connect() as connection:
        for number in range(3):
            connection.send(wire.encode("PUT", f"/v1/{plain_kv1}/x", [token, EXPECTS], {"a": number}))
            assert connection.read().status == 204
            connection.send(wire.encode("GET", f"/v1/{plain_kv1}/x", [token]))
            assert connection.read().json["data"] == {"a": number}


def test_nobody_else_hears_it(plain, plain_kv1):
    token, target = plain.root_token, f"/v1/{plain_kv1}/x"
    for opening in (head(target, token, 7), head(target, token, 7, EXPECTS, version="1.0")):
        with plain.connect() as connection:
            connection.send(opening)
            assert is_silent(connection)
            connection.send(b'{"a":1}')
            assert connection.read().status == 204
    for opening in (head(target, token, 0, EXPECTS), head(target, token, 0, EXPECTS, method="GET")):
        with plain.connect() as connection:
            connection.send(opening)
            assert connection._line().split(b" ")[1] in (b"200", b"400")


def test_it_stands_in_the_order_of_the_answers(plain, plain_kv1):
    target, token = f"/v1/{plain_kv1}/x", plain.root_token
    plain.call("PUT", target, "root", {"a": 0})
    write = wire.encode("PUT", target, [("X-Vault-Token", token)], {"a": 1})
    read = wire.encode("GET", target, [("X-Vault-Token", token)])
    with plain.connect() as connection:
        connection.send(read + write + read + head(target, token, 7, EXPECTS))
        assert connection.read().json["data"] == {"a": 0}
        assert connection.read().status == 204
        assert connection.read().json["data"] == {"a": 1}
        heard(connection, CONTINUE)
        connection.send(b'{"a":2}' + read)
        assert connection.read().status == 204
        assert connection.read().json["data"] == {"a": 2}


@pytest.mark.beyond_bao(reason="bao reads the body before it refuses")
@pytest.mark.parametrize(
    ("target", "length", "more", "status"),
    [
        ("/v1/cubbyhole/x", 33_554_433, [], b"413"),
        ("/v1/cubbyhole/" + "x" * 70_000, 7, [], b"414"),
        ("/v1/cubbyhole/../x", 7, [], b"400"),
        ("/nowhere", 7, [], b"404"),
        ("/v1/cubbyhole/x", 7, [("Content-Encoding", "gzip")], b"415"),
    ],
)
def test_a_request_that_is_refused_by_its_head_is_refused_at_once(plain, target, length, more, status):
    with plain.connect() as connection:
        connection.send(head(target, plain.root_token, length, EXPECTS, *more))
        line = connection._line()
        # Longer heads than any may be are the parser's to refuse.
        assert line.split(b" ")[1] in ({status, b"431", b"400"} if status == b"414" else {status}), line
        assert connection.closed_by_server()
        assert b"100 Continue" not in connection.buffer


BESIDE = pytest.mark.beyond_bao(reason="Go looks for the one it knows")


@pytest.mark.parametrize("expectation", ["200-ok", pytest.param("100-continue, more", marks=BESIDE)])
def test_other_expectations_cannot_be_met(plain, expectation):
    with plain.connect() as connection:
        connection.send(head("/v1/cubbyhole/x", plain.root_token, 7, ("Expect", expectation)))
        assert connection.read().status == 417
    assert plain.call("GET", "/v1/sys/health", headers=[("Expect", expectation)]).status == 417


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_curl_sends_a_mebibyte_without_waiting_in_vain(server, kv2, tmp_path, version):
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    body = tmp_path / "body.json"
    body.write_text(json.dumps({"data": {"v": "x" * 1_000_000}}))
    started = time.monotonic()
    # It waits for the word as long as it is told to, and then sends the body all the same.
    done = subprocess.run(
        [
            *(curl, "-sS", version, "--cacert", str(server.cafile), "-H", f"X-Vault-Token: {server.root_token}"),
            *("-H", "Expect: 100-continue", "--expect100-timeout", "20", "-d", f"@{body}", "-w", "%{http_code}"),
            *("-o", str(tmp_path / "answer"), f"{server.address}/v1/{kv2}/data/big"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "200"), done.stderr
    assert time.monotonic() - started < 10
    assert len(server.call("GET", f"/v1/{kv2}/data/big", "root").json["data"]["data"]["v"]) == 1_000_000
