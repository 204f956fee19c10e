"""Effective configuration in other forms, read back by the parsers of others."""

import base64
import json
import subprocess
import tomllib

import pytest
import yaml
from config_server import config, key, service  # noqa: F401

pytestmark = pytest.mark.beyond_bao(reason="OpenBao has no configuration engine")

TEXTS = [
    "", "plain", "yes", "No", "null", "~", "1", "1.0", "0x10", "1e3", "2026-11-24", "12:30:00", "- a", "a: b", "#c", " x ",
    "it's", '"quoted"', "back\\slash", "tab\there", "line\nbreak\n", "äöü €", "😀", "$HOME `id` $(id)", "a=b!c",
    "{json: no}", "[x", "*x", "&x", "%x", "@x", "\u007f\u0085\u2028\ufeff",
]


@pytest.fixture
def values(config, service):
    """What the service is served, in all types."""
    values = {"app.name": "shop", "app.pool.size": 10, "app.pool.ratio": 0.25, "app.debug": False, "empty.list": [],
              "empty.object": {}, "list": [1, "a", [True]], "nested": {"a": {"b-c": 1, "x y": "z"}},
              "table": [{"a": 1}, {"a": 2}], "big": 9007199254740993}
    values |= {f"text.t{index}": text for index, text in enumerate(TEXTS)}
    kinds = {str: "string", bool: "boolean", int: "integer", float: "float", list: "list", dict: "object"}
    for name, value in values.items():
        config.declare(name, kinds[type(value)])
        config.set(f"service/{service}", name, value)
    return values


def _text(config, service, form):
    answer = config.ask("GET", f"effective/{service}?format={form}")
    assert answer.status == 200, answer.text
    assert answer.header("ETag")
    return answer.text


def _nested(values):
    tree = {}
    for name, value in values.items():
        *path, last = name.split(".")
        place = tree
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return tree


def test_yaml_reads_back(config, service, values):
    assert yaml.safe_load(_text(config, service, "yaml")) == _nested(values)


def test_toml_reads_back(config, service, values):
    assert tomllib.loads(_text(config, service, "toml")) == _nested(values)


def test_a_shell_reads_the_environment(config, service, values, tmp_path):
    file = tmp_path / "app.env"
    file.write_text(_text(config, service, "env"))
    script = f'set -a; . {file}; exec python3 -c "import os,json; print(json.dumps(dict(os.environ)))"'
    output = subprocess.run(["sh", "-c", script], env={"PATH": "/usr/bin:/bin"}, capture_output=True, check=True).stdout
    read = json.loads(output)
    for name, value in values.items():
        text = read[name.upper().replace(".", "_")]
        assert (text if isinstance(value, str) else json.loads(text)) == value


def test_kubernetes_objects_carry_the_texts(config, service, values):
    plain = yaml.safe_load(_text(config, service, "k8s"))
    assert plain["kind"] == "ConfigMap" and plain["metadata"]["name"] == service
    secret = yaml.safe_load(_text(config, service, "k8s-secret"))
    assert secret["kind"] == "Secret" and secret["type"] == "Opaque"
    assert {name: base64.b64decode(text).decode() for name, text in secret["data"].items()} == plain["data"]
    for index, text in enumerate(TEXTS):
        assert plain["data"][f"text.t{index}"] == text


def test_properties_are_flat_and_escaped(config, service, values):
    lines = dict(_property(line) for line in _text(config, service, "properties").splitlines())
    assert lines["nested.a.b-c"] == "1" and lines["table[1].a"] == "2" and lines["list[2][0]"] == "true"
    for index, text in enumerate(TEXTS):
        assert lines[f"text.t{index}"] == text


