"""Flags that change by themselves: ramps, scheduled changes, and flags that are only tried out in the dark."""

import datetime
import time

import pytest

from test_flags_vault import Flags

pytestmark = pytest.mark.beyond_bao(reason="feature flags are this server's own")

USERS = [f"user-{number}" for number in range(400)]


@pytest.fixture
def flags(plain):
    return Flags(plain)


def soon(seconds):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def eventually(look, seconds=20):
    """The first answer of `look` that is not falsy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def reached(flags, flag):
    return {user for user in USERS if flags.evaluate("dev", flag, targetingKey=user)["value"]}


def ramp(flags, flag, *steps, **more):
    plan = [{"percent": percent} | rest for percent, rest in steps]
    return flags.post(f"ramps/dev/{flag}", target_variation="on", steps=plan, **more)


def spreading(flags, name, **definition):
    """A boolean flag that is on in dev and gives everyone `off`."""
    assert flags.post(f"definitions/{name}", type="boolean", **definition)[0] == 200
    status, data = flags.post(f"states/dev/{name}", on=True, fallthrough={"variation": "off"})
    assert status == 200, data
    return name


# -- ramps ----------------------------------------------------------------------------------------


def test_a_ramp_widens_step_by_step_by_itself_and_takes_nobody_back(flags, unique):
    flag = spreading(flags, unique)
    status, started = ramp(flags, flag, (10, {"hold": 2}), (50, {"hold": 2}), (100, {}), reason="new checkout")
    assert status == 200, started
    assert (started["phase"], started["step"], started["percent"]) == ("running", 0, 10)
    first = reached(flags, flag)
    assert 0 < len(first) < 100
    eventually(lambda: flags.get(f"ramps/dev/{flag}")[1]["percent"] == 50)
    second = reached(flags, flag)
    assert first < second and len(second) < 280
    eventually(lambda: flags.get(f"ramps/dev/{flag}")[1]["phase"] == "finished")
    assert reached(flags, flag) == set(USERS)
    actions = [version["action"] for version in flags.get(f"history/dev/{flag}")[1]["versions"]]
    assert actions == ["ramp", "ramp", "ramp", "write"]


def test_a_step_waits_for_approvals_of_different_people(flags, unique, make_plain_token):
    flag = spreading(flags, unique)
    gate = {"gates": [{"kind": "approval", "approvals": 2}]}
    assert ramp(flags, flag, (5, gate), (100, {}))[0] == 200
    waiting = eventually(lambda: (found := flags.get(f"ramps/dev/{flag}")[1])["phase"] == "waiting" and found)
    assert waiting["waiting_for"] == [{"kind": "approval", "approvals": 2}] and waiting["step"] == 0
    for _ in range(2):
        status, data = flags.post(f"ramps/dev/{flag}/approve")
        assert status == 200 and data["step"] == 0 and len(data["approvals"]) == 1, data
    rules = 'path "flags/ramps/dev/*" { capabilities = ["create", "update"] }'
    other = Flags(flags.server, make_plain_token(rules, display_name="second"))
    status, data = other.post(f"ramps/dev/{flag}/approve")
    assert status == 200 and data["percent"] == 100, data


def test_a_ramp_can_be_advanced_paused_resumed_and_aborted(flags, unique):
    flag = spreading(flags, unique)
    assert ramp(flags, flag, (10, {"hold": "1h"}), (20, {"hold": "1h"}), (100, {}))[0] == 200
    assert flags.post(f"ramps/dev/{flag}/advance")[1]["percent"] == 20
    paused = flags.post(f"ramps/dev/{flag}/pause", reason="errors")[1]
    assert (paused["phase"], paused["reason"]) == ("paused", "errors")
    status, errors = flags.post(f"ramps/dev/{flag}/advance")
    assert status == 400 and "paused" in errors[0]
    assert flags.post(f"ramps/dev/{flag}/resume")[1]["phase"] == "running"
    assert reached(flags, flag)
    aborted = flags.post(f"ramps/dev/{flag}/abort", reason="no good")[1]
    assert aborted["phase"] == "aborted"
    assert flags.get(f"states/dev/{flag}")[1]["fallthrough"] == {"variation": "off"}
    assert not reached(flags, flag)
    assert flags.call("DELETE", f"ramps/dev/{flag}")[0] == 204
    assert flags.get(f"ramps/dev/{flag}")[0] == 404


def test_a_ramp_pauses_when_its_flag_is_killed(flags, unique):
    flag = spreading(flags, unique)
    assert ramp(flags, flag, (10, {"hold": 1}), (100, {}))[0] == 200
    assert flags.post(f"kill/dev/{flag}", reason="fire")[0] == 200
    paused = eventually(lambda: (found := flags.get(f"ramps/dev/{flag}")[1])["phase"] == "paused" and found)
    assert paused["reason"] == "the flag is killed"
    assert not reached(flags, flag)


def test_a_ramp_waits_for_a_number_of_people(flags, unique):
    flag = spreading(flags, unique, record_exposures=True)
    gate = {"gates": [{"kind": "sample", "minimum": 50}]}
    assert ramp(flags, flag, (20, gate), (100, {}))[0] == 200
    for user in USERS[:60]:
        flags.evaluate("dev", flag, targetingKey=user)
    eventually(lambda: flags.get(f"ramps/dev/{flag}")[1]["phase"] == "finished")


def test_a_metric_out_of_bounds_takes_a_ramp_back(flags, unique):
    flag = spreading(flags, unique, record_exposures=True)
    gate = {"hold": "1h", "gates": [{"kind": "guard", "metric": f"{unique}.failed", "max": 0.2, "on_breach": "abort"}]}
    assert ramp(flags, flag, (50, gate), (100, {}))[0] == 200
    with_it = reached(flags, flag)
    eventually(lambda: flags.get(f"ramps/dev/{flag}")[1]["samples"] == len(USERS))

    def track(users, value):
        events = [{"event": f"{unique}.failed", "targeting_key": user, "value": value} for user in users]
        assert flags.post("track/dev", events=events)[0] == 200

    # What people without the variation do says nothing about it.
    track(set(USERS) - with_it, 1)
    track(list(with_it)[:50], 0)
    seen = eventually(lambda: (found := flags.get(f"ramps/dev/{flag}")[1]["metrics"][f"{unique}.failed"])["count"] and found)
    assert seen == {"count": 50, "mean": 0.0}
    assert flags.get(f"ramps/dev/{flag}")[1]["phase"] == "running"
    track(with_it, 1)
    aborted = eventually(lambda: (found := flags.get(f"ramps/dev/{flag}")[1])["phase"] == "aborted" and found)
    assert "out of bounds" in aborted["reason"]
    assert not reached(flags, flag)


@pytest.mark.parametrize(
    "plan, said",
    [
        ({"steps": []}, "steps"),
        ({"steps": [{"percent": 10}, {"percent": 10}]}, "steps[1].percent"),
        ({"steps": [{"percent": 10, "hold": -1}]}, "steps[0].hold"),
        ({"steps": [{"percent": 10, "gates": [{"kind": "moon"}]}]}, "steps[0].gates[0].kind"),
        ({"steps": [{"percent": 10}], "target_variation": "purple"}, "target_variation"),
        ({"steps": [{"percent": 10}], "target_variation": "off"}, "target_variation"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_by_its_field(flags, unique, plan, said):
    flag = spreading(flags, unique)
    status, errors = flags.post(f"ramps/dev/{flag}", **({"target_variation": "on"} | plan))
    assert status == 400 and errors[0].startswith(said), errors


def test_a_flag_has_one_ramp_at_a_time_and_must_be_on(flags, unique):
    flag = spreading(flags, unique)
    assert ramp(flags, flag, (10, {"hold": "1h"}), (100, {}))[0] == 200
    assert ramp(flags, flag, (20, {}))[0] == 409
    assert flags.post(f"toggle/dev/{flag}", on=False)[0] == 200
    assert flags.post(f"ramps/dev/{flag}/abort")[0] == 200
    status, errors = ramp(flags, flag, (20, {}))
    assert status == 400 and "off" in errors[0]


def test_ramps_of_protected_environments_need_sudo(flags, unique, make_plain_token):
    assert flags.post(f"definitions/{unique}", type="boolean", protected=True)[0] == 200
    assert flags.post(f"states/dev/{unique}", on=True, fallthrough={"variation": "off"})[0] == 200
    rules = 'path "flags/*" { capabilities = ["create", "read", "update", "delete", "list"] }'
    weak = Flags(flags.server, make_plain_token(rules))
    assert ramp(weak, unique, (10, {}))[0] == 403
    assert weak.post(f"schedule/dev/{unique}", at=soon(3600), change={"on": False})[0] == 403


# -- scheduled changes ----------------------------------------------------------------------------


def test_a_scheduled_change_is_made_in_time_in_the_name_of_its_author(flags, unique):
    flag = spreading(flags, unique)
    status, waiting = flags.post(
        f"schedule/dev/{flag}", at=soon(2), change={"fallthrough": {"variation": "on"}}, reason="launch"
    )
    assert status == 200 and waiting["status"] == "waiting", waiting
    assert flags.call("LIST", f"schedule/dev/{flag}")[1]["keys"] == [waiting["id"]]
    assert f"{flag}/{waiting['id']}" in flags.call("LIST", "schedule/dev")[1]["keys"]
    assert flags.evaluate("dev", flag)["value"] is False
    eventually(lambda: flags.evaluate("dev", flag)["value"])
    newest = flags.get(f"history/dev/{flag}")[1]["versions"][0]
    assert (newest["action"], newest["reason"], newest["updated_by"]) == ("schedule", "launch", "root")
    assert flags.call("LIST", f"schedule/dev/{flag}")[0] == 404


def test_a_scheduled_change_can_be_taken_back(flags, unique):
    flag = spreading(flags, unique)
    waiting = flags.post(f"schedule/dev/{flag}", at=soon(3600), change={"on": False})[1]
    path = f"schedule/dev/{flag}/{waiting['id']}"
    assert flags.get(path)[1]["change"] == {"on": False}
    assert flags.call("DELETE", path)[0] == 204
    assert flags.get(path)[0] == 404


def test_a_change_that_became_impossible_says_why_and_stays_to_be_seen(flags, unique):
    other = spreading(flags, f"{unique}.other")
    flag = spreading(flags, unique)
    change = {"prerequisites": [{"flag": other, "variation": "on"}]}
    waiting = flags.post(f"schedule/dev/{flag}", at=soon(2), change=change)[1]
    assert flags.call("DELETE", f"states/dev/{other}")[0] == 204
    assert flags.call("DELETE", f"definitions/{other}?purge=true")[0] == 204
    path = f"schedule/dev/{flag}/{waiting['id']}"
    failed = eventually(lambda: (found := flags.get(path)[1])["status"] == "failed" and found)
    assert "prerequisites[0]" in failed["error"]
    assert flags.get(f"states/dev/{flag}")[1]["prerequisites"] == []


@pytest.mark.parametrize(
    "body, said",
    [
        ({"at": "2020-01-01T00:00:00Z", "change": {"on": False}}, "at: lies in the past"),
        ({"at": "tomorrow", "change": {"on": False}}, "at:"),
        ({"at": "2999-01-01T00:00:00Z", "change": {}}, "change:"),
        ({"at": "2999-01-01T00:00:00Z", "change": {"off_variation": "purple"}}, "off_variation"),
        ({"at": "2999-01-01T00:00:00Z", "change": {"colour": 1}}, "colour"),
    ],
)
def test_a_schedule_that_cannot_work_is_refused_by_its_field(flags, unique, body, said):
    flag = spreading(flags, unique)
    status, errors = flags.post(f"schedule/dev/{flag}", **body)
    assert status == 400 and errors[0].startswith(said), errors


def test_purging_a_flag_takes_its_ramp_and_its_schedule_away(flags, unique):
    flag = spreading(flags, unique)
    assert ramp(flags, flag, (10, {"hold": "1h"}), (100, {}))[0] == 200
    assert flags.post(f"schedule/dev/{flag}", at=soon(3600), change={"on": False})[0] == 200
    assert flags.call("DELETE", f"definitions/{flag}?purge=true")[0] == 204
    spreading(flags, flag)
    assert flags.get(f"ramps/dev/{flag}")[0] == 404
    assert flags.call("LIST", f"schedule/dev/{flag}")[0] == 404


# -- the dark -------------------------------------------------------------------------------------


def test_a_dark_flag_serves_off_and_records_what_it_would_have_given(flags, unique):
    flag = spreading(flags, unique, record_exposures=True)
    assert flags.patch(f"states/dev/{flag}", dark_launch=True, fallthrough={"percent": 50, "variation": "on"})[0] == 200
    answers = [flags.evaluate("dev", flag, targetingKey=user) for user in USERS[:40]]
    assert {answer["variation"] for answer in answers} == {"off"}
    assert {answer["reason"] for answer in answers} == {"DISABLED"}
    page = eventually(
        lambda: len((found := flags.get(f"exposures/dev/{flag}")[1])["exposures"]) == 40 and found["exposures"]
    )
    assert {exposure["variation"] for exposure in page} == {"on", "off"}
    assert all(exposure["dark"] for exposure in page)
