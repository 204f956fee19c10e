"""OFREP 0.3 on the wire: every answer is held against the protocol's rules and against what providers break on."""

import datetime
import json
import re
import time

import pytest

import wire
from flag_server import EVALUATE, Flags, flags, key  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="feature flags are not among OpenBao's engines")

REASONS = {"STATIC", "DEFAULT", "TARGETING_MATCH", "SPLIT", "CACHED", "DISABLED", "UNKNOWN", "STALE", "ERROR"}
# TYPE_MISMATCH is for clients: a server does not know what type was asked for.
CODES = {"FLAG_NOT_FOUND", "PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "GENERAL"}


def check_success(item):
    """Hold an evaluation against the rules; returns it."""
    assert set(item) <= {"key", "value", "reason", "variant", "metadata"}, item
    assert isinstance(item["key"], str)
    assert item["reason"] in REASONS
    assert isinstance(item["variant"], str)
    assert item.get("value", "absent") is not None
    check_metadata(item["metadata"])
    return item


def check_metadata(metadata):
    """Metadata is a flat object."""
    assert isinstance(metadata, dict)
    assert all(isinstance(value, (bool, str, int, float)) for value in metadata.values()), metadata


def check_failure(item, code=None, key=None):
    """Hold a failure against the rules; returns it."""
    assert set(item) <= {"key", "errorCode", "errorDetails", "metadata"}, item
    assert isinstance(item["errorDetails"], str) and item["errorDetails"]
    assert item.get("key") == key
    assert item.get("errorCode") == code
    assert code is None or code in CODES
    return item


def refused(answer, status, code=None, key=None):
    """An answer that refuses by the rules."""
    assert answer.status == status, f"{answer.status} {answer.text}"
    assert answer.header("Content-Type").startswith("application/json")
    return check_failure(answer.json, code, key)


def evaluated(answer):
    """The evaluation of one flag."""
    assert answer.status == 200, f"{answer.status} {answer.text}"
    assert answer.header("Content-Type").startswith("application/json")
    return check_success(answer.json)


def tag(answer):
    """The ETag of an answer with all flags."""
    assert answer.status == 200, f"{answer.status} {answer.text}"
    value = answer.header("ETag")
    assert re.fullmatch(r'(W/)?"[\x21\x23-\x7e]+"', value), value
    return value


def again(flags, known, **options):
    """The status of asking for all flags with a tag that is known."""
    answer = flags.ask(headers=[("If-None-Match", known)], **options)
    if answer.status == 304:
        assert answer.body == b""
    return answer.status


# -- one flag -------------------------------------------------------------------------------------


def test_a_flag_has_key_value_variant_reason_and_metadata(flags, key):
    flags.make(key)
    item = evaluated(flags.ask(key))
    assert (item["key"], item["value"], item["variant"], item["reason"]) == (key, True, "on", "STATIC")


@pytest.mark.parametrize(
    ("type", "written", "bytes_"),
    [
        ("float", "1", b"1.0"),
        ("float", "1.0", b"1.0"),
        ("float", "-0.0", b"-0.0"),
        ("float", "0.1", b"0.1"),
        ("integer", "1", b"1"),
        ("integer", "9223372036854775807", b"9223372036854775807"),
        ("integer", "-9223372036854775808", b"-9223372036854775808"),
    ],
)
def test_numbers_are_written_as_the_type_says(flags, key, type, written, bytes_):
    definition = f'{{"type":"{type}","variations":{{"chosen":{written}}}}}'
    assert flags.server.call("POST", f"/v1/flags/definitions/{key}", token="root", body=definition).status == 200
    flags.state(key, on=True, off_variation="chosen", fallthrough={"variation": "chosen"})
    for target in (key, None):
        (text,) = re.findall(rb'"key":"%s".*?"value":([^,}]+)' % key.encode(), flags.ask(target).body)
        assert text == bytes_


def test_a_flag_that_is_off_has_its_off_value_and_says_disabled(flags, key):
    flags.make(key, "integer", {"many": 10, "few": 1}, on=False)
    item = evaluated(flags.ask(key))
    assert (item["value"], item["variant"], item["reason"]) == (1, "few", "DISABLED")


def test_a_killed_flag_says_disabled(flags, key):
    flags.make(key)
    flags.kill(key)
    item = evaluated(flags.ask(key))
    assert (item["value"], item["reason"]) == (False, "DISABLED")


def test_a_flag_without_a_state_has_no_value_rather_than_null(flags, key):
    flags.define(key)
    answer = flags.ask(key)
    if answer.status == 404:
        refused(answer, 404, "FLAG_NOT_FOUND", key)
    else:
        item = evaluated(answer)
        assert "value" not in item and item["reason"] == "DEFAULT"


def test_an_unmet_prerequisite_is_told(flags, key):
    flags.make(f"{key}-first", on=False)
    flags.make(key, prerequisites=[{"flag": f"{key}-first", "variation": "on"}])
    item = evaluated(flags.ask(key))
    assert (item["value"], item["reason"]) == (False, "DISABLED")
    assert item["metadata"]["prerequisite"] == f"{key}-first"
    flags.toggle(f"{key}-first", True)
    assert evaluated(flags.ask(key))["value"] is True


def test_an_archived_flag_gives_its_off_variation_or_is_gone(flags, key):
    flags.make(key)
    flags.write(f"definitions/{key}", method="DELETE")
    answer = flags.ask(key)
    if answer.status == 404:
        refused(answer, 404, "FLAG_NOT_FOUND", key)
    else:
        item = evaluated(answer)
        assert (item["value"], item["reason"]) == (False, "DISABLED")


def test_an_unknown_flag_is_not_found(flags, key):
    refused(flags.ask(key), 404, "FLAG_NOT_FOUND", key)


@pytest.mark.parametrize(
    ("spelled", "meant"),
    [
        ("a%2Fb", "a/b"),
        ("a/b", "a/b"),
        ("a%2F", "a/"),
        ("a%20b", "a b"),
        ("gr%C3%BCn", "grün"),
        ("a%3Fb", "a?b"),
        ("a%25b", "a%b"),
    ],
)
def test_a_key_that_no_flag_can_have_is_not_found_under_its_own_name(flags, spelled, meant):
    refused(flags.ask(spelled), 404, "FLAG_NOT_FOUND", meant)


def test_percent_encoded_keys_are_the_flags(flags, key):
    flags.make(f"{key}:a.b_c")
    for spelled in (f"{key}:a.b_c", f"{key}%3Aa%2Eb_c", f"{key}%3aa%2eb%5fc", f"%66{key[1:]}:a.b_c"):
        assert evaluated(flags.ask(spelled))["key"] == f"{key}:a.b_c"


def test_a_split_without_a_targeting_key_is_refused(flags, key):
    flags.make(key, fallthrough={"percent": 50, "variation": "on"})
    for context in ({}, {"country": "CH"}):
        refused(flags.ask(key, context), 400, "TARGETING_KEY_MISSING", key)
    assert evaluated(flags.ask(key, {"targetingKey": "ana"}))["reason"] == "SPLIT"


# -- all flags ------------------------------------------------------------------------------------


def test_all_flags_come_together_in_order(flags, key):
    names = [flags.make(f"{key}-{letter}") for letter in "cab"]
    flags.make(f"{key}-d", fallthrough={"percent": 50, "variation": "on"})
    answer = flags.ask()
    tag(answer)
    assert answer.header("Content-Type").startswith("application/json")
    own = [flag for flag in answer.json["flags"] if flag["key"].startswith(key)]
    assert [flag["key"] for flag in own] == sorted(names) + [f"{key}-d"]
    for flag in own[:-1]:
        assert check_success(flag)["value"] is True
    # One flag that cannot be evaluated does not spoil the others.
    check_failure(own[-1], "TARGETING_KEY_MISSING", f"{key}-d")
    check_metadata(answer.json.get("metadata", {}))


def test_all_flags_are_the_same_as_each_alone(flags, key):
    flags.make(f"{key}-a", "object", {"x": {"n": 1.0, "list": [None, 1]}, "y": {}})
    flags.make(f"{key}-b", fallthrough={"percent": 50, "variation": "on"})
    flags.make(f"{key}-c", on=False)
    context = {"targetingKey": "ana", "country": "CH"}
    together = flags.all(context)
    for letter in "abc":
        assert together[f"{key}-{letter}"] == evaluated(flags.ask(f"{key}-{letter}", context))


def test_where_events_are_is_told_and_stays(flags):
    first = flags.ask(context={"targetingKey": "a"}).json["eventStreams"]
    assert first == flags.ask(context={"targetingKey": "b"}, token=flags.token()).json["eventStreams"]
    (stream,) = first
    assert (stream["type"], stream["inactivityDelaySec"]) == ("sse", 120)
    assert ("url" in stream) != ("endpoint" in stream)
    assert stream["endpoint"]["requestUri"].startswith("/ofrep/v1/events/prod/")


@pytest.mark.parametrize("target", [EVALUATE + "/", EVALUATE + "?flagConfigEtag=%22x%22&flagConfigLastModified=17"])
def test_spellings_of_the_address_of_all_flags(flags, key, target):
    flags.make(key)
    answer = flags.ask(target=target)
    assert key in {flag["key"] for flag in answer.json["flags"]}
    assert again(flags, tag(answer)) == 304


# -- what is sent ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"context":null}', b'{"context":{}}', b' {"context" : {}}\n', b'{"context":{},"more":1}']
)
def test_a_missing_context_is_an_empty_one(flags, key, body):
    flags.make(key)
    assert evaluated(flags.ask(key, body=body))["value"] is True
    assert flags.all(body=body)[key]["value"] is True


