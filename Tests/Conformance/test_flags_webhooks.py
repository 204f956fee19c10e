"""Exposures that are sent away: who is sent what, signed how, tried how often, and where nothing may be sent."""

import base64
import http.server
import json
import queue
import threading

import pytest
import standardwebhooks

import harness

from test_flags_rollout import eventually
from test_flags_vault import Flags

pytestmark = pytest.mark.beyond_bao(reason="feature flags are this server's own")


class Receiver:
    """An HTTP server that notes what it is sent and answers as it is told; 200 by default."""

    def __init__(self):
        self.messages = queue.Queue()
        self.answers = queue.Queue()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.messages.put((self.path, dict(self.headers.items()), body))
                status, headers = receiver.answers.get() if not receiver.answers.empty() else (200, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/exposures?tenant=7"

    def next(self, seconds=20):
        return self.messages.get(timeout=seconds)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    one = Receiver()
    yield one
    one.close()


@pytest.fixture(scope="module")
def sending():
    """A server whose configuration lets webhooks speak to this machine."""
    shared = harness.Server(tls=False, extra={("webhooks",): {"allowed_networks": ["127.0.0.0/8"]}}).ready()
    yield shared
    shared.discard()


@pytest.fixture
def flags(sending):
    return Flags(sending)


def recorded(flags, name, environment="dev"):
    assert flags.post(f"definitions/{name}", type="boolean", record_exposures=True)[0] == 200
    status, data = flags.post(f"states/{environment}/{name}", on=True, fallthrough={"variation": "on"})
    assert status == 200, data
    return name


def opened(secret, headers, body):
    """The message, once the receivers' own library has found its signature right."""
    return standardwebhooks.Webhook(secret).verify(body, headers)


def test_exposures_arrive_signed(flags, receiver, unique):
    flag = recorded(flags, unique)
    status, made = flags.post(f"webhooks/{unique}", url=receiver.url, environments=["dev"], flags=[flag])
    assert status == 200, made
    flags.evaluate("dev", flag, targetingKey="ada")
    path, headers, body = receiver.next()
    assert path == "/exposures?tenant=7"
    message = opened(made["secret"], headers, body)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        opened(made["secret"], headers, body.replace(b"ada", b"eve"))
    assert message["type"] == "exposures.recorded"
    assert (message["data"]["environment"], message["data"]["flag"]) == ("dev", flag)
    [exposure] = message["data"]["exposures"]
    assert (exposure["targeting_key"], exposure["variation"], exposure["number"]) == ("ada", "on", 1)
    state = eventually(lambda: (found := flags.get(f"webhooks/{unique}")[1])["pending"] == 0 and found)
    assert state["failures"] == 0 and state["last_success"]
    assert "secret" not in state


def test_only_what_was_asked_for_is_sent_and_once(flags, receiver, unique):
    flag, other = recorded(flags, unique), recorded(flags, unique + "-other")
    assert flags.post(f"webhooks/{unique}", url=receiver.url, flags=[flag])[0] == 200
    for user in ("ada", "ada"):
        flags.evaluate("dev", other, targetingKey=user)
        flags.evaluate("dev", flag, targetingKey=user)
    message = json.loads(receiver.next()[2])
    assert message["data"]["flag"] == flag
    # What comes next is the test message: nothing of the other flag, and nothing twice.
    assert flags.post(f"webhooks/{unique}/test")[0] == 200
    assert json.loads(receiver.next()[2])["type"] == "test"


def test_a_message_that_is_not_taken_is_sent_again_with_the_same_identifier(flags, receiver, unique):
    flag = recorded(flags, unique)
    receiver.answers.put((503, {}))
    assert flags.post(f"webhooks/{unique}", url=receiver.url, flags=[flag])[0] == 200
    flags.evaluate("dev", flag, targetingKey="ada")
    _, first, body = receiver.next()
    state = eventually(lambda: (found := flags.get(f"webhooks/{unique}")[1])["failures"] == 1 and found)
    assert (state["last_error"], state["pending"]) == ("the receiver answered 503", 1)
    assert state["next_attempt"]
    _, again, same = receiver.next()
    assert (again["webhook-id"], same) == (first["webhook-id"], body)
    state = eventually(lambda: (found := flags.get(f"webhooks/{unique}")[1])["pending"] == 0 and found)
    assert (state["failures"], state["last_error"]) == (0, None)


def test_what_waits_survives_a_restart(new_server, receiver, unique):
    one = new_server(extra={("webhooks",): {"allowed_networks": ["127.0.0.0/8"]}})
    one.initialise()
    one.unseal()
    flags = Flags(one)
    flags_mounted(one)
    flag = recorded(flags, unique)
    receiver.answers.put((500, {}))
    assert flags.post(f"webhooks/{unique}", url=receiver.url)[0] == 200
    flags.evaluate("dev", flag, targetingKey="ada")
    first = receiver.next()[1]["webhook-id"]
    eventually(lambda: flags.get(f"webhooks/{unique}")[1]["failures"] == 1)
    one.stop()
    one.start()
    one.unseal()
    assert receiver.next()[1]["webhook-id"] == first


def flags_mounted(one):
    """Mounts `flags/` unless it is there."""
    reply = one.call("GET", "/v1/sys/mounts/flags", token="root")
    if reply.status != 200:
        reply = one.call("POST", "/v1/sys/mounts/flags", token="root", body={"type": "flags"})
        assert reply.status == 204, reply.body


def test_a_receiver_that_is_gone_is_sent_nothing_more(flags, receiver, unique):
    receiver.answers.put((410, {}))
    assert flags.post(f"webhooks/{unique}", url=receiver.url)[0] == 200
    assert flags.post(f"webhooks/{unique}/test")[0] == 200
    receiver.next()
    state = eventually(lambda: not (found := flags.get(f"webhooks/{unique}")[1])["enabled"] and found)
    assert "410" in state["last_error"]
    assert flags.post(f"webhooks/{unique}/test") == (400, ["the webhook is switched off"])
    flags.call("DELETE", f"webhooks/{unique}")


def test_redirects_are_not_followed(flags, receiver, unique):
    receiver.answers.put((307, {"Location": receiver.url.replace("/exposures", "/elsewhere")}))
    assert flags.post(f"webhooks/{unique}", url=receiver.url)[0] == 200
    assert flags.post(f"webhooks/{unique}/test")[0] == 200
    assert receiver.next()[0].startswith("/exposures")
    state = eventually(lambda: (found := flags.get(f"webhooks/{unique}")[1])["failures"] == 1 and found)
    assert state["last_error"] == "the receiver answered 307"
    assert receiver.messages.empty()
    assert flags.call("DELETE", f"webhooks/{unique}") == (204, None)
    assert flags.get(f"webhooks/{unique}")[0] == 404


def test_a_receiver_that_is_not_there_is_told_of(flags, receiver, unique):
    receiver.close()
    assert flags.post(f"webhooks/{unique}", url=receiver.url)[0] == 200
    assert flags.post(f"webhooks/{unique}/test")[0] == 200
    state = eventually(lambda: (found := flags.get(f"webhooks/{unique}")[1])["failures"] and found)
    assert (state["last_error"], state["pending"]) == ("the receiver cannot be reached", 1)
    flags.call("DELETE", f"webhooks/{unique}")


def test_secrets_are_told_once_and_can_be_changed(flags, receiver, unique):
    own = "whsec_" + base64.b64encode(b"k" * 24).decode()
    status, data = flags.post(f"webhooks/{unique}", url=receiver.url, secret=own)
    assert status == 200 and "secret" not in data
    assert flags.post(f"webhooks/{unique}/test")[0] == 200
    _, headers, body = receiver.next()
    assert opened(own, headers, body)["type"] == "test"
    changed = flags.post(f"webhooks/{unique}", rotate_secret=True)[1]["secret"]
    assert changed != own
    assert "secret" not in flags.post(f"webhooks/{unique}", description="for the warehouse")[1]
    assert flags.post(f"webhooks/{unique}/test")[0] == 200
    _, headers, body = receiver.next()
    assert opened(changed, headers, body)["type"] == "test"
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        opened(own, headers, body)
    status, listed = flags.call("LIST", "webhooks")
    assert status == 200 and changed not in json.dumps(listed)
    assert listed["key_info"][unique]["description"] == "for the warehouse"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "https://user:pass@example.com/"}, "url"),
        ({"url": "https://example.com/#part"}, "url"),
        ({"url": "https://example.com:0/"}, "url"),
        ({"url": "https://example.com:99999/"}, "url"),
        ({"url": "https:///path"}, "url"),
        ({"url": "https://[::1/"}, "url"),
        ({"url": "https://example.com/\u00e9"}, "url"),
        ({"url": "https://example.com/" + "a" * 2048}, "url"),
        ({"url": "https://example.com/", "secret": "whsec_c2hvcnQ="}, "secret"),
        ({"url": "https://example.com/", "environments": ["nowhere"]}, "environments"),
        ({"url": "https://example.com/", "flags": ["no-such-flag"]}, "flags"),
        ({"url": "https://example.com/", "enabled": "yes"}, "enabled"),
        ({"url": "https://example.com/", "uri": "x"}, "uri"),
    ],
)
def test_what_is_wrong_with_a_webhook_is_named(flags, unique, body, field):
    status, errors = flags.post(f"webhooks/{unique}", **body)
    assert status == 400 and errors[0].startswith(field), errors
    assert flags.get(f"webhooks/{unique}")[0] == 404


