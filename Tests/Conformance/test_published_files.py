"""What anyone may have from the server without a token: the module for feature flags and its types."""

import pytest

import harness

pytestmark = pytest.mark.beyond_bao(reason="feature flags are this server's own")

SDK = harness.ROOT / "sdk"


@pytest.mark.parametrize(
    ("name", "kind"), [("pulsevault-flags.mjs", "text/javascript"), ("pulsevault-flags.d.mts", "text/plain")]
)
def test_the_module_is_served_as_it_lies_in_the_repository(plain, name, kind):
    reply = plain.call("GET", f"/sdk/{name}")
    assert (reply.status, reply.body) == (200, (SDK / name).read_bytes())
    headers = {field.lower(): value for field, value in reply.headers}
    assert headers["content-type"] == f"{kind}; charset=utf-8"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    again = plain.call("GET", f"/sdk/{name}", headers=[("If-None-Match", headers["etag"])])
    assert (again.status, again.body) == (304, b"")
    head = plain.call("HEAD", f"/sdk/{name}")
    assert (head.status, head.body) == (200, b"")


@pytest.mark.parametrize("path", ["/sdk/", "/sdk/README.md", "/sdk/../sdk/pulsevault-flags.mjs", "/sdk/%2e%2e/etc"])
def test_nothing_else_is_served(plain, path):
    assert plain.call("GET", path).status in (400, 404)


def test_a_sealed_server_serves_it_too(new_server):
    assert new_server().call("GET", "/sdk/pulsevault-flags.mjs").status == 200