@pytest.mark.parametrize(
    "body", [b"[]", b'"text"', b"5", b"true", b'{"context":[]}', b'{"context":"text"}', b'{"context":5}']
)
def test_what_is_no_object_is_an_invalid_context(flags, key, body):
    flags.make(key)
    refused(flags.ask(key, body=body), 400, "INVALID_CONTEXT", key)
    refused(flags.ask(body=body), 400, "INVALID_CONTEXT")


@pytest.mark.parametrize(
    "body",
    [b"{", b"nothing", b'{"context":}', b'{"context":{}}}', b"{'context':{}}", b'{"context":{"a":"\xff"}}', b"\x00"],
)
def test_what_is_no_json_is_a_parse_error(flags, key, body):
    flags.make(key)
    refused(flags.ask(key, body=body), 400, "PARSE_ERROR", key)
    refused(flags.ask(body=body), 400, "PARSE_ERROR")


@pytest.mark.parametrize("depth", [10_000, 300_000])
def test_a_deep_context_is_refused_in_the_protocols_words(flags, key, depth):
    flags.make(key)
    body = b'{"context":{"a":' + b"[" * depth + b"]" * depth + b"}}"
    refused(flags.ask(key, body=body), 400, "PARSE_ERROR", key)
    assert evaluated(flags.ask(key))["value"] is True


