import { randomUUID } from 'node:crypto';
import pg from 'pg';
import {
  type DatabaseConnection,
  openDatabase,
  type PostgresDatabaseOptions,
} from '../src/connections/index.ts';
import { Database } from '../src/persistence/index.ts';
import { SETTLE } from '../src/persistence/migrator.ts';
import { templateKey } from './template-key.ts';

const ADMIN_URL = process.env.CAREWARD_TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Ordinary roles: neither superusers, nor able to bypass row-level security or to create anything outside their database. */
export const TEST_OWNER = 'careward_test_owner';
/** A member of Careward's roles and nothing else. */
export const TEST_LOGIN = 'careward_test_login';
const PASSWORD = 'only-for-tests';

const CAREWARD_ROLES = ['none', 'app', 'identity', 'operator', 'sequencer'].map((name) => `careward_${name}`);

/** Any fixed number: one maker of roles and templates at a time. */
const TEMPLATE_LOCK = 7_462_013_296;

/** Creates a database from the template and opens it. */
export async function openPostgresTestConnection(): Promise<{
  connection: DatabaseConnection;
  options: PostgresDatabaseOptions;
  remove(): Promise<void>;
}> {
  const template = `careward_template_${await templateKey()}`;
  const name = `careward_test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(async (admin) => {
    await withTemplateLock(admin, () => ensureTemplate(admin, template));
    await admin.query(`create database ${name} template ${template} owner ${TEST_OWNER}`);
  });
  const options = testOptions(name);
  const connection = await openDatabase(options);
  // Rights on the database itself are not copied from a template.
  await connection.asOwner((owner) => owner.query(SETTLE));
  return { connection, options, remove: () => dropTestDatabase(name) };
}

/** Creates an empty database, without any schema, and says how to open it. */
export async function createEmptyTestDatabase(): Promise<{
  options: PostgresDatabaseOptions;
  remove(): Promise<void>;
}> {
  const name = `careward_test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(async (admin) => {
    await withTemplateLock(admin, () => ensureRoles(admin));
    await createDatabase(admin, name);
  });
  return { options: testOptions(name), remove: () => dropTestDatabase(name) };
}

/** Runs work as the server's administrator. */
export async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>, database?: string): Promise<T> {
  const admin = new pg.Client({ connectionString: database ? urlOf(database) : ADMIN_URL });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
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
  for (const role of CAREWARD_ROLES) await createRole(admin, role, 'nologin');
  await createRole(admin, TEST_OWNER, `login password '${PASSWORD}'`);
  await createRole(admin, TEST_LOGIN, `login noinherit password '${PASSWORD}'`);
  await admin.query(`grant ${CAREWARD_ROLES.join(', ')} to ${TEST_LOGIN}`);
}

async function createRole(admin: pg.Client, role: string, attributes: string): Promise<void> {
  const found = await admin.query('select from pg_roles where rolname = $1', [role]);
  if (found.rowCount === 0) await admin.query(`create role ${role} ${attributes} nosuperuser nobypassrls`);
}

async function dropTestDatabase(name: string): Promise<void> {
  await asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`));
}

function testOptions(name: string): PostgresDatabaseOptions {
  return {
    kind: 'postgres',
    url: urlOf(name, TEST_LOGIN),
    ownerUrl: urlOf(name, TEST_OWNER),
    maxConnections: 8,
  };
}

function urlOf(database: string, role?: string): string {
  const url = new URL(ADMIN_URL);
  url.pathname = `/${database}`;
  if (role !== undefined) {
    url.username = role;
    url.password = PASSWORD;
  }
  return url.href;
}
