"""Kills a server while change sets are applied, again and again, and looks for half of one afterwards.

Each writer proposes and applies sets with an increasing number in a secret, a value of configuration, a segment of
flags and a policy. After every crash all four have to say the same number, which is the acknowledged one or that of the
set under way.
"""

import random
import threading
import time

import crash_drill
import harness
import wire

MOUNT = "drill"


class Writer(threading.Thread):
    """One client that applies one set after another until the server goes away."""

    def __init__(self, server, name, start):
        super().__init__(daemon=True)
        self.server, self.name_of_writer = server, name
        self.acknowledged = start
        self.unexpected = None

    def run(self):
        try:
            with self.server.connect() as connection:
                while True:
                    number = self.acknowledged + 1
                    made = self.ask(connection, "changesets", {"message": "drill", "items": self.items(number)})
                    self.ask(connection, f"changesets/{made['id']}/apply", {})
                    self.acknowledged = number
        except (OSError, wire.Closed, ValueError, IndexError):
            return  # the crash
        except AssertionError as unexpected:
            self.unexpected = str(unexpected)

    def ask(self, connection, path, body):
        headers = [("X-Vault-Token", self.server.root_token)]
        connection.send(wire.encode("POST", f"/v1/pulse/{path}", headers, body))
        reply = connection.read()
        assert reply.status == 200, f"{path}: {reply.status} {reply.body[:300]!r}"
        return reply.json["data"]

    def items(self, number):
        name = self.name_of_writer
        policy = f'path "drill/{number}" {{ capabilities = ["read"] }}'
        return [
            {"kind": "secret", "path": f"{MOUNT}/{name}", "op": "put", "body": {"data": {"number": number}}},
            {"kind": "config", "path": f"global/{name}", "op": "put", "body": {"value": number}},
            {"kind": "segment", "path": f"prod/{name}", "op": "put", "body": {"include": [str(number)]}},
            {"kind": "policy", "path": f"drill-{name}", "op": "put", "body": {"policy": policy}},
        ]


def numbers(server, name):
    """What each of the four says."""
    found = []
    for path, number in [
        (f"{MOUNT}/data/{name}", lambda data: data["data"]["number"]),
        (f"config/data/global/{name}", lambda data: data["value"]),
        (f"flags/segments/prod/{name}", lambda data: int(data["include"][0])),
        (f"sys/policies/acl/drill-{name}", lambda data: int(data["policy"].split("/")[1].split('"')[0])),
    ]:
        answer = server.call("GET", f"/v1/{path}", token="root")
        found.append(number(answer.json["data"]) if answer.status == 200 else 0)
    return found


def run(cycles, writers=4, seed=None, shortest=0.15, longest=0.8, say=lambda text: None):
    """Run the drill; returns its figures as a dictionary whose `faults` is empty when nothing is wrong."""
    seed = random.randrange(1 << 32) if seed is None else seed
    chance = random.Random(seed)
    server = harness.Server(tls=False).ready()
    server.client().sys.enable_secrets_engine("kv", path=MOUNT, options={"version": "2"})
    names = [f"w{index}" for index in range(writers)]
    for name in names:
        body = {"type": "integer"}
        assert server.call("POST", f"/v1/config/keys/{name}", token="root", body=body).status == 200
    totals = dict.fromkeys(names, 0)
    figures = {"cycles": 0, "acknowledged": 0, "unacknowledged_but_there": 0}
    faults = []
    try:
        for cycle in range(cycles):
            threads = [Writer(server, name, start) for name, start in totals.items()]
            for thread in threads:
                thread.start()
            # However busy the machine is, each cycle kills a server that has begun.
            limit = time.monotonic() + 20
            while all(thread.acknowledged == totals[thread.name_of_writer] for thread in threads):
                if time.monotonic() > limit or not any(thread.is_alive() for thread in threads):
                    faults.append(f"cycle {cycle}: nothing was applied")
                    break
                time.sleep(0.005)
            time.sleep(chance.uniform(shortest, longest))
            server.process.kill()
            server.process.wait()
            server.stop()
            for thread in threads:
                thread.join(30)
                if thread.unexpected:
                    faults.append(f"cycle {cycle}: {thread.unexpected}")
            server.start()
            server.unseal()
            for thread in threads:
                name = thread.name_of_writer
                found = numbers(server, name)
                if len(set(found)) != 1:
                    faults.append(f"cycle {cycle}: {name} is half applied: {found}")
                if not thread.acknowledged <= found[0] <= thread.acknowledged + 1:
                    faults.append(f"cycle {cycle}: {name}: {thread.acknowledged} acknowledged, {found[0]} there")
                figures["acknowledged"] += thread.acknowledged - totals[name]
                figures["unacknowledged_but_there"] += found[0] - thread.acknowledged
                totals[name] = found[0]
            figures["cycles"] += 1
            say(f"cycle {cycle + 1}: {figures['acknowledged']} acknowledged, {len(faults)} faults")
    finally:
        server.discard()
    return figures | {"faults": faults, "seed": seed}


if __name__ == "__main__":
    crash_drill.command(run, __doc__, writers=4)
