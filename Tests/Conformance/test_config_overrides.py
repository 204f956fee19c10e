"""Values that stand for as long as a lease, and rotations of secrets that values refer to."""

import time
import uuid

import pytest

import harness
from config_server import config, key, service  # noqa: F401 (fixtures)

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no configuration engine")


def override(config, layer, key, value, token="root", status=200, **more):
    answer = config.ask("POST", "overrides", {"layer": layer, "key": key, "value": value} | more, token)
    assert answer.status == status, answer.text
    return answer.json


def leveled(config, key):
    config.declare(key)
    config.set("env/prod", key, "info")
    return key


def test_an_override_stands_until_its_time_is_over(config, key, service):
    leveled(config, key)
    made = override(config, "env/prod", key, "debug", ttl="2s", reason="incident 7")
    assert made["lease_id"].startswith("config/overrides/") and made["lease_duration"] == 2 and made["renewable"]
    assert made["data"]["lease_id"] == made["lease_id"]
    assert config.values(service, env="prod")[key] == "debug"
    harness.eventually(lambda: config.values(service, env="prod")[key] == "info")
    history = config.read(f"history/env/prod/{key}")["versions"]
    assert [version["action"] for version in history] == ["override-end", "override", "write"]
    assert history[1]["reason"] == "incident 7"


def test_a_revoked_lease_ends_it_and_watchers_hear_of_it(config, key, service):
    leveled(config, key)
    made = override(config, "env/prod", key, "debug", ttl="1h")
    with config.watch(service, env="prod") as watch:
        answer = config.server.call("PUT", "/v1/sys/leases/revoke", token="root", body={"lease_id": made["lease_id"]})
        assert answer.status in (202, 204)
        event = watch.next()
        assert event["data"]["keys"] == [key]
    assert config.values(service, env="prod")[key] == "info"
    assert config.ask("GET", f"overrides/{made['data']['id']}").status == 404


def test_it_ends_with_the_token_that_asked_for_it(config, key, service):
    leveled(config, key)
    token = config.token({"config/overrides": ["update"], f"config/data/env/prod/{key}": ["update"]})
    override(config, "env/prod", key, "debug", token)
    assert config.values(service, env="prod")[key] == "debug"
    config.server.call("POST", "/v1/auth/token/revoke", token="root", body={"token": token})
    harness.eventually(lambda: config.values(service, env="prod")[key] == "info")


def test_a_renewed_lease_goes_on(config, key, service):
    leveled(config, key)
    made = override(config, "env/prod", key, "debug", ttl="2s")
    body = {"lease_id": made["lease_id"], "increment": 3600}
    renewed = config.server.call("PUT", "/v1/sys/leases/renew", token="root", body=body)
    assert renewed.status == 200 and renewed.json["lease_duration"] == 3600, renewed.text
    assert renewed.json["lease_id"] == made["lease_id"]
    time.sleep(2.5)
    assert config.values(service, env="prod")[key] == "debug"
    looked = config.read(f"overrides/{made['data']['id']}")
    assert looked["expire_time"] > made["data"]["expire_time"]
    config.write(f"overrides/{made['data']['id']}", method="DELETE")
    assert config.values(service, env="prod")[key] == "info"


def test_where_a_layer_said_nothing_it_says_nothing_again(config, key, service):
    leveled(config, key)
    made = override(config, f"instance/{service}/i1", key, "trace", ttl="1h")
    assert config.values(service, env="prod", instance="i1")[key] == "trace"
    config.write(f"overrides/{made['data']['id']}", method="DELETE")
    assert config.values(service, env="prod", instance="i1")[key] == "info"
    assert config.ask("GET", f"data/instance/{service}/i1/{key}").status == 404


def test_others_wait_for_its_end(config, key):
    leveled(config, key)
    made = override(config, "env/prod", key, "debug", ttl="1h")
    for body in ({"value": "warn"},):
        told = config.refused(f"data/env/prod/{key}", body, status=409)
        assert made["data"]["id"] in told
    override(config, "env/prod", key, "trace", status=409)
    config.write(f"overrides/{made['data']['id']}", method="DELETE")
    config.set("env/prod", key, "warn")


def test_who_may_not_write_the_value_may_not_override_it(config, key):
    leveled(config, key)
    token = config.token({"config/overrides": ["update"], f"config/data/env/prod/{key}": ["read"]})
    override(config, "env/prod", key, "debug", token, status=403)


