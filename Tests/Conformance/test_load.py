"""Large folders and many requests: nobody waits for them, and they leave nothing behind in memory."""

import concurrent.futures
import threading
import time

import pytest

import harness
import wire

pytestmark = pytest.mark.beyond_bao(reason="OpenBao's memory is its own; its listings take no limit")


@pytest.fixture(scope="module")
def own():
    """A server of this file's own."""
    server = harness.Server(tls=False).ready()
    yield server
    server.discard()


def in_a_row(server, requests, connections=2, batch=50):
    """Send requests over a few connections, each batch at once; returns the statuses with their counts."""

    def some(share):
        seen = {}
        with server.connect(timeout=60) as connection:
            for begin in range(0, len(share), batch):
                part = share[begin : begin + batch]
                connection.send(b"".join(part))
                for _ in part:
                    status = connection.read().status
                    seen[status] = seen.get(status, 0) + 1
        return seen

    total = {}
    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        for seen in pool.map(some, [requests[share::connections] for share in range(connections)]):
            for status, count in seen.items():
                total[status] = total.get(status, 0) + count
    return total


# -- D-11 -----------------------------------------------------------------------------------------------

NAMES = 20_000


@pytest.fixture(scope="module")
def folder(own):
    """A folder of 20,000 keys."""
    client = own.client()
    client.sys.enable_secrets_engine("kv", path="wide", options={"version": "1"})
    token = [("X-Vault-Token", own.root_token)]
    requests = [wire.encode("PUT", f"/v1/wide/all/n{number:05}", token, '{"v":1}') for number in range(NAMES)]
    assert in_a_row(own, requests, connections=8) == {204: NAMES}
    return "wide/all"


def test_a_large_folder_is_listed_while_others_read(own, folder):
    """D-11: whole and by parts; meanwhile no read waits for two seconds."""
    slowest, count, done = 0.0, 0, threading.Event()

    def read():
        nonlocal slowest, count
        with own.connect() as connection:
            while not done.is_set():
                begun = time.monotonic()
                connection.send(wire.encode("GET", f"/v1/{folder}/n00007", [("X-Vault-Token", own.root_token)]))
                assert connection.read().status == 200
                slowest, count = max(slowest, time.monotonic() - begun), count + 1
                done.wait(0.005)

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        try:
            for _ in range(5):
                begun = time.monotonic()
                keys = own.call("LIST", f"/v1/{folder}", "root").json["data"]["keys"]
                assert time.monotonic() - begun < 2
                assert keys == [f"n{number:05}" for number in range(NAMES)]
            for after, limit in (("", 100), ("n00099", 100), ("n19949", 100), ("n12345", 1), ("n10000zzz", 3)):
                begun = time.monotonic()
                path = f"/v1/{folder}?list=true&limit={limit}&after={after}"
                part = own.call("GET", path, "root").json["data"]["keys"]
                assert time.monotonic() - begun < 0.5
                assert part == [key for key in keys if key > after][:limit], (after, limit)
        finally:
            done.set()
        reading.result()
    assert count > 20
    assert slowest < 2, f"a read took {slowest:.2f} s"


def test_a_large_folder_can_be_walked_by_parts(own, folder):
    """D-11: each key once, in order, with each part asked for behind the last key of the one before."""
    found, after = [], ""
    while True:
        reply = own.call("GET", f"/v1/{folder}?list=true&limit=1500&after={after}", "root")
        if reply.status == 404:
            break
        part = reply.json["data"]["keys"]
        assert 0 < len(part) <= 1500
        found += part
        after = part[-1]
        if len(part) < 1500:
            break
    assert found == [f"n{number:05}" for number in range(NAMES)]


# -- D-05 -----------------------------------------------------------------------------------------------

POLICY = """
path "mem/a/*"       { capabilities = ["read", "list"] }
path "mem/+/b"       { capabilities = ["read", "update"] }
path "mem/no/*"      { capabilities = ["deny"] }
path "mem/param/*"   { capabilities = ["create", "update"]  allowed_parameters = { "v" = ["1", "2"] } }
path "sys/capabilities-self" { capabilities = ["update"] }
"""


def resident(server):
    """The resident memory of the server's process, in KiB."""
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def test_checks_of_policies_leave_nothing_in_memory(own):
    """D-05: from the 5,000th check to the 20,000th the process does not grow by 4 MiB."""
    client = own.client()
    client.sys.enable_secrets_engine("kv", path="mem", options={"version": "1"})
    for index in range(5):
        client.sys.create_or_update_policy(f"mem{index}", POLICY)
    own.call("PUT", "/v1/mem/a/x", "root", {"v": 1})
    own.call("PUT", "/v1/mem/c/b", "root", {"v": 1})
    token = client.auth.token.create(policies=[f"mem{index}" for index in range(5)])["auth"]["client_token"]
    header = [("X-Vault-Token", token)]

    def requests(first, count):
        made = []
        for number in range(first, first + count):
            made.append(
                (
                    wire.encode("GET", "/v1/mem/a/x", header),
                    wire.encode("GET", "/v1/mem/c/b", header),
                    # Never the same path twice, so that nothing can be kept for each path.
                    wire.encode("GET", f"/v1/mem/no/{number}", header),
                    wire.encode("PUT", f"/v1/mem/param/{number}", header, {"v": "3"}),
                    wire.encode("PUT", "/v1/sys/capabilities-self", header, {"paths": [f"mem/{number}/b", "mem/a/x"]}),
                )[number % 5]
            )
        return made

    expected = lambda count: {200: count * 3 // 5, 403: count * 2 // 5}
    assert in_a_row(own, requests(0, 5_000)) == expected(5_000)
    warm = resident(own)
    assert in_a_row(own, requests(5_000, 15_000)) == expected(15_000)
    grown = resident(own) - warm
    assert grown < 4 * 1024, f"grown by {grown} KiB beyond {warm} KiB"
