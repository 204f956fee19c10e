"""Tokens and token roles through hvac."""

import re
import time

import hvac.exceptions
import pytest

import harness

READ_ALL = 'path "*" { capabilities = ["create", "read", "update", "delete", "list"] }'
SUDO_ALL = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }'


def gone(server, token):
    """Whether the server no longer knows the token."""
    return server.call("GET", "/v1/auth/token/lookup-self", token=token).status == 403


def wait_until_gone(server, token, within):
    """Poll until the token is refused; fails after `within` seconds."""
    limit = time.monotonic() + within
    while not gone(server, token):
        assert time.monotonic() < limit, "the token outlived its time"
        time.sleep(0.05)


def create(client, **options):
    """The `auth` block of a new token."""
    return client.auth.token.create(**options)["auth"]


# -- creation -----------------------------------------------------------------------------------


def test_a_token_says_what_it_is(root):
    answer = root.auth.token.create(
        policies=["zz", "aa"], meta={"who": "me"}, ttl="30m", explicit_max_ttl="1h", display_name="my name!", num_uses=7
    )
    assert answer["data"] is None
    auth = answer["auth"]
    assert auth["policies"] == auth["token_policies"] == ["aa", "default", "zz"]
    assert (auth["lease_duration"], auth["renewable"], auth["token_type"]) == (1800, True, "service")
    assert (auth["orphan"], auth["num_uses"], auth["entity_id"]) == (False, 7, "")
    assert auth["metadata"] == {"who": "me"}
    assert any('"aa" does not exist' in warning for warning in answer["warnings"])
    data = root.auth.token.lookup(auth["client_token"])["data"]
    expected = {
        "id": auth["client_token"],
        "accessor": auth["accessor"],
        "policies": ["aa", "default", "zz"],
        "path": "auth/token/create",
        "meta": {"who": "me"},
        "display_name": "token-my-name",
        "num_uses": 7,
        "orphan": False,
        "creation_ttl": 1800,
        "explicit_max_ttl": 3600,
        "type": "service",
        "renewable": True,
        "entity_id": "",
    }
    assert {key: data[key] for key in expected} == expected
    assert 1790 <= data["ttl"] <= 1800
    assert abs(data["creation_time"] - time.time()) < 30
    assert re.match(r"\d{4}-\d\d-\d\dT", data["expire_time"])
    assert re.match(r"\d{4}-\d\d-\d\dT", data["issue_time"])


@pytest.mark.beyond_bao(reason="OpenBao's service tokens begin with s. and are signed, thus longer")
def test_token_forms(root):
    assert re.fullmatch(r"hvs\.[0-9A-Za-z]{24}", create(root)["client_token"])
    auth = create(root, policies=["default"])
    assert re.fullmatch(r"hvs\.[0-9A-Za-z_-]{24,}", auth["client_token"])
    assert re.fullmatch(r"[0-9A-Za-z]{24}", auth["accessor"])
    assert create(root, policies=["default"], type="batch")["client_token"].startswith("hvb.")


def test_the_root_token_never_expires(root):
    data = root.auth.token.lookup_self()["data"]
    assert (data["policies"], data["ttl"], data["expire_time"], data["path"]) == (["root"], 0, None, "auth/token/root")
    assert (data["display_name"], data["num_uses"], data["orphan"]) == ("root", 0, True)
    auth = create(root)
    assert (auth["policies"], auth["lease_duration"], auth["renewable"]) == (["root"], 0, False)


def test_a_token_without_options_takes_its_parents_policies(server, root, make_token):
    parent = server.client(make_token(READ_ALL))
    own = parent.auth.token.lookup_self()["data"]["policies"]
    assert create(parent)["policies"] == own
    assert create(parent)["lease_duration"] == 2764800
    answer = server.call("POST", "/v1/auth/token/create", token=parent.token)
    assert answer.status == 200 and answer.json["auth"]["policies"] == own