def test_who_may_not_write_the_value_may_not_end_it_without_sudo(config, key, service):
    leveled(config, key)
    made = override(config, "env/prod", key, "debug")["data"]["id"]
    for may, status in ((["delete"], 403), (["delete", "sudo"], 204)):
        token = config.token({"config/overrides/*": may + ["read"]})
        assert "lease_id" not in config.read(f"overrides/{made}", token=token)
        assert config.ask("DELETE", f"overrides/{made}", token=token).status == status
    assert config.values(service, env="prod")[key] == "info"


def test_conditions_on_values_hold_for_overrides(config, key):
    leveled(config, key)
    name = "p" + uuid.uuid4().hex[:12]
    policy = f"""
        path "config/overrides" {{ capabilities = ["update"] }}
        path "config/data/env/prod/{key}" {{ capabilities = ["update"]  allowed_parameters = {{ "value" = ["debug"] }} }}
    """
    call = config.server.call
    assert call("POST", f"/v1/sys/policies/acl/{name}", token="root", body={"policy": policy}).status == 204
    made = call("POST", "/v1/auth/token/create", token="root", body={"policies": [name], "no_default_policy": True})
    token = made.json["auth"]["client_token"]
    override(config, "env/prod", key, "trace", token, status=403)
    override(config, "env/prod", key, "debug", token)


def test_a_key_stays_such_that_the_value_below_an_override_fits(config, key, service):
    layer = f"service/{service}"
    config.declare(key, "integer")
    config.set(layer, key, 50)
    made = override(config, layer, key, 5, ttl="1h")["data"]["id"]
    told = config.refused(f"keys/{key}", {"schema": {"maximum": 10}}, method="PATCH")
    assert key in told and layer in told and made in told and "must be at most 10" in told
    assert made in config.refused(f"keys/{key}", {"type": "integer", "schema": {"maximum": 10}})
    config.write(f"keys/{key}", {"schema": {"maximum": 60}}, method="PATCH")
    config.write(f"overrides/{made}", method="DELETE")
    assert config.read(f"data/{layer}/{key}")["value"] == 50
    config.refused(f"keys/{key}", {"schema": {"maximum": 10}}, method="PATCH")


def test_a_subtree_stays_such_that_the_value_below_an_override_fits(config, key, service):
    layer = f"service/{service}"
    for part in ("min", "max"):
        config.declare(f"{key}.{part}", "integer")
    config.set(layer, f"{key}.max", 50)
    made = override(config, layer, f"{key}.max", 5, ttl="1h")["data"]["id"]
    schema = {"properties": {"max": {"maximum": 10}}}
    told = config.refused(f"keys/{key}", {"type": "subtree", "schema": schema})
    assert layer in told and made in told
    nothing = override(config, layer, f"{key}.min", 1, ttl="1h")["data"]["id"]
    told = config.refused(f"keys/{key}", {"type": "subtree", "schema": {"dependentRequired": {"max": ["min"]}}})
    assert nothing in told, "the layer said nothing before"


def test_a_value_comes_back_whatever_was_said_beside_it(config, key, service):
    layer = f"service/{service}"
    for part in ("mode", "n"):
        config.declare(f"{key}.{part}", "string" if part == "mode" else "integer")
    small = {"if": {"properties": {"mode": {"const": "small"}}, "required": ["mode"]},
             "then": {"properties": {"n": {"maximum": 10}}}}
    config.declare(key, "subtree", schema=small)
    config.set(layer, f"{key}.n", 50)
    made = override(config, layer, f"{key}.n", 5, ttl="1h")["data"]["id"]
    config.set(layer, f"{key}.mode", "small")
    config.write(f"overrides/{made}", method="DELETE")
    assert config.read(f"data/{layer}/{key}.n")["value"] == 50, "an end loses nothing"
    history = config.read(f"history/{layer}/{key}.n")["versions"]
    assert [version["action"] for version in history] == ["override-end", "override", "write"]
    config.set(layer, f"{key}.n", 10)


