"""Schemas of keys, judged by the library `jsonschema`: what it takes, the server takes, and nothing else."""

import jsonschema
import pytest
from config_server import config, key  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no configuration engine")

VALUES = [
    None, True, False, 0, 1, -1, 3, 10, 1.0, 1.5, 0.3, 1e2, 12345678901234567890, "", "a", "ab", "abc", "äöü", "x-1",
    "2026-11-24", "2026-11-24T10:00:00Z", "10.0.0.1", "::1", "a@b.example", "not a form", [], [1], [1, 2], [1, 1.0],
    ["a", 1, None], [[1], [1]], {}, {"a": 1}, {"a": "x"}, {"a": 1, "b": 2}, {"b": 2}, {"x-1": 5}, {"c": {"d": [1, "a"]}},
    {"a": {"a": {"a": 1}}},
]

SCHEMAS = [
    True, {}, {"type": "integer"}, {"type": ["string", "null"]}, {"type": "number"}, {"enum": [1, "a", None, [1]]},
    {"const": {"a": 1}}, {"const": 1}, {"multipleOf": 0.25}, {"multipleOf": 3}, {"maximum": 1}, {"minimum": 1.5},
    {"exclusiveMaximum": 1}, {"exclusiveMinimum": 1}, {"maxLength": 2}, {"minLength": 3}, {"pattern": "^a+b?$"},
    {"pattern": "\\d"}, {"maxItems": 1}, {"minItems": 2}, {"uniqueItems": True}, {"items": {"type": "integer"}},
    {"prefixItems": [{"type": "string"}, {"type": "integer"}]}, {"prefixItems": [{"const": 1}], "items": False},
    {"contains": {"type": "string"}}, {"contains": {"const": 1}, "minContains": 2},
    {"contains": {"const": 1}, "minContains": 0, "maxContains": 1}, {"maxProperties": 1}, {"minProperties": 2},
    {"required": ["a"]}, {"properties": {"a": {"type": "integer"}}},
    {"properties": {"a": {}}, "additionalProperties": False}, {"patternProperties": {"^x-": {"type": "integer"}}},
    {"patternProperties": {"^x-": {}}, "additionalProperties": {"type": "string"}},
    {"additionalProperties": {"type": "integer"}}, {"propertyNames": {"maxLength": 1}},
    {"dependentRequired": {"a": ["b"]}}, {"dependentSchemas": {"a": {"required": ["b"]}}},
    {"allOf": [{"type": "integer"}, {"minimum": 1}]}, {"anyOf": [{"type": "string"}, {"minimum": 5}]},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}]}, {"not": {"type": "object"}},
    {"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"type": "number"}},
    {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
    {"$ref": "#/$defs/small", "$defs": {"small": {"maximum": 2}}},
    {"properties": {"a": {"$ref": "#"}}, "additionalProperties": False},
    {"$ref": "#here", "$defs": {"x": {"$anchor": "here", "type": "array"}}},
    {"properties": {"c": {"properties": {"d": {"items": {"type": "integer"}}}}}},
]


def _means_a_reference(value):
    return isinstance(value, dict) and "$secret" in value


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: str(schema)[:60])
def test_what_the_library_takes_is_taken_and_nothing_else(config, key, schema):
    if schema is True:
        schema = {"not": False}
    # Undeclared types are not asked for here, so that the schema alone decides.
    judge = jsonschema.Draft202012Validator(schema)
    for kind, values in _by_type(VALUES).items():
        name = f"{key}-{kind}"
        config.declare(name, kind, schema=schema)
        for value in values:
            status = config.ask("POST", f"data/global/{name}", {"value": value}).status
            assert (status == 200) == judge.is_valid(value), f"{schema} with {value!r}: {status}"
            config.write(f"data/global/{name}", method="DELETE")


