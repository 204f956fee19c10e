"""The endpoints for administrators and applications, `/api/v1` (docs/application-api.md)."""

import threading

import pytest
from config_server import config, key, service  # noqa: F401

import wire

pytestmark = pytest.mark.beyond_bao(reason="the endpoints are this server's own")

CANARY = "canary-77be01c4d9"


class Door:
    """The endpoints of a server, with the root token's rights unless said."""

    def __init__(self, config):
        self.config = config
        self.server = config.server

    def ask(self, method, path, body=None, token="root", headers=()):
        """A request below `/api/v1/`, whatever comes of it."""
        headers = list(headers)
        if token is not None:
            headers.append(("Authorization", f"Bearer {self.server.root_token if token == 'root' else token}"))
        return self.server.call(method, f"/api/v1/{path}", body=body, headers=headers)

    def get(self, path, status=200, **options):
        """The JSON of a read."""
        return self._json(self.ask("GET", path, **options), status, path)

    def post(self, path, body, status=200, **options):
        """The JSON of a write."""
        return self._json(self.ask("POST", path, body, **options), status, path)

    @staticmethod
    def _json(answer, status, path):
        assert answer.status == status, f"{path}: {answer.status} {answer.text}"
        if status >= 400:
            errors = answer.json["errors"]
            assert list(answer.json) == ["errors"] and errors and all(isinstance(one, str) for one in errors)
        return answer.json

    def token(self, rules):
        """A token with the rights given."""
        return self.config.token(rules)


@pytest.fixture(scope="module")
def door(config):
    """The endpoints of the module's server."""
    return Door(config)


@pytest.fixture
def flag(key):
    """The name of a flag that no other test uses."""
    return "flag-" + key


# -- configuration ------------------------------------------------------------------------------------


def test_a_key_is_declared_with_its_value_in_one_commit(door, config, key):
    before = config.effective("nobody")["revision"]
    entry = door.post(
        f"admin/config/{key}/update",
        {"value": 100, "valueType": "int", "description": "requests a minute", "isDynamic": True, "reason": "first"},
    )
    assert entry | {"lastModified": ""} == {
        "key": key, "value": 100, "description": "requests a minute", "environment": "global", "isSensitive": False,
        "valueType": "int", "isDynamic": True, "version": 1, "lastModified": "", "modifiedBy": "root",
    }
    assert door.get(f"admin/config/{key}") == entry
    declared, value = config.read(f"keys/{key}"), config.read(f"data/global/{key}")
    assert declared["type"] == "integer" and declared["reload"] == "dynamic"
    # Two changes after each other, of one time: nothing can have come between them.
    assert value["revision"] == declared["revision"] + 1 and value["updated_time"] == declared["updated_time"]
    assert value["revision"] > before and value["reason"] == "first"


def test_what_is_refused_leaves_no_half_behind(door, config, key):
    door.post(f"admin/config/{key}/update", {"value": "many", "valueType": "int"}, status=422)
    assert config.ask("GET", f"keys/{key}").status == 404


def test_environments_are_layers(door, config, key):
    door.post(f"admin/config/{key}/update", {"value": "everywhere"})
    door.post(f"admin/config/{key}/update", {"value": "there", "environment": "prod"})
    assert config.read(f"data/env/prod/{key}")["value"] == "there"
    assert door.get(f"admin/config/{key}")["value"] == "everywhere"
    assert door.get(f"admin/config/{key}?environment=global")["value"] == "everywhere"
    assert door.get(f"admin/config/{key}?environment=prod")["value"] == "there"
    door.get(f"admin/config/{key}?environment=staging", status=404)


@pytest.mark.parametrize(
    "value, said, shown",
    [
        ("a", None, "string"), (1, None, "int"), (1.5, None, "float"), (True, None, "boolean"), ([1], None, "json"),
        ({"a": 1}, None, "json"), ({"a": 1}, "json", "json"), ([1], "json", "json"), ("30s", "duration", "duration"),
        (5, "float", "float"), (5, "integer", "int"),
    ],
)
def test_types_have_the_owners_words(door, key, value, said, shown):
    entry = door.post(f"admin/config/{key}/update", {"value": value} | ({"valueType": said} if said else {}))
    assert entry["valueType"] == shown and entry["value"] == value and entry["isDynamic"] is False


