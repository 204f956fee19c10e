"""What evaluations leave behind: who got what, what they did, which flags are used, and which should go."""

import csv
import datetime
import io
import json

import pytest

from test_flags_rollout import eventually, soon
from test_flags_vault import Flags

pytestmark = pytest.mark.beyond_bao(reason="feature flags are this server's own")


@pytest.fixture
def flags(plain):
    return Flags(plain)


def recorded(flags, name, **definition):
    assert flags.post(f"definitions/{name}", type="boolean", record_exposures=True, **definition)[0] == 200
    status, data = flags.post(f"states/dev/{name}", on=True, fallthrough={"percent": 50, "variation": "on"})
    assert status == 200, data
    return name


def exposures(flags, flag, count):
    """The flag's exposures once there are so many."""
    found = eventually(lambda: len((page := flags.get(f"exposures/dev/{flag}")[1])["exposures"]) >= count and page)
    return found["exposures"]


# -- exposures and assignments --------------------------------------------------------------------


def test_an_exposure_is_recorded_once_however_often_someone_evaluates(flags, unique):
    flag = recorded(flags, unique)
    given = {}
    for _ in range(3):
        for user in ("ada", "bob", "eve"):
            given[user] = flags.evaluate("dev", flag, targetingKey=user)["variation"]
    page = exposures(flags, flag, 3)
    assert {entry["targeting_key"]: entry["variation"] for entry in page} == given
    assert sorted(entry["number"] for entry in page) == [1, 2, 3]


def test_explanations_the_past_and_people_without_a_name_are_not_recorded(flags, unique):
    flag = recorded(flags, unique)
    assert flags.post(f"evaluate/dev/{flag}", context={"targetingKey": "ada"}, explain=True)[0] == 200
    assert flags.post(f"evaluate/dev/{flag}", context={"targetingKey": "bob"}, as_of=soon(-1))[0] in (200, 404)
    flags.evaluate("dev", flag)
    flags.evaluate("dev", flag, targetingKey="carl")
    assert [entry["targeting_key"] for entry in exposures(flags, flag, 1)] == ["carl"]


def test_bulk_evaluations_and_clients_reports_are_exposures_too(flags, unique):
    flag = recorded(flags, unique)
    assert flags.post("evaluate/dev", context={"targetingKey": "from-bulk"})[0] == 200
    status, data = flags.post(
        f"exposures/dev/{flag}",
        exposures=[{"targeting_key": key, "variation": "on"} for key in ("one", "two", "one")],
    )
    assert status == 200 and data == {"accepted": 3, "new": 2}
    assert {entry["targeting_key"] for entry in exposures(flags, flag, 3)} == {"from-bulk", "one", "two"}
    assert flags.post(f"exposures/dev/{flag}", exposures=[{"targeting_key": "one", "variation": "on"}])[1]["new"] == 0


def test_assignments_tell_who_is_in_a_variation_and_what_someone_has(flags, unique):
    flag = recorded(flags, unique)
    reports = [{"targeting_key": f"{unique}-{n}", "variation": "on" if n % 2 else "off"} for n in range(10)]
    assert flags.post(f"exposures/dev/{flag}", exposures=reports)[0] == 200
    # Someone who is moved is in the new variation only.
    assert flags.post(f"exposures/dev/{flag}", exposures=[{"targeting_key": f"{unique}-1", "variation": "off"}])[0] == 200
    found = flags.get(f"assignments/dev/{flag}?variation=on")[1]["assignments"]
    assert [entry["targeting_key"] for entry in found] == [f"{unique}-{n}" for n in (3, 5, 7, 9)]
    one = flags.get(f"assignments/dev/{flag}?targeting_key={unique}-1")[1]["assignments"][0]
    assert (one["variation"], one["variations_seen"]) == ("off", 2)
    all_flags = flags.get(f"assignments/dev?targeting_key={unique}-3")[1]["assignments"]
    assert [(entry["flag"], entry["variation"]) for entry in all_flags] == [(flag, "on")]
    assert flags.get(f"assignments/dev/{flag}?targeting_key=nobody")[0] == 404


