"""Feature flags as applications read them: OpenFeature's own Python SDK and OFREP provider, unmodified."""

import pytest
from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason

from flag_server import flags, key  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="feature flags are not among OpenBao's engines")


def connect(flags, token):
    """An OpenFeature client whose provider holds a token."""
    domain = f"domain-{token}"
    provider = OFREPProvider(flags.server.address, headers_factory=lambda: {"Authorization": f"Bearer {token}"})
    api.set_provider(provider, domain)
    return api.get_client(domain)


@pytest.fixture(scope="module")
def client(flags):
    """A client that may evaluate every flag."""
    return connect(flags, flags.token())


def user(name=None, **attributes):
    """An evaluation context."""
    return EvaluationContext(targeting_key=name, attributes=attributes)


def ask(client, type, key, default, context=None):
    """The details of a flag of a type."""
    return getattr(client, f"get_{type}_details")(key, default, context)


OBJECT = {"size": 2, "share": 0.5, "on": True, "none": None, "list": [1, "two", {"three": 3}], "text": "grün ✓"}


@pytest.mark.parametrize(
    ("type", "value", "other", "default"),
    [
        ("boolean", True, False, False),
        ("boolean", False, True, True),
        ("string", "grün ✓ \"quoted\" \\ \u0000 \n", "", "default"),
        ("string", "", "x", "default"),
        ("integer", 1, 0, 7),
        ("integer", -9007199254740993, 0, 7),
        ("integer", 9223372036854775807, 0, 7),
        ("float", 1.0, 0.5, 7.5),
        ("float", 0.1, 0.5, 7.5),
        ("float", -2.5e-3, 0.5, 7.5),
        ("float", 1e300, 0.5, 7.5),
        ("object", OBJECT, {}, {"default": True}),
        ("object", {}, OBJECT, {"default": True}),
    ],
)
def test_a_flag_of_each_type_arrives_as_it_was_written(flags, client, key, type, value, other, default):
    flags.make(key, type, {"chosen": value, "other": other})
    details = ask(client, type, key, default, user("ana"))
    # A boolean is an integer in Python, and 1 equals 1.0.
    assert (details.value, details.value.__class__) == (value, value.__class__)
    assert (details.variant, details.reason, details.error_code) == ("chosen", Reason.STATIC, None)


def test_a_float_written_without_a_fraction_is_a_float(flags, client, key):
    flags.make(key, "float", {"whole": 3, "other": 0})
    value = client.get_float_value(key, 7.5)
    assert (value, type(value)) == (3.0, float)


def test_values_without_a_context(flags, client, key):
    flags.make(key)
    assert client.get_boolean_value(key, False) is True


def test_a_rule_that_holds_matches(flags, client, key):
    rule = {"if": [{"attribute": "country", "operator": "in", "values": ["AT", "CH"]}], "serve": {"variation": "on"}}
    flags.make(key, rules=[rule], fallthrough={"variation": "off"})
    inside = ask(client, "boolean", key, False, user("ana", country="CH"))
    assert (inside.value, inside.variant, inside.reason) == (True, "on", Reason.TARGETING_MATCH)
    for context in (user("ana", country="DE"), user("ana"), user()):
        outside = ask(client, "boolean", key, True, context)
        assert (outside.value, outside.variant, outside.reason) == (False, "off", Reason.DEFAULT)


def test_an_individual_target_matches(flags, client, key):
    flags.make(key, targets=[{"variation": "on", "keys": ["ana", "björn"]}], fallthrough={"variation": "off"})
    for name in ("ana", "björn"):
        details = ask(client, "boolean", key, False, user(name))
        assert (details.value, details.reason) == (True, Reason.TARGETING_MATCH)
    assert ask(client, "boolean", key, True, user("Ana")).value is False


def test_a_split_is_even_and_each_user_stays(flags, client, key):
    split = [{"variation": "on", "weight": 30000}, {"variation": "off", "weight": 70000}]
    flags.make(key, fallthrough={"split": split})
    names = [f"user-{number}" for number in range(300)]
    first = [ask(client, "boolean", key, False, user(name)) for name in names]
    assert {details.reason for details in first} == {Reason.SPLIT}
    # Six standard deviations of a fair draw of 300.
    assert 42 <= sum(details.value for details in first) <= 138
    again = [client.get_boolean_value(key, False, user(name)) for name in names]
    assert again == [details.value for details in first]


