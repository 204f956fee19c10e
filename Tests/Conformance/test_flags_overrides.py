"""What individuals get of a flag for as long as a lease."""

import uuid

import pytest

import harness
from flag_server import flags, key, Flags  # noqa: F401 (fixtures)

pytestmark = pytest.mark.beyond_bao(reason="feature flags are not among OpenBao's engines")

COLOURS = {"red": "r", "green": "g", "blue": "b"}


def colourful(flags, key, environment="prod", **state):
    """A flag of three colours that gives everyone red."""
    flags.make(key, "string", COLOURS, environment, **state)
    return key


def ask(flags, method, path, body=None, token="root"):
    return flags.server.call(method, f"/v1/flags/{path}", token=token, body=body)


def override(flags, key, person="ann", variation="blue", token="root", status=200, environment="prod", **more):
    wanted = {"environment": environment, "flag": key, "targeting_key": person, "variation": variation}
    answer = ask(flags, "POST", "overrides", wanted | more, token)
    assert answer.status == status, answer.text
    return answer.json


def end(flags, made):
    assert ask(flags, "DELETE", f"overrides/{made['data']['id']}").status == 204


def value(flags, key, person="ann", environment="prod"):
    answer = ask(flags, "POST", f"evaluate/{environment}/{key}", {"context": {"targetingKey": person}})
    assert answer.status == 200, answer.text
    return answer.json["data"]["value"]


def state(flags, key, environment="prod"):
    return ask(flags, "GET", f"states/{environment}/{key}").json["data"]


def patch(flags, key, body):
    merge = [("Content-Type", "application/merge-patch+json")]
    answer = flags.server.call("PATCH", f"/v1/flags/states/prod/{key}", token="root", body=body, headers=merge)
    assert answer.status == 200, answer.text


def actions(flags, key):
    return [one["action"] for one in ask(flags, "GET", f"history/prod/{key}").json["data"]["versions"]]


def allowed(flags, key, **rules):
    """A token that may ask for overrides and has these rights to the state of a flag."""
    return flags.token({"flags/overrides": ["update"], f"flags/states/prod/{key}": ["update"]} | rules)


# -- beginning and end ----------------------------------------------------------------------------


def test_an_override_is_served_to_its_key_alone_and_ends_with_its_time(flags, key):
    colourful(flags, key)
    made = override(flags, key, ttl="2s", reason="incident 7")
    assert made["lease_id"].startswith("flags/overrides/") and made["lease_duration"] == 2 and made["renewable"]
    assert made["data"]["lease_id"] == made["lease_id"]
    assert value(flags, key) == "b" and value(flags, key, "bob") == "r"
    harness.eventually(lambda: value(flags, key) == "r")
    assert state(flags, key)["targets"] == []
    history = ask(flags, "GET", f"history/prod/{key}").json["data"]["versions"]
    assert [version["action"] for version in history] == ["override-end", "override", "write"]
    assert history[1]["reason"] == "incident 7" and history[0]["reason"] == "the lease of the override ended"
    assert history[0]["updated_by"] == history[1]["updated_by"]
    assert ask(flags, "GET", f"overrides/{made['data']['id']}").status == 404


def test_it_ends_with_the_token_that_asked_for_it(flags, key):
    colourful(flags, key)
    token = allowed(flags, key)
    override(flags, key, token=token)
    assert value(flags, key) == "b"
    flags.server.call("POST", "/v1/auth/token/revoke", token="root", body={"token": token})
    harness.eventually(lambda: value(flags, key) == "r")


def test_it_ends_when_its_lease_is_revoked(flags, key):
    colourful(flags, key)
    made = override(flags, key, ttl="1h")
    body = {"lease_id": made["lease_id"]}
    assert flags.server.call("PUT", "/v1/sys/leases/revoke", token="root", body=body).status in (202, 204)
    harness.eventually(lambda: value(flags, key) == "r")


def test_it_ends_at_once_when_it_is_deleted_and_its_lease_with_it(flags, key):
    colourful(flags, key)
    made = override(flags, key, ttl="1h")
    token = flags.token({"flags/overrides/*": ["delete"]})
    assert ask(flags, "DELETE", f"overrides/{made['data']['id']}", token=token).status == 403
    token = flags.token({"flags/overrides/*": ["delete", "sudo"]})
    assert ask(flags, "DELETE", f"overrides/{made['data']['id']}", token=token).status == 204
    assert value(flags, key) == "r"
    assert actions(flags, key) == ["override-end", "override", "write"]
    body = {"lease_id": made["lease_id"]}
    assert flags.server.call("PUT", "/v1/sys/leases/lookup", token="root", body=body).status == 400
    assert ask(flags, "DELETE", f"overrides/{made['data']['id']}").status == 204


