"""The command line of the server: its version, help, and flags that it knows or does not."""

import json
import os
import subprocess

import pytest

import harness
import wire

pytestmark = pytest.mark.beyond_bao(reason="the words are this server's own")


def run(*words, env=None):
    """Runs the server with words that end it at once."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("VAULT_")} | (env or {})
    return subprocess.run(
        [harness.server_binary(), *words], env=environment, capture_output=True, text=True, timeout=20
    )


@pytest.mark.parametrize("word", ["version", "-version", "--version", "-v"])
def test_the_version_is_the_second_word(word):
    done = run(word)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[0] == "Vault" and done.stdout.split()[1].startswith("v1.")


@pytest.mark.parametrize("words", [["-h"], ["-help"], ["--help"], ["server", "-h"], ["server", "-help"]])
def test_help_is_asked_for_in_all_spellings(words):
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, "") and "USAGE" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["server", "-dev", "-dev-ha"],
        ["server", "-exit-on-core-shutdown", "-dev"],
        ["server", "-dev", "-dev-tls=true"],
        ["-hopeless"],
        ["server", "--hopeless"],
    ],
)
def test_a_flag_that_is_not_known_is_named_and_starts_nothing(words):
    done = run(*words)
    assert done.returncode not in (0, None) and done.stdout == ""
    unknown = next(word for word in words if word not in ("server", "-dev"))
    assert unknown.split("=")[0] in done.stderr and "Unknown option" in done.stderr


@pytest.mark.parametrize(("words", "env"), [(["-log-format=xml"], {}), ([], {"VAULT_LOG_FORMAT": "xml"})])
def test_a_log_format_that_is_not_known_starts_nothing(words, env):
    done = run("server", "-dev", *words, env=env)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "pulsevault: the log format must be standard or json\n"


def test_a_dev_server_with_version_1_and_logs_in_json(tmp_path):
    address = f"127.0.0.1:{harness.free_port()}"
    words = ["-dev", "-dev-root-token-id=root", f"-dev-listen-address={address}", "-dev-kv-v1"]
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            [harness.server_binary(), "server", *words, "-log-level=info", "-log-format=json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert any("Root Token: root" in line for line in iter(process.stdout.readline, ""))
        with wire.Connection("127.0.0.1", int(address.split(":")[1])) as connection:
            connection.send(wire.encode("PUT", "/v1/secret/a", [("X-Vault-Token", "root")], {"v": 1}))
            assert connection.read().status == 204
            connection.send(wire.encode("GET", "/v1/sys/mounts/secret", [("X-Vault-Token", "root")]))
            assert connection.read().json["data"]["options"] == {"version": "1"}
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert lines and all({"@level", "@message", "@module", "@timestamp"} <= set(line) for line in lines)
    opened = next(line for line in lines if line["@message"] == "vault initialised")
    assert (opened["@level"], opened["@module"], opened["shares"]) == ("info", "pulsevault", "1")


def test_the_log_format_of_a_configuration(new_server):
    server = new_server(extra={"log_format": "json"})
    lines = [line for line in server.log_tail().splitlines() if line.startswith("{")]
    assert lines and all(json.loads(line)["@message"] for line in lines)