@pytest.mark.parametrize("value", ["text", 1, 1.5, True, None])
def test_json_is_a_list_or_an_object(door, config, key, value):
    body = {"value": value, "valueType": "json"}
    assert door.post(f"admin/config/{key}/update", body, status=422)["errors"][0].startswith("valueType: json is")
    assert config.ask("GET", f"keys/{key}").status == 404


@pytest.mark.parametrize("first, second, other", [([1], ["a", None], {"a": 1}), ({"a": 1}, {}, [1])])
def test_json_stays_the_list_or_the_object_that_it_began_as(door, key, first, second, other):
    for value in (first, second):
        assert door.post(f"admin/config/{key}/update", {"value": value, "valueType": "json"})["valueType"] == "json"
    for said in ({}, {"valueType": "json"}):
        assert key in door.post(f"admin/config/{key}/update", {"value": other} | said, status=422)["errors"][0]
    assert door.get(f"admin/config/{key}")["value"] == second


def test_a_version_that_is_not_the_current_one_is_a_conflict(door, key):
    door.post(f"admin/config/{key}/update", {"value": "one", "version": 0})
    door.post(f"admin/config/{key}/update", {"value": "two", "version": 1, "description": "changed too"})
    door.post(f"admin/config/{key}/update", {"value": "three", "version": 1, "description": "lost"}, status=409)
    door.post(f"admin/config/{key}/update", {"value": "three", "version": 0}, status=409)
    entry = door.get(f"admin/config/{key}")
    assert (entry["value"], entry["version"], entry["description"]) == ("two", 2, "changed too")


def test_a_value_must_fit_its_type_and_schema(door, config, key):
    config.declare(key, "integer", schema={"maximum": 10})
    door.post(f"admin/config/{key}/update", {"value": 10})
    assert key in door.post(f"admin/config/{key}/update", {"value": 11}, status=422)["errors"][0]
    errors = door.post(f"admin/config/{key}/update", {"value": CANARY}, status=422)["errors"]
    assert CANARY not in str(errors)
    # Vault's API has no such status.
    config.refused(f"data/global/{key}", {"value": 11}, status=400)


def test_history_and_rollback(door, key):
    for value in ("one", "two"):
        door.post(f"admin/config/{key}/update", {"value": value, "reason": f"because of {value}"})
    history = door.get(f"admin/config/{key}/history")
    assert [one["version"] for one in history["versions"]] == [2, 1] and not history["hasMore"]
    assert history["versions"][0]["changes"] == [{"path": "value", "from": "one", "to": "two"}]
    assert history["versions"][0]["modifiedBy"] == "root" and history["versions"][0]["reason"] == "because of two"
    assert door.get(f"admin/config/{key}/history?limit=1")["hasMore"]
    back = door.post(f"admin/config/{key}/rollback", {"version": 1, "reason": "it was better"})
    assert (back["value"], back["version"]) == ("one", 3)
    door.post(f"admin/config/{key}/rollback", {"version": 9}, status=400)
    door.get("admin/config/nothing-of-this-name/history", status=404)


def test_a_sensitive_value_is_shown_to_those_who_may_reveal_it(door, key):
    entry = door.post(f"admin/config/{key}/update", {"value": CANARY, "isSensitive": True})
    assert entry["isSensitive"] and entry["value"] is None
    reader = door.token({"config/data/*": ["read"], "config/history/*": ["read"]})
    trusted = door.token({"config/data/*": ["read"], "config/reveal/global/*": ["update"]})
    for token, value in (("root", CANARY), (trusted, CANARY), (reader, None)):
        assert door.get(f"admin/config/{key}?reveal=true", token=token)["value"] == value
        assert door.get(f"admin/config/{key}", token=token)["value"] is None
    history = door.ask("GET", f"admin/config/{key}/history", token=reader)
    assert CANARY not in history.text and history.json["versions"][0]["isRedacted"]


