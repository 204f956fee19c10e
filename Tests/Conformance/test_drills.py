"""Crashes and leaks: what is left after a kill, and what whoever steals the files can read in them."""

import base64
import json
import re
import uuid

import pytest

import changeset_drill
import crash_drill
import harness

pytestmark = pytest.mark.beyond_bao(reason="the storage and the audit file of this server are what is examined")


def test_no_acknowledged_write_is_lost_when_the_server_is_killed():
    figures = crash_drill.run(cycles=5, shortest=0.1, longest=0.3)
    assert figures["faults"] == [], figures
    assert figures["cycles"] == 5
    assert figures["acknowledged"] > 10
    assert figures["unacknowledged_but_there"] <= 5 * 8


def test_a_killed_server_has_all_of_a_change_set_or_nothing_of_it():
    figures = changeset_drill.run(cycles=5, shortest=0.01, longest=0.3)
    assert figures["faults"] == [], figures
    assert figures["cycles"] == 5
    assert figures["acknowledged"] >= 5


# -- planted canaries -----------------------------------------------------------------------------


def spellings(canary):
    """The bytes by which `canary` shows in a file: raw, hex, base64 at each alignment, UTF-16."""
    raw = canary.encode()
    found = {"raw": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    found |= {"utf-16-le": canary.encode("utf-16-le"), "utf-16-be": canary.encode("utf-16-be")}
    found["json"] = json.dumps(canary)[1:-1].encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        # Only the characters whose six bits all belong to the canary; its neighbours change the others.
        inner = encoded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
        found[f"base64+{shift}"] = inner
        found[f"base64url+{shift}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    return found


def scan(files, canaries):
    """Where canaries show: a list of (file, name of the canary, spelling)."""
    contents = {name: (content, content.lower()) for name, content in files.items()}
    found = []
    for canary_name, canary in canaries.items():
        for spelling, needle in spellings(canary).items():
            for name, (content, lowered) in contents.items():
                if needle in content or (spelling == "raw" and needle.lower() in lowered):
                    found.append((name, canary_name, spelling))
    return found


def test_the_scanner_finds_each_spelling_at_each_alignment():
    canary = "canary-" + uuid.uuid4().hex
    for length in (len(canary), len(canary) - 1, len(canary) - 2):
        word = canary[:length]
        raw = word.encode()
        hidden = {
            "raw": b"x" + raw,
            "upper": raw.upper(),
            "hex": raw.hex().encode(),
            "HEX": raw.hex().upper().encode(),
            "utf-16-le": word.encode("utf-16-le"),
            "utf-16-be": word.encode("utf-16-be"),
        }
        for before in range(6):
            for after in range(4):
                text = b"p" * before + raw + b"q" * after
                hidden[f"base64 {before} {after}"] = base64.b64encode(text)
                hidden[f"base64url {before} {after}"] = base64.urlsafe_b64encode(text)
        for name, content in hidden.items():
            assert scan({name: b"noise" + content + b"noise"}, {"it": word}), (name, length)
    assert scan({"clean": b"canary-" + uuid.uuid4().hex.encode()}, {"it": canary}) == []


def files_below(*places):
    """The content of every file, by its path."""
    found = {}
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file():
                found[path.name] = path.read_bytes()
    return found


class Leaks:
    """A server with a file device, canaries of every kind inside it, and the places to look at."""

    def __init__(self):
        self.server = harness.Server(tls=False)
        self.audit = self.server.folder / "audit.log"
        self.server.extra = {
            ("audit", "file", "main"): {"path": str(self.audit)},
            "log_level": "trace",
        }
        # Never in any file.
        self.secrets = {}
        # Names: never in the database, its backup or the log. The audit file shows paths, policies, display names,
        # metadata of tokens and the keys of objects in plain text, as Vault's does: they say who did what.
        self.names = {}

    def secret(self, name):
        self.secrets[name] = "cnry" + uuid.uuid4().hex
        return self.secrets[name]

    def name(self, name):
        self.names[name] = "nmry" + uuid.uuid4().hex
        return self.names[name]

    def plant(self):
        server = self.server.ready()
        client = server.client()
        for index, (hexadecimal, in_base64) in enumerate(zip(server.keys, server.keys_base64)):
            self.secrets[f"share {index}"] = hexadecimal
            self.secrets[f"share {index} in base64"] = in_base64.rstrip("=")
        self.secrets["root token"] = server.root_token

        mount = self.name("mount")
        client.sys.enable_secrets_engine(
            "kv", path=mount, options={"version": "2"}, description=self.secret("description")
        )
        key = f"{self.name('folder')}/{self.name('secret name')}"
        value = {
            self.name("field name"): self.secret("value"),
            "nested": {"list": [self.secret("nested value")]},
            "long": self.secret("value in a long text") + "-and-more" * 500,
        }
        client.secrets.kv.v2.create_or_update_secret(key, value, mount_point=mount)
        client.secrets.kv.v2.patch(key, {"more": self.secret("patched value")}, mount_point=mount)
        owner = {"owner": self.secret("custom metadata")}
        client.secrets.kv.v2.update_metadata(key, mount_point=mount, custom_metadata=owner)
        client.secrets.kv.v2.read_secret_version(key, mount_point=mount, raise_on_deleted_version=True)
        client.secrets.kv.v2.list_secrets(key.split("/")[0], mount_point=mount)
        one = self.name("version 1 mount")
        client.sys.enable_secrets_engine("kv", path=one, options={"version": "1"})
        client.secrets.kv.v1.create_or_update_secret(
            self.name("v1 name"), {"x": self.secret("v1 value")}, mount_point=one
        )

        policy = self.name("policy name")
        text = f'path "{mount}/*" {{ capabilities = ["read"] }} # {self.secret("policy text")}'
        client.sys.create_or_update_policy(policy, text)
        client.sys.read_policy(policy)
        made = client.auth.token.create(
            policies=[policy], display_name=self.name("display name"), meta={"team": self.name("token metadata")}
        )["auth"]
        self.secrets["token"], self.secrets["accessor"] = made["client_token"], made["accessor"]
        client.auth.token.lookup(made["client_token"])
        client.auth.token.lookup_accessor(made["accessor"])
        client.auth.token.renew(made["client_token"])
        wrapped = client.write_data(
            f"{mount}/data/{key}", wrap_ttl="60s", data={"data": {"w": self.secret("wrapped value")}}
        )
        self.secrets["wrapping token"] = wrapped["wrap_info"]["token"]
        client.write_data(f"cubbyhole/{self.name('cubbyhole name')}", data={"c": self.secret("cubbyhole value")})

        self.change_sets(mount)
        self.refused(mount, made["client_token"])

    def change_sets(self, mount):
        """Secrets and sensitive values that are proposed, edited, refused, applied and taken back."""
        key = self.name("configuration key")

        def items(note):
            return [
                {"kind": "secret", "path": f"{mount}/drafts", "op": "put",
                 "body": {"data": {"p": self.secret(f"draft: secret {note}")}}},
                {"kind": "config", "path": f"global/{key}", "op": "put",
                 "body": {"value": self.secret(f"draft: sensitive value {note}")}},
            ]

        def ask(method, path, body=None):
            headers = [("Content-Type", "application/merge-patch+json")] if method == "PATCH" else []
            answer = self.server.call(method, f"/v1/{path}", "root", body, headers)
            assert answer.status in (200, 204), answer.text
            # What people are shown is no file, and must be as clean as one.
            assert scan({path: answer.text.encode()}, self.secrets) == [], path
            return answer.json["data"] if answer.status == 200 else None

        ask("POST", f"config/keys/{key}", {"type": "string", "sensitive": True})
        for note, decisions in [("applied", ["apply", "rollback"]), ("refused", ["reject"]), ("withdrawn", [])]:
            body = {"message": self.secret(f"draft: message {note}"), "items": items(note)}
            self.secrets.pop(f"draft: message {note}")  # it is for people to read
            made = ask("POST", "pulse/changesets", body)
            ask("PATCH", f"pulse/changesets/{made['id']}", {"items": items(f"{note} and edited")})
            for decision in decisions:
                ask("POST", f"pulse/changesets/{made['id']}/{decision}", {})
                ask("GET", f"pulse/changesets/{made['id']}")
        ask("DELETE", f"pulse/changesets/{made['id']}")
        ask("GET", f"config/history/global/{key}")

    def refused(self, mount, token):
        call = self.server.call
        path = f"/v1/{mount}/data/x"
        broken = {
            "no JSON": '{"data": {"x": "%s"',
            "a bare word": '{"data": %s}',
            "data as text": '{"data": "%s"}',
            "data as list": '{"data": ["%s"]}',
            "options as text": '{"data": {}, "options": "%s"}',
            "cas as text": '{"data": {}, "options": {"cas": "%s"}}',
        }
        for name, body in broken.items():
            assert call("POST", path, "root", body % self.secret(f"refused: {name}")).status == 400, name
        assert call("POST", path, token, json.dumps({"data": {"x": self.secret("refused: denied")}})).status == 403
        assert call("GET", path, self.secret("refused: wrong token")).status == 403
        wrong = self.secret("refused: wrong token with a body")
        assert call("POST", path, wrong, json.dumps({"data": {"x": self.secret("refused: body")}})).status == 403
        share = self.secret("refused: share")
        assert call("POST", "/v1/sys/unseal", None, json.dumps({"key": {"x": share}})).status == 400
        denied = f"/v1/{self.name('denied path')}/x?secret={self.secret('refused: query')}"
        assert call("GET", denied, token).status in (403, 404)
        for header in ("Authorization", "Cookie", "X-Vault-Wrap-TTL"):
            call("GET", path, "root", headers=[(header, "Basic " + self.secret(f"header {header}"))])
        policy = json.dumps({"policy": 'path "' + self.secret("refused: policy text")})
        assert call("POST", "/v1/sys/policies/acl/broken", "root", policy).status == 400
        for field in ("ttl", "num_uses", "policies", "meta"):
            body = json.dumps({field: {"a": {"b": self.secret(f"refused: {field}")}}})
            assert call("POST", "/v1/auth/token/create", "root", body).status == 400, field


def test_planted_secrets_show_in_no_file_and_names_in_no_stolen_database():
    """(C-01, C-13)"""
    leaks = Leaks()
    try:
        leaks.plant()
        server, client = leaks.server, leaks.server.client()
        running = files_below(server.folder / "data")
        assert any(name.endswith("-wal") and content for name, content in running.items())
        client.sys.rotate_encryption_key()
        backup = server.call("GET", "/v1/sys/storage/backup", "root")
        assert backup.status == 200 and backup.body.startswith(b"SQLite format 3\0")
        rotated = files_below(server.folder / "data")
        client.sys.seal()
        server.stop()
        server.start()
        server.unseal()
        assert server.call("GET", "/v1/auth/token/lookup-self", leaks.secrets["token"]).status == 200
        restarted = files_below(server.folder / "data")
        server.stop()
        stopped = files_below(server.folder / "data")

        stolen = {"backup": backup.body}
        moments = {"running": running, "rotated": rotated, "restarted": restarted, "stopped": stopped}
        for moment, files in moments.items():
            assert files, moment
            stolen |= {f"{moment}: {name}": content for name, content in files.items()}
        log, audit = server.log.read_bytes(), leaks.audit.read_bytes()
        assert scan(stolen | {"audit": audit, "log": log}, leaks.secrets) == []
        assert scan(stolen | {"log": log}, leaks.names) == []

        # The device was really at work: what it records in plain text is there, and the rest as hashes.
        plain = {name for _, name, spelling in scan({"audit": audit}, leaks.names) if spelling == "raw"}
        assert {"mount", "secret name", "policy name", "display name", "token metadata"} <= plain
        assert {"denied path", "field name"} <= plain
        assert len(re.findall(rb"hmac-sha256:[0-9a-f]{64}", audit)) > 50
        for line in audit.splitlines():
            json.loads(line)
    finally:
        leaks.server.discard()
