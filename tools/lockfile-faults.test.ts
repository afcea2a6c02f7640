import { expect, test } from 'vitest';
import { findLockfileFaults } from './lockfile-faults.ts';

const GOOD = { integrity: 'sha512-AAAA', license: 'MIT' };
const notInstalled = () => undefined;

function faultsOf(entry: object, installed: (path: string) => unknown = notInstalled): string[] {
  return findLockfileFaults({ packages: { '': {}, 'node_modules/x': entry } }, installed);
}

test('a pinned package of an allowed licence has no fault, nor has a workspace link or the root', () => {
  expect(faultsOf(GOOD)).toEqual([]);
  expect(faultsOf({ link: true, resolved: 'packages/x' })).toEqual([]);
  expect(findLockfileFaults({ packages: { 'packages/x': {} } }, notInstalled)).toEqual([]);
});

test.each([
  ['no hash', { license: 'MIT' }],
  ['a hash that can be collided', { ...GOOD, integrity: 'sha1-AAAA' }],
  ['an address over http', { ...GOOD, resolved: 'http://example.test/x.tgz' }],
  ['an address over https', { ...GOOD, resolved: 'https://example.test/x.tgz' }],
  ['an address of a repository', { ...GOOD, resolved: 'git+ssh://git@example.test/x.git' }],
  ['a licence that binds the product', { ...GOOD, license: 'GPL-3.0-only' }],
  ['a licence joined to one that binds', { ...GOOD, license: '(MIT AND AGPL-3.0-only)' }],
  ['no licence', { integrity: 'sha512-AAAA' }],
])('%s is a fault', (_, entry) => {
  expect(faultsOf(entry)).toHaveLength(1);
});

test('a package nested in a workspace is judged too', () => {
  const packages = { 'apps/server/node_modules/@x/y': { license: 'MIT' } };
  expect(findLockfileFaults({ packages }, notInstalled)).toHaveLength(1);
});

test('one allowed alternative is enough', () => {
  expect(faultsOf({ ...GOOD, license: '(GPL-3.0-only OR MIT)' })).toEqual([]);
  expect(faultsOf({ ...GOOD, license: 'MIT AND ISC' })).toEqual([]);
});

test('the licence inside the installed package counts, not the word of the lockfile', () => {
  expect(faultsOf(GOOD, () => 'SSPL-1.0')).toHaveLength(1);
  expect(faultsOf({ ...GOOD, license: 'SSPL-1.0' }, () => 'MIT')).toEqual([]);
});
