"""The JavaScript module `sdk/pulsevault-flags.mjs` in Node, against the server and against answers made up."""

import json
import queue
import shutil
import socket
import subprocess
import threading
import time

import pytest

import harness
from flag_server import flags, key  # noqa: F401

NODE = shutil.which("node")
MODULE = harness.ROOT / "sdk" / "pulsevault-flags.mjs"

pytestmark = [
    pytest.mark.beyond_bao(reason="feature flags are not among OpenBao's engines"),
    pytest.mark.skipif(NODE is None, reason="there is no node on this machine"),
]

# What every script begins with: `tell` gives a value to the test, `fetches` counts and notes requests.
PRELUDE = """
import { createClient, FlagsError } from %s;
const options = JSON.parse(process.env.OPTIONS);
const tell = (value) => console.log(JSON.stringify(value));
const requests = [];
const counted = async (address, init = {}) => {
  const request = { path: new URL(address).pathname, headers: init.headers ?? {}, body: init.body };
  requests.push(request);
  const response = await fetch(address, init);
  request.status = response.status;
  return response;
};
const asked = () => requests.filter((request) => request.path.endsWith('/evaluate/flags'));
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
// An answer as a server would give it.
const answer = (flags, more = {}, headers = {}) =>
  new Response(JSON.stringify({ flags, ...more }), { headers: { 'Content-Type': 'application/json', ...headers } });
const flag = (key, value) => ({ key, value, reason: 'STATIC', variant: String(value), metadata: {} });
"""


