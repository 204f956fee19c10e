"""What every answer has in its head, what no answer tells, and what the server does not believe of a client."""

import gzip
import json
import re
import socket
import uuid

import pytest

import harness
import wire

pytestmark = pytest.mark.beyond_bao(reason="Go's own refusals, and its handling of encodings and forms, are others")

HOST = b"Host: vault.test\r\n"
OPEN = b"GET /v1/sys/seal-status HTTP/1.1\r\n"


@pytest.fixture(scope="module")
def addressed():
    """A server whose clients know it by another name than the one it listens on."""
    server = harness.Server(tls=False, extra={"api_addr": "https://vault.example:8200"}).ready()
    yield server
    server.discard()


def answer(server, request):
    """The answer to exactly these bytes; `None` when the server only closes the connection."""
    with server.connect() as connection:
        try:
            connection.send(request)
            return connection.read(head=request.startswith(b"HEAD "))
        except (wire.Closed, ConnectionError):
            return None


# What the server itself refuses, in its own words.
REFUSED = {
    "unknown path": b"GET /v1/nowhere HTTP/1.1\r\n" + HOST + b"\r\n",
    "outside of the API": b"GET /elsewhere HTTP/1.1\r\n" + HOST + b"\r\n",
    "the root": b"GET / HTTP/1.1\r\n" + HOST + b"\r\n",
    "empty segments": b"GET /v1//sys//mounts HTTP/1.1\r\n" + HOST + b"\r\n",
    "another host's root": b"GET //other.test/v1/sys/mounts HTTP/1.1\r\n" + HOST + b"\r\n",
    "a folder without its slash": b"LIST /v1/sys/policies/acl HTTP/1.1\r\n" + HOST + b"\r\n",
    "bad escapes": b"GET /v1/sys/%zz HTTP/1.1\r\n" + HOST + b"\r\n",
    "no host": b"GET /v1/sys/leader HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /v1/sys/leader HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "no host in HTTP/1.0": b"GET /v1/sys/leader HTTP/1.0\r\n\r\n",
    "nowhere in HTTP/1.0": b"GET /v1/nowhere HTTP/1.0\r\n\r\n",
    "an absolute target": b"GET http://other.test:1234/v1/sys/mounts HTTP/1.1\r\n" + HOST + b"\r\n",
    "an absolute target without a path": b"GET http://other.test HTTP/1.1\r\n" + HOST + b"\r\n",
    "a host that is an address": b"GET /v1/sys/mounts HTTP/1.1\r\nHost: 192.0.2.7:99\r\n\r\n",
    "a host with a path": b"GET /v1/sys/mounts HTTP/1.1\r\nHost: a/b?c\r\n\r\n",
    "an unserved method": b"TRACE /v1/sys/leader HTTP/1.1\r\n" + HOST + b"\r\n",
    "CONNECT": b"CONNECT other.test:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "OPTIONS": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "HEAD": b"HEAD /v1/sys/mounts HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long target": b"GET /v1/" + b"x" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a body that is announced too large": b"PUT /v1/a HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999\r\n\r\n",
    "a body that is not JSON": b"PUT /v1/sys/unseal HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\n{x",
    "two tokens": b"GET /v1/a HTTP/1.1\r\n" + HOST + b"X-Vault-Token: a\r\nX-Vault-Token: b\r\n\r\n",
    "a namespace": b"GET /v1/a HTTP/1.1\r\n" + HOST + b"X-Vault-Namespace: n\r\n\r\n",
}
# What the parser of HTTP refuses before there is a request.
UNREADABLE = {
    "no HTTP": b"NONSENSE\r\n\r\n",
    "HTTP/0.9": b"GET /v1/sys/leader\r\n\r\n",
    "HTTP/3.0": b"GET /v1/sys/leader HTTP/3.0\r\n" + HOST + b"\r\n",
    "an unknown method": b"BREW /v1/sys/leader HTTP/1.1\r\n" + HOST + b"\r\n",
    "a space before the colon": OPEN + HOST + b"X-A : b\r\n\r\n",
    "a carriage return in a value": OPEN + HOST + b"X-A: b\rSet-Cookie: c=d\r\n\r\n",
    "a zero in a value": OPEN + HOST + b"X-A: b\0c\r\n\r\n",
    "a field without a colon": OPEN + HOST + b"X-A\r\n\r\n",
    "a negative length": b"PUT /v1/a HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    "two lengths": b"PUT /v1/a HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length and chunks": b"PUT /v1/a HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a long field": OPEN + HOST + b"X-A: " + b"y" * 40_000 + b"\r\n\r\n",
    "many fields": OPEN + HOST + b"X-A: y\r\n" * 200 + b"\r\n",
    "a proxy's preamble": b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + OPEN + HOST + b"\r\n",
}


