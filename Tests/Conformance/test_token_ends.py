"""What is left of a token, and of what belongs to it, once it has ended; and what a failed creation leaves."""

import concurrent.futures
import math
import threading
import time
import urllib.parse
import uuid

import pytest

import harness
import wire

pytestmark = pytest.mark.beyond_bao(reason="OpenBao ends tokens, and what they leave, in the background")


@pytest.fixture(scope="module")
def own():
    """A server of this file's own: its list of accessors is compared before and after."""
    server = harness.Server(tls=False).ready()
    client = server.client()
    client.sys.enable_secrets_engine("kv", path="one", options={"version": "1"})
    client.sys.enable_secrets_engine("kv", path="two", options={"version": "2"})
    client.sys.create_or_update_policy(
        "all", 'path "*" { capabilities = ["create", "read", "update", "patch", "delete", "list"] }'
    )
    yield server
    server.discard()


def make(server, **options):
    """The `auth` block of a new token with the policy `all`."""
    body = {"policies": ["all"], "ttl": "10m"} | options
    return server.call("POST", "/v1/auth/token/create", "root", body).json["auth"]


def accessors(server):
    """The accessors of all living tokens."""
    return set(server.call("LIST", "/v1/auth/token/accessors", "root").json["data"]["keys"])


def lives(server, token):
    """Whether the token is still known; asked by root, so that no use of it is spent."""
    return server.call("POST", "/v1/auth/token/lookup", "root", {"token": token}).status == 200


def kept(server, wrapping):
    """Whether an answer is still to be had for a wrapping token; asked without using it up."""
    return server.call("POST", "/v1/sys/wrapping/lookup", body={"token": wrapping}).status == 200


WRAP = [("X-Vault-Wrap-TTL", "300")]


# -- T-04: uses run out -----------------------------------------------------------------------------


def test_a_token_whose_uses_run_out_is_gone_with_its_cubbyhole(own):
    """T-04: the token, its accessor and its private records end with its last use; its wrapping token stands alone."""
    name, canary = "limited" + uuid.uuid4().hex, "canary" + uuid.uuid4().hex
    auth = make(own, id=name, num_uses=2)
    assert auth["num_uses"] == 2 and auth["accessor"] in accessors(own)
    wrapped = own.call("POST", "/v1/sys/wrapping/wrap", name, {"v": canary}, WRAP).json["wrap_info"]
    assert own.call("POST", "/v1/auth/token/lookup", "root", {"token": name}).json["data"]["num_uses"] == 1
    assert own.call("POST", "/v1/cubbyhole/mine", name, {"v": canary}).status == 204

    for _ in range(2):
        assert own.call("GET", "/v1/cubbyhole/mine", name).status == 403
    assert not lives(own, name)
    assert auth["accessor"] not in accessors(own)
    for path in ("lookup-accessor", "renew-accessor", "revoke-accessor"):
        reply = own.call("POST", f"/v1/auth/token/{path}", "root", {"accessor": auth["accessor"]})
        assert reply.status in (400, 403, 404), path
    # Nobody can get at the private records, not even a token of the same name.
    make(own, id=name)
    assert own.call("GET", "/v1/cubbyhole/mine", name).status == 404
    assert own.call("LIST", "/v1/cubbyhole", name).status == 404
    # As in Vault, a wrapping token has no parent: whoever was given it can still open it, once.
    assert kept(own, wrapped["token"])
    assert own.call("POST", "/v1/sys/wrapping/unwrap", wrapped["token"]).json["data"] == {"v": canary}
    assert own.call("POST", "/v1/sys/wrapping/unwrap", wrapped["token"]).status == 400


def test_a_limited_token_has_no_children_and_refusals_count_as_uses(own):
    """T-04: Vault's rule. A token that cannot have children leaves none behind."""
    before = accessors(own)
    token = make(own, num_uses=4)["client_token"]
    for path in ("create", "create-orphan"):
        reply = own.call("POST", f"/v1/auth/token/{path}", token, {"policies": ["all"]})
        assert (reply.status, reply.errors) == (400, ["restricted use token cannot generate child tokens"])
    assert own.call("POST", "/v1/auth/token/create", token, {"policies": ["root"]}).status in (400, 403)
    assert own.call("GET", "/v1/sys/audit", token).status == 403
    assert not lives(own, token)
    assert accessors(own) == before