def test_exposures_are_handed_out_page_by_page_in_three_forms(flags, unique):
    flag = recorded(flags, unique)
    names = ["plain", 'with "quotes", and comma', "=1+1", "ünï"]
    assert flags.post(
        f"exposures/dev/{flag}", exposures=[{"targeting_key": name, "variation": "on"} for name in names]
    )[0] == 200
    first = flags.get(f"exposures/dev/{flag}?limit=3")[1]
    assert [entry["targeting_key"] for entry in first["exposures"]] == names[:3] and first["next"] == 3
    rest = flags.get(f"exposures/dev/{flag}?after={first['next']}")[1]
    assert [entry["targeting_key"] for entry in rest["exposures"]] == names[3:] and rest["next"] is None

    reply = flags.server.call("GET", f"/v1/flags/exposures/dev/{flag}?format=ndjson&limit=3", token="root")
    assert reply.header("content-type") == "application/x-ndjson" and reply.header("x-pulse-next") == "3"
    assert [json.loads(line)["targeting_key"] for line in reply.body.splitlines()] == names[:3]
    reply = flags.server.call("GET", f"/v1/flags/exposures/dev/{flag}?format=csv", token="root")
    rows = list(csv.DictReader(io.StringIO(reply.body.decode())))
    # What a spreadsheet would take for a formula is marked as text.
    assert [row["targeting_key"] for row in rows] == [name if name[0] != "=" else "'" + name for name in names]
    assert reply.header("x-pulse-next") is None


@pytest.mark.parametrize(
    "entry, said",
    [
        ({"variation": "on"}, "exposures[0].targeting_key"),
        ({"targeting_key": "", "variation": "on"}, "exposures[0].targeting_key"),
        ({"targeting_key": "a", "variation": "purple"}, "exposures[0].variation"),
        ({"targeting_key": "a", "variation": "on", "at": "2999-01-01T00:00:00Z"}, "exposures[0].at"),
    ],
)
def test_a_wrong_report_is_refused_by_its_field(flags, unique, entry, said):
    flag = recorded(flags, unique)
    status, errors = flags.post(f"exposures/dev/{flag}", exposures=[entry])
    assert status == 400 and errors[0].startswith(said), errors


# -- what people did ------------------------------------------------------------------------------


def test_tracked_events_are_kept_in_their_order(flags, unique):
    events = [{"event": unique, "targeting_key": f"u{n}", "value": n / 2} for n in range(3)]
    assert flags.post("track/dev", events=events)[1] == {"accepted": 3}
    assert flags.post("track/dev", events=[{"event": unique, "targeting_key": "later"}])[1] == {"accepted": 1}
    found = flags.get(f"track/dev?event={unique}")[1]
    assert [(entry["targeting_key"], entry["value"]) for entry in found["events"]] == [
        ("u0", 0), ("u1", 0.5), ("u2", 1), ("later", 1),
    ]


@pytest.mark.parametrize(
    "event, said",
    [
        ({"event": "", "targeting_key": "a"}, "events[0].event"),
        ({"event": "e"}, "events[0].targeting_key"),
        ({"event": "e", "targeting_key": "a", "value": "much"}, "events[0].value"),
        ({"event": "e", "targeting_key": "a", "colour": 1}, "events[0].colour"),
    ],
)
def test_a_wrong_event_is_refused_by_its_field(flags, event, said):
    status, errors = flags.post("track/dev", events=[event])
    assert status == 400 and errors[0].startswith(said), errors


# -- what stays with someone ----------------------------------------------------------------------


def test_a_kept_variation_stays_when_the_split_changes(flags, unique):
    assert flags.post(f"definitions/{unique}", type="boolean")[0] == 200
    state = {"on": True, "sticky_assignment": True, "fallthrough": {"percent": 50, "variation": "on"}}
    assert flags.post(f"states/dev/{unique}", **state)[0] == 200
    users = [f"user-{n}" for n in range(40)]
    before = {user: flags.evaluate("dev", unique, targetingKey=user)["value"] for user in users}
    assert len(set(before.values())) == 2
    flipped = {"split": [{"variation": "on", "weight": 1000}, {"variation": "off", "weight": 99000}]}
    assert flags.patch(f"states/dev/{unique}", fallthrough=flipped)[0] == 200
    assert {user: flags.evaluate("dev", unique, targetingKey=user)["value"] for user in users} == before
    newcomers = [flags.evaluate("dev", unique, targetingKey=f"new-{n}")["value"] for n in range(40)]
    assert newcomers.count(True) < 10