def test_a_renewed_lease_goes_on(flags, key):
    colourful(flags, key)
    made = override(flags, key, ttl="2s")
    override(flags, key, "bob", ttl="2s")
    body = {"lease_id": made["lease_id"], "increment": 3600}
    renewed = flags.server.call("PUT", "/v1/sys/leases/renew", token="root", body=body)
    assert renewed.status == 200 and renewed.json["lease_duration"] == 3600, renewed.text
    harness.eventually(lambda: value(flags, key, "bob") == "r")
    assert value(flags, key) == "b"
    looked = ask(flags, "GET", f"overrides/{made['data']['id']}").json["data"]
    assert looked["expire_time"] > made["data"]["expire_time"]


def test_those_that_stand_are_listed_without_the_names_of_their_leases(flags, key):
    colourful(flags, key)
    made = override(flags, key, ttl="1h", reason="a look", kind="device")["data"]
    told = ask(flags, "LIST", "overrides").json["data"]["key_info"][made["id"]]
    assert told == {name: fact for name, fact in made.items() if name != "lease_id"}
    assert (told["environment"], told["flag"], told["targeting_key"]) == ("prod", key, "ann")
    assert (told["kind"], told["variation"], told["reason"], told["version"]) == ("device", "blue", "a look", 2)
    assert state(flags, key)["targets"] == [{"variation": "blue", "keys": ["ann"], "kind": "device"}]


def test_who_watches_hears_of_its_beginning_and_of_its_end(flags, key):
    colourful(flags, key)
    with flags.listen("/v1/flags/changes/prod", token="root") as changes, flags.listen() as clients:
        clients.next()
        override(flags, key, ttl="1s")
        for stream in (changes, clients):
            assert stream.next() is not None and stream.next() is not None
    assert actions(flags, key) == ["override-end", "override", "write"]


def test_it_ends_after_a_restart_too(new_server):
    server = new_server()
    server.initialise()
    server.unseal()
    own = Flags(server)
    colourful(own, "colour")
    override(own, "colour", ttl="1s")
    server.stop()
    server.start()
    server.unseal()
    harness.eventually(lambda: value(own, "colour") == "r")


# -- what was there before ------------------------------------------------------------------------


def test_what_was_there_before_comes_back_and_other_edits_stay(flags, key):
    colourful(flags, key, targets=[{"variation": "green", "keys": ["ann", "bob"]}])
    made = override(flags, key, ttl="1h")
    assert value(flags, key) == "b" and value(flags, key, "bob") == "g"
    patch(flags, key, {"rules": [{"serve": {"variation": "green"}}], "off_variation": "green"})
    assert value(flags, key, "someone") == "g" and value(flags, key) == "b"
    end(flags, made)
    after = state(flags, key)
    assert sorted(after["targets"][0]["keys"]) == ["ann", "bob"] and len(after["targets"]) == 1
    assert len(after["rules"]) == 1 and after["off_variation"] == "green"


def test_an_override_of_what_is_there_anyway_changes_nothing(flags, key):
    colourful(flags, key, targets=[{"variation": "blue", "keys": ["ann"]}])
    made = override(flags, key, ttl="1h")
    assert made["data"]["version"] == 1
    end(flags, made)
    assert value(flags, key) == "b" and actions(flags, key) == ["write"]


@pytest.mark.parametrize("targets", [[], [{"variation": "green", "keys": ["ann"]}]])
def test_what_somebody_said_of_the_key_since_stays(flags, key, targets):
    colourful(flags, key)
    made = override(flags, key, ttl="1h")
    patch(flags, key, {"targets": targets})
    before = value(flags, key)
    end(flags, made)
    assert value(flags, key) == before and actions(flags, key)[0] == "patch"


def test_a_rollback_in_between_is_not_undone(flags, key):
    colourful(flags, key)
    made = override(flags, key, ttl="1h")
    assert ask(flags, "POST", f"rollback/prod/{key}", {"version": 1}).status == 200
    assert value(flags, key) == "r"
    end(flags, made)
    assert actions(flags, key) == ["rollback", "override", "write"]


def test_what_stands_for_a_while_is_not_promoted(flags, key):
    colourful(flags, key, "staging", targets=[{"variation": "green", "keys": ["ann"]}])
    override(flags, key, environment="staging", ttl="1h")
    assert ask(flags, "POST", f"promote/staging/prod/{key}").status == 200
    assert value(flags, key, environment="staging") == "b" and value(flags, key) == "g"


