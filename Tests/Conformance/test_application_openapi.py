"""The description of `/api/v1` is true: Schemathesis asks the server what it says of itself."""

import json
import os
import subprocess
import sys

import openapi_spec_validator
import pytest
from config_server import config, key  # noqa: F401

import harness

pytestmark = pytest.mark.beyond_bao(reason="the endpoints are this server's own")

PUBLISHED = harness.ROOT / "Sources/PulseVault/HTTP/Published/application-api.json"
# What Schemathesis checks of each answer. Left out is that all data which fit a schema are taken: whether a value fits
# its key, or a rule its operator, is not a matter of the description.
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "negative_data_rejection", "missing_required_header", "unsupported_method",
    "allow_header_conformance", "ignored_auth", "use_after_free",
]


@pytest.fixture(scope="module")
def document(config):
    """The description as the server gives it to anybody."""
    reply = config.server.call("GET", "/api/v1/openapi.json")
    assert reply.status == 200 and reply.header("Content-Type") == "application/json"
    assert reply.body == PUBLISHED.read_bytes()
    return reply.json


def test_the_description_is_a_valid_one(document):
    openapi_spec_validator.validate(document, cls=openapi_spec_validator.OpenAPIV31SpecValidator)
    assert document["openapi"].startswith("3.1")


def test_it_describes_the_routes_that_are_served(config, document):
    served = config.server.call("GET", "/v1/sys/internal/specs/openapi", token="root").json["paths"]
    described = {
        (path.replace("/api/v1/", "/pulse/api/"), verb)
        for path, item in document["paths"].items() for verb in item if verb in ("get", "post")
    }
    assert described == {
        (path, verb) for path, item in served.items() if path.startswith("/pulse/api/")
        for verb in item if verb in ("get", "post")
    }


def test_an_unchanged_description_is_not_sent_again(config):
    tag = config.server.call("GET", "/api/v1/openapi.json").header("ETag")
    again = config.server.call("GET", "/api/v1/openapi.json", headers=[("If-None-Match", tag)])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.timeout(240)
def test_schemathesis_finds_nothing_that_is_not_as_described(config, tmp_path):
    things(config)
    token = config.token({
        "config/*": ["create", "read", "update", "list"], "flags/*": ["create", "read", "update", "patch", "list", "evaluate"]})
    report = tmp_path / "report.txt"
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{config.server.address}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS), "--mode", "all",
        "--phases", "examples,coverage,fuzzing", "--max-examples", "40",
        "--generation-deterministic", "--workers", "1", "--no-color",
        "--suppress-health-check", "all", "--request-timeout", "10",
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "", "PYTHONUTF8": "1"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, stdout=report.open("w"), stderr=subprocess.STDOUT, timeout=200)
    assert done.returncode == 0, report.read_text()[-12_000:]


def things(config):
    """Something of each kind that the examples of the description are about."""
    for environment in ("global", "prod", "dev"):
        body = {"value": 1, "environment": environment, "description": json.dumps("é")}
        answer = config.server.call("POST", "/api/v1/admin/config/api.rate_limit/update", token="root", body=body)
        assert answer.status == 200, answer.text
    for name, more in (("new-search", {}), ("button", {
        "type": "multivariate", "variations": [{"key": "a", "percentageSplit": 50}, {"key": "b", "percentageSplit": 50}],
    })):
        body = {"name": name, "isEnabled": True, "isClientVisible": True} | more
        answer = config.server.call("POST", "/api/v1/admin/featureflags/create", token="root", body=body)
        assert answer.status == 201, answer.text
