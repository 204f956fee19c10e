"""Configuration: what keys are, what layers say, and what a service is served (flags-config-api.md, section 2)."""

import pytest
from config_server import config, key, service  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no configuration engine")


def test_later_layers_win_in_the_pinned_order(config, key, service):
    config.declare(key)
    layers = ["global", "env/prod", f"service/{service}", f"service/{service}/env/prod", f"instance/{service}/i1"]
    seen = []
    for layer in layers:
        config.set(layer, key, layer)
        seen.append(config.values(service, env="prod", instance="i1")[key])
    assert seen == layers
    assert config.values(service, env="prod")[key] == layers[3]
    assert config.values(service)[key] == layers[2]
    assert config.values("another", env="prod")[key] == layers[1]
    assert config.values("another", env="dev")[key] == "global"


def test_objects_merge_by_member_and_everything_else_replaces(config, key, service):
    config.declare(key, "object")
    config.set("global", key, {"a": {"x": 1, "y": [1, 2]}, "b": None, "c": 1})
    config.set(f"service/{service}", key, {"a": {"y": [3], "z": 2}, "c": {"d": 1}})
    assert config.values(service)[key] == {"a": {"x": 1, "y": [3], "z": 2}, "b": None, "c": {"d": 1}}


def test_null_is_a_value_and_unset_takes_the_inherited_one_away(config, key, service):
    config.write("config", {"allow_undeclared": True})
    config.set("global", key, "inherited")
    config.set("env/prod", key, None)
    assert config.values(service, env="prod")[key] is None
    config.write(f"data/service/{service}/{key}", {"unset": True})
    assert key not in config.values(service, env="prod")
    assert config.values("another")[key] == "inherited"
    config.write(f"data/service/{service}/{key}", method="DELETE")
    assert config.values(service, env="prod")[key] is None
    config.write("config", {"allow_undeclared": False})


def test_the_default_of_a_key_is_below_all_layers(config, key, service):
    config.declare(key, "integer", default=5)
    assert config.effective(service, explain=True)["sources"][key]["layer"] == "default"
    assert config.values(service)[key] == 5
    config.set("global", key, 6)
    assert config.values(service)[key] == 6


@pytest.mark.parametrize(
    "type, good, bad",
    [
        ("string", "a", 1), ("integer", 10, 1.5), ("float", 1.5, "1.5"), ("boolean", False, 0),
        ("duration", "1h30m", "soon"), ("bytes", "AAEC", "not base64!"), ("list", [1], {"a": 1}),
        ("object", {"a": 1}, [1]), ("secret", None, "plain"),
    ],
)
def test_values_are_of_their_type_and_keep_their_spelling(config, key, service, type, good, bad):
    config.declare(key, type)
    message = config.refused(f"data/global/{key}", {"value": bad})
    assert key in message and "global" in message and type in message
    assert config.ask("GET", f"data/global/{key}").status == 404
    if good is not None:
        config.set("global", key, good)
        assert config.values(service)[key] == good


def test_a_schema_is_checked_on_the_effective_value_of_everyone_below(config, key, service):
    schema = {"type": "object", "properties": {"low": {"type": "integer"}, "high": {"maximum": 10}},
              "required": ["low"]}
    config.declare(key, "object", schema=schema)
    config.set("global", key, {"low": 1})
    config.set(f"service/{service}/env/prod", key, {"high": 10})
    # Alone it would do; with what is above it does not.
    message = config.refused(f"data/service/{service}/env/prod/{key}", {"value": {"high": 11}})
    assert key in message and f"service/{service}/env/prod" in message
    # A change above is checked against what is below.
    assert f"service/{service}/env/prod" in config.refused(f"data/global/{key}", method="DELETE")


def test_a_schema_of_a_subtree_binds_keys_together(config, key, service):
    config.declare(f"{key}.low", "integer")
    config.declare(f"{key}.high", "integer")
    schema = {"dependentRequired": {"high": ["low"]}, "properties": {"high": {"maximum": 9}}}
    config.declare(key, "subtree", schema=schema)
    assert key in config.refused(f"data/global/{key}.high", {"value": 3})
    config.set("global", f"{key}.low", 1)
    config.set(f"service/{service}", f"{key}.high", 3)
    assert key in config.refused(f"data/service/{service}/{key}.high", {"value": 10})
    assert key in config.refused(f"data/global/{key}.low", method="DELETE")
    assert key in config.refused(f"data/global/{key}", {"value": {}})