def test_a_context_that_is_too_large_is_refused(flags, key):
    flags.make(key)
    refused(flags.ask(key, {"text": "x" * 1_000_000}), 400, "INVALID_CONTEXT", key)
    headers = [("Authorization", f"Bearer {flags.server.root_token}"), ("Content-Length", "40000000")]
    with flags.server.connect() as connection:
        connection.send(wire.encode("POST", EVALUATE, headers))
        refused(connection.read(), 413)


@pytest.mark.parametrize("value", [None, True, 5, 1.5, "", "x" * 5000, [], {}, ["a"], {"a": {"b": [1]}}])
def test_any_attribute_may_be_in_a_context(flags, key, value):
    rule = {"if": [{"attribute": "thing", "operator": "in", "values": ["no", "such"]}], "serve": {"variation": "off"}}
    flags.make(key, rules=[rule])
    item = evaluated(flags.ask(key, {"targetingKey": "ana", "thing": value, "gr\u00fcn \u2713": value}))
    assert (item["value"], item["reason"]) == (True, "DEFAULT")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(flags, key, method):
    flags.make(key)
    headers = [("Authorization", f"Bearer {flags.server.root_token}")]
    for target in (EVALUATE, f"{EVALUATE}/{key}"):
        answer = flags.server.call(method, target, headers=headers)
        assert answer.status == 405, answer.text


# -- who asks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "hvs.unknown", "x" * 3000])
def test_without_a_known_token_all_is_unauthorised(flags, key, token):
    flags.make(key)
    # A flag that there is and one that there is not look the same.
    answers = {json.dumps(refused(flags.ask(name, token=token), 401)) for name in (key, f"{key}-not")}
    assert len(answers) == 1
    refused(flags.ask(token=token), 401)


def test_a_revoked_token_is_unauthorised(flags, key):
    flags.make(key)
    token = flags.token()
    assert flags.ask(token=token).status == 200
    flags.server.call("POST", "/v1/auth/token/revoke", token="root", body={"token": token})
    refused(flags.ask(key, token=token), 401)
    refused(flags.ask(token=token), 401)


def test_a_token_without_the_capability_is_forbidden(flags, key):
    flags.make(key)
    token = flags.token({"flags/evaluate/*": ["read", "update", "create", "list"], "secret/*": ["evaluate"]})
    answers = {json.dumps(refused(flags.ask(name, token=token), 403)) for name in (key, f"{key}-not")}
    assert len(answers) == 1
    refused(flags.ask(token=token), 403)


