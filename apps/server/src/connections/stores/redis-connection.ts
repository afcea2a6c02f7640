// One connection to Redis that never makes a request wait for long.
//
// Defends the request path from a store that is down, hung or slow: no command is queued while the connection is not ready, each
// has a time limit, and after one that ran out the store counts as down for a moment, so that waiting requests do not pile up.
// Does not decide what being down means: sessions refuse, limits fall back.
import type { Clock, Secret } from '@careward/kernel';
import { createClient } from 'redis';
import { REDIS_LIBRARY } from './redis-library.ts';
import { storeErrors } from './store.errors.ts';

/** How to reach Redis. Times in milliseconds. */
export interface RedisOptions {
  readonly url: Secret<string>;
  readonly commandTimeoutMs: number;
  readonly clock: Clock;
  /** Begins every key; tests use one each. */
  readonly keyPrefix?: string;
  /** How long the store counts as down after a command ran out of time. */
  readonly pauseMs?: number;
  /** Hears of connection errors. Their text may hold an address, never a password. */
  readonly onError?: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const TIMEOUTS_BEFORE_REPLACING = 3;
const LONGEST_RECONNECT_PAUSE_MS = 2_000;

/** A connection that loads Careward's functions whenever it becomes ready. */
export class RedisConnection {
  readonly keyPrefix: string;
  readonly #options: RedisOptions;
  #client: RedisClient;
  #downUntil = 0;
  #timeouts = 0;
  #closed = false;

  private constructor(options: RedisOptions) {
    this.#options = options;
    this.keyPrefix = options.keyPrefix ?? 'careward:';
    this.#client = this.#connect();
  }

  /** Begins to connect and returns at once: commands fail until the connection is ready. */
  static start(options: RedisOptions): RedisConnection {
    return new RedisConnection(options);
  }

  /**
   * Connects and waits until the store is usable.
   * @throws CarewardError `session-store-unavailable` when it is not reached, `store-evicts` when it may drop revocations
   */
  static async open(options: RedisOptions): Promise<RedisConnection> {
    const connection = new RedisConnection(options);
    try {
      await connection.#becomeReady();
      await connection.#rejectEviction();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Calls one function. Any failure means that the store could not be asked. */
  async call(name: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    try {
      return await this.#callOnce(name, keys, values);
    } catch (error) {
      if (!isFunctionMissing(error)) throw error;
      await this.#withinTime(this.#loadLibrary(this.#client));
      return await this.#callOnce(name, keys, values);
    }
  }

  /** True when commands are sent at the moment. */
  get isReady(): boolean {
    return this.#client.isReady && this.#options.clock.now() >= this.#downUntil;
  }

  /** Closes the connection; commands that wait for an answer fail. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#client.destroy();
  }

  async #callOnce(name: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    if (!this.isReady) throw new Error('the store is down');
    const prefixed = keys.map((key) => this.keyPrefix + key);
    return await this.#withinTime(this.#client.fCall(name, { keys: prefixed, arguments: [...values] }));
  }

  async #withinTime<T>(command: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(this.#timedOut()), this.#options.commandTimeoutMs);
    try {
      const answer = await Promise.race([command, promise]);
      this.#timeouts = 0;
      return answer;
    } finally {
      clearTimeout(timer);
      command.catch(() => undefined);
    }
  }

  #timedOut(): Error {
    this.#downUntil = this.#options.clock.now() + (this.#options.pauseMs ?? 1_000);
    this.#timeouts += 1;
    // A peer that vanished without closing would hold the connection for as long as TCP retries.
    if (this.#timeouts >= TIMEOUTS_BEFORE_REPLACING && !this.#closed) {
      this.#timeouts = 0;
      this.#client.destroy();
      this.#client = this.#connect();
    }
    return new Error('the store did not answer in time');
  }

  #connect(): RedisClient {
    const client = makeClient(this.#options.url);
    client.on('error', (error: Error) => this.#options.onError?.(error));
    client.on('ready', () => void this.#loadLibrary(client).catch((error) => this.#options.onError?.(error)));
    client.connect().catch(() => undefined);
    return client;
  }

  async #loadLibrary(client: RedisClient): Promise<void> {
    await client.functionLoad(REDIS_LIBRARY, { REPLACE: true });
  }

  async #becomeReady(): Promise<void> {
    const deadline = this.#options.clock.now() + CONNECT_TIMEOUT_MS;
    while (!this.#client.isReady) {
      if (this.#options.clock.now() > deadline) {
        throw storeErrors.error('session-store-unavailable', {
          detail: 'the store was not reached at start',
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.#withinTime(this.#loadLibrary(this.#client));
  }

  async #rejectEviction(): Promise<void> {
    const memory = await this.#withinTime(this.#client.info('memory'));
    if (!/^maxmemory_policy:allkeys/m.test(memory)) return;
    throw storeErrors.error('store-evicts', { detail: 'maxmemory-policy must be noeviction or volatile-*' });
  }
}

type RedisClient = ReturnType<typeof makeClient>;

function makeClient(url: Secret<string>) {
  return createClient({
    url: url.reveal(),
    RESP: 2,
    name: 'careward',
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    // The library's own time limit keeps a timer for five seconds after every command, also an answered one; ours does not.
    commandOptions: { timeout: 0 },
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: pauseBeforeReconnect },
  });
}

function isFunctionMissing(error: unknown): boolean {
  return error instanceof Error && /function not found/i.test(error.message);
}

function pauseBeforeReconnect(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 10), LONGEST_RECONNECT_PAUSE_MS);
}