def test_the_policies_of_the_paths_that_are_asked_decide(door, key):
    door.post(f"admin/config/{key}/update", {"value": "one", "description": "said"})
    reader = door.token({"config/data/global/*": ["read"]})
    door.get(f"admin/config/{key}", token=reader)
    door.get(f"admin/config/{key}?environment=prod", token=reader, status=403)
    door.post(f"admin/config/{key}/update", {"value": "two"}, token=reader, status=403)
    writer = door.token({"config/data/global/*": ["update"]})
    # Neither what the key is nor what came of it may be read, but the value may be written.
    receipt = door.post(f"admin/config/{key}/update", {"value": "two"}, token=writer)
    assert receipt["version"] == 2 and "value" not in receipt
    door.post(f"admin/config/{key}/update", {"value": "two", "description": "other"}, token=writer, status=403)
    # What the key is already asks for no right.
    knowing = door.token({"config/data/global/*": ["update"], "config/keys/*": ["read"]})
    door.post(
        f"admin/config/{key}/update", {"value": "three", "description": "said", "isSensitive": False}, token=knowing)
    # A policy for the door's own path gives nothing, and none is needed.
    door.get(f"admin/config/{key}", token=door.token({"pulse/*": ["read", "update", "sudo"]}), status=403)


# -- flags --------------------------------------------------------------------------------------------


def test_a_boolean_flag_from_its_creation_to_everybody(door, config, flag):
    made = door.post(
        "admin/featureflags/create",
        {"name": flag, "description": "the new checkout", "type": "boolean", "isEnabled": False, "tags": ["shop"]},
        status=201,
    )
    assert made["type"] == "boolean" and not made["isEnabled"] and made["environment"] == "prod"
    assert made["rolloutPercentage"] == 100 and made["targetingRules"] == [] and made["modifiedBy"] == "root"
    assert door.get(f"admin/featureflags/{flag}/status") == made
    on = door.post(f"admin/featureflags/{flag}/toggle", {"isEnabled": True, "reason": "go"})
    assert on["isEnabled"] and on["version"] == 2
    rules = [{"attribute": "is_beta_user", "operator": "EQUALS", "value": True}]
    told = door.post(f"admin/featureflags/{flag}/rules", {"targetingRules": rules})
    assert told["targetingRules"] == rules and told["rolloutPercentage"] == 0
    beta = {"targetingKey": "u1", "is_beta_user": True}
    other = {"targetingKey": "u1", "is_beta_user": False}
    assert evaluate(door, flag, beta) == ("on", True, True, "TARGETING_MATCH")
    assert evaluate(door, flag, other) == ("off", False, False, "DEFAULT")
    half = door.post(f"admin/featureflags/{flag}/rules", {"rolloutPercentage": 50})
    assert half["rolloutPercentage"] == 50 and half["targetingRules"] == rules
    assert door.post(f"admin/featureflags/{flag}/rules", {"targetingRules": []})["rolloutPercentage"] == 50
    door.post(f"admin/featureflags/{flag}/rules", {"rolloutPercentage": 100})
    assert evaluate(door, flag, other) == ("on", True, True, "STATIC")
    history = door.get(f"admin/featureflags/{flag}/history")["versions"]
    assert [one["action"] for one in history] == ["patch", "patch", "patch", "patch", "toggle", "write"]
    # It is a flag like any other, and the emergency switch works on it.
    config.server.call("POST", f"/v1/flags/kill/prod/{flag}", token="root", body={"reason": "test"})
    killed = door.get(f"admin/featureflags/{flag}/status")
    assert killed["isKilled"] and not killed["isEnabled"]
    assert evaluate(door, flag, beta) == ("off", False, False, "DISABLED")


def evaluate(door, flag, context, **options):
    """What someone gets: variation, value, whether it is enabled, and why."""
    answer = door.post(f"featureflags/{flag}/evaluate", {"context": context}, **options)
    assert answer["name"] == flag
    return answer["variation"], answer["value"], answer["enabled"], answer["reason"]


def test_a_multivariate_flag_splits_and_goes_back_and_forth(door, flag):
    variations = [
        {"key": "plain", "name": "Buy", "percentageSplit": 50}, {"key": "eager", "name": "Buy now!", "percentageSplit": 50},
    ]
    body = {
        "name": flag, "type": "multivariate", "isEnabled": True, "variations": variations,
        "defaultVariationKey": "plain", "environment": "dev",
        "targetingRules": [{"attribute": "country", "operator": "IN", "values": ["US", "CA"], "variationKey": "eager"}],
    }
    made = door.post("admin/featureflags/create", body, status=201)
    assert made["variations"] == variations and made["targetingRules"] == body["targetingRules"]
    assert made["defaultVariationKey"] == "plain" and "rolloutPercentage" not in made
    seen = {
        door.post(f"featureflags/{flag}/evaluate", {"context": {"targetingKey": f"u{n}"}, "environment": "dev"})["value"]
        for n in range(40)
    }
    assert seen == {"Buy", "Buy now!"}
    # What was shown can be written again as it is, and nothing changes.
    again = door.post(
        f"admin/featureflags/{flag}/rules",
        {"environment": "dev"}
        | {name: made[name] for name in ("variations", "targetingRules", "defaultVariationKey")},
    )
    assert {name: again[name] for name in made if name not in ("version", "lastModified")} == {
        name: made[name] for name in made if name not in ("version", "lastModified")}