def _by_type(values):
    """The values by the type of key that takes them; `null` is of none."""
    found = {"boolean": [], "float": [], "string": [], "list": [], "object": []}
    for value in values:
        kind = ("boolean" if isinstance(value, bool) else "float" if isinstance(value, (int, float))
                else "string" if isinstance(value, str) else "list" if isinstance(value, list) else "object")
        if value is not None:
            found[kind].append(value)
    return found


@pytest.mark.parametrize("form, good, bad", [
    ("date", "2026-02-28", "2026-02-30"), ("date-time", "2026-11-24T10:00:00Z", "2026-11-24"),
    ("time", "10:00:00Z", "25:00:00Z"), ("email", "a@b.example", "a b@c"), ("hostname", "a.example", "-a.example"),
    ("ipv4", "10.0.0.255", "10.0.0.256"), ("ipv6", "2001:db8::1", "2001:db8:::1"), ("ipv6", "::", "1:2:3"),
    ("uri", "https://a.example/x", "no uri"), ("uuid", "123e4567-e89b-12d3-a456-426614174000", "123e4567"),
    ("duration", "P1DT2H", "1d"), ("regex", "^a+$", "("),
])
def test_forms_of_strings_are_checked(config, key, form, good, bad):
    config.declare(key, schema={"format": form})
    config.set("global", key, good)
    assert form in config.refused(f"data/global/{key}", {"value": bad})


@pytest.mark.parametrize("schema, word", [
    ({"type": "colour"}, "/type"), ({"minimum": "1"}, "/minimum"), ({"properties": []}, "/properties"),
    ({"$ref": "#/$defs/none"}, "/$ref"), ({"$ref": "https://a.example/x"}, "/$ref"), ({"pattern": "(?=a)"}, "/pattern"),
    ({"unevaluatedProperties": False}, "not checked"), ({"allOf": []}, "/allOf"), ({"items": 5}, "/items"),
])
def test_what_is_no_schema_is_refused_by_its_keyword(config, key, schema, word):
    assert word in config.refused(f"keys/{key}", {"type": "object", "schema": schema})


def test_a_schema_that_goes_round_in_circles_ends(config, key):
    config.declare(key, "object", schema={"type": "object"})
    schema = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    config.declare(key + "-round", "object", schema=schema)
    assert "too complex" in config.refused(f"data/global/{key}-round", {"value": {}})


def test_multiples_are_exact_where_floating_point_is_not(config, key):
    config.declare(key, "float", schema={"multipleOf": 0.1})
    config.set("global", key, 0.3)
    assert "multiple" in config.refused(f"data/global/{key}", {"value": 0.35})


def test_alternatives_within_alternatives_are_given_up_not_followed_for_ever(config, key):
    definitions = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]} for n in range(40)}
    schema = {"$ref": "#/$defs/d0", "$defs": definitions | {"d40": {"type": "integer"}}}
    config.declare(key, "object", schema=schema)
    assert "too complex" in config.refused(f"data/global/{key}", {"value": {}})


def test_schemas_are_limited_in_size(config, key):
    schema = {"properties": {f"p{n}": {"minLength": 1} for n in range(2_100)}}
    assert "too large" in config.refused(f"keys/{key}", {"type": "object", "schema": schema})


def test_a_violation_is_told_of_the_layer_that_was_written(config, key):
    config.declare(key, "object", schema={"required": ["a"]})
    config.set("global", key, {"a": 1})
    for layer in ("env/prod", "service/s1", "service/s2/env/dev"):
        config.set(layer, key, {"b": 2})
    for _ in range(5):
        assert "in global:" in config.refused(f"data/global/{key}", {"value": {"b": "k"}})


@pytest.mark.parametrize("kind, value", [("duration", ""), ("float", "1e999"), ("float", "-1e400")])
def test_what_cannot_be_a_value_of_a_type_is_refused(config, key, kind, value):
    config.declare(key, kind)
    body = b'{"value": ' + (b'""' if kind == "duration" else value.encode()) + b"}"
    assert "must be" in config.refused(f"data/global/{key}", body)