def test_a_value_comes_back_when_the_lease_is_over_too(config, key, service):
    layer = f"service/{service}"
    for part in ("min", "max"):
        config.declare(f"{key}.{part}", "integer")
    config.declare(key, "subtree", schema={"dependentRequired": {"max": ["min"]}})
    made = override(config, layer, f"{key}.min", 1, ttl="2s")["data"]["id"]
    config.set(layer, f"{key}.max", 5)
    harness.eventually(lambda: config.ask("GET", f"overrides/{made}").status == 404)
    assert config.values(service).get(f"{key}.min") is None and config.values(service)[f"{key}.max"] == 5


def test_a_lease_does_not_outlive_a_token_that_leaves_orphans(config, key, service):
    leveled(config, key)
    token = config.token({"config/overrides": ["update"], f"config/data/env/prod/{key}": ["update"]})
    override(config, "env/prod", key, "debug", token)
    answer = config.server.call("POST", "/v1/auth/token/revoke-orphan", token="root", body={"token": token})
    assert answer.status == 204
    harness.eventually(lambda: config.values(service, env="prod")[key] == "info")


def test_values_are_checked_as_ever(config, key):
    config.declare(key, "integer")
    told = config.refused("overrides", {"layer": "global", "key": key, "value": "x"})
    assert key in told and "integer" in told
    assert "layer" in config.refused("overrides", {"layer": "nowhere", "key": key, "value": 1})
    assert "ttl" in config.refused("overrides", {"layer": "global", "key": key, "value": 1, "ttl": "-1s"})
    assert config.ask("GET", f"data/global/{key}").status == 404


def test_an_override_ends_after_a_restart_too(new_server):
    from config_server import Config

    server = new_server()
    server.initialise()
    server.unseal()
    config = Config(server)
    leveled(config, "level")
    override(config, "env/prod", "level", "debug", ttl="1s")
    server.stop()
    server.start()
    server.unseal()
    harness.eventually(lambda: config.values("svc", env="prod")["level"] == "info")


# -- rotation -------------------------------------------------------------------------------------


@pytest.fixture
def secret(config):
    path = "s" + uuid.uuid4().hex[:12]
    answer = config.server.call("POST", "/v1/sys/mounts/vault2", token="root", body={"type": "kv-v2"})
    assert answer.status in (204, 400)
    return path


def store(config, path, value):
    body = {"data": {"password": value}}
    assert config.server.call("POST", f"/v1/vault2/data/{path}", token="root", body=body).status == 200


@pytest.mark.parametrize("sensitive", [False, True])
def test_a_rotation_is_told_to_watchers(config, key, service, secret, sensitive):
    store(config, secret, "one")
    config.declare(key, sensitive=sensitive)
    config.set(f"service/{service}", key, {"$secret": f"vault2/data/{secret}#password"})
    assert config.values(service)[key] == "one"
    with config.watch(service) as watch:
        time.sleep(1.5)
        store(config, secret, "two")
        event = watch.next()
        assert event["data"]["keys"] == [key] and "two" not in str(event["data"])
    assert config.values(service)[key] == "two"
    assert config.read(f"data/service/{service}/{key}")["version"] == 1, "the value itself is the same"


def test_a_rotation_ends_a_long_poll(config, key, service, secret):
    store(config, secret, "one")
    config.declare(key)
    config.set(f"service/{service}", key, {"$secret": f"vault2/data/{secret}#password"})
    time.sleep(1.5)
    before = config.effective(service)
    store(config, secret, "two")
    answer = config.effective(service, index=before["revision"], wait="20s")
    assert answer["revision"] > before["revision"] and answer["values"][key] == "two"


def test_a_reference_to_a_version_does_not_rotate(config, key, service, secret):
    store(config, secret, "one")
    config.declare(key)
    config.set(f"service/{service}", key, {"$secret": f"vault2/data/{secret}#password", "version": 1})
    time.sleep(1.5)
    before = config.effective(service)
    store(config, secret, "two")
    time.sleep(1.5)
    after = config.effective(service)
    assert after["revision"] == before["revision"] and after["values"][key] == "one"


def test_the_values_that_refer_to_a_secret_are_found(config, key, service, secret):
    store(config, secret, "one")
    config.declare(key, sensitive=True)
    config.set(f"service/{service}", key, {"$secret": f"vault2/data/{secret}#password"})
    found = config.read(f"references?path=vault2/data/{secret}")["references"]
    assert found == [{"layer": f"service/{service}", "key": key, "fixed": False}]
