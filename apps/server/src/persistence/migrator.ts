// Brings a database to the schema of this code, or refuses to touch it.
//
// Defends: data from code that does not fit it. A database that knows migrations this code does not, or whose applied files read
// differently now, is left alone and the server does not start.
// Does not defend: against an owner who changes the schema by hand.
import { type CarewardError } from '@careward/kernel';
import { sql } from 'kysely';
import type { Client } from 'pg';
import type { DatabaseConnection } from '../connections/index.ts';
import { databaseFailureOf, toCarewardError, toConnectError } from './database-failure.ts';
import type { AppliedMigration, MigrationFile } from './migration-files.ts';
import { persistenceErrors } from './persistence.errors.ts';
import type { ScopedDatabase } from './scoped-database.ts';

/** The names of the files applied by this call, in order; empty when there was nothing to do. */
export interface MigrationOutcome {
  readonly applied: readonly string[];
}

/** Any fixed number: one migrator a database. */
const MIGRATION_LOCK = 7_462_013_295;

const CREATE_RECORD = `
  create table if not exists public.schema_migration (
    name text primary key,
    sha256 text not null check (length(sha256) = 64),
    applied_at timestamptz not null default now()
  )`;

/**
 * Rights that are not part of a table. A temporary table would shadow the table of its name, audit_entry for one, and a database
 * that was restored or copied has forgotten that nobody may make one. A login that is no owner checks the schema at start.
 */
export const SETTLE = `
  do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$;
  grant select on public.schema_migration to careward_identity`;

/** Applies what is missing, each file in a transaction of its own, under a lock that other migrators wait for. */
export async function migrate(
  connection: DatabaseConnection,
  files: readonly MigrationFile[],
): Promise<MigrationOutcome> {
  try {
    return await connection.asOwner((owner) => withLock(owner, () => applyMissing(owner, files)));
  } catch (error) {
    throw databaseFailureOf(error) ? error : toConnectError(error);
  }
}

/** Compares the database with the files and refuses any difference. Needs no owner. */
export async function verifySchema(scope: ScopedDatabase, files: readonly MigrationFile[]): Promise<void> {
  const missing = missingMigrations(files, await readApplied(scope));
  const [first] = missing;
  if (first)
    throw persistenceErrors.error('persistence-not-migrated', { detail: `${first.name} is missing` });
}

async function readApplied(scope: ScopedDatabase): Promise<AppliedMigration[]> {
  try {
    return await scope.run(
      sql<AppliedMigration>`select name, sha256 from schema_migration`.compile(scope.build),
    );
  } catch (error) {
    const absent = ['42P01', '42501'].includes(databaseFailureOf(error)?.sqlState ?? '');
    throw absent ? persistenceErrors.error('persistence-not-migrated', { detail: 'no schema' }) : error;
  }
}

async function withLock<T>(owner: Client, work: () => Promise<T>): Promise<T> {
  await owner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    return await work();
  } finally {
    await owner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
}

async function applyMissing(owner: Client, files: readonly MigrationFile[]): Promise<MigrationOutcome> {
  await owner.query(CREATE_RECORD);
  const { rows } = await owner.query<AppliedMigration>('select name, sha256 from public.schema_migration');
  const missing = missingMigrations(files, rows);
  for (const file of missing) await apply(owner, file);
  await owner.query(SETTLE);
  return { applied: missing.map((file) => file.name) };
}

async function apply(owner: Client, file: MigrationFile): Promise<void> {
  try {
    await owner.query('begin');
    await owner.query(file.text);
    const record = [file.name, file.sha256];
    await owner.query('insert into public.schema_migration (name, sha256) values ($1, $2)', record);
    await owner.query('commit');
  } catch (error) {
    await owner.query('rollback').catch(() => undefined);
    throw migrationFailed(file, error);
  }
}

/** Migrations hold no data, so what the server says about one may be told to the operator in full. */
function migrationFailed(file: MigrationFile, error: unknown): CarewardError {
  const reason = error instanceof Error ? error.message : toCarewardError(error).code;
  return persistenceErrors.error('persistence-migration-failed', { detail: `${file.name}: ${reason}` });
}

function missingMigrations(
  files: readonly MigrationFile[],
  applied: readonly AppliedMigration[],
): readonly MigrationFile[] {
  const known = new Map(files.map((file) => [file.name, file]));
  for (const { name, sha256 } of applied) {
    const file = known.get(name);
    if (!file)
      throw persistenceErrors.error('persistence-schema-newer', { detail: `${name} is unknown here` });
    if (file.sha256 !== sha256)
      throw persistenceErrors.error('persistence-migration-changed', { detail: name });
  }
  const done = new Set(applied.map((migration) => migration.name));
  return rejectGap(files, done);
}

/** A file that sorts before an applied one would run against a schema it was not written for. */
function rejectGap(files: readonly MigrationFile[], done: ReadonlySet<string>): readonly MigrationFile[] {
  const missing = files.filter((file) => !done.has(file.name));
  const last = [...done].sort().at(-1);
  const early = missing.find((file) => last !== undefined && file.name < last);
  if (early) {
    throw persistenceErrors.error('persistence-migration-changed', {
      detail: `${early.name} sorts before ${last}`,
    });
  }
  return missing;
}
