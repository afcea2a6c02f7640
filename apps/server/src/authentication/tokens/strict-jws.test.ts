import {
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  type webcrypto,
} from 'node:crypto';
import { readSharedJson, sharedDataAbsent } from '@careward/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCanonicalBase64Url } from './base64url.ts';
import { type JwsAlgorithm, JwsKey, parseJws, verifyJws } from './strict-jws.ts';

const MAX = 2_048;
const encode = (part: unknown) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = required(JwsKey.of('EdDSA', publicKey));
const token = signed('{"alg":"EdDSA","kid":"k"}', '{"sub":"x"}');

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('absent');
  return value;
}

function signed(
  header: string | object,
  payload: string | object = '{}',
  by: KeyObject = privateKey,
): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), by).toString('base64url')}`;
}

function accepts(text: string, by: JwsKey = key, max = MAX): boolean {
  const parsed = parseJws(text, max);
  return parsed !== undefined && verifyJws(parsed, by);
}

describe('a compact JWS', () => {
  it('is accepted as it was signed, white space in the header included', () => {
    expect(accepts(token)).toBe(true);
    expect(accepts(signed('{ "alg" :\n"EdDSA" }'))).toBe(true);
  });

  it.each([
    ['a critical extension', '{"alg":"EdDSA","crit":["exp"]}'],
    ['an empty list of critical extensions', '{"alg":"EdDSA","crit":[]}'],
    ['b64', '{"alg":"EdDSA","b64":true}'],
    ['no algorithm', '{"kid":"k"}'],
    ['none', '{"alg":"none"}'],
    ['the algorithm in lower case', '{"alg":"eddsa"}'],
    ['another algorithm', '{"alg":"HS256"}'],
    ['a list of algorithms', '{"alg":["EdDSA"]}'],
    ['the algorithm twice', '{"alg":"EdDSA","alg":"EdDSA"}'],
    ['a member twice, once escaped', '{"alg":"EdDSA","kid":"a","k\\u0069d":"b"}'],
    ['a member twice inside a member', '{"alg":"EdDSA","jwk":{"x":1,"x":2}}'],
    ['a member twice inside a list', '{"alg":"EdDSA","x5c":[{"a":{},"a":[]}]}'],
    ['a list in place of a header', '["EdDSA"]'],
    ['a text in place of a header', '"EdDSA"'],
    ['null in place of a header', 'null'],
    ['something after the header', '{"alg":"EdDSA"} x'],
    ['a byte order mark', '\ufeff{"alg":"EdDSA"}'],
  ])('is refused with %s, although the signature fits', (_name, header) => {
    expect(accepts(signed(header))).toBe(false);
  });

  it('is refused with a header that is no UTF-8', () => {
    const header = Buffer.from('{"alg":"EdDSA","kid":"?"}');
    header[header.indexOf('?')] = 0xff;
    const input = `${header.toString('base64url')}.${encode('{}')}`;
    expect(accepts(`${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`)).toBe(
      false,
    );
  });

  it('is accepted with equal names in different members, and with names that look like syntax', () => {
    const header = {
      alg: 'EdDSA',
      a: { x: 1, '{': '"' },
      b: { x: 2 },
      c: [{ x: 1 }, { x: 1 }],
      '}:': ':',
      x: '\\"',
    };
    expect(accepts(signed(header))).toBe(true);
  });

  it('is refused above the size that is allowed', () => {
    expect(accepts(token, key, token.length)).toBe(true);
    expect(accepts(token, key, token.length - 1)).toBe(false);
  });

  it('is refused with any single bit flipped', () => {
    for (let at = 0; at < token.length * 7; at += 1) {
      const bytes = Buffer.from(token, 'ascii');
      bytes[Math.floor(at / 7)] = (bytes[Math.floor(at / 7)] ?? 0) ^ (1 << (at % 7));
      expect(accepts(bytes.toString('ascii')), `bit ${at}`).toBe(false);
    }
  });

  it('is refused with any single bit flipped inside a part', () => {
    const parts = token.split('.').map((part) => Buffer.from(part, 'base64url'));
    const flips = parts.flatMap((part, index) =>
      Array.from({ length: part.length * 8 }, (_, bit) => ({ index, bit })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...flips), ({ index, bit }) => {
        const changed = parts.map((part) => Buffer.from(part));
        const part = required(changed[index]);
        part[bit >> 3] = (part[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(accepts(changed.map((each) => each.toString('base64url')).join('.'))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused in every other spelling of the same bytes', () => {
    const spellings = fc.oneof(
      fc
        .tuple(fc.nat(token.length), fc.constantFrom(' ', '\n', '=', '\0', '\u00e9', '%', '\u2028'))
        .map(([at, by]) => token.slice(0, at) + by + token.slice(at)),
      fc.constantFrom(
        ...token.split('.').flatMap((_, index) => otherEndings(token, index)),
        token.replaceAll('-', '+').replaceAll('_', '/').concat('='),
        `${token}.`,
        `.${token}`,
        token.replace('.', '..'),
      ),
    );
    fc.assert(
      fc.property(spellings, (text) => !accepts(text)),
      { numRuns: 1_000 },
    );
  });
});

/** The token with the stray bits of one part's last character set in every way, where it has some. */
function otherEndings(text: string, index: number): string[] {
  const parts = text.split('.');
  const part = required(parts[index]);
  const bytes = Buffer.from(part, 'base64url').toString('hex');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return [...alphabet]
    .map((last) => part.slice(0, -1) + last)
    .filter((other) => other !== part && Buffer.from(other, 'base64url').toString('hex') === bytes)
    .concat(`${part}=`)
    .map((other) => parts.with(index, other).join('.'));
}

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

describe('a key', () => {
  const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).publicKey;
  const secret = (bytes: number) => createSecretKey(Buffer.alloc(bytes, 7));
  it.each([
    ['EdDSA', 'a private key', privateKey],
    ['EdDSA', 'an Ed448 key', generateKeyPairSync('ed448').publicKey],
    ['EdDSA', 'a key agreement key', generateKeyPairSync('x25519').publicKey],
    ['EdDSA', 'a secret', secret(32)],
    ['ES256', 'an Ed25519 key', publicKey],
    ['ES256', 'a P-384 key', ec('secp384r1')],
    ['ES256', 'a secp256k1 key', ec('secp256k1')],
    ['ES384', 'a P-256 key', ec('prime256v1')],
    ['ES512', 'a P-384 key', ec('secp384r1')],
    ['RS256', 'a short RSA key', generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey],
    ['PS256', 'a short RSA key', generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey],
    ['RS256', 'an EC key', ec('prime256v1')],
    ['HS256', 'a public key', publicKey],
    ['HS256', 'a secret of 31 bytes', secret(31)],
    ['HS384', 'a secret of 47 bytes', secret(47)],
    ['HS512', 'a secret of 63 bytes', secret(63)],
    [
      'HS256',
      'a public key as PEM text',
      createSecretKey(Buffer.from(publicKey.export({ format: 'pem', type: 'spki' }))),
    ],
    [
      'HS256',
      'a public key as DER bytes',
      createSecretKey(publicKey.export({ format: 'der', type: 'spki' })),
    ],
  ] as const)('for %s is not %s', (algorithm, _name, material) => {
    expect(JwsKey.of(algorithm, material)).toBeUndefined();
  });

  it('never verifies under an algorithm that the header chose', () => {
    const input = `${encode({ alg: 'HS256' })}.${encode('{}')}`;
    const material = publicKey.export({ format: 'der', type: 'spki' });
    const mac = createHmac('sha256', material).update(input).digest('base64url');
    expect(accepts(`${input}.${mac}`)).toBe(false);
  });
});

interface VectorGroup {
  readonly private: webcrypto.JsonWebKey;
  readonly public?: webcrypto.JsonWebKey;
  readonly tests: readonly { readonly tcId: number; readonly result: string; readonly jws: string }[];
}

/** Where the vectors and this reader differ on purpose, or the vectors contradict themselves. */
const REFUSED_ALTHOUGH_VALID = new Map([
  [346, 'the key says PS256, the token PS384: a key has one algorithm'],
  [350, 'the key says PS256, the token PS384: a key has one algorithm'],
  [347, 'the key says ES521, which is no registered algorithm'],
  [351, 'the key says ES521, which is no registered algorithm'],
  [372, 'a question mark in the header: no base64url'],
  [373, 'a question mark in the payload: no base64url'],
]);
const ACCEPTED_ALTHOUGH_INVALID = new Map([
  [367, 'the same characters as the valid case 357: the padding that the comment names is not in the file'],
  [370, 'the same characters as the valid case 357: the padding that the comment names is not in the file'],
]);

const vectors = readSharedJson<{ numberOfTests: number; testGroups: VectorGroup[] }>(
  'crypto',
  'json_web_signature_test.json',
);
describe.skipIf(vectors === undefined)(
  `the Wycheproof JWS vectors (${vectors ? 'present' : sharedDataAbsent})`,
  () => {
    const tried = (vectors?.testGroups ?? []).flatMap((group) =>
      group.tests.map((test) => ({ ...test, accepted: vectorAccepted(group, test.jws) })),
    );
    const wrong = (result: string, accepted: boolean) =>
      tried.filter((test) => test.result === result && test.accepted === accepted).map(({ tcId }) => tcId);

    it('are all read, and none leaves the answer open', () => {
      expect(tried).toHaveLength(vectors?.numberOfTests ?? 0);
      expect(new Set(tried.map(({ result }) => result))).toEqual(new Set(['valid', 'invalid']));
    });

    it('are refused when invalid', () => {
      expect(wrong('invalid', true)).toEqual([...ACCEPTED_ALTHOUGH_INVALID.keys()]);
      const text = (id: number) => tried.find(({ tcId }) => tcId === id)?.jws;
      for (const id of ACCEPTED_ALTHOUGH_INVALID.keys()) expect(text(id)).toBe(text(357));
    });

    it('are accepted when valid, but for the cases that strictness refuses', () => {
      expect(wrong('valid', false)).toEqual([...REFUSED_ALTHOUGH_VALID.keys()].sort((a, b) => a - b));
    });
  },
);

/** The algorithm is pinned by the key; a key that names none is pinned to what its type is used with here. */
function vectorAccepted({ public: open, private: own }: VectorGroup, jws: string): boolean {
  const jwk = open ?? own;
  const algorithm = String(jwk.alg ?? (jwk.kty === 'RSA' ? 'RS256' : 'ES256')) as JwsAlgorithm;
  const pinned = JwsKey.ofJwk(algorithm === ('ES521' as string) ? 'ES512' : algorithm, jwk);
  return pinned !== undefined && accepts(jws, pinned);
}
