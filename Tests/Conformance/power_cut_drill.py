"""Takes the power away, on paper: rebuilds what a disk may hold at a random moment, and starts a server on it.

disk_recorder.c, loaded into the server, writes down every write, truncation, sync, creation and removal with its times.
For a moment T the disk holds, of each file, everything that a sync finished before T covers, and of what came after it
any subset: every 512-byte piece of each later write is kept or dropped by chance. The real server is started on
the result and unsealed, and every write a client had seen acknowledged before T has to be there.

The control does the same with the syncs of the last half second ignored. It has to find losses; otherwise the drill
could not see any.
"""

import argparse
import bisect
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import crash_drill
import harness

WRITE, TRUNCATE, SYNC, CREATE, UNLINK, RENAME = range(1, 7)
HEAD = struct.Struct("=IIQQQQ")
PIECE = 512  # bytes a disk writes wholly or not at all
FORGOTTEN = 500_000_000  # ns before the cut from which on a control ignores syncs


class Operation:
    """One recorded call."""

    __slots__ = ("kind", "path", "begin", "end", "offset", "data")

    def __init__(self, kind, path, begin, end, offset, data):
        self.kind, self.path, self.begin, self.end, self.offset, self.data = kind, path, begin, end, offset, data


def operations(log):
    """The recorded calls, in the order in which they ended."""
    raw, position, found = log.read_bytes(), 0, []
    while position + HEAD.size <= len(raw):
        kind, path_length, begin, end, offset, length = HEAD.unpack_from(raw, position)
        position += HEAD.size
        path = raw[position : position + path_length].decode()
        position += path_length
        found.append(Operation(kind, path, begin, end, offset, raw[position : position + length]))
        position += length
    return sorted(found, key=lambda operation: operation.end)


