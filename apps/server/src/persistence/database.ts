import type { DatabaseConnection, DatabaseKind, LoginFacts } from '../connections/index.ts';
import type { ClinicContext, IdentityContext } from '../request-context/index.ts';
import { toCarewardError, toConnectError } from './database-failure.ts';
import { exchange } from './exchange.ts';
import { MIGRATIONS_DIRECTORY, readMigrations } from './migration-files.ts';
import { type MigrationOutcome, migrate, verifySchema } from './migrator.ts';
import { createQueryBuilder } from './query-builder.ts';
import { type ClinicDatabase, ScopedDatabase } from './scoped-database.ts';
import { clinicStatement, identityStatement, sequencerStatement } from './statement-context.ts';

/** Whether the database answers, and how fast. `code` is the error's code when it does not. */
export type DatabaseHealth =
  | { readonly available: true; readonly latencyMs: number }
  | { readonly available: false; readonly code: string };

/**
 * The one way to data. It hands out scopes, each bound to a role of the database and a context; there is no call that runs a
 * statement outside one.
 */
export class Database {
  readonly #connection: DatabaseConnection;
  readonly #migrationsDirectory: string;
  readonly #build = createQueryBuilder();

  constructor(connection: DatabaseConnection, migrationsDirectory: string = MIGRATIONS_DIRECTORY) {
    this.#connection = connection;
    this.#migrationsDirectory = migrationsDirectory;
  }

  get kind(): DatabaseKind {
    return this.#connection.kind;
  }

  /** Round trips since opening, counted at the wire. */
  get roundTrips(): number {
    return this.#connection.roundTrips;
  }

  /** One clinic's rooms: sees and writes that clinic's rows only, in scope `own` only those of the acting account. */
  forClinic(context: ClinicContext): ClinicDatabase {
    return new ScopedDatabase(this.#connection, this.#build, clinicStatement(context));
  }

  /** Accounts, memberships, set-up and receipts; opens no PHI table. */
  forIdentity(context: IdentityContext): ScopedDatabase {
    return new ScopedDatabase(this.#connection, this.#build, identityStatement('careward_identity', context));
  }

  /** Creates clinics and their wrapped keys; opens no PHI table. */
  forOperator(context: IdentityContext): ScopedDatabase {
    return new ScopedDatabase(this.#connection, this.#build, identityStatement('careward_operator', context));
  }

  /** Reads audit entries of all clinics and writes the ledger; opens no PHI table. */
  forSequencer(): ScopedDatabase {
    return new ScopedDatabase(this.#connection, this.#build, sequencerStatement());
  }

  /** Asks the database for a sign of life, in the role that may do nothing. Never rejects. */
  async health(): Promise<DatabaseHealth> {
    const startedAt = performance.now();
    try {
      await this.#ping();
      return { available: true, latencyMs: performance.now() - startedAt };
    } catch (error) {
      return { available: false, code: toConnectError(error).code };
    }
  }

  /**
   * Applies the migrations that are missing, as the owner. Any number of processes may call it at once. Refuses a database that is
   * newer than the code (`persistence-schema-newer`) or whose applied files have changed (`persistence-migration-changed`).
   */
  async migrate(): Promise<MigrationOutcome> {
    const files = await readMigrations(this.#migrationsDirectory);
    return await migrate(this.#connection, files);
  }

  /** The same refusals without applying anything, and without the owner; missing migrations are `persistence-not-migrated`. */
  async verifySchema(): Promise<void> {
    const files = await readMigrations(this.#migrationsDirectory);
    await verifySchema(this.forIdentity(SCHEMA_CHECK), files);
  }

  /** Who the login is; see {@link isPrivilegedLogin}. */
  async inspectLogin(): Promise<LoginFacts> {
    try {
      return await this.#connection.inspectLogin();
    } catch (error) {
      throw toConnectError(error);
    }
  }

  /** Ends every connection after its running statement. Safe to call twice. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #ping(): Promise<void> {
    const client = await this.#connection.checkOut();
    try {
      await exchange(client, [{ text: 'select 1', values: [] }]);
    } catch (error) {
      throw toCarewardError(error);
    } finally {
      client.release();
    }
  }
}

/** Whether the login could step around row-level security: production must refuse to start with such a login. */
export function isPrivilegedLogin(login: LoginFacts): boolean {
  return login.superuser || login.bypassesRowSecurity || login.createsRoles || login.ownsTables;
}

const SCHEMA_CHECK: IdentityContext = {
  clinicId: null,
  actorId: null,
  actorRole: 'SYSTEM',
  purpose: null,
  origin: { requestId: '00000000-0000-7000-8000-000000000000' as never, address: '', agent: '' },
};
