/**
 * Feature flags of a PulseVault server, for browsers and Node 18 or later; no dependencies.
 *
 * Speaks OFREP 0.3 (OpenFeature Remote Evaluation Protocol): all flags are evaluated for one context in one request,
 * a stream of server-sent events says when to ask again, and an ETag makes asking again cheap.
 *
 * @module
 */

/** Milliseconds in which several reasons to ask again become one request. */
const COALESCE = 50;
/** Milliseconds after which a request counts as failed. */
const TIMEOUT = 10_000;
/** Milliseconds before the first and the longest wait of a retry. */
const [FIRST_WAIT, LONGEST_WAIT] = [1_000, 60_000];
/** Milliseconds after which a connected stream counts as sound, so that the next failure waits briefly again. */
const SOUND_AFTER = 10_000;
/** Seconds for which a page that nobody sees stays connected, unless the server says. */
const INACTIVITY = 120;
/** Milliseconds without a sign of life after which a stream counts as lost; servers send one far more often. */
const SILENCE = 120_000;
/** How many characters of one line of a stream are read. */
const LONGEST_LINE = 1 << 20;
/** Milliseconds for which a server can ask for a pause at most; timers cannot wait for much longer. */
const LONGEST_PAUSE = 86_400_000;
/** Days after which what a browser stored is dropped. */
const STORED_DAYS = 30;
/** What the keys in local storage begin with. */
const STORAGE_PREFIX = 'pulsevault-flags:';
/** How many contexts are remembered in memory. */
const REMEMBERED = 20;

/** What went wrong: OpenFeature's `code`, the HTTP `status`, and after how many milliseconds to ask again, if told. */
export class FlagsError extends Error {
  constructor(message, { cause, ...facts } = {}) {
    super(message, { cause });
    Object.assign(this, { name: 'FlagsError', code: 'GENERAL' }, facts);
  }
}

/** Makes a client and begins to fetch; see `README.md` for the options. */
export function createClient(options) {
  return new FlagsClient(options);
}

class FlagsClient {
  #base;
  #options;
  #fetch;
  #context;
  #store;
  #listeners = { change: new Set(), ready: new Set(), error: new Set(), stale: new Set() };
  #status = 'NOT_READY';
  #closed = false;
  #firstAttempt;
  // What is known: flags by key, null before anything is.
  #flags = null;
  #isCached = false;
  #isBehind = false;
  #etag = null;
  #streams = [];
  #known = { identity: '', fingerprint: '' };
  #lastError = null;
  // Fetching: one request at a time, and what the next one is for.
  #wanted = null;
  #draining = null;
  #abort = null;
  #coalesce = null;
  #retry = null;
  #failures = 0;
  #pausedUntil = 0;
  // Streaming.
  #stream = null;
  #reconnect = null;
  #streamFailures = 0;
  #hiddenTimer = null;
  #isAsleep = false;

