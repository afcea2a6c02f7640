/** Global set-up of every test run: what its suites share, and that nothing of it stays behind. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropTestDatabase } from './postgres-admin.ts';

/** Makes the folder of the run. The processes of the suites learn of it by their environment. */
export async function setup(): Promise<void> {
  process.env.CAREWARD_TEST_RUN = await mkdtemp(join(tmpdir(), 'careward-run-'));
}

/** Removes the folder, and the databases that its worlds are in. */
export async function teardown(): Promise<void> {
  const folder = process.env.CAREWARD_TEST_RUN ?? '';
  for (const world of await readdir(folder)) {
    const { database } = JSON.parse(await readFile(join(folder, world, 'world.json'), 'utf8'));
    if (database !== undefined) await dropTestDatabase(database);
  }
  await rm(folder, { recursive: true, force: true });
}
