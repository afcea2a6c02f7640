import { createHash } from 'node:crypto';
import { MIGRATIONS_DIRECTORY, readMigrations } from '../src/persistence/migration-files.ts';

/** Names a template after what it was made of: a changed migration makes a new one. */
export async function templateKey(): Promise<string> {
  const hash = createHash('sha256').update('pglite-0.5.16');
  for (const file of await readMigrations(MIGRATIONS_DIRECTORY)) hash.update(file.name).update(file.sha256);
  return hash.digest('hex').slice(0, 16);
}
