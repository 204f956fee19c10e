"""`vaultcli` in scripts: what stands on standard output and how a command ends, as with the real `bao`."""

import json
import os
import pathlib
import subprocess

import pytest

import harness

pytestmark = pytest.mark.beyond_bao(reason="the tool is PulseVault's own")


def client_binary():
    """The tool under test: `VAULTCLI_BIN`, else the one beside the server."""
    beside = pathlib.Path(harness.server_binary()).parent / "vaultcli"
    return os.environ.get("VAULTCLI_BIN") or str(beside)


def run_client(server, *words, check=0, token="root", env=None):
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PULSEVAULT_", "VAULT_", "BAO_"))}
    own |= {"VAULT_ADDR": server.address, "HOME": str(server.folder), "VAULT_MAX_RETRIES": "0"} | (env or {})
    if token == "root":
        own["VAULT_TOKEN"] = server.root_token
    done = subprocess.run(
        [client_binary(), *words], env=own, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == check, (
        f"vaultcli {' '.join(words)} ended with {done.returncode}, not {check}\n{done.stdout}\n{done.stderr}"
    )
    return done


@pytest.fixture
def cli(plain):
    """Runs one `vaultcli` command with the root token; the exit code must be 0 unless said otherwise."""

    def run(*words, **options):
        return run_client(plain, *words, **options)

    return run


@pytest.fixture
def same(cli, plain):
    """Runs one command with both tools, which must end and print the same; gives `vaultcli`'s."""

    def run(*words, check=0, env=None):
        ours = cli(*words, check=check, env=env)
        theirs = plain.bao(*words, check=check, env=env)
        assert ours.stdout == theirs.stdout
        return ours

    return run


# -- answers without an envelope ----------------------------------------------------------------


@pytest.mark.parametrize("path", ["sys/health", "sys/seal-status", "sys/leader", "sys/init"])
def test_read_shows_an_answer_without_an_envelope(cli, path):
    shown = cli("read", path).stdout
    assert shown.startswith("Key ") and len(shown.splitlines()) > 2
    assert json.loads(cli("read", "-format=json", path).stdout)["data"]


def test_fields_of_an_answer_without_an_envelope(same):
    assert same("read", "-field=t", "sys/seal-status").stdout.isdigit()
    assert same("read", "-field=initialized", "sys/init").stdout == "true"
    same("read", "sys/init")
    same("read", "-field=nothing", "sys/health", check=1)


# -- fields -------------------------------------------------------------------------------------


def test_spans_of_time_are_seconds_as_fields(same, cli, plain_kv2):
    assert same("token", "create", "-ttl=60s", "-field=token_duration").stdout == "60"
    assert same("write", "-field=token_duration", "auth/token/create", "ttl=1m").stdout == "60"
    assert same("token", "create", "-ttl=60s", "-field=token_duration", "-format=json").stdout.strip() == "60"
    assert same("login", "-no-store", "-field=token_duration", cli("print", "token").stdout.strip()).stdout == "0"
    wrapped = ["-wrap-ttl=5m", f"{plain_kv2}/config"]
    assert same("read", "-field=wrapping_token_ttl", *wrapped).stdout == "300"
    assert "wrapping_token_ttl:              5m" in cli("read", *wrapped).stdout
    assert "token_duration       1m" in cli("token", "create", "-ttl=60s").stdout


def test_null_is_no_field(same, cli, plain_kv2):
    cli("kv", "put", f"{plain_kv2}/a", "v=1")
    for words in (
        ["token", "lookup", "-field=meta"],
        ["token", "lookup", "-format=json", "-field=meta"],
    ):
        assert "not present in secret" in same(*words, check=1).stderr
    cli("kv", "delete", f"{plain_kv2}/a")
    for words in (["read", "-field=data"], ["read", "-format=json", "-field=data"]):
        done = same(*words, f"{plain_kv2}/data/a", check=1)
        assert done.stderr == 'Field "data" not present in secret\n'


def test_a_null_in_a_secret_is_no_field(same, plain, plain_kv2):
    plain.client().secrets.kv.v2.create_or_update_secret("n", {"v": None}, mount_point=plain_kv2)
    same("kv", "get", "-field=v", f"{plain_kv2}/n", check=1)


# -- nothing there ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_an_empty_list_is_an_empty_document(same, plain_kv2, form):
    for words in (["list", f"-format={form}", "nomount/"], ["kv", "list", f"-format={form}", f"{plain_kv2}/none"]):
        done = same(*words, check=2)
        assert done.stdout == "{}\n" and done.stderr == ""


def test_a_deleted_secret_has_no_data(same, cli, plain_kv2):
    cli("kv", "put", f"{plain_kv2}/x", "v=1")
    cli("kv", "delete", f"{plain_kv2}/x")
    assert same("kv", "get", "-field=v", f"{plain_kv2}/x", check=2).stderr == f"No data found at {plain_kv2}/data/x\n"


def test_the_policy_root_has_no_text(same):
    assert same("policy", "read", "root", check=2).stderr == "No policy named: root\n"


def test_names_are_sorted_for_people(same, cli):
    shown = cli("list", "sys/policies/acl").stdout.splitlines()[2:]
    assert shown == sorted(shown) and "root" in shown
    same("list", "sys/policies/acl")


def test_no_audit_device_is_said_on_standard_output(new_server):
    server = new_server()
    server.initialise(1, 1)
    server.unseal()
    assert run_client(server, "audit", "list", check=2).stdout == "No audit devices are enabled.\n"


# -- wrapping -----------------------------------------------------------------------------------


def test_wrapping_without_a_time_takes_five_minutes(same, cli):
    assert "wrapping_token_ttl:              5m" in cli("write", "sys/wrapping/wrap", "a=b").stdout
    assert same("write", "-field=wrapping_token_ttl", "sys/wrapping/wrap", "a=b").stdout == "300"
    token = cli("write", "-field=wrapping_token", "sys/wrapping/wrap", "a=b").stdout
    assert cli("unwrap", "-field=a", token).stdout == "b"
    assert cli("write", "-wrap-ttl=1m", "-field=wrapping_token_ttl", "sys/wrapping/wrap", "a=b").stdout == "60"


# -- options ------------------------------------------------------------------------------------


def test_an_empty_value_is_an_option_not_given(same, cli, plain_kv2):
    cli("kv", "put", f"{plain_kv2}/o", "v=1")
    for option in ("mount", "address", "format", "field", "version", "namespace", "wrap-ttl", "ca-cert"):
        assert "v      1" in cli("kv", "get", f"-{option}=", f"{plain_kv2}/o").stdout, option
        assert "v      1" in cli("kv", "get", f"-{option}", "", f"{plain_kv2}/o").stdout, option
    cli("token", "create", "-ttl=", "-period=", "-policy=default")
    same("secrets", "enable", "-path=", "nothing-of-that-type", check=2)
    cli("kv", "put", "-cas=", f"{plain_kv2}/o", "v=2", check=1)
    cli("token", "create", "-policy=", "-ttl=1m", check=2)


def test_an_empty_description_clears(cli, plain_kv2):
    def description():
        return json.loads(cli("secrets", "list", "-format=json").stdout)[f"{plain_kv2}/"]["description"]

    cli("secrets", "tune", "-description=for a while", plain_kv2)
    assert description() == "for a while"
    cli("secrets", "tune", "-max-lease-ttl=", plain_kv2)
    assert description() == "for a while"
    cli("secrets", "tune", "-description=", plain_kv2)
    assert description() == ""


def test_a_mounts_times_may_be_the_servers(cli, plain_kv2):
    words = ["-output-curl-string", "-default-lease-ttl=system", "-max-lease-ttl=system"]
    for noun in ("secrets", "auth"):
        sent = cli(noun, "tune", *words, plain_kv2).stdout
        assert '"default_lease_ttl":"system"' in sent and '"max_lease_ttl":"system"' in sent
        assert '"default_lease_ttl":"system"' in cli(noun, "enable", *words, "kv").stdout
    assert "1h0m0s" in cli("secrets", "tune", "-output-curl-string", "-max-lease-ttl=1h", plain_kv2).stdout
    cli("secrets", "tune", "-max-lease-ttl=often", plain_kv2, check=1)


def test_a_version_is_ignored_without_versions(same, cli, plain_kv1):
    cli("kv", "put", f"{plain_kv1}/a", "k=v")
    same("kv", "get", "-version=1", f"{plain_kv1}/a")


# -- exit codes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, code",
    [
        ([], 127),
        (["foo"], 127),
        (["foo", "-address=http://127.0.0.1:1"], 127),
        (["kv"], 1),
        (["kv", "foo"], 1),
        (["policy", "write", "x", "/nonexistent"], 2),
        (["login"], 2),
        (["login", "-method=userpass"], 2),
        (["login", "-method=userpass", "username=ana"], 2),
        (["login", "-method=foo"], 1),
        (["policy", "list", "-address=ftp://127.0.0.1"], 2),
        (["policy", "list", "-address=127.0.0.1:1"], 2),
        (["status", "-address=127.0.0.1:1"], 1),
        (["kv", "list"], 1),
        (["kv", "get", "-wrap-ttl=abc", "secret/x"], 1),
    ],
)
def test_exit_codes(same, words, code):
    same(*words, check=code)


