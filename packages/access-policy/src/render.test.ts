import { expect, test } from 'vitest';
import { grantedScope, PERMISSIONS, ROLES, renderAccessPolicy } from './index.ts';

test('the page shows every permission once, with the scope of every role', () => {
  const rows = renderAccessPolicy()
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(rows.map((row) => row[1])).toEqual(PERMISSIONS.map((permission) => `\`${permission}\``));
  for (const [index, permission] of PERMISSIONS.entries()) {
    expect(rows[index]?.slice(3, -1)).toEqual(ROLES.map((role) => grantedScope(role, permission) ?? ''));
  }
});
