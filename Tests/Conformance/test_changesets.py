"""Change sets: proposed, looked at, approved, applied as one, taken back as one."""

import datetime
import json
import uuid

import pytest

import harness

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no change sets")

PLANTED = "planted-" + uuid.uuid4().hex
WRITER = """
path "pulse/changesets*" { capabilities = ["create", "read", "update", "patch", "delete", "list"] }
path "config/*"  { capabilities = ["create", "read", "update", "patch", "delete", "list"] }
path "flags/*"   { capabilities = ["create", "read", "update", "patch", "delete", "list"] }
path "secret/*"  { capabilities = ["create", "read", "update", "patch", "delete", "list"] }
path "sys/policies/acl/*" { capabilities = ["create", "read", "update", "delete", "list"] }
"""
APPROVER = """
path "pulse/changesets/*" { capabilities = ["read", "update"] }
path "config/*" { capabilities = ["read"] }
"""


class Changes:
    """The change sets of a server."""

    def __init__(self, server):
        self.server = server

    def ask(self, method, path, body=None, token="root"):
        headers = [("Content-Type", "application/merge-patch+json")] if method == "PATCH" else []
        return self.server.call(method, f"/v1/{path}", token=token, body=body, headers=headers)

    def well(self, method, path, body=None, token="root", status=(200, 204)):
        answer = self.ask(method, path, body, token)
        assert answer.status in status, f"{method} {path}: {answer.status} {answer.text}"
        return answer.json["data"] if answer.status in (200, 202) and answer.text else None

    def propose(self, *items, message="a change", token="root"):
        return self.well("POST", "pulse/changesets", {"message": message, "items": list(items)}, token)

    def decide(self, verb, made, body=None, token="root", status=(200,)):
        return self.well("POST", f"pulse/changesets/{made['id']}/{verb}", body or {}, token, status)

    def get(self, made, token="root"):
        return self.well("GET", f"pulse/changesets/{made['id']}", token=token)

    def token(self, rules=WRITER, policies=None, parent="root"):
        """A token with the rights of a policy's text."""
        if policies is None:
            policies = ["p" + uuid.uuid4().hex[:12]]
            self.well("POST", f"sys/policies/acl/{policies[0]}", {"policy": rules})
        body = {"policies": policies, "no_default_policy": True}
        answer = self.ask("POST", "auth/token/create", body, parent)
        assert answer.status == 200, answer.text
        return answer.json["auth"]["client_token"]

    def value(self, layer, name):
        answer = self.ask("GET", f"config/data/{layer}/{name}")
        return answer.json["data"]["value"] if answer.status == 200 else None


@pytest.fixture(scope="module")
def changes():
    server = harness.Server(tls=False).ready()
    made = Changes(server)
    made.well("POST", "sys/mounts/secret", {"type": "kv-v2"})
    made.well("POST", "flags/environments/prod", {"type": "production"}, status=(200, 204))
    yield made
    server.discard()


@pytest.fixture
def names():
    """Names that no other test uses."""
    tail = uuid.uuid4().hex[:10]
    return {name: f"{name}-{tail}" for name in ("key", "other", "flag", "segment", "app", "policy", "rule")}


def put(kind, path, body, **more):
    return {"kind": kind, "path": path, "op": "put", "body": body} | more


def everything(names):
    """An item of each kind, all of them new."""
    return [
        put("key", names["key"], {"type": "integer", "description": "a limit"}),
        put("config", f"env/prod/{names['key']}", {"value": 5}),
        put("flag", names["flag"], {"type": "boolean", "variations": {"on": True, "off": False}}),
        put("segment", f"prod/{names['segment']}", {"include": ["u1"]}),
        put("state", f"prod/{names['flag']}", {
            "on": True, "off_variation": "off", "fallthrough": {"variation": "off"},
            "rules": [{"id": "r1", "if": [{"segment": names["segment"]}], "serve": {"variation": "on"}}],
        }),
        put("secret", f"secret/{names['app']}", {"data": {"password": PLANTED}}),
        put("policy", names["policy"], {"policy": 'path "x" { capabilities = ["read"] }'}),
    ]


