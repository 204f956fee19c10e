"""Kills a server in the middle of its work, again and again, and counts what is missing afterwards.

Writers put increasing numbers into keys of their own, each write with check-and-set. An acknowledged write has to be
there after every crash with its version and value; of each writer at most the one write under way may be there as well.
"""

import argparse
import json
import random
import sys
import threading
import time

import harness
import wire

VERSIONS_PER_KEY = 10  # what KV v2 keeps of one key, so that every acknowledged write stays readable
MOUNT = "drill"


class Writer(threading.Thread):
    """One client on one connection that writes 1, 2, 3, ... until the server goes away."""

    def __init__(self, server, name, start):
        super().__init__(daemon=True)
        self.server, self.name_of_writer = server, name
        self.attempted = start
        self.acknowledged = start
        self.times = []  # (number, CLOCK_MONOTONIC in ns when the answer had arrived)
        self.unexpected = None
        self.halt = threading.Event()

    def run(self):
        try:
            with self.server.connect() as connection:
                while not self.halt.is_set():
                    number = self.acknowledged + 1
                    self.attempted = number
                    key, version = place(self.name_of_writer, number)
                    body = {"options": {"cas": version - 1}, "data": value(self.name_of_writer, number)}
                    headers = [("X-Vault-Token", self.server.root_token)]
                    connection.send(wire.encode("POST", f"/v1/{MOUNT}/data/{key}", headers, body))
                    reply = connection.read()
                    if reply.status != 200 or reply.json["data"]["version"] != version:
                        self.unexpected = f"{key} version {version}: {reply.status} {reply.body[:200]!r}"
                        return
                    self.acknowledged = number
                    self.times.append((number, time.monotonic_ns()))
        except (OSError, wire.Closed, ValueError, IndexError):
            return  # the crash


def place(writer, number):
    """The key and the version under which a writer's write `number` (from 1) lies."""
    return f"{writer}/{(number - 1) // VERSIONS_PER_KEY}", (number - 1) % VERSIONS_PER_KEY + 1


def value(writer, number):
    """What that write holds; its length varies, so that rows of several sizes are written."""
    return {"writer": writer, "number": number, "filler": f"{writer}-{number}-" * (1 + number * 7 % 60)}


class Reader:
    """Reads over one connection."""

    def __init__(self, server):
        self.server, self.connection = server, server.connect()

    def get(self, path):
        headers = [("X-Vault-Token", self.server.root_token)]
        self.connection.send(wire.encode("GET", f"/v1/{MOUNT}/{path}", headers, None))
        return self.connection.read()


