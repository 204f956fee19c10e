"""What leaves the server when its audit device fails half-way, and what the device's file shows of values."""

import json
import re
import subprocess
import uuid

import pytest

import harness

pytestmark = pytest.mark.beyond_bao(reason="the audit file and the ceremonies of this server are what is examined")

PAGE = 4096


class FullDisk:
    """A server whose only audit file lies on a small disk of its own, which a test fills to the byte.

    A file on such a disk grows by whole pages. When no page is left, the file takes what fits into its last page and
    not a byte more, so that a request's record can fit and the record of its answer cannot.
    """

    def __init__(self):
        self.server = harness.Server(tls=False)
        self.disk = self.server.folder / "records"
        self.disk.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=512k,mode=0700", "tmpfs", str(self.disk)], capture_output=True
        )
        if mounted.returncode != 0:
            self.server.discard()
            pytest.skip("only root may mount a disk that fills up")
        self.file = self.disk / "audit.log"
        self.server.extra = {("audit", "file", "main"): {"path": str(self.file)}}

    def discard(self):
        self.server.stop(harness.signal.SIGKILL)
        subprocess.run(["umount", "-l", str(self.disk)], check=True)
        self.server.discard()

    def records(self, since=0):
        """The lines of the file behind a position."""
        return self.file.read_bytes()[since:].splitlines(keepends=True)

    def _pad(self, length):
        """Have two records written that are as long as the path; returns how long both are together."""
        before = self.file.stat().st_size
        assert self.server.call("GET", "/v1/" + "x" * length, token="hvs.unknown").status == 403
        return self.file.stat().st_size - before

    def fill(self, request_bytes):
        """Leave room for a record of about `request_bytes`, but not for a second one."""
        room = request_bytes + 200
        short = self._pad(100) - 2 * 100
        missing = (PAGE - room - self.file.stat().st_size - short) % PAGE
        self._pad(max(1, missing // 2))
        with open(self.disk / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(PAGE))
            except OSError:
                pass
        left = PAGE - self.file.stat().st_size % PAGE
        assert request_bytes + 50 < left < 2 * request_bytes, "the disk was not filled as planned"

    def free(self):
        """Make room again."""
        (self.disk / "filler").unlink()

    def unrecorded(self, measured, send):
        """The answer to the request that `send` makes, when its record fits on the disk and the answer's does not.

        `measured` is a position in the file behind which a request like it was recorded.
        """
        self.fill(max(len(line) for line in self.records(measured) if json.loads(line)["type"] == "request"))
        before = self.file.stat().st_size
        reply = send()
        self.free()
        # The request was recorded and carried out; only the answer was not recorded.
        assert [json.loads(line)["type"] for line in self.records(before)] == ["request"]
        return reply


@pytest.fixture
def full_disk():
    one = FullDisk()
    one.server.ready()
    yield one
    one.discard()


def begin(server, route, body):
    """Begin a ceremony as root; returns its nonce."""
    started = server.call("PUT", f"/v1/sys/{route}", token="root", body=body)
    assert started.status == 200
    return started.json["nonce"]


def submit(server, route, key, nonce):
    """Hand a share in."""
    return server.call("PUT", f"/v1/sys/{route}", token="root", body={"key": key, "nonce": nonce})


def completed_unrecorded(full_disk, route, keys, nonce):
    """Hand in shares; the answer to the last one, which completes the ceremony, cannot be recorded."""
    measured = full_disk.file.stat().st_size
    for key in keys[:-1]:
        assert submit(full_disk.server, route, key, nonce).status == 200
    return full_disk.unrecorded(measured, lambda: submit(full_disk.server, route, keys[-1], nonce))


def carries_nothing(reply):
    """A refusal with an error text and nothing else."""
    return reply.status == 500 and set(reply.json) == {"errors"} and not re.search(rb"[0-9A-Za-z+/=]{28}", reply.body)


def opens(server, keys):
    """Whether shares open the vault; it is sealed for this."""
    if server.call("GET", "/v1/sys/seal-status").json["sealed"] is False:
        assert server.call("PUT", "/v1/sys/seal", token="root").status == 204
    assert server.call("PUT", "/v1/sys/unseal", body={"reset": True}).status == 200
    for key in keys:
        reply = server.call("PUT", "/v1/sys/unseal", body={"key": key})
        if reply.status != 200:
            return False
    return reply.json["sealed"] is False


REKEY = {"secret_shares": 3, "secret_threshold": 2}


def test_an_unrecorded_rekey_hands_out_nothing(full_disk):
    """C-08: without its record the answer with the new shares is not sent."""
    nonce = begin(full_disk.server, "rekey/init", REKEY)
    assert carries_nothing(completed_unrecorded(full_disk, "rekey/update", full_disk.server.keys[:3], nonce))


def test_an_unrecorded_rekey_does_not_lose_the_keys(full_disk):
    """C-08: when the new shares could not be handed out, the old ones still open the vault."""
    server = full_disk.server
    nonce = begin(server, "rekey/init", REKEY)
    assert completed_unrecorded(full_disk, "rekey/update", server.keys[:3], nonce).status == 500
    assert opens(server, server.keys[:3])


def test_an_unrecorded_rekey_with_verification_leaves_the_old_keys_in_force(full_disk):
    """C-08."""
    server = full_disk.server
    nonce = begin(server, "rekey/init", REKEY | {"require_verification": True})
    assert carries_nothing(completed_unrecorded(full_disk, "rekey/update", server.keys[:3], nonce))
    assert server.call("DELETE", "/v1/sys/rekey/init", token="root").status == 204
    assert opens(server, server.keys[:3])


def test_an_unrecorded_end_of_a_verification_leaves_one_set_of_keys_in_force(full_disk):
    """C-08: the holders have both sets by now; one of them opens the vault."""
    server = full_disk.server
    nonce = begin(server, "rekey/init", REKEY | {"require_verification": True})
    for key in server.keys[:3]:
        reply = submit(server, "rekey/update", key, nonce)
    new, nonce = reply.json["keys"], reply.json["verification_nonce"]
    assert carries_nothing(completed_unrecorded(full_disk, "rekey/verify", new[:2], nonce))
    assert opens(server, new[:2]) != opens(server, server.keys[:3])


def accessors(server):
    """The accessors of all tokens."""
    return set(server.call("LIST", "/v1/auth/token/accessors", token="root").json["data"]["keys"])


def test_an_unrecorded_root_token_is_not_handed_out(full_disk):
    """C-08."""
    nonce = begin(full_disk.server, "generate-root/attempt", {})
    assert carries_nothing(completed_unrecorded(full_disk, "generate-root/update", full_disk.server.keys[:3], nonce))


def test_an_unrecorded_root_token_does_not_live(full_disk):
    """C-08: nobody has the token, so there must be none."""
    server = full_disk.server
    before = accessors(server)
    nonce = begin(server, "generate-root/attempt", {})
    assert completed_unrecorded(full_disk, "generate-root/update", server.keys[:3], nonce).status == 500
    assert accessors(server) == before


def test_an_unrecorded_read_hands_out_nothing_and_service_resumes(full_disk):
    """C-08, C-17: the control for the rest of this file: the same disk, an ordinary request."""
    server = full_disk.server
    canary = "canary" + uuid.uuid4().hex
    assert server.call("PUT", "/v1/cubbyhole/x", token="root", body={"v": canary}).status == 204
    measured = full_disk.file.stat().st_size
    assert canary.encode() in server.call("GET", "/v1/cubbyhole/x", token="root").body
    reply = full_disk.unrecorded(measured, lambda: server.call("GET", "/v1/cubbyhole/x", token="root"))
    assert carries_nothing(reply)
    assert canary.encode() in server.call("GET", "/v1/cubbyhole/x", token="root").body
    for line in full_disk.records():
        json.loads(line)


# -- what the records show ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded():
    """A server with an audit file from its start."""
    server = harness.Server(tls=False)
    server.audit = server.folder / "audit.log"
    server.extra = {("audit", "file", "main"): {"path": str(server.audit)}}
    yield server.ready()
    server.discard()


def entries(server):
    """All records of requests and answers in the audit file."""
    lines = [json.loads(line) for line in server.audit.read_text().splitlines()]
    return [line for line in lines if line["type"] != "checkpoint"]


def leaves(value):
    """The scalars in a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def test_no_text_of_a_request_or_an_answer_is_recorded_as_it_is(recorded):
    """C-02: strings anywhere in `data`, of whatever shape, and answers without the usual envelope."""
    server = recorded
    client = server.client()
    client.sys.enable_secrets_engine("kv", path="two", options={"version": "2"})
    client.sys.enable_secrets_engine("kv", path="one", options={"version": "1"})
    canaries = []

    def canary(text="%s"):
        canaries.append("canary" + uuid.uuid4().hex)
        return text % canaries[-1]

    odd = {
        "text": canary(),
        "digits": "123456789012345",
        "truth": "true",
        "nothing": "",
        "time": "2024-01-02T03:04:05Z",
        "list": [canary(), [canary(), {"deep": canary()}], "", None, 1, False],
        "escapes": canary('"\\\n\u2028%s\u0000'),
        "beyond": canary("\U0001f600%s\u00e9"),
        "looks hashed": canary("hmac-sha256:%s"),
        "json in a text": json.dumps({"a": canary()}),
        "long": canary() * 2000,
        "number": 12,
        "fraction": 1.5,
        "flag": True,
        "none": None,
    }
    for path, body in (("two/data/x", {"data": odd}), ("one/x", odd), ("cubbyhole/x", odd)):
        assert server.call("PUT", f"/v1/{path}", token="root", body=body).status in (200, 204)
        assert canaries[0].encode() in server.call("GET", f"/v1/{path}", token="root").body
    patch = [("Content-Type", "application/merge-patch+json")]
    assert server.call("PATCH", "/v1/two/data/x", "root", {"data": {"p": canary()}}, patch).status == 200
    wrapped = server.call("PUT", "/v1/sys/wrapping/wrap", "root", odd, [("X-Vault-Wrap-TTL", "60")])
    wrapping = wrapped.json["wrap_info"]["token"]
    assert canaries[0].encode() in server.call("PUT", "/v1/sys/wrapping/unwrap", token=wrapping).body
    policy = {"policy": f'path "x" {{ capabilities = ["read"] }} # {canary()}'}
    assert server.call("PUT", "/v1/sys/policies/acl/p", "root", policy).status == 204
    server.call("GET", "/v1/sys/policies/acl/p", "root")
    server.call("GET", f"/v1/two/data/x?version=1&other={canary()}", "root")
    server.call("GET", "/v1/sys/internal/specs/openapi", "root")
    server.call("POST", "/v1/sys/tools/random/32", "root", {"format": "hex"})
    server.call("POST", "/v1/sys/tools/hash/sha2-256", "root", {"input": "Y2FuYXJ5"})
    nonce = begin(server, "rekey/init", REKEY | {"require_verification": True})
    for key in server.keys[:3]:
        shares = submit(server, "rekey/update", key, nonce).json
    canaries.extend(shares["keys"] + shares["keys_base64"] + server.keys + server.keys_base64)
    server.call("DELETE", "/v1/sys/rekey/init", "root")

    hashed = 0
    for entry in entries(server):
        for side in ("request", "response"):
            for leaf in leaves(entry.get(side, {}).get("data")):
                if isinstance(leaf, str):
                    assert re.fullmatch("hmac-sha256:[0-9a-f]{64}", leaf), (entry["request"]["path"], side, leaf)
                    hashed += 1
    assert hashed > 100
    text = server.audit.read_text()
    assert [one for one in canaries if one in text] == []


# -- whose address is recorded --------------------------------------------------------------------

FORWARDED = [
    ("X-Forwarded-For", "10.9.8.7"),
    ("X-Forwarded-For", "10.9.8.6, 10.9.8.5"),
    ("X-Real-IP", "10.9.8.4"),
    ("Forwarded", 'for="10.9.8.3:99";proto=https'),
    ("X-Forwarded-Port", "99"),
    ("X-Forwarded-Host", "10.9.8.2"),
    ("Via", "1.1 10.9.8.1"),
    ("True-Client-IP", "10.9.8.0"),
]


def test_what_a_client_says_of_its_address_is_not_recorded(recorded):
    """D-07, W-03: `remote_address` and `remote_port` are the other end of the socket, whatever headers say."""
    before = len(entries(recorded))
    with recorded.connect() as connection:
        port = connection.socket.getsockname()[1]
        headers = [("X-Vault-Token", recorded.root_token), *FORWARDED]
        for path in ("/v1/auth/token/lookup-self", "/v1/nowhere/x"):
            connection.send(harness.wire.encode("GET", path, headers))
            connection.read()
    mine = entries(recorded)[before:]
    assert len(mine) == 4
    for entry in mine:
        assert (entry["request"]["remote_address"], entry["request"]["remote_port"]) == ("127.0.0.1", port)
        assert "10.9.8." not in json.dumps(entry)
