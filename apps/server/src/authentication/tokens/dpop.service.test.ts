import { createHash, createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { DpopClient, FakeClock, type ProofChanges } from '@careward/testing';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { DpopService } from './dpop.service.ts';
import { DpopNonces } from './dpop-nonce.ts';
import { ProofKeys } from './proof-key.ts';
import { normalTargetUri } from './target-uri.ts';

const ORIGIN = 'https://careward.example.org';
const PATH = '/api/v1/patients';
const TOKEN = 'an.access.token';
const mac = (bytes: Buffer) => createHmac('sha256', 'deployment').update(bytes).digest();
const invalid = expect.objectContaining({ code: 'authentication-proof-invalid' });
const needsNonce = expect.objectContaining({ code: 'authentication-proof-nonce-needed' });

let clock: FakeClock;
let nonces: DpopNonces;
let service: DpopService;
let client: DpopClient;

beforeEach(() => {
  clock = new FakeClock(Date.parse('2026-03-01T10:00:30Z'));
  nonces = new DpopNonces(mac, clock);
  service = new DpopService(nonces, clock, ORIGIN);
  client = new DpopClient();
  client.nonce = nonces.newest();
});

/** A proof for GET of the path with the token, changed before it is signed. */
function proof(changes: ProofChanges = {}, by = client): string {
  return by.proof({ method: 'GET', url: ORIGIN + PATH, accessToken: TOKEN, at: clock.now() }, changes);
}

function examine(
  headers: readonly string[],
  request: { method?: string; url?: string; accessToken?: string | null } = {},
) {
  return service.examine(headers, { method: 'GET', url: PATH, accessToken: TOKEN, ...request });
}

describe('a proof that fits its request', () => {
  it.each(['ES256', 'EdDSA'] as const)('by %s is accepted, and names the key and itself', (algorithm) => {
    const other = new DpopClient(algorithm);
    other.nonce = nonces.newest();
    const jti = randomUUID();
    const result = examine([proof({ claims: { jti } }, other)]);
    expect(result.nonce).toBe('newest');
    expect(result.proof).toEqual({
      keyThumbprint: other.thumbprint,
      id: createHash('sha256').update(`${other.thumbprint}.${jti}`).digest('base64url'),
      issuedAt: clock.now(),
      livesMs: 65_000,
    });
  });

  it('has the thumbprints of the examples (RFC 9449, 6.1; RFC 8037, A.3)', () => {
    const rfc9449 = {
      kty: 'EC',
      x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
      y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
      crv: 'P-256',
    };
    const rfc8037 = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    const thumbprint = (algorithm: 'ES256' | 'EdDSA', jwk: object) =>
      new ProofKeys().read(algorithm, jwk)?.thumbprint;
    expect(thumbprint('ES256', rfc9449)).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I');
    expect(thumbprint('EdDSA', rfc8037)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('needs no hash of a token where none is shown', () => {
    const bare = client.proof({ method: 'POST', url: `${ORIGIN}/api/v1/auth/sign-in`, at: clock.now() });
    expect(examine([bare], { method: 'POST', url: '/api/v1/auth/sign-in', accessToken: null }).nonce).toBe(
      'newest',
    );
  });

  it('leaves query and fragment aside, on both sides (RFC 9449, 4.3)', () => {
    expect(examine([proof()], { url: `${PATH}?name=x&htu=y` }).nonce).toBe('newest');
    expect(examine([proof({ claims: { htu: `${ORIGIN}${PATH}?a=b#c` } })]).nonce).toBe('newest');
  });

  it.each([
    ['HTTPS://CareWard.Example.Org/api/v1/patients'],
    ['https://careward.example.org:443/api/v1/patients'],
    ['https://careward.example.org/api/v1/%70atients'],
    ['https://careward.example.org/api/./v1/x/../patients'],
  ])('may spell the address as RFC 3986 6.2 allows: %s', (htu) => {
    expect(examine([proof({ claims: { htu } })]).nonce).toBe('newest');
  });

  it('may carry the purpose of its key as browsers export it', () => {
    const jwk = { ...client.publicJwk, ext: true, key_ops: ['verify'] };
    expect(examine([proof({ header: { jwk } })]).proof.keyThumbprint).toBe(client.thumbprint);
  });

  it.each([
    [-60_000, true],
    [-61_000, false],
    [5_000, true],
    [6_000, false],
  ])('made %i ms from now counts: %s', (offset, counts) => {
    const iat = Math.floor((clock.now() + offset) / 1_000);
    const attempt = () => examine([proof({ claims: { iat } })]);
    if (counts) expect(attempt().proof.issuedAt).toBe(iat * 1_000);
    else expect(attempt).toThrow(invalid);
  });

  it('is remembered at least as long as it counts', () => {
    const text = proof({ claims: { iat: Math.floor(clock.now() / 1_000) + 5 } });
    const { livesMs } = examine([text]).proof;
    clock.advance(livesMs);
    expect(() => examine([text])).toThrow(invalid);
  });
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ format: 'jwk' });
const own = () => client.privateKey.export({ format: 'jwk' });

describe('a proof is refused with', () => {
  it.each<[string, () => ProofChanges]>([
    ['another typ', () => ({ header: { typ: 'JWT' } })],
    ['no typ', () => ({ header: { typ: undefined } })],
    ['typ at+jwt', () => ({ header: { typ: 'at+jwt' } })],
    ['alg none', () => ({ header: { alg: 'none' } })],
    ['alg HS256', () => ({ header: { alg: 'HS256' } })],
    ['alg RS256', () => ({ header: { alg: 'RS256' } })],
    ['alg EdDSA and an EC key', () => ({ header: { alg: 'EdDSA' } })],
    ['no key', () => ({ header: { jwk: undefined } })],
    ['the private key', () => ({ header: { jwk: own() } })],
    ['an RSA key', () => ({ header: { jwk: rsa } })],
    ['a symmetric key', () => ({ header: { jwk: { kty: 'oct', k: 'AAAA' } } })],
    ['a key off the curve', () => ({ header: { jwk: { ...client.publicJwk, y: client.publicJwk.x } } })],
    ['somebody else’s key', () => ({ header: { jwk: new DpopClient().publicJwk } })],
    ['a key for encryption', () => ({ header: { jwk: { ...client.publicJwk, use: 'enc' } } })],
    ['a key with a URL', () => ({ header: { jwk: { ...client.publicJwk, x5u: 'https://x.example' } } })],
    [
      'a coordinate with padding',
      () => ({ header: { jwk: { ...client.publicJwk, x: `${client.publicJwk.x}=` } } }),
    ],
    ['a critical extension', () => ({ header: { crit: ['exp'], exp: 1 } })],
    ['another method', () => ({ claims: { htm: 'POST' } })],
    ['the method in lower case', () => ({ claims: { htm: 'get' } })],
    ['another path', () => ({ claims: { htu: `${ORIGIN}/api/v1/clinics` } })],
    ['a slash at the end', () => ({ claims: { htu: `${ORIGIN}${PATH}/` } })],
    ['an escaped slash', () => ({ claims: { htu: `${ORIGIN}/api/v1%2Fpatients` } })],
    ['another host', () => ({ claims: { htu: `https://evil.example${PATH}` } })],
    ['another port', () => ({ claims: { htu: `https://careward.example.org:8443${PATH}` } })],
    ['another scheme', () => ({ claims: { htu: `http://careward.example.org${PATH}` } })],
    ['a user in the address', () => ({ claims: { htu: `https://a@careward.example.org${PATH}` } })],
    [
      'backslashes in the address',
      () => ({ claims: { htu: 'https:\\\\careward.example.org\\api\\v1\\patients' } }),
    ],
    ['white space in the address', () => ({ claims: { htu: ` ${ORIGIN}/api/v1/pat\tients` } })],
    ['the path alone', () => ({ claims: { htu: PATH } })],
    ['a broken escape', () => ({ claims: { htu: `${ORIGIN}${PATH}%2` } })],
    ['no address', () => ({ claims: { htu: undefined } })],
    ['no method', () => ({ claims: { htm: undefined } })],
    ['no time', () => ({ claims: { iat: undefined } })],
    ['a time that is text', () => ({ claims: { iat: '1772359230' } })],
    ['no jti', () => ({ claims: { jti: undefined } })],
    ['a short jti', () => ({ claims: { jti: '1234567' } })],
    ['a long jti', () => ({ claims: { jti: 'x'.repeat(129) } })],
    [
      'the hash of another token',
      () => ({ claims: { ath: createHash('sha256').update('x').digest('base64url') } }),
    ],
    ['no hash of the token', () => ({ claims: { ath: undefined } })],
    ['the token itself as hash', () => ({ claims: { ath: TOKEN } })],
  ])('%s', (_name, changes) => {
    expect(() => examine([proof(changes())])).toThrow(invalid);
  });

  it('its public key as secret of an HMAC', () => {
    const parts = proof({ header: { alg: 'HS256' } })
      .split('.')
      .slice(0, 2)
      .join('.');
    const tag = createHmac('sha256', JSON.stringify(client.publicJwk)).update(parts).digest('base64url');
    expect(() => examine([`${parts}.${tag}`])).toThrow(invalid);
  });

  it('any bit of it changed', () => {
    const text = proof();
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(6), (at, bit) => {
        const bytes = Buffer.from(text);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        expect(() => examine([bytes.toString('latin1')])).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^authentication-proof-/) }),
        );
      }),
    );
  });

  it.each<[string, () => string[]]>([
    ['no header', () => []],
    ['two headers', () => [proof(), proof()]],
    ['the same header twice', () => Array.from({ length: 2 }).fill(proof()) as string[]],
    ['two proofs in one header', () => [`${proof()}, ${proof()}`]],
    ['an empty header', () => ['']],
    ['more than its size', () => [proof({ claims: { more: 'x'.repeat(2_000) } })]],
    ['no signature', () => [proof().replace(/[^.]+$/, '')]],
  ])('%s', (_name, headers) => {
    expect(() => examine(headers())).toThrow(invalid);
  });
});

