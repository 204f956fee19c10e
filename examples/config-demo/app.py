#!/usr/bin/env python3
"""A small shop that PulseVault configures; Python's standard library is all it needs.

An instance reads what it should have, applies it, says so, and asks again: each question waits on the server until
there is something new. What may change while it runs changes at once; for what is static it asks to be started anew.
While the server is gone it goes on with the last values it knows, and says since when.

    VAULT_ADDR=http://127.0.0.1:8200 VAULT_TOKEN=hvs.… python3 app.py [--env prod] [--count 20] [--port 8400]
"""

import argparse
import datetime
import html
import http.client
import http.server
import json
import os
import pathlib
import ssl
import sys
import threading
import time
import typing
import urllib.parse

# What the shop does without any configuration.
DEFAULTS = {"shop.greeting": "Good day", "shop.page-size": 10, "shop.currency": "CHF", "shop.payment-key": None}
# Neither printed nor kept on a disk.
SECRET = "shop.payment-key"
RATES = {"CHF": 1.0, "EUR": 1.06, "USD": 1.24}
GOODS = [(f"Coffee no. {number}", 8 + number % 7) for number in range(1, 101)]
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# In seconds: until the first and the later attempts while the server is gone, and beyond the time a question waits.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10
PATIENCE = 20


class NoAnswer(Exception):
    """The server cannot be reached, or does not give what it is asked for; says why."""


class Unusable(Exception):
    """Values that the shop cannot work with; says which, and never what they are."""


class PulseVault:
    """How the server is reached."""

    def __init__(self, address, token, cafile=None):
        self.address = urllib.parse.urlsplit(address)
        self.token = token
        if self.address.scheme not in ("http", "https") or not self.address.hostname:
            raise ValueError("VAULT_ADDR must be an http or https address")
        self.tls = ssl.create_default_context(cafile=cafile) if self.address.scheme == "https" else None

    def ask(self, method, path, body=None, timeout=PATIENCE):
        """Send a request below `config/`; returns the answer's data."""
        host, port = self.address.hostname, self.address.port
        if self.tls:
            connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=self.tls)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=timeout)
        headers = {"X-Vault-Token": self.token, "Content-Type": "application/json"}
        try:
            connection.request(method, f"/v1/config/{path}", body and json.dumps(body), headers)
            answer = connection.getresponse()
            content = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(str(error) or type(error).__name__) from error
        finally:
            connection.close()
        if answer.status != 200:
            raise NoAnswer(f"{answer.status}: {', '.join(content.get('errors', []))}")
        return content["data"]


class Shop(typing.NamedTuple):
    """What the values make."""

    greeting: str
    page_size: int
    currency: str
    payment_key: str | None

    @classmethod
    def of(cls, values):
        """The shop that values make; what they do not say is as in the defaults."""
        said = DEFAULTS | {key: value for key, value in values.items() if value != {"$redacted": True}}
        if not isinstance(said["shop.greeting"], str):
            raise Unusable("shop.greeting must be a text")
        size = said["shop.page-size"]
        if not isinstance(size, int) or size not in range(1, len(GOODS) + 1):
            raise Unusable(f"shop.page-size must be a number from 1 to {len(GOODS)}")
        if str(said["shop.currency"]) not in RATES:
            raise Unusable(f"shop.currency must be one of {', '.join(RATES)}")
        return cls(*(said[key] for key in DEFAULTS))


