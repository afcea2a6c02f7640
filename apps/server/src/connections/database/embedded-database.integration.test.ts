import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyTemplate } from '../../../test-harness/embedded-template.ts';
import { type EmbeddedDatabase, openEmbeddedDatabase } from './embedded-database.ts';

const WRITER = fileURLToPath(new URL('../../../test-harness/embedded-writer.ts', import.meta.url));
const KILLS = 4;

let directory: string;
beforeEach(async () => {
  directory = await copyTemplate();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the embedded database', () => {
  it('flushes every commit to the disk, and reads to none', async () => {
    const database = await open();
    await asOwner(database, 'create table counted (n int)');
    const before = database.fsyncs;
    for (let n = 0; n < 20; n += 1) await asOwner(database, `insert into counted values (${n})`);
    expect(database.fsyncs - before).toBeGreaterThanOrEqual(20);
    const afterWrites = database.fsyncs;
    for (let n = 0; n < 20; n += 1) await asOwner(database, 'select * from counted');
    expect(database.fsyncs).toBe(afterWrites);
    await database.close();
    expect(database.fsyncs).toBeGreaterThan(afterWrites);
  });

  it('runs with fsync on and sizes for one clinic', async () => {
    const database = await open();
    const rows = await asOwner(
      database,
      `select name, setting from pg_settings where name in
      ('fsync', 'wal_sync_method', 'full_page_writes', 'max_wal_size', 'shared_buffers') order by 1`,
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      max_wal_size: '64',
      shared_buffers: '2048',
      wal_sync_method: 'fsync',
    });
    await database.close();
  });

  it('refuses a second opening, by this process and by another, until it is closed', async () => {
    const database = await open();
    await expect(open()).rejects.toMatchObject({
      code: 'connections-database-in-use',
      detail: expect.stringContaining(`process ${process.pid}`),
    });
    const other = startWriter(directory);
    expect(await exitCodeOf(other)).toBe(1);
    await database.close();
    await (await open()).close();
  });

  it(`loses no acknowledged write and keeps none by halves in ${KILLS} kills`, async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { clinicId, acknowledged } = await killWhileWriting(directory, 15 + kill * 25);
      const database = await open();
      const [counts] = await asOwner(
        database,
        `select
        (select count(*)::int from practitioner where clinic_id = '${clinicId}') as rows,
        (select count(*)::int from audit_entry where clinic_id = '${clinicId}' and action = 'test') as entries`,
      );
      expect(counts?.rows).toBe(counts?.entries);
      expect([acknowledged, acknowledged + 1]).toContain(counts?.rows);
      await database.close();
    }
  });

  it('closes twice without complaint', async () => {
    const database = await open();
    await Promise.all([database.close(), database.close()]);
    await database.close();
  });

  it('reclaims dead rows and moves the checkpoint when it is tended', async () => {
    const database = await open();
    await asOwner(database, 'create table grown (n int, filler text)');
    await asOwner(database, `insert into grown select n, repeat('x', 500) from generate_series(1, 5000) n`);
    for (let n = 0; n < 3; n += 1) {
      await asOwner(database, 'update grown set n = n + 1');
      await database.maintenance.run();
    }
    const [size] = await asOwner(
      database,
      `select pg_relation_size('grown')::int as bytes,
      (select reltuples::int from pg_class where relname = 'grown') as estimate`,
    );
    // 5,000 live rows are about 2.8 MB; three generations of dead ones would be about 11.
    expect(size?.bytes).toBeLessThan(7_000_000);
    expect(size?.estimate).toBe(5_000);
    const checkpoint = 'select checkpoint_lsn::text as lsn from pg_control_checkpoint()';
    const [before] = await asOwner(database, checkpoint);
    await asOwner(database, 'insert into grown values (0)');
    await database.maintenance.run();
    expect(await asOwner(database, checkpoint)).not.toEqual([before]);
    await database.close();
  });

  it('forgets the session of an owner who failed inside a transaction', async () => {
    const database = await open();
    const path = `select current_setting('search_path') as path`;
    const before = await asOwner(database, path);
    const broken = database.asOwner(async (owner) => {
      await owner.query(`begin; create table half (n int); set search_path = pg_catalog`);
      throw new Error('changed my mind');
    });
    await expect(broken).rejects.toThrow('changed my mind');
    expect(await asOwner(database, `select to_regclass('public.half') as half`)).toEqual([{ half: null }]);
    expect(await asOwner(database, path)).toEqual(before);
    await database.close();
  });
});

function open(): Promise<EmbeddedDatabase> {
  return openEmbeddedDatabase({ kind: 'embedded', directory });
}

async function asOwner(database: EmbeddedDatabase, text: string): Promise<Record<string, unknown>[]> {
  return await database.asOwner(async (owner) => (await owner.query<Record<string, unknown>>(text)).rows);
}

function startWriter(target: string): ChildProcess {
  const argv = ['--conditions=@careward/source', WRITER, target];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'ignore'] });
}

async function killWhileWriting(
  target: string,
  afterLines: number,
): Promise<{ clinicId: string; acknowledged: number }> {
  const writer = startWriter(target);
  if (!writer.stdout) throw new Error('the writer has no output');
  const exited = once(writer, 'exit');
  let last = '';
  let lines = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    last = line;
    lines += 1;
    if (lines === afterLines) writer.kill('SIGKILL');
  }
  await exited;
  const [clinicId = '', number] = last.split(' ');
  return { clinicId, acknowledged: Number(number) };
}

async function exitCodeOf(child: ChildProcess): Promise<unknown> {
  const [code] = await once(child, 'exit');
  return code;
}
