"""Every route of the running server, each operation on it, and what it takes to be let in.

`routes.txt` is the reviewed list. A route that is new, gone, or open to somebody else fails here until the list says so
too: a new path may already be covered by the globs of policies that were written before it.
"""

import os
import pathlib

import pytest

import harness
import wire

pytestmark = pytest.mark.beyond_bao(reason="the list is of this server's routes")

SNAPSHOT = pathlib.Path(__file__).with_name("routes.txt")
HEADER = """\
# Every operation of every route: who is let in, the verb, the path. test_routes.py compares this with the server.
#
#   open    answered without a token
#   opened  the same, but only where the configuration's `compatibility` block says so; otherwise as `sudo`
#   token   wants a token whose policies grant the operation; below /pulse/api, what the operation asks of other paths
#   sudo    wants the capability `sudo` besides
#
# A line that changes is a review: may strangers see this? do globs of existing policies (`sys/*`, `auth/token/*`) reach
# it? is it audited? Then: UPDATE_ROUTES=1 scripts/conformance.sh test_routes.py
"""

# Served before there are any mounts, and thus not part of the API's description.
WITHOUT_MOUNTS = {
    "/sys/health": {"GET"},
    "/sys/init": {"GET", "POST"},
    "/sys/leader": {"GET"},
    "/sys/seal-status": {"GET"},
    "/sys/unseal": {"POST"},
}
# What may be open to all by default. Logins will join; beyond these a route has to be argued for.
MAY_BE_OPEN = set(WITHOUT_MOUNTS) | {
    "/flags/events/{env}/{channel}",  # the channel cannot be guessed; heard is only that something changed
    "/sys/decode-token",  # takes apart what the caller holds both parts of
    "/sys/internal/specs/openapi",  # without a token: of the open routes only
    "/sys/internal/ui/mounts",  # without a token: the mounts whose listing was switched on
    "/sys/internal/ui/namespaces",
    "/sys/replication/status",  # the same words for everybody
    "/sys/wrapping/lookup",
}
# Described as open, as in Vault, because it looks for the caller's rights itself: strangers hear 403.
ASKS_ITSELF = "/sys/internal/ui/mounts/{path}"
MAY_BE_OPENED = ("/sys/rekey/", "/sys/rekey-recovery-key/", "/sys/generate-root/")
VERBS = ["GET", "LIST", "SCAN", "POST", "PUT", "PATCH", "DELETE"]
WRITES = {"POST", "PUT", "PATCH"}
# Everything but `sudo`: no probe with this gets at sealing, stepping down or rotating.
ORDINARY = 'path "*" { capabilities = ["create", "read", "update", "patch", "delete", "list", "scan", "evaluate"] }'
MOUNTS = {"kv-v1": "1", "kv-v2": "2"}


class Probe:
    """Asks one server about its routes, over one connection."""

    def __init__(self, server):
        self.server = server
        client = server.client()
        for path, version in MOUNTS.items():
            client.sys.enable_secrets_engine("kv", path=path, options={"version": version})
        client.sys.create_or_update_policy("ordinary", ORDINARY)
        self.connection = server.connect()

    def send(self, verb, path, token=None):
        """The answer to one request without content; the placeholders of the path are filled in."""
        concrete = path.replace("internal/ui/mounts/{path}", "internal/ui/mounts/kv-v2")
        concrete = concrete.replace("{bytes}", "4").replace("{source}", "platform").replace("{algorithm}", "sha2-256")
        concrete = "/".join("probe" if part.startswith("{") else part for part in concrete.split("/"))
        headers = [("X-Vault-Token", token)] if token else []
        if verb == "PATCH":
            headers.append(("Content-Type", "application/merge-patch+json"))
        body = "{}" if verb in WRITES else None
        self.connection.send(wire.encode(verb, "/v1" + concrete, headers, body))
        reply = self.connection.read()
        if reply.header("Content-Type") == "text/event-stream":
            self.connection.close()
            self.connection = self.server.connect()
        return reply

    def ordinary_token(self):
        """A token without `sudo`; a fresh one for each probe, as some probes revoke it."""
        # Without `default`, whose exact paths would win over the glob and grant less.
        body = {"policies": ["ordinary"], "no_default_policy": True, "ttl": "5m"}
        made = self.server.call("POST", "/v1/auth/token/create", "root", body)
        return made.json["auth"]["client_token"]

    def description(self):
        """What the server says of itself: the verbs, openness and need for `sudo` of each path."""
        reply = self.send("GET", "/sys/internal/specs/openapi", self.server.root_token)
        assert reply.status == 200
        described = {}
        for path, item in reply.json["paths"].items():
            verbs = {verb.upper() for verb in ("post", "patch", "delete") if verb in item}
            if "get" in item:
                lists = [one for one in item["get"].get("parameters", []) if one["name"] == "list"]
                verbs |= {"LIST"} if lists else set()
                verbs |= {"GET"} if not any(one["required"] for one in lists) else set()
            described[path] = (verbs, "x-vault-unauthenticated" in item, "x-vault-sudo" in item)
        return described