def test_each_evaluation_uses_up_a_limited_token(flags, key):
    flags.make(key)
    body = {"policies": ["root"], "num_uses": 3}
    token = flags.server.call("POST", "/v1/auth/token/create", token="root", body=body).json["auth"]["client_token"]
    known = tag(flags.ask(token=token))
    assert again(flags, known, token=token) == 304
    assert [flags.ask(key, token=token).status for _ in range(2)] == [200, 401]


@pytest.mark.parametrize("header", ["X-API-Key", "X-Vault-Token", "Authorization"])
def test_the_token_may_come_in_each_header(flags, key, header):
    flags.make(key)
    token = flags.token()
    value = f"Bearer {token}" if header == "Authorization" else token
    assert evaluated(flags.ask(key, token=None, headers=[(header, value)]))["value"] is True


def test_all_flags_leave_out_those_the_token_may_not_see(flags, key):
    for name in ("seen", "denied", "other"):
        flags.make(f"{key}-{name}")
    rules = {
        "flags/evaluate/prod": ["evaluate"],
        f"flags/evaluate/prod/{key}-*": ["evaluate"],
        f"flags/evaluate/prod/{key}-denied": ["deny"],
    }
    token = flags.token(rules)
    assert set(flags.all(token=token)) == {f"{key}-seen", f"{key}-other"}
    refused(flags.ask(f"{key}-denied", token=token), 403)


def test_all_flags_may_be_denied_where_one_is_allowed(flags, key):
    flags.make(key)
    token = flags.token({f"flags/evaluate/prod/{key}": ["evaluate"]})
    assert evaluated(flags.ask(key, token=token))["value"] is True
    refused(flags.ask(token=token), 403)


def test_the_environment_is_the_tokens_then_the_headers_then_prod(flags, key):
    flags.make(key)
    for environment in ("staging", "dev"):
        flags.toggle(key, environment == "dev", environment=environment)
    header = [("X-PulseVault-Environment", "staging")]
    free, bound = flags.token(), flags.token(environment="dev")
    flags.toggle(key, False, environment="prod")
    assert evaluated(flags.ask(key, token=free))["value"] is False
    flags.toggle(key, True, environment="prod")
    assert evaluated(flags.ask(key, token=free))["value"] is True
    assert evaluated(flags.ask(key, token=free, headers=header))["value"] is False
    assert evaluated(flags.ask(key, token=bound, headers=header))["value"] is True
    assert flags.all(token=free, headers=header)[key]["value"] is False


@pytest.mark.parametrize("name", ["nowhere", "../prod", "prod/x", "x" * 65])
def test_an_environment_that_is_not_there_is_refused(flags, key, name):
    flags.make(key)
    for target in (key, None):
        answer = flags.ask(target, headers=[("X-PulseVault-Environment", name)])
        assert answer.status in (400, 404), answer.text
        assert answer.json["errorDetails"] and answer.json["errorCode"]
        assert answer.json.get("key") == target


def test_an_empty_header_names_no_environment(flags, key):
    flags.make(key)
    empty = [("X-PulseVault-Environment", "")]
    assert evaluated(flags.ask(key, headers=empty))["value"] is True
    assert key in flags.all(headers=empty)
    assert evaluated(flags.ask(key, token=flags.token(environment="prod"), headers=empty))["value"] is True


@pytest.mark.parametrize("name", ["nowhere", "../prod", "prod/x", "gr\u00fcn", " "])
def test_a_token_of_an_environment_that_is_not_there_gets_nothing(flags, key, name):
    flags.make(key)
    token = flags.token(environment=name)
    for target in (key, None):
        answer = flags.ask(target, token=token, headers=[("X-PulseVault-Environment", "prod")])
        assert answer.status in (403, 404), answer.text


# -- tags -----------------------------------------------------------------------------------------


def test_what_did_not_change_is_not_sent_again(flags, key):
    flags.make(key)
    known = tag(flags.ask(context={"targetingKey": "ana"}))
    for _ in range(3):
        assert again(flags, known, context={"targetingKey": "ana"}) == 304


def test_a_304_carries_the_tag(flags, key):
    flags.make(key)
    known = tag(flags.ask())
    assert flags.ask(headers=[("If-None-Match", known)]).header("ETag") == known