def test_default_can_be_left_out_and_does_not_come_back(server, root, unique):
    """(A-11)"""
    root.sys.create_or_update_policy(unique, READ_ALL)
    auth = create(root, policies=[unique], no_default_policy=True)
    assert auth["policies"] == [unique]
    parent = server.client(auth["client_token"])
    assert create(parent)["policies"] == [unique]
    with pytest.raises(hvac.exceptions.VaultError) as caught:
        create(parent, policies=["default"])
    assert isinstance(caught.value, (hvac.exceptions.Forbidden, hvac.exceptions.InvalidRequest))


@pytest.mark.beyond_bao(reason="OpenBao's roles add default to what the parent has")
def test_a_role_without_rules_does_not_bring_default_back(server, root, unique):
    """(A-11)"""
    root.sys.create_or_update_policy(unique, READ_ALL)
    root.auth.token.create_or_update_role(unique)
    parent = create(root, policies=[unique], no_default_policy=True)["client_token"]
    path = f"/v1/auth/token/create/{unique}"
    for body in ({}, {"policies": [unique]}):
        assert server.call("POST", path, token=parent, body=body).json["auth"]["policies"] == [unique]
    refused = server.call("POST", path, token=parent, body={"policies": ["default"]})
    assert (refused.status, refused.errors) == (400, ["child policies must be subset of parent"])
    assert server.call("POST", path, token="root", body={"policies": ["x"]}).json["auth"]["policies"] == ["default", "x"]


def test_too_long_a_ttl_is_capped_with_a_warning(root):
    answer = root.auth.token.create(policies=["default"], ttl="800h")
    assert answer["auth"]["lease_duration"] == 2764800
    assert any("exceeded the effective max_ttl" in warning for warning in answer["warnings"])


def test_explicit_max_ttl_caps_the_ttl(root):
    assert create(root, policies=["default"], ttl="30m", explicit_max_ttl="5m")["lease_duration"] == 300


@pytest.mark.parametrize(
    "options",
    [
        {"policies": ["root"]},
        {"policies": ["Root"]},
        {"policies": ["root "]},
        {"policies": ["foreign"]},
        {"id": "chosen"},
        {"no_parent": True},
        {"period": "1h"},
    ],
    ids=str,
)
def test_what_only_sudo_may_ask_for(server, make_token, options):
    parent = server.client(make_token(READ_ALL))
    with pytest.raises((hvac.exceptions.InvalidRequest, hvac.exceptions.Forbidden)):
        create(parent, **options)


def test_sudo_may_choose_id_period_and_orphanhood_but_not_root(server, make_token, unique):
    """(T-13)"""
    parent = server.client(make_token(SUDO_ALL))
    assert create(parent, id=unique)["client_token"] == unique
    assert create(parent, no_parent=True)["orphan"] is True
    assert create(parent, period="1h")["lease_duration"] == 3600
    assert create(parent, policies=["foreign"])["policies"] == ["default", "foreign"]
    with pytest.raises(hvac.exceptions.InvalidRequest, match="root tokens may not be created"):
        create(parent, policies=["root"])


def test_a_chosen_id_is_unique_and_plain(root, unique):
    assert create(root, id=unique)["client_token"] == unique
    for wrong in (unique, "a.b", "hvs.abc", "../x"):
        with pytest.raises(hvac.exceptions.InvalidRequest):
            create(root, id=wrong)


def test_policies_are_lower_cased_trimmed_sorted_and_unique(root):
    assert create(root, policies=["  Bb ", "aa", "AA"])["policies"] == ["aa", "bb", "default"]


def test_root_stands_alone(root):
    try:
        assert create(root, policies=["root", "other"])["policies"] == ["root"]
    except hvac.exceptions.InvalidRequest:
        pass  # Refusing the mixture is as good.


@pytest.mark.parametrize(
    "options",
    [{"ttl": "soon"}, {"ttl": "-1h"}, {"num_uses": -1}, {"type": "odd"}, {"explicit_max_ttl": "x"}, {"meta": "x"}],
    ids=str,
)
def test_malformed_options_are_refused(server, options):
    reply = server.call("POST", "/v1/auth/token/create", token="root", body={"policies": ["default"]} | options)
    assert reply.status == 400