@pytest.fixture(scope="module")
def probes():
    """Two throw-away servers: with the defaults, and with everything opened that can be."""
    servers = [harness.Server(tls=False, compatibility=opened) for opened in (False, True)]
    yield [Probe(server.ready()) for server in servers]
    for server in servers:
        server.discard()


@pytest.fixture(scope="module")
def routes(probes):
    """The access that the probes found: {(path, verb): "open" | "opened" | "token" | "sudo"}."""
    default, opened = probes
    token = default.ordinary_token()
    found = {}
    for path, (verbs, _, _) in default.description().items():
        for verb in verbs:
            if default.send(verb, path).status != 403:
                found[path, verb] = "open"
            elif opened.send(verb, path).status != 403:
                found[path, verb] = "opened"
            else:
                if path.endswith("-self") or path.endswith("/revoke"):
                    status = default.send(verb, path, default.ordinary_token()).status
                else:
                    status = default.send(verb, path, token).status
                found[path, verb] = "sudo" if status == 403 else "token"
    for path, verbs in WITHOUT_MOUNTS.items():
        for verb in verbs:
            assert default.send(verb, path).status in (200, 400), (verb, path)
            found[path, verb] = "open"
    return found


def test_the_routes_are_the_reviewed_ones(routes):
    """A-09, C-11."""
    lines = sorted(f"{access:<6} {verb:<6} {path}" for (path, verb), access in routes.items())
    lines.sort(key=lambda line: line.split()[2])
    if os.environ.get("UPDATE_ROUTES"):
        SNAPSHOT.write_text(HEADER + "\n".join(["", *lines]) + "\n")
    reviewed = [line for line in SNAPSHOT.read_text().splitlines() if line and not line.startswith("#")]
    added, gone = sorted(set(lines) - set(reviewed)), sorted(set(reviewed) - set(lines))
    assert lines == reviewed, (
        f"the server's routes are not those of {SNAPSHOT.name}.\nnow:    {added}\nbefore: {gone}\n"
        f"Review each line by the questions at the head of {SNAPSHOT.name} (who may call it without a token? do globs "
        "of policies that people have already reach it?), then rewrite the file with UPDATE_ROUTES=1 and commit it."
    )


def test_what_is_open_was_argued_for(routes):
    """C-11: the open set is a literal list, whatever the file says."""
    assert {path for (path, _), access in routes.items() if access == "open"} <= MAY_BE_OPEN
    opened = {path for (path, _), access in routes.items() if access == "opened"}
    assert opened and all(path.startswith(MAY_BE_OPENED) for path in opened)


def test_the_description_tells_the_truth_about_who_is_let_in(probes, routes):
    """A-09: what a reviewer reads in the document is what the server does."""
    for probe, is_open in zip(probes, ({"open"}, {"open", "opened"})):
        for path, (verbs, says_open, says_sudo) in probe.description().items():
            for verb in verbs:
                access = routes[path, verb]
                if path == ASKS_ITSELF:
                    assert says_open and access == "token"
                    continue
                assert says_open == (access in is_open), (path, verb, access)
                if not says_open and access != "opened":
                    assert says_sudo == (access == "sudo"), (path, verb, access)


def test_verbs_that_a_route_does_not_serve_tell_a_stranger_nothing(probes, routes):
    """C-11: no verb beyond the described ones is served without a token, nor the help of closed routes."""
    default = probes[0]
    for path in {path for path, _ in routes}:
        served = {verb for known, verb in routes if known == path}
        is_open = path == ASKS_ITSELF or (path, "open") in {(known, access) for (known, _), access in routes.items()}
        for verb in set(VERBS) - served - ({"PUT"} if "POST" in served else set()):
            status = default.send(verb, path).status
            allowed = (400, 403, 404, 405) if is_open else (403,)
            assert status in allowed, (verb, path, status)
        if not is_open:
            assert default.send("GET", path + "?help=1").status == 403, path


def test_put_is_post(probes, routes):
    """A-09: the other spelling of a write is not another door."""
    default = probes[0]
    for path, verb in routes:
        if verb == "POST":
            assert (default.send("PUT", path).status == 403) == (routes[path, verb] != "open"), path


def test_probing_changed_nothing(probes, routes):
    """The probes themselves: both servers are still initialised, unsealed and whole."""
    for probe in probes:
        assert probe.send("GET", "/sys/health").status == 200
        mounts = probe.send("GET", "/sys/mounts", probe.server.root_token).json["data"]
        assert {f"{path}/" for path in MOUNTS} <= set(mounts)