def test_rules_of_a_multivariate_flag_can_say_who_takes_part(door, flag):
    body = {
        "name": flag, "type": "multivariate", "isEnabled": True,
        "variations": [{"key": "a", "percentageSplit": 0}, {"key": "b", "percentageSplit": 100}],
        "targetingRules": [{"attribute": "beta", "operator": "EQUALS", "value": True}],
    }
    made = door.post("admin/featureflags/create", body, status=201)
    assert evaluate(door, flag, {"targetingKey": "u", "beta": True})[0] == "b"
    assert evaluate(door, flag, {"targetingKey": "u"})[0] == made["defaultVariationKey"] == "a"


def test_a_flag_is_made_once(door, flag):
    door.post("admin/featureflags/create", {"name": flag}, status=201)
    door.post("admin/featureflags/create", {"name": flag}, status=409)
    version = door.get(f"admin/featureflags/{flag}/status")["version"]
    door.post(f"admin/featureflags/{flag}/toggle", {"isEnabled": True, "version": version})
    door.post(f"admin/featureflags/{flag}/toggle", {"isEnabled": False, "version": version}, status=409)


def test_a_flag_that_is_refused_is_not_half_made(door, flag):
    rules = [{"attribute": "age", "operator": "LESS_THAN", "value": "young"}]
    errors = door.post("admin/featureflags/create", {"name": flag, "targetingRules": rules}, status=400)["errors"]
    assert errors[0].startswith("targetingRules[0]") and "young" not in errors[0]
    door.get(f"admin/featureflags/{flag}/status", status=404)


def test_listings_search_and_page(door, config, flag):
    for suffix in "abc":
        door.post("admin/featureflags/create", {"name": f"{flag}-{suffix}", "tags": [flag[:60]]}, status=201)
    found = door.get(f"admin/featureflags?search={flag}")
    assert [one["name"] for one in found["featureFlags"]] == [f"{flag}-{suffix}" for suffix in "abc"]
    assert found["featureFlags"][0] == door.get(f"admin/featureflags/{flag}-a/status") and found["next"] is None
    first = door.get(f"admin/featureflags?tag={flag[:60]}&limit=2")
    assert len(first["featureFlags"]) == 2
    rest = door.get(f"admin/featureflags?tag={flag[:60]}&limit=2&after={first['next']}")
    assert [one["name"] for one in rest["featureFlags"]] == [f"{flag}-c"]
    assert door.get(f"admin/featureflags?search={flag}&stale=true")["featureFlags"] == []
    # A flag that may not be read is not there.
    token = door.token({"flags/definitions": ["list"], "flags/definitions/": ["list"], f"flags/definitions/{flag}-b": ["read"]})
    assert [one["name"] for one in door.get(f"admin/featureflags?search={flag}", token=token)["featureFlags"]] == [f"{flag}-b"]


def test_rights_of_flags_are_those_of_their_paths(door, flag):
    door.post("admin/featureflags/create", {"name": flag, "isEnabled": True}, status=201)
    developer = door.token({
        "flags/definitions/*": ["create", "read", "update"], "flags/states/dev/*": ["create", "read", "update", "patch"],
        "flags/states/prod/*": ["read"], "flags/toggle/dev/*": ["update"]})
    door.get(f"admin/featureflags/{flag}/status", token=developer)
    door.post(f"admin/featureflags/{flag}/toggle", {"isEnabled": False}, token=developer, status=403)
    door.post(f"admin/featureflags/{flag}/rules", {"rolloutPercentage": 1}, token=developer, status=403)
    door.post(f"admin/featureflags/{flag}/toggle", {"isEnabled": True, "environment": "dev"}, token=developer)
    door.post("admin/featureflags/create", {"name": flag + "x"}, token=developer, status=403)
    # What may be done of it is not done when the rest may not.
    door.get(f"admin/featureflags/{flag}x/status", status=404)
    application = door.token({"flags/evaluate/prod/*": ["evaluate"]})
    assert evaluate(door, flag, {}, token=application)[0] == "on"
    door.post(f"featureflags/{flag}/evaluate", {"environment": "dev"}, token=application, status=403)