def test_the_last_use_ends_a_token_even_when_it_asks_for_itself(own):
    """T-04: a last use that renews, looks up or revokes."""
    for path, status in (("lookup-self", 200), ("renew-self", 200), ("revoke-self", 204)):
        token = make(own, num_uses=1)["client_token"]
        reply = own.call("GET" if path == "lookup-self" else "POST", f"/v1/auth/token/{path}", token)
        assert reply.status == status
        assert not lives(own, token), path


# -- T-08: odd names ----------------------------------------------------------------------------------

NAMES = {
    "dots": ".a.b..c.",
    "dots only": "...",
    "blanks": " a  b ",
    "percent": "100%",
    "an escape as text": "%2e%2e%2fx",
    "plus and ampersand": "a+b&c=d",
    "glob": "*+{x}[y]?",
    "quotes": "\"'`\\;$(x)",
    "composed": "caf\u00e9",
    "decomposed": "cafe\u0301",
    "a mark at the beginning": "\u0301x",
    "joined": "\U0001f469\u200d\U0001f4bb",
    "from right to left": "\u05d0\u202e\u05d1",
    "Kelvin": "\u212a",
    "long": "n" * 1024,
    "long in four-byte characters": "\U0001f600" * 256,
    "hash": "a#b",
    "colon": "h:x,y@z",
}


def quoted(name):
    """The name in a target."""
    return urllib.parse.quote(name, safe="")


@pytest.mark.parametrize("kind", ["one", "two", "cubbyhole"])
def test_odd_names_are_written_listed_and_deleted(own, kind):
    """T-08, S-02: each name is a secret of its own, and afterwards nothing of any is left."""
    secret = {"one": "/v1/one/odd/{}", "two": "/v1/two/data/odd/{}", "cubbyhole": "/v1/cubbyhole/odd/{}"}[kind]
    whole = "/v1/two/metadata/odd/{}" if kind == "two" else secret
    folder = {"one": "one/odd", "two": "two/metadata/odd", "cubbyhole": "cubbyhole/odd"}[kind]
    refused = set()
    for title, name in NAMES.items():
        value = {"data": {"v": title}} if kind == "two" else {"v": title}
        written = own.call("PUT", secret.format(quoted(name)), "root", value)
        if written.status == 400:
            refused.add(title)
        else:
            assert written.status in (200, 204), title
    # What cannot be told apart on a screen or would end in a blank may be refused, but then at once.
    assert refused <= {"blanks", "from right to left", "joined", "a mark at the beginning"}
    accepted = {title: name for title, name in NAMES.items() if title not in refused}
    listed = own.call("LIST", f"/v1/{folder}", "root").json["data"]["keys"]
    assert sorted(listed) == sorted(accepted.values())
    for title, name in accepted.items():
        data = own.call("GET", secret.format(quoted(name)), "root").json["data"]
        assert (data["data"] if kind == "two" else data) == {"v": title}
    for index, (title, name) in enumerate(accepted.items(), 1):
        assert own.call("DELETE", whole.format(quoted(name)), "root").status == 204
        assert own.call("GET", secret.format(quoted(name)), "root").status == 404
        left = own.call("LIST", f"/v1/{folder}", "root")
        assert (left.status, index) == (404, len(accepted)) or len(left.json["data"]["keys"]) == len(accepted) - index


def wrap_read(server, path):
    """A wrapping token for the answer to a read."""
    reply = server.call("GET", f"/v1/{path}", "root", headers=WRAP)
    assert reply.status == 200
    return reply.json["wrap_info"]


@pytest.mark.parametrize("title", ["dots", "blanks", "percent", "an escape as text", "composed", "long", "glob"])
def test_answers_wrapped_at_odd_paths_tell_their_path_and_can_be_revoked(own, title):
    """T-08: by token, by accessor, and by being opened."""
    name = NAMES[title]
    path = f"two/data/{quoted(name)}"
    if own.call("PUT", f"/v1/{path}", "root", {"data": {"v": title}}).status == 400:
        pytest.skip("a name that is refused")
    infos = [wrap_read(own, path) for _ in range(3)]
    for info in infos:
        assert info["creation_path"] == f"two/data/{name}"
        looked = own.call("POST", "/v1/sys/wrapping/lookup", body={"token": info["token"]}).json["data"]
        assert looked["creation_path"] == f"two/data/{name}"
    assert own.call("POST", "/v1/auth/token/revoke", "root", {"token": infos[0]["token"]}).status == 204
    assert own.call("POST", "/v1/auth/token/revoke-accessor", "root", {"accessor": infos[1]["accessor"]}).status == 204
    assert own.call("POST", "/v1/sys/wrapping/unwrap", infos[2]["token"]).status == 200
    for info in infos:
        assert not kept(own, info["token"])
        assert info["accessor"] not in accessors(own)


