import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  type DatabaseConnection,
  openDatabase,
  type PostgresDatabaseOptions,
} from '../src/connections/index.ts';
import { Database } from '../src/persistence/index.ts';
import { SETTLE } from '../src/persistence/migrator.ts';
import { asAdmin, databaseUrl, dropTestDatabase } from './postgres-admin.ts';
import { templateKey } from './template-key.ts';

/** Ordinary roles: neither superusers, nor able to bypass row-level security or to create anything outside their database. */
export const TEST_OWNER = 'careward_test_owner';
/** A member of Careward's roles and nothing else. */
export const TEST_LOGIN = 'careward_test_login';
const PASSWORD = 'only-for-tests';

const CAREWARD_ROLES = ['none', 'app', 'identity', 'operator', 'sequencer'].map((name) => `careward_${name}`);

/** Any fixed number: one maker of roles and templates at a time. */
const TEMPLATE_LOCK = 7_462_013_296;

/** A closed database of a test's own, and how to open it. */
export interface OwnDatabase {
  readonly options: PostgresDatabaseOptions;
  remove(): Promise<void>;
}

/** Creates a migrated, empty database and opens it. */
export async function openPostgresTestConnection(): Promise<
  OwnDatabase & { readonly connection: DatabaseConnection }
> {
  const template = `careward_template_${await templateKey()}`;
  await asAdmin((admin) => withTemplateLock(admin, () => ensureTemplate(admin, template)));
  const { options, remove } = await copyTestDatabase(template);
  return { connection: await openDatabase(options), options, remove };
}

/** Creates a database like another, which nobody may have open. */
export async function copyTestDatabase(template: string): Promise<OwnDatabase> {
  const name = `careward_test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin((admin) => admin.query(`create database ${name} template ${template} owner ${TEST_OWNER}`));
  const options = testOptions(name);
  const connection = await openDatabase(options);
  // Rights on the database itself are not copied from a template.
  await connection.asOwner((owner) => owner.query(SETTLE));
  await connection.close();
  return { options, remove: () => dropTestDatabase(name) };
}

/** Creates an empty database, without any schema. */
export async function createEmptyTestDatabase(): Promise<OwnDatabase> {
  const name = `careward_test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(async (admin) => {
    await withTemplateLock(admin, () => ensureRoles(admin));
    await createDatabase(admin, name);
  });
  return { options: testOptions(name), remove: () => dropTestDatabase(name) };
}

async function withTemplateLock(admin: pg.Client, work: () => Promise<void>): Promise<void> {
  await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    await work();
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function ensureTemplate(admin: pg.Client, template: string): Promise<void> {
  const found = await admin.query('select from pg_database where datname = $1', [template]);
  if (found.rowCount === 1) return;
  await ensureRoles(admin);
  const unfinished = `${template}_unfinished`;
  await admin.query(`drop database if exists ${unfinished} with (force)`);
  await createDatabase(admin, unfinished);
  const connection = await openDatabase(testOptions(unfinished));
  await new Database(connection).migrate();
  await connection.close();
  await admin.query(`alter database ${unfinished} rename to ${template}`);
}

async function createDatabase(admin: pg.Client, name: string): Promise<void> {
  await admin.query(`create database ${name} template template0 encoding 'UTF8' owner ${TEST_OWNER}`);
}

async function ensureRoles(admin: pg.Client): Promise<void> {
  for (const role of CAREWARD_ROLES) await createRole(admin, role, 'nologin noinherit');
  await createRole(admin, TEST_OWNER, `login password '${PASSWORD}'`);
  await createRole(admin, TEST_LOGIN, `login noinherit password '${PASSWORD}'`);
  await admin.query(`grant ${CAREWARD_ROLES.join(', ')} to ${TEST_LOGIN}`);
}

async function createRole(admin: pg.Client, role: string, attributes: string): Promise<void> {
  const found = await admin.query('select from pg_roles where rolname = $1', [role]);
  if (found.rowCount === 0) await admin.query(`create role ${role} ${attributes} nosuperuser nobypassrls`);
}

function testOptions(name: string): PostgresDatabaseOptions {
  return {
    kind: 'postgres',
    url: databaseUrl(name, { role: TEST_LOGIN, password: PASSWORD }),
    ownerUrl: databaseUrl(name, { role: TEST_OWNER, password: PASSWORD }),
    maxConnections: 8,
  };
}