# -- C-10: addresses --------------------------------------------------------------------------------


def addresses_in(reply, server):
    """The addresses and names of machines that show in an answer."""
    text = "\n".join(f"{name}: {value}" for name, value in reply.headers) + "\n" + reply.text
    patterns = [r"\d{1,3}(?:\.\d{1,3}){3}", r"\[?[0-9a-f]{0,4}::[0-9a-f:]*", rf"\b{server.port}\b"]
    patterns += [r"localhost", re.escape(socket.gethostname()), r"other\.test", r"vault\.test", r"https?://[^\s\"]+"]
    found = {match for pattern in patterns for match in re.findall(pattern, text)}
    return {one for one in found if not one.startswith("https://vault.example:8200")}


def test_the_search_for_addresses_finds_them(addressed):
    for text in ("127.0.0.1", "at 10.0.0.7:8201", "[fe80::1]", str(addressed.port), socket.gethostname()):
        assert addresses_in(wire.Reply(200, [("Location", text)], b""), addressed)
        assert addresses_in(wire.Reply(200, [], text.encode()), addressed)
    status = addressed.call("GET", "/v1/sys/ha-status", token="root")
    assert "https://vault.example:8200" in status.text


@pytest.mark.parametrize("case", sorted(REFUSED | UNREADABLE))
def test_no_refusal_tells_an_address(addressed, case):
    """C-10."""
    reply = answer(addressed, (REFUSED | UNREADABLE)[case])
    if reply is not None:
        assert addresses_in(reply, addressed) == set()
        assert reply.status not in (301, 302, 303, 307, 308)
    assert addressed.call("GET", "/v1/sys/health").status == 200


def test_a_sealed_server_tells_no_address_either(new_server):
    """C-10."""
    server = new_server(extra={"api_addr": "https://vault.example:8200"})
    for stage in ("new", "sealed"):
        if stage == "sealed":
            server.initialise()
        for request in REFUSED.values():
            reply = answer(server, request)
            if reply is not None:
                assert addresses_in(reply, server) == set(), (stage, request[:60])
        for path in ("health", "seal-status", "leader", "init"):
            assert addresses_in(server.call("GET", f"/v1/sys/{path}"), server) == set(), (stage, path)


# -- W-06, W-07, W-08: heads ------------------------------------------------------------------------


def heads_are_bare(reply):
    assert reply.all_headers("Set-Cookie") == []
    assert [name for name, _ in reply.headers if name.lower().startswith("access-control-")] == []
    assert reply.header("Server") is None and reply.header("X-Powered-By") is None


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_refusals_are_not_to_be_kept(addressed, case):
    """W-06, W-07, W-08."""
    reply = answer(addressed, REFUSED[case])
    assert reply.all_headers("Cache-Control") == ["no-store"]
    heads_are_bare(reply)


@pytest.mark.parametrize("case", sorted(UNREADABLE))
def test_refusals_of_the_parser_are_not_to_be_kept(addressed, case):
    """W-06."""
    assert answer(addressed, UNREADABLE[case]).all_headers("Cache-Control") == ["no-store"]