@pytest.mark.parametrize(
    ("spelling", "status"),
    [
        ("{}", 304),
        ("W/{}", 304),
        ('"other", {}', 304),
        ('"other",W/{} , "more"', 304),
        ("*", 304),
        ('"other"', 200),
        ('W/"other", "more"', 200),
        ("nonsense", 200),
        ("", 200),
    ],
)
def test_known_tags_are_read_as_http_writes_them(flags, key, spelling, status):
    flags.make(key)
    known = tag(flags.ask()).removeprefix("W/")
    assert again(flags, spelling.format(known)) == status


def test_the_order_of_a_context_does_not_matter(flags, key):
    flags.make(key)
    known = tag(flags.ask(body=b'{"context":{"targetingKey":"ana","a":1,"b":{"c":2,"d":3}}}'))
    assert again(flags, known, body=b'{ "context": {"b":{"d":3,"c":2},"a":1,"targetingKey":"ana"}}') == 304


def test_another_context_is_not_the_same(flags, key):
    rule = {"if": [{"attribute": "plan", "operator": "in", "values": ["paid"]}], "serve": {"variation": "on"}}
    flags.make(key, rules=[rule], fallthrough={"variation": "off"})
    known = tag(flags.ask(context={"targetingKey": "ana", "plan": "free"}))
    assert again(flags, known, context={"targetingKey": "ana", "plan": "paid"}) == 200
    assert again(flags, known, context={"targetingKey": "ana", "plan": "free"}) == 304


@pytest.mark.parametrize(
    "change",
    [
        lambda flags, key: flags.toggle(key, False),
        lambda flags, key: flags.kill(key),
        lambda flags, key: flags.write(f"states/prod/{key}", method="DELETE"),
        lambda flags, key: flags.make(f"{key}-more"),
        lambda flags, key: flags.define(key, variations={"on": True, "off": False, "new": True}, description="new"),
    ],
    ids=["toggle", "kill", "delete", "another flag", "definition"],
)
def test_a_change_is_not_the_same(flags, key, change):
    flags.make(key)
    known = tag(flags.ask())
    assert again(flags, known) == 304
    before = flags.all()
    change(flags, key)
    # A change that shows in no answer may go unnoticed.
    assert again(flags, known) == 200 or flags.all() == before


def test_another_policy_is_not_the_same(flags, key):
    flags.make(f"{key}-a")
    flags.make(f"{key}-b")
    rules = {"flags/evaluate/*": ["evaluate"]}
    name = flags.policy(rules)
    token = flags.token(policies=[name])
    known = tag(flags.ask(token=token))
    flags.policy(rules | {f"flags/evaluate/prod/{key}-b": ["deny"]}, name)
    answer = flags.ask(token=token, headers=[("If-None-Match", known)])
    assert f"{key}-b" not in {flag["key"] for flag in answer.json["flags"]}
    flags.policy({"flags/evaluate/dev/*": ["evaluate"]}, name)
    refused(flags.ask(token=token, headers=[("If-None-Match", known)]), 403)
    refused(flags.ask(token=token, headers=[("If-None-Match", "*")]), 403)


def test_another_token_is_not_the_same(flags, key):
    flags.make(f"{key}-a")
    flags.make(f"{key}-b")
    known = tag(flags.ask(token=flags.token()))
    lesser = flags.token({"flags/evaluate/prod": ["evaluate"], f"flags/evaluate/prod/{key}-a": ["evaluate"]})
    answer = flags.ask(token=lesser, headers=[("If-None-Match", known)])
    assert {flag["key"] for flag in answer.json["flags"]} == {f"{key}-a"}
    assert again(flags, known, token=None) == 401


def test_another_environment_is_not_the_same(flags, key):
    flags.make(key)
    flags.toggle(key, False, environment="staging")
    known = tag(flags.ask())
    staging = [("X-PulseVault-Environment", "staging"), ("If-None-Match", known)]
    assert flags.all(headers=staging)[key]["value"] is False


