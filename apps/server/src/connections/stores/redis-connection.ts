// One connection to Redis that never makes a request wait for long.
//
// Defends the request path from a store that is down, hung or slow: no command is queued while the connection is not ready, each
// has a time limit, and after one that ran out the store counts as down for a moment, so that waiting requests do not pile up.
// Defends revocations, used proofs and locks from a store that drops what it has no room for: every server is looked at whenever a
// connection to it begins, also one that took over from another, and until it is found fit it counts as down.
// Does not decide what being down means: sessions refuse, limits fall back.
import type { Clock, Secret } from '@careward/kernel';
import { createClient, RESP_TYPES } from 'redis';
import { REDIS_LIBRARY, REDIS_LIBRARY_VERSION } from './redis-library.ts';
import type { FunctionCall, RedisServers } from './redis-servers.ts';
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
  /** Only asked about others: nothing is loaded, so it may be a replica. */
  readonly isSeed?: boolean;
  /** Hears of connection errors. Their text may hold an address, never a password. */
  readonly onError?: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const TIMEOUTS_BEFORE_REPLACING = 3;
const LONGEST_RECONNECT_PAUSE_MS = 2_000;
const SCAN_COUNT = 1_000;

/** A connection that loads Careward's functions whenever it becomes ready. */
export class RedisConnection implements RedisServers {
  readonly isCluster = false;
  readonly keyPrefix: string;
  roundTrips = 0;
  readonly #options: RedisOptions;
  #client: RedisClient;
  /** The same client, which answers texts as bytes. */
  #bytes: ReturnType<typeof answeringBytes>;
  #downUntil = 0;
  #timeouts = 0;
  #closed = false;
  /** Whether the server at the other end of this connection has the functions and drops nothing. */
  #isFit = false;
  #looking: Promise<void> | undefined;

  private constructor(options: RedisOptions) {
    this.#options = options;
    this.keyPrefix = options.keyPrefix ?? 'careward:';
    this.#client = this.#connect();
    this.#bytes = answeringBytes(this.#client);
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
      await connection.becomeUsable();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Waits until the store answers, and refuses one that may drop revocations. */
  async becomeUsable(): Promise<void> {
    const deadline = this.#options.clock.now() + CONNECT_TIMEOUT_MS;
    while (!this.#client.isReady) {
      if (this.#options.clock.now() > deadline) {
        throw storeErrors.error('session-store-unavailable', {
          detail: 'the store was not reached at start',
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.#look();
  }

  async round(calls: readonly FunctionCall[]): Promise<readonly unknown[]> {
    this.roundTrips += 1;
    return await Promise.all(calls.map((call) => this.ask(call)));
  }

  /** One call of a {@link round}. `asking`: the key is on its way from another node to this one. */
  async ask(call: FunctionCall, asking = false): Promise<unknown> {
    try {
      return await this.#askOnce(call, asking);
    } catch (error) {
      if (!isFunctionMissing(error)) throw error;
      await this.#withinTime(this.#client.functionLoad(REDIS_LIBRARY, { REPLACE: true }));
      return await this.#askOnce(call, asking);
    }
  }

  async scan(cursor: string, start: string) {
    const MATCH = `${escapedPattern(this.keyPrefix + start)}*`;
    const found = await this.command((client) => client.scan(cursor || '0', { MATCH, COUNT: SCAN_COUNT }));
    const keys = found.keys.map((key) => key.slice(this.keyPrefix.length));
    return { cursor: found.cursor === '0' ? '' : found.cursor, keys };
  }

  /** Sends any other command under the same rules. */
  async command<T>(send: (client: RedisClient) => Promise<T>): Promise<T> {
    this.#rejectDown();
    return await this.#withinTime(send(this.#client));
  }

  /** True when commands are sent at the moment. */
  get isReady(): boolean {
    return this.#client.isReady && this.#isFit && this.#options.clock.now() >= this.#downUntil;
  }

  /** Closes the connection; commands that wait for an answer fail. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#client.destroy();
  }

  async #askOnce({ name, keys, values }: FunctionCall, asking: boolean): Promise<unknown> {
    this.#rejectDown();
    const prefixed = keys.map((key) => this.keyPrefix + key);
    const allowed = asking ? this.#client.asking() : undefined;
    allowed?.catch(() => undefined);
    return await this.#withinTime(
      this.#bytes.fCall(name, { keys: prefixed, arguments: values.map((value) => asArgument(value)) }),
    );
  }

  #rejectDown(): void {
    if (this.isReady) return;
    if (this.#client.isReady && !this.#isFit) this.#lookUnattended();
    throw new Error('the store is down');
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
      this.#bytes = answeringBytes(this.#client);
    }
    return new Error('the store did not answer in time');
  }

  #connect(): RedisClient {
    const client = makeClient(this.#options.url);
    client.on('error', (error: Error) => this.#options.onError?.(error));
    // Emitted before anything can be sent: whoever answers now may be another server than before.
    client.on('ready', () => {
      this.#isFit = false;
      this.#lookUnattended();
    });
    return connected(client);
  }

  #lookUnattended(): void {
    this.#look().catch((error: unknown) => this.#options.onError?.(error as Error)); // rejects with errors alone
  }

  /** Looks at the server of the connection, once at a time. */
  #look(): Promise<void> {
    this.#looking ??= this.#makeFit(this.#client).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #makeFit(client: RedisClient): Promise<void> {
    if (!this.#options.isSeed) {
      await this.#withinTime(loadLibrary(client));
      await this.#withinTime(rejectEviction(client));
    }
    this.#isFit = client === this.#client;
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

function connected(client: RedisClient): RedisClient {
  client.connect().catch(() => undefined);
  return client;
}

function answeringBytes(client: RedisClient) {
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}

/** Every key has an end, so the policies `volatile-*` drop as much as `allkeys-*`. */
async function rejectEviction(client: RedisClient): Promise<void> {
  const memory = await client.info('memory');
  if (/^maxmemory_policy:noeviction\s*$/m.test(memory)) return;
  throw storeErrors.error('store-evicts', { detail: 'maxmemory-policy must be noeviction' });
}

async function loadLibrary(client: RedisClient): Promise<void> {
  if ((await loadedVersion(client)) === REDIS_LIBRARY_VERSION) return;
  await client.functionLoad(REDIS_LIBRARY, { REPLACE: true });
}

/** Loading forgets what the library has learned about the server, so it is not done again without need. */
async function loadedVersion(client: RedisClient): Promise<unknown> {
  try {
    return await client.fCall('careward_version_2', { keys: [], arguments: [] });
  } catch (error) {
    if (isFunctionMissing(error)) return undefined;
    throw error;
  }
}

function asArgument(value: string | Uint8Array): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function escapedPattern(text: string): string {
  return text.replaceAll(/[\\*?[\]^-]/g, '\\$&');
}

function isFunctionMissing(error: unknown): boolean {
  return error instanceof Error && /function not found/i.test(error.message);
}

function pauseBeforeReconnect(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 10), LONGEST_RECONNECT_PAUSE_MS);
}
