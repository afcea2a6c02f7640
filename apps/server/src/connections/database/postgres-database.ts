import type { Socket } from 'node:net';
import pg, { type Client, type ClientConfig, type PoolClient } from 'pg';
import { databaseErrors } from './database.errors.ts';
import type { DatabaseConnection, LoginFacts } from './database-connection.ts';
import { inspectLogin, rest, surviveBreaking } from './resting-role.ts';
import { countRoundTrips } from './round-trip-counter.ts';

/** How to reach a PostgreSQL server, version 15 or later. */
export interface PostgresDatabaseOptions {
  readonly kind: 'postgres';
  /** `postgres://login@host/database?sslmode=verify-full`: TLS is what the URL says. The login is a member of Careward's roles. */
  readonly url: string;
  /** The URL of the schema's owner, for migrations; without it, `url` must be the owner's. */
  readonly ownerUrl?: string;
  /** Connections in the pool. Default 10. */
  readonly maxConnections?: number;
  /** To connect, or to wait for a free connection. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** The server cancels a statement after this. Default 30,000. */
  readonly statementTimeoutMs?: number;
  /** The server gives up waiting for a lock after this. Default 10,000. */
  readonly lockTimeoutMs?: number;
  /** The server ends a session that sits in an open transaction for this long. Default 30,000. */
  readonly idleInTransactionTimeoutMs?: number;
  /** A connection in use that stays silent for this long is taken for dead. Default 45,000: above every timeout of the server. */
  readonly silenceTimeoutMs?: number;
  readonly onBackgroundError?: (error: unknown) => void;
}

/** Opens a pool; the server is reached at the first statement. Refuses with `connections-database-url-malformed`. */
export function openPostgresDatabase(options: PostgresDatabaseOptions): PostgresDatabase {
  rejectMalformedUrl(options.url);
  if (options.ownerUrl !== undefined) rejectMalformedUrl(options.ownerUrl);
  return new PostgresDatabase(options);
}

/** A pool of connections to a PostgreSQL server, each resting in `careward_none`. */
export class PostgresDatabase implements DatabaseConnection {
  readonly kind = 'postgres';
  roundTrips = 0;
  readonly #options: PostgresDatabaseOptions;
  readonly #pool: pg.Pool;
  #closing: Promise<void> | undefined;

  constructor(options: PostgresDatabaseOptions) {
    this.#options = options;
    this.#pool = this.#createPool();
  }

  checkOut(): Promise<PoolClient> {
    return this.#pool.connect();
  }

  async asOwner<T>(work: (owner: Client) => Promise<T>): Promise<T> {
    return await this.#withOwnClient(this.#options.ownerUrl ?? this.#options.url, work);
  }

  inspectLogin(): Promise<LoginFacts> {
    return this.#withOwnClient(this.#options.url, inspectLogin);
  }

  noteWrites(): void {}

  close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    return this.#closing;
  }

  async #withOwnClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = new pg.Client(connectionConfig(url, this.#options));
    // Without a listener a connection that breaks between two statements would end the process.
    client.on('error', (error) => this.#options.onBackgroundError?.(error));
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.end();
    }
  }

  #createPool(): pg.Pool {
    const options = this.#options;
    const pool = new pg.Pool({
      ...connectionConfig(options.url, options),
      max: options.maxConnections ?? 10,
      idleTimeoutMillis: 60_000,
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      lock_timeout: options.lockTimeoutMs ?? 10_000,
      idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 30_000,
      // oxlint-disable-next-line typescript/no-misused-promises -- the pool awaits it; its type says void
      onConnect: (client) => this.#prepare(client as Client),
    });
    pool.on('error', (error) => options.onBackgroundError?.(error));
    this.#watchSilence(pool);
    return pool;
  }

  /** A server that vanished without a word would otherwise hold a request until TCP gives up, after a quarter of an hour. */
  #watchSilence(pool: pg.Pool): void {
    const silenceTimeoutMs = this.#options.silenceTimeoutMs ?? 45_000;
    pool.on('acquire', (client) => socketOf(client).setTimeout(silenceTimeoutMs));
    pool.on('release', (_error, client) => socketOf(client).setTimeout(0));
  }

  async #prepare(client: Client): Promise<void> {
    surviveBreaking(client);
    await rest(client);
    countRoundTrips(client.connection, this);
    const socket = socketOf(client);
    socket.on('timeout', () => socket.destroy(new Error('the database server has fallen silent')));
  }
}

/** The driver types its stream as any duplex; to a server it is a TCP or TLS socket. */
function socketOf(client: Client): Socket {
  return client.connection.stream as Socket;
}

function connectionConfig(url: string, options: PostgresDatabaseOptions): ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    keepAlive: true,
    application_name: 'careward',
  };
}

function rejectMalformedUrl(url: string): void {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw databaseErrors.error('connections-database-url-malformed', { detail: 'not a postgres:// URL' });
  }
}
