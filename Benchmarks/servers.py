"""The servers that are measured: the bare ceiling, PulseVault, and OpenBao, each in a folder of its own."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

# The caller's own settings are not the servers'.
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith(("VAULT_", "BAO_"))}


def free_port():
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Ceiling:
    """A bare SwiftNIO responder."""

    def __init__(self, binary):
        self.process = subprocess.Popen([binary], stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        self.token = "none"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Vault:
    """A server that speaks Vault's API: initialised, filled, unsealed, and with a token of one policy.

    `contents` is what it is filled with: it has `fill`, the `policy` of the token, and `probe`, a path below /v1/ that
    is served when all is ready.
    """

    def __init__(self, binary, storage, audited, contents):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-"))
        (self.folder / "data").mkdir(mode=0o700)
        self.address = f"http://127.0.0.1:{free_port()}"
        self.binary = binary
        self.storage = storage
        self.contents = contents
        self.process = None
        self.token = None
        try:
            self._prepare(audited)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _configuration(self, audited):
        port = self.address.rpartition(":")[2]
        text = f'listener "tcp" {{\n  address = "127.0.0.1:{port}"\n  tls_disable = true\n}}\n'
        text += f'api_addr = "{self.address}"\n'
        if self.storage == "raft":
            text += f'storage "raft" {{\n  path = "{self.folder}/data"\n  node_id = "one"\n}}\n'
            text += f'cluster_addr = "http://127.0.0.1:{free_port()}"\nlog_level = "error"\n'
        else:
            text += f'storage "sqlite" {{\n  path = "{self.folder}/data/vault.db"\n}}\n'
        if audited:
            text += f'audit "file" "file" {{\n  options {{\n    file_path = "{self.folder}/audit.log"\n  }}\n}}\n'
        return text

    def _prepare(self, audited):
        (self.folder / "server.hcl").write_text(self._configuration(audited))
        self._start()
        made = self.call("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
        self.key, self.root = made["keys"][0], made["root_token"]
        self.token = self.root
        self.unseal()
        self.contents.fill(self)
        self.call("PUT", "sys/policies/acl/bench", {"policy": self.contents.policy})
        limited = self.call("POST", "auth/token/create", {"policies": ["bench"], "no_default_policy": True})
        # A second start, so that memory and start-up are those of a server with data.
        self.restart()
        self.unseal()
        self.token = limited["auth"]["client_token"]
        self.until_served(self.contents.probe)

    def restart(self):
        """Ends the process and starts it anew; it is sealed then."""
        self._end()
        self.ready = self._start()

    def unseal(self):
        """Unseals, and waits until requests are served."""
        self.call("PUT", "sys/unseal", {"key": self.key})
        self.until_served("sys/health")

    def _start(self):
        """Starts the process; returns the seconds until it answered."""
        began = time.monotonic()
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "server", f"-config={self.folder}/server.hcl"], stdout=log, stderr=log, env=ENVIRONMENT
            )
        while True:
            try:
                self.call("GET", "sys/seal-status")
                return time.monotonic() - began
            except OSError:
                if self.process.poll() is not None or time.monotonic() - began > 60:
                    raise SystemExit((self.folder / "server.log").read_text())
                time.sleep(0.002)

    def _end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def until_served(self, path):
        """Asks for a path until it is served, and not refused as at first."""
        limit = time.monotonic() + 30
        while True:
            try:
                return self.call("GET", path)
            except urllib.error.HTTPError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.02)

    def call(self, method, path, body=None, token=None):
        """One request below /v1/ with the limited token, or another; its answer, as JSON."""
        token = token or self.token
        with self.open(method, f"/v1/{path}", body, {"X-Vault-Token": token} if token else {}) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def open(self, method, target, body, headers):
        """One request; its answer, open."""
        data = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        request = urllib.request.Request(self.address + target, method=method, data=data, headers=headers)
        return urllib.request.urlopen(request, timeout=30)

    def resident(self, most=False):
        """The memory the process has resident, or had at most, in MiB."""
        name = "VmHWM:" if most else "VmRSS:"
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
        raise SystemExit("the server is gone")