def test_a_set_over_all_kinds_is_applied_and_taken_back_as_one(changes, names):
    made = changes.propose(*everything(names), message="all at once")
    assert made["state"] == "approved" and made["approvals_needed"] == 0 and made["problems"] == []
    assert [item["kind"] for item in made["diff"]] == [item["kind"] for item in everything(names)]
    assert all(item["from_version"] == 0 and item["to_version"] == 1 for item in made["diff"])
    assert changes.value("env/prod", names["key"]) is None, "a proposal changes nothing"
    applied = changes.decide("apply", made)
    assert applied["state"] == "applied" and len(applied["items"]) == 7
    assert changes.value("env/prod", names["key"]) == 5
    assert changes.well("GET", f"secret/data/{names['app']}")["data"] == {"password": PLANTED}
    assert changes.well("GET", f"flags/states/prod/{names['flag']}")["on"] is True
    assert changes.well("GET", f"sys/policies/acl/{names['policy']}")["name"] == names["policy"]
    again = changes.ask("POST", f"pulse/changesets/{made['id']}/apply", {})
    assert again.status == 409 and again.json["errors"] == ["the change set is applied"]
    back = changes.decide("rollback", made, {"reason": "incident 7"})
    assert back["state"] == "rolled_back"
    assert changes.value("env/prod", names["key"]) is None
    assert changes.ask("GET", f"config/keys/{names['key']}").status == 404
    assert changes.ask("GET", f"secret/data/{names['app']}").status == 404
    assert changes.ask("GET", f"flags/states/prod/{names['flag']}").status == 404
    assert changes.ask("GET", f"sys/policies/acl/{names['policy']}").status == 404
    events = [(event["action"], event["reason"]) for event in changes.get(made)["history"]]
    assert events == [("propose", ""), ("apply", ""), ("rollback", "incident 7")]


def test_later_versions_are_taken_back_to_the_ones_before(changes, names):
    changes.decide("apply", changes.propose(*everything(names)))
    made = changes.propose(
        {"kind": "config", "path": f"config/data/env/prod/{names['key']}", "op": "patch", "body": {"value": 7}},
        {"kind": "secret", "path": f"secret/data/{names['app']}", "op": "patch", "body": {"data": {"user": "u"}}},
        {"kind": "segment", "path": f"prod/{names['segment']}", "op": "patch", "body": {"include": ["u2"]}},
        {"kind": "state", "path": f"prod/{names['flag']}", "op": "patch", "body": {"on": False}},
        {"kind": "key", "path": names["key"], "op": "patch", "body": {"description": "another limit"}},
        put("policy", names["policy"], {"policy": 'path "y" { capabilities = ["list"] }'}),
    )
    assert made["problems"] == []
    assert {"path": "value", "from": 5, "to": 7} in made["diff"][0]["changes"]
    changes.decide("apply", made)
    assert changes.well("GET", f"secret/data/{names['app']}")["data"] == {"password": PLANTED, "user": "u"}
    changes.decide("rollback", made)
    assert changes.value("env/prod", names["key"]) == 5
    assert changes.well("GET", f"secret/data/{names['app']}")["data"] == {"password": PLANTED}
    assert changes.well("GET", f"flags/states/prod/{names['flag']}")["on"] is True
    assert changes.well("GET", f"flags/segments/prod/{names['segment']}")["include"] == ["u1"]
    assert changes.well("GET", f"config/keys/{names['key']}")["description"] == "a limit"
    assert '"x"' in changes.well("GET", f"sys/policies/acl/{names['policy']}")["policy"]


def test_deletions_are_taken_back(changes, names):
    changes.decide("apply", changes.propose(*everything(names)))
    made = changes.propose(
        {"kind": "state", "path": f"prod/{names['flag']}", "op": "delete"},
        {"kind": "flag", "path": names["flag"], "op": "delete"},
        {"kind": "config", "path": f"env/prod/{names['key']}", "op": "delete"},
        {"kind": "secret", "path": f"secret/{names['app']}", "op": "delete"},
        {"kind": "policy", "path": names["policy"], "op": "delete"},
    )
    assert made["problems"] == [], made["problems"]
    changes.decide("apply", made)
    assert changes.value("env/prod", names["key"]) is None
    changes.decide("rollback", made)
    assert changes.value("env/prod", names["key"]) == 5
    assert changes.well("GET", f"secret/data/{names['app']}")["data"] == {"password": PLANTED}
    assert changes.well("GET", f"flags/states/prod/{names['flag']}")["on"] is True
    assert changes.well("GET", f"flags/definitions/{names['flag']}")["archived"] is False
    assert changes.ask("GET", f"sys/policies/acl/{names['policy']}").status == 200


