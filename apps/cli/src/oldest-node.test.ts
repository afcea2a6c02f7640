import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeRefusal } from './oldest-node.ts';

test('an older Node is told what to do, in words', () => {
  expect(nodeRefusal('26.0.0')).toBeUndefined();
  expect(nodeRefusal('27.1.0')).toBeUndefined();
  expect(nodeRefusal('20.20.2')).toMatch(/needs Node 26 or later, and this is 20\.20\.2[\s\S]*npm ci/);
});

test('nothing is loaded before the version is checked', () => {
  const source = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
  const imports = (text: string) => [...text.matchAll(/^import .*from '(.+)';$/gm)].map(([, from]) => from);
  expect(imports(source('main.ts'))).toEqual(['./oldest-node.ts']);
  expect(imports(source('oldest-node.ts'))).toEqual([]);
});
