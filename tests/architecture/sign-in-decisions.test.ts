// The numbers that are written down for auditors are the numbers of the code.
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROLES, SIGN_IN_POLICY } from '@careward/access-policy';
import { expect, it } from 'vitest';
import { RECENT_PROOF, RecentProof } from '../../apps/server/src/authentication/public.decorator.ts';
import {
  accountLadder,
  addressWindow,
} from '../../apps/server/src/authentication/sign-in/lockout.service.ts';
import { limitsConcern } from '../../apps/server/src/config/limits.ts';
import { sessionsConcern } from '../../apps/server/src/config/sessions.ts';

const MINUTE_MS = 60_000;
const page = readFileSync(
  join(resolve(import.meta.dirname, '../..'), 'docs/compliance/sign-in-decisions.md'),
  'utf8',
);

it('are the same on the page and in the code', () => {
  const [read, limits] = [sessionsConcern.read({}), limitsConcern.read({})];
  if (!read.ok || !limits.ok) throw new Error('the defaults are refused');
  const ladder = accountLadder(limits.value.accountFailures);
  const window = addressWindow(limits.value.addressFailures);
  const { accessTokenMs, idleMs, absoluteMs, maximum } = read.value;
  const proofs = new Set(ROLES.map((role) => SIGN_IN_POLICY[role].recentProofMinutes));
  expect(numbersOf(page)).toMatchObject({
    'failures of one subject before it is locked': `${ladder.locksAt}`,
    'locks, one after the other, in minutes': ladder.lockMs.map((ms) => ms / MINUTE_MS).join(', '),
    'hours without a failure until all is forgotten': `${ladder.forgetMs / MINUTE_MS / 60}`,
    'failures of strangers from one address in its window': `${window.locksAt}`,
    'the window of an address, in minutes': `${window.windowMs / MINUTE_MS}`,
    'access token, in minutes': `${accessTokenMs / MINUTE_MS}`,
    'unused, in minutes': `${idleMs / MINUTE_MS}`,
    'at most, in hours': `${absoluteMs / MINUTE_MS / 60}`,
    'sessions of one account': `${maximum}`,
    'proof of the person for sensitive acts, in minutes': [...proofs].join(', '),
  });
});

it('and a proof is recent for as long as the access policy says', () => {
  class Route {}
  RecentProof()(Route);
  const minutes = Number(Reflect.getMetadata(RECENT_PROOF, Route)) / MINUTE_MS;
  for (const role of ROLES) expect(SIGN_IN_POLICY[role].recentProofMinutes).toBe(minutes);
});

function numbersOf(text: string): Record<string, string> {
  const rows = [...text.matchAll(/^\| ([^|]+) \| ([\d, ]+) \|$/gm)];
  return Object.fromEntries(rows.map(([, name = '', value = '']) => [name.trim(), value.trim()]));
}