def test_a_policy_keeps_its_end_and_its_check(changes, names):
    path, text = f"sys/policies/acl/{names['policy']}", 'path "x" { capabilities = ["read"] }'
    end = "2100-01-01T00:00:00Z"
    changes.well("POST", path, {"policy": text, "cas": -1, "cas_required": True, "expiration": end})
    before = changes.well("GET", path)
    made = changes.propose(put("policy", names["policy"], {"policy": 'path "y" { capabilities = ["read"] }'}))
    assert made["problems"] == []
    assert [change["path"] for change in made["diff"][0]["changes"]] == ["policy"]
    changes.decide("apply", made)
    after = changes.well("GET", path)
    assert (after["cas_required"], after["expiration"], after["version"]) == (True, before["expiration"], 2)
    assert [change["path"] for change in changes.get(made)["diff"][0]["changes"]] == ["policy"]
    changes.decide("rollback", made)
    gone = changes.propose({"kind": "policy", "path": names["policy"], "op": "delete"})
    changes.decide("apply", gone)
    assert changes.ask("GET", path).status == 404
    changes.decide("rollback", gone)
    back = changes.well("GET", path)
    assert (back["policy"], back["cas_required"], back["expiration"]) == (text, True, before["expiration"])
    stale = changes.propose(put("policy", names["policy"], {"policy": text + " "}))
    changes.well("POST", path, {"policy": text, "cas": back["version"], "ttl": "1h"})
    assert changes.ask("POST", f"pulse/changesets/{stale['id']}/apply", {}).status == 409


def test_a_problem_of_one_item_keeps_all_from_happening(changes, names):
    made = changes.propose(
        put("secret", f"secret/{names['app']}", {"data": {"k": "v"}}),
        put("key", names["key"], {"type": "integer", "schema": {"maximum": 10}}),
        put("config", f"global/{names['key']}", {"value": 11}),
    )
    assert [problem["path"] for problem in made["problems"]] == [f"config/data/global/{names['key']}"]
    assert "schema" in made["problems"][0]["problem"] and names["key"] in made["problems"][0]["problem"]
    refused = changes.ask("POST", f"pulse/changesets/{made['id']}/apply", {})
    assert refused.status == 400 and refused.json["data"]["problems"] == made["problems"]
    assert changes.ask("GET", f"secret/data/{names['app']}").status == 404
    assert changes.ask("GET", f"config/keys/{names['key']}").status == 404
    assert changes.get(made)["state"] == "approved"


def test_what_changed_meanwhile_is_a_conflict_that_names_the_items(changes, names):
    changes.decide("apply", changes.propose(*everything(names)))
    made = changes.propose(
        put("config", f"env/prod/{names['key']}", {"value": 8}),
        put("secret", f"secret/{names['app']}", {"data": {"password": "other"}}),
        put("policy", names["policy"], {"policy": 'path "z" { capabilities = ["read"] }'}),
    )
    changes.well("POST", f"config/data/env/prod/{names['key']}", {"value": 9})
    policy = {"policy": 'path "w" { capabilities = ["read"] }'}
    changes.well("POST", f"sys/policies/acl/{names['policy']}", policy)
    conflict = changes.ask("POST", f"pulse/changesets/{made['id']}/apply", {})
    assert conflict.status == 409
    paths = [item["path"] for item in conflict.json["data"]["items"]]
    assert paths == [f"config/data/env/prod/{names['key']}", f"sys/policies/acl/{names['policy']}"]
    assert conflict.json["data"]["items"][0]["current_version"] == 2
    assert changes.value("env/prod", names["key"]) == 9
    assert changes.well("GET", f"secret/data/{names['app']}")["data"] == {"password": PLANTED}
    assert [problem["path"] for problem in changes.get(made)["problems"]] == paths
    # An edit is made with open eyes: it is for the versions that are current now.
    edited = changes.well("PATCH", f"pulse/changesets/{made['id']}", {"message": "all the same"})
    assert edited["problems"] == []
    changes.decide("apply", made)
    assert changes.value("env/prod", names["key"]) == 8


def test_a_named_version_is_kept_to(changes, names):
    made = changes.propose(put("secret", f"secret/{names['app']}", {"data": {"k": "v"}}, cas=3))
    assert made["problems"][0]["expected_version"] == 3 and made["problems"][0]["current_version"] == 0
    assert changes.ask("POST", f"pulse/changesets/{made['id']}/apply", {}).status == 409