def _property(line):
    """A line by the rules of java.util.Properties."""
    parts, out, index, units = [], [], 0, {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
    while index < len(line):
        char = line[index]
        if char == "\\":
            index += 1
            if line[index] == "u":
                out.append(chr(int(line[index + 1:index + 5], 16)))
                index += 4
            else:
                out.append(units.get(line[index], line[index]))
        elif char == "=" and not parts:
            parts.append("".join(out))
            out = []
        else:
            out.append(char)
        index += 1
    value = "".join(out).encode("utf-16", "surrogatepass").decode("utf-16")
    return parts[0], value


def test_what_is_kept_back_is_named_and_left_out(config, key, service):
    config.declare(key, sensitive=True)
    config.set(f"service/{service}", key, "sesame")
    token = config.token({"config/effective/*": ["read"]})
    for form in ("env", "yaml", "toml", "properties", "k8s"):
        answer = config.ask("GET", f"effective/{service}?format={form}", token=token)
        assert answer.text.splitlines()[0].startswith("#") and key in answer.text.splitlines()[0], form
        assert "sesame" not in answer.text


def test_numbers_are_numbers_to_every_reader(config, key, service):
    numbers = {"small": 1e-7, "great": 1e300, "both": -2.5e-9, "whole": 5, "beyond": 10 ** 20, "below": -3, "none": 0.5}
    for name, number in numbers.items():
        config.declare(f"{key}.{name}", "float")
        config.set(f"service/{service}", f"{key}.{name}", number)
    config.declare(f"{key}.count", "integer")
    config.set(f"service/{service}", f"{key}.count", 5)
    numbers["count"] = 5
    read = yaml.safe_load(_text(config, service, "yaml"))[key]
    assert read == numbers and "1.0e-07" in _text(config, service, "yaml")
    read = tomllib.loads(_text(config, service, "toml"))[key]
    assert read == numbers
    assert [name for name, number in read.items() if not isinstance(number, float)] == ["count"]
    assert "whole = 5.0\n" in _text(config, service, "toml")


def test_a_member_that_is_kept_back_leaves_the_rest_of_its_object(config, key, service):
    config.server.call("POST", f"/v1/sys/mounts/{key}", token="root", body={"type": "kv-v2"})
    config.server.call("POST", f"/v1/{key}/data/db", token="root", body={"data": {"pw": "sesame"}})
    secret = {"$secret": f"{key}/data/db#pw"}
    config.declare(key, "object")
    config.set(f"service/{service}", key, {"a": 1, "pw": secret, "in": {"b": 2, "x\ny: 1": secret}, "only": {"pw": secret},
                                           "list": ["c", secret]})
    token = config.token({"config/effective/*": ["read"]})
    said = {"a": 1, "in": {"b": 2}}
    for form in ("yaml", "toml", "env", "properties", "k8s"):
        text = config.ask("GET", f"effective/{service}?format={form}", token=token).text
        comment, rest = text.split("\n", 1)
        names = ("pw", 'in."x\\ny: 1"', "only.pw", "list")
        assert comment == "# kept back from this token: " + ", ".join(f"{key}.{name}" for name in names), form
        assert "sesame" not in text and "redacted" not in text and "secret" not in rest
        if form == "yaml":
            assert yaml.safe_load(text) == {key: said}
        if form == "toml":
            assert tomllib.loads(text) == {key: said}
        if form == "env":
            assert rest == f"{key.upper().replace('-', '_')}='" + json.dumps(said, separators=(",", ":")) + "'\n"
        if form == "properties":
            assert rest == f"{key}.a=1\n{key}.in.b=2\n"
    spring = config.ask("GET", f"effective/{service}?format=spring", token=token).json
    assert spring["propertySources"][0]["source"] == {f"{key}.a": 1, f"{key}.in.b": 2}
    whole = yaml.safe_load(config.ask("GET", f"effective/{service}?format=yaml").text)[key]
    assert whole["pw"] == "sesame" and whole["list"] == ["c", "sesame"]


def test_keys_that_cannot_stand_together_are_told(config, key, service):
    for name in (f"{key}.a", f"{key}.a.b", f"{key}-x", f"{key}.x"):
        config.declare(name)
        config.set(f"service/{service}", name, "v")
    assert f"{key}.a.b" in config.refused(f"effective/{service}?format=yaml", method="GET")
    assert f"{key}-x" in config.refused(f"effective/{service}?format=env", method="GET")
    assert "must be one of" in config.refused(f"effective/{service}?format=xml", method="GET")


def test_a_value_that_no_environment_can_hold_is_told(config, key, service):
    config.declare(key)
    config.set(f"service/{service}", key, "be\0fore")
    assert "NUL" in config.refused(f"effective/{service}?format=env", method="GET")
    assert config.values(service)[key] == "be\0fore"
