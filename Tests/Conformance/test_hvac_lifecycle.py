"""Initialise, unseal, seal, rekey and generate-root, each on a server of its own."""

import base64
import concurrent.futures
import itertools
import re
import signal
import threading
import time

import hvac.exceptions
import pytest

import harness
import shamir
import wire

WHOLE_ZERO_PROGRESS = {"initialized": False, "sealed": True, "t": 0, "n": 0, "progress": 0}


# -- before initialisation ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def blank():
    """A started server that nobody initialises."""
    one = harness.Server(tls=True).start()
    yield one
    one.discard()


def test_a_new_server_says_that_it_is_not_initialised(blank):
    client = blank.client(None)
    assert client.sys.is_initialized() is False
    status = client.sys.read_seal_status()
    assert WHOLE_ZERO_PROGRESS.items() <= status.items()
    assert status["type"] == "shamir"
    assert client.sys.is_sealed() is True


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_is_501_before_initialisation(blank, method):
    answer = blank.client(None).sys.read_health_status(method=method)
    assert answer.status_code == 501
    if method == "GET":
        assert answer.json()["initialized"] is False
        assert answer.json()["sealed"] is True


def test_health_codes_can_be_chosen_before_initialisation(blank):
    answer = blank.client(None).sys.read_health_status(method="GET", uninit_code=299)
    assert answer.status_code == 299


def test_leader_answers_before_initialisation(blank):
    assert blank.client(None).sys.read_leader_status()["ha_enabled"] is False


def test_logical_requests_are_503_before_initialisation(blank):
    reply = blank.call("GET", "/v1/secret/data/x", token="hvs.whatever")
    assert (reply.status, reply.json) == (503, {"errors": ["Vault is sealed"]})


@pytest.mark.parametrize(
    ("shares", "threshold", "why"),
    [
        (0, 0, "shares must be at least one"),
        (5, 0, "threshold must be at least one"),
        (5, 1, "threshold must be greater than one for multiple shares"),
        (3, 5, "threshold cannot be larger than shares"),
        (256, 3, "shares must be less than 256"),
        (-1, 1, "shares must be at least one"),
        (5, -3, "threshold must be at least one"),
    ],
)
def test_impossible_share_counts_are_refused(blank, shares, threshold, why):
    reply = blank.call("PUT", "/v1/sys/init", body={"secret_shares": shares, "secret_threshold": threshold})
    assert reply.status == 400
    if not (harness.ON_BAO and shares == 0):
        assert why in reply.errors[0]
    assert blank.client(None).sys.is_initialized() is False


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "{}x"])
def test_malformed_initialisation_is_refused(blank, body):
    assert blank.call("PUT", "/v1/sys/init", body=body).status == 400
    assert blank.client(None).sys.is_initialized() is False


def test_recovery_parameters_are_refused_with_shamir(blank):
    with pytest.raises(hvac.exceptions.InvalidRequest):
        blank.client(None).sys.initialize(5, 3, recovery_shares=3, recovery_threshold=2)
    assert blank.client(None).sys.is_initialized() is False


# -- initialise and unseal ----------------------------------------------------------------------


def test_initialise_then_unseal_with_five_keys_one_by_one(new_server):
    server = new_server(tls=True)
    answer = server.initialise(5, 3)
    client = server.client(None)

    assert len(answer["keys"]) == len(answer["keys_base64"]) == 5
    for text, encoded in zip(answer["keys"], answer["keys_base64"]):
        assert re.fullmatch("[0-9a-f]{66}", text)
        assert base64.b64decode(encoded, validate=True).hex() == text
    assert len({key[-2:] for key in answer["keys"]}) == 5
    if not harness.ON_BAO:
        assert re.fullmatch(r"hvs\.[0-9A-Za-z]{24}", answer["root_token"])

    assert client.sys.is_initialized() is True
    assert client.sys.is_sealed() is True
    with pytest.raises(hvac.exceptions.InvalidRequest, match="already initialized"):
        client.sys.initialize(5, 3)

    seen = []
    for key in answer["keys"]:
        status = client.sys.submit_unseal_key(key)
        seen.append((status["sealed"], status["progress"], status["t"], status["n"]))
        if len(seen) == 2:
            second_nonce = status["nonce"]
        if len(seen) == 1:
            first_nonce = status["nonce"]
    assert seen == [(True, 1, 3, 5), (True, 2, 3, 5)] + [(False, 0, 3, 5)] * 3
    assert first_nonce == second_nonce != ""

    server.wait_active()
    status = client.sys.read_seal_status()
    assert status["nonce"] == ""
    assert status["cluster_name"] and status["cluster_id"]
    assert server.client().is_authenticated()