def test_a_rollback_stops_at_what_somebody_changed_since(changes, names):
    made = changes.propose(*everything(names))
    changes.decide("apply", made)
    changes.well("POST", f"config/data/env/prod/{names['key']}", {"value": 99})
    conflict = changes.ask("POST", f"pulse/changesets/{made['id']}/rollback", {})
    assert conflict.status == 409
    assert [item["path"] for item in conflict.json["data"]["items"]] == [f"config/data/env/prod/{names['key']}"]
    assert changes.ask("GET", f"secret/data/{names['app']}").status == 200
    changes.decide("rollback", made, {"force": True})
    assert changes.value("env/prod", names["key"]) is None


# -- who decides ----------------------------------------------------------------------------------


def rule(changes, names, **more):
    body = {"paths": [f"config/data/env/prod/{names['key']}"], "approvals": 2} | more
    changes.well("POST", f"pulse/approval-rules/{names['rule']}", body)


def test_as_many_people_as_the_rule_asks_for_must_agree(changes, names):
    rule(changes, names)
    author, first, second = changes.token(), changes.token(APPROVER), changes.token(APPROVER)
    made = changes.propose(*everything(names)[:2], token=author)
    assert made["state"] == "proposed" and made["approvals_needed"] == 2
    refused = changes.ask("POST", f"pulse/changesets/{made['id']}/apply", {}, author)
    assert refused.status == 403 and refused.json["errors"] == ["2 approvals are missing"]
    own = changes.ask("POST", f"pulse/changesets/{made['id']}/approve", {}, author)
    assert own.status == 403 and "author" in own.json["errors"][0]
    assert changes.decide("approve", made, token=first)["approvals_needed"] == 1
    assert changes.decide("approve", made, token=first)["approvals_needed"] == 1, "nobody counts twice"
    ready = changes.decide("approve", made, {"reason": "looks right"}, token=second)
    assert ready["approvals_needed"] == 0 and ready["state"] == "approved"
    assert [approval["reason"] for approval in ready["approvals"]] == ["", "looks right"]
    changes.decide("apply", made, token=author)
    assert changes.value("env/prod", names["key"]) == 5


def test_the_authors_other_tokens_do_not_count(changes, names):
    rule(changes, names, approvals=1)
    rules = WRITER + 'path "auth/token/create" { capabilities = ["update"] }'
    author = changes.token(rules)
    made = changes.propose(*everything(names)[:2], token=author)
    child = changes.ask("POST", "auth/token/create", {}, author).json["auth"]["client_token"]
    answer = changes.ask("POST", f"pulse/changesets/{made['id']}/approve", {}, child)
    assert answer.status == 403 and "author" in answer.json["errors"][0]


def test_an_edit_takes_approvals_back_and_makes_an_author(changes, names):
    rule(changes, names, approvals=1)
    author, approver, editor = changes.token(), changes.token(APPROVER), changes.token()
    made = changes.propose(*everything(names)[:2], token=author)
    changes.decide("approve", made, token=approver)
    items = [everything(names)[0], put("config", f"env/prod/{names['key']}", {"value": 6})]
    edited = changes.well("PATCH", f"pulse/changesets/{made['id']}", {"items": items}, editor)
    assert edited["approvals"] == [] and edited["approvals_needed"] == 1 and len(edited["editors"]) == 1
    assert changes.ask("POST", f"pulse/changesets/{made['id']}/approve", {}, editor).status == 403
    changes.decide("approve", made, token=approver)
    changes.decide("apply", made, token=author)
    assert changes.value("env/prod", names["key"]) == 6


def test_only_people_with_the_role_count(changes, names):
    rule(changes, names, approvals=1, roles=[names["policy"]])
    changes.well("POST", f"sys/policies/acl/{names['policy']}", {"policy": APPROVER})
    made = changes.propose(*everything(names)[:2], token=changes.token())
    assert changes.decide("approve", made, token=changes.token(APPROVER))["approvals_needed"] == 1
    manager = changes.token(policies=[names["policy"]])
    assert changes.decide("approve", made, token=manager)["approvals_needed"] == 0


def test_a_refused_set_is_not_applied_until_it_is_edited(changes, names):
    made = changes.propose(*everything(names)[:2])
    changes.decide("reject", made, {"reason": "not before Monday"})
    assert changes.ask("POST", f"pulse/changesets/{made['id']}/apply", {}).status == 409
    assert changes.well("PATCH", f"pulse/changesets/{made['id']}", {"message": "now"})["state"] == "approved"
    changes.decide("apply", made)