@pytest.mark.parametrize("title", ["dots", "percent", "composed", "long"])
def test_revoking_by_prefix_reaches_answers_wrapped_there(own, title):
    """T-08."""
    name = quoted(NAMES[title])
    for folder in ("", "beside"):
        own.call("PUT", f"/v1/two/data/{folder}{name}/x", "root", {"data": {"v": title}})
    inside, beside = wrap_read(own, f"two/data/{name}/x"), wrap_read(own, f"two/data/beside{name}/x")
    assert own.call("PUT", f"/v1/sys/leases/revoke-prefix/two/data/{name}", "root").status == 204
    assert kept(own, beside["token"])
    assert not kept(own, inside["token"])


def test_leases_of_tokens_and_wrapped_answers_can_be_looked_up(own):
    """T-08: what can be revoked by a prefix can be found below it, and revoked by its own name."""
    name = quoted(NAMES["composed"])
    own.call("PUT", f"/v1/two/data/look/{name}/x", "root", {"data": {"v": 1}})
    info, auth = wrap_read(own, f"two/data/look/{name}/x"), make(own)
    for folder, token in ((f"two/data/look/{name}/x", info["token"]), ("auth/token/create", auth["client_token"])):
        found = own.call("LIST", f"/v1/sys/leases/lookup/{folder}", "root")
        assert found.status == 200
        for key in found.json["data"]["keys"]:
            lease = f"{urllib.parse.unquote(folder)}/{key}"
            data = own.call("PUT", "/v1/sys/leases/lookup", "root", {"lease_id": lease}).json["data"]
            assert data["id"] == lease and 0 < data["ttl"] <= 32 * 86400
            assert own.call("PUT", "/v1/sys/leases/revoke", "root", {"lease_id": lease, "sync": True}).status == 204
        assert not lives(own, token) and not kept(own, token)


@pytest.mark.parametrize("call", ["leases/revoke-prefix", "revoke-prefix", "leases/revoke-force", "revoke-force"])
def test_revoking_by_prefix_reaches_tokens_of_roles_with_dots_and_no_others(own, call):
    """T-08: the prefix ends at a slash, a dot in it is a dot, and a suffix of the path is part of it."""
    stem = "r" + uuid.uuid4().hex[:8]
    made = {}
    for end, suffix in ((".a", ""), (".a.b", ""), ("xa", ""), (".s", "v1.2"), (".t", "v112")):
        role = stem + end
        body = {"allowed_policies": ["all"], "path_suffix": suffix}
        assert own.call("POST", f"/v1/auth/token/roles/{role}", "root", body).status == 204
        made[role] = own.call("POST", f"/v1/auth/token/create/{role}", "root", {"policies": ["all"]}).json["auth"]
        child = own.call("POST", "/v1/auth/token/create", made[role]["client_token"], {"policies": ["all"]})
        made[role + " child"] = child.json["auth"]
    alive = lambda: {role for role, auth in made.items() if lives(own, auth["client_token"])}
    everybody = set(made)
    assert alive() == everybody
    for prefix, ended in (
        (f"auth/token/create/{stem}", set()),
        (f"auth/token/create/{stem}.a", {f"{stem}.a"}),
        (f"auth/token/create/{stem}.s/v1.2", {f"{stem}.s"}),
        (f"auth/token/create/{stem}.t/v1.2", set()),
    ):
        assert own.call("PUT", f"/v1/sys/{call}/{prefix}", "root").status == 204
        everybody -= ended | {f"{role} child" for role in ended}
        assert alive() == everybody, prefix


# -- the line of parents --------------------------------------------------------------------------------