def test_any_three_shares_join_to_one_secret_and_two_do_not(new_server):
    server = new_server()
    shares = [bytes.fromhex(key) for key in server.initialise(5, 3)["keys"]]
    secrets = {shamir.combine(chosen) for chosen in itertools.combinations(shares, 3)}
    assert len(secrets) == 1
    assert shamir.combine(shares[:2]) not in secrets


def test_the_last_three_keys_in_reverse_and_base64_unseal(new_server):
    server = new_server()
    server.initialise(5, 3)
    client = server.client(None)
    for key in reversed(server.keys_base64[2:]):
        status = client.sys.submit_unseal_key(key)
    assert status["sealed"] is False


def test_one_share_is_the_raw_key(new_server):
    server = new_server()
    answer = server.initialise(1, 1)
    assert re.fullmatch("[0-9a-f]{64}", answer["keys"][0])
    server.unseal()
    assert server.client().is_authenticated()


def test_unseal_refuses_what_is_no_key_and_counts_no_key_twice(new_server):
    """(C-18)"""
    server = new_server()
    server.initialise(5, 3)
    client = server.client(None)

    reply = server.call("PUT", "/v1/sys/unseal", body={})
    assert reply.status == 400
    assert reply.errors == ["'key' must be specified in request body as JSON, or 'reset' set to true"]
    reply = server.call("PUT", "/v1/sys/unseal", body={"key": "no key at all!"})
    assert (reply.status, reply.errors) == (400, ["'key' must be a valid hex or base64 string"])
    for wrong in ("00" * 5, "00" * 40):
        assert server.call("PUT", "/v1/sys/unseal", body={"key": wrong}).status == 400
    assert client.sys.read_seal_status()["progress"] == 0

    assert client.sys.submit_unseal_key(server.keys[0])["progress"] == 1
    assert client.sys.submit_unseal_key(server.keys[0])["progress"] == 1
    assert client.sys.submit_unseal_key(server.keys_base64[0])["progress"] == 1
    assert client.sys.submit_unseal_key(server.keys[1])["progress"] == 2
    status = client.sys.submit_unseal_key(reset=True)
    assert (status["progress"], status["sealed"]) == (0, True)

    # Three shares of which one is forged: refused as a whole, without saying which.
    forged = server.keys[2][:-2]
    forged = forged[:10] + ("0" if forged[10] != "0" else "1") + forged[11:] + server.keys[2][-2:]
    client.sys.submit_unseal_key(server.keys[0])
    client.sys.submit_unseal_key(server.keys[1])
    reply = server.call("PUT", "/v1/sys/unseal", body={"key": forged})
    assert reply.status == 400
    assert "invalid key" in reply.errors[0].lower()
    assert client.sys.read_seal_status()["progress"] == 0

    server.unseal()
    reply = server.call("PUT", "/v1/sys/unseal", body={"reset": True})
    assert reply.status == 400
    assert "vault is unsealed" in reply.errors[0].lower()


