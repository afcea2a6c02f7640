import { join } from 'node:path';
import { type Clock, systemClock } from '@careward/kernel';
import { PGlite } from '@electric-sql/pglite';
import pg, { type Client, type PoolClient } from 'pg';
import { databaseErrors } from './database.errors.ts';
import type { DatabaseConnection, LoginFacts } from './database-connection.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { DURABLE_START_PARAMS, DurableNodeFS } from './durable-file-system.ts';
import { InProcessStream } from './in-process-stream.ts';
import {
  DatabaseMaintenance,
  DEFAULT_MAINTENANCE_PLAN,
  type IntervalTimer,
  type MaintenancePlan,
  systemIntervalTimer,
} from './maintenance.ts';
import { hasRestingRole, inspectLogin, rest, surviveBreaking } from './resting-role.ts';
import { countRoundTrips } from './round-trip-counter.ts';

/** How to open the database inside this process. */
export interface EmbeddedDatabaseOptions {
  readonly kind: 'embedded';
  /** Careward's data directory on a local disk; created if absent. The database lives in `postgres/` within. */
  readonly directory: string;
  /** How long a statement waits for its turn. Default 15,000. */
  readonly connectTimeoutMs?: number;
  readonly maintenance?: MaintenancePlan;
  readonly clock?: Clock;
  readonly timer?: IntervalTimer;
  /** Told of failures in the background: maintenance, a broken idle connection. Default: nobody. */
  readonly onBackgroundError?: (error: unknown) => void;
}

/**
 * Opens the embedded database: PostgreSQL in this process, one connection, real fsync, one process per directory. The first start
 * takes some seconds. Refuses with `connections-database-in-use` or `connections-database-unusable`.
 */
export async function openEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const lock = lockDirectory(options.directory);
  try {
    const files = new DurableNodeFS(join(options.directory, 'postgres'));
    const engine = await PGlite.create({ fs: files, startParams: [...DURABLE_START_PARAMS] });
    return new EmbeddedDatabase({ options, lock, files, engine });
  } catch (cause) {
    lock.release();
    throw databaseErrors.error('connections-database-unusable', { detail: options.directory, cause });
  }
}

interface EmbeddedParts {
  readonly options: EmbeddedDatabaseOptions;
  readonly lock: DirectoryLock;
  readonly files: DurableNodeFS;
  readonly engine: PGlite;
}

/** The embedded database behind the same interface as a server. Its login is the owner, so it is always privileged. */
export class EmbeddedDatabase implements DatabaseConnection {
  readonly kind = 'embedded';
  roundTrips = 0;
  readonly maintenance: DatabaseMaintenance;
  readonly #parts: EmbeddedParts;
  readonly #pool: pg.Pool;
  readonly #resting = new WeakSet<Client>();
  #closing: Promise<void> | undefined;

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
    this.#pool = this.#createPool();
    this.maintenance = this.#createMaintenance();
  }

  /** Calls of fsync that reached the disk since opening. */
  get fsyncs(): number {
    return this.#parts.files.fsyncs;
  }

  async checkOut(): Promise<PoolClient> {
    const client = await this.#pool.connect();
    if (this.#resting.has(client)) return client;
    client.release();
    throw Object.assign(new Error('role "careward_none" does not exist'), { code: '22023' });
  }

  async asOwner<T>(work: (owner: Client) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let failed = true;
    try {
      await client.query('reset role');
      const result = await work(client);
      await this.#restIfMigrated(client);
      failed = false;
      return result;
    } finally {
      // A failed owner may leave a transaction or a setting behind; the next client starts from a clean session.
      client.release(failed);
    }
  }

  inspectLogin(): Promise<LoginFacts> {
    return this.asOwner(inspectLogin);
  }

  noteWrites(count: number): void {
    this.maintenance.noteWrites(count);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.maintenance.stop();
    await this.#pool.end();
    await this.#parts.engine.close();
    this.#parts.lock.release();
  }

  #createPool(): pg.Pool {
    const { engine, options } = this.#parts;
    const pool = new pg.Pool({
      stream: () => new InProcessStream(engine),
      user: 'postgres',
      database: 'postgres',
      // There is one backend: a second connection would share its transaction.
      max: 1,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 15_000,
      // oxlint-disable-next-line typescript/no-misused-promises -- the pool awaits it; its type says void
      onConnect: (client) => this.#prepare(client as Client),
    });
    pool.on('error', (error) => options.onBackgroundError?.(error));
    return pool;
  }

  async #prepare(client: Client): Promise<void> {
    surviveBreaking(client);
    await this.#restIfMigrated(client);
    countRoundTrips(client.connection, this);
  }

  async #restIfMigrated(client: Client): Promise<void> {
    if (!(await hasRestingRole(client))) return;
    await rest(client);
    this.#resting.add(client);
  }

  #createMaintenance(): DatabaseMaintenance {
    const { options } = this.#parts;
    return new DatabaseMaintenance({
      plan: options.maintenance ?? DEFAULT_MAINTENANCE_PLAN,
      clock: options.clock ?? systemClock,
      timer: options.timer ?? systemIntervalTimer,
      asOwner: (work) => this.asOwner(work),
      onFailure: (error) => options.onBackgroundError?.(error),
    });
  }
}
