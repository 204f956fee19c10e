"""Server-sent events: who listens hears of every change, at once, also of those that came while nobody listened."""

import ssl
import time

import httpx
import pytest
import wire

from flag_server import flags, key, Flags  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="feature flags are not among OpenBao's engines")

# In seconds, what an operator who uses the emergency switch counts on.
SOON = 1


def identifiers(events):
    """The identifiers of events as numbers."""
    return [int(event["id"]) for event in events]


def revision(change):
    """The revision that a change made."""
    return change.json["data"]["revision"]


# -- remote evaluation ----------------------------------------------------------------------------


def test_a_stream_is_one(flags, key):
    with flags.listen() as stream:
        assert stream.status == 200
        assert stream.header("Content-Type").startswith("text/event-stream")
        assert "no-" in stream.header("Cache-Control")
        stream.until(flags.define(key))
        assert stream.retry == 2000


def test_a_kill_is_heard_within_a_second(flags, key):
    flags.make(key)
    with flags.listen() as stream:
        before = time.time()
        event = stream.until(flags.kill(key), SOON)[-1]
        assert event["event"] == "message"
        assert event["data"]["type"] == "refetchEvaluation"
        assert event["data"]["etag"] == f'"{event["id"]}"'
        assert before - 2 <= event["data"]["lastModified"] <= time.time() + 2
        # Whoever heard of it gets it.
        assert flags.all()[key]["reason"] == "DISABLED"


def test_every_change_has_an_event_of_its_own_in_order(flags, key):
    first = flags.define(key)
    with flags.listen() as stream:
        stream.until(first)
        changes = [flags.toggle(key, on) for on in (False, True) * 5]
        assert identifiers(stream.until(changes[-1])) == [revision(change) for change in changes]


def test_all_who_listen_hear_it(flags, key):
    flags.make(key)
    address = flags.stream_address()
    streams = [flags.listen(address) for _ in range(50)]
    try:
        kill = flags.kill(key)
        limit = time.monotonic() + SOON
        for stream in streams:
            stream.until(kill, max(limit - time.monotonic(), 0.01))
    finally:
        for stream in streams:
            stream.connection.close()


def test_who_comes_back_hears_what_was_missed_once(flags, key):
    flags.make(key)
    with flags.listen() as stream:
        last = stream.until(flags.toggle(key, False))[-1]["id"]
    *_, missed = [flags.toggle(key, on) for on in (True, False, True)]
    with flags.listen(headers=[("Last-Event-ID", last)]) as stream:
        now = flags.toggle(key, False)
        # Of all that was missed, one event: there is nothing to do but to ask again.
        assert identifiers(stream.until(now)) == [revision(missed), revision(now)]
    with flags.listen(headers=[("Last-Event-ID", str(revision(now)))]) as stream:
        later = flags.toggle(key, True)
        assert identifiers(stream.until(later)) == [revision(later)]


def test_who_comes_for_the_first_time_hears_of_a_change_just_made(flags, key):
    change = flags.define(key)
    with flags.listen() as stream:
        assert identifiers(stream.until(change)) == [revision(change)]


def test_who_is_ahead_is_told_where_the_server_is(flags, key):
    change = flags.define(key)
    with flags.listen(headers=[("Last-Event-ID", "999999999")]) as stream:
        assert stream.until(change)[0]["data"]["type"] == "refetchEvaluation"


@pytest.mark.parametrize("last", ["nonsense", "-1", "1.5", "99999999999999999999999"])
def test_an_identifier_that_is_none_is_refused(flags, last):
    with flags.listen(headers=[("Last-Event-ID", last)]) as stream:
        assert stream.status == 400


def test_other_environments_are_not_heard(flags, key):
    first = flags.define(key)
    with flags.listen() as prod, flags.listen(flags.stream_address(token=flags.token(environment="dev"))) as dev:
        for stream in (prod, dev):
            stream.until(first)
        there = flags.toggle(key, True, environment="dev")
        # What a flag is shows everywhere.
        everywhere = flags.define(key, description="changed")
        assert identifiers(dev.until(everywhere)) == [revision(there), revision(everywhere)]
        assert identifiers(prod.until(everywhere)) == [revision(everywhere)]


def test_the_address_is_the_right_to_listen(flags):
    address = flags.stream_address()
    channel = address.rpartition("/")[2]
    assert len(channel) >= 22
    staging = flags.stream_address(headers=[("X-PulseVault-Environment", "staging")])
    assert staging.rpartition("/")[2] != channel
    wrong = [
        address[:-1] + ("0" if address[-1] != "0" else "1"),
        address[:-1],
        address + "0",
        address.replace("/prod/", "/staging/"),
        address.replace("/prod/", "/nowhere/"),
    ]
    for target in wrong:
        # A token, even the root token, opens no channel that is not there.
        for token in (None, "root"):
            with flags.listen(target, token=token) as stream:
                assert stream.status == 404, target
    for target in (address.rpartition("/")[0], address.rpartition("/")[0] + "/"):
        with flags.listen(target) as stream:
            assert stream.status in (403, 404), target