def test_without_configuration_nothing_goes_to_this_machine(plain, receiver, unique):
    flags = Flags(plain)
    status, errors = flags.post(f"webhooks/{unique}", url=receiver.url)
    assert status == 400 and "https://" in errors[0]
    secure = receiver.url.replace("http://", "https://")
    assert flags.post(f"webhooks/{unique}", url=secure)[0] == 200
    assert flags.post(f"webhooks/{unique}/test")[0] == 200
    state = eventually(lambda: (found := flags.get(f"webhooks/{unique}")[1])["failures"] and found)
    assert state["last_error"] == "the server's configuration does not allow the receiver's address"
    assert receiver.messages.empty()
    flags.call("DELETE", f"webhooks/{unique}")


def test_webhooks_ask_for_sudo(flags, receiver, unique):
    server = flags.server
    rules = 'path "flags/*" { capabilities = ["create", "read", "update", "delete", "list"] }'
    assert server.call("PUT", f"/v1/sys/policies/acl/{unique}", token="root", body={"policy": rules}).status == 204
    reply = server.call("POST", "/v1/auth/token/create", token="root", body={"policies": [unique]})
    token = json.loads(reply.body)["auth"]["client_token"]
    restricted = Flags(server, token)
    assert restricted.post(f"webhooks/{unique}", url=receiver.url)[0] == 403
    assert restricted.call("LIST", "webhooks")[0] == 403
