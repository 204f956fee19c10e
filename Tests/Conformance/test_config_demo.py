"""The service of `examples/config-demo`: values change while it runs, and stay while the server is gone."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

import harness
from config_server import Config

pytestmark = pytest.mark.beyond_bao(reason="configuration is not among OpenBao's engines")

APPLICATION = harness.ROOT / "examples" / "config-demo" / "app.py"
README = harness.ROOT / "README.md"
PAYMENT_KEY = "pk-planted-77c1"
RIGHTS = {"config/effective/shop": ["read"], "config/instances/shop/*": ["create", "update"]}
SOON = 15


class Demo:
    """The example as a process; what it prints, and what its pages say."""

    def __init__(self, address, token, *options):
        environment = os.environ | {"VAULT_ADDR": address, "VAULT_TOKEN": token}
        command = [sys.executable, APPLICATION, "--port=0", "--interval=1", *options]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        self.lines = []
        self.reading = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")))
        self.reading.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reading.join()
        self.process.stdout.close()

    def says(self, text):
        """The first line with a text."""
        return until(lambda: next((line for line in list(self.lines) if text in line), None), text)

    def page(self, name=""):
        """The page of an instance, or of the first."""
        try:
            with urllib.request.urlopen(self.address + name, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return str(error.code)

    def shows(self, text):
        """Waits until the first instance's page has a text."""
        return until(lambda: text in (page := self.page()) and page, text)


def until(ask, what):
    """Asks until the answer is true."""
    end = time.monotonic() + SOON
    while not (answer := ask()):
        assert time.monotonic() < end, f"it did not come to that: {what}"
        time.sleep(0.05)
    return answer


@pytest.fixture
def shop(new_server):
    """The configuration of a shop on a server of its own."""
    server = new_server()
    server.initialise()
    server.unseal()
    config = Config(server)
    config.declare("shop.greeting")
    config.declare("shop.page-size", "integer")
    config.declare("shop.currency", reload="static")
    config.declare("shop.payment-key", sensitive=True)
    config.set("global", "shop.greeting", "Hello")
    config.set("service/shop/env/prod", "shop.page-size", 5)
    config.set("global", "shop.currency", "CHF")
    config.set("env/prod", "shop.payment-key", PAYMENT_KEY)
    return config


@pytest.fixture
def demo(shop):
    """Starts the example with the rights of a service, those to its sensitive values among them."""

    def start(*options, rights=RIGHTS | {"config/reveal/env/prod/*": ["update"]}):
        return Demo(shop.server.address, shop.token(rights), *options)

    return start


def test_a_change_is_in_force_without_a_restart(shop, demo):
    with demo() as one:
        page = one.shows("<h1>Hello</h1>")
        assert page.count("<li>") == 5 and " CHF</li>" in page
        shop.set("service/shop", "shop.greeting", "<b>Welcome</b>")
        one.says('shop.greeting is "<b>Welcome</b>"')
        one.shows("<h1>&lt;b&gt;Welcome&lt;/b&gt;</h1>")
        shop.set("service/shop/env/prod", "shop.page-size", 7)
        one.says("shop.page-size is 7")
        assert one.page().count("<li>") == 7
        seen = until(lambda: (told := shop.read("instances/shop/i-1"))["acknowledged"] and told, "acknowledged")
        assert seen["status"] == "live" and not seen["drift"] and not seen["restart_needed"]


def test_a_static_change_asks_for_a_restart(shop, demo):
    with demo() as one:
        one.shows(" CHF</li>")
        shop.set("global", "shop.currency", "EUR")
        one.says("please start me anew for shop.currency")
        assert " CHF</li>" in one.page() and "asks to be started anew" in one.page()
        until(lambda: shop.read("instances/shop/i-1")["restart_needed"], "restart_needed")
        # What needs no restart is taken up all the same.
        shop.set("global", "shop.greeting", "Hello again")
        assert " CHF</li>" in one.shows("<h1>Hello again</h1>")
    with demo() as one:
        assert "started anew" not in one.shows(" EUR</li>")
        until(lambda: not shop.read("instances/shop/i-1")["restart_needed"], "no restart_needed")


def test_a_killed_server_leaves_the_last_values(shop, demo):
    with demo() as one:
        one.shows("<h1>Hello</h1>")
        shop.server.stop(signal.SIGKILL)
        gone = one.says("without PulseVault since 20")
        assert gone.rstrip().endswith("going on with the values of revision 8")
        since = gone.partition("since ")[2].partition(" ")[0]
        assert "<h1>Hello</h1>" in one.page() and f"without PulseVault since {since}" in one.page()
        shop.server.start_again()
        one.says(f"PulseVault is back, it was gone since {since}")
        assert "without PulseVault" not in one.page()
        shop.set("global", "shop.greeting", "Back again")
        one.shows("<h1>Back again</h1>")


