import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applied } from './removal.ts';
import { REMOVALS } from './removals.ts';
import { renderProof } from './render-proof.ts';

const ROOT = join(import.meta.dirname, '../..');
const [first] = REMOVALS;

describe('each removal', () => {
  it.each(REMOVALS)('fits the code as it is: $name', (removal) => {
    const text = readFileSync(join(ROOT, removal.file), 'utf8');
    expect(applied(removal, text)).not.toBe(text);
    for (const test of removal.tests) expect(existsSync(join(ROOT, test)), test).toBe(true);
  });

  it('has a name of its own', () => {
    expect(new Set(REMOVALS.map(({ name }) => name)).size).toBe(REMOVALS.length);
  });

  it('is refused when the code does not hold its text, or holds it twice', () => {
    if (first === undefined) throw new Error('no removals');
    for (const text of ['', first.search + first.search])
      expect(() => applied(first, text)).toThrow(first.name);
  });
});

it('the published page counts what is caught and names what is not', () => {
  if (first === undefined) throw new Error('no removals');
  const page = renderProof([
    { removal: first, caughtBy: ['a', 'b | c', 'd', 'e'] },
    { removal: first, caughtBy: [] },
  ]);
  expect(page).toContain('**1 of 2 removals are caught.**');
  expect(page).toContain('a<br>b \\| c<br>d<br>and 1 more');
  expect(page).toContain('**nothing**');
});