@pytest.mark.beyond_bao(reason="OpenBao accepts the share with x = 0, which is the secret itself")
def test_a_share_at_zero_is_refused(new_server):
    server = new_server()
    server.initialise(5, 3)
    shares = [bytes.fromhex(key) for key in server.keys]
    secret = shamir.combine(shares[:3])
    reply = server.call("PUT", "/v1/sys/unseal", body={"key": (secret + b"\0").hex()})
    if reply.status == 200:
        for key in server.keys[:2]:
            reply = server.call("PUT", "/v1/sys/unseal", body={"key": key})
    assert reply.status == 400
    assert server.client(None).sys.is_sealed() is True


# -- seal ---------------------------------------------------------------------------------------


def test_seal_stops_all_data_and_unseal_brings_it_back(new_server):
    server = new_server(tls=True)
    server.initialise(5, 3)
    server.unseal()
    client = server.client()
    client.sys.enable_secrets_engine("kv", path="kept", options={"version": "2"})
    client.secrets.kv.v2.create_or_update_secret("x", {"a": "1"}, mount_point="kept")
    child = client.auth.token.create(policies=["default"])["auth"]["client_token"]

    with pytest.raises(hvac.exceptions.Forbidden):
        server.client(child).sys.seal()
    assert client.sys.is_sealed() is False

    assert client.sys.seal().status_code == 204
    assert client.sys.is_sealed() is True
    for method, path in [
        ("GET", "/v1/kept/data/x"),
        ("LIST", "/v1/kept/metadata"),
        ("PUT", "/v1/kept/data/x"),
        ("GET", "/v1/sys/mounts"),
        ("GET", "/v1/auth/token/lookup-self"),
        ("GET", "/v1/no/such/mount"),
        ("POST", "/v1/sys/wrapping/lookup"),
    ]:
        reply = server.call(method, path, token="root", body={} if method in ("PUT", "POST") else None)
        assert (reply.status, reply.json) == (503, {"errors": ["Vault is sealed"]}), (method, path)
    assert client.sys.read_health_status(method="HEAD").status_code == 503
    health = client.sys.read_health_status(method="GET")
    assert (health.status_code, health.json()["sealed"]) == (503, True)
    assert client.sys.read_health_status(method="GET", sealed_code=299).status_code == 299
    assert server.call("HEAD", "/v1/sys/health?sealedcode=299").status == 299
    assert client.sys.read_leader_status()["ha_enabled"] is False
    assert client.sys.is_initialized() is True

    server.unseal()
    assert client.secrets.kv.v2.read_secret_version("x", mount_point="kept", raise_on_deleted_version=True)["data"][
        "data"
    ] == {"a": "1"}
    assert server.client(child).is_authenticated()


@pytest.mark.beyond_bao(reason="OpenBao runs on memory here, which does not outlive its process")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_acknowledged_outlives_the_process(new_server, how):
    server = new_server()
    server.initialise(5, 3)
    server.unseal()
    client = server.client()
    client.sys.enable_secrets_engine("kv", path="kept", options={"version": "2"})
    client.sys.create_or_update_policy("kept", 'path "kept/*" { capabilities = ["read"] }')
    child = client.auth.token.create(policies=["kept"], ttl="1h")["auth"]["client_token"]
    short = client.auth.token.create(policies=["kept"], ttl="1s")["auth"]["client_token"]
    for number in range(5):
        client.secrets.kv.v2.create_or_update_secret("x", {"n": number}, mount_point="kept")
    code = server.stop(how)
    if how == signal.SIGTERM:
        assert code == 0

    server.start()
    status = server.client(None).sys.read_seal_status()
    assert (status["initialized"], status["sealed"]) == (True, True)
    server.unseal()
    read = server.client(child).secrets.kv.v2.read_secret_version("x", mount_point="kept")
    assert read["data"]["data"] == {"n": 4}
    assert read["data"]["metadata"]["version"] == 5
    limit = time.monotonic() + 5
    while server.client(short).is_authenticated():
        assert time.monotonic() < limit, "a token outlived its second across the restart"
        time.sleep(0.05)