@pytest.mark.parametrize(
    ("field", "value", "seconds"),
    [("ttl", 60, 60), ("ttl", "60", 60), ("ttl", "1h30m", 5400), ("ttl", "2d", 172800), ("lease", "1m", 60)],
)
def test_durations_in_every_spelling(server, field, value, seconds):
    reply = server.call("POST", "/v1/auth/token/create", token="root", body={"policies": "default", field: value})
    assert reply.json["auth"]["lease_duration"] == seconds


def test_null_is_the_zero_value(server):
    reply = server.call(
        "POST",
        "/v1/auth/token/create",
        token="root",
        body={"policies": ["default"], "ttl": None, "meta": None, "num_uses": None, "display_name": None, "id": None},
    )
    assert reply.status == 200
    assert reply.json["auth"]["num_uses"] == 0


# -- looking up ---------------------------------------------------------------------------------


def test_lookup_by_accessor_hides_the_id(root):
    auth = create(root, policies=["default"])
    data = root.auth.token.lookup_accessor(auth["accessor"])["data"]
    assert (data["id"], data["accessor"]) == ("", auth["accessor"])
    assert auth["accessor"] in root.auth.token.list_accessors()["data"]["keys"]


def test_looking_up_the_unknown(server, root):
    reply = server.call("POST", "/v1/auth/token/lookup", token="root", body={"token": "hvs.unknown"})
    assert reply.status == 403
    assert any("bad token" in error for error in reply.errors)
    reply = server.call("POST", "/v1/auth/token/lookup-accessor", token="root", body={"accessor": "unknown"})
    if harness.ON_BAO:
        assert reply.status in (400, 403, 404)
    else:
        assert (reply.status, reply.errors) == (400, ["invalid accessor"])
    reply = server.call("POST", "/v1/auth/token/lookup-accessor", token="root", body={})
    assert reply.status == 400 and "missing accessor" in reply.errors[0]
    reply = server.call("POST", "/v1/auth/token/lookup", token="root", body={})
    assert reply.json["data"]["policies"] == ["root"]
    assert server.client("hvs.unknown").is_authenticated() is False
    assert server.client(None).is_authenticated() is False
    assert server.client("\x1b").is_authenticated() is False


def test_a_token_may_look_at_itself_only(server, root):
    mine = server.client(create(root, policies=["default"])["client_token"])
    assert mine.auth.token.lookup_self()["data"]["id"] == mine.token
    other = create(root, policies=["default"])
    with pytest.raises(hvac.exceptions.Forbidden, match="permission denied"):
        mine.auth.token.lookup(other["client_token"])
    with pytest.raises(hvac.exceptions.Forbidden):
        mine.auth.token.list_accessors()


# -- renewal ------------------------------------------------------------------------------------


def test_renewal_by_token_self_and_accessor(server, root):
    auth = create(root, policies=["default"], ttl="1m")
    assert root.auth.token.renew(auth["client_token"], increment="10m")["auth"]["lease_duration"] == 600
    own = server.client(auth["client_token"])
    assert own.auth.token.renew_self(increment="20m")["auth"]["lease_duration"] == 1200
    assert own.auth.token.renew_self()["auth"]["lease_duration"] in (60, 1200)
    answer = root.auth.token.renew_accessor(auth["accessor"], increment="5m")["auth"]
    assert answer["lease_duration"] == 300
    data = own.auth.token.lookup_self()["data"]
    assert data["creation_ttl"] == 60 and 290 <= data["ttl"] <= 300
    assert data["last_renewal_time"] >= data["creation_time"]


def test_renewal_ends_at_the_explicit_maximum(root):
    auth = create(root, policies=["default"], ttl="1m", explicit_max_ttl="2m")
    answer = root.auth.token.renew(auth["client_token"], increment="1h")
    assert 0 < answer["auth"]["lease_duration"] <= 120
    assert answer["warnings"]


def test_a_token_near_its_maximum_never_becomes_immortal(server, root):
    """(T-01)"""
    token = create(root, policies=["default"], ttl="2s", explicit_max_ttl="2s")["client_token"]
    own, start, seen = server.client(token), time.monotonic(), []
    while time.monotonic() - start < 4:
        try:
            seen.append(own.auth.token.renew_self(increment="1h")["auth"]["lease_duration"])
        except hvac.exceptions.VaultError:
            break
        time.sleep(0.02)
    wait_until_gone(server, token, within=3.5 - (time.monotonic() - start))
    assert seen and all(0 <= left <= 2 for left in seen)


