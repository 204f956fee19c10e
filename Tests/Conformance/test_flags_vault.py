"""Feature flags in Vault's style: what they are, how they behave, who may change them, what someone gets."""

import base64
import json

import pytest

pytestmark = pytest.mark.beyond_bao(reason="feature flags are this server's own")

USERS = [f"user-{number}" for number in range(2000)]


class Flags:
    """Calls below `flags/` of one server; answers are (status, data or errors)."""

    def __init__(self, server, token="root"):
        self.server = server
        self.token = token

    def call(self, method, path, body=None, headers=()):
        reply = self.server.call(method, f"/v1/flags/{path}", token=self.token, body=body, headers=headers)
        if not reply.body:
            return reply.status, None
        parsed = json.loads(reply.body)
        return reply.status, parsed.get("data") if reply.status < 400 else parsed["errors"]

    def post(self, path, **body):
        return self.call("POST", path, json.dumps(body).encode())

    def patch(self, path, **body):
        merge = [("Content-Type", "application/merge-patch+json")]
        return self.call("PATCH", path, json.dumps(body).encode(), merge)

    def get(self, path):
        return self.call("GET", path)

    def evaluate(self, environment, flag, **context):
        status, data = self.post(f"evaluate/{environment}/{flag}", context=context)
        assert status == 200, data
        return data

    def boolean(self, name, environment="prod", **state):
        """A boolean flag with a state."""
        assert self.post(f"definitions/{name}", type="boolean")[0] == 200
        status, data = self.post(f"states/{environment}/{name}", **({"on": True} | state))
        assert status == 200, data
        return name


@pytest.fixture
def flags(plain):
    return Flags(plain)


# -- definitions ----------------------------------------------------------------------------------


def test_a_definition_comes_back_as_it_was_written_with_its_version(flags, unique):
    status, _ = flags.post(
        f"definitions/{unique}",
        type="float",
        variations={"low": 1, "high": 2.50},
        description="the price",
        owner="team-a",
        tags=["x", "y"],
        kind="experiment",
    )
    assert status == 200
    status, data = flags.get(f"definitions/{unique}")
    assert status == 200
    assert data["key"] == unique and data["type"] == "float" and data["version"] == 1
    assert data["owner"] == "team-a" and data["tags"] == ["x", "y"] and data["kind"] == "experiment"
    assert data["variations"] == {"low": 1.0, "high": 2.5} and isinstance(data["variations"]["low"], float)


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "type"),
        ({"type": "colour"}, "type"),
        ({"type": "integer", "variations": {"a": 1.5}}, "variations.a"),
        ({"type": "string", "variations": {"a": 1}}, "variations.a"),
        ({"type": "string"}, "variations"),
        ({"type": "boolean", "kind": "other"}, "kind"),
        ({"type": "boolean", "expires": "tomorrow"}, "expires"),
        ({"type": "boolean", "tags": "x"}, "tags"),
        ({"type": "boolean", "colour": 1}, "colour"),
    ],
)
def test_a_wrong_definition_is_refused_with_the_field_named(flags, unique, body, field):
    status, errors = flags.post(f"definitions/{unique}", **body)
    assert status == 400 and field in errors[0]
    assert flags.get(f"definitions/{unique}")[0] == 404


def test_the_type_never_changes_and_a_variation_in_use_stays(flags, unique):
    flags.post(f"definitions/{unique}", type="string", variations={"a": "A", "b": "B", "c": "C"})
    assert flags.post(f"states/staging/{unique}", on=True, off_variation="a", **{"fallthrough": {"variation": "b"}})[0] == 200
    status, errors = flags.post(f"definitions/{unique}", type="integer", variations={"a": 1})
    assert status == 400 and "type" in errors[0]
    status, errors = flags.patch(f"definitions/{unique}", variations={"b": None})
    assert status == 400 and "b" in errors[0]
    assert flags.patch(f"definitions/{unique}", variations={"c": None})[0] == 200