def test_a_key_that_nobody_declared_is_refused_and_can_be_declared_with_its_value(config, key, service):
    assert "declare" in config.refused(f"data/global/{key}", {"value": 1})
    config.set("global", key, 1, key={"type": "integer", "description": "how many", "owner": "team-a"})
    assert config.read(f"keys/{key}")["owner"] == "team-a"
    assert config.values(service)[key] == 1


def test_locked_keys_have_no_values_below(config, key, service):
    config.declare(key, locked_at="env")
    config.set("env/prod", key, "final")
    assert "locked" in config.refused(f"data/service/{service}/{key}", {"value": "mine"})
    assert config.values(service, env="prod")[key] == "final"


def test_the_mark_for_no_value_means_so_wherever_a_value_is_given(config, key, service):
    config.declare(key, "object", default={"a": 1})
    config.set(f"service/{service}", key, {"b": 2})
    config.write(f"data/service/{service}/{key}", {"value": {"a": {"$unset": True}}}, method="PATCH")
    assert config.values(service)[key] == {"b": 2}
    ended = config.write("overrides", {"layer": f"service/{service}", "key": key, "value": {"$unset": True}})
    assert key not in config.values(service)
    config.write(f"overrides/{ended['id']}", method="DELETE")
    assert config.values(service)[key] == {"b": 2}


@pytest.mark.parametrize("schema", [{"type": ["string", "null"]}, {"enum": ["a", None]}])
def test_null_is_a_value_of_a_type_where_the_schema_names_it(config, key, service, schema):
    config.declare(key, schema=schema)
    config.declare(key + "-strict", schema={"maxLength": 3})
    config.set("global", key, "a")
    config.set("env/dev", key, None)
    assert config.values(service)[key] == "a"
    assert config.values(service, env="dev")[key] is None
    assert "must be a string" in config.refused(f"data/global/{key}-strict", {"value": None})


def test_a_key_is_locked_at_one_layer(config, key, service):
    config.declare(key, locked_at="env/prod")
    config.set("env/prod", key, "final")
    config.set("env/dev", key, "open")
    config.set(f"service/{service}/env/dev", key, "mine")
    for layer in (f"service/{service}", f"service/{service}/env/prod", f"instance/{service}/i1"):
        assert "locked at env/prod" in config.refused(f"data/{layer}/{key}", {"value": "mine"})
    assert config.read(f"keys/{key}")["locked_at"] == "env/prod"
    assert "or a layer" in config.refused(f"keys/{key}-2", {"type": "string", "locked_at": "prod"})


def test_a_part_of_an_object_is_taken_away(config, key, service):
    config.declare(key, "object")
    config.set("global", key, {"a": {"x": 1, "y": 2}, "b": 3})
    config.set("env/prod", key, {"a": {"x": {"$unset": True}}, "b": {"$unset": True}, "c": {"$unset": True}})
    assert config.values(service, env="prod")[key] == {"a": {"y": 2}}
    assert config.values(service)[key] == {"a": {"x": 1, "y": 2}, "b": 3}
    config.set(f"service/{service}", key, {"b": 4})
    assert config.values(service, env="prod")[key] == {"a": {"y": 2}, "b": 4}
    config.set(f"service/{service}/env/prod", key, {"$unset": True})
    assert key not in config.values(service, env="prod")
    assert config.read(f"data/service/{service}/env/prod/{key}")["unset"]


def test_locking_is_refused_while_a_layer_below_has_a_value(config, key, service):
    config.declare(key)
    config.set(f"service/{service}", key, "mine")
    assert f"service/{service}" in config.refused(f"keys/{key}", {"locked_at": "global"}, method="PATCH")


