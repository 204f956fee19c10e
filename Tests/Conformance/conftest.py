"""Fixtures shared by the black-box suites."""

import os
import pathlib
import time
import uuid

import pytest

import harness

# A developer's own settings must not reach the clients under test.
for _name in [name for name in os.environ if name.startswith(("VAULT_", "BAO_"))]:
    del os.environ[_name]
for _name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
    os.environ.pop(_name, None)


def pytest_configure(config):
    config.addinivalue_line("markers", "beyond_bao(reason): not asked of OpenBao, whose behaviour differs on purpose")


def pytest_report_header(config):
    return f"target: {harness.TARGET} ({harness.server_binary()})"


def pytest_sessionstart(session):
    if harness.server_binary() is None:
        pytest.exit("no server binary: build pulsevault, or set PULSEVAULT_BIN", returncode=3)


def known_gaps():
    """What our server does not do yet: lines of a test's id, a space and the reason."""
    lines = (pathlib.Path(__file__).parent / "known-gaps.txt").read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


def pytest_collection_modifyitems(items):
    if not harness.ON_BAO:
        gaps = known_gaps()
        for item in items:
            reason = gaps.get(item.nodeid.replace(" ", "_"))
            if reason:
                # Strict: a gap that is closed fails until its line is taken out.
                item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
        return
    for item in items:
        mark = item.get_closest_marker("beyond_bao")
        if mark:
            item.add_marker(pytest.mark.skip(reason="bao: " + mark.kwargs.get("reason", *mark.args)))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for server in harness.running():
            state = "running" if server.alive() else f"ENDED with {server.process.returncode}"
            report.sections.append((f"log of {server.address} ({state})", server.log_tail()))


def _ready(shared):
    """Start, initialise and unseal a shared server; without one there is nothing to test."""
    try:
        return shared.ready()
    except harness.StartFailed as failure:
        pytest.exit(str(failure), returncode=4)


@pytest.fixture(scope="session")
def server():
    """A TLS server, initialised 5/3 and unsealed, shared by the whole session."""
    shared = _ready(harness.Server(tls=True))
    yield shared
    shared.discard()


@pytest.fixture(scope="session")
def plain():
    """The same over plain HTTP, for the raw-bytes suites."""
    shared = _ready(harness.Server(tls=False))
    yield shared
    shared.discard()


@pytest.fixture(scope="module")
def strict():
    """A plain-HTTP server without any compatibility switch: the defaults as shipped."""
    shared = harness.Server(tls=False, compatibility=False).ready()
    yield shared
    shared.discard()


@pytest.fixture
def new_server():
    """Makes servers that belong to one test: `new_server(tls=True)` is started, not initialised."""
    made = []

    def make(tls=False, compatibility=True, extra=None, listener=None):
        one = harness.Server(tls=tls, compatibility=compatibility, extra=extra, listener=listener)
        made.append(one)
        return one.start()

    yield make
    for one in made:
        one.discard()


@pytest.fixture
def with_secret(new_server):
    """An unsealed server that belongs to one test, with a secret at `kv/data/x` of a KV v2 mount."""
    one = new_server()
    one.initialise()
    one.unseal()
    _mount_kv2(one, "kv")
    one.call("POST", "/v1/kv/data/x", token="root", body={"data": {"password": "planted"}})
    return one


@pytest.fixture
def unique():
    """A name no other test uses."""
    return "t" + uuid.uuid4().hex[:12]


@pytest.fixture
def root(server):
    """An hvac client holding the root token of the shared TLS server."""
    return server.client()


def _token_maker(target):
    def make(policy_text, **options):
        client = target.client()
        name = "p" + uuid.uuid4().hex[:12]
        client.sys.create_or_update_policy(name, policy_text)
        return client.auth.token.create(policies=[name], **options)["auth"]["client_token"]

    return make


@pytest.fixture
def make_token(server):
    """Makes a token of the shared TLS server that holds exactly the given policy text (and `default`)."""
    return _token_maker(server)


@pytest.fixture
def make_plain_token(plain):
    """The same for the plain-HTTP server."""
    return _token_maker(plain)


def _mount_kv2(target, path):
    target.client().sys.enable_secrets_engine("kv", path=path, options={"version": "2"})
    limit = time.monotonic() + 10
    # OpenBao prepares a new mount in the background and refuses requests meanwhile.
    while harness.ON_BAO and target.call("GET", f"/v1/{path}/config", token="root").status == 400:
        assert time.monotonic() < limit, "the new mount did not come into service"
        time.sleep(0.01)
    return path


@pytest.fixture
def kv2(server, unique):
    """The path of a fresh KV v2 mount of the shared TLS server."""
    return _mount_kv2(server, unique)


@pytest.fixture
def kv1(root, unique):
    """The path of a fresh KV v1 mount of the shared TLS server."""
    path = unique + "v1"
    root.sys.enable_secrets_engine("kv", path=path, options={"version": "1"})
    return path


@pytest.fixture
def plain_kv2(plain, unique):
    """The path of a fresh KV v2 mount of the plain-HTTP server."""
    return _mount_kv2(plain, unique)


@pytest.fixture
def plain_kv1(plain, unique):
    """The path of a fresh KV v1 mount of the plain-HTTP server."""
    path = unique + "v1"
    plain.client().sys.enable_secrets_engine("kv", path=path, options={"version": "1"})
    return path
