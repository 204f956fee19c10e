"""The measured configuration as Markdown."""

import statistics

import configuration
import subscribers
from configuration import CEILING, CHANGED, SENT, UNCHANGED
from report import goal, heard_table, rate_table, table

PLACES = configuration.SERVICES * configuration.INSTANCES


def documents(measured):
    """Effective configuration, unchanged and rendered anew."""
    rounds = measured.rounds
    unchanged, anew = rounds.ratio(UNCHANGED, CEILING), rounds.medians(CHANGED)[0]
    # A place is asked for again when all others were: is there a change in between, whatever the machine does?
    is_new = PLACES / anew > 1 / measured.changes
    renewed = "Each of its answers is rendered anew:" if is_new else "**Not every** answer of its is rendered anew:"
    return [
        f"Effective configuration of {configuration.KEYS} keys, of which layers of five kinds say something, without audit,",
        f"with a token of one policy: {measured.length:,} bytes of JSON. {UNCHANGED}: one place again and again, by its tag;",
        "the ceiling answers the same requests with 304. Sent: the documents of",
        f"{PLACES:,} places ({configuration.SERVICES} services of {configuration.INSTANCES} instances) in turns, rendered",
        f"before. Changed: the same while a value that all of them see changes {measured.changes:.0f} times a second.",
        f"{renewed} between two of a place lie {PLACES / anew * 1000:.0f} ms, between two changes",
        f"{1000 / measured.changes:.0f} ms. The ceiling's answers have no such length.",
        "",
        *rate_table(rounds, {CEILING: CEILING, UNCHANGED: CEILING, SENT: CEILING, CHANGED: CEILING}),
    ], [
        goal("unchanged configuration at 0.5 of the ceiling", f"{unchanged:.3f}", unchanged >= 0.5),
        goal("changed and rendered 10,000 times a second", f"{anew:,.0f}", anew >= 10_000 and is_new),
    ]


def watchers(heard):
    """Watchers of changes."""
    many = f"{subscribers.SUBSCRIBERS:,} watchers"
    return [
        f"{many} of server-sent events, of all services and twice as many instances, {subscribers.CHANGES} changes of a",
        "value that all of them see: measured as the subscribers of flags are.",
        "",
        *heard_table(heard, "watchers"),
    ], [
        goal(f"{many} see a change within 250 ms (p99)", f"{heard.p99:.0f} ms", heard.p99 < 250),
    ]


def change_sets(seconds):
    """The application of change sets."""
    what = f"a change set of {configuration.ITEMS} items commits in less than 20 ms"
    if not seconds:
        return ["Change sets: not served."], [goal(what, "not served", False)]
    median, most = statistics.median(seconds) * 1000, max(seconds) * 1000
    return [
        f"Change sets of {configuration.ITEMS} values of the layer `global`, proposed before; the time is that of applying",
        "one, from the request to the answer, over a connection that is there.",
        "",
        *table(("change sets", "p50 ms", "longest ms"), [(f"{len(seconds)}", f"{median:.1f}", f"{most:.1f}")]),
    ], [goal(what, f"{median:.1f} ms", median < 20)]


def lines(measured):
    """The section of configuration: all tables, then all goals."""
    parts = (documents(measured), watchers(measured.heard), change_sets(measured.applied))
    tables = [line for part, _ in parts for line in (*part, "")]
    return ["### Configuration", "", *tables, *(line for _, goals in parts for line in goals)]
