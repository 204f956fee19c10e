"""The measured feature flags as Markdown."""

import flags
import subscribers
from report import goal, heard_table, rate_table, table

# The kinds of EvaluationTimes: how the report calls them, and below how many nanoseconds they should stay.
KINDS = {"static": ("static flag", 300), "rule": ("flag with one rule", 1_000), "split": ("split", 1_500)}
ALL = f"all {flags.FLAGS} flags"


def evaluation(inside):
    """Evaluation in the caller's own process."""
    taken = {name: inside[kind]["nanoseconds"] for kind, (name, _) in KINDS.items()}
    allocations = sum(inside[kind]["allocations"] for kind in KINDS)
    count = inside["evaluations"] * len(KINDS)
    return [
        "In a process, without a server: boolean flags found by their keys among 100, the context made beforehand.",
        "",
        *table(("evaluation", "ns"), [(name, f"{value:,.0f}") for name, value in taken.items()]),
    ], [
        *(
            goal(f"{name} below {limit / 1000:g} µs", f"{taken[name]:,.0f} ns", taken[name] < limit)
            for name, limit in KINDS.values()
        ),
        goal("no heap allocation", f"{allocations:,} in {count:,} evaluations", allocations == 0),
    ]


def remote(rounds):
    """Remote evaluation beside the ceiling."""
    post, tagged = "ceiling, POST", "ceiling, POST, 304"
    ceilings = {post: post, "one flag": post, ALL: post, tagged: tagged, f"{ALL}, 304": tagged}
    single, unchanged = (rounds.ratio(name, ceilings[name]) for name in ("one flag", f"{ALL}, 304"))
    bulk = rounds.medians(ALL)[0]
    return [
        "Remote evaluation (OFREP) without audit, with a token of one policy; a third of the flags is static, a third",
        "has a rule, a third a split. The ceiling answers the same requests with as many bytes as one flag's answer",
        "has, and with 304.",
        "",
        *rate_table(rounds, ceilings),
    ], [
        goal("one flag at 0.5 of the ceiling", f"{single:.3f}", single >= 0.5),
        goal(f"{ALL} 8,000 times a second", f"{bulk:,.0f}", bulk >= 8_000),
        goal("304 at 0.5 of the ceiling", f"{unchanged:.3f}", unchanged >= 0.5),
    ]


def events(heard):
    """Subscribers of the events."""
    many = f"{subscribers.SUBSCRIBERS:,} subscribers"
    return [
        f"{many} of server-sent events, {subscribers.CHANGES} toggles: from just before a toggle is asked for until",
        "each has read its event. They are one Python process on the same cores. Memory is what the server's resident",
        "set grew by from before they came until after the last toggle, divided by their number.",
        "",
        *heard_table(heard, "subscribers"),
    ], [
        goal(f"{many} hear of a change within 250 ms (p99)", f"{heard.p99:.0f} ms", heard.p99 < 250),
        goal("a subscriber below 20 KiB", f"{heard.memory:.1f} KiB", heard.memory < 20),
    ]


def loading(taken):
    """A store with many flags."""
    many = f"{flags.MANY_FLAGS:,} flags"
    return [
        f"{many} of the same kinds, after a restart: from asking to unseal until the answer for one flag, for which",
        "the server loads them all; what the whole process has resident then, and had at most.",
        "",
        *table(
            ("flags", "ms", "resident MiB", "at most"),
            [(f"{flags.MANY_FLAGS:,}", f"{taken.seconds * 1000:,.0f}", f"{taken.resident:.0f}", f"{taken.most:.0f}")],
        ),
    ], [
        goal(f"{many} load in less than 300 ms", f"{taken.seconds * 1000:,.0f} ms", taken.seconds < 0.3),
        goal(f"{many} below 100 MiB", f"{taken.most:.0f} MiB at most", taken.most < 100),
    ]


def lines(measured):
    """The section of feature flags: all tables, then all goals."""
    parts = (
        evaluation(measured.inside),
        remote(measured.rounds),
        events(measured.heard),
        loading(measured.loading),
    )
    tables = [line for part, _ in parts for line in (*part, "")]
    return ["### Feature flags", "", *tables, *(line for _, goals in parts for line in goals)]
