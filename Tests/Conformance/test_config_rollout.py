"""Configuration that changes while services run: watching, instances, and rollouts step by step."""

import concurrent.futures
import threading
import time

import pytest
from config_server import config, key, service  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no configuration engine")


def _until(ask, limit=10):
    """Asks until the answer is true; the background service looks once a second."""
    end = time.monotonic() + limit
    while not (answer := ask()):
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)
    return answer


def _report(config, service, instance, applied=True, revision=None, **more):
    """An instance fetches what it should have and says that it has applied it."""
    document = config.effective(service, instance=instance)
    body = {"revision": document["revision"] if revision is None else revision, "applied": applied,
            "static_hash": more.pop("static_hash", document["static_hash"])}
    if applied:
        body["hash"] = document["hash"]
    return config.write(f"instances/{service}/{instance}", body | more, method="PUT")


def _start(config, name, service, changes, steps):
    return config.write(
        f"rollouts/{name}", {"layer": f"service/{service}", "changes": changes, "steps": steps})


# -- watching ---------------------------------------------------------------------------------------


def test_a_watcher_hears_which_keys_changed_and_never_what_to(config, key, service):
    config.declare(key)
    config.declare(key + "-fixed", reload="static")
    with config.watch(service, env="prod") as events:
        first = config.set(f"service/{service}", key, "sesame")
        config.set("service/another", key, "not for us")
        second = config.set("env/prod", key + "-fixed", "sesame")
        heard = [events.next(), events.next()]
    assert [one["id"] for one in heard] == [str(first["revision"]), str(second["revision"])]
    assert [one["data"]["keys"] for one in heard] == [[key], [key + "-fixed"]]
    assert [one["data"]["restart_needed"] for one in heard] == [False, True]
    assert "sesame" not in str(heard)


def test_a_watcher_that_comes_back_is_told_what_it_missed(config, key, service):
    config.declare(key)
    seen = config.set(f"service/{service}", key, "one")["revision"]
    missed = config.set(f"service/{service}", key, "two")["revision"]
    with config.watch(service, headers=[("Last-Event-ID", str(seen))]) as events:
        assert events.next()["id"] == str(missed)
    with config.watch(service, headers=[("Last-Event-ID", "999999999")]) as events:
        assert events.next()["event"] == "refetch"


def test_a_question_waits_for_the_change(config, key, service):
    config.declare(key)
    config.set(f"service/{service}", key, "one")
    index = config.effective(service)["revision"]
    answers = []
    asking = threading.Thread(target=lambda: answers.append(config.effective(service, index=index, wait="30s")))
    begun = time.monotonic()
    asking.start()
    config.set("service/another", key, "of no concern")
    changed = config.set(f"service/{service}", key, "two")
    asking.join(20)
    assert answers and answers[0]["values"][key] == "two" and answers[0]["revision"] == changed["revision"]
    assert time.monotonic() - begun < 15


def test_a_question_in_vain_is_answered_in_time(config, key, service):
    config.declare(key)
    config.set(f"service/{service}", key, "one")
    index = config.effective(service)["revision"]
    begun = time.monotonic()
    assert config.effective(service, index=index, wait="1s")["revision"] == index
    assert 0.9 < time.monotonic() - begun < 5
    assert config.effective(service, index=index - 1, wait="60s")["revision"] == index


# -- instances --------------------------------------------------------------------------------------


def test_instances_show_drift_and_the_need_of_a_restart(config, key, service):
    config.declare(key)
    config.declare(key + "-fixed", reload="static", default="a")
    config.set(f"service/{service}", key, "one")
    told = _report(config, service, "i1")
    assert told["acknowledged"] and not told["drift"] and not told["restart_needed"]
    config.set(f"service/{service}", key, "two")
    seen = config.read(f"instances/{service}/i1")
    assert seen["drift"] and not seen["acknowledged"] and not seen["restart_needed"]
    old = seen["static_hash"]
    config.set(f"service/{service}", key + "-fixed", "b")
    assert config.read(f"instances/{service}/i1")["restart_needed"]
    # It applies what it can, and says with which static values it was started.
    assert _report(config, service, "i1", static_hash=old)["restart_needed"]
    assert not _report(config, service, "i1")["restart_needed"]