def test_author_and_applier_need_the_right_to_each_item(changes, names):
    narrow = changes.token("""
        path "pulse/changesets*" { capabilities = ["read", "update", "patch", "list"] }
        path "config/*" { capabilities = ["create", "read", "update"] }
    """)
    body = {"message": "more than I may", "items": [
        *everything(names)[:2], put("secret", f"secret/{names['app']}", {"data": {"k": "v"}})]}
    refused = changes.ask("POST", "pulse/changesets", body, narrow)
    assert refused.status == 403 and refused.json["errors"] == [f"secret/data/{names['app']}: permission denied"]
    made = changes.propose(*body["items"])
    refused = changes.ask("POST", f"pulse/changesets/{made['id']}/apply", {}, narrow)
    assert refused.status == 403
    assert changes.ask("GET", f"config/keys/{names['key']}").status == 404, "not even the items that were allowed"


@pytest.mark.parametrize("path", ["secret/prod/*", "env/prod/*", "nowhere/*", "config/date/*", "secret/prod/+/*",
                                  "config/data/service/*/env/prod/k", "config/data/service/+*"])
def test_a_rule_that_no_item_can_meet_is_refused(changes, names, path):
    answer = changes.ask("POST", f"pulse/approval-rules/{names['rule']}", {"paths": [path], "approvals": 1})
    assert answer.status == 400 and answer.json["errors"][0].startswith("paths[0]:")


def test_a_rule_for_any_one_segment_is_about_each_of_them(changes, names):
    rule(changes, names, paths=[f"config/data/service/+/env/prod/{names['key']}"], approvals=1)
    changes.well("POST", f"config/keys/{names['key']}", {"type": "integer"})
    for layer, needed in [("service/foo/env/prod", 1), ("service/bar/env/prod", 1), ("service/foo/env/test", 0)]:
        item = {"kind": "config", "path": f"{layer}/{names['key']}", "op": "put", "body": {"value": 1}}
        made = changes.propose(item)
        assert made["approvals_needed"] == needed
        state = "proposed" if needed else "approved"
        assert made["state"] == changes.get(made)["state"] == state
        assert changes.well("LIST", "pulse/changesets")["key_info"][made["id"]]["state"] == state


def test_overwriting_what_others_changed_since_needs_approvals_at_once(changes, names):
    made = changes.propose(*everything(names)[:2])
    changes.decide("apply", made)
    rule(changes, names, approvals=1)
    changes.well("POST", f"config/data/env/prod/{names['key']}", {"value": 99})
    waiting = changes.decide("rollback", made, {"force": True}, status=(202,))
    assert waiting["takes_back"] == made["id"] and waiting["approvals_needed"] == 1
    assert changes.value("env/prod", names["key"]) == 99


# -- at a time ------------------------------------------------------------------------------------


def soon(seconds=1.5):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return when.isoformat().replace("+00:00", "Z")


def test_a_scheduled_set_is_applied_in_the_name_of_who_scheduled_it(changes, names):
    author = changes.token()
    made = changes.propose(*everything(names), token=author)
    assert changes.ask("POST", f"pulse/changesets/{made['id']}/schedule", {"at": "2001-01-01T00:00:00Z"}).status == 400
    assert changes.decide("schedule", made, {"at": soon()}, token=author)["state"] == "scheduled"
    harness.eventually(lambda: changes.get(made)["state"] == "applied")
    assert changes.value("env/prod", names["key"]) == 5
    assert changes.ask("GET", f"sys/policies/acl/{names['policy']}").status == 200
    history = changes.well("GET", f"config/history/env/prod/{names['key']}")["versions"]
    assert history[0]["updated_by"] == changes.get(made)["applied_by"] == changes.get(made)["author"]


def test_a_scheduled_set_that_became_impossible_says_why(changes, names):
    changes.decide("apply", changes.propose(*everything(names)[:2]))
    made = changes.propose(put("config", f"env/prod/{names['key']}", {"value": 6}))
    changes.decide("schedule", made, {"at": soon()})
    changes.well("POST", f"config/data/env/prod/{names['key']}", {"value": 7})
    failed = harness.eventually(lambda: (found := changes.get(made))["state"] == "failed" and found)
    assert "has changed since it was proposed" in failed["history"][-1]["reason"]
    assert changes.value("env/prod", names["key"]) == 7


