/** Feature flags of a PulseVault server, for browsers and Node 18 or later. */

/** What a flag's value can be. */
export type FlagValue = boolean | string | number | FlagObject;
export type FlagObject = { readonly [name: string]: unknown };

/** Who or what flags are evaluated for. */
export interface EvaluationContext {
  /** Decides the bucket of percentages; as a rule the user's identifier. */
  targetingKey?: string;
  [attribute: string]: unknown;
}

/** Why a flag has its value; `CACHED` and `STALE` mean that the server has not confirmed it lately. */
export type Reason =
  | 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'CACHED' | 'STALE' | 'UNKNOWN' | 'ERROR';

export type ErrorCode =
  | 'PROVIDER_NOT_READY' | 'PROVIDER_FATAL' | 'FLAG_NOT_FOUND' | 'PARSE_ERROR' | 'TYPE_MISMATCH'
  | 'TARGETING_KEY_MISSING' | 'INVALID_CONTEXT' | 'GENERAL';

/** A value with what OpenFeature tells about it. */
export interface EvaluationDetails<T> {
  readonly key: string;
  readonly value: T;
  readonly variant?: string;
  /** One of {@link Reason}; other servers may send others. */
  readonly reason: Reason | (string & {});
  /** Set when `reason` is `ERROR`; the value is then the default. */
  readonly errorCode?: ErrorCode | (string & {});
  readonly errorMessage?: string;
  readonly flagMetadata: { readonly [name: string]: boolean | string | number };
}

/**
 * - `NOT_READY`: nothing was received yet.
 * - `READY`: the values are the server's.
 * - `STALE`: there are values, from the cache or from before the server could not be reached.
 * - `ERROR`: there are no values, and the client goes on trying.
 * - `FATAL`: there are no values, and the server refuses the token; only `refresh` and `setContext` try again.
 */
export type Status = 'NOT_READY' | 'READY' | 'STALE' | 'ERROR' | 'FATAL';

export interface ClientOptions {
  /** The server's address, or that of a proxy in front of it. Browsers: `/` means where the page came from. */
  url?: string;
  /** A token that may evaluate; a function is asked before each request. Keep it out of pages: use a proxy. */
  token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Headers of each request to evaluate; they win over the client's own. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
  /** The environment, for tokens that are not made for one. */
  environment?: string;
  context?: EvaluationContext;
  /**
   * What is kept of answers: `memory` (the default), for when the context returns; `local`, in the browser's local
   * storage for 30 days, for the start without a server; `none`.
   */
  cache?: 'memory' | 'local' | 'none';
  /** In place of the platform's. */
  fetch?: typeof fetch;
  /** In place of the platform's; where there is none, streams are read with `fetch`. */
  EventSource?: new (url: string) => EventSource;
  /** Hears of every failed request from the first one on. */
  onError?: (error: FlagsError) => void;
}

export class FlagsError extends Error {
  readonly name: 'FlagsError';
  readonly code: ErrorCode | (string & {});
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  /** Milliseconds after which the server wants to be asked again. */
  readonly retryAfter?: number;
}

export interface FlagsClient {
  /** Ends, with the status, when values are there or the first request has failed; it is never rejected. */
  readonly ready: Promise<Status>;
  readonly status: Status;
  readonly context: EvaluationContext;

  getBoolean(key: string, fallback: boolean): boolean;
  getString(key: string, fallback: string): string;
  /** Integers beyond 2^53 lose their last digits, as all numbers in JavaScript do. */
  getNumber(key: string, fallback: number): number;
  /** The object is frozen. */
  getObject<T extends object = FlagObject>(key: string, fallback: T): Readonly<T>;
  /** Asks for the type of `fallback`; without one, for whatever the flag has. */
  details(key: string, fallback: boolean): EvaluationDetails<boolean>;
  details(key: string, fallback: string): EvaluationDetails<string>;
  details(key: string, fallback: number): EvaluationDetails<number>;
  details<T extends object>(key: string, fallback: T): EvaluationDetails<Readonly<T>>;
  details(key: string): EvaluationDetails<FlagValue | undefined>;
  /** The keys of all flags that are known. */
  keys(): string[];

  /** Replaces the context. The values before stay, with the reason `STALE`, until the promise ends. */
  setContext(context: EvaluationContext): Promise<Status>;
  /** Asks the server now. */
  refresh(): Promise<Status>;

  /** Values changed, or became known: the keys of their flags. */
  on(event: 'change', listener: (keys: Set<string>) => void): () => void;
  /** The values are the server's, for the first time or again. */
  on(event: 'ready', listener: () => void): () => void;
  /** The server could not confirm the values. */
  on(event: 'stale', listener: () => void): () => void;
  /** A request failed. */
  on(event: 'error', listener: (error: FlagsError) => void): () => void;

  /** Ends connections, timers and listeners; values stay readable. */
  close(): void;
}

/** Makes a client and begins to fetch. */
export function createClient(options?: ClientOptions): FlagsClient;
