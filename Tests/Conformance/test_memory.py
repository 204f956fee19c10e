"""What can be read in the memory of a running server by whoever may read all of it (S-06, C-19)."""

import uuid

import pytest
import shamir

pytestmark = pytest.mark.beyond_bao(reason="the memory of this server is what is examined")


def found_in_memory(process, needles):
    """Which of `needles` occur in anything that the process has mapped; as root /proc/PID/mem reads past the
    protection of pages, so locked and inaccessible memory is included."""
    found = set()
    overlap = max(map(len, needles)) - 1
    try:
        memory = open(f"/proc/{process}/mem", "rb", buffering=0)
    except PermissionError:
        pytest.skip("only root may read the memory of a process that cannot be dumped")
    with memory, open(f"/proc/{process}/maps") as maps:
        for line in maps:
            if "[v" in line:  # vvar, vdso and vsyscall belong to the kernel
                continue
            start, end = (int(bound, 16) for bound in line.split(" ")[0].split("-"))
            tail = b""
            while start < end:
                size = min(1 << 22, end - start)
                try:
                    memory.seek(start)
                    block = tail + memory.read(size)
                except OSError:  # a guard page
                    block = b""
                found |= {needle for needle in needles if needle in block}
                tail = block[-overlap:]
                start += size
    return found


def test_the_unseal_key_is_gone_from_memory_once_the_vault_is_open(new_server):
    """S-06: the key that the shares combine to lives only while the root key is opened with it."""
    server = new_server()
    server.initialise(shares=5, threshold=3)
    server.unseal()
    server.wait_active()
    client = server.client()
    key = bytes(shamir.combine([bytes.fromhex(share) for share in server.keys[:3]]))
    assert len(key) == 32
    assert key == bytes(shamir.combine([bytes.fromhex(share) for share in server.keys[2:]]))

    # The control: a policy's text is meant to be held in the clear while the vault is open, so the scan must see it.
    planted = "planted-" + uuid.uuid4().hex
    client.sys.create_or_update_policy(planted, f'path "{planted}/*" {{ capabilities = ["read"] }}')
    client.sys.read_policy(planted)
    assert found_in_memory(server.process.pid, [key, planted.encode()]) == {planted.encode()}

    client.sys.seal()
    assert found_in_memory(server.process.pid, [key]) == set()