# -- rekey --------------------------------------------------------------------------------------


def test_rekey_gives_new_shares_and_retires_the_old(new_server):
    server = new_server(tls=True)
    server.initialise(5, 3)
    server.unseal()
    client = server.client(None)

    idle = client.sys.read_rekey_progress()
    assert (idle["started"], idle["nonce"], idle["t"], idle["n"], idle["required"]) == (False, "", 0, 0, 3)
    started = client.sys.start_rekey(secret_shares=4, secret_threshold=2)
    assert (started["started"], started["t"], started["n"], started["progress"]) == (True, 2, 4, 0)
    nonce = started["nonce"]
    assert nonce
    with pytest.raises(hvac.exceptions.InvalidRequest, match="rekey already in progress"):
        client.sys.start_rekey(secret_shares=4, secret_threshold=2)
    with pytest.raises(hvac.exceptions.InvalidRequest, match="incorrect nonce supplied"):
        client.sys.rekey(server.keys[0], nonce="00000000-0000-0000-0000-000000000000")

    assert client.sys.rekey(server.keys[0], nonce=nonce)["progress"] == 1
    assert client.sys.read_rekey_progress()["progress"] == 1
    answer = client.sys.rekey_multi(server.keys[1:3], nonce=nonce)
    assert answer["complete"] is True
    assert len(answer["keys"]) == 4 and len(answer["keys_base64"]) == 4
    assert not set(answer["keys"]) & set(server.keys)
    assert client.sys.read_rekey_progress()["started"] is False

    server.client().sys.seal()
    for key in server.keys[:2]:
        try:
            status = client.sys.submit_unseal_key(key)
        except hvac.exceptions.InvalidRequest:
            status = client.sys.read_seal_status()
    assert status["sealed"] is True
    client.sys.submit_unseal_key(reset=True)
    for key in answer["keys"][2:]:
        status = client.sys.submit_unseal_key(key)
    assert (status["sealed"], status["t"], status["n"]) == (False, 2, 4)
    server.wait_active()
    assert server.client().is_authenticated()


def test_rekey_that_must_be_verified_changes_nothing_before(new_server):
    server = new_server()
    server.initialise(3, 2)
    server.unseal()
    client = server.client(None)
    started = client.sys.start_rekey(secret_shares=3, secret_threshold=2, require_verification=True)
    assert started["verification_required"] is True
    answer = client.sys.rekey_multi(server.keys[:2], nonce=started["nonce"])
    nonce = answer["verification_nonce"]
    assert nonce

    client_root = server.client()
    client_root.sys.seal()
    for key in server.keys[:2]:
        status = client.sys.submit_unseal_key(key)
    assert status["sealed"] is False
    server.wait_active()

    # Sealing ends an unfinished rekey; run it again, this time to its end.
    if client.sys.read_rekey_progress()["started"]:
        client.sys.cancel_rekey()
    started = client.sys.start_rekey(secret_shares=3, secret_threshold=2, require_verification=True)
    answer = client.sys.rekey_multi(server.keys[:2], nonce=started["nonce"])
    nonce = answer["verification_nonce"]
    progress = client.sys.read_rekey_verify_progress()
    assert (progress["nonce"], progress["t"], progress["n"], progress["progress"]) == (nonce, 2, 3, 0)
    assert client.sys.rekey_verify(answer["keys"][0], nonce=nonce)["progress"] == 1
    restarted = client.sys.cancel_rekey_verify()
    assert restarted["progress"] == 0 and restarted["nonce"] != nonce
    done = client.sys.rekey_verify_multi(answer["keys"][1:], nonce=restarted["nonce"])
    assert done["complete"] is True
    client_root.sys.seal()
    for key in answer["keys"][:2]:
        status = client.sys.submit_unseal_key(key)
    assert status["sealed"] is False