def test_a_silent_instance_counts_as_one(config, key, service):
    config.declare(key)
    config.set(f"service/{service}", key, "one")
    _report(config, service, "i1", interval=1)
    seen = _until(lambda: (one := config.read(f"instances/{service}/i1"))["status"] == "silent" and one)
    assert not seen["acknowledged"]
    assert config.write(f"instances/{service}", method="LIST")["key_info"]["i1"]["status"] == "silent"


# -- rollouts ---------------------------------------------------------------------------------------


def _cohort(config, service, key, value, count=40):
    return [f"i{n}" for n in range(count) if config.values(service, instance=f"i{n}")[key] == value]


def test_a_step_reaches_its_share_and_steps_only_widen(config, key, service, unique):
    config.declare(key)
    config.set(f"service/{service}", key, "old")
    _start(config, unique, service, {key: "new"}, [{"percent": 30, "hold": "1h"}, {"percent": 60, "hold": "1h"}])
    few = _cohort(config, service, key, "new")
    assert 3 <= len(few) <= 24
    assert config.values(service)[key] == "old"
    source = config.effective(service, instance=few[0], explain="true")["sources"][key]
    assert source["rollout"] == unique
    config.write(f"rollouts/{unique}/advance", {})
    more = _cohort(config, service, key, "new")
    assert set(few) < set(more)
    config.write(f"rollouts/{unique}/advance", {})
    assert config.values(service)[key] == "new"
    assert config.read(f"rollouts/{unique}")["phase"] == "completed"
    assert config.read(f"history/service/{service}/{key}")["versions"][0]["action"] == "rollout"


def test_an_aborted_rollout_leaves_everything_as_it_was(config, key, service, unique):
    config.declare(key)
    config.set(f"service/{service}", key, "old")
    _start(config, unique, service, {key: "new"}, [{"percent": 50, "hold": "1h"}])
    assert _cohort(config, service, key, "new")
    assert "rollout" in config.refused(f"data/service/{service}/{key}", {"value": "x"}, status=409)
    config.write(f"rollouts/{unique}/abort", {"reason": "no"})
    assert not _cohort(config, service, key, "new")
    config.set(f"service/{service}", key, "x")


def test_the_next_step_waits_until_the_cohort_has_applied_the_change(config, key, service, unique):
    config.declare(key)
    config.set(f"service/{service}", key, "old")
    for instance in ("i1", "i2"):
        _report(config, service, instance)
    _start(config, unique, service, {key: "new"}, [{"percent": 100}])
    assert config.read(f"rollouts/{unique}")["waiting_for"] == "0 of 2 instances have applied it"
    _report(config, service, "i1")
    assert config.read(f"rollouts/{unique}")["waiting_for"] == "1 of 2 instances have applied it"
    _report(config, service, "i2")
    _until(lambda: config.read(f"rollouts/{unique}")["phase"] == "completed")
    assert config.read(f"data/service/{service}/{key}")["value"] == "new"


def test_a_bad_rollout_stops_at_its_first_step_and_reverts_by_itself(config, key, service, unique):
    config.declare(key)
    config.set(f"service/{service}", key, "old")
    _start(config, unique, service, {key: "bad"}, [
        {"percent": 10, "hold": "1h", "guards": [{"metric": "errors", "max": 0.01}]}, {"percent": 100}])
    (first, *_) = _cohort(config, service, key, "bad", count=100)
    _report(config, service, first, metrics={"errors": 0.2})
    ended = _until(lambda: (one := config.read(f"rollouts/{unique}"))["phase"] == "reverted" and one)
    assert ended["note"] == "errors is above 0.01" and ended["step"] == 0
    assert config.values(service, instance=first)[key] == "old"
    assert config.read(f"data/service/{service}/{key}")["version"] == 1


def test_an_instance_that_cannot_apply_the_change_has_it_taken_back(config, key, service, unique):
    config.declare(key)
    config.set(f"service/{service}", key, "old")
    _start(config, unique, service, {key: "bad"}, [{"percent": 100, "hold": "1h"}])
    _report(config, service, "i1", applied=False, errors=["no such pool"])
    ended = _until(lambda: (one := config.read(f"rollouts/{unique}"))["phase"] == "reverted" and one)
    assert "i1" in ended["note"]
    assert config.values(service, instance="i1")[key] == "old"


