"""`vaultcli flag`: variations that spread, changes that wait, what is recorded, and flags that should go."""

import csv
import io
import json
import os
import pathlib
import subprocess
import time

import pytest

import harness
from flag_server import flags, key, Flags  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="feature flags are not among OpenBao's engines")

# In seconds, what the server may take for what it does by itself.
SOON = 30
OFF = {"fallthrough": {"variation": "off"}}


def client_binary():
    """The tool under test: `VAULTCLI_BIN`, else the one beside the server."""
    beside = pathlib.Path(harness.server_binary()).parent / "vaultcli"
    return os.environ.get("VAULTCLI_BIN") or str(beside)


@pytest.fixture
def cli(flags):
    """Runs one `vaultcli flag` command, with the root token unless another is given."""
    if not os.access(client_binary(), os.X_OK):
        pytest.fail("no vaultcli: build it, or set VAULTCLI_BIN")

    def run(*words, check=0, token=None, stdin=None, group="flag"):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PULSEVAULT_")}
        environment |= {
            "VAULT_ADDR": flags.server.address,
            "VAULT_TOKEN": token or flags.server.root_token,
            "HOME": str(flags.server.folder),
        }
        done = subprocess.run(
            [client_binary(), group, *words],
            env=environment,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == check, (
            f"vaultcli {group} {' '.join(words)} ended with {done.returncode}, not {check}\n"
            f"{done.stdout}\n{done.stderr}"
        )
        return done

    return run


@pytest.fixture
def data(cli):
    """The data that a command shows with `-format=json`."""

    def run(*words, **options):
        answer = json.loads(cli(*words, "-format=json", **options).stdout)
        return answer["data"] if "request_id" in answer else answer

    return run


def eventually(ask, limit=SOON):
    """The first answer that is true, asked again until it is."""
    end = time.monotonic() + limit
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < end, f"still {answer!r} after {limit} s"
        time.sleep(0.2)


def state(flags, key, environment="prod"):
    """A flag's state."""
    return flags.write(f"states/{environment}/{key}", method="GET").json["data"]


def recorded(flags, key, **more):
    """A flag that remembers who was given what, and gives everyone `off`."""
    flags.define(key, record_exposures=True, **more)
    flags.state(key, on=True, off_variation="off", **OFF)
    return key


def report(flags, key, people, variation="on", environment="prod"):
    """Exposures, as a client that evaluates by itself reports them."""
    people = list(people)
    for start in range(0, len(people), 1000):
        batch = [{"targeting_key": person, "variation": variation} for person in people[start : start + 1000]]
        flags.write(f"exposures/{environment}/{key}", {"exposures": batch})


# -- ramps ----------------------------------------------------------------------------------------


def test_a_ramp_spreads_a_variation_step_by_step(flags, key, cli, data):
    flags.make(key, **OFF)
    done = cli("ramp", "start", key, "-env=prod", "-to", "on", "-steps", "1%:1h,12.5%:2h,100%", "-reason", "canary")
    assert done.stdout.startswith(f"Success! Ramp of {key} in prod: running, 1% get on (step 1 of 3) until 20")
    assert state(flags, key)["fallthrough"]["split"][0] == {"variation": "on", "weight": 1000}

    ramp = data("ramp", "status", key)
    assert (ramp["phase"], ramp["percent"], ramp["step"], ramp["target_variation"]) == ("running", 1, 0, "on")
    assert [(step["percent"], step["hold"], step["gates"]) for step in ramp["steps"]] == [
        (1, 3600, []),
        (12.5, 7200, []),
        (100, 0, []),
    ]
    assert data("ramp", "list")["key_info"][key] == {
        "phase": "running", "percent": 1, "step": 0, "steps": 3, "target_variation": "on",
    }

    assert "12.5% get on (step 2 of 3) until 20" in cli("ramp", "advance", key, "-env=prod").stdout
    table = cli("ramp", "status", key).stdout
    lines = [line.split() for line in table.splitlines()]
    assert ["1", "1%", "1h", "done", "-"] in lines
    assert ["2", "12.5%", "2h", "running", "-"] in lines
    assert ["3", "100%", "0s", "-", "-"] in lines

    cli("ramp", "advance", key, "-env=prod")
    assert eventually(lambda: data("ramp", "status", key)["phase"] == "finished")
    assert state(flags, key)["fallthrough"] == {"variation": "on"}
    assert flags.ask(key, {"targetingKey": "user-1"}).json["value"] is True


def test_a_ramp_goes_on_by_itself_when_a_step_has_lasted(flags, key, cli, data):
    flags.make(key, **OFF)
    cli("ramp", "start", key, "-env=prod", "-steps=1%:1s,100%")
    eventually(lambda: data("ramp", "status", key)["phase"] == "finished")
    assert state(flags, key)["fallthrough"] == {"variation": "on"}


def test_people_open_the_gate_between_steps(flags, key, cli, data):
    flags.make(key, **OFF)
    started = cli("ramp", "start", key, "-env=prod", "-steps=1%,50%:1h,100%", "-approvals=2")
    assert "(step 1 of 3), for 2 approvals (0 so far)" in started.stdout
    assert started.stderr == f"To agree to the next step: vaultcli flag ramp approve {key} -env=prod\n"
    assert "for 2 approvals (1 so far)" in cli("ramp", "approve", key, "-env=prod").stdout
    # The same person again counts once.
    assert "for 2 approvals (1 so far)" in cli("ramp", "approve", key, "-env=prod").stdout

    policy = flags.policy({"flags/*": ["read", "update", "patch", "create"]})
    body = {"policies": [policy], "display_name": "bo"}
    bo = flags.server.call("POST", "/v1/auth/token/create", token="root", body=body).json["auth"]["client_token"]
    done = cli("ramp", "approve", key, "-env=prod", token=bo)
    assert "running, 50% get on (step 2 of 3) until 20" in done.stdout and done.stderr == ""
    gates = [step["gates"] for step in data("ramp", "status", key)["steps"]]
    assert gates == [[{"kind": "approval", "approvals": 2}]] * 2 + [[]]


def test_a_paused_ramp_stands_still_and_an_aborted_one_takes_everything_back(flags, key, cli, data):
    flags.make(key, type="string", variations={"a": "A", "b": "B", "c": "C"}, **{
        "fallthrough": {"split": [{"variation": "a", "weight": 70000}, {"variation": "c", "weight": 30000}]}
    })
    before = state(flags, key)["fallthrough"]
    cli("ramp", "start", key, "-env=prod", "-to=b", "-steps=10%:1h,100%")
    assert state(flags, key)["fallthrough"] != before

    done = cli("ramp", "pause", key, "-env=prod", "-reason=nobody is here")
    assert done.stdout == f"Success! Ramp of {key} in prod: paused, 10% get b (step 1 of 2): nobody is here\n"
    assert cli("ramp", "status", key, "-field=phase").stdout == "paused"
    cli("ramp", "pause", key, "-env=prod", check=2)
    assert "running, 10% get b (step 1 of 2) until" in cli("ramp", "resume", key, "-env=prod").stdout

    done = cli("ramp", "abort", key, "-env=prod", "-reason=refunds")
    assert done.stdout == f"Success! Ramp of {key} in prod: aborted, all is as before the ramp: refunds\n"
    assert state(flags, key)["fallthrough"] == before
    cli("ramp", "advance", key, "-env=prod", check=2)


def test_a_deleted_ramp_leaves_what_it_reached(flags, key, cli, data):
    other = flags.make(key + "-b", **OFF)
    flags.make(key, **OFF)
    for one in (key, other):
        cli("ramp", "start", one, "-env=prod", "-steps=20%:1h,100%")
    assert cli("ramp", "delete", key, "-env=prod").stdout == f"Success! Deleted the ramp of {key} in prod\n"
    assert cli("ramp", "status", key, check=2).stderr == f"Flag {key} has no ramp in prod\n"
    listed = data("ramp", "list")["keys"]
    assert other in listed and key not in listed
    assert state(flags, key)["fallthrough"]["split"][0] == {"variation": "on", "weight": 20000}
    assert cli("ramp", "list", "-env=dev", check=2).stderr == "No flag has a ramp in dev\n"


def test_a_guard_that_is_broken_aborts_the_ramp(flags, key, cli, data):
    recorded(flags, key)
    metric = f"errors-{key}"
    cli("ramp", "start", key, "-env=prod", "-steps=50%:1h,100%", "-guard", f"{metric}<=0.05:abort", "-sample=100000")
    gates = data("ramp", "status", key)["steps"][0]["gates"]
    assert gates == [
        {"kind": "sample", "minimum": 100000},
        {"kind": "guard", "metric": metric, "max": 0.05, "on_breach": "abort"},
    ]
    report(flags, key, ["user-1"])
    done = cli("track", metric, "-env=prod", "-targeting-key=user-1", "-value=0.5")
    assert done.stdout == f"Success! Tracked {metric} of user-1 in prod\n"
    eventually(lambda: data("ramp", "status", key)["phase"] == "aborted")
    table = cli("ramp", "status", key).stdout
    assert f"metric {metric}" in table and "mean 0.5 of 1" in table
    assert state(flags, key)["fallthrough"] == {"variation": "off"}


@pytest.mark.parametrize("way", ["file", "input", "word"])
def test_a_plan_has_other_gates_for_other_steps(flags, key, cli, data, tmp_path, way):
    flags.make(key, **OFF)
    steps = [
        {"percent": 5, "hold": "1h30m", "gates": [{"kind": "time", "at": "2999-01-01T00:00:00Z"}]},
        {"percent": 50, "hold": 60, "gates": [{"kind": "approval", "approvals": 3}]},
        {"percent": 100, "hold": 0, "gates": []},
    ]
    text = json.dumps({"steps": steps, "target_variation": "on"})
    (tmp_path / "plan.json").write_text(text)
    plan = {"file": f"@{tmp_path}/plan.json", "input": "-", "word": text}[way]
    cli("ramp", "start", key, "-env=prod", "-plan", plan, stdin=text if way == "input" else None)
    assert data("ramp", "status", key)["steps"] == [steps[0] | {"hold": 5400}, *steps[1:]]


@pytest.mark.parametrize(
    "words, message",
    [
        (["-steps=1,100"], "Say in which environment"),
        (["-env=prod"], "Say the steps"),
        (["-env=prod", "-steps=1%:soon,100%"], "step 1"),
        (["-env=prod", "-steps=1,100", "-guard=errors<0.1"], "-guard"),
        (["-env=prod", "-steps=100", "-approvals=1"], "one step only"),
        (["-env=prod", "-plan={}", "-sample=5"], "plan"),
        (["-env=prod", "-plan=[]"], "-plan must be one JSON object"),
    ],
)
def test_a_ramp_that_cannot_be_meant_is_refused_here(flags, key, cli, words, message):
    flags.make(key, **OFF)
    assert message in cli("ramp", "start", key, *words, check=1).stderr
    cli("ramp", "status", key, check=2)


def test_a_ramp_that_cannot_work_is_refused_by_the_server(flags, key, cli):
    flags.make(key, **OFF)
    assert "percent" in cli("ramp", "start", key, "-env=prod", "-steps=50,10", check=2).stderr
    assert "target_variation" in cli("ramp", "start", key, "-env=prod", "-to=none", "-steps=5,10", check=2).stderr
    cli("ramp", "start", key, "-env=prod", "-steps=5%:1h,10%")
    assert "abort" in cli("ramp", "start", key, "-env=prod", "-steps=5,10", check=2).stderr
    flags.toggle(key, False, "prod")
    cli("ramp", "delete", key, "-env=prod")
    assert "off" in cli("ramp", "start", key, "-env=prod", "-steps=5,10", check=2).stderr


# -- scheduled changes ----------------------------------------------------------------------------


def test_a_change_waits_is_listed_and_is_taken_back(flags, key, cli, data):
    flags.make(key)
    before = time.time()
    done = cli("schedule", "add", key, "-env=prod", "-at", "+2h", "-off", "-reason=end of the sale")
    assert done.stdout.startswith(f"Success! {key} in prod changes at 20")
    (name,) = (listed := data("schedule", "list", key))["keys"]
    change = listed["key_info"][name]
    assert (change["change"], change["reason"], change["status"]) == ({"on": False}, "end of the sale", "waiting")
    due = time.mktime(time.strptime(change["at"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert before + 7200 <= due <= time.time() + 7201

    assert f"{key}/{name}" in data("schedule", "list")["keys"]
    row = next(line for line in cli("schedule", "list").stdout.splitlines() if line.startswith(f"{key}/{name}"))
    assert '{"on":false}' in row and "waiting" in row and "end of the sale" in row

    second = data("schedule", "add", key, "-env=prod", "-at=2999-01-01", "-change", json.dumps(OFF))
    assert second["at"] == "2999-01-01T00:00:00Z"
    assert data("schedule", "list", key)["keys"] == [name, second["id"]]
    done = cli("schedule", "delete", name, "-env=prod")
    assert done.stdout == f"Success! Deleted change {name} of {key} in prod\n"
    cli("schedule", "delete", f"{key}/{second['id']}", "-env=prod")
    assert cli("schedule", "list", key, check=2).stderr == f"No change of flag {key} is scheduled in prod\n"
    cli("schedule", "delete", name, "-env=prod", check=2)


def test_a_change_is_made_when_its_time_has_come(flags, key, cli):
    flags.make(key)
    cli("schedule", "add", key, "-env=prod", "-at=+1s", "-off")
    eventually(lambda: state(flags, key)["on"] is False)
    cli("schedule", "list", key, check=2)
    assert "schedule" in cli("history", key, "-limit=1").stdout


@pytest.mark.parametrize(
    "words, status, message",
    [
        (["-at=+1h", "-env=prod"], 1, "what is to change"),
        (["-at=+1h", "-env=prod", "-on", "-off"], 1, "both"),
        (["-at=soon", "-env=prod", "-on"], 1, "-at must be"),
        (["-at=+1h", "-on"], 1, "Say in which environment"),
        (["-at=-1h", "-env=prod", "-on"], 2, "past"),
        (["-at=2001-01-01", "-env=prod", "-on"], 2, "past"),
        (["-at=+1h", "-env=prod", '-change={"fallthrough":{"variation":"nothing"}}'], 2, "variation"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_at_once(flags, key, cli, words, status, message):
    flags.make(key)
    assert message in cli("schedule", "add", key, *words, check=status).stderr
    cli("schedule", "list", key, check=2)


# -- what is recorded -----------------------------------------------------------------------------


def test_exposures_are_printed_to_the_end(flags, key, cli):
    recorded(flags, key)
    people = [f'user-{number}, "née"' for number in range(2345)]
    report(flags, key, people)
    lines = [json.loads(line) for line in cli("exposures", key).stdout.splitlines()]
    assert [line["targeting_key"] for line in lines] == people
    numbers = [line["number"] for line in lines]
    assert numbers == sorted(set(numbers))

    rows = list(csv.DictReader(io.StringIO(cli("exposures", key, "-format-as=csv").stdout, newline="")))
    assert [row["targeting_key"] for row in rows] == people
    assert {row["variation"] for row in rows} == {"on"}

    rest = cli("exposures", key, "-after", str(numbers[2340])).stdout.splitlines()
    assert [json.loads(line)["number"] for line in rest] == numbers[2341:]
    assert cli("exposures", key, "-after", str(numbers[-1])).stdout == ""
    empty = cli("exposures", key, "-after", str(numbers[-1]), "-format-as=csv").stdout
    assert empty.splitlines() == ["number,targeting_key,variation,time,version,dark"]


def test_assignments_are_asked_by_flag_and_by_person(flags, key, cli, data):
    other = recorded(flags, key + "-b")
    recorded(flags, key)
    report(flags, key, [f"{key}-{number}" for number in range(1200)])
    report(flags, key, [f"{key}-0", f"{key}-1"], variation="off")
    report(flags, other, [f"{key}-0"])

    found = data("assignments", key, "-variation=on")["assignments"]
    assert sorted(one["targeting_key"] for one in found) == sorted(f"{key}-{number}" for number in range(2, 1200))
    assert len(data("assignments", key)["assignments"]) == 1200
    assert len(data("assignments", key, "-limit=7")["assignments"]) == 7
    table = cli("assignments", key, "-variation=off").stdout.splitlines()
    assert len(table) == 4 and table[0].split() == ["Targeting", "key", "Variation", "Time"]

    of_one = data("assignments", "-targeting-key", f"{key}-0")["assignments"]
    assert {(one["flag"], one["variation"], one["variations_seen"]) for one in of_one} == {
        (key, "off", 2),
        (other, "on", 1),
    }
    (one,) = data("assignments", key, "-key", f"{key}-5")["assignments"]
    assert one["variation"] == "on"
    assert "Nobody with that targeting key" in cli("assignments", key, "-key=nobody", check=2).stderr
    assert "Nobody with that targeting key" in cli("assignments", "-key=nobody", check=2).stderr
    cli("assignments", check=1)


def test_tracked_events_keep_their_value_and_time(flags, key, cli):
    cli("track", key, "-env=staging", "-targeting-key=u1", "-value", "-49.90", "-at=-10m")
    cli("track", key, "-env=staging", "-targeting-key=u2")
    events = flags.write(f"track/staging?event={key}", method="GET").json["data"]["events"]
    assert [(event["targeting_key"], event["value"]) for event in events] == [("u1", -49.9), ("u2", 1)]
    assert events[0]["time"] < events[1]["time"]
    cli("track", key, "-targeting-key=u1", check=1)
    assert "future" in cli("track", key, "-env=staging", "-targeting-key=u1", "-at=+1d", check=2).stderr


def test_an_evaluation_is_repeated_from_its_receipt(flags, key, cli, data, tmp_path):
    halves = [{"variation": "on", "weight": 50000}, {"variation": "off", "weight": 50000}]
    flags.make(key, **{"fallthrough": {"split": halves}})
    context = tmp_path / "context.json"
    context.write_text(json.dumps({"targetingKey": "user-7", "plan": "pro"}))
    receipt = cli("eval", key, f"-context=@{context}", "-receipt", "-field=receipt").stdout
    # What happens to the flag later changes nothing about what it was.
    flags.kill(key)
    assert cli("replay", receipt, f"-context=@{context}").stdout.startswith(f"The same: {key} in prod at 20")
    assert data("replay", receipt, "-key=user-7", "plan=pro")["same"] is True
    (tmp_path / "receipt").write_text(receipt + "\n")
    cli("replay", f"@{tmp_path}/receipt", f"-context=@{context}")
    cli("replay", "-", f"-context=@{context}", stdin=receipt)

    done = cli("replay", receipt, "-key=user-8", "plan=pro", check=2)
    assert done.stdout.startswith("~ ") and "context" in done.stdout
    assert done.stderr == "the context is not the one that was evaluated\n"
    assert data("replay", receipt, "-key=user-8", check=2)["same"] is False
    assert "receipt" in cli("replay", "bm90IG9uZQ", check=2).stderr


# -- reports --------------------------------------------------------------------------------------


def test_flags_that_should_go_are_listed_and_kept(flags, key, cli, data):
    owner = f"team-{key}"
    flags.define(key, owner=owner, expires="2020-01-01T00:00:00Z")
    flags.define(key + "-live", owner=owner)
    assert [flag["key"] for flag in data("stale", "-owner", owner)["flags"]] == [key]
    assert [flag["key"] for flag in data("stale", "-owner", owner, "-stage=live")["flags"]] == [key + "-live"]
    row = cli("stale", "-owner", owner).stdout.splitlines()[2].split()
    assert row[:3] == [key, "stale", owner] and "expired" in row
    assert cli("stale", "-owner", owner, "-stage=launched").stdout == "There is no such flag\n"
    assert "stage" in cli("stale", "-stage=dead", check=2).stderr

    queue = cli("review", "-owner", owner).stdout
    assert queue.startswith(f"{owner} (1)\n\nFlag ") and key in queue
    assert f"{owner} (1)\n" in cli("review").stdout
    done = cli("review", "keep", key, "-until=+30d", "-note=the bank is late")
    assert done.stdout.startswith(f"Success! Flag {key} is kept until 20")
    assert cli("review", "list", "-owner", owner).stdout == "There is nothing to decide about\n"
    review = data("review", "get", key)
    assert (review["key"], review["note"]) == (key, "the bank is late")
    assert "kept until " + review["keep_until"] in cli("stale", "-owner", owner).stdout

    assert cli("review", "delete", key).stdout == f"Success! Deleted the review of {key}\n"
    assert [one["owner"] for one in data("review", "-owner", owner)["owners"]] == [owner]
    assert cli("review", "get", key, check=2).stderr == f"Flag {key} was not reviewed\n"
    assert "past" in cli("review", "keep", key, "-until=2020-01-01", check=2).stderr
    cli("review", "keep", key, "-until=some day", check=1)


def test_usage_counts_variations(flags, key, cli, data):
    flags.make(key, targets=[{"variation": "off", "kind": "user", "keys": ["user-0"]}])
    for number in range(8):
        assert flags.ask(key, {"targetingKey": f"user-{number}"}).status == 200

    def counted():
        (usage,) = data("usage", key)["flags"]
        return usage if usage["total"] == 8 else None

    usage = eventually(counted)
    assert usage["variations"] == {"on": 7, "off": 1} and usage["last_evaluated"]
    table = cli("usage", key, "-days=2").stdout
    lines = [line.split() for line in table.splitlines()]
    assert ["variation", "on", "7", "(87.5%)"] in lines and ["variation", "off", "1", "(12.5%)"] in lines
    day = time.strftime("%Y-%m-%d", time.gmtime())
    assert any(line[:1] == [day] and sorted(line[1:]) == ["1", "7"] for line in lines)
    overview = next(line for line in cli("usage", "-env=prod").stdout.splitlines() if line.startswith(key + " "))
    assert "on 7 (87.5%)" in overview and "off 1 (12.5%)" in overview
    assert cli("usage", "no-" + key, check=2).stderr == f"There is no flag no-{key} in prod\n"
    cli("usage", "-days=0", check=1)
    cli("usage", "-env=nowhere", check=2)


def test_keys_that_no_flag_has_are_counted(flags, key, cli, data):
    for _ in range(3):
        assert flags.ask(key, {"targetingKey": "user-1"}).status == 404

    def counted():
        found = [flag for flag in data("unknown", "-env=prod")["flags"] if flag["key"] == key]
        return found if found and found[0]["count"] == 3 else None

    (flag,) = eventually(counted)
    assert flag["environment"] == "prod" and flag["first_seen"] <= flag["last_seen"]
    row = next(line.split() for line in cli("unknown").stdout.splitlines() if line.startswith(key))
    assert row[:3] == [key, "prod", "3"]
    assert all(flag["key"] != key for flag in data("unknown", "-env=staging")["flags"])


# -- all of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["ramp", "start", "{key}", "-env=prod", "-steps=1,100"], ["ramp", "status", "{key}"], ["ramp", "list"],
        ["ramp", "approve", "{key}", "-env=prod"], ["ramp", "delete", "{key}", "-env=prod"],
        ["schedule", "add", "{key}", "-env=prod", "-at=+1h", "-on"], ["schedule", "list"],
        ["exposures", "{key}"], ["assignments", "{key}"], ["assignments", "-key=u"],
        ["track", "e", "-env=prod", "-key=u"], ["stale"], ["review"], ["review", "keep", "{key}", "-until=+1d"],
        ["unknown"], ["usage"], ["replay", "eyJ"],
    ],
)  # fmt: skip
def test_without_the_right_nothing_is_told_or_done(flags, key, cli, words):
    flags.make(key, **OFF)
    token = flags.token({"flags/evaluate/*": ["evaluate"]})
    done = cli(*[word.format(key=key) for word in words], token=token, check=2)
    assert "permission denied" in done.stderr and done.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ["ramp", "start", "{key}", "-env=prod", "-steps=1,100"], ["ramp", "abort", "{key}", "-env=prod"],
        ["schedule", "add", "{key}", "-env=prod", "-at=+1h", "-on"], ["track", "e", "-env=prod", "-key=u"],
        ["review", "keep", "{key}", "-until=+1d"], ["exposures", "{key}"], ["assignments", "{key}"], ["stale"],
    ],
)  # fmt: skip
def test_a_dry_run_prints_the_request_and_sends_none(flags, key, cli, words):
    flags.make(key, **OFF)
    before = state(flags, key)
    words = [word.format(key=key) for word in words]
    assert cli(*words, "-output-curl-string").stdout.startswith("curl ")
    assert cli(*words, "-output-policy").stdout.startswith('path "flags/')
    assert state(flags, key) == before
    cli("ramp", "status", key, check=2)


def test_answers_are_yaml_too(flags, key, cli):
    flags.make(key, **OFF)
    done = cli("ramp", "start", key, "-env=prod", "-steps=1%:1h,100%", "-format=yaml")
    assert "  target_variation: \"on\"\n" in done.stdout and "  percent: 1\n" in done.stdout and done.stderr == ""
    assert "  phase: running\n" in cli("ramp", "status", key, "-format=yaml").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_the_new_words(cli, shell):
    script = cli(shell, group="completion").stdout
    for word in "ramp schedule override exposures assignments track replay stale review unknown usage".split():
        assert word in script


# -- what ends by itself --------------------------------------------------------------------------


def test_an_override_is_a_lease(flags, key, cli):
    flags.make(key, **OFF)
    told = cli("override", key, "ann", "on", "-env=prod", "-ttl=10m", "-reason=incident 7").stdout
    lease = told.split("until lease ")[1].split(" ends")[0]
    assert f"ann gets on of {key} in prod" in told
    assert state(flags, key)["targets"] == [{"variation": "on", "keys": ["ann"], "kind": "user"}]
    cli("revoke", "-sync", lease, group="lease")
    eventually(lambda: not state(flags, key)["targets"])
    assert "override" in cli("history", key).stdout


# -- what is sent away ----------------------------------------------------------------------------


def test_a_webhook_is_made_looked_at_switched_off_and_deleted(cli, key):
    made = cli("webhook", "set", key, "-url=https://127.0.0.1:9/hook", "-env=prod", "-description=for the warehouse")
    assert f"Webhook {key} sends to https://127.0.0.1:9/hook" in made.stdout and "Secret: whsec_" in made.stdout
    shown = json.loads(cli("webhook", "get", key, "-format=json").stdout)["data"]
    assert (shown["environments"], shown["enabled"], shown["pending"]) == (["prod"], True, 0)
    assert key in cli("webhook", "list").stdout
    assert "to be sent" in cli("webhook", "test", key).stdout
    changed = cli("webhook", "set", key, "-disable").stdout
    assert "is switched off" in changed and "whsec_" not in changed
    assert "switched off" in cli("webhook", "test", key, check=2).stderr
    assert "whsec_" in cli("webhook", "set", key, "-rotate-secret").stdout
    assert cli("webhook", "set", key, "-enable", "-disable", check=1).stderr
    assert "Deleted" in cli("webhook", "delete", key).stdout
    cli("webhook", "get", key, check=2)
