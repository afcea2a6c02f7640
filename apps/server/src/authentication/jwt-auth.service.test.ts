import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AccountId, type ClinicId, newId, type SessionId } from '@careward/kernel';
import { FakeClock, sharedData } from '@careward/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCanonicalBase64Url } from './base64url.ts';
import { JwtAuthService } from './jwt-auth.service.ts';

const clock = new FakeClock(Date.parse('2026-01-01T00:00:00Z'));
const key = { keyId: 'k1', ...generateKeyPairSync('ed25519') };
const tokens = new JwtAuthService(key, clock, 600);
const account = newId<AccountId>();
const session = newId<SessionId>();
const clinic = newId<ClinicId>();
const invalid = expect.objectContaining({ code: 'authentication-token-invalid' });

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/** A token with changed header or claims, signed with the real key. */
function signed(header: object, claims: object): string {
  const [h, c] = tokens.issue(account, session, clinic).token.split('.');
  const input = `${encode({ ...decode(h), ...header })}.${encode({ ...decode(c), ...claims })}`;
  return `${input}.${sign(null, Buffer.from(input), key.privateKey).toString('base64url')}`;
}

describe('an access token', () => {
  it('carries issuer, audience, account, session and the clinic asked for, for ten minutes', () => {
    const { token, expiresIn } = tokens.issue(account, session, clinic);
    expect(expiresIn).toBe(600);
    expect(tokens.verify(token)).toMatchObject({
      iss: 'healthcare-system',
      aud: 'healthcare-users',
      sub: account,
      sid: session,
      clinic_id: clinic,
    });
  });

  it('is refused after its time, also when it was verified before', () => {
    const now = new FakeClock(Date.parse('2026-01-01T00:00:00Z'));
    const service = new JwtAuthService(key, now, 600);
    const { token } = service.issue(account, session, null);
    now.advance(599_000);
    expect(service.verify(token).sub).toBe(account);
    now.advance(1_000);
    expect(() => service.verify(token)).toThrow(invalid);
  });

  it.each([
    ['another issuer', { iss: 'somebody-else' }],
    ['another audience', { aud: 'other-users' }],
    ['an audience list', { aud: ['healthcare-users'] }],
    ['a session that is no id', { sid: '../..' }],
    ['a claim that is not issued', { roles: ['SUPER_ADMIN'] }],
    ['an expiry that is text', { exp: '9999999999' }],
    ['a birth in the future', { iat: 4_000_000_000, exp: 4_000_000_600 }],
  ])('is refused with %s, although the signature fits', (_name, claims) => {
    expect(() => tokens.verify(signed({}, claims))).toThrow(invalid);
  });

  it.each([
    ['none', { alg: 'none' }],
    ['NONE', { alg: 'NONE' }],
    ['HS256 with the public key as secret', { alg: 'HS256' }],
    ['another key id', { kid: 'k2' }],
    ['a key id that is a path', { kid: '../../dev/null' }],
    ['a key of its own', { jwk: { kty: 'OKP' } }],
    ['a critical extension', { crit: ['b64'], b64: false }],
    ['another type', { typ: 'JWT' }],
  ])('is refused with header: %s', (_name, header) => {
    expect(() => tokens.verify(signed(header, {}))).toThrow(invalid);
  });

  it('is refused when HMAC-signed with the public key (algorithm confusion)', () => {
    const [, claims] = tokens.issue(account, session, null).token.split('.');
    const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${claims}`;
    const secret = key.publicKey.export({ format: 'pem', type: 'spki' });
    const forged = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    expect(() => tokens.verify(forged)).toThrow(invalid);
  });

  it('is refused with any character changed, removed or added', () => {
    const { token } = tokens.issue(account, session, clinic);
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom('', 'A', '.', '=', '+', '%', ' ', 'é', '_'),
        (at, by) => {
          const changed = token.slice(0, at) + by + token.slice(at + 1);
          fc.pre(changed !== token);
          expect(() => tokens.verify(changed)).toThrow(invalid);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is refused when somebody else signed it', () => {
    const other = { keyId: 'k1', ...generateKeyPairSync('ed25519') };
    const { token } = new JwtAuthService(other, clock, 600).issue(account, session, null);
    expect(() => tokens.verify(token)).toThrow(invalid);
  });
});

describe('canonical base64url', () => {
  it('has one spelling for every value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url');
        expect(decodeCanonicalBase64Url(text)).toEqual(Buffer.from(bytes));
        expect(decodeCanonicalBase64Url(`${text}=`)).toBeUndefined();
      }),
    );
    expect(decodeCanonicalBase64Url('QQ')).toEqual(Buffer.from('A'));
    expect(decodeCanonicalBase64Url('QR')).toBeUndefined();
  });
});

const vectors = sharedData('crypto/json_web_signature_test.json');
describe.skipIf(vectors === undefined)('the Wycheproof JWS vectors', () => {
  it('are all refused: none was signed by this server', () => {
    const { testGroups } = JSON.parse(readFileSync(vectors ?? '', 'utf8'));
    const tried = testGroups.flatMap((group: { tests: { jws: unknown }[] }) => group.tests);
    expect(tried.length).toBeGreaterThan(50);
    for (const { jws } of tried) expect(() => tokens.verify(String(jws))).toThrow(invalid);
  });
});