class Instance:
    """One instance: what it was started with, what is in force, and what it says of itself."""

    def __init__(self, vault, options, name):
        self.vault, self.name = vault, name
        self.path = f"{options.service}/{name}"
        self.question = f"effective/{options.service}?" + urllib.parse.urlencode(
            {"env": options.env, "instance": name}
        )
        self.env, self.interval, self.failing = options.env, options.interval, options.fails_with
        self.kept = options.keep and pathlib.Path(options.keep) / f"{options.service}-{name}.json"
        # The first document, with the static values that stay; the one in force; and the newest, good or not.
        self.first = self.current = self.newest = None
        self.values, self.shop = {}, Shop.of({})
        self.errors = []
        self.gone_since = None

    def say(self, text):
        """Print a line, in one piece: instances speak at the same time."""
        print(f"{self.name}: {text}\n", end="", flush=True)

    # -- following the server -----------------------------------------------------------------

    def follow(self):
        """Ask, apply and report for ever."""
        pause = FIRST_PAUSE
        while True:
            try:
                self._take(self._next())
                self._report()
            except NoAnswer as why:
                self._recall()
                self._note_outage(why)
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                self._note_return()
                pause = FIRST_PAUSE

    def _next(self):
        """The document: at once at first and after an outage, else when it has changed or the interval is over."""
        if self.newest is None or self.gone_since:
            return self.vault.ask("GET", self.question)
        waiting = f"{self.question}&index={self.newest['revision']}&wait={self.interval}s"
        return self.vault.ask("GET", waiting, timeout=self.interval + PATIENCE)

    def _report(self):
        """Say what is in force, as a sign of life."""
        # The revision is that of the attempt; the hashes are those of what is in force, and was at the start.
        report = {
            "env": self.env, "revision": self.newest["revision"], "applied": not self.errors, "errors": self.errors,
            "restart_needed": self.needs_restart, "metrics": {"errors": self.failure_rate}, "interval": self.interval,
        }
        if self.current:
            report |= {"hash": self.current["hash"], "static_hash": self.first["static_hash"]}
        self.vault.ask("PUT", f"instances/{self.path}", report)

    def _note_outage(self, why):
        if self.gone_since:
            return
        self.gone_since = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        known = f"the values of revision {self.current['revision']}" if self.current else "the defaults"
        self.say(f"without PulseVault since {self.gone_since} ({why}); going on with {known}")

    def _note_return(self):
        if self.gone_since:
            self.say(f"PulseVault is back, it was gone since {self.gone_since}")
        self.gone_since = None

    # -- applying -----------------------------------------------------------------------------

    def _take(self, document):
        """Apply a document, or keep to what is in force."""
        # A secret that was rotated changes values without a new revision.
        if self.newest and all(self.newest[part] == document[part] for part in ("revision", "hash", "values")):
            return
        try:
            # As a whole first: what it could not be started with is no good, though some of it has to wait.
            Shop.of(document["values"])
        except Unusable as error:
            self.newest, self.errors = document, [str(error)]
            return self.say(f"revision {document['revision']} cannot be applied: {error}")
        waited, failed = self.waiting, self.errors
        self.newest = self.current = document
        self.first, self.errors = self.first or document, []
        fixed = {*document["static"], *self.first["static"]}
        values = {key: value for key, value in document["values"].items() if key not in fixed}
        values |= {key: value for key, value in self.first["values"].items() if key in fixed}
        if failed or values != self.values:
            self._tell(values)
        self.values, self.shop = values, Shop.of(values)
        if self.waiting and self.waiting != waited:
            self.say(f"revision {document['revision']}: please start me anew for {', '.join(self.waiting)}")
        self._keep()

    def _tell(self, values):
        """Print what changes."""
        changed = [key for key in sorted({*values, *self.values}) if values.get(key) != self.values.get(key)]
        told = [
            f"{key} has changed" if key == SECRET else f"{key} is {json.dumps(values.get(key), ensure_ascii=False)}"
            for key in changed
        ]
        self.say(f"revision {self.current['revision']}: {', '.join(told) or 'all is as before'}")

    @property
    def waiting(self):
        """The static keys whose values are others than at the start."""
        if not self.current or not self.needs_restart:
            return []
        then, now = self.first["values"], self.current["values"]
        fixed = {*self.first["static"], *self.current["static"]}
        return sorted(key for key in fixed if then.get(key) != now.get(key))

    @property
    def needs_restart(self):
        """Whether it would have to be started with other static values by now."""
        return bool(self.current) and self.current["static_hash"] != self.first["static_hash"]

    @property
    def failure_rate(self):
        """The share of pages that fail; stands for what a real service would count."""
        return 0.5 if self.failing and self.values.get(self.failing[0]) == self.failing[1] else 0.0

    # -- the last known values on disk --------------------------------------------------------

    def _keep(self):
        """Write the document down for a start without the server, readable by the owner only."""
        if not self.kept:
            return
        values = {key: value for key, value in self.current["values"].items() if key != SECRET}
        beside = self.kept.with_suffix(".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self.current | {"values": values}, file)
        beside.replace(self.kept)

    def _recall(self):
        """Begin with what was written down, where the server cannot be asked."""
        if not self.newest and self.kept and self.kept.exists():
            self._take(json.loads(self.kept.read_text()))

    # -- what visitors see --------------------------------------------------------------------

    def page(self):
        """The page in HTML."""
        shop, rate = self.shop, RATES[self.shop.currency]
        goods = [f"<li>{name}, {price * rate:.2f} {shop.currency}</li>" for name, price in GOODS[: shop.page_size]]
        facts = [f"instance {self.name}", f"revision {self.current['revision']}" if self.current else "the defaults"]
        facts.append("can take payments" if shop.payment_key else "takes no payments: the key is kept back")
        if self.needs_restart:
            facts.append("asks to be started anew")
        if self.gone_since:
            facts.append(f"without PulseVault since {self.gone_since}")
        return (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>Shop</title><h1>{html.escape(shop.greeting)}</h1>"
            f"<ul>{''.join(goods)}</ul><p>{html.escape('; '.join(facts))}</p>\n"
        )


class Page(http.server.BaseHTTPRequestHandler):
    """Answers visitors: `/` is the first instance's page, `/i-3` that of another."""

    protocol_version = "HTTP/1.1"
    instances = {}

    def do_GET(self):
        """An instance's page."""
        name = self.path.strip("/") or next(iter(self.instances))
        if name not in self.instances:
            return self.answer(404, "not found\n")
        instance = self.instances[name]
        if instance.failure_rate:
            return self.answer(500, "this value is too much for the shop\n")
        self.answer(200, instance.page())

    def answer(self, status, text):
        """Send a whole answer."""
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8" if status == 200 else "text/plain")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        """Say nothing; requests are not of interest here."""


class Server(http.server.ThreadingHTTPServer):
    """One thread for each connection, all of which end with the process."""

    daemon_threads = True


def setting(text):
    """A key and a value, which is JSON or a text."""
    key, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError("must be KEY=VALUE")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def main():
    """Read the options, start the instances and serve."""
    parser = argparse.ArgumentParser(description="A shop that PulseVault configures.")
    parser.add_argument("--service", default="shop", help="the service's name")
    parser.add_argument("--env", default="prod", help="the environment")
    parser.add_argument("--count", type=int, default=1, help="so many instances: i-1, i-2 and so on")
    parser.add_argument("--interval", type=int, default=10, help="seconds between signs of life")
    parser.add_argument("--keep", help="folder in which the last known values are kept; memory only without it")
    parser.add_argument("--fails-with", type=setting, metavar="KEY=VALUE", help="half of all pages fail with this")
    parser.add_argument("--port", type=int, default=8400, help="where to listen on 127.0.0.1; 0 takes any free port")
    options = parser.parse_args()
    token = os.environ.get("VAULT_TOKEN")
    if not token:
        sys.exit("VAULT_TOKEN is missing: a token of the service, see README.md")
    address = os.environ.get("VAULT_ADDR", "http://127.0.0.1:8200")
    vault = PulseVault(address, token, os.environ.get("VAULT_CACERT"))
    instances = [Instance(vault, options, f"i-{number}") for number in range(1, options.count + 1)]
    Page.instances = {instance.name: instance for instance in instances}
    with Server(("127.0.0.1", options.port), Page) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        for instance in instances:
            threading.Thread(target=instance.follow, daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
