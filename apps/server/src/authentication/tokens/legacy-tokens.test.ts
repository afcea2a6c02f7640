import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { type AccountId, isUuid, newId, type SessionId } from '@careward/kernel';
import { FakeClock } from '@careward/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { JwtAuthService } from './jwt-auth.service.ts';
import { LegacyTokens } from './legacy-tokens.ts';
import { generateTokenKey, openTokenKey } from './token-key.ts';

const NOW = Date.parse('2026-03-01T10:00:00Z');
const UNTIL = Date.parse('2026-04-01');
const secret = Buffer.from('the shared secret of the older system, 0123456789');
const plan = { secret, issuer: 'healthcare-system', audience: 'healthcare-users', until: UNTIL };
const sub = newId<AccountId>();
const claims = {
  iss: plan.issuer,
  aud: plan.audience,
  sub,
  userId: 7,
  role: 'admin',
  iat: NOW / 1_000 - 60,
  exp: NOW / 1_000 + 3_600,
};
const invalid = expect.objectContaining({ code: 'authentication-token-invalid' });

let clock: FakeClock;
let legacy: LegacyTokens;
beforeEach(() => {
  clock = new FakeClock(NOW);
  legacy = new LegacyTokens(plan, clock);
});

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

function token(
  changes: object = {},
  header: object = { alg: 'HS256', typ: 'JWT' },
  by: Buffer | string = secret,
  hash = 'sha256',
) {
  const input = `${encode(header)}.${encode({ ...claims, ...changes })}`;
  return `${input}.${createHmac(hash, by).update(input).digest('base64url')}`;
}

describe('a token of the older issuer', () => {
  it('names its account, and a session of its own that ends with it', () => {
    const text = token();
    const verified = legacy.verify(text);
    expect(verified).toEqual({ accountId: sub, sessionId: verified.sessionId, expiresAt: NOW + 3_600_000 });
    expect(isUuid(verified.sessionId)).toBe(true);
    expect(legacy.verify(text).sessionId).toBe(verified.sessionId);
    expect(legacy.verify(token({ jti: 'other' })).sessionId).not.toBe(verified.sessionId);
    expect(legacy.looksLike(text)).toBe(true);
  });

  it('may come without a type, and for several audiences', () => {
    expect(legacy.verify(token({ aud: ['others', plan.audience] }, { alg: 'HS256' })).accountId).toBe(sub);
  });

  it('ends with the migration, whatever it says', () => {
    const text = token({ exp: UNTIL / 1_000 + 1e9 });
    expect(legacy.verify(text).expiresAt).toBe(UNTIL);
    clock.set(UNTIL - 1);
    expect(legacy.verify(text).accountId).toBe(sub);
    clock.set(UNTIL);
    expect(() => legacy.verify(text)).toThrow(invalid);
  });

  it('is refused at its own end', () => {
    clock.set(NOW + 3_600_000);
    expect(() => legacy.verify(token())).toThrow(invalid);
  });

  it.each<[string, object]>([
    ['another issuer', { iss: 'x' }],
    ['another audience', { aud: 'x' }],
    ['an empty list of audiences', { aud: [] }],
    ['no audience', { aud: undefined }],
    ['no end', { exp: undefined }],
    ['an end that is text', { exp: '9999999999' }],
    ['no birth', { iat: undefined }],
    ['a birth in the future', { iat: NOW / 1_000 + 6 }],
    ['a beginning in the future', { nbf: NOW / 1_000 + 6 }],
    ['a subject that is no uuid', { sub: 'admin' }],
    ['a number as subject', { sub: 1 }],
    ['no subject', { sub: undefined }],
  ])('is refused with %s, although the signature fits', (_name, changes) => {
    expect(() => legacy.verify(token(changes))).toThrow(invalid);
  });

  it.each<[string, object]>([
    ['the type of current tokens', { alg: 'HS256', typ: 'at+jwt' }],
    ['another type', { alg: 'HS256', typ: 'dpop+jwt' }],
    ['a key id', { alg: 'HS256', typ: 'JWT', kid: 'x' }],
    ['a key of its own', { alg: 'HS256', jwk: { kty: 'oct', k: 'AA' } }],
    ['a critical extension', { alg: 'HS256', crit: ['exp'] }],
    ['no algorithm', { typ: 'JWT' }],
    ['alg none', { alg: 'none', typ: 'JWT' }],
    ['alg EdDSA', { alg: 'EdDSA', typ: 'JWT' }],
    ['the algorithm in lower case', { alg: 'hs256', typ: 'JWT' }],
  ])('is refused with header: %s', (_name, header) => {
    expect(() => legacy.verify(token({}, header))).toThrow(invalid);
  });

  it('is refused under another hash, under another secret, and without a signature', () => {
    expect(() => legacy.verify(token({}, { alg: 'HS512' }, secret, 'sha512'))).toThrow(invalid);
    expect(() => legacy.verify(token({}, undefined, 'another secret'))).toThrow(invalid);
    expect(() => legacy.verify(token().replace(/[^.]+$/, ''))).toThrow(invalid);
    expect(() => legacy.verify(token({}, { alg: 'none' }).replace(/[^.]+$/, ''))).toThrow(invalid);
  });
});

describe('older and current tokens', () => {
  const key = openTokenKey(generateTokenKey(), { signsFrom: 0, retiredAt: null });
  if (key === undefined) throw new Error('a fresh key does not open');
  const keys = { signing: () => key, find: (keyId: string) => (keyId === key.keyId ? key : undefined) };
  const current = () => new JwtAuthService(keys, clock, 600);
  const subject = { accountId: sub, sessionId: newId<SessionId>(), clinicId: null, keyThumbprint: null };
  const published = {
    pem: String(key.verifier.key.export({ format: 'pem', type: 'spki' })),
    der: key.verifier.key.export({ format: 'der', type: 'spki' }),
    raw: Buffer.from(key.x, 'base64url'),
    text: key.x,
  };

  it('are never taken for each other', () => {
    const { token: text } = current().issue(subject);
    expect(legacy.looksLike(text)).toBe(false);
    expect(() => legacy.verify(text)).toThrow(invalid);
    expect(() => current().verify(token())).toThrow(invalid);
  });

  it.each(Object.entries(published))(
    'an HMAC under the published key (%s) counts for neither',
    (_form, by) => {
      for (const header of [
        { alg: 'HS256', typ: 'JWT' },
        { alg: 'HS256', typ: 'at+jwt', kid: key.keyId },
        { alg: 'EdDSA', typ: 'at+jwt', kid: key.keyId },
      ]) {
        const now = { sid: newId(), jti: newId(), userId: undefined, role: undefined };
        expect(() => legacy.verify(token(now, header, by))).toThrow(invalid);
        expect(() => current().verify(token(now, header, by))).toThrow(invalid);
      }
    },
  );

  it.each(['pem', 'der'] as const)('a published key (%s) is refused as the secret', (form) => {
    expect(() => new LegacyTokens({ ...plan, secret: Buffer.from(published[form]) }, clock)).toThrow(
      TypeError,
    );
  });

  it('an RSA signature under a header of the older kind counts for nothing', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const input = token({}, { alg: 'RS256', typ: 'JWT' }).replace(/\.[^.]+$/, '');
    const signature = createSign('sha256').update(input).sign(privateKey, 'base64url');
    expect(() => legacy.verify(`${input}.${signature}`)).toThrow(invalid);
  });

  it('a short secret is refused', () => {
    expect(() => new LegacyTokens({ ...plan, secret: Buffer.alloc(31, 1) }, clock)).toThrow(TypeError);
  });
});