def test_it_ends_while_the_flag_is_archived(flags, key):
    colourful(flags, key)
    made = override(flags, key, ttl="1h")
    assert ask(flags, "DELETE", f"definitions/{key}").status == 204
    end(flags, made)
    assert ask(flags, "POST", f"revive/{key}").status == 200
    assert value(flags, key) == "r"


@pytest.mark.parametrize("gone", ["states/prod/{}", "definitions/{}?purge=true"])
def test_where_there_is_nothing_any_more_only_the_override_goes(flags, key, gone):
    colourful(flags, key)
    made = override(flags, key, ttl="1s")
    assert ask(flags, "DELETE", gone.format(key)).status == 204
    harness.eventually(lambda: ask(flags, "GET", f"overrides/{made['data']['id']}").status == 404)
    # Nor does it hold others up.
    other = colourful(flags, f"{key}-other")
    override(flags, other, ttl="1s")
    harness.eventually(lambda: value(flags, other) == "r")


# -- who may, and what ----------------------------------------------------------------------------


def test_who_may_not_write_the_state_may_not_override_it(flags, key):
    colourful(flags, key)
    token = allowed(flags, key, **{f"flags/states/prod/{key}": ["read"]})
    for name in (key, "no-such-flag"):
        override(flags, name, token=token, status=403)
    override(flags, key, variation="no-such", token=token, status=403)
    assert actions(flags, key) == ["write"]


@pytest.mark.parametrize(
    "conditions, more, status",
    [
        ('denied_parameters = { "targets" = [] }', {}, 403),
        ('allowed_parameters = { "on" = [] }', {}, 403),
        ('allowed_parameters = { "targets" = [] }', {}, 200),
        ('required_parameters = ["reason"]', {}, 403),
        ('required_parameters = ["reason"]', {"reason": "incident 7"}, 200),
    ],
)
def test_conditions_on_writes_of_the_state_hold_for_overrides(flags, key, conditions, more, status):
    colourful(flags, key)
    name = "p" + uuid.uuid4().hex[:12]
    policy = f"""
        path "flags/overrides" {{ capabilities = ["update"] }}
        path "flags/states/prod/{key}" {{ capabilities = ["update"]  {conditions} }}
    """
    answer = flags.server.call("POST", f"/v1/sys/policies/acl/{name}", token="root", body={"policy": policy})
    assert answer.status == 204, answer.text
    override(flags, key, token=flags.token(policies=[name]), status=status, **more)


def test_what_is_protected_asks_for_sudo(flags, key):
    flags.write(f"environments/{key}", {"type": "production", "order": 9, "protected": True})
    colourful(flags, key, key)
    rules = {f"flags/states/{key}/{key}": ["update"]}
    plain, mighty = (flags.token(rules | {"flags/overrides": may}) for may in (["update"], ["update", "sudo"]))
    override(flags, key, environment=key, token=plain, status=403)
    made = override(flags, key, environment=key, token=mighty)
    assert value(flags, key, environment=key) == "b"
    weak, token = (flags.token({"flags/overrides/*": may}) for may in (["delete"], ["delete", "sudo"]))
    assert ask(flags, "DELETE", f"overrides/{made['data']['id']}", token=weak).status == 403
    assert ask(flags, "DELETE", f"overrides/{made['data']['id']}", token=token).status == 204
    assert value(flags, key, environment=key) == "r"


def test_a_key_has_one_override_at_a_time(flags, key):
    colourful(flags, key)
    made = override(flags, key, ttl="1h")
    (told,) = override(flags, key, variation="green", status=409)["errors"]
    assert made["data"]["id"] in told and "already" in told
    override(flags, key, variation="green", kind="device")
    override(flags, key, "bob", "green")
    end(flags, made)
    override(flags, key, variation="green")


@pytest.mark.parametrize(
    "wrong, named",
    [
        ({"variation": "no-such"}, "variation"),
        ({"variation": None}, "variation"),
        ({"targeting_key": ""}, "targeting_key"),
        ({"targeting_key": "x" * 513}, "targeting_key"),
        ({"kind": "a b"}, "kind"),
        ({"environment": "nowhere"}, "nowhere"),
        ({"environment": "staging"}, "has no state in"),
        ({"flag": "../x"}, "flag"),
        ({"flag": "no-such-flag"}, "no-such-flag"),
        ({"ttl": "0s"}, "ttl"),
        ({"ttl": "-1s"}, "ttl"),
    ],
)
def test_what_cannot_be_is_refused_and_named(flags, key, wrong, named):
    colourful(flags, key)
    wanted = {"environment": "prod", "flag": key, "targeting_key": "ann", "variation": "blue"} | wrong
    answer = ask(flags, "POST", "overrides", wanted)
    assert answer.status == 400 and named in answer.json["errors"][0], answer.text
    assert actions(flags, key) == ["write"]