def test_a_growing_percentage_moves_nobody_back(flags, client, key):
    names = [f"user-{number}" for number in range(120)]
    before = set()
    for percent in (10, 50, 100):
        flags.make(key, fallthrough={"percent": percent, "variation": "on"})
        now = {name for name in names if client.get_boolean_value(key, False, user(name))}
        assert before <= now
        before = now
    assert before == set(names)


def test_a_split_without_a_targeting_key_is_an_error(flags, client, key):
    flags.make(key, fallthrough={"percent": 50, "variation": "on"})
    for context in (None, user(), user(country="CH")):
        details = ask(client, "boolean", key, True, context)
        assert (details.value, details.reason) == (True, Reason.ERROR)
        assert details.error_code == ErrorCode.TARGETING_KEY_MISSING
        assert details.error_message


def test_a_flag_that_is_off_gives_the_off_variation(flags, client, key):
    flags.make(key, "string", {"new": "new text", "old": "old text"}, on=False)
    details = ask(client, "string", key, "default")
    assert (details.value, details.variant, details.reason) == ("old text", "old", Reason.DISABLED)
    assert details.error_code is None


def test_a_killed_flag_gives_the_off_variation_until_it_is_revived(flags, client, key):
    flags.make(key, targets=[{"variation": "on", "keys": ["ana"]}])
    flags.kill(key)
    details = ask(client, "boolean", key, True, user("ana"))
    assert (details.value, details.reason) == (False, Reason.DISABLED)
    flags.write(f"revive/prod/{key}", {})
    assert client.get_boolean_value(key, False, user("ana")) is True


def test_a_flag_without_a_state_gives_the_default_of_the_code(flags, client, key):
    flags.define(key, "string", {"one": "1"})
    details = ask(client, "string", key, "default")
    assert details.value == "default"
    assert details.reason == Reason.DEFAULT or details.error_code == ErrorCode.FLAG_NOT_FOUND


def test_an_unknown_flag_is_not_found(client, key):
    details = ask(client, "boolean", key, True)
    assert (details.value, details.reason) == (True, Reason.ERROR)
    assert details.error_code == ErrorCode.FLAG_NOT_FOUND
    assert details.error_message


@pytest.mark.parametrize(
    ("type", "variations", "asked", "default"),
    [
        ("boolean", {"a": True}, "string", "default"),
        ("string", {"a": "true"}, "boolean", True),
        ("string", {"a": "1"}, "integer", 7),
        ("integer", {"a": 1}, "float", 7.5),
        ("float", {"a": 1.0}, "integer", 7),
        ("object", {"a": {}}, "string", "default"),
        ("string", {"a": "{}"}, "object", {"default": True}),
    ],
)
def test_another_type_than_the_flags_is_a_mismatch(flags, client, key, type, variations, asked, default):
    flags.make(key, type, variations)
    details = ask(client, asked, key, default)
    assert (details.value, details.reason) == (default, Reason.ERROR)
    assert details.error_code == ErrorCode.TYPE_MISMATCH


def test_an_unknown_token_is_unauthorised(flags, key):
    flags.make(key)
    details = ask(connect(flags, "hvs.unknown"), "boolean", key, False)
    assert (details.value, details.error_code) == (False, ErrorCode.GENERAL)
    assert details.error_message == "unauthorized"


def test_a_token_without_the_capability_is_forbidden(flags, key):
    flags.make(key)
    token = flags.token({"flags/states/*": ["read", "create", "update", "list"]})
    details = ask(connect(flags, token), "boolean", key, False)
    assert (details.value, details.error_code) == (False, ErrorCode.GENERAL)
    assert details.error_message == "forbidden"


def test_metadata_is_flat(flags, client, key):
    flags.make(key)
    metadata = ask(client, "boolean", key, False).flag_metadata
    assert isinstance(metadata, dict)
    assert all(isinstance(value, (bool, str, int, float)) for value in metadata.values())


def test_the_environment_is_the_tokens(flags, key):
    flags.make(key)
    flags.toggle(key, False, environment="staging")
    for environment, value in (("prod", True), ("staging", False)):
        client = connect(flags, flags.token(environment=environment))
        assert client.get_boolean_value(key, not value) is value


def test_a_change_is_seen_by_the_next_evaluation(flags, client, key):
    flags.make(key)
    for on in (False, True) * 10:
        flags.toggle(key, on)
        assert client.get_boolean_value(key, not on) is on