def test_events_name_no_flag(flags, key):
    with flags.listen() as stream:
        events = stream.until(flags.define(key))
        assert {frozenset(event["data"]) for event in events} == {frozenset(["type", "etag", "lastModified"])}


def test_a_stream_of_http2_is_one_of_many_on_its_connection(server, key):
    own = Flags(server)
    headers = {"Authorization": f"Bearer {server.root_token}"}
    with httpx.Client(http2=True, verify=ssl.create_default_context(cafile=server.cafile), timeout=10) as client:
        with client.stream("GET", server.address + own.stream_address()) as stream:
            assert (stream.http_version, stream.status_code) == ("HTTP/2", 200)
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            change = own.define(key)
            assert client.post(f"{server.address}/ofrep/v1/evaluate/flags", json={}, headers=headers).status_code == 200
            assert f"id: {revision(change)}" in lines


# -- with a token ---------------------------------------------------------------------------------


def test_changes_name_their_flags_and_never_their_rules(flags, key):
    condition = {"attribute": "mail", "operator": "in", "values": ["secret@example.com"]}
    token = flags.token({"flags/changes/prod": ["read"]})
    with flags.listen("/v1/flags/changes/prod", token=token) as stream:
        assert (stream.status, stream.header("Content-Type").split(";")[0]) == (200, "text/event-stream")
        defined = flags.define(key)
        made = flags.state(key, rules=[{"if": [condition], "serve": {"variation": "on"}}])
        events = stream.until(made)
        # Without a Last-Event-ID only what is still to come is told.
        assert identifiers(events) == [revision(defined), revision(made)]
        for event in events:
            assert event["event"] == "change"
            assert set(event["data"]) <= {"revision", "flags", "segments", "time"}
            assert (event["data"]["flags"], event["data"]["revision"]) == ([key], int(event["id"]))


def test_changes_missed_are_told_one_by_one(flags, key):
    flags.make(key)
    with flags.listen("/v1/flags/changes/prod", token="root") as stream:
        last = stream.until(flags.toggle(key, False))[-1]["id"]
    missed = [flags.toggle(key, True), flags.define(f"{key}-more"), flags.toggle(f"{key}-more", True)]
    with flags.listen("/v1/flags/changes/prod", [("Last-Event-ID", last)], token="root") as stream:
        events = stream.until(flags.kill(key))
        assert [event["data"]["flags"] for event in events] == [[key], [f"{key}-more"], [f"{key}-more"], [key]]
        assert identifiers(events[:-1]) == [revision(change) for change in missed]


def test_changes_want_a_token_that_may_read_them(flags):
    for token in (None, "hvs.unknown", flags.token(), flags.token({"flags/changes/dev": ["read"]})):
        with flags.listen("/v1/flags/changes/prod", token=token) as stream:
            assert stream.status == 403
    with flags.listen("/v1/flags/changes/nowhere", token="root") as stream:
        assert stream.status == 404


def test_signs_of_life_come_and_a_revoked_token_hears_no_more(flags, key):
    token = flags.token({"flags/changes/prod": ["read"]})
    with flags.listen() as quiet, flags.listen("/v1/flags/changes/prod", token=token) as stream:
        assert (quiet.status, stream.status) == (200, 200)
        flags.server.call("POST", "/v1/auth/token/revoke", token="root", body={"token": token})
        assert stream.ends(35)
        quiet.until(flags.define(key))
        assert quiet.comments


def test_a_token_that_is_revoked_does_not_hear_of_the_next_change(flags, key):
    token = flags.token({"flags/changes/prod": ["read"]})
    with flags.listen("/v1/flags/changes/prod", token=token) as stream:
        stream.until(flags.define(key))
        flags.server.call("POST", "/v1/auth/token/revoke", token="root", body={"token": token})
        flags.define(f"{key}-more")
        with pytest.raises(wire.Closed):
            stream.next()


# -- the end --------------------------------------------------------------------------------------


def test_streams_end_when_the_vault_is_sealed(new_server, key):
    server = new_server()
    server.initialise()
    server.unseal()
    own = Flags(server)
    own.make(key)
    address = own.stream_address()
    with own.listen(address) as remote, own.listen("/v1/flags/changes/prod", token="root") as changes:
        assert (remote.status, changes.status) == (200, 200)
        assert server.call("POST", "/v1/sys/seal", token="root").status == 204
        assert remote.ends(5)
        assert changes.ends(5)
    with own.listen(address) as stream:
        assert stream.status == 503
    for name in (key, None):
        answer = own.ask(name)
        assert answer.status == 503
        assert answer.json["errorDetails"]
    server.unseal()
    assert own.stream_address() == address
    with own.listen(address) as stream:
        assert stream.status == 200


def test_streams_end_when_the_server_goes(new_server, key):
    server = new_server()
    server.initialise()
    server.unseal()
    own = Flags(server)
    with own.listen() as stream:
        stream.until(own.define(key))
        before = time.monotonic()
        assert server.stop() == 0
        assert stream.ends(5)
    # Listeners do not hold the server up.
    assert time.monotonic() - before < 8
