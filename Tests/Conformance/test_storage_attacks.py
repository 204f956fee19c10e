"""What whoever can write to the database gains by it, and what an interrupted removal leaves in it."""

import concurrent.futures
import random
import sqlite3
import threading
import time

import pytest

import harness
import wire

pytestmark = pytest.mark.beyond_bao(reason="the database file of this server is what is examined")


def database(server):
    """The path of a server's database."""
    return server.folder / "data" / "vault.db"


def rows(server):
    """The rows of the database by their keys, as the newest commit left them; the server may be running."""
    connection = sqlite3.connect(f"file:{database(server)}?mode=ro", uri=True)
    try:
        return dict(connection.execute("SELECT key, value FROM rows"))
    finally:
        connection.close()


# -- rows that are moved ------------------------------------------------------------------------

MOUNTS = {
    "m": {"type": "kv", "options": {"version": "2"}},
    "other": {"type": "kv", "options": {"version": "2"}},
    "flat": {"type": "kv", "options": {"version": "1"}},
}
VALUE, METADATA, ENTRY = range(3)


class Attack:
    """A server that is written to, and changes to its database that are made while it is stopped."""

    def __init__(self):
        self.server = harness.Server(tls=False).ready()
        self.rows = rows(self.server)
        self.edits = {}
        self.texts = {}

    def write(self, method, path, body):
        """Write; returns the answer and the keys of the rows that it added, the largest row first."""
        reply = self.server.call(method, f"/v1/{path}", "root", body)
        assert reply.status in (200, 204), (path, reply.status, reply.body)
        before, self.rows = self.rows, rows(self.server)
        added = sorted(set(self.rows) - set(before), key=lambda key: -len(self.rows[key]))
        return reply, added

    def secret(self, name, mount="m", version=1):
        """Write a secret; returns the keys of its rows: value, metadata (if there is any of it), entry in the folder.

        All values are as long as each other, and by far the longest rows.
        """
        text = f"canary-{mount}-{name}-{version}-".ljust(800, "x")
        self.texts[mount, name, version] = text
        if mount == "flat":
            return self.write("PUT", f"flat/{name}", {"v": text})[1]
        return self.write("PUT", f"{mount}/data/{name}", {"data": {"v": text}})[1]

    def take(self, victim, donor):
        """Have a row hold what another one holds."""
        self.edits[victim] = self.rows[donor]

    def strike(self):
        """Stop the server, change its database, start it again."""
        for name in HARMED:  # the control: without the edits they are served
            assert self.server.call("GET", f"/v1/m/data/{name}", "root").status == 200
        assert all(self.rows[key] != content for key, content in self.edits.items())
        self.server.stop()
        connection = sqlite3.connect(database(self.server))
        with connection:
            for key, content in self.edits.items():
                done = connection.execute("UPDATE rows SET value = ? WHERE key = ?", (content, key))
                assert done.rowcount == 1
        connection.close()
        self.server.start()
        self.server.unseal()


DAMAGE = {
    "flipped": lambda old: old[:-20] + bytes([old[-20] ^ 1]) + old[-19:],
    "first": lambda old: bytes([old[0] ^ 3]) + old[1:],
    "cut": lambda old: old[:-1],
    "emptied": lambda old: b"",
    "zeroed": lambda old: bytes(len(old)),
    "lengthened": lambda old: old + b"\0",
}
HARMED = ["value", "metadata", "both", "all", "crossed", "confused", "older", "newer", *DAMAGE]
UNHARMED = [("m", "donor", 1), ("m", "beside", 1), ("other", "donor", 1), ("flat", "donor", 1), ("flat", "beside", 1)]


