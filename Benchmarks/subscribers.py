"""Subscribers of a server's events, all in this process: when they hear of a change, and what they cost the server."""

import asyncio
import collections
import resource
import statistics
import time
import typing

SUBSCRIBERS = 2_000
CHANGES = 25
# A server takes a thousand connections from one address.
PER_ADDRESS = 500
CONNECTING = 100


class Missed(Exception):
    """A subscriber that has no stream, or heard nothing."""


class Heard(typing.NamedTuple):
    """Milliseconds from asking for a change to its arrival, over all subscribers and changes; KiB of a subscriber."""

    p50: float
    p99: float
    most: float
    memory: float


class Subscriber(asyncio.Protocol):
    """One stream; notes when the event of each revision has arrived."""

    def __init__(self, request, arrivals):
        self.request = request
        self.arrivals = arrivals
        self.opened = asyncio.get_running_loop().create_future()
        self.rest = b""

    def connection_made(self, transport):
        transport.write(self.request)

    def data_received(self, data):
        now = time.monotonic()
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"id: "):
                self.arrivals[int(line[4:])].append(now)
            elif line.startswith(b"HTTP/") and b" 200 " not in line:
                self._miss(f"a subscriber was refused: {line.decode()}")
            elif line.startswith(b"retry:") and not self.opened.done():
                self.opened.set_result(None)

    def connection_lost(self, _):
        self._miss("a subscriber was dropped")

    def _miss(self, why):
        # One that was open already is noticed when arrivals are counted.
        if not self.opened.done():
            self.opened.set_exception(Missed(why))


async def _subscribe(vault, target, headers, arrivals):
    """Opens all streams; their transports."""
    host, _, port = vault.address.removeprefix("http://").rpartition(":")
    fields = {"Host": host, "Accept": "text/event-stream"} | headers
    head = "".join(f"{name}: {text}\r\n" for name, text in fields.items())
    room = asyncio.Semaphore(CONNECTING)

    async def one(number):
        async with room:
            transport, subscriber = await asyncio.get_running_loop().create_connection(
                lambda: Subscriber(f"GET {target(number)} HTTP/1.1\r\n{head}\r\n".encode(), arrivals),
                host,
                int(port),
                local_addr=(f"127.0.0.{2 + number // PER_ADDRESS}", 0),
            )
            await asyncio.wait_for(subscriber.opened, 30)
            return transport

    return await asyncio.gather(*(one(number) for number in range(SUBSCRIBERS)))


async def _change(change, number, arrivals):
    """One change that all must hear of; the seconds it took to each."""
    began = time.monotonic()
    heard = arrivals[await asyncio.to_thread(change, number)]
    while len(heard) < SUBSCRIBERS:
        if time.monotonic() - began > 10:
            raise Missed(f"{len(heard)} of {SUBSCRIBERS} subscribers heard of a change")
        await asyncio.sleep(0.05)
    return [arrival - began for arrival in heard]


async def _measure(vault, target, change, headers):
    arrivals = collections.defaultdict(list)
    # What the first change and the first stream need is not the subscribers'.
    change(0)
    before = vault.resident()
    transports = await _subscribe(vault, target, headers, arrivals)
    seconds = []
    for number in range(1, CHANGES + 1):
        seconds += await _change(change, number, arrivals)
    memory = (vault.resident() - before) * 1024 / SUBSCRIBERS
    for transport in transports:
        transport.abort()
    percentiles = statistics.quantiles(seconds, n=100)
    return Heard(percentiles[49] * 1000, percentiles[98] * 1000, max(seconds) * 1000, memory)


def measure(vault, target, change, headers={}):
    """Opens streams, makes changes that all of them tell of, and ends them.

    `target` says where the stream of a subscriber is, and `change` makes a change and tells its revision; both take a
    number. A change is timed from just before it is asked for, so writing it is part of the time.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, SUBSCRIBERS + 500)), hard))
    try:
        return asyncio.run(_measure(vault, target, change, headers))
    except Missed as why:
        raise SystemExit(str(why))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
