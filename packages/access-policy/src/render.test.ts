import { describe, expect, test } from 'vitest';
import {
  CLAIMS_PLATFORM_ACTORS,
  CLAIMS_PLATFORM_PERMISSIONS,
  grantedScope,
  PERMISSIONS,
  type PolicyRoute,
  ROLES,
  renderAccessPolicy,
  SIGN_IN_POLICY,
} from './index.ts';

const routes: readonly PolicyRoute[] = [
  {
    ...{ method: 'GET', path: '/a', recentProof: false },
    ...{ entry: 'permission', permissions: ['manage_users', 'view_clinics'] },
  },
  { method: 'POST', path: '/b', entry: 'permission', permissions: ['manage_users'], recentProof: true },
  { method: 'GET', path: '/c', entry: 'signed-in', permissions: [], recentProof: true },
  { method: 'GET', path: '/d', entry: 'public', permissions: [], recentProof: false },
];

/** The cells of a section's table, without its head. */
function rowsOf(heading: string): string[][] {
  const [, section = ''] = renderAccessPolicy(routes).split(`## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const rows = own.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

describe('the page', () => {
  test('shows every permission once, with the scope of every role', () => {
    const rows = rowsOf('What each role may do');
    expect(rows.map(([name]) => name)).toEqual(PERMISSIONS.map((permission) => `\`${permission}\``));
    for (const [index, permission] of PERMISSIONS.entries()) {
      expect(rows[index]?.slice(3)).toEqual(ROLES.map((role) => grantedScope(role, permission) ?? ''));
    }
  });

  test('shows how every role signs in', () => {
    const expected = ROLES.map((role) => {
      const rule = SIGN_IN_POLICY[role];
      const times = [rule.sessionIdleMinutesAtMost, rule.recentProofMinutes].map(
        (minutes) => `${minutes} min`,
      );
      return [`\`${role}\``, rule.secondFactor, rule.tokenBinding, ...times];
    });
    expect(rowsOf('How each role signs in')).toEqual(expected);
  });

  test('shows at every permission the routes that it opens, and those that need none', () => {
    const rows = new Map(
      rowsOf('What each permission opens').map(([name = '', opened = '']) => [name, opened]),
    );
    expect([...rows.keys()].slice(0, -2)).toEqual(PERMISSIONS.map((permission) => `\`${permission}\``));
    expect(rows.get('`manage_users`')).toBe('`GET /a`<br>`POST /b`');
    expect(rows.get('`view_clinics`')).toBe('`GET /a`');
    expect(rows.get('`submit_claims`')).toBe('none yet: claims');
    expect(rows.get('`view_clinics`')).not.toContain('none yet');
    expect(rows.get('signed in, for oneself')).toBe('`GET /c`');
    expect(rows.get('nobody in particular')).toBe('`GET /d`');
  });

  test('names the routes that need a recent proof', () => {
    const [, section = ''] = renderAccessPolicy(routes).split('## What needs a recent proof\n');
    expect(section.split('\n## ')[0]).toContain('\n\n- `POST /b`\n- `GET /c`\n');
  });

  test('shows what each role of an actor of the claims platform holds of its list', () => {
    const expected = Object.entries(CLAIMS_PLATFORM_ACTORS).flatMap(([actor, roles]) =>
      roles.map((role) => {
        const held = CLAIMS_PLATFORM_PERMISSIONS.filter((permission) => grantedScope(role, permission));
        return [actor, `\`${role}\``, held.map((permission) => `\`${permission}\``).join(', ')];
      }),
    );
    expect(rowsOf('The actors of the claims platform')).toEqual(expected);
  });
});
