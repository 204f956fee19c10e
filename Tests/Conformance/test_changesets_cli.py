"""`vaultcli changeset` and `config override` against a server."""

import json
import subprocess
import uuid

import pytest

import harness

from test_changesets import APPROVER, Changes, changes  # noqa: F401 (a fixture)
from test_config_cli import client_binary, environment

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no change sets")


@pytest.fixture
def cli(changes, tmp_path):
    """Runs the command line; the exit status must be the expected one."""

    def run(*words, status=0, token=None):
        done = subprocess.run(
            [client_binary(), *words], env=environment(changes.server, token), cwd=tmp_path, capture_output=True,
            text=True, timeout=60)
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.fixture
def key():
    return "key-" + uuid.uuid4().hex[:10]


def identifier(done):
    return json.loads(done.stdout)["data"]["id"]


def test_a_set_goes_its_way(changes, cli, key, tmp_path):
    (tmp_path / "app.json").write_text('{"password": "hunter2"}')
    cli("changeset", "rule", "set", key, f"-path=config/data/env/prod/{key}", "-approvals=1")
    assert key in cli("changeset", "rule", "list").stdout
    made = identifier(cli(
        "changeset", "propose", "-format=json", "-m", "sale", f"key:{key}={{\"type\":\"integer\"}}",
        f"config:env/prod/{key}=50", f"secret:secret/{key}=@app.json"))
    assert "1 approval is missing" in cli("changeset", "get", made).stdout
    refused = cli("changeset", "apply", made, status=2)
    assert "1 approval is missing" in refused.stderr
    cli("changeset", "approve", made, "-reason=ok", token=changes.token(APPROVER))
    assert "applied" in cli("changeset", "apply", made).stdout
    assert cli("kv", "get", "-field=password", f"secret/{key}").stdout.strip() == "hunter2"
    shown = cli("changeset", "get", made).stdout
    assert "hunter2" not in shown and "+ 50" in shown
    assert "rolled_back" in cli("changeset", "rollback", made, "-reason=incident 7").stdout
    assert made in cli("changeset", "list").stdout
    cli("changeset", "rule", "delete", key)


def test_problems_are_told_with_their_place(changes, cli, key):
    made = identifier(cli(
        "changeset", "propose", "-format=json", "-m", "wrong", f"key:{key}={{\"type\":\"integer\"}}",
        f"config:env/prod/{key}=abc"))
    assert "must be an integer" in cli("changeset", "preview", made, status=2).stdout
    refused = cli("changeset", "apply", made, status=2)
    assert f"config/data/env/prod/{key}" in refused.stderr
    cli("changeset", "edit", made, f"key:{key}={{\"type\":\"integer\"}}", f"config:env/prod/{key}=7")
    cli("changeset", "preview", made)
    cli("changeset", "apply", made)
    assert changes.value("env/prod", key) == 7


def test_a_conflict_names_the_items(changes, cli, key):
    cli("changeset", "propose", "-m", "first", f"key:{key}={{\"type\":\"integer\"}}", f"config:global/{key}=1")
    made = identifier(cli(
        "changeset", "propose", "-format=json", "-m", "first", f"key:{key}={{\"type\":\"integer\"}}",
        f"config:global/{key}=1"))
    cli("config", "set", "global", key, "5", "-type=integer")
    refused = cli("changeset", "apply", made, status=2)
    assert f"config/data/global/{key}" in refused.stderr and "has changed since" in refused.stderr


def test_an_override_is_a_lease(changes, cli, key):
    cli("config", "set", "env/prod", key, "info", "-type=string")
    told = cli("config", "override", "env/prod", key, "debug", "-ttl=10m", "-reason=incident 7").stdout
    lease = told.split("until lease ")[1].split(" ends")[0]
    assert changes.value("env/prod", key) == "debug"
    cli("lease", "revoke", "-sync", lease)
    harness.eventually(lambda: changes.value("env/prod", key) == "info")