def test_what_cannot_be_renewed(server, root):
    fixed = create(root, policies=["default"], renewable=False)["client_token"]
    with pytest.raises(hvac.exceptions.InvalidRequest, match="lease is not renewable"):
        root.auth.token.renew(fixed)
    batch = create(root, policies=["default"], type="batch")["client_token"]
    with pytest.raises(hvac.exceptions.InvalidRequest, match="batch tokens cannot be renewed"):
        root.auth.token.renew(batch)
    reply = server.call("POST", "/v1/auth/token/renew", token="root", body={})
    assert (reply.status, reply.errors) == (400, ["missing token ID"])
    reply = server.call("POST", "/v1/auth/token/renew", token="root", body={"token": "hvs.unknown"})
    assert reply.status in ((400, 403) if harness.ON_BAO else (400,))


def test_a_periodic_token_renews_by_its_period(root):
    auth = create(root, policies=["default"], period="30m", ttl="1h")
    assert auth["lease_duration"] == 1800
    answer = root.auth.token.renew(auth["client_token"], increment="10h")["auth"]
    assert answer["lease_duration"] == 1800
    data = root.auth.token.lookup(auth["client_token"])["data"]
    assert data["period"] == 1800 and data["explicit_max_ttl"] == 0


# -- revocation ---------------------------------------------------------------------------------


def family(server, root, policy):
    """A parent, its child, its grandchild, and an orphan made by the child."""
    parent = create(root, policies=[policy])
    child = create(server.client(parent["client_token"]))
    grandchild = create(server.client(child["client_token"]))
    orphan = server.client(child["client_token"]).auth.token.create_orphan()["auth"]
    return parent, child, grandchild, orphan


def test_revoking_a_parent_revokes_the_tree_but_no_orphan(server, root, unique):
    root.sys.create_or_update_policy(unique, SUDO_ALL)
    parent, child, grandchild, orphan = family(server, root, unique)
    assert root.auth.token.revoke(parent["client_token"]).status_code == 204
    assert [gone(server, t["client_token"]) for t in (parent, child, grandchild, orphan)] == [True, True, True, False]


def test_revoke_and_orphan_keeps_the_children(server, root, unique, make_token):
    root.sys.create_or_update_policy(unique, SUDO_ALL)
    parent, child, grandchild, _ = family(server, root, unique)
    plain = server.client(make_token(READ_ALL))
    with pytest.raises((hvac.exceptions.InvalidRequest, hvac.exceptions.Forbidden)):
        plain.auth.token.revoke_and_orphan_children(parent["client_token"])
    assert not gone(server, parent["client_token"])
    assert root.auth.token.revoke_and_orphan_children(parent["client_token"]).status_code == 204
    assert [gone(server, t["client_token"]) for t in (parent, child, grandchild)] == [True, False, False]
    assert root.auth.token.lookup(child["client_token"])["data"]["orphan"] is True


def test_revocation_by_self_and_by_accessor(server, root):
    first, second = create(root, policies=["default"]), create(root, policies=["default"])
    assert server.client(first["client_token"]).auth.token.revoke_self().status_code == 204
    assert root.auth.token.revoke_accessor(second["accessor"]).status_code == 204
    for auth in (first, second):
        assert gone(server, auth["client_token"])
        assert auth["accessor"] not in root.auth.token.list_accessors()["data"]["keys"]
        reply = server.call("POST", "/v1/auth/token/lookup-accessor", token="root", body={"accessor": auth["accessor"]})
        assert reply.status in (400, 403, 404)


def test_revoking_the_unknown(server, root):
    reply = server.call("POST", "/v1/auth/token/revoke", token="root", body={"token": "hvs.unknown"})
    assert reply.status == 204
    reply = server.call("POST", "/v1/auth/token/revoke-accessor", token="root", body={"accessor": "unknown"})
    assert reply.status in (200, 400)
    batch = create(root, policies=["default"], type="batch")["client_token"]
    reply = server.call("POST", "/v1/auth/token/revoke", token="root", body={"token": batch})
    assert (reply.status, reply.errors) == (400, ["batch tokens cannot be revoked"])


