import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of `migrations/`. */
export interface MigrationFile {
  /** File name without `.sql`; also its place in the order. */
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text, lower-case hexadecimal. */
  readonly sha256: string;
}

/** What a database records of an applied file. */
export interface AppliedMigration {
  readonly name: string;
  readonly sha256: string;
}

/** The migrations shipped with this server. */
export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** Reads the `.sql` files of a directory in the order of their names. */
export async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return await Promise.all(names.map((name) => readMigration(directory, name)));
}

async function readMigration(directory: string, name: string): Promise<MigrationFile> {
  // A checkout with other line ends is the same migration.
  const text = (await readFile(join(directory, name), 'utf8')).replaceAll('\r\n', '\n');
  return {
    name: name.slice(0, -'.sql'.length),
    text,
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}
