"""Feature flags: evaluation inside a process, remote evaluation beside the ceiling, subscribers, and a large store."""

import concurrent.futures
import http.client
import json
import os
import statistics
import subprocess
import time
import typing
import urllib.error
import urllib.parse

import load
import servers
import subscribers

FLAGS = 50
MANY_FLAGS = int(os.environ.get("MANY_FLAGS", "10000"))
WRITERS = 16
EVALUATE = "/ofrep/v1/evaluate/flags"
USER = {"context": {"targetingKey": "user-1", "plan": "paid"}}
HALVES = [{"variation": "on", "weight": 50_000}, {"variation": "off", "weight": 50_000}]
PAID = {"if": [{"attribute": "plan", "operator": "in", "values": ["paid", "trial"]}], "serve": {"variation": "on"}}
# The flags are of these kinds in turns: the same for everyone, with a rule, and with a split.
STATES = [
    {"on": True, "fallthrough": {"variation": "on"}},
    {"on": True, "rules": [PAID]},
    {"on": True, "fallthrough": {"split": HALVES}},
]


class Flags:
    """What the server is filled with."""

    policy = 'path "flags/evaluate/prod*" { capabilities = ["evaluate"] }'
    probe = "sys/health"

    def fill(self, vault):
        """Makes the flags that are asked for."""
        make(vault, range(FLAGS))


def make(vault, numbers):
    """Makes boolean flags with a state in `prod`, by several connections at once."""
    shares = [numbers[start::WRITERS] for start in range(WRITERS)]
    with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
        for made in [pool.submit(_make, vault, share) for share in shares]:
            made.result()


def _make(vault, numbers):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(vault.address).netloc, timeout=30)
    headers = {"X-Vault-Token": vault.root, "Content-Type": "application/json"}
    for number in numbers:
        for path, body in (
            (f"definitions/f{number}", {"type": "boolean"}),
            (f"states/prod/f{number}", STATES[number % len(STATES)]),
        ):
            connection.request("POST", f"/v1/flags/{path}", json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{path}: {answer.status} {text.decode()}")
    connection.close()


def ask(vault, target=EVALUATE, tag=None):
    """Evaluates as an application does; status, tag and body."""
    headers = {"Authorization": f"Bearer {vault.token}", "Content-Type": "application/json"}
    if tag:
        headers["If-None-Match"] = tag
    try:
        with vault.open("POST", target, USER, headers) as answer:
            return answer.status, answer.headers["ETag"], json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, error.headers["ETag"], None


def compare(ceiling, vault):
    """The rounds of remote evaluation."""
    _, tag, body = ask(vault)
    if len(body["flags"]) != FLAGS:
        raise SystemExit(f"{len(body['flags'])} flags in place of {FLAGS}")
    known = {"FLAGS": str(FLAGS), "TAG": tag}
    asked = {"FLAGS": str(FLAGS)}
    cases = {
        "ceiling, POST": load.Case(ceiling, "single", asked),
        "one flag": load.Case(vault, "single", asked),
        f"all {FLAGS} flags": load.Case(vault, "bulk", asked),
        "ceiling, POST, 304": load.Case(ceiling, "unchanged", known),
        f"all {FLAGS} flags, 304": load.Case(vault, "unchanged", known),
    }
    rounds = load.Rounds(cases)
    # wrk takes any 200 for one more answer.
    if ask(vault, tag=tag)[0] != 304:
        raise SystemExit("the tag is not known")
    return rounds


class Loading(typing.NamedTuple):
    """Of a store with many flags: seconds from unsealing to the first answer, and MiB then and at most."""

    seconds: float
    resident: float
    most: float


def first_answer(vault):
    """Restarts, unseals and evaluates one flag at once; nothing is loaded outside the time that is taken."""
    vault.restart()
    began = time.monotonic()
    vault.call("PUT", "sys/unseal", {"key": vault.key})
    while ask(vault, f"{EVALUATE}/f1")[0] != 200:
        if time.monotonic() - began > 30:
            raise SystemExit("no evaluation after unsealing")
    seconds = time.monotonic() - began
    return Loading(seconds, vault.resident(), vault.resident(most=True))


def listen(vault):
    """When subscribers hear that a flag was toggled."""
    stream = ask(vault)[2]["eventStreams"][0]["endpoint"]["requestUri"]

    def toggle(number):
        body = {"on": number % 2 == 1}
        return vault.call("POST", "flags/toggle/prod/f0", body, vault.root)["data"]["revision"]

    return subscribers.measure(vault, lambda _: stream, toggle)


class Measured(typing.NamedTuple):
    """All that is measured of flags; `inside` is what EvaluationTimes printed."""

    inside: dict
    rounds: load.Rounds
    heard: subscribers.Heard
    loading: Loading


def measure(ceiling):
    """Measures flags on a server of their own, whose subscribers come first: its heap is small then."""
    inside = json.loads(subprocess.run([os.environ["EVALUATION_BIN"]], capture_output=True, check=True).stdout)
    with servers.Vault(os.environ["PULSEVAULT_BIN"], "sqlite", False, Flags()) as vault:
        heard = listen(vault)
        rounds = compare(ceiling, vault)
        make(vault, range(FLAGS, MANY_FLAGS))
        taken = [first_answer(vault) for _ in range(load.ROUNDS)]
        loading = Loading(*(statistics.median(column) for column in zip(*taken)))
    return Measured(inside, rounds, heard, loading)