def test_a_token_ends_with_its_ttl(server, root):
    token = create(root, policies=["default"], ttl="1s")["client_token"]
    assert not gone(server, token)
    wait_until_gone(server, token, within=3)


# -- limited uses -------------------------------------------------------------------------------


def test_every_request_spends_a_use_even_a_refused_one(server, root):
    token = create(root, policies=["default"], num_uses=4)["client_token"]
    assert root.auth.token.lookup(token)["data"]["num_uses"] == 4
    own = lambda path: server.call("GET", path, token=token).status
    assert own("/v1/auth/token/lookup-self") == 200
    assert root.auth.token.lookup(token)["data"]["num_uses"] == 3
    assert own("/v1/sys/mounts") == 403
    assert root.auth.token.lookup(token)["data"]["num_uses"] == 2
    assert [own("/v1/auth/token/lookup-self") for _ in range(3)] == [200, 200, 403]


def test_a_limited_token_has_no_children(server, root, unique):
    root.sys.create_or_update_policy(unique, READ_ALL)
    limited = server.client(create(root, policies=[unique], num_uses=5)["client_token"])
    with pytest.raises(hvac.exceptions.InvalidRequest, match="restricted use token cannot generate child tokens"):
        create(limited)


# -- batch tokens -------------------------------------------------------------------------------


def test_a_batch_token_is_light(server, root, unique):
    root.sys.create_or_update_policy(unique, READ_ALL)
    auth = create(root, policies=[unique], type="batch", ttl="1h")
    assert (auth["accessor"], auth["renewable"], auth["token_type"]) == ("", False, "batch")
    batch = server.client(auth["client_token"])
    data = batch.auth.token.lookup_self()["data"]
    assert (data["type"], data["accessor"], data["policies"]) == ("batch", "", ["default", unique])
    with pytest.raises(hvac.exceptions.InvalidRequest, match="batch tokens cannot create more tokens"):
        create(batch)
    tampered = auth["client_token"][:-6] + ("AAAAAA" if not auth["client_token"].endswith("AAAAAA") else "BBBBBB")
    assert gone(server, tampered)


@pytest.mark.parametrize("options", [{"explicit_max_ttl": "1h"}, {"num_uses": 3}, {"period": "1h"}], ids=str)
def test_a_batch_token_cannot_have(root, options):
    with pytest.raises(hvac.exceptions.InvalidRequest):
        create(root, policies=["default"], type="batch", **options)


def test_a_batch_token_is_never_root(root):
    with pytest.raises(hvac.exceptions.InvalidRequest):
        create(root, type="batch")


def test_a_batch_token_ends_with_its_ttl_and_with_its_parent(server, root, unique):
    """(T-03)"""
    short = create(root, policies=["default"], type="batch", ttl="1s")["client_token"]
    wait_until_gone(server, short, within=3)
    root.sys.create_or_update_policy(unique, READ_ALL)
    parent = create(root, policies=[unique])["client_token"]
    child = create(server.client(parent), type="batch")["client_token"]
    assert not gone(server, child)
    root.auth.token.revoke(parent)
    assert gone(server, child)


def test_what_a_batch_token_wraps_ends_with_it(server, root, unique):
    """(T-03)"""
    root.sys.create_or_update_policy(unique, READ_ALL)
    short = server.client(create(root, policies=[unique], type="batch", ttl="2s")["client_token"])
    wrapped = short.adapter.get("/v1/sys/internal/ui/resultant-acl", wrap_ttl="1h")
    assert harness.ON_BAO or wrapped["wrap_info"]["ttl"] <= 2
    lasting = server.client(create(root, policies=[unique], type="batch", ttl="1h")["client_token"])
    assert lasting.adapter.get("/v1/sys/internal/ui/resultant-acl", wrap_ttl="5m")["wrap_info"]["ttl"] == 300


# -- roles --------------------------------------------------------------------------------------


