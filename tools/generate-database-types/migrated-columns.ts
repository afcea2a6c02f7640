import { readdir, readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';

/** A column as the migrated database describes it. */
export interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** `always`: the database alone writes it; `default`: it may be left out; `none`: it must be given. */
  readonly generated: 'always' | 'default' | 'none';
  /** The texts that a check constraint allows, when it lists them. */
  readonly allowed: readonly string[];
}

const MIGRATIONS = new URL('../../apps/server/migrations/', import.meta.url);

const COLUMNS = `
  select c.relname as "table", a.attname as name, format_type(a.atttypid, null) as type,
    not a.attnotnull as nullable,
    case when a.attidentity = 'a' or a.attgenerated <> '' then 'always'
      when a.atthasdef or a.attidentity = 'd' then 'default' else 'none' end as generated,
    array(select pg_get_constraintdef(k.oid) from pg_constraint k
      where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] order by k.conname) as checks
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
  where n.nspname = 'public' and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped
  order by c.relname, a.attnum`;

/** Runs every migration in an empty in-memory database and reads its columns. */
export async function migratedColumns(): Promise<Column[]> {
  const database = await PGlite.create('memory://');
  try {
    for (const file of (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort()) {
      await database.exec(await readFile(new URL(file, MIGRATIONS), 'utf8'));
    }
    const { rows } = await database.query<Omit<Column, 'allowed'> & { checks: string[] }>(COLUMNS);
    return rows.map(({ checks, ...column }) => ({ ...column, allowed: checks.flatMap(allowedTexts) }));
  } finally {
    await database.close();
  }
}

function allowedTexts(check: string): string[] {
  const list = /^CHECK \(\((?:\w+ = ANY \(ARRAY\[(.*)\]\)|\w+ = ('.*'::text))\)\)$/.exec(check);
  return [...(list?.[1] ?? list?.[2] ?? '').matchAll(/'((?:[^']|'')*)'::text/g)].map((m) =>
    (m[1] ?? '').replaceAll("''", "'"),
  );
}
