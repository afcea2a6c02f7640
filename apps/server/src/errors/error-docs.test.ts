import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ErrorCategory } from '@careward/kernel';
import { describe, expect, it } from 'vitest';
import { statusOf } from './index.ts';

const root = resolve(import.meta.dirname, '../../../..');
const docs = join(root, 'docs/errors');
const declared = declaredCodes();
const documented = readdirSync(docs)
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => name.slice(0, -3));

describe('every error code has its page and every page its code', () => {
  it('finds the tables of the source tree', () => {
    expect(declared.size).toBeGreaterThan(15);
    expect([...declared.keys()]).toEqual(expect.arrayContaining(['internal-error', 'id-malformed']));
  });

  it('documents each code', () => {
    expect([...declared.keys()].filter((code) => !documented.includes(code))).toEqual([]);
  });

  it('documents no code that does not exist', () => {
    expect(documented.filter((code) => !declared.has(code))).toEqual([]);
  });

  it('declares each code once', () => {
    const twice = [...declared].filter(([, places]) => places.length > 1).map(([code]) => code);
    expect(twice).toEqual([]);
  });

  it.each(documented.filter((code) => declared.has(code)))('%s states its status and category', (code) => {
    const page = readFileSync(join(docs, `${code}.md`), 'utf8');
    const category = declared.get(code)?.[0]?.category ?? 'internal';
    expect(page.startsWith(`# ${code}\n`)).toBe(true);
    expect(page).toContain(`**Status** ${statusOf({ code, category })} · **Category** ${category}`);
    expect(page).toMatch(/\n## What to do\n\n\S/);
  });
});

interface Declaration {
  readonly file: string;
  readonly category: ErrorCategory;
}

/** Reads the tables from the source, so that a package or room that nothing imports is covered as well. */
function declaredCodes(): Map<string, Declaration[]> {
  const found = new Map<string, Declaration[]>();
  for (const file of sourceFiles()) {
    const source = readFileSync(file, 'utf8');
    for (const [, table = ''] of source.matchAll(/errorTable\(\{\n([\s\S]*?)\n\}\)/g)) {
      for (const entry of table.split(/\n(?= {2}')/)) {
        const [, code = '', definition = ''] = /^ {2}'([a-z0-9-]+)': ([\s\S]*)$/.exec(entry) ?? [];
        const category = categoryOf(definition, source);
        found.set(code, [...(found.get(code) ?? []), { file, category }]);
      }
    }
  }
  return found;
}

/** A definition stands in the table, or beside it under a name of its own. */
function categoryOf(definition: string, source: string): ErrorCategory {
  const inline = /category: '([a-z-]+)'/.exec(definition)?.[1];
  const shared = new RegExp(`const ${/^\w+/.exec(definition)?.[0]} = \\{\\s*category: '([a-z-]+)'`).exec(
    source,
  )?.[1];
  const category = inline ?? shared;
  if (category === undefined) throw new Error(`no category in: ${definition}`);
  return category as ErrorCategory;
}

function sourceFiles(): string[] {
  return ['packages', 'apps'].flatMap((top) =>
    readdirSync(join(root, top)).flatMap((part) => filesIn(join(root, top, part, 'src'))),
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('fixtures'))
    .map((name) => join(folder, name));
}
