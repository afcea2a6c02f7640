import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createSigner, openCheckpoint } from '@careward/ledger';
import { expect, it } from 'vitest';
import { TEST_DATABASE_KIND } from '../../test-harness/database.ts';
import { copyTemplate } from '../../test-harness/embedded-template.ts';
import { settle, testSequencer } from '../../test-harness/ledger.ts';
import type { LedgerWriterOrders } from '../../test-harness/ledger-writer.ts';
import { openPostgresTestConnection } from '../../test-harness/postgres-template.ts';
import { type DatabaseOptions, openDatabase } from '../connections/index.ts';
import { Database } from '../persistence/index.ts';
import { FileCheckpointWitness } from './file-checkpoint-witness.ts';
import { verifyLedger } from './verify-ledger.ts';

const WRITER = fileURLToPath(new URL('../../test-harness/ledger-writer.ts', import.meta.url));
const KILLS = 4;

it('a process that is killed again and again while it writes and sequences loses no entry and repeats none', {
  timeout: 300_000,
}, async () => {
  const home = await mkdtemp(join(tmpdir(), 'careward-killed-'));
  const { options, remove } = await openTarget();
  const witnessPath = join(home, 'ledger', 'checkpoints.log');
  const [keyName, seed] = ['careward.test/killed', randomBytes(32)];
  const acknowledged: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const first = (acknowledged.at(-1) ?? 0) + 2;
    const orders = { database: options, witnessPath, keyName, seed: seed.toString('hex'), first };
    acknowledged.push(...(await writeUntilKilled(orders, 20 + kill * 17)));
  }

  const database = new Database(await openDatabase(options));
  const signer = createSigner(keyName, seed);
  const witness = new FileCheckpointWitness(witnessPath);
  const before = await verifyLedger(database, signer.verifierKey, witness);
  expect(before).toMatchObject({ ok: true, findings: [] });
  const size = await settle(testSequencer(database, signer, witness));

  const sequencer = database.forSequencer();
  const entries = await sequencer.run(
    sequencer.build.selectFrom('audit_entry').select('resource_id').where('action', '=', 'test'),
  );
  const written = entries.map(({ resource_id }) => Number(resource_id));
  expect(acknowledged.length).toBeGreaterThan(KILLS * 20);
  expect(acknowledged.filter((number) => !written.includes(number))).toEqual([]);
  expect(size).toBe(written.length);
  expect(await verifyLedger(database, signer.verifierKey, witness)).toMatchObject({
    ok: true,
    size,
    pending: 0,
    witnessedSize: size,
  });
  const sizes = (await witnessedNotes(witnessPath)).map(
    (note) => openCheckpoint(note, signer.verifierKey).size,
  );
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  await database.close();
  await remove();
  await rm(home, { recursive: true });
});

/** A database that a child can open: its directory or its address. */
async function openTarget(): Promise<{ options: DatabaseOptions; remove(): Promise<void> }> {
  if (TEST_DATABASE_KIND === 'embedded') {
    const directory = await copyTemplate();
    return { options: { kind: 'embedded', directory }, remove: () => rm(directory, { recursive: true }) };
  }
  const { connection, options, remove } = await openPostgresTestConnection();
  await connection.close();
  return { options, remove };
}

/** Runs the writer, kills it some moments after it has acknowledged `enough` entries, and gives what it acknowledged. */
async function writeUntilKilled(orders: LedgerWriterOrders, enough: number): Promise<number[]> {
  const child = spawn(process.execPath, ['--conditions=@careward/source', WRITER, JSON.stringify(orders)]);
  const exited = once(child, 'exit');
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  for await (const chunk of child.stdout) {
    output += chunk;
    if (child.killed || output.split('\n').length <= enough) continue;
    await delay(Math.random() * 30);
    child.kill('SIGKILL');
  }
  await exited;
  expect(errors).toBe('');
  return output.split('\n').slice(0, -1).map(Number);
}

async function witnessedNotes(path: string): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.endsWith('"}'));
  return lines.map((line) => JSON.parse(line).note);
}