def disk_at(recorded, moment, chance, ignore_syncs_after=None):
    """The files (path to bytes) a disk may hold when the power goes at `moment` (ns of CLOCK_MONOTONIC)."""
    past = [operation for operation in recorded if operation.begin <= moment]
    synced = {}  # path to the begin of its last sync that was over in time
    for operation in past:
        if operation.kind == SYNC and operation.end <= moment:
            if ignore_syncs_after is None or operation.begin < ignore_syncs_after:
                synced[operation.path] = max(synced.get(operation.path, 0), operation.begin)
    # How much of the unsynced part survives differs from cut to cut: nothing, all, and everything between.
    share = chance.choice([0.0, 0.1, 0.5, 0.9, 1.0] if ignore_syncs_after is None else [0.0, 0.1, 0.5, 0.9])
    files = {}
    for operation in past:
        path, sure = operation.path, operation.end <= synced.get(operation.path, 0)
        folder_sure = operation.end <= synced.get(os.path.dirname(path), 0)
        if operation.kind == CREATE:
            # A name is on the disk once its folder or, as journalling file systems do it, the file itself is synced.
            if folder_sure or synced.get(path, 0) >= operation.end or chance.random() < share:
                files[path] = bytearray()
        elif operation.kind == UNLINK:
            if folder_sure or chance.random() < share:
                files.pop(path, None)
        elif operation.kind == RENAME:
            if path in files and (folder_sure or chance.random() < share):
                files[operation.data.decode()] = files.pop(path)
        elif path not in files:
            continue
        elif operation.kind == TRUNCATE:
            if sure or chance.random() < share:
                content = files[path]
                del content[operation.offset :]
                content.extend(bytes(operation.offset - len(content)))
        elif operation.kind == WRITE:
            position, end = operation.offset, operation.offset + len(operation.data)
            while position < end:
                following = min(end, (position // PIECE + 1) * PIECE)
                if sure or chance.random() < share:
                    content = files[path]
                    content.extend(bytes(max(0, following - len(content))))
                    first, last = position - operation.offset, following - operation.offset
                    content[position:following] = operation.data[first:last]
                position = following
    return files


def record(folder, writers, seconds):
    """Run a server under the recorder and eight writers; returns the server, the calls and the writers."""
    library, log = folder / "disk_recorder.so", folder / "calls.log"
    source = pathlib.Path(__file__).with_name("disk_recorder.c")
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"], check=True)
    wrapper = folder / "recorded-server"
    server = harness.Server(tls=False)
    server.audit_file = server.folder / "data" / "audit.log"
    server.extra = {("audit", "file", "main"): {"path": str(server.audit_file)}}
    wrapper.write_text(
        "#!/bin/sh\n"
        f"export LD_PRELOAD='{library}' DISK_RECORDER_LOG='{log}' DISK_RECORDER_ROOT='{server.folder}/data'\n"
        f"exec '{harness.server_binary()}' \"$@\"\n"
    )
    wrapper.chmod(0o700)
    binary, harness.server_binary = harness.server_binary, lambda: str(wrapper)
    try:
        (server.folder / "data").mkdir(mode=0o700)
        server.ready()
        server.client().sys.enable_secrets_engine("kv", path=crash_drill.MOUNT, options={"version": "2"})
        begun = time.monotonic_ns()
        threads = [crash_drill.Writer(server, f"w{index}", 0) for index in range(writers)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        ended = time.monotonic_ns()
        server.process.kill()
        server.process.wait()
        server.stop()
        for thread in threads:
            thread.join(30)
            if thread.unexpected:
                raise SystemExit(f"while recording: {thread.unexpected}")
    finally:
        harness.server_binary = binary
    return server, operations(log), threads, begun, ended


def inspect(server, files, threads, moment):
    """Start the server on the rebuilt disk; returns (acknowledged before the moment, faults)."""
    data = server.folder / "data"
    shutil.rmtree(data)
    data.mkdir(mode=0o700)
    for path, content in files.items():
        if not path.endswith("-shm"):  # shared memory, which SQLite builds anew
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(content)
    acknowledged, faults = 0, []
    try:
        server.start()
        server.unseal()
        reader = crash_drill.Reader(server)
        for thread in threads:
            known = bisect.bisect_right([when for _, when in thread.times], moment)
            acknowledged += known
            attempted = min(known + 1, thread.attempted)
            faults += crash_drill.check_writer(reader, thread.name_of_writer, known, attempted)[1]
    except Exception as failure:  # a server that does not start, unseal or answer is the finding
        faults.append(f"out of service: {type(failure).__name__}: {str(failure)[-300:]}")
    finally:
        server.stop(harness.signal.SIGKILL)
    return acknowledged, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--controls", type=int, default=5)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="power-cut-") as folder:
        server, recorded, threads, begun, ended = record(pathlib.Path(folder), options.writers, options.seconds)
        counts = {kind: sum(o.kind == kind for o in recorded) for kind in (WRITE, SYNC)}
        figures = {"cuts": 0, "acknowledged_before_the_cuts": 0, "cuts_with_faults": 0}
        figures |= {"controls": 0, "controls_with_faults": 0, "acknowledged": sum(len(t.times) for t in threads)}
        figures |= {"seed": options.seed, "recorded_writes": counts[WRITE], "recorded_syncs": counts[SYNC]}
        # Above 0: the cuts cover moments at which the log is carried over into the database.
        figures["database_file_writes"] = sum(
            o.kind == WRITE and o.path.endswith("/vault.db") and begun < o.begin < ended for o in recorded
        )
        for index in range(options.cuts + options.controls):
            control = index >= options.cuts
            if control:
                moment = chance.randrange((begun + ended) // 2, ended)
            else:
                moment = chance.randrange(begun, ended)
            files = disk_at(recorded, moment, chance, moment - FORGOTTEN if control else None)
            acknowledged, faults = inspect(server, files, threads, moment)
            kind = "control" if control else "cut"
            print(f"{kind} {index + 1}: {acknowledged} acknowledged, {len(faults)} faults", *faults[:2], flush=True)
            figures["controls" if control else "cuts"] += 1
            if not control:
                figures["acknowledged_before_the_cuts"] += acknowledged
            figures["controls_with_faults" if control else "cuts_with_faults"] += bool(faults)
        print(json.dumps(figures))
        server.discard()
    blind = options.controls > 0 and figures["controls_with_faults"] == 0
    sys.exit(1 if figures["cuts_with_faults"] or blind or not figures["acknowledged_before_the_cuts"] else 0)


if __name__ == "__main__":
    main()