@pytest.mark.parametrize("bad", [{"metrics": {"errors": 0.2}}, {"applied": False}])
def test_a_paused_rollout_does_not_go_on_and_is_still_taken_back(config, key, service, unique, bad):
    config.declare(key)
    config.set(f"service/{service}", key, "old")
    _start(config, unique, service, {key: "bad"}, [
        {"percent": 99.999, "timeout": 1, "guards": [{"metric": "errors", "max": 0.01}]}, {"percent": 100}])
    config.write(f"rollouts/{unique}/pause", {})
    _report(config, service, "i1", metrics={"errors": 0})
    time.sleep(2.5)
    paused = config.read(f"rollouts/{unique}")
    assert paused["phase"] == "paused" and paused["step"] == 0
    _report(config, service, "i1", **bad)
    _until(lambda: config.read(f"rollouts/{unique}")["phase"] == "reverted")
    assert config.values(service, instance="i1")[key] == "old"


def test_what_was_reported_before_a_pause_counts_after_it(config, key, service, unique):
    config.declare(key)
    config.set(f"service/{service}", key, "old")
    _start(config, unique, service, {key: "new"}, [
        {"percent": 99.999, "hold": 3, "guards": [{"metric": "errors", "max": 0.01}]}, {"percent": 100, "hold": "1h"}])
    begun = config.read(f"rollouts/{unique}")["since"]
    _report(config, service, "i1", metrics={"errors": 0.005})
    time.sleep(1.5)
    config.write(f"rollouts/{unique}/pause", {})
    config.write(f"rollouts/{unique}/resume", {})
    resumed = time.monotonic()
    after = config.read(f"rollouts/{unique}")
    assert after["since"] == begun and after["cohort"]["metrics"] == {"errors": 0.005}
    _until(lambda: config.read(f"rollouts/{unique}")["step"] == 1)
    assert time.monotonic() - resumed > 2.5


def test_an_instance_that_failed_before_a_pause_has_failed_after_it(config, key, service, unique):
    config.declare(key)
    config.set(f"service/{service}", key, "old")
    _start(config, unique, service, {key: "bad"}, [{"percent": 99.999, "hold": "1h"}, {"percent": 100}])
    fetched = config.effective(service, instance="i1")["revision"]
    config.write(f"rollouts/{unique}/pause", {})
    config.write(f"rollouts/{unique}/resume", {})
    _report(config, service, "i1", applied=False, revision=fetched)
    _until(lambda: config.read(f"rollouts/{unique}")["phase"] == "reverted")


def test_a_step_that_nobody_acknowledges_in_time_is_taken_back(config, key, service, unique):
    config.declare(key)
    config.set(f"service/{service}", key, "old")
    _report(config, service, "i1")
    _start(config, unique, service, {key: "new"}, [{"percent": 100, "timeout": 1}])
    ended = _until(lambda: (one := config.read(f"rollouts/{unique}"))["phase"] == "reverted" and one)
    assert "acknowledged" in ended["note"]


def test_a_secret_s_version_is_rolled_out_by_its_reference(config, key, service, unique):
    config.server.call("POST", f"/v1/sys/mounts/{unique}", token="root", body={"type": "kv-v2"})
    for password in ("old", "new"):
        config.server.call("POST", f"/v1/{unique}/data/db", token="root", body={"data": {"password": password}})
    config.declare(key, "secret")
    config.set(f"service/{service}", key, {"$secret": f"{unique}/data/db#password", "version": 1})
    _start(config, unique, service, {key: {"$secret": f"{unique}/data/db#password", "version": 2}},
           [{"percent": 30, "hold": "1h"}])
    assert 0 < len(_cohort(config, service, key, "new")) < 40
    config.write(f"rollouts/{unique}/abort", {})
    assert not _cohort(config, service, key, "new")


def test_a_rollout_is_checked_before_it_begins(config, key, service, unique):
    config.declare(key, "integer")
    config.declare(key + "-hidden", sensitive=True)
    for changes, steps, word in [
        ({key: "x"}, [{"percent": 10}], "integer"), ({key + "-none": 1}, [{"percent": 10}], "no key"),
        ({key + "-hidden": "x"}, [{"percent": 10}], "sensitive"), ({key: 1}, [], "steps"),
        ({key: 1}, [{"percent": 50}, {"percent": 20}], "percent"), ({}, [{"percent": 10}], "changes"),
        ({key: 1}, [{"percent": 10, "guards": [{"metric": "e"}]}], "max and min"),
    ]:
        body = {"layer": f"service/{service}", "changes": changes, "steps": steps}
        assert word in config.refused(f"rollouts/{unique}", body), word
    token = config.token({"config/rollouts/*": ["create", "update"]})
    body = {"layer": "global", "changes": {key: 1}, "steps": [{"percent": 10}]}
    config.refused(f"rollouts/{unique}", body, status=403, token=token)


