import type { DatabaseConnection } from './database-connection.ts';
import { type EmbeddedDatabaseOptions, openEmbeddedDatabase } from './embedded-database.ts';
import { openPostgresDatabase, type PostgresDatabaseOptions } from './postgres-database.ts';

/** Where the data is. */
export type DatabaseOptions = EmbeddedDatabaseOptions | PostgresDatabaseOptions;

/** Opens the database that the options name. The schema may still be absent: see `Database.migrate`. */
export async function openDatabase(options: DatabaseOptions): Promise<DatabaseConnection> {
  return options.kind === 'embedded' ? await openEmbeddedDatabase(options) : openPostgresDatabase(options);
}