@pytest.mark.parametrize("restarts", [False, True], ids=["running", "after a restart"])
def test_descendants_end_with_an_expired_token_at_once(new_server, restarts):
    """Whatever the sweep does: a child, its child and a batch token are refused right after the parent's time."""
    server = new_server()
    server.initialise()
    server.unseal()
    client = server.client()
    client.sys.create_or_update_policy("all", 'path "*" { capabilities = ["create", "read", "update", "list"] }')
    parent = make(server, ttl="8s")["client_token"]
    end = time.time() + 8
    below = lambda token, **more: server.call(
        "POST", "/v1/auth/token/create", token, {"policies": ["all"], "ttl": "10m"} | more
    ).json["auth"]["client_token"]
    child = below(parent)
    line = [child, below(child), below(child, type="batch")]
    look = lambda token: server.call("GET", "/v1/auth/token/lookup-self", token).status
    assert [look(token) for token in line] == [200, 200, 200]
    if restarts:
        server.stop()
        server.start_again()
    time.sleep(max(0, end + 0.3 - time.time()))
    assert [look(token) for token in line] == [403, 403, 403]
    assert time.time() < end + 2, "too late to tell"


# -- T-09: failures leave nothing -----------------------------------------------------------------------


def test_what_fails_leaves_no_token(own):
    """T-09: 300 refused creations and 300 refused unwraps, from many sides at once."""
    weak = own.call("POST", "/v1/auth/token/create", "root", {"policies": ["default"]}).json["auth"]["client_token"]
    middling = make(own)["client_token"]
    own.call("POST", "/v1/auth/token/roles/narrow", "root", {"allowed_policies": ["default"]})
    opened = own.call("POST", "/v1/sys/wrapping/wrap", "root", {"v": 1}, WRAP).json["wrap_info"]["token"]
    own.call("POST", "/v1/sys/wrapping/unwrap", opened)
    before = accessors(own)
    creations = [
        ("root", "create", {"ttl": "x"}),
        ("root", "create", {"num_uses": -1}),
        ("root", "create", {"id": "a.b"}),
        ("root", "create", {"type": "batch", "num_uses": 3}),
        ("root", "create", {"type": "batch", "policies": ["root"]}),
        ("root", "create", {"policies": {"a": 1}}),
        ("root", "create", {"policies": ["../root"]}),
        ("root", "create", {"explicit_max_ttl": "-3h"}),
        ("root", "create/narrow", {"policies": ["all"]}),
        ("root", "create/none", {}),
        (middling, "create", {"policies": ["root"]}),
        (middling, "create", {"policies": ["elsewhere"]}),
        (middling, "create", {"no_parent": True}),
        (middling, "create", {"id": "mine"}),
        (middling, "create", {"period": "1h"}),
        (weak, "create", {}),
        (weak, "create-orphan", {}),
        ("hvs.unknown", "create", {}),
        (None, "create", {}),
        (opened, "create", {}),
    ]
    unwraps = [
        (opened, {}),
        ("root", {"token": opened}),
        (None, {"token": opened}),
        (None, {"token": "hvs.none"}),
        (weak, {"token": weak}),
        (None, {"token": [1]}),
        (None, {}),
        ("root", {"token": weak}),
    ]

    def fail(index):
        answers = []
        token, path, body = creations[index % len(creations)]
        headers = WRAP if index // len(creations) % 2 else []
        answers.append(own.call("POST", f"/v1/auth/token/{path}", token, body, headers))
        token, body = unwraps[index % len(unwraps)]
        answers.append(own.call("POST", "/v1/sys/wrapping/unwrap", token, body, headers))
        assert all(400 <= one.status < 500 for one in answers), (index, [one.status for one in answers])
        assert not any("client_token" in one.text or "wrap_info" in one.text for one in answers)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(300)))
    assert accessors(own) == before


# -- D-12: many at once ---------------------------------------------------------------------------------