def test_a_token_for_browsers_is_told_of_what_it_sees(flags, key):
    flags.write(f"segments/prod/{key}", {"include": ["ana"]})
    rule = {"if": [{"segment": key}], "serve": {"variation": "on"}}
    flags.make(f"{key}-first")
    flags.make(f"{key}-hidden")
    flags.define(f"{key}-seen", client_visible=True)
    flags.state(
        f"{key}-seen", on=True, rules=[rule], fallthrough={"variation": "off"},
        prerequisites=[{"flag": f"{key}-first", "variation": "on"}])
    body = {"policies": [flags.policy({"flags/evaluate/*": ["evaluate"]})], "meta": {"public": "true"}}
    token = flags.server.call("POST", "/v1/auth/token/create", token="root", body=body).json["auth"]["client_token"]
    known = flags.ask(token=token)
    # What it does not see changes nothing for it, and everything for others.
    others = tag(flags.ask())
    flags.toggle(f"{key}-hidden", False)
    flags.make(f"{key}-more")
    assert again(flags, tag(known), token=token) == 304 and again(flags, others) == 200
    assert flags.ask(token=token).body == known.body
    for change in (
        lambda: flags.toggle(f"{key}-seen", False), lambda: flags.toggle(f"{key}-seen", True),
        lambda: flags.write(f"segments/prod/{key}", {"include": ["ana", "ben"]}),
        lambda: flags.toggle(f"{key}-first", False), lambda: flags.kill(f"{key}-seen"),
        lambda: flags.define(f"{key}-hidden", client_visible=True), lambda: flags.define(f"{key}-hidden"),
        lambda: flags.write(f"definitions/{key}-seen?purge=true", method="DELETE"),
    ):
        before = tag(flags.ask(token=token))
        change()
        assert again(flags, before, token=token) == 200


def test_what_flags_lean_on_is_part_of_the_tag(flags, key):
    flags.write(f"segments/prod/{key}", {"include": ["ana"]})
    rule = {"if": [{"segment": key}], "serve": {"variation": "on"}}
    flags.make(f"{key}-rule", rules=[rule], fallthrough={"variation": "off"})
    flags.make(f"{key}-first")
    flags.make(f"{key}-second", prerequisites=[{"flag": f"{key}-first", "variation": "on"}])
    ben = {"targetingKey": "ben"}
    known = tag(flags.ask(context=ben))
    flags.write(f"segments/prod/{key}", {"include": ["ana", "ben"]})
    assert again(flags, known, context=ben) == 200
    known = tag(flags.ask(context=ben))
    flags.toggle(f"{key}-first", False)
    answer = flags.ask(context=ben, headers=[("If-None-Match", known)])
    values = {flag["key"]: flag["value"] for flag in answer.json["flags"] if flag["key"].startswith(f"{key}-")}
    assert values == {f"{key}-rule": True, f"{key}-first": False, f"{key}-second": False}


def test_a_tag_ends_when_a_rule_begins(flags, key):
    begin = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
    condition = {"attribute": "$time", "operator": "after", "values": [begin.strftime("%Y-%m-%dT%H:%M:%S.%fZ")]}
    flags.make(key, rules=[{"if": [condition], "serve": {"variation": "on"}}], fallthrough={"variation": "off"})
    answer = flags.ask()
    known = tag(answer)
    assert again(flags, known) == 304
    time.sleep(3.2)
    assert again(flags, known) == 200
    assert flags.all()[key]["value"] is True


def test_one_flag_is_always_sent(flags, key):
    flags.make(key)
    for known in ("*", tag(flags.ask())):
        assert evaluated(flags.ask(key, headers=[("If-None-Match", known)]))["value"] is True


# -- beside the protocol --------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/ofrep/", "/ofrep/v1", "/ofrep/v2/evaluate/flags", "/ofrep/v1/evaluate/flagsx"])
def test_what_is_not_served_is_not_found(flags, target):
    answer = flags.ask(target=target)
    assert answer.status == 404, answer.text


def test_answers_come_in_the_order_of_the_requests(flags, key):
    names = [flags.make(f"{key}-{number}") for number in range(5)]
    headers = [("Authorization", f"Bearer {flags.server.root_token}"), ("Content-Type", "application/json")]
    order = [names[number * 7 % 5] for number in range(100)]
    with flags.server.connect() as connection:
        connection.send(b"".join(wire.encode("POST", f"{EVALUATE}/{name}", headers, {"context": {}}) for name in order))
        assert [connection.read().json["key"] for _ in order] == order


def test_contexts_are_recorded_without_what_is_in_them(new_server, key):
    server = new_server()
    server.initialise()
    server.unseal()
    own = Flags(server)
    own.make(key)
    log = server.folder / "flags.log"
    server.client().sys.enable_audit_device("file", path="file", options={"path": str(log)})
    context = {"targetingKey": "planted-key", "mail": "planted-mail"}
    for name in (key, None):
        assert own.ask(name, context).status == 200
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    paths = [entry["request"]["path"] for entry in entries if entry["type"] == "response"]
    assert paths == [f"flags/evaluate/prod/{key}", "flags/evaluate/prod"]
    assert "planted" not in log.read_text()
