"""Configuration: effective documents unchanged and rendered anew, watchers, and a change set."""

import concurrent.futures
import http.client
import json
import os
import statistics
import threading
import time
import typing
import urllib.error
import urllib.parse

import load
import servers
import subscribers

KEYS = 200
SERVICES = 50
INSTANCES = 20
# So many layers say something of the keys of a place, and the keys of which each says it are multiples of this.
LAYERS = {
    "global": 1,
    "env/prod": 2,
    "service/{service}": 5,
    "service/{service}/env/prod": 10,
    "instance/{service}/{instance}": 100,
}
# A key that the layer `global` alone speaks of, so that its change is one for everybody.
COMMON = 1
CHANGES_A_SECOND = 20
ITEMS = 100
APPLIED = 15
WRITERS = 8
TYPES = ("string", "string", "integer", "boolean", "object")
CEILING, UNCHANGED = "ceiling, GET, 304", "unchanged, 304"
SENT, CHANGED = "unchanged, sent", "changed, rendered anew"


def name(number):
    """The name of a key."""
    return f"group-{number // 20}.setting-{number}"


def value(number, variant):
    """What a layer says of a key; variants are different values, except for booleans, of which there are two."""
    kind = TYPES[number % len(TYPES)]
    if kind == "integer":
        return number * 1_000 + variant
    if kind == "boolean":
        return variant % 2 == 0
    if kind == "object":
        return {"host": f"host-{variant}.example", "port": 5_432, f"option-{variant % 7}": variant}
    return f"the value of setting {number}, variant {variant}"


class Settings:
    """What the server is filled with: keys, and the values that their layers have."""

    policy = 'path "config/effective/*" { capabilities = ["read"] }\npath "config/watch/*" { capabilities = ["read"] }'
    probe = "sys/health"

    def fill(self, vault):
        """Declares the keys and writes the values, by several connections at once."""
        self._write(vault, [
            (f"keys/{name(number)}", {"type": TYPES[number % len(TYPES)], "description": "for a measurement"})
            for number in range(KEYS)
        ])
        self._write(vault, [
            (f"data/{layer}/{name(number)}", {"value": value(number, place)})
            for place, (layer, number) in enumerate(self._said())
        ])

    def _said(self):
        """Each layer once, with each key it speaks of."""
        for form, every in LAYERS.items():
            layers = {
                form.format(service=f"s{service}", instance=f"i{instance}"): None
                for service in range(SERVICES) for instance in range(INSTANCES)
            }
            for layer in layers:
                for number in range(0, KEYS, every):
                    yield layer, number

    def _write(self, vault, requests):
        shares = [requests[start::WRITERS] for start in range(WRITERS)]
        with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
            for done in [pool.submit(self._share, vault, share) for share in shares]:
                done.result()

    def _share(self, vault, requests):
        connection = Connection(vault)
        for path, body in requests:
            connection.post(f"config/{path}", body)
        connection.close()


class Refused(Exception):
    """An answer that is an error; its status."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Connection:
    """A connection that is kept, with the root token."""

    def __init__(self, vault):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(vault.address).netloc, timeout=30)
        self.headers = {"X-Vault-Token": vault.root, "Content-Type": "application/json"}

    def post(self, path, body):
        """A change; the answer's data."""
        text = self._send("POST", f"/v1/{path}", json.dumps(body))
        return json.loads(text)["data"] if text else None

    def get(self, target):
        """A read; the answer's text."""
        return self._send("GET", target, None)

    def _send(self, method, target, body):
        self.connection.request(method, target, body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 204):
            raise Refused(answer.status, f"{target}: {answer.status} {text.decode()}")
        return text

    def close(self):
        """Ends it."""
        self.connection.close()


class Writer:
    """Changes a key for everybody at a steady rate while it is entered; notes at which rate it really did."""

    def __init__(self, vault):
        self.vault = vault
        self.rates = []
        self.variant = 0

    def __enter__(self):
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()

    def _run(self):
        connection = Connection(self.vault)
        began, count = time.monotonic(), 0
        while not self.is_over.wait(max(0, began + count / CHANGES_A_SECOND - time.monotonic())):
            self.variant += 1
            connection.post(f"config/data/global/{name(COMMON)}", {"value": value(COMMON, self.variant)})
            count += 1
        self.rates.append(count / (time.monotonic() - began))
        connection.close()