def test_a_role_reads_back_whole(root, unique):
    answer = root.auth.token.create_or_update_role(
        unique, allowed_policies=["a", "b"], orphan=True, token_period="1h", renewable=False, path_suffix="suf"
    )
    assert answer.status_code == 204
    data = root.auth.token.read_role(unique)["data"]
    expected = {
        "name": unique,
        "allowed_policies": ["a", "b"],
        "disallowed_policies": [],
        "allowed_policies_glob": [],
        "disallowed_policies_glob": [],
        "orphan": True,
        "path_suffix": "suf",
        "renewable": False,
        "token_period": 3600,
        "token_explicit_max_ttl": 0,
        "token_type": "default-service",
    }
    assert {key: data[key] for key in expected} == expected
    assert not data.get("token_num_uses") and not data.get("token_no_default_policy")
    assert unique in root.auth.token.list_roles()["data"]["keys"]
    assert root.auth.token.delete_role(unique).status_code == 204
    with pytest.raises(hvac.exceptions.InvalidPath):
        root.auth.token.read_role(unique)


def by_role(root, role, **options):
    """A token made through the role."""
    return create(root, role_name=role, **options)


def test_a_role_bounds_the_policies(server, root, unique):
    role = lambda **options: root.auth.token.create_or_update_role(unique, **options)
    refused = pytest.raises(hvac.exceptions.InvalidRequest)
    role(allowed_policies=["a", "b"])
    assert by_role(root, unique)["policies"] == ["a", "b", "default"]
    assert by_role(root, unique, policies=["b"])["policies"] == ["b", "default"]
    with pytest.raises(hvac.exceptions.InvalidRequest, match="must be subset of the role's allowed policies"):
        by_role(root, unique, policies=["c"])
    root.auth.token.delete_role(unique)
    role(disallowed_policies=["c"])
    with pytest.raises(hvac.exceptions.InvalidRequest, match='token policy "c" is disallowed by this role'):
        by_role(root, unique, policies=["C"])
    assert by_role(root, unique, policies=["a"])["policies"] == ["a", "default"]
    root.auth.token.delete_role(unique)
    server.call(
        "POST",
        f"/v1/auth/token/roles/{unique}",
        token="root",
        body={"allowed_policies_glob": ["team-*"], "disallowed_policies_glob": ["team-x*"]},
    )
    assert by_role(root, unique, policies=["team-a"])["policies"] == ["default", "team-a"]
    for name in ("other", "team-xy"):
        with refused:
            by_role(root, unique, policies=[name])
    with pytest.raises(hvac.exceptions.VaultError, match="unknown role"):
        by_role(root, unique + "none")


def test_a_role_gives_its_properties_to_the_token(server, root, unique, make_token):
    server.call(
        "POST",
        f"/v1/auth/token/roles/{unique}",
        token="root",
        body={
            "allowed_policies": "default",
            "orphan": True,
            "token_period": "20m",
            "token_num_uses": 3,
            "path_suffix": "suf",
        },
    )
    data = root.auth.token.lookup(by_role(root, unique)["client_token"])["data"]
    assert (data["orphan"], data["creation_ttl"], data["num_uses"]) == (True, 1200, 3)
    assert data["path"] == f"auth/token/create/{unique}/suf"
    assert data["role"] == unique
    plain = server.client(make_token(f'path "auth/token/create/{unique}" {{ capabilities = ["update"] }}'))
    assert by_role(plain, unique)["orphan"] is True
    with pytest.raises(hvac.exceptions.Forbidden):
        create(plain)