@pytest.fixture(scope="module")
def attack():
    """A server whose rows were moved about while it was stopped."""
    one = Attack()
    for path, options in MOUNTS.items():
        one.write("PUT", f"sys/mounts/{path}", options)
    donor, foreign, flat_donor = one.secret("donor"), one.secret("donor", "other"), one.secret("donor", "flat")
    assert (len(donor), len(foreign), len(flat_donor)) == (3, 3, 2)
    one.secret("beside"), one.secret("beside", "flat")
    for name, parts in {
        "value": [VALUE],
        "metadata": [METADATA],
        "both": [VALUE, METADATA],
        "all": [VALUE, METADATA, ENTRY],
    }.items():
        victim = one.secret(name)
        for part in parts:
            one.take(victim[part], donor[part])
    crossed = one.secret("crossed")
    for part in (VALUE, METADATA):
        one.take(crossed[part], foreign[part])
    one.take(one.secret("confused")[VALUE], donor[METADATA])
    one.take(one.secret("victim", "flat")[0], flat_donor[0])
    for name in ("older", "newer"):
        first, second = one.secret(name)[VALUE], one.secret(name, version=2)[0]
        one.take(*((second, first) if name == "older" else (first, second)))
    for name, change in DAMAGE.items():
        key = one.secret(name)[VALUE]
        one.edits[key] = change(one.rows[key])
    in_folder = [one.secret(f"folder/{name}") for name in ("a", "b", "c")]
    one.take(in_folder[1][ENTRY], in_folder[2][ENTRY])

    one.write("PUT", "sys/policies/acl/humble", {"policy": 'path "m/data/beside" { capabilities = ["read"] }'})
    one.tokens = {}
    for name, policies in (("strong", ["root"]), ("weak", ["humble"]), ("twin", ["humble"])):
        body = {"policies": policies, "ttl": "1h", "meta": {"x": name}}
        reply, added = one.write("POST", "auth/token/create", body)
        # The first 24 bytes of a key say what kind of row it is, and in which folder.
        one.tokens[name] = (reply.json["auth"], {key[:24]: key for key in added})
    strong, weak = one.tokens["strong"][1], one.tokens["weak"][1]
    assert len(set(strong) & set(weak)) >= 3
    for kind in set(strong) & set(weak):
        one.take(weak[kind], strong[kind])
    one.strike()
    yield one
    one.server.discard()


def test_what_was_not_touched_is_served(attack):
    """X-05: damage stays where it is."""
    for mount, name, version in UNHARMED:
        path = f"flat/{name}" if mount == "flat" else f"{mount}/data/{name}"
        data = attack.server.call("GET", f"/v1/{path}", "root").json["data"]
        assert (data if mount == "flat" else data["data"]) == {"v": attack.texts[mount, name, version]}
    auth = attack.tokens["twin"][0]
    assert attack.server.call("GET", "/v1/m/data/beside", auth["client_token"]).status == 200
    assert attack.server.call("GET", "/v1/m/data/donor", auth["client_token"]).status == 403


@pytest.mark.parametrize("name", HARMED)
def test_a_row_in_another_place_is_an_error_and_never_a_value(attack, name):
    """X-05: in the same folder, from another mount, of another kind, of another version, or damaged."""
    versions = [1, 2] if name in ("older", "newer") else [1]
    harmed = {"older": 2, "newer": 1}.get(name, 1)
    for version in versions:
        reply = attack.server.call("GET", f"/v1/m/data/{name}?version={version}", "root")
        if version == harmed:
            assert reply.status == 500 and list(reply.json) == ["errors"] and reply.errors
            assert b"canary" not in reply.body
        else:
            assert reply.json["data"]["data"] == {"v": attack.texts["m", name, version]}


def test_a_row_of_a_version_1_mount_in_another_place_is_an_error(attack):
    """X-05."""
    reply = attack.server.call("GET", "/v1/flat/victim", "root")
    assert reply.status == 500 and list(reply.json) == ["errors"] and b"canary" not in reply.body


def test_an_entry_of_a_folder_in_another_place_is_an_error(attack):
    """X-05: a listing that cannot be trusted is not given."""
    assert attack.server.call("LIST", "/v1/m/metadata/folder", "root").status == 500
    assert attack.server.call("GET", "/v1/m/data/folder/a", "root").status == 200


def test_a_token_does_not_become_another_by_its_records(attack):
    """X-05: the records of a root token in the place of a weak one's give no rights and name nobody."""
    weak = attack.tokens["weak"][0]
    for path in ("sys/mounts", "m/data/donor", "m/data/beside", "auth/token/lookup-self", "sys/audit"):
        reply = attack.server.call("GET", f"/v1/{path}", weak["client_token"])
        assert reply.status in (403, 500), path
    body = {"accessor": weak["accessor"]}
    reply = attack.server.call("POST", "/v1/auth/token/lookup-accessor", "root", body)
    assert reply.status in (400, 403, 404, 500)
    assert attack.server.call("GET", "/v1/sys/mounts", attack.tokens["strong"][0]["client_token"]).status == 200