def check_writer(reader, writer, acknowledged, attempted, start=0):
    """Check the writes from the key of write `start + 1` on.

    Returns the last write that is there, and a list of faults.
    """
    start -= start % VERSIONS_PER_KEY
    faults = []
    present = acknowledged
    for number in range(start + 1, attempted + 1):
        key, version = place(writer, number)
        reply = reader.get(f"data/{key}?version={version}")
        if reply.status == 404 and number > acknowledged:
            continue
        if reply.status != 200:
            faults.append(f"{key} version {version}: acknowledged, and now {reply.status}")
            continue
        data = reply.json["data"]
        if data["data"] != value(writer, number) or data["metadata"]["version"] != version:
            faults.append(f"{key} version {version}: another value or version")
        present = max(present, number)
    # Metadata and data agree: as many versions as values, and none beyond them.
    for key_number in range(start // VERSIONS_PER_KEY, (attempted + VERSIONS_PER_KEY) // VERSIONS_PER_KEY + 1):
        key = f"{writer}/{key_number}"
        expected = max(0, min(VERSIONS_PER_KEY, present - key_number * VERSIONS_PER_KEY))
        reply = reader.get(f"metadata/{key}")
        if expected == 0:
            if reply.status != 404:
                faults.append(f"{key}: metadata without any data ({reply.status})")
            continue
        if reply.status != 200:
            faults.append(f"{key}: data without metadata ({reply.status})")
            continue
        metadata = reply.json["data"]
        if metadata["current_version"] != expected or len(metadata["versions"]) != expected:
            faults.append(f"{key}: metadata says {metadata['current_version']}, data says {expected}")
        beyond = reader.get(f"data/{key}?version={expected + 1}")
        if beyond.status != 404:
            faults.append(f"{key} version {expected + 1}: beyond the metadata and {beyond.status}")
    return present, faults


def audit_faults(path):
    """Lines of the audit file that are no JSON, except a torn last one: (their numbers, whether it is torn)."""
    lines = path.read_bytes().split(b"\n")
    torn_or_empty = lines.pop()
    faults = []
    for index, line in enumerate(lines, 1):
        try:
            json.loads(line)
        except ValueError:
            faults.append(index)
    return faults, bool(torn_or_empty)


def prepare():
    """A ready server with a file device and the drill's mount."""
    server = harness.Server(tls=False)
    server.audit_file = server.folder / "audit.log"
    server.extra = {("audit", "file", "main"): {"path": str(server.audit_file)}}
    server.ready()
    server.client().sys.enable_secrets_engine("kv", path=MOUNT, options={"version": "2"})
    return server


def run(cycles, writers=8, seed=None, shortest=0.15, longest=0.8, say=lambda text: None):
    """Run the drill; returns its figures as a dictionary whose `faults` is empty when nothing is wrong."""
    seed = random.randrange(1 << 32) if seed is None else seed
    chance = random.Random(seed)
    server = prepare()
    totals = {f"w{index}": 0 for index in range(writers)}
    figures = {"cycles": 0, "acknowledged": 0, "unacknowledged_but_there": 0}
    figures |= {"torn_audit_lines": 0, "slowest_restart": 0.0}
    faults = []
    try:
        for cycle in range(cycles):
            starts = dict(totals)
            threads = [Writer(server, name, start) for name, start in totals.items()]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(shortest, longest))
            server.process.kill()
            server.process.wait()
            server.stop()
            for thread in threads:
                thread.join(30)
                if thread.unexpected:
                    faults.append(f"cycle {cycle}: {thread.unexpected}")
            broken, torn = audit_faults(server.audit_file)
            # After a restart the file goes on behind a torn line, which is then an inner one.
            if len(broken) > figures["torn_audit_lines"]:
                faults.append(f"cycle {cycle}: audit lines {broken} are no JSON")
            figures["torn_audit_lines"] += torn
            begun = time.monotonic()
            server.start()
            server.unseal()
            figures["slowest_restart"] = max(figures["slowest_restart"], round(time.monotonic() - begun, 2))
            reader = Reader(server)
            for thread in threads:
                name = thread.name_of_writer
                present, found = check_writer(reader, name, thread.acknowledged, thread.attempted, starts[name])
                faults += [f"cycle {cycle}: {fault}" for fault in found]
                figures["acknowledged"] += thread.acknowledged - starts[name]
                figures["unacknowledged_but_there"] += present - thread.acknowledged
                totals[name] = present
            figures["cycles"] += 1
            say(f"cycle {cycle + 1}: {figures['acknowledged']} acknowledged, {len(faults)} faults")
        reader = Reader(server)
        for name, total in totals.items():  # everything once more, after all the crashes
            faults += check_writer(reader, name, total, total)[1]
    finally:
        server.discard()
    return figures | {"faults": faults, "seed": seed}


def command(drill, description, writers):
    """Run a drill as the command line says, print its figures, and end with 0 only when nothing was found."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--writers", type=int, default=writers)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    figures = drill(options.cycles, options.writers, options.seed, say=print)
    for fault in figures["faults"]:
        print("FAULT", fault)
    print(json.dumps(figures | {"faults": len(figures["faults"])}))
    sys.exit(1 if figures["faults"] or figures["acknowledged"] == 0 else 0)


if __name__ == "__main__":
    command(run, __doc__, writers=8)
