// Compact JSON Web Signatures, read strictly (RFC 7515, RFC 7518, RFC 8037, RFC 8725).
//
// Defends: algorithm confusion, because a key carries the one algorithm that it is used with and the header only has to say the
// same; `none`; keys that do not fit their algorithm, also an HMAC secret that is in truth a public key; two spellings of one token; members
// that appear twice; extensions that the reader does not know. Does not look at claims: whoever asked for the token does.
import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  verify,
  type webcrypto,
} from 'node:crypto';
import { equalInConstantTime } from '@careward/kernel';
import { decodeCanonicalBase64Url } from './base64url.ts';
import { parseJsonObject } from './strict-json.ts';

interface Algorithm {
  readonly fits: (key: KeyObject) => boolean;
  readonly verifies: (input: Buffer, key: KeyObject, signature: Buffer) => boolean;
}

/** Every algorithm that is known, with what a key needs for it. `none` is no algorithm. */
const ALGORITHMS = {
  HS256: hmac('sha256', 32),
  HS384: hmac('sha384', 48),
  HS512: hmac('sha512', 64),
  ES256: ecdsa('sha256', 'prime256v1', 64),
  ES384: ecdsa('sha384', 'secp384r1', 96),
  ES512: ecdsa('sha512', 'secp521r1', 132),
  RS256: rsa('sha256'),
  RS384: rsa('sha384'),
  RS512: rsa('sha512'),
  PS256: rsaPss('sha256'),
  PS384: rsaPss('sha384'),
  PS512: rsaPss('sha512'),
  EdDSA: ed25519(),
} as const satisfies Record<string, Algorithm>;

/** An algorithm by its registered name. */
export type JwsAlgorithm = keyof typeof ALGORITHMS;

/** A key with the one algorithm that it is used with. Only {@link JwsKey.of} and {@link JwsKey.ofJwk} make one. */
export class JwsKey {
  readonly algorithm: JwsAlgorithm;
  readonly key: KeyObject;

  private constructor(algorithm: JwsAlgorithm, key: KeyObject) {
    this.algorithm = algorithm;
    this.key = key;
  }

  /** Undefined when the key is of another type, curve or size than the algorithm needs (RFC 7518, 3). */
  static of(algorithm: JwsAlgorithm, key: KeyObject): JwsKey | undefined {
    return ALGORITHMS[algorithm].fits(key) ? new JwsKey(algorithm, key) : undefined;
  }

  /** The same for a JWK, which besides must not say that it is for anything else (RFC 7517, 4.2 to 4.4). */
  static ofJwk(algorithm: JwsAlgorithm, jwk: webcrypto.JsonWebKey): JwsKey | undefined {
    if (!isForVerifying(algorithm, jwk)) return undefined;
    try {
      if (jwk.kty !== 'oct') return JwsKey.of(algorithm, createPublicKey({ key: jwk, format: 'jwk' }));
      const secret = decodeCanonicalBase64Url(String(jwk.k));
      return secret && JwsKey.of(algorithm, createSecretKey(secret));
    } catch {
      return undefined;
    }
  }
}

/** A token taken apart. Nothing in it is verified. */
export interface ParsedJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
  readonly signature: Buffer;
  /** The bytes that were signed. */
  readonly input: Buffer;
}

/** Takes a compact JWS of at most `maxLength` characters apart; undefined for everything that is spelt differently. */
export function parseJws(token: string, maxLength: number): ParsedJws | undefined {
  if (token.length > maxLength) return undefined;
  const [first, second, third, ...rest] = token.split('.');
  if (first === undefined || second === undefined || third === undefined || rest.length > 0) return undefined;
  const header = headerOf(first);
  const payload = second === '' ? Buffer.alloc(0) : decodeCanonicalBase64Url(second);
  const signature = decodeCanonicalBase64Url(third);
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  return { header, payload, signature, input: Buffer.from(`${first}.${second}`, 'ascii') };
}

function headerOf(encoded: string): Record<string, unknown> | undefined {
  const bytes = decodeCanonicalBase64Url(encoded);
  const header = bytes && parseJsonObject(bytes);
  // RFC 7515, 4.1.11: whoever does not understand an extension refuses. None is understood here, `b64` (RFC 7797) included.
  if (header === undefined || Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return undefined;
  return header;
}

/** Whether the token names the algorithm of the key and its signature is right. */
export function verifyJws({ header, input, signature }: ParsedJws, { algorithm, key }: JwsKey): boolean {
  return header.alg === algorithm && ALGORITHMS[algorithm].verifies(input, key, signature);
}

function hmac(hash: string, bytes: number): Algorithm {
  return {
    fits: (key) => key.type === 'secret' && (key.symmetricKeySize ?? 0) >= bytes && !isKeyText(key),
    verifies: (input, key, signature) =>
      equalInConstantTime(createHmac(hash, key).update(input).digest(), signature),
  };
}

function ecdsa(hash: string, curve: string, signatureBytes: number): Algorithm {
  return {
    fits: (key) => isPublic(key, 'ec') && key.asymmetricKeyDetails?.namedCurve === curve,
    verifies: (input, key, signature) =>
      signature.length === signatureBytes &&
      verify(hash, input, { key, dsaEncoding: 'ieee-p1363' }, signature),
  };
}

function rsa(hash: string): Algorithm {
  const padding = constants.RSA_PKCS1_PADDING;
  return {
    fits: isLongRsaKey,
    verifies: (input, key, signature) => verify(hash, input, { key, padding }, signature),
  };
}

function rsaPss(hash: string): Algorithm {
  const options = {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  return {
    fits: isLongRsaKey,
    verifies: (input, key, signature) => verify(hash, input, { key, ...options }, signature),
  };
}

function ed25519(): Algorithm {
  return {
    fits: (key) => isPublic(key, 'ed25519'),
    verifies: (input, key, signature) => signature.length === 64 && verify(null, input, key, signature),
  };
}

function isPublic(key: KeyObject, type: string): boolean {
  return key.type === 'public' && key.asymmetricKeyType === type;
}

function isLongRsaKey(key: KeyObject): boolean {
  return isPublic(key, 'rsa') && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048;
}

/** A published key is no secret, however it is written. */
function isKeyText(key: KeyObject): boolean {
  const bytes = key.export();
  return /-----BEGIN [A-Z ]+-----/.test(bytes.toString('latin1')) || isDerKey(bytes);
}

function isDerKey(bytes: Buffer): boolean {
  try {
    createPublicKey({ key: bytes, format: 'der', type: 'spki' });
    return true;
  } catch {
    return false;
  }
}

function isForVerifying(
  algorithm: JwsAlgorithm,
  { use, key_ops: operations, alg }: webcrypto.JsonWebKey,
): boolean {
  if (alg !== undefined && alg !== algorithm) return false;
  if (use !== undefined && use !== 'sig') return false;
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}