@pytest.mark.parametrize("case", sorted(UNREADABLE))
def test_what_cannot_be_read_is_refused_and_ends_the_connection(addressed, case):
    """W-04, W-08, W-11."""
    with addressed.connect(timeout=5) as connection:
        connection.send(UNREADABLE[case])
        reply = connection.read()
        assert reply.status == 400 and reply.body == b""
        heads_are_bare(reply)
        assert connection.closed_by_server()


def test_answers_of_every_kind_are_not_to_be_kept_and_set_no_cookie(addressed):
    """W-06, W-07, W-08: also with a foreign origin, with cookies, and as the answer to a preflight request."""
    server, canary = addressed, "canary" + uuid.uuid4().hex
    foreign = [("Origin", "https://evil.test"), ("Cookie", f"session={canary}"), ("Referer", "https://evil.test/x")]
    foreign += [("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "X-Vault-Token")]
    wrap = [("X-Vault-Wrap-TTL", "60")]
    patch = [("Content-Type", "application/merge-patch+json")]
    seen = {}
    for method, path, token, body, headers in [
        ("GET", "sys/health", None, None, []),
        ("HEAD", "sys/health", None, None, []),
        ("GET", "sys/health?activecode=299", None, None, []),
        ("GET", "sys/mounts", "root", None, []),
        ("GET", "sys/mounts", None, None, []),
        ("GET", "sys/mounts", canary, None, []),
        ("PUT", "cubbyhole/x", "root", {"a": 1}, []),
        ("GET", "cubbyhole/x", "root", None, []),
        ("GET", "cubbyhole/x", "root", None, wrap),
        ("GET", "cubbyhole/none", "root", None, []),
        ("LIST", "cubbyhole", "root", None, []),
        ("DELETE", "cubbyhole/x", "root", None, []),
        ("PATCH", "cubbyhole/x", "root", {}, [("Content-Type", "application/json")]),
        ("PATCH", "cubbyhole/x", "root", {}, patch),
        ("OPTIONS", "sys/mounts", None, None, []),
        ("OPTIONS", "sys/mounts", "root", None, []),
        ("POST", "auth/token/create", "root", {"ttl": "5m"}, []),
        ("POST", "auth/token/create", "root", {"ttl": "x"}, []),
        ("POST", "sys/wrapping/unwrap", None, {"token": "x"}, []),
        ("GET", "sys/internal/specs/openapi", None, None, []),
        ("GET", "sys/storage/backup", "root", None, []),
        ("GET", "sys/config/cors", "root", None, []),
    ]:
        for extra in ([], foreign):
            reply = server.call(method, f"/v1/{path}", token=token, body=body, headers=headers + extra)
            assert reply.all_headers("Cache-Control") == ["no-store"], (method, path)
            heads_are_bare(reply)
            assert canary not in str(reply.headers) and canary.encode() not in reply.body
            seen.setdefault(reply.status, []).append(path)
    assert {200, 204, 299, 400, 403, 404, 405, 415} <= set(seen), seen


def test_a_slow_head_is_answered_the_same_way(new_server):
    """W-06: the refusal that the clock makes."""
    server = new_server(listener={"http_read_header_timeout": "300ms"})
    reply = answer(server, OPEN + HOST)
    assert reply.status == 408 and reply.all_headers("Cache-Control") == ["no-store"]
    heads_are_bare(reply)


SIMPLE = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]


@pytest.mark.parametrize("kind", SIMPLE)
def test_a_form_of_another_site_has_no_rights(addressed, kind):
    """W-08: what a browser sends across sites without asking, cookies included, reaches nothing that needs a token."""
    token = addressed.root_token
    cookies = ("Cookie", f"token={token}; X-Vault-Token={token}; vault={token}")
    for path in ("auth/token/create", "sys/seal", "cubbyhole/x", "sys/mounts/x", "sys/policies/acl/x"):
        for body in (json.dumps({"token": token, "type": "kv"}), f"token={token}&X-Vault-Token={token}"):
            for query in ("", f"?token={token}&X-Vault-Token={token}"):
                headers = [("Content-Type", kind), ("Origin", "https://evil.test"), cookies]
                assert addressed.call("POST", f"/v1/{path}{query}", body=body, headers=headers).status == 403
    assert addressed.call("GET", "/v1/sys/seal-status").json["sealed"] is False


# -- W-11: splitting --------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["X-Vault-Token", "X-Vault-Wrap-TTL", "X-Vault-Namespace", "Content-Type", "X-Other"])
@pytest.mark.parametrize("break_", ["\r", "\r\n ", "\n ", "\n", "\0", "\x0b", "\u2028"], ids=ascii)
def test_a_line_break_in_a_value_splits_nothing(addressed, field, break_):
    """W-11, S-03: the value is refused, or it is one harmless value; never a field of its own in the answer."""
    value = f"a{break_}X-Split: yes".encode()
    request = b"GET /v1/cubbyhole/x HTTP/1.1\r\n" + HOST + field.encode() + b": " + value + b"\r\n\r\n"
    with addressed.connect(timeout=5) as connection:
        connection.send(request)
        reply = connection.read()
        # U+2028 is no line break in HTTP; as a name of a namespace it is merely unknown.
        assert reply.status in ((400, 403, 404) if break_ == "\u2028" else (400,))
        assert reply.header("X-Split") is None and b"X-Split" not in reply.body
        assert connection.buffer == b"", "a second answer"


@pytest.mark.parametrize("escaped", ["%0d%0aX-Split:%20yes", "%0aX-Split:yes", "%E2%80%A8X-Split:yes", "%0d", "%00"])
def test_an_escaped_line_break_in_a_path_splits_nothing(addressed, escaped):
    """W-11."""
    for target in (f"/v1/cubbyhole/{escaped}", f"/v1/cubbyhole/x?list={escaped}", f"/v1/{escaped}/x"):
        reply = addressed.call("GET", target, token="root")
        assert reply.status in (400, 404)
        assert reply.header("X-Split") is None


# -- D-10: encodings --------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "x-gzip", "gzip, identity", "GZIP"])
def test_an_encoded_body_is_refused_for_its_encoding(addressed, encoding):
    """D-10."""
    for content in (gzip.compress(b'{"a": 1}'), b'{"a": 1}'):
        reply = addressed.call("PUT", "/v1/cubbyhole/e", "root", content, [("Content-Encoding", encoding)])
        assert reply.status == 415


def test_an_encoded_transfer_is_refused(addressed):
    """D-10, W-04: RFC 9112, section 6.1: 501 for a transfer coding that is not understood; 400 is as good."""
    head = b"PUT /v1/cubbyhole/e HTTP/1.1\r\n" + HOST + b"X-Vault-Token: " + addressed.root_token.encode()
    head += b"\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    reply = answer(addressed, head + b'8\r\n{"a": 1}\r\n0\r\n\r\n')
    assert reply.status in (400, 501)


def test_nothing_is_ever_decompressed(addressed):
    """D-10: ten megabytes of blanks in ten kilobytes are ten kilobytes of nonsense."""
    bomb = gzip.compress(b'{"a": "' + b" " * 10_000_000 + b'"}')
    reply = addressed.call("PUT", "/v1/cubbyhole/bomb", "root", bomb, [("Content-Encoding", "gzip")])
    assert reply.status in (400, 415)
    assert addressed.call("GET", "/v1/cubbyhole/bomb", "root").status == 404
    accepting = addressed.call("GET", "/v1/sys/mounts", "root", headers=[("Accept-Encoding", "gzip, br")])
    assert accepting.header("Content-Encoding") is None and accepting.json["data"]


# -- D-07, W-03: whose address counts ------------------------------------------------------------------


def bound_token(server, range_):
    """A token that may only be used from a range of addresses."""
    role = "bound" + uuid.uuid4().hex[:8]
    body = {"allowed_policies": ["default"], "token_bound_cidrs": [range_]}
    assert server.call("POST", f"/v1/auth/token/roles/{role}", "root", body).status == 204
    return server.call("POST", f"/v1/auth/token/create/{role}", "root", {}).json["auth"]["client_token"]


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP"])
def test_a_claimed_address_neither_opens_nor_shuts(addressed, name):
    """D-07, W-03: `bound_cidrs` are compared with the other end of the socket."""
    far, near = bound_token(addressed, "10.9.8.0/24"), bound_token(addressed, "127.0.0.0/8")
    for value in ("10.9.8.7", "10.9.8.7, 127.0.0.1", "127.0.0.1, 10.9.8.7", "for=10.9.8.7", "::ffff:10.9.8.7", "no"):
        headers = [(name, value)]
        assert addressed.call("GET", "/v1/auth/token/lookup-self", far, headers=headers).status == 403
        assert addressed.call("GET", "/v1/auth/token/lookup-self", near, headers=headers).status == 200


PREAMBLES = {
    "version 1": b"PROXY TCP4 10.9.8.7 127.0.0.1 5555 80\r\n",
    "version 1, unknown": b"PROXY UNKNOWN\r\n",
    "version 2": b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes([10, 9, 8, 7, 127, 0, 0, 1, 0x15, 0xB3, 0, 80]),
    "version 2, local": b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0",
}


@pytest.mark.parametrize("case", sorted(PREAMBLES))
def test_a_proxys_preamble_ends_that_connection_only(addressed, case):
    """D-07, W-03: nobody is authorised to send one; the listener lives on, as do the connections that were there."""
    far = bound_token(addressed, "10.9.8.0/24")
    request = wire.encode("GET", "/v1/auth/token/lookup-self", [("X-Vault-Token", far)])
    with addressed.connect() as before:
        for _ in range(3):
            with addressed.connect(timeout=5) as connection:
                connection.send(PREAMBLES[case] + request)
                try:
                    assert connection.read().status == 400
                    assert connection.closed_by_server()
                except wire.Closed:
                    pass
            before.send(wire.encode("GET", "/v1/sys/health"))
            assert before.read().status == 200
            assert addressed.call("GET", "/v1/sys/health").status == 200


# -- C-16: the configuration ----------------------------------------------------------------------------


def test_no_answer_and_no_log_shows_secrets_of_the_configuration(new_server):
    """C-16: every field of a configuration that could hold a secret, those that are without effect here included."""
    canaries = []

    def canary(form="%s"):
        canaries.append("canary" + uuid.uuid4().hex)
        return form % canaries[-1]

    server = new_server(
        extra={
            "unknown_password": canary(),
            "plugin_directory": canary("/nowhere/%s"),
            "ha_storage": {"address": canary("http://u:%s@nowhere"), "token": canary(), "password": canary()},
            ("seal", "transit"): {"address": "http://nowhere", "token": canary(), "tls_client_key": canary()},
            ("seal", "awskms"): {"access_key": canary(), "secret_key": canary(), "session_token": canary()},
            "telemetry": {"circonus_api_token": canary(), "dogstatsd_tags": canary("[%s]")},
            "service_registration": {"token": canary()},
            "user_lockout": {"secret": canary()},
        },
        listener={"unknown_secret": canary(), "custom_response_headers": canary()},
    )
    server.initialise()
    server.unseal()
    assert server.call("GET", "/v1/sys/config/state/sanitized").status == 403
    answers = [server.call("GET", "/v1/sys/config/state/sanitized", "root")]
    assert answers[0].status in (200, 404, 405)
    for path in (
        *("host-info", "ha-status", "seal-status", "health", "leader", "audit", "mounts", "loggers", "metrics"),
        *("config/cors", "internal/specs/openapi", "internal/ui/mounts", "version-history"),
    ):
        answers.append(server.call("GET", f"/v1/sys/{path}", "root"))
    seen = b"".join(one.body for one in answers) + server.log.read_bytes()
    assert b"unknown_password" in seen, "the server has read the configuration"
    assert [one for one in canaries if one.encode() in seen] == []