def test_there_are_no_more_targets_than_a_state_may_have(flags, key):
    colourful(flags, key, targets=[{"variation": "red", "keys": [f"k{n}"], "kind": f"k{n}"} for n in range(200)])
    (told,) = override(flags, key, status=400)["errors"]
    assert "targets" in told


# -- who may look and end it -----------------------------------------------------------------------


def test_a_developer_neither_sees_nor_prolongs_more_nor_ends_what_stands_in_production(flags, key):
    colourful(flags, key)
    made = override(flags, key)
    developer = flags.server.call(
        "POST", "/v1/auth/token/create", token="root", body={"policies": ["developer"]}
    ).json["auth"]["client_token"]
    override(flags, key, "bob", token=developer, status=403)
    path = f"overrides/{made['data']['id']}"
    seen = ask(flags, "GET", path, token=developer)
    assert seen.status == 200 and "lease_id" not in seen.json["data"]
    assert ask(flags, "DELETE", path, token=developer).status == 403
    assert value(flags, key) == "b"
    operator = flags.server.call(
        "POST", "/v1/auth/token/create", token="root", body={"policies": ["operator"]}
    ).json["auth"]["client_token"]
    assert ask(flags, "DELETE", path, token=operator).status == 204
    assert value(flags, key) == "r"


def test_who_may_not_see_a_state_does_not_see_its_overrides(flags, key):
    colourful(flags, key)
    made = override(flags, key)["data"]["id"]
    other = flags.token({"flags/overrides": ["list"], "flags/overrides/*": ["read"]})
    listed = ask(flags, "LIST", "overrides", token=other)
    assert listed.status == 404 or made not in listed.json["data"]["keys"]
    assert ask(flags, "GET", f"overrides/{made}", token=other).status == 404


# -- versions ---------------------------------------------------------------------------------------


def test_what_is_over_does_not_come_back_with_an_earlier_version(flags, key):
    colourful(flags, key, targets=[{"variation": "green", "keys": ["ann"]}])
    made = override(flags, key)
    patch(flags, key, {"fallthrough": {"variation": "blue"}})
    good = state(flags, key)["version"]
    end(flags, made)
    patch(flags, key, {"fallthrough": {"variation": "green"}})
    assert ask(flags, "POST", f"rollback/prod/{key}", {"version": good}).status == 200
    assert value(flags, key, "bob") == "b", "the rest of the version is there again"
    assert value(flags, key) == "g"
    assert [target["variation"] for target in state(flags, key)["targets"]] == ["green"]


def test_what_stands_stays_with_an_earlier_version(flags, key):
    colourful(flags, key)
    made = override(flags, key)
    good = state(flags, key)["version"]
    patch(flags, key, {"fallthrough": {"variation": "green"}})
    assert ask(flags, "POST", f"rollback/prod/{key}", {"version": good}).status == 200
    assert value(flags, key) == "b"
    end(flags, made)
    assert value(flags, key) == "r"


@pytest.mark.parametrize("how", ["purge", "state"])
def test_what_is_made_anew_owes_nothing_to_overrides_of_before(flags, key, how):
    colourful(flags, key)
    made = override(flags, key, ttl="1h")
    if how == "purge":
        assert ask(flags, "DELETE", f"definitions/{key}?purge=true").status == 204
        colourful(flags, key, targets=[{"variation": "blue", "keys": ["ann"]}])
    else:
        assert ask(flags, "DELETE", f"states/prod/{key}").status == 204
        written = {"on": True, "off_variation": "red", "targets": [{"variation": "blue", "keys": ["ann"]}]}
        assert ask(flags, "POST", f"states/prod/{key}", written).status == 200
    assert ask(flags, "GET", f"overrides/{made['data']['id']}").status == 404
    end(flags, override(flags, key, "ann", "green"))
    assert value(flags, key) == "b"


def test_the_next_one_can_begin_when_the_lease_has_just_ended(flags, key):
    colourful(flags, key)
    made = override(flags, key)
    body = {"lease_id": made["lease_id"], "sync": True}
    assert flags.server.call("POST", "/v1/sys/leases/revoke", token="root", body=body).status == 204
    end(flags, override(flags, key, "ann", "green"))
    assert value(flags, key) == "r"


def test_an_override_of_a_flag_that_is_off_says_so(flags, key):
    colourful(flags, key, on=False)
    assert "the flag is off" in override(flags, key)["warnings"][0]


def test_a_time_that_cannot_be_is_cut_and_told(flags, key):
    colourful(flags, key)
    made = override(flags, key, ttl="99999h")
    assert made["lease_duration"] < 99999 * 3600 and made["warnings"][0].startswith("ttl: ")