def test_the_last_values_are_there_at_a_start_without_the_server(shop, demo, tmp_path):
    with demo(f"--keep={tmp_path}") as one:
        one.says("shop.page-size is 5")
        until(lambda: list(tmp_path.glob("*.json")), "the values on disk")
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600 and PAYMENT_KEY not in kept.read_text()
    token = shop.token(RIGHTS)
    shop.server.stop(signal.SIGKILL)
    with Demo(shop.server.address, token, f"--keep={tmp_path}") as one:
        one.says("going on with the values of revision 8")
        assert one.page().count("<li>") == 5
    with Demo(shop.server.address, token) as one:
        one.says("going on with the defaults")
        assert one.page().count("<li>") == 10


def test_values_that_cannot_be_used_stay_out(shop, demo):
    with demo() as one:
        one.shows("<h1>Hello</h1>")
        shop.set("service/shop/env/prod", "shop.page-size", 1_000)
        assert "1000" not in one.says("cannot be applied")
        assert one.page().count("<li>") == 5
        told = until(lambda: (told := shop.read("instances/shop/i-1"))["errors"] and told, "errors")
        assert not told["acknowledged"] and told["drift"]
        shop.write("rollback/service/shop/env/prod/shop.page-size", {"version": 1})
        until(lambda: shop.read("instances/shop/i-1")["acknowledged"], "acknowledged")


def test_sensitive_values_are_told_to_nobody_else(shop, demo):
    with demo() as one:
        page = one.shows("can take payments")
        shop.set("env/prod", "shop.payment-key", PAYMENT_KEY + "-2")
        until(lambda: len([line for line in one.lines if "shop.payment-key has changed" in line]) == 2, "two changes")
        assert PAYMENT_KEY not in page + one.page() + "".join(one.lines)
    with demo(rights=RIGHTS) as one:
        one.shows("the key is kept back")


def test_a_bad_rollout_stops_at_a_tenth_and_reverts_by_itself(shop, demo):
    with demo("--count=20", "--fails-with=shop.page-size=50") as crowd:
        until(lambda: len(crowd.lines) == 20, "20 instances")
        shop.write("rollouts/larger-pages", {
            "layer": "service/shop/env/prod", "changes": {"shop.page-size": 50},
            "steps": [{"percent": 10, "hold": "1h", "guards": [{"metric": "errors", "max": 0.01}]}, {"percent": 100}]})
        ended = until(
            lambda: (one := shop.read("rollouts/larger-pages"))["phase"] == "reverted" and one, "reverted")
        assert (ended["step"], ended["note"]) == (0, "errors is above 0.01")
        # By their names, which the buckets are made of.
        reached = {line.partition(":")[0] for line in crowd.lines if "shop.page-size is 50" in line}
        assert reached == {"i-1", "i-14"}
        for name in ("i-1", "i-14", "i-2"):
            until(lambda: crowd.page(name).count("<li>") == 5, f"five on the page of {name}")
        told = shop.write("instances/shop", method="LIST")["key_info"]
        assert len(told) == 20 and all(one["status"] == "live" for one in told.values())
        assert shop.read("data/service/shop/env/prod/shop.page-size")["version"] == 1


def readme_commands():
    """The commands of the README's section on configuration."""
    section = README.read_text().partition("\n## Configuration\n")[2].partition("\n## ")[0]
    return section.partition("```sh\n")[2].partition("```")[0]


def test_the_readme_says_what_happens(new_server):
    server = new_server()
    server.initialise()
    server.unseal()
    port = harness.free_port()
    commands = readme_commands().replace("127.0.0.1:8400", f"127.0.0.1:{port}")
    commands = commands.replace("app.py --count", f"app.py --port={port} --count")
    tools = pathlib.Path(os.environ.get("VAULTCLI_BIN") or harness.server_binary()).parent
    environment = os.environ | {
        "VAULT_ADDR": server.address, "VAULT_TOKEN": server.root_token, "HOME": str(server.folder),
        "PATH": f"{tools}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", commands + "\nkill %1\n"], cwd=harness.ROOT, env=environment, capture_output=True, text=True,
        timeout=80,
    )
    text = done.stdout
    # Two that are told to fail: the value out of bounds, and the watch of what was taken back.
    assert done.stderr.count("Error: ") == 1 and "must be at most 100 (schema)" in done.stderr, done.stderr
    assert text.rstrip().endswith("Rollout larger-pages: reverted: errors is above 0.01"), text
    assert "shop.payment-key    (redacted)" in text and text.count('"pk-4711"') == 1
    assert "<h1>Welcome</h1>" in text
    for instance in range(1, 21):
        assert f"i-{instance}: revision 10: shop.page-size is 7" in text
        assert f"i-{instance}: revision 11: please start me anew for shop.currency" in text
        assert f'i-{instance}: revision 13: shop.greeting is "Welcome"' in text
    assert {line.split(":")[0] for line in text.splitlines() if "shop.page-size is 50" in line} == {"i-1", "i-14"}
    row = next(line.split() for line in text.splitlines() if line.startswith("i-1 "))
    assert row[1:3] == ["prod", "live"]