def test_who_waits_is_answered_when_the_server_goes(new_server):
    server = new_server()
    server.initialise()
    server.unseal()
    body = {"value": 1, "key": {"type": "integer"}}
    assert server.call("POST", "/v1/config/data/global/k", token="root", body=body).status == 200
    revision = server.call("GET", "/v1/config/effective/shop", token="root").json["data"]["revision"]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        target = f"/v1/config/effective/shop?index={revision}&wait=10m"
        waiting = [pool.submit(server.call, "GET", target, token="root") for _ in range(4)]
        time.sleep(1)
        assert not any(question.done() for question in waiting)
        server.process.terminate()
        answers = [question.result(timeout=20) for question in waiting]
        assert [answer.json["data"]["revision"] for answer in answers] == [revision] * 4
    assert server.process.wait(timeout=20) == 0


def test_instances_that_fall_silent_in_a_step_have_not_applied_it(config, key, service):
    config.declare(key)
    config.set(f"service/{service}", key, "good")
    for instance in ("a", "b"):
        _report(config, service, instance, interval=1)
    step = {"percent": 100, "hold": 1, "min_acknowledged": 100, "timeout": 6}
    _start(config, service, service, {key: "bad"}, [step])
    waiting = _until(lambda: (one := config.read(f"rollouts/{service}"))["cohort"]["silent"] == 2 and one)
    assert waiting["phase"] == "running" and waiting["waiting_for"] == "0 of 2 instances have applied it"
    _until(lambda: config.read(f"rollouts/{service}")["phase"] == "reverted", limit=20)
    assert config.values(service)[key] == "good"


def test_an_instance_that_was_replaced_after_it_had_applied_it_is_not_held_against_the_change(config, key, service):
    config.declare(key)
    config.set(f"service/{service}", key, "good")
    _report(config, service, "old", interval=1)
    step = {"percent": 99.999, "hold": 6, "min_acknowledged": 100, "timeout": 30}
    _start(config, service, service, {key: "better"}, [step, {"percent": 100}])
    _report(config, service, "old", interval=1)
    _until(lambda: config.read(f"rollouts/{service}")["cohort"]["silent"] == 1, limit=10)
    assert config.read(f"rollouts/{service}")["cohort"]["lost"] == 0
    _report(config, service, "new", interval=60)
    _until(lambda: config.read(f"rollouts/{service}")["step"] != 0, limit=15)


def test_a_rollout_of_a_reference_changes_nothing_once_it_is_over(config, key, service, unique):
    config.server.call("POST", f"/v1/sys/mounts/{unique}", token="root", body={"type": "kv-v2"})
    config.server.call("POST", f"/v1/{unique}/data/db", token="root", body={"data": {"password": "sesame"}})
    config.declare(key, "secret")
    reference = {"$secret": f"{unique}/data/db#password"}
    _start(config, service, service, {key: reference}, [{"percent": 50, "hold": 3600}, {"percent": 100, "hold": 3600}])
    config.write(f"rollouts/{service}/advance", {})
    config.write(f"rollouts/{service}/advance", {})
    assert config.read(f"rollouts/{service}")["phase"] == "completed"
    revision = config.effective(service)["revision"]
    assert config.values(service)[key] == "sesame"
    # Longer than the background service takes to look at the secrets.
    assert config.effective(service, index=revision, wait="3s")["revision"] == revision


def test_an_ended_rollout_hides_what_has_become_sensitive(config, key, service):
    config.declare(key)
    _start(config, service, service, {key: "sesame"}, [{"percent": 50, "hold": 3600}])
    config.write(f"rollouts/{service}/abort", {})
    assert config.read(f"rollouts/{service}")["changes"] == {key: "sesame"}
    config.write(f"keys/{key}", {"sensitive": True}, method="PATCH")
    assert config.read(f"rollouts/{service}")["changes"] == {key: {"$redacted": True}}


# -- what rollouts say counts -----------------------------------------------------------------------