def test_of_two_limits_the_lesser_counts(server, root, unique):
    """What a request and its role say together: times with a warning, uses without one."""
    limits = {"token_explicit_max_ttl": "1h", "token_num_uses": 5, "allowed_policies": "default"}
    assert server.call("POST", f"/v1/auth/token/roles/{unique}", token="root", body=limits).status == 204
    ask = lambda **options: root.auth.token.create(role_name=unique, **options)
    both = lambda name, seconds: (
        f"{name} specified both during creation call and in role; using the lesser value of {seconds} seconds"
    )
    for options, seconds, uses in (
        ({}, 3600, 5),
        ({"explicit_max_ttl": "30m", "num_uses": 3}, 1800, 3),
        ({"explicit_max_ttl": "2h", "num_uses": 9}, 3600, 5),
    ):
        answer = ask(**options)
        assert (answer["auth"]["lease_duration"], answer["auth"]["num_uses"]) == (seconds, uses)
        assert (both("Explicit max TTL", seconds) in answer["warnings"]) == bool(options)
    periodic = {"token_explicit_max_ttl": 0, "token_num_uses": 0, "token_period": "1h"}
    assert server.call("POST", f"/v1/auth/token/roles/{unique}", token="root", body=periodic).status == 204
    for period, seconds in (("10m", 600), ("2h", 3600)):
        answer = ask(period=period)
        assert answer["auth"]["lease_duration"] == seconds
        assert both("Period", seconds) in answer["warnings"]
    assert ask(no_default_policy=True, policies=["default"])["auth"]["policies"] == []


def test_aliases_of_entities_are_refused(server, unique):
    """There are no entities that a token could belong to."""
    post = lambda path, body: server.call("POST", f"/v1/auth/token/{path}", token="root", body=body)
    for path in ("create", "create-orphan"):
        answer = post(path, {"entity_alias": "a"})
        assert answer.status == 400
        assert answer.json["errors"] == ["'entity_alias' is only allowed in combination with token role"]
    assert post(f"roles/{unique}", {"allowed_policies": "default"}).status == 204
    answer = post(f"create/{unique}", {"entity_alias": "a"})
    assert (answer.status, answer.json["errors"]) == (400, ["invalid 'entity_alias' value"])


def test_an_orphan_tells_the_path_that_made_it(server, root):
    made = server.call("POST", "/v1/auth/token/create-orphan", token="root", body={"policies": ["default"]})
    data = root.auth.token.lookup(made.json["auth"]["client_token"])["data"]
    assert (data["path"], data["orphan"]) == ("auth/token/create-orphan", True)


def test_orphaning_wants_sudo_and_says_so(server, make_token):
    token = make_token('path "auth/token/revoke-orphan" { capabilities = ["update"] }')
    answer = server.call("POST", "/v1/auth/token/revoke-orphan", token=token, body={"token": "hvs.none"})
    assert (answer.status, answer.json["errors"]) == (400, ["root or sudo privileges required to revoke and orphan"])


@pytest.mark.beyond_bao(reason="it takes a part of a second for none at all")
@pytest.mark.parametrize("options", [{"ttl": "500ms"}, {"explicit_max_ttl": "1ms"}, {"period": "999ms"}], ids=str)
def test_a_part_of_a_second_is_not_for_ever(server, root, options):
    auth = create(root, policies=["default"], **options)
    assert auth["lease_duration"] == 1
    wait_until_gone(server, auth["client_token"], 3)


@pytest.mark.parametrize("body", [{"token_type": "odd"}, {"token_period": "x"}, {"token_bound_cidrs": ["x"]}], ids=str)
def test_a_malformed_role_is_refused(server, unique, body):
    reply = server.call("POST", f"/v1/auth/token/roles/{unique}", token="root", body=body)
    assert reply.status == 400
    assert server.call("GET", f"/v1/auth/token/roles/{unique}", token="root").status == 404


def test_bound_addresses_hold_for_the_token_and_its_children(server, root, unique):
    """(T-05)"""
    root.sys.create_or_update_policy(unique, READ_ALL)
    role = lambda cidr: server.call(
        "POST",
        f"/v1/auth/token/roles/{unique}",
        token="root",
        body={"allowed_policies": [unique], "token_bound_cidrs": [cidr]},
    )
    role("127.0.0.0/8")
    near = by_role(root, unique)["client_token"]
    assert not gone(server, near)
    assert "127.0.0.0/8" in str(
        root.auth.token.lookup(create(server.client(near))["client_token"])["data"]["bound_cidrs"]
    )
    role("10.0.0.0/8")
    assert gone(server, by_role(root, unique)["client_token"])


def test_tidy_is_accepted(root):
    answer = root.auth.token.tidy()
    assert "Tidy operation" in str(getattr(answer, "text", answer))