def test_a_set_whose_mount_is_gone_holds_no_other_up(changes, names):
    mount = names["app"]
    changes.well("POST", f"sys/mounts/{mount}", {"type": "kv-v2"})
    lost = changes.propose(put("secret", f"{mount}/x", {"data": {"k": "v"}}))
    fine = changes.propose(*everything(names)[:2])
    at = soon()
    for made in (lost, fine):
        changes.decide("schedule", made, {"at": at})
    changes.well("DELETE", f"sys/mounts/{mount}")
    harness.eventually(lambda: changes.get(fine)["state"] == "applied")
    assert changes.get(lost)["state"] == "failed"
    changes.decide("reject", lost)


def test_a_secret_that_is_to_be_deleted_later_is_there_until_then(changes, names):
    path = f"secret/{names['app']}"
    changes.well("POST", f"secret/metadata/{names['app']}", {"delete_version_after": "1h"})
    changes.well("POST", f"secret/data/{names['app']}", {"data": {"password": "one"}})
    made = changes.propose(put("secret", path, {"data": {"password": "two"}}))
    assert made["diff"][0]["changes"][0]["from"].startswith("hmac:")
    changes.decide("apply", made)
    changes.decide("rollback", made)
    assert changes.well("GET", f"secret/data/{names['app']}")["data"] == {"password": "one"}


def test_a_secret_that_was_made_anew_is_another_one(changes, names):
    changes.well("POST", f"secret/data/{names['app']}", {"data": {"password": "one"}})
    made = changes.propose(put("secret", f"secret/{names['app']}", {"data": {"password": "two"}}))
    changes.well("DELETE", f"secret/metadata/{names['app']}")
    changes.well("POST", f"secret/data/{names['app']}", {"data": {"password": "another"}})
    assert changes.ask("POST", f"pulse/changesets/{made['id']}/apply", {}).status == 409


# -- what is told ---------------------------------------------------------------------------------


def test_secrets_show_as_versions_and_digests_only(changes, names):
    changes.well("POST", f"secret/data/{names['app']}", {"data": {"password": PLANTED, "same": "x"}})
    made = changes.propose(
        put("secret", f"secret/{names['app']}", {"data": {"password": PLANTED + "2", "same": "x"}}),
        put("key", names["key"], {"type": "string", "sensitive": True}),
        put("config", f"global/{names['key']}", {"value": PLANTED + "3"}),
    )
    texts = [json.dumps(made), json.dumps(changes.get(made))]
    changes.decide("apply", made)
    texts += [json.dumps(changes.get(made)), json.dumps(changes.decide("rollback", made)), json.dumps(changes.get(made))]
    assert not any(PLANTED in text for text in texts)
    difference = made["diff"][0]
    assert [change["path"] for change in difference["changes"]] == ["password"]
    assert difference["changes"][0]["from"].startswith("hmac:") and difference["to_version"] == 2
    assert made["items"][0]["redacted"] and "body" not in made["items"][0]
    assert made["items"][2]["redacted"] and "body" not in made["items"][2]


def test_a_set_that_makes_a_key_an_ordinary_one_does_not_show_its_values(changes, names):
    changes.well("POST", f"config/keys/{names['key']}", {"type": "string", "sensitive": True})
    changes.well("POST", f"config/data/global/{names['key']}", {"value": PLANTED})
    items = [
        put("key", names["key"], {"type": "string", "sensitive": False}),
        {"kind": "config", "path": f"global/{names['key']}", "op": "rollback", "body": {"version": 1}},
    ]
    made = changes.propose(*items)
    assert PLANTED not in json.dumps(made) and PLANTED not in json.dumps(changes.get(made))
    developer = changes.token("""
        path "pulse/changesets*" { capabilities = ["read", "update", "patch"] }
        path "config/*" { capabilities = ["create", "read", "update", "patch"] }
    """)
    refused = changes.ask("POST", "pulse/changesets", {"message": "m", "items": items}, developer)
    assert refused.status == 403, "to declassify asks for sudo"
    assert PLANTED not in json.dumps(changes.get(made, developer))


def test_a_draft_stays_covered_when_its_key_is_gone(changes, names):
    changes.well("POST", f"config/keys/{names['key']}", {"type": "string", "sensitive": True})
    made = changes.propose(put("config", f"global/{names['key']}", {"value": PLANTED}))
    changes.well("DELETE", f"config/keys/{names['key']}")
    assert PLANTED not in json.dumps(changes.get(made))