def test_a_token_of_an_environment_is_served_that_one(door, config, flag):
    door.post("admin/featureflags/create", {"name": flag, "isEnabled": True}, status=201)
    rules = {"flags/evaluate/*": ["evaluate"]}
    bound = config._rights.token(rules, environment="dev")
    answer = door.post(f"featureflags/{flag}/evaluate", {"environment": "prod"}, token=bound)
    assert answer["variation"] is None and answer["value"] is None and not answer["enabled"]


# -- applications -------------------------------------------------------------------------------------


def test_an_application_is_served_its_configuration_and_flags(door, config, key, service, flag):
    config.declare(key)
    config.set(f"service/{service}/env/prod", key, "served")
    door.post("admin/featureflags/create", {"name": flag, "isEnabled": True, "isClientVisible": True}, status=201)
    door.post("admin/featureflags/create", {"name": flag + "-hidden", "isEnabled": True}, status=201)
    token = door.token({f"config/effective/{service}": ["read"], "flags/evaluate/prod*": ["evaluate"]})
    target = f"app/config?service={service}&environment=prod&instance=i1"
    answer = door.ask("GET", target, token=token)
    assert answer.status == 200, answer.text
    assert answer.json["config"]["values"][key] == "served" and answer.json["config"]["env"] == "prod"
    assert answer.json["flags"][flag] == {"enabled": True, "variation": "on", "value": True, "reason": "STATIC"}
    assert flag + "-hidden" not in answer.json["flags"]
    tag = answer.header("ETag")
    again = door.ask("GET", target, token=token, headers=[("If-None-Match", tag)])
    assert (again.status, again.body) == (304, b"") and again.header("ETag") == tag
    for change in (
        lambda: config.set("env/prod", key + "-2", 1, key={"type": "integer"}),
        lambda: door.post(f"admin/featureflags/{flag}/toggle", {"isEnabled": False}),
    ):
        change()
        changed = door.ask("GET", target, token=token, headers=[("If-None-Match", tag)])
        assert changed.status == 200
        tag = changed.header("ETag")
    assert changed.json["flags"][flag]["enabled"] is False
    door.get("app/config?service=another", token=token, status=403)
    door.get("app/config", token=token, status=400)
    blind = door.token({f"config/effective/{service}": ["read"]})
    assert door.get(target, token=blind)["flags"] == {}


def test_an_environment_that_flags_do_not_know_is_not_there(door, flag):
    door.post("admin/featureflags/create", {"name": flag, "isEnabled": True}, status=201)
    for path in (f"admin/featureflags/{flag}/status", "admin/featureflags", f"admin/featureflags/{flag}/history"):
        assert "zz" in door.get(f"{path}?environment=zz", status=404)["errors"][0]
        door.get(f"{path}?environment=dev", status=404 if path.endswith("history") else 200)
    # Whoever may not read states there does not hear of it.
    blind = door.token({"flags/definitions/*": ["read"]})
    door.get(f"admin/featureflags/{flag}/status?environment=zz", token=blind)


def test_an_application_is_served_an_environment_that_only_configuration_knows(door, config, key, service, flag):
    target = f"app/config?service={service}&environment={flag}"
    config.set("global", key, "everywhere", key={"type": "string"})
    door.get(target, status=404)
    config.set(f"env/{flag}", key, "there")
    served = door.get(target)
    assert served["config"]["values"][key] == "there" and served["flags"] == {}
    config.set(f"service/{service}/env/{flag}", key, "only here")
    config.write(f"data/env/{flag}/{key}", method="DELETE")
    assert door.get(target)["config"]["values"][key] == "only here"
    door.get(f"app/config?service={service}-other&environment={flag}", status=404)
    # Who may evaluate nothing there is served configuration alone, and not told what flags know.
    blind = door.token({"config/effective/*": ["read"]})
    assert door.get(f"app/config?service={service}&environment={flag}-none", token=blind)["flags"] == {}


# -- the door itself ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method, path, body", [
    ("GET", "admin/config/x", None), ("POST", "admin/config/x/update", {"value": 1}),
    ("POST", "admin/featureflags/create", {"name": "x"}), ("GET", "app/config?service=x", None),
    ("POST", "featureflags/x/evaluate", {}), ("GET", "no/such/path", None),
])
def test_strangers_hear_401(door, method, path, body):
    for token in (None, "hvs.unknown"):
        answer = door.ask(method, path, body, token=token)
        assert answer.status == 401 and answer.header("WWW-Authenticate") == "Bearer"
        assert list(answer.json) == ["errors"]