class Script:
    """A script that runs in Node and tells the test values as it goes."""

    def __init__(self, text, **options):
        self.process = subprocess.Popen(
            [NODE, "--input-type=module", "-e", PRELUDE % json.dumps(MODULE.as_uri()) + text],
            env={"OPTIONS": json.dumps(options)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            pipe.close()

    def next(self, timeout=15):
        """The next value the script tells."""
        try:
            line = self.lines.get(timeout=timeout)
        except queue.Empty:
            pytest.fail(f"the script told nothing for {timeout} s")
        assert line is not None, f"the script ended: {self.process.stderr.read()}"
        return json.loads(line)

    def ends(self, timeout=10):
        """Wait until the script ends by itself, which it must without an error."""
        assert self.process.wait(timeout) == 0, self.process.stderr.read()


def run(text, **options):
    """All values that a script tells until it ends by itself."""
    with Script(text, **options) as script:
        values = []
        while (line := script.lines.get(timeout=30)) is not None:
            values.append(json.loads(line))
        script.ends()
        return values


def options(flags, token=None, **more):
    """What a client of the server under test is made with."""
    return {"url": flags.server.address, "token": token or flags.token(), "context": {"targetingKey": "ana"}} | more


# -- against the server ---------------------------------------------------------------------------


def test_values_of_each_type(flags, key):
    flags.make(f"{key}-boolean")
    flags.make(f"{key}-string", "string", {"a": "gr\u00fcn \u2713", "b": ""})
    flags.make(f"{key}-integer", "integer", {"a": 7, "b": 0})
    flags.make(f"{key}-float", "float", {"a": 1.0, "b": 0.5})
    flags.make(f"{key}-object", "object", {"a": {"list": [1, None]}, "b": {}})
    flags.make(f"{key}-off", on=False)
    flags.make(f"{key}-split", fallthrough={"percent": 50, "variation": "on"})
    text = """
    const client = createClient(options);
    tell(client.details(options.key + '-boolean', false));
    tell(await client.ready);
    const { key } = options;
    tell([
      client.getBoolean(key + '-boolean', false), client.getString(key + '-string', 'x'),
      client.getNumber(key + '-integer', 1), client.getNumber(key + '-float', 2),
      client.getObject(key + '-object', {}), client.getBoolean(key + '-off', true),
    ]);
    tell(client.details(key + '-boolean', false));
    tell(client.details(key + '-off', true));
    tell(client.details(key + '-split', true).reason);
    tell(client.details(key + '-boolean', 'text'));
    tell(client.details(key + '-object', 1).errorCode);
    tell(client.getNumber(key + '-string', 5));
    tell(client.details(key + '-nowhere', 'default'));
    tell(client.details(key + '-string').value);
    tell(client.keys().filter((one) => one.startsWith(key)).length);
    client.close();
    tell(client.getNumber(key + '-integer', 1));
    """
    early, status, values, on, off, split, mismatch, object_, default, unknown, untyped, count, late = run(
        text, **options(flags), key=key
    )
    assert (early["value"], early["errorCode"]) == (False, "PROVIDER_NOT_READY")
    assert status == "READY"
    assert values == [True, "gr\u00fcn \u2713", 7, 1, {"list": [1, None]}, False]
    assert (on["value"], on["variant"], on["reason"]) == (True, "on", "STATIC")
    assert "errorCode" not in on and isinstance(on["flagMetadata"], dict)
    assert (off["value"], off["reason"], split) == (False, "DISABLED", "SPLIT")
    assert (mismatch["value"], mismatch["reason"], mismatch["errorCode"]) == ("text", "ERROR", "TYPE_MISMATCH")
    assert (object_, default) == ("TYPE_MISMATCH", 5)
    assert (unknown["value"], unknown["errorCode"]) == ("default", "FLAG_NOT_FOUND")
    assert (untyped, count, late) == ("gr\u00fcn \u2713", 7, 7)


def test_a_change_is_heard_with_its_keys(flags, key):
    flags.make(f"{key}-a")
    flags.make(f"{key}-b")
    text = """
    const client = createClient(options);
    await client.ready;
    client.on('change', (keys) => tell([[...keys], client.getBoolean(options.key + '-a', null)]));
    tell('listening');
    """
    with Script(text, **options(flags), key=key) as script:
        assert script.next() == "listening"
        for on in (False, True):
            before = time.monotonic()
            flags.toggle(f"{key}-a", on)
            assert script.next() == [[f"{key}-a"], on]
            assert time.monotonic() - before < 2


def test_what_did_not_change_is_not_fetched_again(flags, key):
    flags.make(key)
    text = """
    const client = createClient({ ...options, fetch: counted });
    await client.ready;
    client.on('change', (keys) => tell(['changed', ...keys]));
    tell(await client.refresh());
    tell(asked().map((request) => [request.status, 'If-None-Match' in request.headers]));
    tell([client.getBoolean(options.key, false), client.details(options.key, false).reason]);
    tell(await client.setContext({ targetingKey: 'ana', plan: 'paid' }));
    const next = asked().find((request) => request.body.includes('paid'));
    tell('If-None-Match' in next.headers);
    tell(JSON.parse(next.body));
    client.close();
    """
    # The server may tell of the change just made, which is one more request of the second kind.
    status, requests, value, again, conditional, body = run(text, **options(flags), key=key)
    assert (status, again, conditional) == ("READY", "READY", False)
    assert requests[0] == [200, False] and requests[1:] and set(map(tuple, requests[1:])) == {(304, True)}
    assert value == [True, "STATIC"]
    assert body == {"context": {"targetingKey": "ana", "plan": "paid"}}


def test_another_context_is_evaluated_anew(flags, key):
    rule = {"if": [{"attribute": "plan", "operator": "in", "values": ["paid"]}], "serve": {"variation": "on"}}
    flags.make(key, rules=[rule], fallthrough={"variation": "off"})
    text = """
    const client = createClient(options);
    await client.ready;
    tell(client.getBoolean(options.key, null));
    client.on('change', (keys) => tell([...keys]));
    const settled = client.setContext({ targetingKey: 'ana', plan: 'paid' });
    tell(client.details(options.key, null).reason);
    tell(await settled);
    tell(client.details(options.key, null));
    client.close();
    """
    before, between, changed, status, after = run(text, **options(flags), key=key)
    assert (before, between, status) == (False, "STALE", "READY")
    assert key in changed
    assert (after["value"], after["reason"]) == (True, "TARGETING_MATCH")


def test_the_environment_is_asked_for(flags, key):
    flags.make(key)
    flags.toggle(key, False, environment="staging")
    text = "const client = createClient(options); await client.ready; tell(client.getBoolean(options.key, null));"
    text += "client.close();"
    assert run(text, **options(flags), key=key) == [True]
    assert run(text, **options(flags, environment="staging"), key=key) == [False]
    # A function is asked for headers, which win.
    text = text.replace("createClient(options)", "createClient({ ...options, headers: async () => options.own })")
    own = {"X-PulseVault-Environment": "staging"}
    assert run(text, **options(flags), own=own, key=key) == [False]


def test_what_was_stored_serves_without_a_server(flags, key):
    flags.make(key, "string", {"a": "stored", "b": ""})
    text = """
    const stored = new Map();
    const value = {
      get length() { return stored.size; }, key: (index) => [...stored.keys()][index],
      getItem: (name) => stored.get(name) ?? null, setItem: (name, value) => stored.set(name, value),
      removeItem: (name) => stored.delete(name),
    };
    Object.defineProperty(globalThis, 'localStorage', { value });
    stored.set('pulsevault-flags:old', JSON.stringify({ at: 1, flags: [], streams: [] }));
    stored.set('pulsevault-flags:broken', '{');
    stored.set('of somebody else', '{');
    const { key } = options;
    const online = createClient({ ...options, cache: 'local' });
    await online.ready;
    online.close();
    tell([...stored.keys()]);
    tell([...stored.values()].join().includes(options.token));

    const offline = { ...options, cache: 'local', fetch: () => Promise.reject(new TypeError('offline')) };
    const client = createClient(offline);
    tell(client.getString(key, 'default'));
    client.on('change', () => tell('changed'));
    client.on('stale', () => tell('stale'));
    const errors = new Set();
    client.on('error', (error) => errors.add(error.message));
    tell(await client.ready);
    await client.refresh();
    tell([...errors]);
    tell(client.details(key, 'default'));
    client.close();

    const stranger = createClient({ ...offline, context: { targetingKey: 'ben' } });
    tell(await stranger.ready);
    tell(stranger.details(key, 'default'));
    stranger.close();

    const back = createClient({ ...options, cache: 'local', fetch: counted });
    back.on('ready', () => tell([asked()[0].status, back.details(key, 'default').reason]));
    await back.ready;
    await back.refresh();
    back.close();
    """
    names, leaks, first, changed, stale, status, error, details, strange, nothing, back = run(
        text, **options(flags), key=key
    )
    assert len(names) == 2 and "of somebody else" in names
    assert not any("ana" in name or "ben" in name for name in names) and leaks is False
    assert (first, changed, stale, status) == ("stored", "changed", "stale", "STALE")
    assert error == ["cannot reach the server: TypeError: offline"]
    assert (details["value"], details["reason"], details["variant"]) == ("stored", "CACHED", "a")
    assert (strange, nothing["value"], nothing["errorCode"]) == ("ERROR", "default", "PROVIDER_NOT_READY")
    # What was stored is confirmed by its tag alone.
    assert back == [304, "STATIC"]


@pytest.mark.parametrize(("token", "status"), [("hvs.unknown", 401), (None, 403)])
def test_a_refused_token_is_not_tried_again(flags, key, token, status):
    flags.make(key)
    token = token or flags.token({"flags/evaluate/dev": ["evaluate"]})
    text = """
    const errors = [];
    const client = createClient({ ...options, fetch: counted, onError: (error) => errors.push(error) });
    tell(await client.ready);
    await sleep(2500);
    tell(errors.map((error) => [error instanceof FlagsError, error.code, error.status]));
    tell(asked().length);
    tell(client.details(options.key, true));
    tell(await client.refresh());
    tell(asked().length);
    client.close();
    """
    first, errors, count, details, second, then = run(text, **options(flags, token), key=key)
    assert (first, second) == ("FATAL", "FATAL")
    assert errors == [[True, "PROVIDER_FATAL", status]]
    assert (count, then) == (1, 2)
    assert (details["value"], details["reason"], details["errorCode"]) == (True, "ERROR", "PROVIDER_FATAL")


def test_a_token_that_is_revoked_leaves_the_values_there(flags, key):
    flags.make(key)
    token = flags.token()
    text = """
    const client = createClient(options);
    await client.ready;
    client.on('error', (error) => tell([error.status, client.status, client.details(options.key, false)]));
    tell('ready');
    """
    with Script(text, **options(flags, token), key=key) as script:
        assert script.next() == "ready"
        flags.server.call("POST", "/v1/auth/token/revoke", token="root", body={"token": token})
        flags.toggle(key, False)
        error, status, details = script.next()
        assert (error, status) == (401, "STALE")
        assert (details["value"], details["reason"]) == (True, "STALE")


class Relay:
    """Passes connections on to the server, until they are cut."""

    def __init__(self, port):
        self.target = port
        self.port = 0
        self.restore()

    def restore(self):
        """Take connections (again), at the same port."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        self.open = []
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            self.open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        self._end(source, sink)

    @staticmethod
    def _end(*sockets):
        # Not `close`, which would leave a thread that is reading where it is.
        for one in sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        """End all connections and take no new ones."""
        self._end(self.listener)
        self.acceptor.join()
        self.listener.close()
        self._end(*self.open)


def test_an_outage_is_told_and_what_was_missed_is_caught_up(flags, key):
    flags.make(key)
    relay = Relay(flags.server.port)
    text = """
    const client = createClient(options);
    client.on('ready', () => tell(['ready', client.details(options.key, null).reason]));
    client.on('stale', () => tell(['stale', client.details(options.key, null).reason]));
    client.on('change', (keys) => tell(['change', keys.has(options.key), client.getBoolean(options.key, null)]));
    """
    with Script(text, **options(flags, url=f"http://127.0.0.1:{relay.port}"), key=key) as script:
        assert [script.next(), script.next()] == [["change", True, True], ["ready", "STATIC"]]
        relay.cut()
        assert script.next() == ["stale", "STALE"]
        flags.toggle(key, False)
        relay.restore()
        assert [script.next(30), script.next()] == [["change", True, False], ["ready", "DISABLED"]]
        # And listens again.
        before = time.monotonic()
        flags.toggle(key, True)
        assert script.next() == ["change", True, True]
        assert time.monotonic() - before < 5
        relay.cut()


# -- against answers made up ----------------------------------------------------------------------


def test_a_pause_that_is_asked_for_is_kept():
    text = """
    let count = 0;
    const busy = new Response('{"errorDetails":"busy"}', { status: 429, headers: { 'Retry-After': '2' } });
    const fetch = async () => (count++ === 0 ? busy : answer([flag('a', 1)]));
    const client = createClient({ url: 'http://made.up', fetch });
    const start = Date.now();
    tell(await client.ready);
    tell([await client.refresh(), await client.setContext({ targetingKey: 'ben' }), count]);
    await new Promise((resolve) => client.on('ready', resolve));
    tell([count, Date.now() - start, client.getNumber('a', 0)]);
    client.close();
    """
    first, (again, context, during), (count, elapsed, value) = run(text)
    assert (first, again, context, during, count, value) == ("ERROR", "ERROR", "ERROR", 1, 2, 1)
    assert 1900 < elapsed < 4000


def test_a_pause_that_is_too_long_for_a_timer_is_kept_too():
    text = """
    let count = 0;
    const headers = { 'Retry-After': '99999999999' };
    const fetch = async () => (count++, new Response('', { status: 429, headers }));
    const client = createClient({ url: 'http://made.up', fetch });
    let errors = 0;
    client.on('error', () => errors++);
    await client.ready;
    await sleep(300);
    client.close();
    tell([count, errors]);
    """
    assert run(text) == [[1, 1]]


def test_a_context_that_is_refused_is_not_sent_again():
    text = """
    let count = 0;
    const wrong = '{"errorCode":"INVALID_CONTEXT","errorDetails":"expected an object"}';
    const fetch = async () => (count++, new Response(wrong, { status: 400 }));
    const client = createClient({ url: 'http://made.up', fetch });
    client.on('error', (error) => tell([error.code, error.message]));
    tell(await client.ready);
    await sleep(2500);
    tell(count);
    client.close();
    """
    (code, message), status, count = run(text)
    assert (code, status, count) == ("INVALID_CONTEXT", "ERROR", 1)
    assert "expected an object" in message


def test_an_answer_that_is_none_is_an_error():
    text = """
    for (const body of ['<html>', '', '[]', '{}', '{"flags":{}}', '{"flags":[null]}', '{"flags":[{"value":1}]}']) {
      const client = createClient({ url: 'http://made.up', fetch: async () => new Response(body) });
      client.on('error', (error) => tell(error.code));
      await client.ready;
      client.close();
    }
    """
    assert run(text) == ["PARSE_ERROR"] * 7


def test_a_late_answer_does_not_outlive_its_context():
    text = """
    const fetch = async (address, init) => {
      const { context } = JSON.parse(init.body);
      await sleep(context.targetingKey === 'slow' ? 500 : 10);
      return answer([flag('who', context.targetingKey)]);
    };
    const client = createClient({ url: 'http://made.up', fetch, context: { targetingKey: 'slow' } });
    client.on('change', () => tell(client.getString('who', '')));
    await sleep(50);
    tell(await client.setContext({ targetingKey: 'quick' }));
    await sleep(800);
    tell(client.getString('who', ''));
    client.close();
    """
    assert run(text) == ["quick", "READY", "quick"]


def test_values_of_one_user_are_not_given_to_another():
    text = """
    let works = true;
    const fetch = async (address, init) => {
      if (!works) throw new TypeError('offline');
      return answer([flag('who', JSON.parse(init.body).context.targetingKey)]);
    };
    for (const cache of ['memory', 'none']) {
      works = true;
      const client = createClient({ url: 'http://made.up', fetch, cache, context: { targetingKey: 'ana' } });
      await client.ready;
      works = false;
      tell(await client.setContext({ targetingKey: 'ben' }));
      tell(client.getString('who', 'default'));
      tell(await client.setContext({ targetingKey: 'ana' }));
      tell([client.getString('who', 'default'), client.details('who', 'default').reason]);
      client.close();
    }
    """
    assert run(text) == [
        *("ERROR", "default", "STALE", ["ana", "CACHED"]),
        *("ERROR", "default", "ERROR", ["default", "ERROR"]),
    ]


def test_events_are_read_however_they_are_cut():
    text = r"""
    const wanted = 'data: {"type":"refetchEvaluation",\ndata: "etag":"\\"é\\"","lastModified":5}';
    const stream = [
      ': comment', 'retry: 10', '', 'event: other', wanted, 'id: 1', '', 'data: nonsense', '',
      'data: {"type":"other"}', '',
    ].join('\n') + '\n';
    for (const end of ['\n', '\r\n', '\r']) {
      for (const size of [1, 2, 7, 1000]) {
        const bytes = new TextEncoder().encode(stream.replaceAll('\n', end));
        const asked = [];
        const fetch = async (address, init) => {
          if (init.method === 'POST') {
            asked.push(new URL(address).search);
            return answer([flag('a', 1)], { eventStreams: [
              { type: 'carrier pigeon' }, { type: 'sse', endpoint: { requestUri: '/events?x=1' } },
            ] });
          }
          asked.push(String(address), init.headers.Authorization ?? 'no token');
          const body = new ReadableStream({
            async start(controller) {
              for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
              await sleep(300);
              controller.close();
            },
          });
          return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
        };
        const client = createClient({ url: 'http://made.up/base', token: 'secret', fetch });
        await client.ready;
        await sleep(200);
        client.close();
        tell(asked);
      }
    }
    """
    for asked in run(text):
        assert asked[:3] == ["", "http://made.up/events?x=1", "no token"]
        # One event asks for the flags again, with what it says.
        assert asked[3:] == ["?flagConfigEtag=%22%C3%A9%22&flagConfigLastModified=5"]


def test_the_platforms_event_source_is_used_where_there_is_one():
    text = """
    const opened = [];
    class EventSource {
      readyState = 0;
      constructor(address) { this.address = address; opened.push(this); }
      close() { this.readyState = 2; }
    }
    let answers = 0;
    const streams = [{ type: 'sse', url: 'https://events.made.up/1' }];
    const fetch = async () => answer([flag('a', ++answers)], { eventStreams: streams });
    const client = createClient({ url: 'http://made.up', fetch, EventSource });
    client.on('change', () => tell(client.getNumber('a', 0)));
    await client.ready;
    opened[0].onopen({});
    for (let time = 0; time < 5; time += 1) {
      opened[0].onmessage({ data: '{"type":"refetchEvaluation"}' });
    }
    await sleep(200);
    // Lost, and opened again after a while, when it asks anew.
    opened[0].onerror({});
    tell([opened[0].address, opened[0].readyState]);
    await sleep(1300);
    tell(opened.length);
    opened[1].onopen({});
    await sleep(200);
    client.close();
    tell(opened[1].readyState);
    """
    assert run(text) == [1, 2, ["https://events.made.up/1", 2], 3, 2, 4, 2]


def test_a_burst_of_changes_makes_few_requests():
    text = """
    let source;
    class EventSource {
      constructor() { source = this; }
      close() {}
    }
    let count = 0;
    const streams = [{ type: 'sse', url: 'https://events.made.up/1' }];
    const fetch = async () => {
      count += 1;
      await sleep(count === 1 ? 0 : 400);
      return answer([flag('a', count)], { eventStreams: streams });
    };
    const client = createClient({ url: 'http://made.up', fetch, EventSource });
    await client.ready;
    const burst = () => {
      for (let number = 0; number < 100; number += 1) source.onmessage({ data: '{"type":"refetchEvaluation"}' });
    };
    burst();
    await sleep(200);
    tell(count);
    // While the request is under way: one more when it has ended, whatever it was answered.
    burst();
    await sleep(100);
    burst();
    tell(count);
    await sleep(1500);
    tell([count, client.getNumber('a', 0)]);
    client.close();
    """
    assert run(text) == [2, 2, [3, 3]]


def test_a_page_that_nobody_sees_gives_its_stream_back():
    text = """
    const opened = [];
    class EventSource {
      constructor(address) { opened.push(this); }
      close() { this.isClosed = true; }
    }
    globalThis.document = new EventTarget();
    const show = (state) => {
      document.visibilityState = state;
      document.dispatchEvent(new Event('visibilitychange'));
    };
    const tags = [];
    const streams = [{ type: 'sse', url: 'https://events.made.up/1', inactivityDelaySec: 1 }];
    const fetch = async (address, init) => {
      tags.push(init.headers['If-None-Match'] ?? null);
      return answer([flag('a', 1)], { eventStreams: streams }, { ETag: '"1"' });
    };
    const client = createClient({ url: 'http://made.up', fetch, EventSource });
    await client.ready;
    show('hidden');
    await sleep(500);
    show('visible');
    await sleep(200);
    tell([opened.length, tags]);
    show('hidden');
    await sleep(1300);
    tell(opened[0].isClosed);
    await client.refresh();
    tell(opened.length);
    show('visible');
    await sleep(200);
    tell([opened.length, tags]);
    client.close();
    tell(opened[1].isClosed);
    """
    # Seen again soon: the stream stayed, and the tag is enough. Later: all is asked for anew.
    assert run(text) == [[1, [None, '"1"']], True, 1, [2, [None, '"1"', '"1"', None]], True]


def test_one_listeners_fault_is_its_own_and_values_cannot_be_changed():
    text = """
    console.error = () => {};
    const client = createClient({ url: 'http://made.up', fetch: async () => answer([flag('a', { list: [1] })]) });
    client.on('change', () => { throw new Error('mine'); });
    const end = client.on('change', () => tell('never'));
    end();
    client.on('change', () => tell('heard'));
    await client.ready;
    try { client.getObject('a', {}).list.push(2); } catch (error) { tell(error.name); }
    tell(client.getObject('a', {}));
    try { client.on('nothing', () => {}); } catch (error) { tell(error.name); }
    client.close();
    """
    assert run(text) == ["heard", "TypeError", {"list": [1]}, "TypeError"]