def test_kept_variations_survive_a_restart(new_server, unique):
    server = new_server()
    server.initialise()
    server.unseal()
    flags = Flags(server)
    assert flags.post(f"definitions/{unique}", type="boolean")[0] == 200
    state = {"on": True, "sticky_assignment": True, "fallthrough": {"percent": 50, "variation": "on"}}
    assert flags.post(f"states/dev/{unique}", **state)[0] == 200
    users = [f"user-{n}" for n in range(20)]
    before = {user: flags.evaluate("dev", unique, targetingKey=user)["value"] for user in users}
    server.stop()
    server.start()
    server.unseal()
    flipped = {"split": [{"variation": "on", "weight": 1}, {"variation": "off", "weight": 99999}]}
    assert flags.patch(f"states/dev/{unique}", fallthrough=flipped)[0] == 200
    assert {user: flags.evaluate("dev", unique, targetingKey=user)["value"] for user in users} == before


# -- reports --------------------------------------------------------------------------------------


def test_usage_counts_each_variation_and_the_day(flags, unique):
    flag = recorded(flags, unique)
    given = [flags.evaluate("dev", flag, targetingKey=f"u{n}")["variation"] for n in range(10)]

    def usage():
        return flags.get(f"reports/usage/dev?flag={flag}")[1]["flags"][0]

    eventually(lambda: usage()["total"] == 10)
    found = usage()
    assert found["variations"] == {name: given.count(name) for name in set(given)}
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
    assert found["days"][-1]["day"] == today and found["last_evaluated"].startswith(today)


def test_a_client_that_is_told_that_nothing_is_new_uses_the_flags_all_the_same(flags, unique, make_plain_token):
    flag = recorded(flags, unique)
    rules = f'path "flags/evaluate/dev/{flag}" {{ capabilities = ["evaluate"] }}\n' \
        'path "flags/evaluate/dev" { capabilities = ["evaluate"] }'
    token = make_plain_token(rules)
    headers = [("X-PulseVault-Environment", "dev")]
    body = json.dumps({"context": {"targetingKey": "x"}}).encode()

    def bulk(*more):
        return flags.server.call("POST", "/ofrep/v1/evaluate/flags", token=token, body=body, headers=headers + list(more))

    tag = bulk().header("etag")
    before = eventually(lambda: flags.get(f"reports/usage/dev?flag={flag}")[1]["flags"][0]["last_evaluated"])
    assert bulk(("If-None-Match", tag)).status == 304
    eventually(lambda: flags.get(f"reports/usage/dev?flag={flag}")[1]["flags"][0]["last_evaluated"] > before)


def test_unknown_keys_are_told_until_a_flag_has_them(flags, unique):
    for _ in range(2):
        assert flags.post(f"evaluate/dev/{unique}", context={})[0] == 404

    def mine():
        return [entry for entry in flags.get("reports/unknown?environment=dev")[1]["flags"] if entry["key"] == unique]

    found = eventually(mine)
    eventually(lambda: mine()[0]["count"] == 2)
    assert found[0]["environment"] == "dev"
    recorded(flags, unique)
    assert mine() == []


def test_expired_flags_are_stale_and_in_their_owners_queue_until_reviewed(flags, unique):
    flag = recorded(flags, unique, owner=unique, expires=soon(1))
    report = eventually(lambda: flags.get(f"reports/stale?owner={unique}")[1]["flags"])
    assert report[0]["key"] == flag and report[0]["stage"] == "stale" and "expired" in report[0]["reasons"]
    queue = flags.get(f"reports/review?owner={unique}")[1]["owners"]
    assert [(entry["owner"], [item["key"] for item in entry["flags"]]) for entry in queue] == [(unique, [flag])]
    assert flags.post(f"reviews/{flag}", keep_until=soon(3600), note="until the sale ends")[0] == 200
    assert flags.get(f"reports/review?owner={unique}")[1]["owners"] == []
    assert flags.get(f"reviews/{flag}")[1]["note"] == "until the sale ends"
    assert flags.call("DELETE", f"reviews/{flag}")[0] == 204
    assert flags.get(f"reports/review?owner={unique}")[1]["owners"] != []
    assert flags.get("reports/stale?stage=mouldy")[0] == 400
