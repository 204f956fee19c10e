"""Web pages of other origins (W-07): none may speak to the server until somebody with sudo names theirs."""

import json

import pytest

pytestmark = pytest.mark.beyond_bao(reason="the answers are this server's own, exact to the header")

PAGE = "https://app.example.com"
PREFLIGHT = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization")]


@pytest.fixture
def asked(with_secret):
    """Makes requests as a browser would for a page, and switches the rules."""

    def ask(origin, method="GET", path="/v1/kv/data/x", headers=(), body=None, token="root"):
        return with_secret.call(method, path, token, body, [("Origin", origin), *headers])

    def allow(*origins):
        body = {"allowed_origins": list(origins)}
        return with_secret.call("POST", "/v1/sys/config/cors", "root", body)

    ask.allow, ask.server = allow, with_secret
    return ask


def test_by_default_nothing_is_said_about_origins(asked):
    reply = asked(PAGE)
    assert reply.status == 200 and reply.all_headers("Access-Control-Allow-Origin") == []
    reply = asked(PAGE, "OPTIONS", headers=PREFLIGHT, token=None)
    assert reply.status in (404, 405) and reply.all_headers("Access-Control-Allow-Origin") == []
    assert json.loads(asked.server.call("GET", "/v1/sys/config/cors", "root").body)["data"] == {"enabled": False}


def test_a_named_page_may_and_is_told_so(asked):
    assert asked.allow(PAGE, "http://localhost:3000").status == 204
    reply = asked(PAGE)
    assert reply.status == 200
    assert reply.all_headers("Access-Control-Allow-Origin") == [PAGE] and reply.all_headers("Vary") == ["Origin"]
    assert "ETag" in reply.header("Access-Control-Expose-Headers")
    assert reply.all_headers("Access-Control-Allow-Credentials") == []
    reply = asked(PAGE, token="hvs.wrong")
    assert reply.status == 403 and reply.all_headers("Access-Control-Allow-Origin") == [PAGE]
    reply = asked(PAGE, "OPTIONS", "/ofrep/v1/evaluate/flags", PREFLIGHT, token=None)
    assert reply.status == 204 and reply.body == b""
    assert "POST" in reply.header("Access-Control-Allow-Methods")
    assert "Authorization" in reply.header("Access-Control-Allow-Headers")
    assert "X-Vault-Policy-Override" in reply.header("Access-Control-Allow-Headers")
    reply = asked(PAGE, "POST", "/ofrep/v1/evaluate/flags", body={"context": {}})
    assert reply.status == 200 and reply.all_headers("Access-Control-Allow-Origin") == [PAGE]


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example.com.evil.test",
        "https://evil-app.example.com",
        "http://app.example.com",
        "https://APP.example.com",
        "https://app.example.com:444",
        "https://app.example.com/",
        "null",
        "*",
        "",
    ],
)
def test_no_other_page_may(asked, origin):
    assert asked.allow(PAGE).status == 204
    reply = asked(origin)
    assert reply.status == 403 and reply.all_headers("Access-Control-Allow-Origin") == []
    assert json.loads(reply.body) == {"errors": ["origin not allowed"]}


def test_the_rules_end_when_they_are_deleted(asked):
    asked.allow("*")
    assert asked("https://anything.test").header("Access-Control-Allow-Origin") == "https://anything.test"
    assert asked.server.call("DELETE", "/v1/sys/config/cors", "root").status == 204
    assert asked("https://anything.test").all_headers("Access-Control-Allow-Origin") == []


@pytest.mark.parametrize("origins", [[], ["app.example.com"], ["null"], ["*", PAGE], ["https://a/b"], ["https://"]])
def test_what_is_no_origin_is_refused(asked, origins):
    assert asked.allow(*origins).status == 400
