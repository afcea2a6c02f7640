/** Opens, checks and closes what the server stands on. */
export { databaseErrors } from './database/database.errors.ts';
export type { DatabaseConnection, DatabaseKind, LoginFacts } from './database/database-connection.ts';
export { EmbeddedDatabase, type EmbeddedDatabaseOptions } from './database/embedded-database.ts';
export {
  DEFAULT_MAINTENANCE_PLAN,
  type IntervalTimer,
  type MaintenancePlan,
} from './database/maintenance.ts';
export { type DatabaseOptions, openDatabase } from './database/open-database.ts';
export { PostgresDatabase, type PostgresDatabaseOptions } from './database/postgres-database.ts';
