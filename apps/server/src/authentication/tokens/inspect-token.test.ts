import { createHmac } from 'node:crypto';
import { type AccountId, newId, type SessionId } from '@careward/kernel';
import { FakeClock } from '@careward/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inspectToken } from './inspect-token.ts';
import { JwtAuthService } from './jwt-auth.service.ts';
import { LegacyTokens } from './legacy-tokens.ts';
import { generateTokenKey, openTokenKey } from './token-key.ts';

const clock = new FakeClock();
const key = openTokenKey(generateTokenKey(), { signsFrom: 0, retiredAt: null });
if (key === undefined) throw new Error('a fresh key does not open');
const keys = { signing: () => key, find: (keyId: string) => (keyId === key.keyId ? key : undefined) };
const subject = {
  accountId: newId<AccountId>(),
  sessionId: newId<SessionId>(),
  clinicId: null,
  keyThumbprint: null,
};
const secret = Buffer.from('the shared secret of the older system, 0123456789');
const plan = { secret, issuer: 'i', audience: 'a', until: clock.now() + 86_400_000 };
const legacy = new LegacyTokens(plan, clock);

const { token } = new JwtAuthService(keys, clock, 600).issue(subject);
const find = (keyId: string) => keys.find(keyId)?.verifier;
const inspect = (text: string, more: object = {}) =>
  inspectToken(text, { find, legacy, now: clock.now(), ...more });
const outcomes = (text: string, more: object = {}) =>
  Object.fromEntries(inspect(text, more).map(({ name, outcome }) => [name, outcome]));
const good = Object.fromEntries(
  ['form', 'header', 'key', 'signature', 'issuer and audience', 'claims', 'time'].map((name) => [
    name,
    'passes',
  ]),
);

const [header = '', claims = '', signature = ''] = token.split('.');
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const withClaims = (change: object) =>
  [header, encode({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), ...change }), signature].join(
    '.',
  );

it('a genuine token passes every check', () => {
  expect(outcomes(token)).toEqual(good);
});

it.each<[string, string, object, object]>([
  ['out of time', token, { now: clock.now() + 600_000 }, { time: 'fails' }],
  ['of the future', token, { now: clock.now() - 6_000 }, { time: 'fails' }],
  ['of a key that is gone', token, { find: () => undefined }, { key: 'fails', signature: 'not-reached' }],
  [
    'with another signature',
    `${header}.${claims}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
    {},
    { signature: 'fails' },
  ],
  [
    'of another issuer',
    withClaims({ iss: 'x' }),
    {},
    { signature: 'fails', 'issuer and audience': 'fails', claims: 'fails', time: 'not-reached' },
  ],
  [
    'with more claims',
    withClaims({ admin: true }),
    {},
    { signature: 'fails', claims: 'fails', time: 'not-reached' },
  ],
  [
    'of another type',
    [encode({ alg: 'EdDSA', typ: 'JWT', kid: key.keyId }), claims, signature].join('.'),
    {},
    { header: 'fails', key: 'not-reached', signature: 'not-reached' },
  ],
])('a token %s fails exactly there', (_name, text, more, expected) => {
  expect(outcomes(text, more)).toEqual({ ...good, ...expected });
});

it('what is no token fails in its form, and nothing else is asked', () => {
  for (const text of ['', 'x', `${token}=`, `${token}.x`]) expect(outcomes(text)).toEqual({ form: 'fails' });
});

it('an older token is measured by the older issuer', () => {
  const iat = clock.now() / 1_000;
  const input = `${encode({ alg: 'HS256' })}.${encode({ iss: 'i', aud: 'a', sub: newId(), iat, exp: iat + 60 })}`;
  const older = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  expect(outcomes(older)).toEqual({ form: 'passes', 'older issuer': 'passes' });
  expect(outcomes(older, { legacy: undefined })).toEqual({ form: 'passes', 'older issuer': 'fails' });
  expect(outcomes(`${input}.${signature}`)).toEqual({ form: 'passes', 'older issuer': 'fails' });
});

it('never repeats a part of the token, or text that its maker chose', () => {
  const noise = fc.stringMatching(/^[!-~]{6,12}$/).map((text) => `n0ise${text}`);
  fc.assert(
    fc.property(
      noise,
      fc.constantFrom('iss', 'aud', 'sub', 'sid', 'jti', 'more', 'exp', 'clinic_id'),
      (text, member) => {
        const told = JSON.stringify(inspect(withClaims({ [member]: text })));
        expect(told).not.toContain('n0ise');
      },
    ),
  );
  const told = JSON.stringify(inspect(token));
  for (const part of token.split('.')) expect(told).not.toContain(part);
});
