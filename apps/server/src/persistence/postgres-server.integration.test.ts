import { AsyncLocalStorage } from 'node:async_hooks';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClinicContext } from '../../test-harness/contexts.ts';
import { TEST_DATABASE_KIND } from '../../test-harness/database.ts';
import { asAdmin } from '../../test-harness/postgres-admin.ts';
import { openPostgresTestConnection, TEST_LOGIN } from '../../test-harness/postgres-template.ts';
import { type SeededClinic, seedTwoClinics } from '../../test-harness/seeded-clinics.ts';
import { WireTap } from '../../test-harness/wire-tap.ts';
import { openDatabase, type PostgresDatabaseOptions } from '../connections/index.ts';
import { Database, isPrivilegedLogin } from './database.ts';
import { MIGRATIONS_DIRECTORY } from './migration-files.ts';

/** Runs work outside the asynchronous context of the transaction that waits for it. */
const asAnotherRequest = AsyncLocalStorage.snapshot();

const SUPERUSER = { user: 'postgres', password: '' };

/** What only a server can do: refuse logins, go away, time out. */
describe.skipIf(TEST_DATABASE_KIND === 'embedded')('on a PostgreSQL server', () => {
  let opened: Awaited<ReturnType<typeof openPostgresTestConnection>>;
  let database: Database;
  let a: SeededClinic;
  beforeAll(async () => {
    opened = await openPostgresTestConnection();
    database = new Database(opened.connection);
    ({ a } = await seedTwoClinics(database));
  });
  afterAll(async () => {
    await database.close();
    await opened.remove();
  });

  it('the login of the tests is an ordinary one, and so is the owner', async () => {
    const login = await database.inspectLogin();
    expect(login).toEqual({
      name: TEST_LOGIN,
      superuser: false,
      bypassesRowSecurity: false,
      createsRoles: false,
      ownsTables: false,
    });
    expect(isPrivilegedLogin(login)).toBe(false);
    const owners = await opened.connection.asOwner((owner) =>
      owner.query(`select distinct rolsuper, rolbypassrls, rolcreaterole from pg_class c join pg_roles r on r.oid = c.relowner
        where c.relnamespace = 'public'::regnamespace`),
    );
    expect(owners.rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false }]);
  });

  it('the owner too is held by the forced policies, and still checks foreign keys', async () => {
    const seen = await opened.connection.asOwner((owner) =>
      owner.query('select count(*)::int as rows from patient'),
    );
    expect(seen.rows).toEqual([{ rows: 0 }]);
  });

  it('a superuser and the owner of the tables are privileged logins', async () => {
    for (const url of [withLogin(opened.options.url, SUPERUSER), opened.options.ownerUrl ?? '']) {
      const other = await reopen({ kind: 'postgres', url });
      expect(isPrivilegedLogin(await other.inspectLogin())).toBe(true);
      await other.close();
    }
  });

  it('a login outside Careward’s roles gets nowhere', async () => {
    const stranger = { user: `careward_test_stranger_${process.pid}`, password: 'only-for-tests' };
    await asAdmin((admin) =>
      admin.query(`create role ${stranger.user} login password '${stranger.password}'`),
    );
    try {
      const other = await reopen({ ...opened.options, url: withLogin(opened.options.url, stranger) });
      await expect(readPatients(other)).rejects.toMatchObject({ code: 'persistence-login-refused' });
      await other.close();
    } finally {
      await asAdmin((admin) => admin.query(`drop role ${stranger.user}`));
    }
  });

  it('a server that cannot be reached is unavailable', async () => {
    const other = await reopen({
      kind: 'postgres',
      url: 'postgres://nobody@127.0.0.1:1/none',
      connectTimeoutMs: 500,
    });
    await expect(readPatients(other)).rejects.toMatchObject({
      code: 'persistence-unavailable',
      category: 'unavailable',
    });
    await expect(other.migrate()).rejects.toMatchObject({ code: 'persistence-unavailable' });
    await expect(other.inspectLogin()).rejects.toMatchObject({ code: 'persistence-unavailable' });
    expect(await other.health()).toEqual({ available: false, code: 'persistence-unavailable' });
    await other.close();
  });

  it('a cut wire fails what runs and nothing after it', async () => {
    const tap = await WireTap.start(opened.options.url);
    const other = await reopen({ ...opened.options, url: tap.lead(opened.options.url) });
    await readPatients(other);
    const slow = other.forClinic(testClinicContext(a.clinicId));
    const running = slow.run(sql`select pg_sleep(30)`.compile(slow.build));
    const outcome = expect(running).rejects.toMatchObject({ code: 'persistence-unavailable' });
    await until(async () => (await activeSleeps()) > 0);
    tap.cut();
    await outcome;
    expect(await readPatients(other)).toHaveLength(2);
    await other.close();
    await tap.close();
  });

  it('a server that falls silent fails what runs and nothing after it', async () => {
    const tap = await WireTap.start(opened.options.url);
    const other = await reopen({
      ...opened.options,
      url: tap.lead(opened.options.url),
      silenceTimeoutMs: 300,
    });
    await readPatients(other);
    // Idle for longer than that is no silence.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await readPatients(other);
    tap.freeze();
    await expect(readPatients(other)).rejects.toMatchObject({ code: 'persistence-unavailable' });
    expect(await readPatients(other)).toHaveLength(2);
    await other.close();
    await tap.close();
  });

  it('a wire cut inside a transaction leaves nothing of it', async () => {
    const tap = await WireTap.start(opened.options.url);
    const other = await reopen({ ...opened.options, url: tap.lead(opened.options.url) });
    const scope = other.forClinic(testClinicContext(a.clinicId));
    const work = scope.transaction(async (tx) => {
      await tx.run(tx.build.updateTable('patient').set({ version: 99 }));
      tap.cut();
      await tx.run(tx.build.selectFrom('patient').select('id'));
    });
    await expect(work).rejects.toMatchObject({ code: 'persistence-unavailable' });
    const rows = await scope.run(scope.build.selectFrom('patient').select('id').where('version', '=', 99));
    expect(rows).toEqual([]);
    await other.close();
    await tap.close();
  });

  it('a statement that takes too long, and a lock that is not given, are timeouts', async () => {
    const other = await reopen({ ...opened.options, statementTimeoutMs: 300, lockTimeoutMs: 100 });
    const scope = other.forClinic(testClinicContext(a.clinicId));
    await expect(scope.run(sql`select pg_sleep(5)`.compile(scope.build))).rejects.toMatchObject({
      code: 'persistence-timeout',
    });
    const change = () => scope.build.updateTable('mrn_counter').set({ last_number: 5 });
    const blocked = scope.transaction(async (tx) => {
      await tx.run(change());
      const second = await reopen({ ...opened.options, lockTimeoutMs: 100 });
      const waiting = second.forClinic(testClinicContext(a.clinicId));
      await expect(asAnotherRequest(() => waiting.run(change()))).rejects.toMatchObject({
        code: 'persistence-timeout',
      });
      await second.close();
    });
    await blocked;
    await other.close();
  });

  it('a pool with no connection left answers after its timeout, and recovers', async () => {
    const other = await reopen({ ...opened.options, maxConnections: 1, connectTimeoutMs: 200 });
    const scope = other.forClinic(testClinicContext(a.clinicId));
    const long = scope.run(sql`select pg_sleep(1)`.compile(scope.build));
    await expect(readPatients(other)).rejects.toMatchObject({ code: 'persistence-unavailable' });
    await long;
    expect(await readPatients(other)).toHaveLength(2);
    await other.close();
  });

  it('a deadlock between two batches is tried again until both are through', async () => {
    const scope = database.forClinic(testClinicContext(a.clinicId));
    const touch = (id: string) => scope.build.updateTable('patient').set({ version: 1 }).where('id', '=', id);
    const pause = sql`select pg_sleep(0.05)`.compile(scope.build);
    await Promise.all([
      scope.batch([touch(a.own.patientId), pause, touch(a.other.patientId)]),
      scope.batch([touch(a.other.patientId), pause, touch(a.own.patientId)]),
    ]);
  });

  it('roles are created once though several databases of the server are migrated at once', async () => {
    const text = await readFile(join(MIGRATIONS_DIRECTORY, '0001_foundation.sql'), 'utf8');
    const prefix = `careward_race_${process.pid}_`;
    const createRoles = text
      .slice(text.indexOf('do $$'), text.indexOf('end $$;') + 'end $$;'.length)
      .replaceAll("'careward_", `'${prefix}`);
    const names = ['none', 'app', 'identity', 'operator', 'sequencer'].map((name) => `${prefix}${name}`);
    await Promise.all(Array.from({ length: 6 }, () => asAdmin((admin) => admin.query(createRoles))));
    await asAdmin((admin) => admin.query(`drop role ${names.join(', ')}`));
  });

  async function activeSleeps(): Promise<number> {
    const text = `select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(30)%' and pid <> pg_backend_pid() and state = 'active'`;
    const { rows } = await asAdmin((admin) => admin.query<{ n: number }>(text));
    return rows[0]?.n ?? 0;
  }

  async function readPatients(other: Database): Promise<unknown[]> {
    const scope = other.forClinic(testClinicContext(a.clinicId));
    return await scope.run(scope.build.selectFrom('patient').select('id'));
  }
});

async function reopen(options: PostgresDatabaseOptions): Promise<Database> {
  return new Database(await openDatabase(options));
}

function withLogin(url: string, login: { user: string; password: string }): string {
  const other = new URL(url);
  other.username = login.user;
  other.password = login.password;
  return other.href;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