def test_what_a_reader_may_not_read_is_not_in_the_set_either(changes, names):
    made = changes.propose(*everything(names))
    reader = changes.token('path "pulse/changesets/*" { capabilities = ["read"] }')
    seen = changes.get(made, reader)
    assert all(item["redacted"] and item["changes"] == [] for item in seen["diff"])
    assert not any("body" in item for item in seen["items"])


def test_the_reach_of_a_layer_is_told(changes, names):
    service = names["app"]
    for number in range(3):
        body = {"env": "prod" if number else "dev", "revision": 0, "hash": "", "applied": True}
        changes.well("POST", f"config/instances/{service}/i{number}", body)
    made = changes.propose(
        put("key", names["key"], {"type": "integer"}), put("config", f"service/{service}/env/prod/{names['key']}", {"value": 1}))
    reached = {item["path"]: item for item in made["affected"]}
    found = reached[f"config/data/service/{service}/env/prod/{names['key']}"]
    assert found["services"] == [service] and found["instances"] == 2


@pytest.mark.parametrize("body,problem", [
    ({"items": []}, "message"), ({"message": "m"}, "items"), ({"message": "m", "items": {}}, "items"),
    ({"message": "m", "items": [7]}, "items[0]"), ({"message": "m", "items": [{"kind": "x"}]}, "items[0].kind"),
    ({"message": "m", "items": [{"kind": "config", "path": "global/k", "op": "put"}]}, "items[0].body"),
    ({"message": "m", "items": [{"kind": "config", "path": "global/k", "op": "undelete"}]}, "items[0].op"),
    ({"message": "m", "items": [{"kind": "secret", "path": "nowhere/k", "op": "delete"}]}, "items[0].path"),
    ({"message": "m", "items": [{"kind": "config", "path": "global/k", "op": "rollback"}]}, "items[0].body.version"),
    ({"message": "m", "items": [{"kind": "config", "path": "global/k", "op": "delete"}] * 2}, "items[1].path"),
    ({"message": "m", "items": [{"kind": "config", "path": "global/k", "op": "delete", "cas": -1}]}, "items[0].cas"),
    ({"message": "m", "items": [{"kind": "config", "path": "global/k", "op": "delete"}] * 501}, "items"),
    ({"message": "m", "items": [put("config", "global/k", {"value": 1, "key": {"type": "integer"}})]}, "items[0].body.key"),
    ({"message": "m", "items": [{"kind": "flag", "path": "prod/f", "op": "undelete"}]}, "items[0].path"),
    ({"message": "m", "items": [{"kind": "state", "path": "f", "op": "delete"}]}, "items[0].path"),
    ({"message": "m", "items": [{"kind": "flag", "path": "f", "op": "delete", "body": {"purge": True}}]}, "items[0].body.purge"),
    ({"message": "m", "items": [put("policy", "Prod", {"policy": ""})]}, "items[0].path"),
    ({"message": "m", "items": [put("secret", f"secret/s{n}", {"data": {"x": "y" * 300_000}}) for n in range(9)]}, "items"),
])
def test_what_cannot_be_a_set_is_refused_by_its_place(changes, body, problem):
    answer = changes.ask("POST", "pulse/changesets", body)
    assert answer.status == 400 and answer.json["errors"][0].startswith(problem + ":"), answer.text


def test_hostile_paths_are_problems_and_nothing_else(changes):
    for path in ("global/../x", "global//x", "x" * 1000, "\u202e/x", "global/a b", "nolayer/x", "global", "a\u0000b"):
        answer = changes.ask("POST", "pulse/changesets", {
            "message": "m", "items": [put("config", path, {"value": 1})]})
        assert answer.status in (200, 400), answer.text
        if answer.status == 200:
            assert answer.json["data"]["problems"], path


def test_sets_are_listed_and_withdrawn(changes, names):
    made = changes.propose(*everything(names)[:2], message="to be withdrawn")
    listed = changes.well("LIST", "pulse/changesets")
    assert listed["key_info"][made["id"]]["message"] == "to be withdrawn"
    changes.well("DELETE", f"pulse/changesets/{made['id']}")
    assert changes.ask("GET", f"pulse/changesets/{made['id']}").status == 404
    assert changes.ask("DELETE", f"pulse/changesets/{made['id']}").status == 204