@pytest.mark.parametrize("name, value", [("CLIENT_TIMEOUT", "soon"), ("MAX_RETRIES", "x"), ("SKIP_VERIFY", "maybe")])
def test_a_variable_that_cannot_be_used_is_two(same, name, value):
    same("policy", "list", check=2, env={f"VAULT_{name}": value, f"BAO_{name}": value})


def test_an_unknown_method_is_named(cli):
    assert cli("login", "-method=foo", check=1).stderr.startswith("Unknown auth method: foo.")


# -- operation ----------------------------------------------------------------------------------


def test_a_server_without_keys_and_a_sealed_one(new_server):
    server = new_server()

    def same(*words, check):
        # Empty dates stand in one or the other.
        ours, theirs = (
            {name: value for name, value in json.loads(done.stdout).items() if name not in ("build_date", "commit_date")}
            for done in (
                run_client(server, *words, check=check, token=None),
                server.bao(*words, token=None, check=check),
            )
        )
        assert ours == theirs
        return ours

    assert same("operator", "init", "-status", "-format=json", check=2) == {"Initialized": False}
    assert same("status", "-format=json", check=2)["ha_enabled"] is False
    assert "HA Enabled" in run_client(server, "status", token=None, check=2).stdout
    server.initialise(2, 2)
    assert same("operator", "init", "-status", "-format=json", check=0) == {"Initialized": True}
    assert same("status", "-format=json", check=2)["ha_enabled"] is False
    shown = run_client(server, "operator", "unseal", server.keys[0], token=None).stdout
    assert "HA Enabled         false" in shown


def test_a_one_time_password_for_programs(cli):
    answer = json.loads(cli("operator", "generate-root", "-generate-otp", "-format=json").stdout)
    assert set(answer) == {"otp", "otp_length"} and len(answer["otp"]) == answer["otp_length"]
    assert len(cli("operator", "generate-root", "-generate-otp").stdout) == answer["otp_length"]


def test_authorities_may_be_a_text(server):
    text = pathlib.Path(server.cafile).read_text()
    shown = run_client(server, "status", "-format=json", env={"VAULT_CACERT_BYTES": text}).stdout
    assert json.loads(shown)["sealed"] is False
    run_client(server, "status", check=1)
    run_client(server, "policy", "list", check=2, env={"VAULT_CACERT_BYTES": "no certificate"})