def question(service, instance):
    """Where the document of a place is."""
    return f"/v1/config/effective/s{service}?env=prod&instance=i{instance}"


def ask(vault, tag=None):
    """Reads the first place's document as an instance does; status, tag and text."""
    headers = {"X-Vault-Token": vault.token} | ({"If-None-Match": tag} if tag else {})
    try:
        with vault.open("GET", question(0, 0), None, headers) as answer:
            return answer.status, answer.headers["ETag"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["ETag"], b""


def compare(ceiling, vault, writer):
    """The rounds, and the length of a document's answer."""
    text = ask(vault)[2]
    document = json.loads(text)["data"]
    if len(document["values"]) != KEYS:
        raise SystemExit(f"{len(document['values'])} keys in place of {KEYS}")
    places = {"SERVICES": str(SERVICES), "INSTANCES": str(INSTANCES)}

    def known():
        # The tag of now: the writer has changed the document since the last round.
        tag = ask(vault)[1]
        # wrk takes any 200 for one more answer.
        if ask(vault, tag)[0] != 304:
            raise SystemExit("the tag is not known")
        return places | {"TAG": tag}

    def rendered():
        # All of them once: those that changed with the last round are not what is measured.
        connection = Connection(vault)
        for service in range(SERVICES):
            for instance in range(INSTANCES):
                connection.get(question(service, instance))
        connection.close()
        return places

    cases = {
        CEILING: load.Case(ceiling, "known", known),
        UNCHANGED: load.Case(vault, "known", known),
        SENT: load.Case(vault, "documents", rendered),
        CHANGED: load.Case(vault, "documents", places, writer),
    }
    return load.Rounds(cases), len(text)


def watched(number):
    """The stream of one of the watchers; they are of all services and instances."""
    return f"/v1/config/watch/s{number % SERVICES}?env=prod&instance=i{number // SERVICES}"


def watch(vault):
    """When watchers hear of a change of a key that concerns them all."""
    path = f"config/data/global/{name(COMMON)}"

    def change(number):
        body = {"value": value(COMMON, -1 - number)}
        return vault.call("POST", path, body, vault.root)["data"]["revision"]

    return subscribers.measure(vault, watched, change, headers={"X-Vault-Token": vault.token})


def apply(vault):
    """The seconds that it takes to apply a change set; none where the server has no change sets."""
    connection = Connection(vault)
    seconds = []
    try:
        for turn in range(APPLIED):
            items = [
                {"kind": "config", "path": f"global/{name(number)}", "op": "put",
                 "body": {"value": value(number, 100_000 + turn)}}
                for number in range(ITEMS)
            ]
            made = connection.post("pulse/changesets", {"message": "a measurement", "items": items})
            began = time.monotonic()
            connection.post(f"pulse/changesets/{made['id']}/apply", {})
            seconds.append(time.monotonic() - began)
    except Refused as refusal:
        if refusal.status != 404:
            raise SystemExit(str(refusal))
        return []
    finally:
        connection.close()
    return seconds


class Measured(typing.NamedTuple):
    """All that is measured of configuration."""

    rounds: load.Rounds
    # The bytes of an answer with a document, and how often a second a key was really changed meanwhile.
    length: int
    changes: float
    heard: subscribers.Heard
    # The seconds of each change set that was applied.
    applied: list


def measure(ceiling):
    """Measures configuration on a server of its own, whose watchers come first: its heap is small then."""
    with servers.Vault(os.environ["PULSEVAULT_BIN"], "sqlite", False, Settings()) as vault:
        heard = watch(vault)
        writer = Writer(vault)
        rounds, length = compare(ceiling, vault, writer)
        return Measured(rounds, length, statistics.median(writer.rates), heard, apply(vault))
