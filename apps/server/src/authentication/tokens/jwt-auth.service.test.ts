import { createHmac, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AccountId, type ClinicId, newId, type SessionId } from '@careward/kernel';
import { FakeClock, sharedData } from '@careward/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JwtAuthService } from './jwt-auth.service.ts';
import { generateTokenKey, openTokenKey, type TokenKey } from './token-key.ts';

const clock = new FakeClock(Date.parse('2026-01-01T00:00:00Z'));
const key = newKey();
const keys = new Map([[key.keyId, key]]);
const tokenKeys = { signing: () => key, find: (keyId: string) => keys.get(keyId) };
const tokens = new JwtAuthService(tokenKeys, clock, 600);
const account = newId<AccountId>();
const session = newId<SessionId>();
const clinic = newId<ClinicId>();
const subject = { accountId: account, sessionId: session, clinicId: clinic, keyThumbprint: null };
const invalid = expect.objectContaining({ code: 'authentication-token-invalid' });

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/** A token with changed header or claims, signed with the real key. */
function signed(header: object, claims: object): string {
  const [h, c] = tokens.issue(subject).token.split('.');
  const input = `${encode({ ...decode(h), ...header })}.${encode({ ...decode(c), ...claims })}`;
  return `${input}.${sign(null, Buffer.from(input), key.privateKey).toString('base64url')}`;
}

describe('an access token', () => {
  it('carries issuer, audience, account, session and the clinic asked for, for ten minutes', () => {
    const { token, expiresIn } = tokens.issue(subject);
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
    const service = new JwtAuthService(tokenKeys, now, 600);
    const { token } = service.issue(subject);
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
    ['a thumbprint that is none', { cnf: { jkt: 'x' } }],
    ['a key in place of a thumbprint', { cnf: { jwk: {} } }],
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
    const [, claims] = tokens.issue({ ...subject, clinicId: null }).token.split('.');
    const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: key.keyId })}.${claims}`;
    const secret = key.verifier.key.export({ format: 'pem', type: 'spki' });
    const forged = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    expect(() => tokens.verify(forged)).toThrow(invalid);
  });

  it('is refused with any character changed, removed or added', () => {
    const { token } = tokens.issue(subject);
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
    const other = { ...newKey(), keyId: key.keyId };
    const { token } = new JwtAuthService({ ...tokenKeys, signing: () => other }, clock, 600).issue(subject);
    expect(() => tokens.verify(token)).toThrow(invalid);
  });

  it('is bound to a key when one is named, and only then', () => {
    const keyThumbprint = key.keyId;
    expect(tokens.verify(tokens.issue({ ...subject, keyThumbprint }).token).cnf).toEqual({
      jkt: keyThumbprint,
    });
    expect(tokens.verify(tokens.issue(subject).token)).not.toHaveProperty('cnf');
  });

  it('is refused from the moment when its key is withdrawn, also when it was verified before', () => {
    const mine = newKey();
    const known = new Map([[mine.keyId, mine]]);
    const service = new JwtAuthService(
      { signing: () => mine, find: (keyId) => known.get(keyId) },
      clock,
      600,
    );
    const { token } = service.issue(subject);
    expect(service.verify(token).sub).toBe(account);
    known.clear();
    expect(() => service.verify(token)).toThrow(invalid);
    known.set(mine.keyId, mine);
    expect(service.verify(token).sub).toBe(account);
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

function newKey(): TokenKey {
  const made = openTokenKey(generateTokenKey(), { signsFrom: 0, retiredAt: null });
  if (made === undefined) throw new Error('a fresh key does not open');
  return made;
}