def test_rekey_can_be_cancelled_and_refuses_wrong_shares(new_server):
    server = new_server()
    server.initialise(5, 3)
    server.unseal()
    client = server.client(None)
    assert client.sys.cancel_rekey().status_code == 204
    assert client.sys.cancel_rekey().status_code == 204
    reply = server.call("PUT", "/v1/sys/rekey/update", body={"key": server.keys[0], "nonce": "x"})
    assert reply.status == 400
    assert "no barrier rekey in progress" in reply.errors[0]
    reply = server.call("PUT", "/v1/sys/rekey/init", body={"secret_shares": 5, "secret_threshold": 1})
    assert reply.status == (500 if harness.ON_BAO else 400)
    assert "threshold must be greater than one for multiple shares" in reply.errors[0]
    reply = server.call("PUT", "/v1/sys/rekey/init", body={"secret_shares": 5, "secret_threshold": 3, "backup": True})
    assert reply.status == 400
    assert "without providing PGP keys" in reply.errors[0]
    reply = server.call(
        "PUT", "/v1/sys/rekey/init", body={"secret_shares": 5, "secret_threshold": 3, "pgp_keys": ["eA=="]}
    )
    assert reply.status == 400
    assert "incorrect number of PGP keys for rekey" in reply.errors[0]

    nonce = client.sys.start_rekey(5, 3)["nonce"]
    client.sys.rekey(server.keys[0], nonce=nonce)
    reply = server.call("PUT", "/v1/sys/rekey/update", body={"nonce": nonce})
    assert reply.status == 400
    assert "'key' must be specified" in reply.errors[0]
    with pytest.raises(hvac.exceptions.InvalidRequest, match="already been provided"):
        client.sys.rekey(server.keys[0], nonce=nonce)
    assert client.sys.cancel_rekey().status_code == 204
    assert client.sys.read_rekey_progress()["started"] is False
    with pytest.raises(hvac.exceptions.InvalidRequest, match="no backed-up keys found"):
        server.client().sys.read_backup_keys()
    server.client().sys.seal()
    server.unseal()


# -- generate root ------------------------------------------------------------------------------


def decode_root(encoded, otp):
    """The token behind an encoded root token: unpadded base64 of token XOR one-time password."""
    raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
    return bytes(a ^ b for a, b in zip(raw, otp.encode(), strict=True)).decode()


def test_generate_root_with_a_given_and_with_a_made_password(new_server):
    server = new_server(tls=True)
    server.initialise(5, 3)
    server.unseal()
    client = server.client(None)

    idle = client.sys.read_root_generation_progress()
    assert (idle["started"], idle["progress"], idle["required"], idle["complete"]) == (False, 0, 3, False)
    length = idle["otp_length"]
    if not harness.ON_BAO:
        assert length == 28
    with pytest.raises(hvac.exceptions.InvalidRequest):
        client.sys.start_root_token_generation(otp="tooshort")
    with pytest.raises(hvac.exceptions.InvalidRequest, match="no root generation in progress"):
        client.sys.generate_root(server.keys[0], nonce="x")

    otp = ("BMjzW3wAsEzINXCM05Wbas3u9zSl" * 2)[:length]
    for given in (otp, None):
        if given:
            started = client.sys.start_root_token_generation(otp=given)
        else:
            started = server.call("PUT", "/v1/sys/generate-root/attempt", body={}).json
        password = given or started["otp"]
        assert started["started"] is True
        assert len(password) == length
        with pytest.raises(hvac.exceptions.InvalidRequest, match="root generation already in progress"):
            client.sys.start_root_token_generation(otp=otp)
        with pytest.raises(hvac.exceptions.InvalidRequest, match="incorrect nonce supplied"):
            client.sys.generate_root(server.keys[0], nonce="00000000-0000-0000-0000-000000000000")
        progress = client.sys.read_root_generation_progress()
        assert progress["nonce"] == started["nonce"] and not progress.get("otp")
        for key in server.keys[1:4]:
            answer = client.sys.generate_root(key, nonce=started["nonce"])
        assert answer["complete"] is True
        assert answer["encoded_token"] == answer["encoded_root_token"]
        assert "=" not in answer["encoded_token"]
        token = decode_root(answer["encoded_token"], password)
        data = server.client(token).auth.token.lookup_self()["data"]
        assert data["policies"] == ["root"]
        assert data["orphan"] is True
        assert client.sys.read_root_generation_progress()["started"] is False


