/** Global set-up of every test run: what its suites share, and that nothing of it stays behind. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dropTestDatabase } from './postgres-admin.ts';

/** Compiled modules, for servers in processes of their own: they are started a hundred times. */
const COMPILED = fileURLToPath(new URL('../../../node_modules/.cache/careward-compiled/', import.meta.url));
let worlds: string;

/** Makes the folder of the run's worlds. The processes of the suites learn of it by their environment. */
export async function setup(): Promise<void> {
  worlds = await mkdtemp(join(tmpdir(), 'careward-worlds-'));
  process.env.CAREWARD_TEST_WORLDS = worlds;
  process.env.NODE_COMPILE_CACHE ??= COMPILED;
}

/** Removes the folder, and the databases that its worlds are in. */
export async function teardown(): Promise<void> {
  for (const world of await readdir(worlds)) {
    const { database } = JSON.parse(await readFile(join(worlds, world, 'world.json'), 'utf8'));
    if (database !== undefined) await dropTestDatabase(database);
  }
  await rm(worlds, { recursive: true, force: true });
}
