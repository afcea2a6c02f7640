import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseConnection } from '../src/connections/index.ts';
import { openDatabase } from '../src/connections/index.ts';
import { Database } from '../src/persistence/index.ts';
import { templateKey } from './template-key.ts';

const CACHE = fileURLToPath(
  new URL('../../../node_modules/.cache/careward-test-databases/', import.meta.url),
);

/** Copies the template into a temporary directory and opens it there. */
export async function openEmbeddedTestConnection(): Promise<{
  connection: DatabaseConnection;
  directory: string;
  remove(): Promise<void>;
}> {
  const directory = await copyTemplate();
  const connection = await openDatabase({ kind: 'embedded', directory });
  return { connection, directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** A closed, migrated data directory of one's own, for tests that open it themselves. */
export async function copyTemplate(): Promise<string> {
  return await copyOf(await templateKey(), async (connection) => {
    await new Database(connection).migrate();
  });
}

/** A closed data directory of one's own in which nothing has been created yet. */
export async function copyEmptyTemplate(): Promise<string> {
  return await copyOf('empty-pglite-0.5.16', async () => undefined);
}

async function copyOf(
  name: string,
  prepare: (connection: DatabaseConnection) => Promise<void>,
): Promise<string> {
  const template = join(CACHE, name);
  if (!existsSync(template)) await makeTemplate(template, prepare);
  const directory = await mkdtemp(join(tmpdir(), 'careward-test-'));
  await cp(join(template, 'postgres'), join(directory, 'postgres'), { recursive: true });
  return directory;
}

/** Several test processes may make the template at once; the first rename wins. */
async function makeTemplate(
  template: string,
  prepare: (connection: DatabaseConnection) => Promise<void>,
): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(`${template}-`);
  const connection = await openDatabase({ kind: 'embedded', directory: unfinished });
  await prepare(connection);
  await connection.close();
  await rename(unfinished, template).catch(() => rm(unfinished, { recursive: true, force: true }));
}
