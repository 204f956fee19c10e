"""A headless Chromium, driven by its DevTools protocol over a pair of pipes."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

SWITCHES = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-sync",
]


def binary():
    """The path of Chromium, or None where there is none."""
    return os.environ.get("CHROMIUM_BIN") or shutil.which("chromium") or shutil.which("chromium-browser")


def _pipe():
    # Above the numbers 3 and 4, at which Chromium expects its ends.
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return moved


class Browser:
    """One Chromium process with a profile of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="chromium-")
        # Chromium's sandbox refuses to run as root.
        switches = SWITCHES + (["--no-sandbox"] if os.getuid() == 0 else [])
        theirs_in, self._out = _pipe()
        self._in, theirs_out = _pipe()
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "chromium", binary(), *switches]
            + [f"--user-data-dir={self.folder}", "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            env=os.environ | {"HOME": self.folder},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._number = 0
        self._answers = {}
        self.events = []
        self._news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        rest = b""
        while chunk := os.read(self._in, 1 << 16):
            *messages, rest = (rest + chunk).split(b"\0")
            with self._news:
                for message in map(json.loads, messages):
                    if "id" in message:
                        self._answers[message["id"]] = message
                    else:
                        self.events.append(message)
                self._news.notify_all()

    def command(self, method, session=None, timeout=30, **parameters):
        """Send a command and wait for its result."""
        with self._news:
            self._number += 1
            number = self._number
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        with self._news:
            assert self._news.wait_for(lambda: number in self._answers, timeout), f"{method}: no answer"
            answer = self._answers.pop(number)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def page(self, address):
        """A new page with storage of its own."""
        return Page(self, address)

    def close(self):
        """End the process and remove its profile."""
        try:
            self.command("Browser.close", timeout=5)
            self.process.wait(10)
        except (AssertionError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self._out)
        shutil.rmtree(self.folder, ignore_errors=True)


class Page:
    """A page of the browser."""

    def __init__(self, browser, address):
        self.browser = browser
        context = browser.command("Target.createBrowserContext")["browserContextId"]
        target = browser.command("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        self.context = context
        self.session = browser.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")
        self.command("Emulation.setDeviceMetricsOverride", width=1000, height=720, deviceScaleFactor=1, mobile=False)
        self.command("Page.navigate", url=address)
        self.becomes(f"location.href === {json.dumps(address)} && document.readyState", "complete")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.command("Target.disposeBrowserContext", browserContextId=self.context)

    def command(self, method, **parameters):
        """Send a command about this page."""
        return self.browser.command(method, session=self.session, **parameters)

    def value(self, expression):
        """What a JavaScript expression is on the page."""
        answer = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def becomes(self, expression, wanted, timeout=10):
        """Wait until an expression has a value; returns the seconds that took."""
        start = time.monotonic()
        while (found := self.value(expression)) != wanted:
            assert time.monotonic() - start < timeout, f"{expression} is {found!r} and not {wanted!r} after {timeout} s"
            time.sleep(0.02)
        return time.monotonic() - start

    def events(self, method):
        """What happened on this page so far, by the name of the event."""
        return [
            event["params"]
            for event in list(self.browser.events)
            if event["method"] == method and event.get("sessionId") == self.session
        ]

    def complaints(self):
        """Exceptions, and errors in the log, such as what the content security policy forbade."""
        entries = [event["entry"] for event in self.events("Log.entryAdded")]
        errors = [f"{entry['text']} {entry.get('url', '')}" for entry in entries if entry["level"] == "error"]
        return errors + [event["exceptionDetails"] for event in self.events("Runtime.exceptionThrown")]

    def picture(self, path):
        """Write what the page looks like to a PNG file."""
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"]))