def test_a_secret_whose_versions_are_served_is_changed_by_its_newest_and_not_deleted(changes, names):
    path = f"secret/data/{names['app']}"
    changes.well("POST", path, {"data": {"password": "old"}})
    changes.well("POST", path, {"data": {"password": "new"}, "options": {"canary": {"percent": 5}}})
    item = {"kind": "secret", "path": f"secret/{names['app']}"}
    made = changes.propose(item | {"op": "patch", "body": {"data": {"user": "app"}}})
    change = made["diff"][0]
    assert (change["from_version"], change["to_version"]) == (2, 3)
    assert len(change["changes"]) == 1, "what readers get meanwhile is not what is changed"
    changes.decide("apply", made)
    data = changes.well("GET", f"{path}?version=3")["data"]
    assert data == {"password": "new", "user": "app"}
    assert changes.well("GET", path)["data"] == {"password": "old"}
    changes.decide("rollback", made)
    assert changes.well("GET", f"{path}?version=4")["data"] == {"password": "new"}
    refused = changes.propose(item | {"op": "delete"})
    assert "served" in str(refused["problems"])
    canary = item | {"op": "put", "body": {"data": {}, "options": {"canary": {"percent": 5}}}}
    answer = changes.ask("POST", "pulse/changesets", {"message": "m", "items": [canary]})
    assert answer.status == 400 and "canary" in answer.text
    assert changes.well("GET", path)["data"] == {"password": "old"}


def test_listings_come_page_by_page(changes, names):
    made = [changes.propose(put("key", f"{names['key']}-{number}", {"type": "string"}))["id"] for number in range(3)]
    assert made == sorted(made), "the oldest first"
    before = f"?after={made[0]}"
    page = changes.well("LIST", f"pulse/changesets{before}&limit=1")
    assert page["keys"] == made[1:2] == list(page["key_info"])
    assert changes.well("LIST", f"pulse/changesets{before}")["keys"][:2] == made[1:]
    assert changes.ask("LIST", f"pulse/changesets?after={made[2]}z").status == 404


# -- values that a schema binds together ------------------------------------------------------------

SMALL = {"if": {"properties": {"mode": {"const": "small"}}, "required": ["mode"]},
         "then": {"properties": {"n": {"maximum": 10}}},
         "else": {"properties": {"n": {"minimum": 11}}}}


def _bound(changes, key):
    changes.well("POST", f"config/keys/{key}.mode", {"type": "string"})
    changes.well("POST", f"config/keys/{key}.n", {"type": "integer"})
    changes.well("POST", f"config/keys/{key}", {"type": "subtree", "schema": SMALL})
    changes.well("POST", f"config/data/env/prod/{key}.n", {"value": 100})


def test_values_that_are_bound_together_are_judged_together(changes, names):
    key = names["key"]
    _bound(changes, key)
    alone = changes.propose(put("config", f"env/prod/{key}.mode", {"value": "small"}))
    assert len(alone["problems"]) == 1 and key in str(alone["problems"])
    made = changes.propose(
        put("config", f"env/prod/{key}.mode", {"value": "small"}), put("config", f"env/prod/{key}.n", {"value": 1}))
    assert made["problems"] == []
    changes.decide("apply", made)
    assert changes.value("env/prod", f"{key}.mode") == "small" and changes.value("env/prod", f"{key}.n") == 1
    changes.decide("rollback", made)
    assert changes.value("env/prod", f"{key}.mode") is None and changes.value("env/prod", f"{key}.n") == 100


def test_a_schema_and_the_values_for_it_change_together(changes, names):
    key = names["key"]
    changes.well("POST", f"config/keys/{key}", {"type": "integer"})
    changes.well("POST", f"config/data/env/prod/{key}", {"value": 100})
    made = changes.propose(
        put("key", key, {"type": "integer", "schema": {"maximum": 10}}),
        put("config", f"env/prod/{key}", {"value": 1}))
    assert made["problems"] == []
    changes.decide("apply", made)
    assert changes.value("env/prod", key) == 1


def test_a_set_that_breaks_a_schema_as_a_whole_is_refused(changes, names):
    key = names["key"]
    _bound(changes, key)
    items = [put("config", f"env/prod/{key}.mode", {"value": "small"}),
             put("config", f"env/prod/{key}.n", {"value": 50})]
    made = changes.propose(*items)
    assert [problem["path"].endswith(".mode") for problem in made["problems"]] == [True]
    answer = changes.ask("POST", f"pulse/changesets/{made['id']}/apply", {})
    assert answer.status == 400
    assert changes.value("env/prod", f"{key}.mode") is None and changes.value("env/prod", f"{key}.n") == 100