def test_versions_history_diff_and_rollback(config, key):
    config.declare(key, "object")
    config.set("global", key, {"a": 1, "b": 1}, reason="first")
    config.set("global", key, {"a": 2, "b": 1}, reason="second")
    versions = config.read(f"history/global/{key}")["versions"]
    assert [one["reason"] for one in versions] == ["second", "first"]
    assert versions[0]["changes"] == [{"path": "value.a", "from": 1, "to": 2}]
    assert config.read(f"diff/global/{key}?from=1&to=2")["changes"] == versions[0]["changes"]
    assert config.write(f"rollback/global/{key}", {"version": 1})["version"] == 3
    assert config.read(f"data/global/{key}")["value"] == {"a": 1, "b": 1}
    assert config.read(f"data/global/{key}?version=2")["value"] == {"a": 2, "b": 1}


def test_a_patch_changes_members_only(config, key):
    config.declare(key, "object")
    config.set("global", key, {"a": 1, "b": {"c": 1, "d": 2}})
    config.write(f"data/global/{key}", {"value": {"b": {"c": None, "e": 3}}}, method="PATCH")
    assert config.read(f"data/global/{key}")["value"] == {"a": 1, "b": {"d": 2, "e": 3}}


def test_a_conflicting_edit_gets_both_sides_and_what_they_began_from(config, key):
    config.declare(key, "object")
    config.set("global", key, {"n": 1}, options={"cas": 0})
    config.set("global", key, {"n": 2}, options={"cas": 1})
    answer = config.ask("POST", f"data/global/{key}", {"value": {"n": 3}, "options": {"cas": 1}})
    assert answer.status == 400 and "check-and-set" in answer.json["errors"][0]
    view = answer.json["data"]
    assert view["current_version"] == 2
    assert [view[side]["value"]["n"] for side in ("base", "current", "yours")] == [1, 2, 3]
    assert config.read(f"data/global/{key}")["value"] == {"n": 2}


def test_a_deletion_that_expects_another_version_is_refused_as_a_write_is(config, key):
    config.declare(key)
    config.set("global", key, "one")
    config.set("global", key, "two")
    for path, body in ((f"data/global/{key}", {"options": {"cas": 1}}), (f"data/global/{key}?cas=1", None)):
        answer = config.ask("DELETE", path, body)
        assert answer.status == 400 and "check-and-set" in answer.json["errors"][0]
        view = answer.json["data"]
        assert view["current_version"] == 2 and view["yours"] is None
        assert [view[side]["value"] for side in ("base", "current")] == ["one", "two"]
    config.refused(f"data/global/{key}?cas=2", {"cas": 2}, method="DELETE")
    config.refused(f"data/global/{key}", ["cas"], method="DELETE")
    config.write(f"data/global/{key}", {"options": {"cas": 2}, "reason": "Not needed."}, method="DELETE")
    assert config.read(f"history/global/{key}")["versions"][0]["reason"] == "Not needed."
    config.refused(f"data/global/{key}", {"options": {"cas": 2}}, method="DELETE")
    config.write(f"data/global/{key}", method="DELETE")


def test_explain_tells_layer_version_and_author_of_each_leaf(config, key, service):
    config.declare(key, "object", reload="static")
    config.set("global", key, {"a": 1, "b": 1})
    config.set(f"service/{service}", key, {"b": 2})
    source = config.effective(service, explain=True)["sources"][key]
    assert source["layer"] == f"service/{service}" and source["version"] == 1 and source["updated_by"]
    assert source["parts"] == {"a": "global"} and source["overrides"] == ["global"]
    assert config.effective(service)["static"] == [key]


def test_the_past_is_served_as_it_was(config, key, service):
    config.declare(key)
    first = config.set("global", key, "one")
    config.set("global", key, "two")
    config.write(f"data/global/{key}", method="DELETE")
    assert config.values(service, as_of=first["revision"])[key] == "one"
    assert config.values(service, as_of=first["revision"] + 1)[key] == "two"
    assert config.values(service, as_of=first["updated_time"])[key] == "one"
    assert key not in config.values(service)


def test_a_pinned_service_is_served_its_snapshot(config, key, service, unique):
    config.declare(key)
    config.set("global", key, "one")
    config.write(f"snapshots/{unique}", {})
    config.set("global", key, "two")
    assert config.values(service, snapshot=unique)[key] == "one"
    config.write(f"pins/{service}", {"snapshot": unique})
    assert config.values(service)[key] == "one" and config.values("another")[key] == "two"
    config.refused(f"snapshots/{unique}", {}, status=409)
    config.refused(f"snapshots/{unique}", method="DELETE", status=409)
    config.write(f"pins/{service}", method="DELETE")
    assert config.values(service)[key] == "two"


