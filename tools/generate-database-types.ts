/**
 * Writes apps/server/src/persistence/generated/database.ts from a database that has run the migrations.
 * `--check` writes nothing and fails when the file differs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { migratedColumns } from './generate-database-types/migrated-columns.ts';
import { renderTypes } from './generate-database-types/render-types.ts';

const target = new URL('../apps/server/src/persistence/generated/database.ts', import.meta.url);

const rendered = renderTypes(await migratedColumns());
if (process.argv.includes('--check')) await check(rendered);
else await writeFile(target, rendered);

async function check(expected: string): Promise<void> {
  const found = await readFile(target, 'utf8').catch(() => '');
  if (found === expected) return;
  console.error('The database types differ from the migrations. Run: node tools/generate-database-types.ts');
  process.exitCode = 1;
}
