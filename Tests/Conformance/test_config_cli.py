"""`vaultcli config`, `search`, `tree`, `diff`, and `run` with configuration, against the real server."""

import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import time
import uuid

import pytest

import harness

pytestmark = pytest.mark.beyond_bao(reason="configuration is not among OpenBao's engines")

SOON = 30
PLANTED = "planted-Zw41-value"


def client_binary():
    """The tool under test: `VAULTCLI_BIN`, else the one beside the server."""
    beside = pathlib.Path(harness.server_binary()).parent / "vaultcli"
    return os.environ.get("VAULTCLI_BIN") or str(beside)


def environment(server, token=None, **more):
    own = {name: value for name, value in os.environ.items() if not name.startswith("PULSEVAULT_")}
    own |= {"VAULT_ADDR": server.address, "VAULT_TOKEN": token or server.root_token, "HOME": str(server.folder)}
    return own | {"VAULT_MAX_RETRIES": "0"} | more


@pytest.fixture
def cli(plain):
    """Runs one `vaultcli` command, with the root token unless another is given."""

    def run(*words, check=0, token=None, stdin=None, env=None, server=plain):
        done = subprocess.run(
            [client_binary(), *words],
            env=environment(server, token, **(env or {})),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == check, (
            f"vaultcli {' '.join(words)} ended with {done.returncode}, not {check}\n{done.stdout}\n{done.stderr}"
        )
        return done

    return run


@pytest.fixture
def data(cli):
    """The data that a command shows with `-format=json`."""

    def run(*words, **options):
        answer = json.loads(cli(*words, "-format=json", **options).stdout)
        return answer["data"] if isinstance(answer, dict) and "request_id" in answer else answer

    return run


@pytest.fixture
def start(plain):
    """Starts a `vaultcli` command that is watched."""
    started = []

    def run(*words, server=plain, env=None):
        process = subprocess.Popen(
            [client_binary(), *words],
            env=environment(server, **(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture
def svc():
    """A service no other test uses."""
    return "s" + uuid.uuid4().hex[:10]


@pytest.fixture
def key(svc):
    """A key no other test uses."""
    return f"{svc}.level"


def line_of(process, stream="stdout"):
    handle = getattr(process, stream)
    ready, _, _ = select.select([handle], [], [], SOON)
    assert ready, f"no line of {stream} within {SOON} s"
    return handle.readline().decode().rstrip("\n")


# -- values and keys ------------------------------------------------------------------------------


def test_a_value_is_declared_set_read_and_taken_back(cli, data, svc, key):
    done = cli("config", "set", "global", key, "info", "-type=string", "-owner=ops", "-description=what is logged")
    assert done.stdout == f"Success! Set {key} in global (version 1)\n"
    cli("config", "set", f"service/{svc}", key, "debug", "-reason=incident")
    assert data("config", "get", f"service/{svc}", key)["value"] == "debug"
    assert data("config", "effective", svc)["values"][key] == "debug"
    table = cli("config", "effective", svc, "-explain").stdout
    assert f'{key}    "debug"' in table and f"service/{svc}" in table
    cli("config", "unset", f"-service={svc}", key)
    assert key not in data("config", "effective", svc)["values"]
    cli("config", "delete", f"service/{svc}", key)
    assert data("config", "effective", svc)["values"][key] == "info"
    cli("config", "get", f"service/{svc}", key, check=2)
    assert data("config", "key", "get", key)["owner"] == "ops"
    assert key in cli("config", "key", "list", f"-search={svc}").stdout
    cli("config", "key", "set", key, "-deprecated=use another")
    assert data("config", "key", "get", key)["deprecated"] == "use another"
    cli("config", "key", "set", key, "-deprecated=none")
    assert "deprecated" not in data("config", "key", "get", key)
    assert key in cli("config", "list", "global").stdout


def test_values_have_the_types_of_their_keys(cli, data, svc):
    for name, type, word, value in [
        ("a", "string", "5", "5"), ("b", "integer", "5", 5), ("c", "boolean", "true", True),
        ("d", "duration", "30s", "30s"), ("e", "list", "[1,2]", [1, 2]), ("f", "object", '{"x":1}', {"x": 1}),
        ("g", "float", "1.50", 1.5),
    ]:
        cli("config", "set", f"service/{svc}", f"{svc}.{name}", word, f"-type={type}")
        cli("config", "set", f"service/{svc}", f"{svc}.{name}", word)
        assert data("config", "get", f"service/{svc}", f"{svc}.{name}")["value"] == value
    cli("config", "patch", f"service/{svc}", f"{svc}.f", '{"y":2,"x":null}')
    assert data("config", "get", f"service/{svc}", f"{svc}.f")["value"] == {"y": 2}
    assert "must be an integer" in cli("config", "set", f"service/{svc}", f"{svc}.b", "x", check=2).stderr


def test_conflicts_show_both_changes_and_history_who_made_which(cli, data, svc, key):
    cli("config", "set", "global", key, "one", "-type=string")
    cli("config", "set", "global", key, "two", "-cas=1", "-reason=better")
    done = cli("config", "set", "global", key, "three", "-cas=1", check=2)
    assert 'The value is at version 2 by now.\n  before: "one"\n  now: "two"\n  yours: "three"\n' in done.stderr
    text = cli("config", "history", "global", key).stdout
    assert '      - "one"\n      + "two"\n' in text and "better" in text
    assert '- "one"' in cli("config", "diff", "global", key, "-from=1", "-to=2").stdout
    cli("config", "rollback", "global", key, "-version=1")
    assert data("config", "get", "global", key)["value"] == "one"
    assert len(data("config", "history", "-definition", key)["versions"]) == 1


def test_sensitive_values_are_seen_by_reveal_alone(cli, data, svc, key):
    layer = f"service/{svc}"
    cli("config", "set", layer, key, "-", "-type=string", "-sensitive", stdin=PLANTED)
    cli("config", "set", layer, key, "other-" + PLANTED)
    for words in (["get", layer, key], ["history", layer, key], ["list", layer], ["diff", layer, key]):
        assert PLANTED not in cli("config", *words).stdout
    assert "HMAC " in cli("config", "history", layer, key).stdout
    assert cli("config", "reveal", layer, key, "-field=value").stdout == "other-" + PLANTED


def test_the_table_says_why_a_value_is_kept_back(cli, plain, svc, key):
    cli("config", "set", f"service/{svc}", key, "-", "-type=string", "-sensitive", stdin=PLANTED)
    cli("config", "set", f"service/{svc}", f"{svc}.open", "shown", "-type=string")
    assert "Remarks" not in cli("config", "effective", svc).stdout
    reader = plain.client().auth.token.create(policies=[policy(plain, {f"config/effective/{svc}": ["read"]})])
    token = reader["auth"]["client_token"]
    heading, *rows = cli("config", "effective", svc, token=token).stdout.splitlines()[2:]
    assert heading.split() == ["Key", "Value", "Reload", "Remarks"]
    kept, shown = (next(row for row in rows if row.startswith(name + " ")) for name in (key, f"{svc}.open"))
    assert "(redacted)" in kept and "sensitive; error: is sensitive" in kept and "n/a" not in kept
    assert '"shown"' in shown and shown.endswith(" -")
    explained = cli("config", "effective", svc, "-explain", token=token).stdout
    assert "Layer" in explained and f"service/{svc}" in explained and PLANTED not in explained


def test_overrides_snapshots_pins_and_instances(cli, data, svc, key):
    cli("config", "set", f"service/{svc}", key, "info", "-type=string")
    cli("config", "snapshot", "create", svc, "-reason=test")
    assert svc in cli("config", "snapshot", "list").stdout
    cli("config", "set", f"service/{svc}", key, "debug")
    assert data("config", "effective", svc, f"-snapshot={svc}")["values"][key] == "info"
    cli("config", "pin", "set", svc, f"-snapshot={svc}")
    assert data("config", "effective", svc)["values"][key] == "info"
    assert data("config", "pin", "get", svc)["snapshot"] == svc
    assert svc in cli("config", "pin", "list").stdout
    cli("config", "pin", "delete", svc)
    assert data("config", "effective", svc)["values"][key] == "debug"
    cli("config", "snapshot", "delete", svc)

    cli("config", "instance", "report", svc, "i-1", "-env=prod", "-applied", "-metric", "errors=0.2", "-interval=30s")
    row = [line.split() for line in cli("config", "instance", "list", svc).stdout.splitlines()][-1]
    assert row[:6] == ["i-1", "prod", "live", "true", "false", "false"]
    assert data("config", "instance", "get", svc, "i-1")["metrics"] == {"errors": 0.2}
    cli("config", "instance", "delete", svc, "i-1")
    cli("config", "instance", "list", svc, check=2)


def test_a_rollout_is_started_watched_and_aborted(cli, data, start, svc, key):
    cli("config", "set", f"service/{svc}", key, "1", "-type=integer")
    name = f"r-{svc}"
    line = cli(
        "config", "rollout", "start", name, f"service/{svc}", "-change", f"{key}=2", "-step=10%:1h", "-step=100%",
        "-guard=errors<=0.01",
    ).stdout
    assert line.startswith(f"Success! Rollout {name}: running, 10% of the instances (step 1 of 2)")
    watch = start("config", "rollout", "watch", name, "-interval=200ms")
    assert line_of(watch).startswith(f"Rollout {name}: running")
    cli("config", "rollout", "pause", name)
    assert line_of(watch).startswith(f"Rollout {name}: paused")
    cli("config", "rollout", "resume", name)
    assert name in cli("config", "rollout", "list").stdout
    cli("config", "rollout", "abort", name, "-reason=enough")
    assert watch.wait(timeout=SOON) == 2
    assert data("config", "rollout", "get", name)["phase"] == "aborted"
    assert data("config", "effective", svc)["values"][key] == 1
    cli("config", "rollout", "delete", name)

    second = f"q-{svc}"
    cli("config", "rollout", "start", second, f"-service={svc}", "-change", f"{key}=3", "-step=50%:1h", "-step=100%:1h")
    cli("config", "rollout", "advance", second)
    cli("config", "rollout", "advance", second)
    assert cli("config", "rollout", "watch", second).stdout.endswith("completed\n")
    assert data("config", "effective", svc)["values"][key] == 3


# -- watching -------------------------------------------------------------------------------------


def test_watching_tells_each_change(cli, start, svc, key):
    cli("config", "set", f"service/{svc}", key, "info", "-type=string")
    cli("config", "set", f"service/{svc}", f"{svc}.pool", "1", "-type=integer", "-reload=static")
    watch = start("config", "watch", svc, "-limit=2")
    assert line_of(watch, "stderr").startswith("Watching from revision ")
    cli("config", "set", f"service/{svc}", key, "debug")
    first = line_of(watch)
    assert first.endswith(f": {key}")
    cli("config", "set", f"service/{svc}", f"{svc}.pool", "2")
    assert line_of(watch).endswith(f": {svc}.pool (restart needed)")
    assert watch.wait(timeout=SOON) == 0


def test_a_watch_outlives_its_server(new_server, start):
    server = new_server()
    server.initialise()
    server.unseal()
    body = {"value": "info", "key": {"type": "string"}}
    assert server.call("POST", "/v1/config/data/global/level", token="root", body=body).status == 200
    watch = start("config", "watch", "shop", "-limit=2", server=server)
    assert line_of(watch, "stderr").startswith("Watching from revision ")
    server.call("POST", "/v1/config/data/global/level", token="root", body={"value": "debug"})
    assert line_of(watch).endswith(": level")
    server.stop(signal.SIGKILL)
    line = line_of(watch, "stderr")
    assert line.startswith("The server is gone since 20") and "the last known values of revision" in line
    server.start_again()
    server.call("POST", "/v1/config/data/global/level", token="root", body={"value": "warn"})
    assert line_of(watch, "stderr").startswith("The server is back; it was gone since 20")
    assert line_of(watch).endswith(": level")
    assert watch.wait(timeout=SOON) == 0


# -- looking --------------------------------------------------------------------------------------


def test_search_tree_and_diff(cli, plain, plain_kv2, svc, key):
    for path, value in (("app/db", "one"), ("app/web/x", "two")):
        body = {"data": {"password": PLANTED + value}}
        assert plain.call("POST", f"/v1/{plain_kv2}/data/{path}", token="root", body=body).status == 200
    assert cli("tree", plain_kv2).stdout == f"{plain_kv2}/\n└── app/\n    ├── db\n    └── web/\n        └── x\n"
    assert json.loads(cli("tree", f"{plain_kv2}/app", "-format=json").stdout)[0] == f"{plain_kv2}/app/db"
    assert f"── {plain_kv2}/\n" in cli("tree").stdout
    cli("tree", f"{plain_kv2}/nothing", check=2)

    cli("config", "set", "global", key, "info", "-type=string", f"-description=of {plain_kv2}")
    found = cli("search", plain_kv2.upper()).stdout
    assert f"{plain_kv2}/app/db" in found and f"config/keys/{key}" in found and PLANTED not in found
    assert "config/keys" not in cli("search", plain_kv2, "-in=secrets").stdout
    cli("search", "nothing-" + svc, check=2)

    two = (f"{plain_kv2}/app/db", f"{plain_kv2}/app/web/x")
    assert cli("diff", *two).stdout == 'password\n  - "********"\n  + "********"\n'
    assert f'- "{PLANTED}one"' in cli("diff", *two, "-reveal").stdout
    assert cli("diff", two[0], two[0] + "@1").stdout == "No difference\n"
    cli("config", "set", f"env/{svc}-a", key, "debug")
    cli("config", "set", f"env/{svc}-b", key, "warn")
    assert cli("diff", f"env/{svc}-a", f"env/{svc}-b").stdout == f'{key}\n  - "debug"\n  + "warn"\n'


# -- run ------------------------------------------------------------------------------------------


def python(program):
    return ["--", sys.executable, "-c", program]


def test_a_command_gets_the_effective_configuration(cli, plain, plain_kv2, svc):
    body = {"data": {"password": PLANTED}}
    assert plain.call("POST", f"/v1/{plain_kv2}/data/app", token="root", body=body).status == 200
    layer = f"service/{svc}/env/prod"
    cli("config", "set", layer, f"{svc}.pool-size", "12", "-type=integer")
    cli("config", "set", layer, f"{svc}.opened", "value in the open", "-type=string")
    cli("config", "set", layer, f"{svc}.hidden", "hidden-value", "-type=string", "-sensitive")
    cli("config", "set", layer, f"{svc}.password", f"{plain_kv2}/data/app#password", "-type=secret")
    program = """
import os
for name in sorted(os.environ):
    if name.startswith('X_%s'): print(name[2 + %d:], len(os.environ[name]), os.environ[name])
""" % (svc.upper(), len(svc))
    options = [f"-service={svc}", "-prefix=X_"]
    done = cli("run", *options, *python(program), env={"PULSEVAULT_ENVIRONMENT": "prod"})
    assert done.stdout == (
        f"_HIDDEN 12 ********\n_OPENED 17 value in the open\n_PASSWORD {len(PLANTED)} ********\n_POOL_SIZE 2 12\n"
    )
    token = plain.client().auth.token.create(policies=[policy(plain, {f"config/effective/{svc}": ["read"]})])
    done = cli("run", *options, "-env=prod", *python(program), token=token["auth"]["client_token"])
    assert done.stdout == "_OPENED 17 value in the open\n_POOL_SIZE 2 12\n"
    assert done.stderr == f"Left out, for the token may not see them: {svc}.hidden, {svc}.password\n"


def policy(server, rules):
    """Write a policy; returns its name."""
    name = "p" + uuid.uuid4().hex[:12]
    text = "\n".join(f'path "{path}" {{ capabilities = {json.dumps(may)} }}' for path, may in rules.items())
    server.client().sys.create_or_update_policy(name, text)
    return name


WAITING = """
import os, signal
def hang_up(number, frame): print('hung up', flush=True)
signal.signal(signal.SIGHUP, hang_up)
print('started', os.environ['LEVEL'], flush=True)
while True: signal.pause()
"""


def test_a_change_of_configuration_restarts_or_signals_the_command(cli, start, svc):
    cli("config", "set", f"service/{svc}", "level", "info", "-type=string")
    restarted = start("run", f"-service={svc}", "-on-change=restart", *python(WAITING))
    signalled = start("run", f"-service={svc}", "-on-change=signal:HUP", *python(WAITING))
    assert line_of(restarted) == line_of(signalled) == "started info"
    began = time.monotonic()
    cli("config", "set", f"service/{svc}", "level", "debug")
    assert line_of(signalled) == "hung up"
    assert line_of(restarted) == "started debug"
    # Long before anything is asked for again by the clock.
    assert time.monotonic() - began < 15


def test_static_keys_alone_can_be_left_for_later(cli, start, svc):
    cli("config", "set", f"service/{svc}", "level", "info", "-type=string")
    cli("config", "set", f"service/{svc}", f"{svc}.pool", "1", "-type=integer", "-reload=static")
    process = start("run", f"-service={svc}", "-on-change=restart", "-only-dynamic", *python(WAITING))
    assert line_of(process) == "started info"
    cli("config", "set", f"service/{svc}", f"{svc}.pool", "2")
    assert line_of(process, "stderr").endswith("Only static keys: the command goes on as it is.")
    cli("config", "set", f"service/{svc}", "level", "debug")
    assert line_of(process) == "started debug"