  constructor(options = {}) {
    this.#options = options;
    this.#base = new URL(options.url ?? '/', globalThis.location?.href);
    if (!this.#base.pathname.endsWith('/')) this.#base.pathname += '/';
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#context = { ...options.context };
    if (options.onError) this.#listeners.error.add(options.onError);
    this.#store = makeStore(options.cache ?? 'memory');
    this.ready = new Promise((resolve) => (this.#firstAttempt = resolve));
    globalThis.document?.addEventListener('visibilitychange', this.#onVisibility);
    globalThis.addEventListener?.('online', this.#onOnline);
    this.#recall();
    // Later, so that whoever made the client can listen first.
    queueMicrotask(() => {
      if (this.#closed) return;
      if (this.#flags) this.#announce(new Set(this.#flags.keys()));
      if (!this.#draining) this.#refetch({});
    });
  }

  /** `NOT_READY`, `READY`, `STALE`, `ERROR` or `FATAL`, as OpenFeature has them. */
  get status() {
    return this.#status;
  }

  /** The context that flags are evaluated for. */
  get context() {
    return { ...this.#context };
  }

  getBoolean(key, fallback) {
    return this.#details(key, fallback, 'boolean').value;
  }

  getString(key, fallback) {
    return this.#details(key, fallback, 'string').value;
  }

  getNumber(key, fallback) {
    return this.#details(key, fallback, 'number').value;
  }

  getObject(key, fallback) {
    return this.#details(key, fallback, 'object').value;
  }

  /** The value with variant, reason and error code. The type asked for is the default's, if there is one. */
  details(key, fallback) {
    return this.#details(key, fallback, fallback == null ? null : typeof fallback);
  }

  /** The keys of all flags that are known. */
  keys() {
    return [...(this.#flags?.keys() ?? [])];
  }

  /** Evaluates for another context from now on; the promise ends with the status when that is known. */
  setContext(context) {
    this.#context = { ...context };
    this.#etag = null;
    this.#isBehind = true;
    this.#abort?.abort();
    return this.#refetch({ unconditional: true });
  }

  /** Asks the server now; the promise ends with the status, and is never rejected. */
  refresh() {
    return this.#refetch({});
  }

  /** Calls `listener` whenever `event` happens; returns a function that ends this. */
  on(event, listener) {
    const listeners = this.#listeners[event];
    if (!listeners) throw new TypeError(`there is no event named "${event}"`);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Ends all connections and timers. Values stay as they are. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#abort?.abort();
    this.#disconnect();
    for (const timer of [this.#coalesce, this.#retry, this.#hiddenTimer]) clearTimeout(timer);
    globalThis.document?.removeEventListener('visibilitychange', this.#onVisibility);
    globalThis.removeEventListener?.('online', this.#onOnline);
    for (const listeners of Object.values(this.#listeners)) listeners.clear();
    this.#firstAttempt(this.#status);
  }

  // -- what the application reads ---------------------------------------------------------------

  #details(key, fallback, type) {
    const failed = (errorCode, errorMessage, flag) => ({
      key, value: fallback, reason: 'ERROR', errorCode, errorMessage, flagMetadata: flag?.metadata ?? {},
    });
    if (!this.#flags) {
      const code = this.#status === 'FATAL' ? 'PROVIDER_FATAL' : 'PROVIDER_NOT_READY';
      return failed(code, this.#lastError?.message ?? 'no flags were received yet');
    }
    const flag = this.#flags.get(key);
    if (!flag) return failed('FLAG_NOT_FOUND', `there is no flag "${key}"`);
    if (flag.errorCode) return failed(flag.errorCode, flag.errorDetails ?? '', flag);
    // Without a value the server leaves the choice to the application.
    const value = 'value' in flag ? flag.value : fallback;
    if ('value' in flag && type && (typeof value !== type || value === null)) {
      return failed('TYPE_MISMATCH', `"${key}" is a ${typeof value}, not a ${type}`, flag);
    }
    const age = this.#isCached ? 'CACHED' : this.#status !== 'READY' || this.#isBehind ? 'STALE' : null;
    return {
      key, value, variant: flag.variant, reason: age ?? flag.reason ?? 'UNKNOWN', flagMetadata: flag.metadata ?? {},
    };
  }

  // -- fetching -----------------------------------------------------------------------------------

  /** Wants the flags anew. What is wanted while a request is under way is done in one request after it. */
  #refetch(wish) {
    if (this.#closed) return Promise.resolve(this.#status);
    this.#wanted = { ...this.#wanted, ...wish };
    return (this.#draining ??= this.#drain());
  }

  async #drain() {
    while (this.#wanted && !this.#closed) {
      const wish = this.#wanted;
      this.#wanted = null;
      await this.#fetchOnce(wish);
    }
    // At once, so that no wish falls between the loop's end and the promise's.
    this.#draining = null;
    return this.#status;
  }

  #refetchSoon(wish) {
    if (this.#closed) return;
    this.#wanted = { ...this.#wanted, ...wish };
    this.#coalesce ??= setTimeout(() => {
      this.#coalesce = null;
      if (this.#wanted) this.#refetch({});
    }, COALESCE);
  }

  async #fetchOnce({ unconditional, notice }) {
    clearTimeout(this.#retry);
    const abort = (this.#abort = new AbortController());
    const timer = setTimeout(() => abort.abort(new Error('the server took too long')), TIMEOUT);
    const context = this.#context;
    try {
      const retryAfter = this.#pausedUntil - Date.now();
      if (retryAfter > 0) throw new FlagsError('the server asked for a pause', { status: 429, retryAfter });
      const response = await this.#fetch(this.#address(notice), {
        method: 'POST',
        headers: await this.#headers(unconditional ? null : this.#etag),
        body: JSON.stringify({ context }),
        signal: abort.signal,
        cache: 'no-store',
      });
      const answer = response.status === 304 ? null : await response.text();
      if (this.#closed || context !== this.#context) return;
      this.#take(response, answer);
    } catch (error) {
      // A request that a new context overtook has nothing to say.
      if (this.#closed || context !== this.#context) return;
      this.#failed(error, { unconditional, notice });
    } finally {
      clearTimeout(timer);
    }
  }

  #address(notice) {
    const address = new URL('ofrep/v1/evaluate/flags', this.#base);
    if (notice?.etag !== undefined) address.searchParams.set('flagConfigEtag', String(notice.etag));
    if (notice?.lastModified !== undefined) {
      address.searchParams.set('flagConfigLastModified', String(notice.lastModified));
    }
    return address.href;
  }

  async #headers(etag) {
    const { token, headers, environment } = this.#options;
    const given = typeof headers === 'function' ? await headers() : headers;
    const bearer = typeof token === 'function' ? await token() : token;
    return {
      'Content-Type': 'application/json',
      ...(bearer && { Authorization: `Bearer ${bearer}` }),
      ...(environment && { 'X-PulseVault-Environment': environment }),
      ...(etag && { 'If-None-Match': etag }),
      ...given,
    };
  }

  #take(response, text) {
    if (response.status !== 304 && response.status !== 200) throw refusal(response, text);
    let changed = new Set();
    if (response.status === 200) {
      const answer = parse(text);
      const flags = byKey(answer.flags);
      changed = difference(this.#flags, flags);
      this.#flags = flags;
      this.#etag = response.headers.get('ETag');
      this.#streams = Array.isArray(answer.eventStreams) ? answer.eventStreams : [];
      this.#known = this.#names();
      this.#store.write(this.#known.identity, {
        at: Date.now(), fingerprint: this.#known.fingerprint, etag: this.#etag, streams: this.#streams,
        flags: [...flags.values()],
      });
    }
    this.#isCached = this.#isBehind = false;
    this.#failures = 0;
    this.#lastError = null;
    this.#connect();
    this.#announce(changed);
  }

  #failed(cause, wish) {
    const error = cause instanceof FlagsError ? cause : new FlagsError(`cannot reach the server: ${cause}`, { cause });
    // What is known belongs to someone else when the new context has another targeting key.
    const before = this.#flags;
    if (this.#known.identity !== this.#names().identity) this.#recall();
    this.#fail(error, difference(before, this.#flags));
    if (error.code === 'PROVIDER_FATAL') return this.#disconnect();
    // A context that the server does not understand will not be understood later.
    if (error.status === 400) return;
    this.#failures += 1;
    if (error.retryAfter !== undefined) this.#pausedUntil = Date.now() + error.retryAfter;
    this.#retry = setTimeout(() => this.#refetch(wish), error.retryAfter ?? backOff(this.#failures));
  }

  // -- status and events --------------------------------------------------------------------------

  #announce(changed) {
    this.#turn(this.#isCached ? 'STALE' : 'READY', changed);
    this.#firstAttempt(this.#status);
  }

  #fail(error, changed) {
    this.#lastError = error;
    this.#turn(this.#flags ? 'STALE' : error.code === 'PROVIDER_FATAL' ? 'FATAL' : 'ERROR', changed);
    this.#emit('error', error);
    this.#firstAttempt(this.#status);
  }

  #turn(status, changed) {
    const isNew = this.#status !== status;
    this.#status = status;
    if (changed?.size) this.#emit('change', changed);
    if (isNew && status === 'READY') this.#emit('ready');
    if (isNew && status === 'STALE') this.#emit('stale');
  }

  #emit(event, detail) {
    for (const listener of [...this.#listeners[event]]) {
      try {
        listener(detail);
      } catch (error) {
        // One listener's fault must not keep the others from hearing.
        console.error(error);
      }
    }
  }

  // -- what was kept ------------------------------------------------------------------------------

  #names() {
    const { environment = '' } = this.#options;
    const { targetingKey = '' } = this.#context;
    return {
      identity: digest(JSON.stringify([this.#base.href, environment, targetingKey])),
      fingerprint: digest(JSON.stringify(this.#context)),
    };
  }

  /** Takes what was kept for the context's targeting key in place of what is known, if anything was. */
  #recall() {
    const names = this.#names();
    const kept = this.#store.read(names.identity);
    this.#known = names;
    this.#flags = kept && byKey(kept.flags);
    if (!kept) return;
    this.#isCached = true;
    this.#etag = kept.fingerprint === names.fingerprint ? kept.etag : null;
    this.#streams = kept.streams;
  }

  // -- the stream ---------------------------------------------------------------------------------

  #connect() {
    if (this.#isAsleep || this.#closed) return;
    const offer = this.#streams.find((one) => one?.type === 'sse');
    const address = offer && streamAddress(offer, this.#base);
    if (address && this.#stream?.address === address) return;
    this.#disconnect();
    if (!address) return;
    const { inactivityDelaySec: seconds } = offer;
    const patience = seconds > 0 && seconds * 1_000 < LONGEST_PAUSE ? seconds : INACTIVITY;
    const stream = (this.#stream = { address, openedAt: 0, patience });
    const isCurrent = () => this.#stream === stream;
    const Source = this.#options.EventSource ?? globalThis.EventSource;
    stream.end = (Source ? listen : follow)(address, Source ?? this.#fetch, {
      opened: () => {
        if (!isCurrent()) return;
        stream.openedAt = Date.now();
        // Something may have changed while nobody listened.
        if (this.#streamFailures) this.#refetchSoon({});
      },
      message: (text) => isCurrent() && this.#heard(text),
      lost: (isRefused) => isCurrent() && this.#lost(isRefused),
    });
  }

  #heard(text) {
    const notice = json(text);
    if (notice?.type === 'refetchEvaluation') this.#refetchSoon({ notice });
  }

  #lost(isRefused) {
    const { openedAt } = this.#stream;
    if (openedAt && Date.now() - openedAt > SOUND_AFTER) this.#streamFailures = 0;
    this.#streamFailures += 1;
    this.#disconnect();
    // The next answer connects again. An address that is refused may be an old one; a full answer has the new one.
    const wish = isRefused ? { unconditional: true } : {};
    this.#reconnect = setTimeout(() => this.#refetch(wish), backOff(this.#streamFailures));
  }

  #disconnect() {
    clearTimeout(this.#reconnect);
    const stream = this.#stream;
    this.#stream = null;
    stream?.end?.();
  }

  #onOnline = () => {
    if (this.#status !== 'FATAL') this.#refetchSoon({});
  };

  /** A page that nobody sees for a while gives its connection back, and asks anew when it is seen again. */
  #onVisibility = () => {
    clearTimeout(this.#hiddenTimer);
    if (globalThis.document.visibilityState === 'hidden') {
      this.#hiddenTimer = setTimeout(() => {
        this.#isAsleep = true;
        this.#disconnect();
      }, (this.#stream?.patience ?? INACTIVITY) * 1_000);
    } else {
      const unconditional = this.#isAsleep;
      this.#isAsleep = false;
      if (this.#status !== 'FATAL') this.#refetchSoon(unconditional ? { unconditional } : {});
    }
  };
}

// -- streams --------------------------------------------------------------------------------------

/** Where a stream is; undefined when the server's offer makes no address. */
function streamAddress({ url, endpoint }, base) {
  try {
    const address = new URL(url ?? endpoint.requestUri, endpoint?.origin ?? base.origin);
    return /^https?:$/.test(address.protocol) ? address.href : undefined;
  } catch {
    return undefined;
  }
}

/** Listens with the platform's `EventSource`; returns what ends it. Reconnecting is the client's. */
function listen(address, Source, { opened, message, lost }) {
  const source = new Source(address);
  source.onopen = opened;
  source.onmessage = (event) => message(event.data);
  source.onerror = () => {
    // Closed by itself: the server refused, or sent something else than a stream.
    const isRefused = source.readyState === 2;
    source.close();
    lost(isRefused);
  };
  return () => source.close();
}

/** The same where there is no `EventSource`. No token goes along: the address is the right to listen. */
function follow(address, fetch, { opened, message, lost }) {
  const abort = new AbortController();
  let watch;
  const sign = () => {
    clearTimeout(watch);
    watch = setTimeout(() => abort.abort(), SILENCE);
  };
  const read = async () => {
    sign();
    const response = await fetch(address, { headers: { Accept: 'text/event-stream' }, signal: abort.signal });
    const isStream = response.status === 200 && /^text\/event-stream\b/.test(response.headers.get('Content-Type'));
    if (!isStream) {
      await response.body?.cancel();
      return response.status < 500 && response.status !== 429;
    }
    opened();
    const decoder = new TextDecoder();
    const parser = eventParser(message);
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      sign();
      parser(decoder.decode(part.value, { stream: true }));
    }
    return false;
  };
  read().catch(() => false).then((isRefused) => {
    clearTimeout(watch);
    abort.abort();
    lost(isRefused);
  });
  return () => abort.abort();
}

/** Calls `message` with the data of each event in the text it is fed (HTML standard, 9.2.6). */
function eventParser(message) {
  let rest = '';
  let data = [];
  return (text) => {
    // A carriage return at the very end may be half of a line's end.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    if (rest.length > LONGEST_LINE) throw new Error('a line of the stream is too long');
    for (const line of lines) {
      if (line === '') {
        if (data.length) message(data.join('\n'));
        data = [];
      } else if (line === 'data' || line.startsWith('data:')) {
        data.push(line.slice(5).replace(/^ /, ''));
      }
    }
  };
}

// -- answers --------------------------------------------------------------------------------------

/** What a text says; undefined when it is no JSON. */
function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The answer to a bulk evaluation, or an error when it is none. */
function parse(text) {
  const answer = json(text);
  if (!Array.isArray(answer?.flags) || !answer.flags.every((flag) => typeof flag?.key === 'string')) {
    throw new FlagsError('the server did not answer with flags', { code: 'PARSE_ERROR', status: 200 });
  }
  return answer;
}

/** The error of an answer that is neither 200 nor 304. */
function refusal(response, text) {
  const { status } = response;
  const retryAfter = pause(response.headers.get('Retry-After'));
  if (status === 401 || status === 403) {
    return new FlagsError(`the server refuses the token (${status})`, { code: 'PROVIDER_FATAL', status });
  }
  const told = json(text);
  const code = typeof told?.errorCode === 'string' ? told.errorCode : 'GENERAL';
  const details = typeof told?.errorDetails === 'string' ? `: ${told.errorDetails}` : '';
  return new FlagsError(`the server answered ${status}${details}`, { code, status, retryAfter });
}

/** Milliseconds that a `Retry-After` asks for: seconds or a date. */
function pause(header) {
  if (!header) return undefined;
  const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), LONGEST_PAUSE);
}

/** Milliseconds to wait after a number of failures in a row: doubled each time, half of it by chance. */
function backOff(failures) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures - 1, 10)) * (0.5 + Math.random() / 2);
}

/** Flags by their keys; unchangeable, because all who ask for a value get the same one. */
function byKey(flags) {
  return new Map(flags.map((flag) => [flag.key, deepFreeze(flag)]));
}

/** The keys of the flags that are not the same in both; either may be null. */
function difference(before, after) {
  const face = (flag) => flag && JSON.stringify([flag.value, flag.variant, flag.errorCode]);
  const keys = [...(before?.keys() ?? []), ...(after?.keys() ?? [])];
  return new Set(keys.filter((key) => face(before?.get(key)) !== face(after?.get(key))));
}

function deepFreeze(value) {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

// -- what is kept ---------------------------------------------------------------------------------

/** A short name for a text, so that what a browser stores names nobody (FNV-1a, 64 bits). */
function digest(text) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

/** Keeps answers by name: in local storage, in memory, or not at all. */
function makeStore(mode) {
  if (mode === 'none') return { read: () => null, write: () => {} };
  if (mode === 'local') return localStore();
  const kept = new Map();
  return {
    read: (name) => kept.get(name) ?? null,
    write: (name, answer) => {
      kept.delete(name);
      kept.set(name, answer);
      if (kept.size > REMEMBERED) kept.delete(kept.keys().next().value);
    },
  };
}

function localStore() {
  // A browser may forbid storage, or it may be full or hold nonsense: then nothing is kept.
  const attempt = (work) => {
    try {
      return work(globalThis.localStorage);
    } catch {
      return null;
    }
  };
  const read = (name) => attempt((storage) => {
    const answer = JSON.parse(storage.getItem(name));
    const isSound = Array.isArray(answer.flags) && Array.isArray(answer.streams);
    return isSound && Date.now() - answer.at < STORED_DAYS * 86_400_000 ? answer : null;
  });
  attempt((storage) => {
    const names = Array.from({ length: storage.length }, (_, index) => storage.key(index));
    names.filter((name) => name.startsWith(STORAGE_PREFIX) && !read(name)).forEach((name) => storage.removeItem(name));
  });
  return {
    read: (name) => read(STORAGE_PREFIX + name),
    write: (name, answer) => void attempt((storage) => storage.setItem(STORAGE_PREFIX + name, JSON.stringify(answer))),
  };
}