def test_archived_flags_are_off_and_come_back(flags, unique):
    flags.boolean(unique)
    flags.patch(f"states/prod/{unique}", **{"fallthrough": {"variation": "on"}})
    assert flags.evaluate("prod", unique)["value"] is True
    assert flags.call("DELETE", f"definitions/{unique}")[0] == 204
    answer = flags.evaluate("prod", unique)
    assert (answer["value"], answer["reason"]) == (False, "DISABLED")
    assert flags.post(f"toggle/prod/{unique}", on=False)[0] == 404
    assert flags.post(f"revive/{unique}")[0] == 200
    assert flags.evaluate("prod", unique)["value"] is True


def test_purging_needs_sudo_and_leaves_nothing(flags, plain, make_plain_token, unique):
    flags.boolean(unique)
    limited = Flags(plain, make_plain_token('path "flags/definitions/*" { capabilities = ["delete", "read"] }'))
    assert limited.call("DELETE", f"definitions/{unique}?purge=true")[0] == 403
    assert flags.call("DELETE", f"definitions/{unique}?purge=true")[0] == 204
    assert flags.get(f"definitions/{unique}")[0] == 404
    assert flags.get(f"states/prod/{unique}")[0] == 404
    status, _ = flags.post(f"evaluate/prod/{unique}", context={})
    assert status == 404


def test_code_references_are_kept_until_the_next_report(flags, unique):
    flags.post(f"definitions/{unique}", type="boolean")
    assert flags.get(f"references/{unique}")[0] == 404
    assert flags.post(f"references/{unique}", references=[{"file": "a.py", "line": 3}], repository="shop")[0] == 204
    status, data = flags.get(f"references/{unique}")
    assert status == 200 and data["references"] == [{"file": "a.py", "line": 3}] and data["reported_by"] == "root"
    status, errors = flags.post(f"references/{unique}", references=[{"file": "a.py", "line": 0}])
    assert status == 400 and "references[0].line" in errors[0]


# -- states ---------------------------------------------------------------------------------------


def test_a_state_is_versioned_with_author_and_reason(flags, unique):
    flags.boolean(unique)
    assert flags.post(f"toggle/prod/{unique}", on=False, reason="too slow")[0] == 200
    assert flags.post(f"toggle/prod/{unique}", on=True)[0] == 200
    status, data = flags.get(f"history/prod/{unique}")
    assert status == 200
    versions = data["versions"]
    assert [entry["version"] for entry in versions] == [3, 2, 1]
    assert versions[1]["action"] == "toggle" and versions[1]["reason"] == "too slow"
    assert versions[1]["updated_by"] == "root"
    assert versions[1]["changes"] == [{"path": "on", "from": True, "to": False}]
    revisions = [entry["revision"] for entry in versions]
    assert revisions == sorted(revisions, reverse=True)


def test_rollback_writes_an_earlier_version_again(flags, unique):
    flags.boolean(unique, rules=[{"id": "r1", "if": [{"attribute": "a", "operator": "equals", "value": 1}], "serve": {"variation": "on"}}])
    salt = flags.get(f"states/prod/{unique}")[1]["salt"]
    assert flags.post(f"states/prod/{unique}", on=False)[0] == 200
    assert flags.post(f"rollback/prod/{unique}", version=1)[0] == 200
    data = flags.get(f"states/prod/{unique}")[1]
    assert data["version"] == 3 and data["on"] is True and data["rules"][0]["id"] == "r1" and data["salt"] == salt
    assert flags.post(f"rollback/prod/{unique}", version=9)[0] == 400


@pytest.mark.parametrize("number", [-(2**63), -1, 0, 9, 2**63 - 1])
def test_versions_that_are_none_are_refused(flags, unique, number):
    flags.boolean(unique)
    for query in (f"to={number}", f"to=1&from={number}"):
        status, answer = flags.get(f"diff/prod/{unique}?{query}")
        assert status == (200 if query.endswith("from=0") else 400), answer
    assert flags.post(f"rollback/prod/{unique}", version=number)[0] == 400
    assert flags.get(f"states/prod/{unique}?version={number}")[0] == (200 if number == 0 else 404)
    assert flags.get(f"history/prod/{unique}?before={number}")[0] == (200 if number > 1 else 400)
    assert flags.get(f"history/prod/{unique}?limit={number}")[0] == (200 if number == 9 else 400)
    assert flags.get(f"states/prod/{unique}")[0] == 200