describe('the nonce of a proof', () => {
  it.each<[string, () => unknown]>([
    ['missing', () => undefined],
    ['empty', () => ''],
    ['made up', () => 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    [
      'of another deployment',
      () => new DpopNonces((bytes) => createHash('sha256').update(bytes).digest(), clock).newest(),
    ],
    ['of a window to come', () => new DpopNonces(mac, new FakeClock(clock.now() + 240_000)).newest()],
    ['of two windows ago', () => new DpopNonces(mac, new FakeClock(clock.now() - 240_000)).newest()],
    ['spelt in another way', () => `${nonces.newest()}=`],
    [
      'moved to another window',
      () => Buffer.from(nonces.newest(), 'base64url').fill(0, 0, 1).fill(7, 5, 6).toString('base64url'),
    ],
  ])('%s is answered with the wish for a fresh one', (_name, nonce) => {
    expect(() => examine([proof({ claims: { nonce: nonce() } })])).toThrow(needsNonce);
  });

  it('of the window before is good, but not the newest', () => {
    clock.advance(120_000);
    expect(examine([proof()]).nonce).toBe('good');
    clock.advance(120_000);
    expect(() => examine([proof()])).toThrow(needsNonce);
  });

  it('of a process whose clock is a little ahead is good', () => {
    clock.set(Date.parse('2026-03-01T10:01:58Z'));
    client.nonce = new DpopNonces(mac, new FakeClock(clock.now() + 4_000)).newest();
    expect(client.nonce).not.toBe(nonces.newest());
    expect(examine([proof()]).nonce).toBe('good');
  });

  it('comes with the answer when the one used was not the newest', () => {
    const sent: Record<string, string> = {};
    const reply = { header: (name: string, value: string) => (sent[name] = value) };
    const check = () =>
      service.check(
        { method: 'GET', url: PATH, raw: { headersDistinct: { dpop: [proof()] } } } as never,
        reply as never,
        TOKEN,
      );
    expect(check().keyThumbprint).toBe(client.thumbprint);
    expect(sent).toEqual({});
    clock.advance(120_000);
    check();
    expect(sent).toEqual({ 'dpop-nonce': nonces.newest() });
  });
});

describe('the normal form of an address', () => {
  it('is its own normal form, and never leaves the origin', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const normal = normalTargetUri(ORIGIN + path);
        if (normal === undefined) return;
        expect(normalTargetUri(normal)).toBe(normal);
        expect(new URL(normal).origin).toBe(ORIGIN);
      }),
    );
  });

  it.each([
    '',
    '/x',
    '//host/x',
    'ftp://host/x',
    'https:///x',
    'https://',
    'https://ho st/',
    'https://hö.example/',
    'https://host/%2',
  ])('%j has none', (text) => {
    expect(normalTargetUri(text)).toBeUndefined();
  });
});