def test_generate_root_can_be_cancelled(new_server):
    server = new_server()
    server.initialise(5, 3)
    server.unseal()
    client = server.client(None)
    started = server.call("PUT", "/v1/sys/generate-root/attempt", body={}).json
    client.sys.generate_root(server.keys[0], nonce=started["nonce"])
    assert client.sys.cancel_root_generation().status_code == 204
    assert client.sys.read_root_generation_progress()["started"] is False
    with pytest.raises(hvac.exceptions.InvalidRequest, match="no root generation in progress"):
        client.sys.generate_root(server.keys[1], nonce=started["nonce"])


def test_generate_root_refuses_forged_shares(new_server):
    server = new_server()
    server.initialise(5, 3)
    server.unseal()
    client = server.client(None)
    started = server.call("PUT", "/v1/sys/generate-root/attempt", body={}).json
    forged = server.keys[2][:8] + ("00" if server.keys[2][8:10] != "00" else "11") + server.keys[2][10:]
    replies = [
        server.call("PUT", "/v1/sys/generate-root/update", body={"key": key, "nonce": started["nonce"]})
        for key in (server.keys[0], server.keys[1], forged)
    ]
    assert [reply.status for reply in replies] == [200, 200, 400]
    assert b'encoded_token":"' not in replies[-1].body.replace(b" ", b"")
    progress = client.sys.read_root_generation_progress()
    assert (progress["progress"], progress["complete"]) == (0, False)


# -- what is under way when the server seals or dies ------------------------------------------------


def test_reads_under_way_end_whole_or_not_at_all_when_the_server_seals(with_secret):
    """(C-19)"""
    server = with_secret
    request = wire.encode("GET", "/v1/kv/data/x", [("X-Vault-Token", server.root_token)])
    begun = threading.Barrier(17)
    sealed = threading.Event()

    def read(_):
        seen = []
        with server.connect() as connection:
            connection.send(request)
            seen.append((False, connection.read()))
            begun.wait()
            while True:
                after = sealed.is_set()
                connection.send(request)
                seen.append((after, connection.read()))
                if after:
                    return seen

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        work = [pool.submit(read, number) for number in range(16)]
        begun.wait()
        assert server.call("PUT", "/v1/sys/seal", token="root").status == 204
        sealed.set()
        seen = [one for done in work for one in done.result(timeout=30)]
    for after, reply in seen:
        if reply.status == 200 and not after:
            assert reply.json["data"]["data"] == {"password": "planted"}
        else:
            assert (reply.status, b"planted" in reply.body) == (503, False)
    server.unseal()
    assert server.call("GET", "/v1/kv/data/x", token="root").status == 200


def test_a_token_that_ends_while_the_server_is_down_stays_dead(new_server):
    """(T-02)"""
    server = new_server()
    server.initialise()
    server.unseal()
    body = {"policies": ["default"], "ttl": "2s"}
    tokens = [
        server.call("POST", "/v1/auth/token/create", token="root", body=body).json["auth"]["client_token"]
        for _ in range(20)
    ]
    ended = time.monotonic() + 2
    assert server.call("GET", "/v1/auth/token/lookup-self", token=tokens[0]).status == 200
    server.stop(signal.SIGKILL)
    while time.monotonic() < ended:
        time.sleep(0.05)
    server.start()
    server.unseal()
    for token in tokens:
        assert server.call("GET", "/v1/auth/token/lookup-self", token=token).status == 403
        assert server.call("POST", "/v1/auth/token/renew-self", token=token, body={}).status == 403