def test_vaults_own_header_carries_the_token_too(door, key):
    door.post(f"admin/config/{key}/update", {"value": 1})
    assert door.server.call("GET", f"/api/v1/admin/config/{key}", token="root").status == 200


@pytest.mark.parametrize("method, path", [
    ("PUT", "admin/config/x/update"), ("DELETE", "admin/config/x"), ("PATCH", "admin/config/x"),
    ("POST", "admin/config/x"), ("GET", "admin/config/x/update"), ("GET", "admin/featureflags/create"),
    ("LIST", "admin/featureflags"),
])
def test_other_methods_are_405(door, method, path):
    assert door.ask(method, path, {} if method in ("PUT", "POST", "PATCH") else None).status == 405


@pytest.mark.parametrize("path, body", [
    ("admin/config/x/update", {}), ("admin/config/x/update", {"value": 1, "colour": "blue"}),
    ("admin/config/x/update", {"value": 1, "version": -1}), ("admin/config/x/update", {"value": 1, "valueType": "colour"}),
    ("admin/config/x/update", {"value": 1, "environment": "a/b"}), ("admin/config/x/update", {"value": 1, "isDynamic": 1}),
    ("admin/config/%20/update", {"value": 1}), ("admin/config/x/rollback", {}),
    ("admin/featureflags/create", {}), ("admin/featureflags/create", {"name": "a b"}),
    ("admin/featureflags/create", {"name": "x", "type": "number"}),
    ("admin/featureflags/create", {"name": "x", "type": "multivariate"}),
    ("admin/featureflags/create", {"name": "x", "rolloutPercentage": 101}),
    ("admin/featureflags/create", {"name": "x", "variations": []}),
    ("admin/featureflags/x/toggle", {"isEnabled": "yes"}), ("featureflags/x/evaluate", {"context": []}),
])
def test_what_is_wrong_is_400(door, path, body):
    door.post(path, body, status=400)


def test_queries_are_taken_at_their_word(door, key):
    door.post(f"admin/config/{key}/update", {"value": 1})
    for query in ("reveal=1", "reveal=true&reveal=true", "environment=", "environment=a%20b"):
        door.get(f"admin/config/{key}?{query}", status=400)
    for query in ("limit=0", "limit=x", "before=1"):
        door.get(f"admin/config/{key}/history?{query}", status=400)


def test_each_request_is_recorded_with_its_door(door, config, key, tmp_path):
    log = tmp_path / "audit.log"
    made = config.server.call(
        "POST", f"/v1/sys/audit/{key}", token="root", body={"type": "file", "options": {"file_path": str(log)}})
    assert made.status == 204, made.text
    try:
        door.post(f"admin/config/{key}/update", {"value": CANARY})
        door.get(f"admin/config/{key}")
        text = log.read_text()
    finally:
        config.server.call("DELETE", f"/v1/sys/audit/{key}", token="root")
    assert text.count(f'"pulse/api/admin/config/{key}/update"') == 2 and CANARY not in text
    assert text.count(f'"pulse/api/admin/config/{key}"') == 2


def test_both_lanes_answer_with_the_same_bytes(door, config, key, service):
    config.declare(key)
    config.set("global", key, "one")
    for path in (f"admin/config/{key}", f"app/config?service={service}", f"admin/config/{key}/history"):
        replies = []
        with door.server.connect() as connection:
            for extra in ([], [("Content-Length", "0")], []):
                headers = [("Authorization", f"Bearer {door.server.root_token}"), *extra]
                connection.send(wire.encode("GET", f"/api/v1/{path}", headers))
                reply = connection.read()
                replies.append((reply.status, [one for one in reply.headers if one[0] != "Date"], reply.body))
        assert replies[0] == replies[1] == replies[2] and replies[0][0] == 200


def test_writers_of_one_version_do_not_overwrite_each_other(door, key):
    door.post(f"admin/config/{key}/update", {"value": 0, "version": 0})
    statuses = []

    def write(number):
        answer = door.ask("POST", f"admin/config/{key}/update", {"value": number, "version": 1})
        statuses.append(answer.status)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 7
