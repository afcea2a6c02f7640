import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TEST_DATABASE_KIND } from '../../test-harness/database.ts';
import { copyEmptyTemplate } from '../../test-harness/embedded-template.ts';
import { createEmptyTestDatabase } from '../../test-harness/postgres-template.ts';
import { type DatabaseConnection, type DatabaseOptions, openDatabase } from '../connections/index.ts';
import { Database } from './database.ts';
import { MIGRATIONS_DIRECTORY, readMigrations } from './migration-files.ts';

const embedded = TEST_DATABASE_KIND === 'embedded';

let directory: string;
let migrations: string;
let options: DatabaseOptions;
let removeDatabase: () => Promise<void>;
let connection: DatabaseConnection;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'careward-migrations-'));
  migrations = join(directory, 'migrations');
  await cp(MIGRATIONS_DIRECTORY, migrations, { recursive: true });
  ({ options, remove: removeDatabase } = await emptyDatabase());
  connection = await openDatabase(options);
});

afterEach(async () => {
  await connection.close();
  await removeDatabase();
  await rm(directory, { recursive: true, force: true });
});

describe('migrations', () => {
  it.skipIf(!embedded)('work on the first start of all, in seconds', async () => {
    const startedAt = performance.now();
    const fresh = await openDatabase({ kind: 'embedded', directory: join(directory, 'fresh') });
    await new Database(fresh, migrations).migrate();
    // About 4 s on an idle machine; other suites run beside this one.
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    await fresh.close();
  });

  it('bring an empty database to the schema, once', async () => {
    const database = new Database(connection, migrations);
    await expect(database.verifySchema()).rejects.toMatchObject({ code: 'persistence-not-migrated' });
    expect((await database.migrate()).applied).toEqual(await names());
    await database.verifySchema();
    expect((await database.migrate()).applied).toEqual([]);
  });

  it('of three servers that start at once are applied by one', async () => {
    const others = await Promise.all(embedded ? [] : [openDatabase(options), openDatabase(options)]);
    const connections = embedded ? [connection, connection, connection] : [connection, ...others];
    const outcomes = await Promise.all(connections.map((one) => new Database(one, migrations).migrate()));
    expect(outcomes.map((outcome) => outcome.applied.length).sort()).toEqual([0, 0, (await names()).length]);
    await Promise.all(others.map((one) => one.close()));
  });

  it('add a new file to a database that holds data', async () => {
    const database = new Database(connection, migrations);
    await database.migrate();
    await writeFile(
      join(migrations, '0999_more.sql'),
      'create table more (id int); create table even_more (id int);',
    );
    await expect(database.verifySchema()).rejects.toMatchObject({ code: 'persistence-not-migrated' });
    expect((await database.migrate()).applied).toEqual(['0999_more']);
  });

  it('leave nothing of a file that fails, and name it to the operator', async () => {
    const database = new Database(connection, migrations);
    await database.migrate();
    await writeFile(join(migrations, '0999_more.sql'), 'create table more (id int); select nonsense;');
    await expect(database.migrate()).rejects.toMatchObject({
      code: 'persistence-migration-failed',
      detail: expect.stringMatching(/0999_more: .*nonsense/),
    });
    const left = await connection.asOwner((owner) =>
      owner.query(`select to_regclass('public.more') as found`),
    );
    expect(left.rows).toEqual([{ found: null }]);
    await writeFile(join(migrations, '0999_more.sql'), 'create table more (id int);');
    expect((await database.migrate()).applied).toEqual(['0999_more']);
  });

  it('refuse a database that is newer than the code', async () => {
    await writeFile(join(migrations, '0999_more.sql'), 'create table more (id int);');
    await new Database(connection, migrations).migrate();
    await rm(join(migrations, '0999_more.sql'));
    await expectRefusal('persistence-schema-newer', /0999_more/);
  });

  it('refuse a file that was changed after it was applied', async () => {
    await new Database(connection, migrations).migrate();
    const [first] = await names();
    const file = join(migrations, `${first}.sql`);
    await writeFile(file, `${await readFile(file, 'utf8')}\n-- and one more thing`);
    await expectRefusal('persistence-migration-changed', /0001/);
  });

  it('take a checkout with other line ends for the same file', async () => {
    const database = new Database(connection, migrations);
    await database.migrate();
    const [first] = await names();
    const file = join(migrations, `${first}.sql`);
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('\n', '\r\n'));
    await database.verifySchema();
  });

  it('refuse a new file that sorts before an applied one', async () => {
    await new Database(connection, migrations).migrate();
    await writeFile(join(migrations, '0000_early.sql'), 'create table early (id int);');
    await expectRefusal('persistence-migration-changed', /0000_early/);
  });
});

async function expectRefusal(code: string, detail: RegExp): Promise<void> {
  const database = new Database(connection, migrations);
  const refusal = { code, detail: expect.stringMatching(detail) };
  await expect(database.migrate()).rejects.toMatchObject(refusal);
  await expect(database.verifySchema()).rejects.toMatchObject(refusal);
}

async function names(): Promise<string[]> {
  return (await readMigrations(MIGRATIONS_DIRECTORY)).map((file) => file.name);
}

async function emptyDatabase(): Promise<{ options: DatabaseOptions; remove(): Promise<void> }> {
  if (!embedded) return await createEmptyTestDatabase();
  const data = await copyEmptyTemplate();
  return {
    options: { kind: 'embedded', directory: data },
    remove: () => rm(data, { recursive: true, force: true }),
  };
}
