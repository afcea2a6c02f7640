import { createHash, createHmac } from 'node:crypto';
import { type AccountId, newId, type SessionId } from '@careward/kernel';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RefreshTokens } from './refresh-token.ts';

const tokens = new RefreshTokens((bytes) => createHmac('sha256', 'deployment').update(bytes).digest());
const account = newId<AccountId>();
const session = newId<SessionId>();

it('names its account and session, and the hash of a secret that nobody else has', () => {
  const { token, hash } = tokens.create(account, session);
  expect(token).toMatch(/^cwr1\.[A-Za-z0-9_-]{107}$/);
  expect(tokens.parse(token)).toEqual({ accountId: account, sessionId: session, hash });
  const secret = Buffer.from(token.slice(5), 'base64url').subarray(32, 64);
  expect(hash).toBe(createHash('sha256').update(secret).digest('base64url'));
  expect(tokens.create(account, session).hash).not.toBe(hash);
});

it('is not read with any single bit changed: neither session nor secret can be guessed at', () => {
  const bytes = Buffer.from(tokens.create(account, session).token.slice(5), 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(tokens.parse(`cwr1.${changed.toString('base64url')}`), `bit ${bit}`).toBeUndefined();
  }
});

it('is not read in any other spelling', () => {
  const { token } = tokens.create(account, session);
  const at = fc.tuple(fc.nat(token.length), fc.constantFrom('', 'A', '=', ' ', '\n', '.', '\0'));
  fc.assert(
    fc.property(at, fc.boolean(), ([index, by], replace) => {
      const other = token.slice(0, index) + by + token.slice(replace || by === '' ? index + 1 : index);
      fc.pre(other !== token);
      expect(tokens.parse(other)).toBeUndefined();
    }),
  );
  for (const text of [
    '',
    'cwr1.',
    'cwr2.'.concat(token.slice(5)),
    token.slice(5),
    `${session}.AAAA`,
    'x'.repeat(100_000),
  ])
    expect(tokens.parse(text)).toBeUndefined();
});

it('is not read when another deployment made it', () => {
  const foreign = new RefreshTokens((bytes) => createHmac('sha256', 'elsewhere').update(bytes).digest());
  expect(tokens.parse(foreign.create(account, session).token)).toBeUndefined();
});
