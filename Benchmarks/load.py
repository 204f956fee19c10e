"""Load by wrk: cases that take turns in rounds, so that a slower moment of the machine meets them all."""

import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import typing

SCRIPT = pathlib.Path(__file__).resolve().parent / "load.lua"
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = int(os.environ.get("SECONDS_EACH", "5"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "64"))


class Case(typing.NamedTuple):
    """What is asked for, and of whom."""

    server: object
    operation: str
    # What the operation of load.lua wants to know; a function where it is known only when the turn comes.
    settings: object = {}
    # What is entered while the load lasts.
    beside: object = contextlib.nullcontext()


def run(case, seconds=SECONDS):
    """One wrk run; requests a second, and p50 and p99 in milliseconds."""
    settings = case.settings() if callable(case.settings) else case.settings
    environment = os.environ | {"OPERATION": case.operation, "TOKEN": case.server.token} | settings
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT), case.server.address]
    with case.beside:
        output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    result = json.loads(next(line for line in output.splitlines() if line.startswith("RESULT "))[7:])
    if result["failed"] or not result["requests"]:
        raise SystemExit(f"{case.operation} at {case.server.address} failed:\n{output}")
    return result["requests"] / result["microseconds"] * 1e6, result["p50"] / 1000, result["p99"] / 1000


class Rounds:
    """What each round gave for each of the named cases."""

    def __init__(self, cases):
        self.taken = {name: [] for name in cases}
        for case in cases.values():
            run(case, seconds=2)
        for number in range(ROUNDS):
            for name, case in cases.items():
                self.taken[name].append(run(case))
                print(f"round {number + 1}: {name}: {self.taken[name][-1][0]:,.0f}/s", file=sys.stderr)

    def medians(self, name):
        """The medians of a case: requests a second, p50 and p99 in milliseconds."""
        return tuple(statistics.median(column) for column in zip(*self.taken[name]))

    def ratio(self, one, other):
        """How many times the requests of another case a case serves: the median of the rounds' own ratios."""
        return statistics.median(a[0] / b[0] for a, b in zip(self.taken[one], self.taken[other]))
