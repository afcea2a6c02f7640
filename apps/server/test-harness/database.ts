/**
 * Databases for tests, migrated and empty, one for each call: embedded by default, on a real PostgreSQL server when
 * CAREWARD_TEST_SERVICES=1. On the server the owner and the login are ordinary roles, as in production.
 */
import type { Client } from 'pg';
import type { DatabaseConnection, DatabaseKind } from '../src/connections/index.ts';
import { Database } from '../src/persistence/index.ts';
import { openEmbeddedTestConnection } from './embedded-template.ts';
import { openPostgresTestConnection } from './postgres-template.ts';

/** An open database of a test's own. */
export interface TestDatabase {
  readonly kind: DatabaseKind;
  readonly database: Database;
  /** The connection beneath, for tests of the connection itself. */
  readonly connection: DatabaseConnection;
  /** Runs SQL as the owner of the schema, and gives the rows of the last statement. */
  asOwner<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Closes the database and removes it. */
  close(): Promise<void>;
}

/** Which store the behaviour suites run on. */
export const TEST_DATABASE_KIND: DatabaseKind =
  process.env.CAREWARD_TEST_SERVICES === '1' ? 'postgres' : 'embedded';

/** Opens a fresh, migrated, empty database. */
export async function openTestDatabase(kind: DatabaseKind = TEST_DATABASE_KIND): Promise<TestDatabase> {
  const opened =
    kind === 'embedded' ? await openEmbeddedTestConnection() : await openPostgresTestConnection();
  const { connection } = opened;
  return {
    kind,
    connection,
    database: new Database(connection),
    asOwner: <Row>(text: string, values?: unknown[]) =>
      connection.asOwner((owner) => rowsOf<Row>(owner, text, values)),
    close: async () => {
      await connection.close();
      await opened.remove();
    },
  };
}

async function rowsOf<Row>(owner: Client, text: string, values: unknown[] | undefined): Promise<Row[]> {
  // Several statements at once answer with an array of results, which the driver's types do not tell.
  const results: unknown = await owner.query(text, values);
  const last = Array.isArray(results) ? results.at(-1) : results;
  return (last as { rows: Row[] }).rows;
}