class Readers:
    """Reads on one connection for as long as the block lasts; knows the slowest."""

    def __init__(self, server):
        self.server, self.slowest, self.count = server, 0.0, 0
        self.done, self.thread = threading.Event(), threading.Thread(target=self.run)
        server.call("PUT", "/v1/one/read", "root", {"v": "x"})

    def run(self):
        with self.server.connect() as connection:
            while not self.done.is_set():
                begun = time.monotonic()
                connection.send(wire.encode("GET", "/v1/one/read", [("X-Vault-Token", self.server.root_token)]))
                assert connection.read().status == 200
                self.slowest, self.count = max(self.slowest, time.monotonic() - begun), self.count + 1
                self.done.wait(0.005)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def make_many(server, count, path="create", token="root", **body):
    """Make tokens over a few connections; values that can be called are called for each."""

    def some(share):
        header = ("X-Vault-Token", server.root_token if token == "root" else token)
        made = []
        with server.connect() as connection:
            for _ in range(share):
                now = {key: value() if callable(value) else value for key, value in body.items()}
                connection.send(wire.encode("POST", f"/v1/auth/token/{path}", [header], now))
                made.append(connection.read().json["auth"])
        return made

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return [auth for made in pool.map(some, [count // 4] * 4) for auth in made]


def revoke_many(own, way, count):
    """Revokes `count` things at once, looks that nothing is left, and returns how many seconds it took."""
    children = []
    parent = make(own)["client_token"]
    role = "many" + uuid.uuid4().hex[:8]
    assert own.call("POST", f"/v1/auth/token/roles/{role}", "root", {}).status == 204
    target, body = "auth/token/revoke", {"token": parent}
    if way == "cubbyhole":
        for index in range(count):
            assert own.call("PUT", f"/v1/cubbyhole/{index}", parent, {"v": 1}).status == 204
    else:
        children = make_many(own, count, path=f"create/{role}", token=parent, policies=["default"])
    if way == "prefix":
        target = f"sys/leases/revoke-prefix/auth/token/create/{role}"
    elif way == "orphaning":
        target = "auth/token/revoke-orphan"
    begun = time.monotonic()
    reply = own.call("POST", f"/v1/{target}", "root", body)
    took = time.monotonic() - begun
    assert reply.status == 204
    assert lives(own, parent) == (way == "prefix")
    left = accessors(own) & {auth["accessor"] for auth in children}
    assert len(left) == (count if way == "orphaning" else 0)
    return took


@pytest.mark.parametrize("way", ["parent", "prefix", "orphaning", "cubbyhole"])
def test_revoking_many_costs_as_much_as_there_are(own, way):
    """D-12, T-07: sixteen times as many cost nothing like two hundred and fifty times as much."""
    few = min(revoke_many(own, way, 40) for _ in range(3))
    many = min(revoke_many(own, way, 640) for _ in range(2))
    assert many < 64 * max(few, 0.005), f"40 took {few:.3f} s, 640 took {many:.3f} s"


def test_a_long_revocation_holds_no_reader_up(own):
    """D-12: whatever a revocation costs, reads are answered meanwhile."""
    role = "held" + uuid.uuid4().hex[:8]
    assert own.call("POST", f"/v1/auth/token/roles/{role}", "root", {}).status == 204
    make_many(own, 120, path=f"create/{role}", policies=["default"])
    with Readers(own) as readers:
        assert own.call("PUT", f"/v1/sys/leases/revoke-prefix/auth/token/create/{role}", "root").status == 204
    assert readers.count > 0 and readers.slowest < 1, f"a read took {readers.slowest:.2f} s"


@pytest.fixture(scope="module")
def expiry(own):
    """What was seen when 2,000 tokens expired within a second: (figures of readers, tokens, accessors still there)."""
    begun = time.time()
    make_many(own, 100, policies=["default"])
    end = math.ceil(time.time() + 1 + 30 * (time.time() - begun))  # so that all are there before the first one ends
    made = make_many(own, 2000, policies=["default"], ttl=lambda: f"{max(1, math.ceil(end - time.time()))}s")
    doomed = {auth["accessor"] for auth in made}
    listed = accessors(own)
    assert time.time() < end and doomed <= listed and len(doomed) == 2000
    with Readers(own) as readers:
        left = doomed
        while left and time.time() < end + 3:
            readers.done.wait(0.05)
            left = accessors(own) & doomed
    return readers, made, left


def test_tokens_that_expire_together_hold_nobody_up(own, expiry):
    """D-12: no read waits for a second, and none of the tokens works any more."""
    readers, made, _ = expiry
    assert readers.count > 100
    assert readers.slowest < 1, f"a read took {readers.slowest:.2f} s"
    for auth in made[::40]:
        assert own.call("GET", "/v1/auth/token/lookup-self", auth["client_token"]).status == 403


def test_tokens_that_expire_together_do_not_stay(expiry):
    """D-12: a few seconds later their accessors are not listed any more."""
    assert len(expiry[2]) == 0