def test_an_unchanged_document_is_not_sent_again(config, key, service):
    config.declare(key)
    config.set("global", key, "one")
    answer = config.ask("GET", f"effective/{service}")
    tag = answer.header("ETag")
    assert config.ask("GET", f"effective/{service}", headers=[("If-None-Match", tag)]).status == 304
    assert config.ask("GET", f"effective/{service}?explain=true", headers=[("If-None-Match", tag)]).status == 200
    config.set(f"service/another-{service}", key, "elsewhere")
    assert config.ask("GET", f"effective/{service}", headers=[("If-None-Match", tag)]).status == 304
    config.set("global", key, "two")
    assert config.ask("GET", f"effective/{service}", headers=[("If-None-Match", tag)]).status == 200


def test_listings_tell_what_is_there_and_never_values(config, key, service):
    config.declare(key, description="of the test")
    config.set(f"service/{service}", key, "sesame")
    answer = config.ask("LIST", f"data/service/{service}")
    assert answer.json["data"]["keys"] == [key] and "sesame" not in answer.text
    assert key in config.write("keys?search=of the test".replace(" ", "%20"), method="LIST")["keys"]


def test_a_mount_can_ask_for_names_and_descriptions(config, key, unique):
    config.server.call("POST", f"/v1/sys/mounts/{unique}", token="root", body={"type": "config"})
    config.write("config", {"naming_pattern": "[a-z.]+", "required_fields": ["owner"]}, mount=unique)
    assert "naming_pattern" in config.refused("keys/Upper", {"type": "string", "owner": "x"}, mount=unique)
    assert "owner" in config.refused("keys/lower", {"type": "string"}, mount=unique)
    config.write("keys/lower", {"type": "string", "owner": "x"}, mount=unique)


def test_a_pattern_for_names_is_for_new_keys(config, unique):
    config.server.call("POST", f"/v1/sys/mounts/{unique}", token="root", body={"type": "config"})
    config.write("keys/Older", {"type": "string"}, mount=unique)
    config.write("config", {"naming_pattern": "[a-z.]+"}, mount=unique)
    config.write("keys/Older", {"deprecated": "use newer"}, method="PATCH", mount=unique)
    config.write("keys/Older", {"type": "string", "deprecated": "use newer"}, mount=unique)
    assert "naming_pattern" in config.refused("keys/Newer", {"type": "string"}, mount=unique)
    config.write("keys/Older", method="DELETE", mount=unique)
    assert "naming_pattern" in config.refused("keys/Older", {"type": "string"}, mount=unique)


@pytest.mark.parametrize("pattern", [5, True, ["[a-z]+"], {"pattern": "[a-z]+"}])
def test_a_pattern_for_names_is_text(config, unique, pattern):
    config.server.call("POST", f"/v1/sys/mounts/{unique}", token="root", body={"type": "config"})
    assert "naming_pattern" in config.refused("config", {"naming_pattern": pattern}, mount=unique)
    config.write("config", {"naming_pattern": "[a-z]+"}, mount=unique)
    config.write("config", {"naming_pattern": None}, mount=unique)
    assert config.read("config", mount=unique)["naming_pattern"] is None


def test_deprecated_without_a_reason_is_not_deprecated(config, key):
    config.declare(key, deprecated="use another")
    assert config.ask("POST", f"data/global/{key}", {"value": "x"}).json["warnings"]
    config.write(f"keys/{key}", {"deprecated": ""}, method="PATCH")
    assert "deprecated" not in config.read(f"keys/{key}")
    assert not config.ask("POST", f"data/global/{key}", {"value": "y"}).json.get("warnings")


def test_wrong_words_are_told_by_their_field(config, key):
    assert "type" in config.refused(f"keys/{key}", {"type": "colour"})
    assert "reload" in config.refused(f"keys/{key}", {"type": "string", "reload": "never"})
    assert "not a known member" in config.refused(f"keys/{key}", {"type": "string", "colour": 1})
    config.declare(key)
    assert "value" in config.refused(f"data/global/{key}", {})
    assert "as_of" in config.refused("effective/x?as_of=soon", method="GET")
    assert config.ask("GET", "data/planet/mars").status == 404
