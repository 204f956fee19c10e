#!/usr/bin/env python3
"""A small web application whose pages change with feature flags; Python's standard library is all it needs.

It serves four files, and passes two requests on to PulseVault: the evaluation of all flags, and the stream that tells
of changes. The token is added here, so that no browser ever holds one.

    VAULT_ADDR=http://127.0.0.1:8200 VAULT_TOKEN=hvs.… python3 app.py [--port 8300]
"""

import argparse
import contextlib
import http.client
import http.server
import os
import pathlib
import re
import ssl
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
FILES = {
    "/": (HERE / "index.html", "text/html; charset=utf-8"),
    "/style.css": (HERE / "style.css", "text/css; charset=utf-8"),
    "/app.mjs": (HERE / "app.mjs", "text/javascript; charset=utf-8"),
    "/pulsevault-flags.mjs": (HERE.parents[1] / "sdk" / "pulsevault-flags.mjs", "text/javascript; charset=utf-8"),
}
EVALUATE = "/ofrep/v1/evaluate/flags"
EVENTS = re.compile(r"/ofrep/v1/events/[A-Za-z0-9._-]+/[A-Za-z0-9]+")
# Nothing but our own files runs here, and the page talks to nobody else.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
BODY_LIMIT = 64 * 1024
# Longer than the server is silent on a stream, in seconds.
PATIENCE = 60


class PulseVault:
    """How the server is reached."""

    def __init__(self, address, token, cafile=None):
        self.address = urllib.parse.urlsplit(address)
        self.token = token
        if self.address.scheme not in ("http", "https") or not self.address.hostname:
            raise ValueError("VAULT_ADDR must be an http or https address")
        self.tls = ssl.create_default_context(cafile=cafile) if self.address.scheme == "https" else None

    def request(self, method, target, headers, body=None):
        """Send a request; returns the connection and the answer, whose body is still to be read."""
        host, port = self.address.hostname, self.address.port
        if self.tls:
            connection = http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=self.tls)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        try:
            connection.request(method, target, body=body, headers=headers)
            return connection, connection.getresponse()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise


class Page(http.server.BaseHTTPRequestHandler):
    """Answers browsers."""

    protocol_version = "HTTP/1.1"
    vault = None

    def do_GET(self):
        """A file, or the stream of changes."""
        path = self.path.partition("?")[0]
        if path in FILES:
            file, kind = FILES[path]
            return self.answer(200, file.read_bytes(), [("Content-Type", kind), ("Cache-Control", "no-cache")])
        if EVENTS.fullmatch(path):
            return self.stream(path)
        self.answer(404, b"not found\n", [("Content-Type", "text/plain")])

    def do_POST(self):
        """The evaluation of all flags."""
        path, _, query = self.path.partition("?")
        if path != EVALUATE:
            return self.answer(404, b"not found\n", [("Content-Type", "text/plain")])
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            self.close_connection = True
            return self.answer(413, b'{"errorDetails":"the body is too large"}')
        body = self.rfile.read(int(length))
        # Other sites' pages cannot send this type without being asked whether they may.
        if self.headers.get_content_type() != "application/json":
            return self.answer(415, b'{"errorDetails":"the body must be application/json"}')
        headers = {"Authorization": f"Bearer {self.vault.token}", "Content-Type": "application/json"}
        if known := self.headers.get("If-None-Match"):
            headers["If-None-Match"] = known
        try:
            connection, answer = self.vault.request("POST", EVALUATE + (f"?{query}" if query else ""), headers, body)
            with contextlib.closing(connection), answer:
                passed = [(name, answer.headers[name]) for name in ("ETag", "Retry-After") if name in answer.headers]
                self.answer(answer.status, answer.read(), passed)
        except (OSError, http.client.HTTPException):
            self.answer(502, b'{"errorDetails":"PulseVault cannot be reached"}')

    def stream(self, path):
        """Pass events on as they come. Their address is the right to hear them, so no token goes along."""
        headers = {"Accept": "text/event-stream"}
        if last := self.headers.get("Last-Event-ID"):
            headers["Last-Event-ID"] = last
        try:
            connection, answer = self.vault.request("GET", path, headers)
        except (OSError, http.client.HTTPException):
            return self.answer(502, b'{"errorDetails":"PulseVault cannot be reached"}')
        self.close_connection = True
        with contextlib.closing(connection), answer:
            if answer.status != 200:
                return self.answer(answer.status, answer.read())
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                while part := answer.read1(65536):
                    self.wfile.write(part)
                    self.wfile.flush()
            except (OSError, http.client.HTTPException):
                # The browser or the server went; both come back by themselves.
                pass

    def answer(self, status, body, headers=()):
        """Send a whole answer."""
        self.send_response(status)
        names = {name.lower() for name, _ in headers}
        if "content-type" not in names and status != 304:
            self.send_header("Content-Type", "application/json")
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            self.wfile.write(body)

    def log_message(self, format, *arguments):
        """Say nothing; requests are not of interest here."""


class Server(http.server.ThreadingHTTPServer):
    """One thread for each connection, all of which end with the process."""

    daemon_threads = True


def main():
    """Read the settings and serve."""
    parser = argparse.ArgumentParser(description="A web application that changes with feature flags.")
    parser.add_argument("--port", type=int, default=8300, help="where to listen on 127.0.0.1; 0 takes any free port")
    arguments = parser.parse_args()
    token = os.environ.get("VAULT_TOKEN")
    if not token:
        sys.exit("VAULT_TOKEN is missing: a token that may evaluate flags, see README.md")
    address = os.environ.get("VAULT_ADDR", "http://127.0.0.1:8200")
    Page.vault = PulseVault(address, token, os.environ.get("VAULT_CACERT"))
    with Server(("127.0.0.1", arguments.port), Page) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