HELD = [{"percent": 50, "hold": "1h"}, {"percent": 100}]
SMALL = {"if": {"properties": {"mode": {"const": "small"}}, "required": ["mode"]},
         "then": {"properties": {"n": {"maximum": 10}}}}
# The lesser is not above the greater, as far as a schema can say it.
ORDERED = {"if": {"properties": {"min": {"minimum": 5}}, "required": ["min"]},
           "then": {"properties": {"max": {"minimum": 5}}}}


def test_a_key_stays_while_a_rollout_changes_it(config, key, service):
    config.declare(key, "integer")
    _start(config, key, service, {key: 5}, HELD)
    told = config.refused(f"keys/{key}", method="DELETE", status=409)
    assert f'"{key}" is being changed by the rollout' in told
    config.write(f"rollouts/{key}/abort")
    config.write(f"keys/{key}", method="DELETE")


def test_what_a_key_is_fits_what_rollouts_say_of_it(config, key, service):
    config.declare(key, "integer")
    name = f"of-{key}"
    _start(config, name, service, {key: 50}, HELD)
    for change in ({"type": "string"}, {"type": "subtree"}, {"schema": {"maximum": 10}}, {"locked_at": "env"}):
        told = config.refused(f"keys/{key}", change, method="PATCH")
        assert name in told and f"service/{service}" in told, change
        assert name in config.refused(f"keys/{key}", {"type": "integer"} | change), change
    config.write(f"keys/{key}", {"schema": {"maximum": 60}, "description": "How many."}, method="PATCH")
    config.write(f"rollouts/{name}/abort")
    config.write(f"keys/{key}", {"schema": {"maximum": 10}}, method="PATCH")


def test_a_write_beside_a_rollout_fits_what_its_cohort_has(config, key, service):
    for part in ("min", "max"):
        config.declare(f"{key}.{part}", "integer")
    config.declare(key, "subtree", schema=ORDERED)
    layer, name = f"service/{service}", f"of-{key}"
    config.set(layer, f"{key}.max", 9)
    _start(config, name, service, {f"{key}.min": 7}, HELD)
    told = config.refused(f"data/{layer}/{key}.max", {"value": 3})
    assert key in told and layer in told and name in told
    config.set(f"service/another-{service}", f"{key}.max", 3)
    config.set(layer, f"{key}.max", 8)
    other = config.refused(
        f"rollouts/other-{key}", {"layer": layer, "changes": {f"{key}.max": 3}, "steps": HELD})
    assert name in other
    config.write(f"rollouts/{name}/abort")
    config.set(layer, f"{key}.max", 3)


def test_a_write_below_a_rollout_fits_what_its_cohort_has(config, key, service):
    for part in ("min", "max"):
        config.declare(f"{key}.{part}", "integer")
    config.declare(key, "subtree", schema=ORDERED)
    name = f"of-{key}"
    config.set("global", f"{key}.max", 9)
    _start(config, name, service, {f"{key}.min": 7}, HELD)
    told = config.refused(f"data/global/{key}.max", {"value": 3})
    assert f"service/{service}" in told and name in told
    config.refused(f"data/service/{service}/env/prod/{key}.max", {"value": 3})
    told = config.refused(f"keys/{key}", {"schema": {"properties": {"min": {"maximum": 5}}}}, method="PATCH")
    assert name in told


def test_keys_that_are_bound_together_change_together(config, key, service):
    config.declare(f"{key}.mode")
    config.declare(f"{key}.n", "integer")
    config.declare(key, "subtree", schema=SMALL)
    layer = f"service/{service}"
    config.set(layer, f"{key}.mode", "large")
    config.set(layer, f"{key}.n", 100)
    config.refused(f"rollouts/{key}", {"layer": layer, "changes": {f"{key}.mode": "small"}, "steps": HELD})
    changes = {f"{key}.mode": "small", f"{key}.n": 1}
    _start(config, key, service, changes, HELD)
    config.write(f"rollouts/{key}/advance")
    assert config.write(f"rollouts/{key}/advance")["phase"] == "completed"
    assert config.values(service).items() >= changes.items()
    _start(config, f"back-{key}", service, {f"{key}.n": 100, f"{key}.mode": "large"}, [{"percent": 100}])
    assert _until(lambda: config.read(f"rollouts/back-{key}")["phase"] == "completed")
    assert config.values(service)[f"{key}.n"] == 100