def test_a_server_with_damaged_rows_goes_on_serving(attack):
    """X-05: other writes go on, and what is logged shows no value."""
    assert attack.server.call("GET", "/v1/m/data/flipped", "root").status == 500
    assert attack.server.call("PUT", "/v1/m/data/fresh", "root", {"data": {"v": 1}}).status == 200
    assert attack.server.call("GET", "/v1/sys/health").status == 200
    assert "canary" not in attack.server.log.read_text()


def test_damaged_rows_are_reported(attack):
    """X-05: somebody who changes the database is not to go unnoticed where there is no audit device; nor do they fill
    the log: there is one line a second, with the row's opaque name."""
    before = len(attack.server.log.read_text())
    for _ in range(15):
        assert attack.server.call("GET", "/v1/m/data/flipped", "root").status == 500
        time.sleep(0.1)  # a line is due only a second after the last one, which another test may have caused
    lines = [line for line in attack.server.log.read_text()[before:].splitlines() if "[ERROR]" in line]
    assert 1 <= len(lines) <= 3
    assert all("does not authenticate" in line and "flipped" not in line for line in lines)


# -- T-07: removals that are interrupted --------------------------------------------------------------

SECRETS = 1000


def fill(server, mount):
    """Write a thousand secrets in many folders, over a few connections with requests in a row."""

    def some(numbers):
        token = ("X-Vault-Token", server.root_token)
        with server.connect() as connection:
            for begin in range(0, len(numbers), 25):
                batch = numbers[begin : begin + 25]
                connection.send(
                    b"".join(
                        wire.encode("PUT", f"/v1/{mount}/data/f{n % 37}/s{n}", [token], {"data": {"v": f"value-{n}"}})
                        for n in batch
                    )
                )
                for _ in batch:
                    assert connection.read().status == 200

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(some, [range(share, SECRETS, 8) for share in range(8)]))


def listed(server, mount):
    """How many secrets a mount lists; `None` when there is no such mount."""
    folders = server.call("LIST", f"/v1/{mount}/metadata", "root")
    if folders.status == 404:
        return None if "no handler for route" in folders.text else 0
    return sum(
        len(server.call("LIST", f"/v1/{mount}/metadata/{name}", "root").json["data"]["keys"])
        for name in folders.json["data"]["keys"]
    )


def test_a_removal_that_is_interrupted_and_repeated_leaves_nothing():
    """T-07: killed at any moment, the mount is there whole or not at all; once removed, no row and no name is left."""
    chance = random.Random()
    server = harness.Server(tls=False).ready()
    try:
        baseline = len(rows(server))
        outcomes = []
        for cycle in range(6):
            assert server.call("PUT", "/v1/sys/mounts/doomed", "root", MOUNTS["m"]).status == 204
            fill(server, "doomed")
            assert len(rows(server)) > baseline + 3 * SECRETS
            delay = 0 if cycle == 0 else chance.uniform(0, 0.015)
            with server.connect() as connection:
                token = ("X-Vault-Token", server.root_token)
                connection.send(wire.encode("DELETE", "/v1/sys/mounts/doomed", [token]))
                # Not to wait for anything: the moment of the kill is what is varied.
                threading.Event().wait(delay)
                server.process.kill()
                try:
                    acknowledged = connection.read().status == 204
                except (wire.Closed, OSError):
                    acknowledged = False
            server.stop()
            server.start()
            server.unseal()
            left = listed(server, "doomed")
            assert left in (None, SECRETS), f"after {delay * 1000:.1f} ms"
            assert not (acknowledged and left), "acknowledged, and there again"
            outcomes.append((acknowledged, left))
            assert server.call("DELETE", "/v1/sys/mounts/doomed", "root").status == 204
            assert listed(server, "doomed") is None
            assert len(rows(server)) == baseline, outcomes
            assert server.call("PUT", "/v1/sys/mounts/doomed", "root", MOUNTS["m"]).status == 204
            assert listed(server, "doomed") == 0
            for number in range(0, SECRETS, 97):
                path = f"doomed/data/f{number % 37}/s{number}"
                assert server.call("GET", f"/v1/{path}", "root").status == 404
            assert server.call("DELETE", "/v1/sys/mounts/doomed", "root").status == 204
            assert len(rows(server)) == baseline
    finally:
        server.discard()