def test_conflicting_edits_are_refused(flags, unique):
    flags.boolean(unique)
    status, errors = flags.post(f"states/prod/{unique}", on=False, options={"cas": 7})
    assert status == 400 and "check-and-set" in errors[0]
    assert flags.patch(f"states/prod/{unique}", on=False, options={"cas": 1})[0] == 200
    assert flags.patch(f"states/prod/{unique}", on=True, options={"cas": 1})[0] == 400


@pytest.mark.parametrize(
    "state, field",
    [
        ({"off_variation": "nope"}, "off_variation"),
        ({"fallthrough": {"split": [{"variation": "on", "weight": 1}]}}, "fallthrough"),
        ({"fallthrough": {"percent": 101, "variation": "on"}}, "fallthrough.percent"),
        ({"rules": [{"if": [{"attribute": "a", "operator": "matches", "value": "(a"}], "serve": {"variation": "on"}}]}, "rules[0].if[0]"),
        ({"rules": [{"if": [{"attribute": "a", "operator": "less", "value": "x"}], "serve": {"variation": "on"}}]}, "rules[0].if[0]"),
        ({"rules": [{"if": [{"segment": "no-such"}], "serve": {"variation": "on"}}]}, "rules[0].if[0].segment"),
        ({"prerequisites": [{"flag": "no-such", "variation": "on"}]}, "prerequisites[0]"),
        ({"targets": [{"variation": "on", "keys": ["a", "a"]}]}, "targets[0].keys"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_wrong_state_is_refused_with_the_field_named(flags, unique, state, field):
    flags.post(f"definitions/{unique}", type="boolean")
    status, errors = flags.post(f"states/prod/{unique}", **({"on": True} | state))
    assert status == 400 and field in errors[0], errors
    assert flags.get(f"states/prod/{unique}")[0] == 404


def test_prerequisites_cannot_go_in_a_circle(flags, unique):
    a, b, c = (flags.boolean(f"{unique}-{name}") for name in "abc")
    assert flags.patch(f"states/prod/{a}", prerequisites=[{"flag": b, "variation": "on"}])[0] == 200
    assert flags.patch(f"states/prod/{b}", prerequisites=[{"flag": c, "variation": "on"}])[0] == 200
    status, errors = flags.patch(f"states/prod/{c}", prerequisites=[{"flag": a, "variation": "on"}])
    assert status == 400 and all(name in errors[0] for name in (a, b, c))
    status, errors = flags.call("DELETE", f"definitions/{b}")
    assert status == 400 and a in errors[0]


# -- evaluation -----------------------------------------------------------------------------------


def test_the_order_of_evaluation(flags, unique):
    flags.boolean(
        unique,
        on=False,
        targets=[{"variation": "on", "keys": ["vip"]}],
        rules=[{"id": "beta", "if": [{"attribute": "is_beta_user", "operator": "equals", "value": True}], "serve": {"variation": "on"}}],
    )
    answer = flags.evaluate("prod", unique, targetingKey="vip")
    assert (answer["value"], answer["variation"], answer["reason"]) == (False, "off", "DISABLED")
    flags.post(f"toggle/prod/{unique}", on=True)
    answer = flags.evaluate("prod", unique, targetingKey="vip")
    assert (answer["value"], answer["reason"]) == (True, "TARGETING_MATCH")
    answer = flags.evaluate("prod", unique, targetingKey="u", is_beta_user=True)
    assert (answer["value"], answer["reason"], answer["rule"]["id"]) == (True, "TARGETING_MATCH", "beta")
    answer = flags.evaluate("prod", unique, targetingKey="u", is_beta_user=False)
    assert (answer["value"], answer["reason"]) == (False, "DEFAULT")


def test_raising_a_rollout_takes_nobody_out(flags, unique):
    flags.boolean(unique, **{"fallthrough": {"percent": 10, "variation": "on"}})

    def inside():
        return {user for user in USERS[:300] if flags.evaluate("prod", unique, targetingKey=user)["value"]}

    ten = inside()
    flags.patch(f"states/prod/{unique}", **{"fallthrough": {"percent": 50, "variation": "on"}})
    fifty = inside()
    flags.patch(f"states/prod/{unique}", **{"fallthrough": {"percent": 100, "variation": "on"}})
    assert ten <= fifty <= inside() == set(USERS[:300])
    assert 10 <= len(ten) <= 60 and 110 <= len(fifty) <= 190
    status, data = flags.post(f"evaluate/prod/{unique}", context={})
    assert data["reason"] == "ERROR" and data["error_code"] == "TARGETING_KEY_MISSING" or data["value"] is True


def test_segments_hold_who_is_meant(flags, unique):
    assert flags.post(f"segments/prod/{unique}", conditions=[{"attribute": "country", "operator": "in", "values": ["DE", "FR"]}], include=["friend"], exclude=["foe"])[0] == 200
    flags.boolean(unique, rules=[{"if": [{"segment": unique}], "serve": {"variation": "on"}}])
    assert flags.evaluate("prod", unique, targetingKey="u", country="DE")["value"] is True
    assert flags.evaluate("prod", unique, targetingKey="u", country="US")["value"] is False
    assert flags.evaluate("prod", unique, targetingKey="friend", country="US")["value"] is True
    assert flags.evaluate("prod", unique, targetingKey="foe", country="DE")["value"] is False
    assert flags.patch(f"segments/prod/{unique}", include=["other"])[0] == 200
    assert flags.evaluate("prod", unique, targetingKey="friend", country="US")["value"] is False
    status, errors = flags.call("DELETE", f"segments/prod/{unique}")
    assert status == 400 and unique in errors[0]


def test_kill_wins_over_everything_until_revived(flags, unique):
    flags.boolean(unique, targets=[{"variation": "on", "keys": ["vip"]}], **{"fallthrough": {"variation": "on"}})
    assert flags.post(f"kill/prod/{unique}")[0] == 400
    assert flags.post(f"kill/prod/{unique}", reason="incident 7")[0] == 200
    answer = flags.evaluate("prod", unique, targetingKey="vip")
    assert (answer["value"], answer["reason"]) == (False, "DISABLED")
    flags.post(f"toggle/prod/{unique}", on=True)
    assert flags.evaluate("prod", unique, targetingKey="vip")["value"] is False
    data = flags.get(f"states/prod/{unique}")[1]
    assert data["killed"] is True and data["kill_reason"] == "incident 7"
    assert flags.post(f"revive/prod/{unique}")[0] == 200
    assert flags.evaluate("prod", unique, targetingKey="vip")["value"] is True


def test_prerequisites_are_looked_at_first(flags, unique):
    base, top = flags.boolean(f"{unique}-base"), flags.boolean(f"{unique}-top", **{"fallthrough": {"variation": "on"}})
    assert flags.patch(f"states/prod/{top}", prerequisites=[{"flag": base, "variation": "on"}])[0] == 200
    answer = flags.evaluate("prod", top, targetingKey="u")
    assert (answer["value"], answer["reason"], answer["prerequisite"]) == (False, "DISABLED", base)
    flags.patch(f"states/prod/{base}", **{"fallthrough": {"variation": "on"}})
    assert flags.evaluate("prod", top, targetingKey="u")["value"] is True


def test_the_past_can_be_asked_about(flags, unique):
    flags.boolean(unique, **{"fallthrough": {"variation": "on"}})
    before = flags.get(f"states/prod/{unique}")[1]["revision"]
    flags.post(f"toggle/prod/{unique}", on=False)
    status, data = flags.post(f"evaluate/prod/{unique}", context={"targetingKey": "u"}, as_of=before)
    assert status == 200 and data["value"] is True
    assert flags.evaluate("prod", unique, targetingKey="u")["value"] is False
    status, errors = flags.post(f"evaluate/prod/{unique}", context={}, as_of="2999-01-01T00:00:00Z")
    assert status == 400 and "as_of" in errors[0]


def test_a_revision_that_is_still_to_come_has_no_past(flags, unique):
    flags.boolean(unique)
    flags.post(f"segments/prod/{unique}", include=["u"])
    newest = flags.get(f"segments/prod/{unique}")[1]["revision"]
    for moment in (newest + 1_000_000, 2**64 - 1):
        answers = [flags.get(f"{path}/{unique}?as_of={moment}") for path in ("states/prod", "segments/prod")]
        answers += [flags.post(path, context={}, as_of=moment) for path in (f"evaluate/prod/{unique}", "evaluate/prod")]
        assert answers == [(400, ["as_of: lies in the future"])] * 4
    assert flags.get(f"states/prod/{unique}?as_of={newest}")[0] == 200
    assert flags.post("evaluate/prod", context={}, as_of=newest)[0] == 200


@pytest.mark.parametrize("moment", [True, False, {}, [], 1.5, -1, "yesterday"])
def test_what_is_no_moment_is_refused(flags, unique, moment):
    flags.boolean(unique)
    for path in (f"evaluate/prod/{unique}", "evaluate/prod"):
        status, errors = flags.post(path, context={}, as_of=moment)
        assert status == 400 and "as_of" in errors[0], errors


def test_each_of_all_flags_has_its_receipt(flags, unique):
    flags.boolean(unique, **{"fallthrough": {"variation": "on"}})
    body = {"context": {"targetingKey": "u"}}
    status, data = flags.post("evaluate/prod", **body, receipt=True)
    assert status == 200 and all(isinstance(flag["receipt"], str) for flag in data["flags"])
    (own,) = (flag for flag in data["flags"] if flag["key"] == unique)
    flags.post(f"toggle/prod/{unique}", on=False)
    status, replayed = flags.post("replay", receipt=own["receipt"], **body)
    assert status == 200 and replayed["same"] is True and replayed["flag"] == unique
    assert not any("receipt" in flag for flag in flags.post("evaluate/prod", **body)[1]["flags"])


def test_a_receipt_of_a_revision_that_never_was_is_refused(flags, unique):
    flags.boolean(unique)
    status, data = flags.post(f"evaluate/prod/{unique}", context={}, receipt=True)
    written = data["receipt"]
    receipt = json.loads(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    for revision in (0, receipt["revision"] + 1_000_000):
        text = json.dumps(receipt | {"revision": revision}).encode()
        forged = base64.urlsafe_b64encode(text).decode().rstrip("=")
        status, errors = flags.post("replay", receipt=forged, context={})
        assert status == 400 and errors[0].startswith("receipt: "), errors
    # A mount that has had no change yet has no revision at all.
    root = flags.server.client()
    root.sys.enable_secrets_engine("flags", path=unique)
    reply = flags.server.call("POST", f"/v1/{unique}/replay", token="root", body={"receipt": written, "context": {}})
    assert reply.status == 400, reply.text
    root.sys.disable_secrets_engine(unique)


def test_receipts_of_the_past_replay(flags, unique):
    flags.boolean(unique, **{"fallthrough": {"variation": "on"}})
    before = flags.get(f"states/prod/{unique}")[1]["revision"]
    flags.post(f"toggle/prod/{unique}", on=False)
    body = {"context": {"targetingKey": "u"}}
    status, then = flags.post(f"evaluate/prod/{unique}", **body, as_of=before, receipt=True)
    assert status == 200 and then["value"] is True and then["revision"] == before
    status, data = flags.post("replay", receipt=then["receipt"], **body)
    assert status == 200 and data["same"] is True, data


def test_receipts_replay(flags, plain, make_plain_token, unique):
    flags.boolean(unique, **{"fallthrough": {"variation": "on"}})
    status, then = flags.post(f"evaluate/prod/{unique}", context={"targetingKey": "u"}, receipt=True)
    assert status == 200 and then["receipt"]
    flags.post(f"toggle/prod/{unique}", on=False)
    status, data = flags.post("replay", receipt=then["receipt"], context={"targetingKey": "u"})
    assert status == 200 and data["same"] is True, data
    status, data = flags.post("replay", receipt=then["receipt"], context={"targetingKey": "other"})
    assert status == 200 and data["same"] is False and "context" in data["why"]
    assert flags.post("replay", receipt="AAAA", context={})[0] == 400
    stranger = Flags(plain, make_plain_token('path "flags/replay" { capabilities = ["evaluate"] }'))
    assert stranger.post("replay", receipt=then["receipt"], context={})[0] == 403


def test_an_evaluation_is_explained(flags, unique):
    flags.boolean(unique, rules=[{"id": "r", "if": [{"attribute": "plan", "operator": "equals", "value": "pro"}], "serve": {"percent": 100, "variation": "on"}}])
    status, data = flags.post(f"evaluate/prod/{unique}", context={"targetingKey": "u", "plan": "pro"}, explain=True)
    assert status == 200 and data["reason"] == "SPLIT" and 0 <= data["bucket"] < 100_000
    assert "plan" in json.dumps(data["trace"])


@pytest.mark.parametrize("context", [[], 7, "x"])
def test_a_context_that_is_no_object_is_refused(flags, unique, context):
    flags.boolean(unique)
    status, errors = flags.post(f"evaluate/prod/{unique}", context=context)
    assert status == 400 and "context" in errors[0]


# -- promotion, environments, settings ------------------------------------------------------------


def test_a_state_is_promoted_with_its_difference(flags, unique):
    flags.boolean(unique, "staging", **{"fallthrough": {"percent": 25, "variation": "on"}})
    status, data = flags.post(f"promote/staging/prod/{unique}", dry_run=True)
    assert status == 200 and data["dry_run"] is True and data["changes"]
    assert flags.get(f"states/prod/{unique}")[0] == 404
    assert flags.post(f"promote/staging/prod/{unique}")[0] == 200
    staging, prod = (flags.get(f"states/{name}/{unique}")[1] for name in ("staging", "prod"))
    assert prod["fallthrough"] == staging["fallthrough"] and prod["salt"] == staging["salt"]
    assert prod["action"] == "promote"


@pytest.mark.parametrize("asked", ["dry_run", "dry_run=", "dry_run=1", "dry_run=true"])
def test_a_promotion_is_tried_by_the_query_too(flags, unique, asked):
    flags.boolean(unique, "staging")
    for body in (None, b"{}", b'{"reason": "a look"}'):
        status, data = flags.call("POST", f"promote/staging/prod/{unique}?{asked}", body)
        assert status == 200 and data["dry_run"] is True and data["changes"], data
    assert flags.get(f"states/prod/{unique}")[0] == 404


def test_a_query_that_does_not_say_whether_a_promotion_is_tried_is_refused(flags, unique):
    flags.boolean(unique, "staging")
    path = f"promote/staging/prod/{unique}"
    for query in ("dry_run=perhaps", "dry_run=true&dry_run=true"):
        status, errors = flags.call("POST", f"{path}?{query}", b"{}")
        assert status == 400 and "dry_run" in errors[0] and "perhaps" not in errors[0]
    status, errors = flags.call("POST", f"{path}?dry_run=false", b'{"dry_run": true}')
    assert status == 400 and "dry_run" in errors[0]
    assert flags.get(f"states/prod/{unique}")[0] == 404
    status, data = flags.call("POST", f"{path}?dry_run=false", b"{}")
    assert status == 200 and data["dry_run"] is False
    assert flags.get(f"states/prod/{unique}")[0] == 200


def test_environments_are_listed_in_their_order_and_protection_asks_for_sudo(flags, plain, make_plain_token, unique):
    status, data = flags.call("LIST", "environments")
    assert status == 200 and data["keys"][:3] == ["dev", "staging", "prod"]
    assert flags.post(f"environments/{unique}", type="production", order=9, protected=True)[0] == 200
    assert flags.call("LIST", "environments")[1]["keys"][-1] == unique
    flags.post(f"definitions/{unique}", type="boolean")
    text = 'path "flags/*" { capabilities = ["create", "read", "update", "patch", "delete", "list"%s] }'
    limited, mighty = (Flags(plain, make_plain_token(text % more)) for more in ("", ', "sudo"'))
    assert limited.post(f"states/{unique}/{unique}", on=True)[0] == 403
    assert mighty.post(f"states/{unique}/{unique}", on=True)[0] == 200
    assert limited.post(f"toggle/{unique}/{unique}", on=False)[0] == 403
    assert limited.post(f"kill/{unique}/{unique}", reason="now")[0] == 200
    assert limited.post(f"revive/{unique}/{unique}")[0] == 403
    assert mighty.call("DELETE", f"environments/{unique}")[0] == 400
    assert mighty.call("DELETE", f"states/{unique}/{unique}")[0] == 204
    assert mighty.call("DELETE", f"environments/{unique}")[0] == 204
    assert flags.get(f"states/{unique}/{unique}")[0] == 404


def test_a_mount_can_ask_for_names_and_fields(plain, unique):
    root = plain.client()
    root.sys.enable_secrets_engine("flags", path=unique)
    def call(method, path, body=None):
        reply = plain.call(method, f"/v1/{unique}/{path}", token="root", body=json.dumps(body).encode() if body else None)
        return reply.status, json.loads(reply.body) if reply.body else None

    assert call("POST", "config", {"naming_pattern": "[a-z]+\\.[a-z-]+", "required_fields": ["owner"]})[0] == 200
    status, answer = call("POST", "definitions/Wrong", {"type": "boolean", "owner": "o"})
    assert status == 400 and "naming_pattern" in answer["errors"][0]
    status, answer = call("POST", "definitions/team.new-thing", {"type": "boolean"})
    assert status == 400 and "owner" in answer["errors"][0]
    assert call("POST", "definitions/team.new-thing", {"type": "boolean", "owner": "o"})[0] == 200
    assert call("POST", "config", {"naming_pattern": "(a"})[0] == 400
    root.sys.disable_secrets_engine(unique)


# -- rights ---------------------------------------------------------------------------------------


def test_evaluating_is_a_right_of_its_own(flags, plain, make_plain_token, unique):
    flags.boolean(unique)
    evaluator = Flags(plain, make_plain_token('path "flags/evaluate/prod*" { capabilities = ["evaluate"] }'))
    assert evaluator.evaluate("prod", unique, targetingKey="u")["value"] is False
    assert evaluator.post(f"evaluate/dev/{unique}", context={})[0] == 403
    assert evaluator.get(f"states/prod/{unique}")[0] == 403
    writer = Flags(plain, make_plain_token('path "flags/*" { capabilities = ["create", "update", "read"] }'))
    assert writer.post(f"evaluate/prod/{unique}", context={})[0] == 403


def test_all_flags_are_those_that_one_by_one_would_be_given(flags, plain, make_plain_token, unique):
    seen, hidden = flags.boolean(f"{unique}-seen"), flags.boolean(f"{unique}-hidden")
    some = Flags(
        plain,
        make_plain_token(
            f"""path "flags/evaluate/prod" {{ capabilities = ["evaluate"] }}
            path "flags/evaluate/prod/*" {{ capabilities = ["evaluate"] }}
            path "flags/evaluate/prod/{hidden}" {{ capabilities = ["deny"] }}"""
        ),
    )
    status, data = some.post("evaluate/prod", context={"targetingKey": "u"})
    keys = [flag["key"] for flag in data["flags"]]
    assert status == 200 and seen in keys and hidden not in keys and keys == sorted(keys)
    assert some.post(f"evaluate/prod/{hidden}", context={})[0] == 403


def test_a_denied_variation_is_not_served(flags, plain, make_plain_token, unique):
    flags.post(f"definitions/{unique}", type="string", variations={"plain": "p", "secret": "s3cret"})
    flags.post(f"states/prod/{unique}", on=True, off_variation="plain", **{"fallthrough": {"variation": "secret"}})
    outsider = Flags(
        plain,
        make_plain_token('path "flags/evaluate/*" { capabilities = ["evaluate"] denied_variations = ["secret"] }'),
    )
    assert flags.evaluate("prod", unique)["value"] == "s3cret"
    for body in ({"context": {}}, {"context": {}, "explain": True}):
        status, data = outsider.post(f"evaluate/prod/{unique}", **body)
        assert status == 200 and "s3cret" not in json.dumps(data) and data["variation"] == "plain"
        assert data["reason"] == "DISABLED"


def test_the_operator_role_can_kill_and_nothing_else(flags, plain, unique):
    flags.boolean(unique)
    token = plain.client().auth.token.create(policies=["operator"], ttl="1h")["auth"]["client_token"]
    operator = Flags(plain, token)
    assert operator.post(f"toggle/prod/{unique}", on=False)[0] == 403
    assert operator.post(f"kill/prod/{unique}", reason="incident")[0] == 200
    token = plain.client().auth.token.create(policies=["developer"], ttl="1h")["auth"]["client_token"]
    developer = Flags(plain, token)
    assert developer.post(f"states/dev/{unique}", on=True)[0] == 200
    assert developer.post(f"states/prod/{unique}", on=True)[0] == 403
    assert developer.get(f"states/prod/{unique}")[0] == 200
    assert developer.post(f"promote/staging/prod/{unique}")[0] == 403
